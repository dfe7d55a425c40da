"""“New from last”: the form of a new episode comes filled with what the show knows; see `episodes.next_episode`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.admin import ModelAdmin
from django.db.models import Model
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse

from episodes.admin.known import KnownChoiceField
from episodes.models import Credit, Link, Placement
from episodes.next_episode import NextEpisode, next_episode
from lupcms.shows.keys import key_in
from lupcms.shows.models import Show
from lupcms.shows.permissions import may, member, only_show

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
    _FormSet = BaseInlineFormSet
else:
    _Admin = _FormSet = object


class FilledFormSet(_FormSet):
    """Mixin for new rows that come filled.

    They are filled in the page alone: what comes back is compared with empty boxes, so that an untouched row is saved.
    """

    def add_fields(self, form: Any, index: int | None) -> None:
        """A row knows what it was filled with, so that boxes print its name without a query."""
        super().add_fields(form, index)
        for name, value in form.initial.items():
            if isinstance(value, Model) and isinstance(field := form.fields[name], KnownChoiceField):
                field.know(value)


class NewFromLastAdmin(_Admin):
    """Mixin for the admin of episodes."""

    # Of these rows, what `NextEpisode` calls those that it proposes.
    filled: ClassVar[dict[type[Model], str]] = {Link: "links", Credit: "credits", Placement: "placements"}

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        next_one = _next_episode(request) if request.method == "GET" else None
        request.next_episode = next_one  # type: ignore[attr-defined]
        shows = [] if next_one or request.method != "GET" else member(request).shows("write")
        extra_context = {"next_episode": next_one, "new_on": shows, **(extra_context or {})}
        return super().add_view(request, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        asked = super().get_changeform_initial_data(request)
        next_one = _known_to(request)
        return {**asked, **next_one.fields} if next_one else asked

    def get_formsets_with_inlines(self, request: HttpRequest, obj: Any = None) -> Iterator[Any]:
        for formset, inline in super().get_formsets_with_inlines(request, obj):
            if rows := self._rows(request, inline):
                yield type(formset.__name__, (FilledFormSet, formset), {"extra": len(rows)}), inline
            else:
                yield formset, inline

    def get_formset_kwargs(self, request: HttpRequest, obj: Any, inline: Any, prefix: str) -> dict[str, Any]:
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        rows = self._rows(request, inline)
        return {**kwargs, "initial": rows} if rows else kwargs

    def _rows(self, request: HttpRequest, inline: Any) -> list[dict[str, Any]]:
        next_one = _known_to(request)
        return getattr(next_one, self.filled.get(inline.model, ""), []) if next_one else []

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """A link for each show where there are several. One query, or none for a member of one show."""
        user = member(request)
        shows = list(user.shows("write")[: MOST_LINKS + 1]) if len(user.roles) != 1 else []
        extra_context = {"new_on": shows if 1 < len(shows) <= MOST_LINKS else [], **(extra_context or {})}
        return super().changelist_view(request, extra_context)


# More shows than that are chosen on the form.
MOST_LINKS = 5


def _known_to(request: HttpRequest) -> NextEpisode | None:
    return getattr(request, "next_episode", None)


def _next_episode(request: HttpRequest) -> NextEpisode | None:
    """Of the show that was asked for, or the only one. None where it must be chosen first."""
    show = _show_of(request)
    return next_episode(show, with_sponsors=may(request, "sponsor", show.pk)) if show else None


def _show_of(request: HttpRequest) -> Show | None:
    asked = request.GET.get("show", "")
    if not asked:
        return only_show(request, "write")
    return member(request).shows("write").filter(pk=key_in(asked)).first()
