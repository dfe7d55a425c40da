"""Nobody saves over what they have not seen: an episode that somebody else has changed, made or deleted meanwhile.

The form carries a fingerprint of what it showed (`history.fingerprint`). Where that is no longer what is stored the
form comes back with all that was typed, and with what somebody else has written beside it.
"""

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse

from episodes.chapters import rows_of
from episodes.models import Episode, Tag, history
from episodes.tags import names_from_text
from episodes.versions import are_same, difference, full_text, stored, with_rows
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.keys import key_in
from lupcms.shows.models import Show
from lupcms.shows.permissions import may

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class ConflictsForm(VerbatimForm):
    # What the form showed of the stored episode; "" for a new one. conflict.html prints it anew each time.
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        # Before anything of the form is read: what changes between the two is taken for a conflict, not missed.
        instance = kwargs.get("instance")
        seen = history.fingerprint(instance) if instance is not None and instance.pk else ""
        super().__init__(*args, **kwargs)
        self.initial["seen"] = seen

    def clean_seen(self) -> str:
        seen: str = self.cleaned_data["seen"]
        if seen != self.initial["seen"]:
            raise ValidationError("Somebody else has changed the episode.")
        return seen


class ConflictsAdmin(_Admin):
    """Mixin for the admin of episodes. A POST costs one query more for the lock and one for each kind of row."""

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        if request.method != "POST":
            return view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            if object_id is None:
                _lock_show(request.POST.get("show", ""))
                return self._made_meanwhile(request, view(request, None, form_url, extra_context))
            rows = self.get_queryset(request).select_for_update(of=("self",))
            episode = rows.filter(pk=key_in(unquote(object_id))).first()
            if episode is None:
                return self._deleted_meanwhile(request, object_id, view, extra_context)
            if request.POST.get("seen", "") != history.fingerprint(episode) and self.has_change_permission(
                request, episode
            ):
                request.POST = self._rebased(request, episode)  # type: ignore[assignment]
            return self._changed_meanwhile(request, view(request, object_id, form_url, extra_context))

    def _changed_meanwhile(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not isinstance(response, TemplateResponse) or "seen" not in _form(response).errors:
            return response
        form = _form(response)
        theirs = stored(form.instance)
        mine = _typed(response, theirs)
        if _is_only_refused_for(response, {"seen"}) and not request.FILES and are_same(theirs, mine):
            return self.response_change(request, theirs)
        self._explain(request, response, "changed", theirs, mine)
        return response

    def _made_meanwhile(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """A new episode that was sent twice, or whose number somebody else has given to theirs."""
        show = key_in(request.POST.get("show", ""))
        if not isinstance(response, TemplateResponse) or not show:
            return response
        same = {"show": show, "number": request.POST.get("number", "").replace("\0", "")}
        there = self.get_queryset(request).filter(**same).first()
        if there is None:
            return response
        theirs = stored(there)
        mine = _typed(response, None)
        # Refused, it did not come that far.
        mine.number = theirs.number
        # Left empty, they are made, and differ each time.
        for name in ("slug", "guid"):
            if not request.POST.get(name):
                setattr(mine, name, getattr(theirs, name))
        if not request.FILES and are_same(theirs, mine):
            return self.response_add(request, theirs)
        self._explain(request, response, "made", theirs, mine)
        return response

    def _deleted_meanwhile(
        self, request: HttpRequest, object_id: str, view: Any, extra_context: dict[str, Any] | None
    ) -> HttpResponse:
        """The form comes back as that of a new episode, if it was one of a show that whoever asks may write for."""
        last = history.last_version(Episode, str(key_in(unquote(object_id))))
        if last is None or not may(request, "write", last.field_dict["show_id"]):
            return view(request, object_id, "", extra_context)  # type: ignore[no-any-return]
        posted = request.POST.copy()
        posted["show"], posted["seen"] = str(last.field_dict["show_id"]), "deleted"
        for formset, _ in self.get_formsets_with_inlines(request):
            _rebase(posted, formset.get_default_prefix(), {})
        request.POST = posted  # type: ignore[assignment]
        response: HttpResponse = view(request, None, reverse("admin:episodes_episode_add"), extra_context)
        if isinstance(response, TemplateResponse):
            self._explain(request, response, "deleted", None, _typed(response, None))
        return response

    def _rebased(self, request: HttpRequest, episode: Episode) -> QueryDict:
        """What was posted, as changes of the rows that are stored now."""
        posted = request.POST.copy()
        for formset, inline in self.get_formsets_with_inlines(request, episode):
            if inline.has_change_permission(request, episode):
                shown = formset(instance=episode, queryset=inline.get_queryset(request))
                _rebase(posted, shown.prefix, {str(form.instance.pk): _shown(form) for form in shown.initial_forms})
        return posted

    def _explain(
        self, request: HttpRequest, response: TemplateResponse, what: str, theirs: Episode | None, mine: Episode
    ) -> None:
        context: Any = response.context_data
        if what != "made" and _is_only_refused_for(response, {"seen"}):
            context["errors"] = []
        context["conflict"] = {
            "what": what,
            "theirs": theirs,
            "save": theirs and history.last_save(theirs),
            "difference": theirs and difference(theirs, mine),
            "their_text": theirs and full_text(theirs),
            "my_text": full_text(mine),
            "files": [_form(response).fields[name].label for name in request.FILES if name in _form(response).fields],
        }


def _lock_show(key: str) -> None:
    """Of two new episodes with one number, the second one knows of the first."""
    list(Show.objects.select_for_update(no_key=True).filter(pk=key_in(key)).values_list("pk"))


def _form(response: TemplateResponse) -> Any:
    context: Any = response.context_data
    return context["adminform"].form


def _formsets(response: TemplateResponse) -> list[Any]:
    context: Any = response.context_data
    return [inline.formset for inline in context["inline_admin_formsets"]]


def _is_only_refused_for(response: TemplateResponse, fields: set[str]) -> bool:
    return set(_form(response).errors) <= fields and all(formset.is_valid() for formset in _formsets(response))


def _typed(response: TemplateResponse, theirs: Episode | None) -> Episode:
    """What would have been stored, of what is valid; the rest is what `theirs` says."""
    form = _form(response)
    rows: dict[str, list[Any]] = {formset.prefix: _typed_rows(formset) for formset in _formsets(response)}
    rows["chapters"] = list(theirs.chapters.all()) if theirs else []
    if form.parsed is not None:
        rows["chapters"] = rows_of(form.parsed.chapters)
    names = [tag.name for tag in theirs.tags.all()] if theirs else []
    if "tags" in form.fields:
        names = form.cleaned_data.get("tags", names_from_text(form.data.get("tags", "")))
    return with_rows(form.instance, rows, [Tag(name=name) for name in sorted(set(names))])


def _typed_rows(formset: Any) -> list[Any]:
    forms_of_rows = [
        form
        for form in formset.forms
        if (form.instance.pk or form.has_changed()) and not getattr(form, "cleaned_data", {}).get("DELETE")
    ]
    # Those without a position go to the end.
    return sorted((form.instance for form in forms_of_rows), key=lambda row: (not row.position, row.position))


def _shown(form: Any) -> dict[str, list[str]]:
    """What a browser would post of an untouched row."""
    values = {bound.name: bound.value() for bound in form}
    return {name: ["" if value is None else str(value)] for name, value in values.items() if name != "DELETE"}


def _rebase(posted: QueryDict, prefix: str, stored_rows: dict[str, dict[str, list[str]]]) -> None:
    """Make rows of the form that are gone new ones, and mark for deletion those that the form had not known."""
    rows: dict[int, dict[str, list[str]]] = {}
    for key in list(posted):
        if match := re.fullmatch(rf"{prefix}-([0-9]{{1,6}})-(\w+)", key):
            rows.setdefault(int(match[1]), {})[match[2]] = posted.setlistdefault(key)
            del posted[key]
    typed = [row for _, row in sorted(rows.items())]
    kept = [row for row in typed if _first(row, "id") in stored_rows]
    known = {_first(row, "id") for row in kept}
    added = [{**row, "DELETE": ["on"]} for key, row in stored_rows.items() if key not in known]
    new = [
        {**row, "id": [""], "episode": [""]}
        for row in typed
        if _first(row, "id") not in stored_rows and not _first(row, "DELETE")
    ]
    _put(posted, prefix, [*kept, *added], new)


def _first(row: dict[str, list[str]], name: str) -> str:
    return next(iter(row.get(name, [])), "")


def _put(posted: QueryDict, prefix: str, initial: list[Any], new: list[Any]) -> None:
    posted[f"{prefix}-INITIAL_FORMS"] = str(len(initial))
    posted[f"{prefix}-TOTAL_FORMS"] = str(len(initial) + len(new))
    for number, row in enumerate([*initial, *new]):
        for name, values in row.items():
            posted.setlist(f"{prefix}-{number}-{name}", values)
