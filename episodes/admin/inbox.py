"""The inbox at the desk: its list, collecting from any page, and sorting what waits into an episode."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME, AdminForm
from django.contrib.admin.options import IS_POPUP_VAR
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Case, Count, Q, QuerySet, When
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from episodes.inbox import URL_MAX_LENGTH, bookmarklet, places, take, tidied
from episodes.linked_before import numbers_with
from episodes.models import Episode, InboxLink, Link
from episodes.paste.addresses import mend
from episodes.saving import changing
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.keys import key_in
from lupcms.shows.links import site_of, web_address
from lupcms.shows.models import Show
from lupcms.shows.permissions import MemberAdmin, member, only_show
from lupcms.shows.plurals import counted

# Of the published ones, which can be many; what belongs into an older one is ticked on its own form.
PUBLISHED_OFFERED = 20


class InboxLinkForm(VerbatimForm):
    class Meta:
        model = InboxLink
        fields = ["show", "url", "text", "description"]
        widgets = {"url": forms.TextInput(attrs={"class": "vTextField", "inputmode": "url", "autocapitalize": "none"})}
        help_texts = {"text": "Empty: the address itself.", "description": "One line under the link."}

    def clean_url(self) -> str:
        """Mended as what is pasted; nothing but the web comes from outside."""
        typed: str = self.cleaned_data["url"].strip()
        if not typed.isprintable():
            raise forms.ValidationError("The address has a character that cannot be seen: copy it again.")
        url = mend(typed).url
        if not web_address(url) or not site_of(url):
            raise forms.ValidationError("Write an address of the web, like https://example.org/page.")
        if len(url) > URL_MAX_LENGTH:
            raise forms.ValidationError(f"The address is longer than {URL_MAX_LENGTH} characters.")
        return url


class SortForm(forms.Form):
    """Which links an episode takes, and in which order: those with a number first, then the others as they wait."""

    episode = forms.ChoiceField(help_text="They become its last links.")
    heading = forms.CharField(
        label="Topic heading", required=False, max_length=200, help_text="Above the first of them. Empty: none."
    )

    def __init__(self, *args: Any, show: Show, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.show = show
        self.waiting = list(show.inbox.waiting().select_related("added_by"))
        episode: Any = self.fields["episode"]
        episode.choices = [("", "Choose an episode"), *_offered(show)]
        # Named so that Django's own action deletes what is ticked, with its question before.
        self.fields[ACTION_CHECKBOX_NAME] = forms.MultipleChoiceField(
            choices=[(str(row.pk), str(row)) for row in self.waiting], error_messages=TICKED
        )
        for row in self.waiting:
            box = forms.NumberInput({"aria-label": f"Order of {_shortened(str(row))}"})
            self.fields[_order(row)] = forms.IntegerField(
                required=False, min_value=0, widget=box, error_messages=NUMBERED
            )

    def chosen(self) -> list[InboxLink]:
        ticked, last = set(self.cleaned_data[ACTION_CHECKBOX_NAME]), len(self.waiting) + 1
        rows = [row for row in self.waiting if str(row.pk) in ticked]
        numbers = {row: self.cleaned_data[_order(row)] for row in rows}
        return sorted(rows, key=lambda row: (numbers[row] is None, numbers[row] or last))

    def rows(self) -> list[dict[str, Any]]:
        """What the page prints of each link. One query."""
        ticked = self[ACTION_CHECKBOX_NAME].value() or []
        stands = numbers_with([row.url for row in self.waiting], Link.objects.filter(episode__show=self.show))
        return [
            {
                "link": row,
                "site": site_of(row.url),
                "href": web_address(row.url),
                "is_ticked": str(row.pk) in ticked,
                "order": self[_order(row)],
                "stands": stands.get(row.url, []),
            }
            for row in self.waiting
        ]

    @property
    def target(self) -> list[forms.BoundField]:
        return [self["episode"], self["heading"]]

    @property
    def not_ticked(self) -> Any:
        """What is wrong with the ticks."""
        return self.errors.get(ACTION_CHECKBOX_NAME)


TICKED = {
    "required": "Tick the links that it takes.",
    "invalid_choice": "A link that you ticked does not wait any more: somebody sorted or discarded it. Look again.",
}
NUMBERED = {"invalid": "The order is a whole number.", "min_value": "The order is a whole number, from 0 on."}


def _order(row: InboxLink) -> str:
    return f"order-{row.pk}"


def _offered(show: Show) -> list[tuple[str, list[tuple[str, str]]]]:
    """Drafts, scheduled and the newest published episodes of the show. Three queries."""
    episodes = show.episodes.newest_first().only("number", "title")
    groups = [
        ("Drafts", episodes.drafts()),
        ("Scheduled", episodes.scheduled()),
        ("Published", episodes.published()[:PUBLISHED_OFFERED]),
    ]
    return [(name, [(str(row.pk), str(row)) for row in rows]) for name, rows in groups]


class WaitingFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("waiting", "Waiting"), ("taken", "In an episode")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        states = {"waiting": queryset.waiting, "taken": lambda: queryset.exclude(episode=None)}
        return states.get(self.value() or "", lambda: queryset)()


@admin.register(InboxLink)
class InboxLinkAdmin(MemberAdmin, admin.ModelAdmin):
    form = InboxLinkForm
    fields = ["show", "url", "text", "description"]
    list_display = ["link", "site", "show", "added_at", "by", "taken_by"]
    list_filter = [WaitingFilter, ("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["show", "added_by", "episode"]
    list_per_page = 50
    search_fields = ["url", "text", "description"]
    ordering = [Case(When(episode=None, then=0), default=1), "-added_at", "-pk"]
    abilities = {"view": "view", "add": "write", "change": "write", "delete": "write"}
    view_on_site = False

    class Media:
        css = {"all": ["desk/inbox.css"]}

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What an episode has taken is changed there."""
        return super().has_change_permission(request, obj) and (obj is None or obj.episode_id is None)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"show": self._usual_show(request), **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: InboxLink, form: Any, change: bool) -> None:
        if not change:
            obj.added_by = member(request)
        super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        shows = member(request).shows("view")
        waiting = shows.annotate(waiting=Count("inbox", filter=Q(inbox__episode=None)))
        return super().changelist_view(request, {"inboxes": waiting, **(extra_context or {})})

    def get_urls(self) -> list[Any]:
        return [
            path("collect/", self.admin_site.admin_view(self.collect), name="episodes_inboxlink_collect"),
            path("show/<int:pk>/", self.admin_site.admin_view(self.sort), name="episodes_inboxlink_sort"),
            *super().get_urls(),
        ]

    def collect(self, request: HttpRequest) -> HttpResponse:
        """A small window for one link: `?url=…&title=…&text=…` fills it, and nothing is written before the press."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        page = {name: tidied(request.GET.get(name, "")) for name in ("url", "title", "text")}
        first = {"url": page["url"], "text": page["title"], "description": page["text"]}
        form = self.get_form(request)(
            request.POST or None, initial=first | {"show": request.GET.get("show") or self._usual_show(request)}
        )
        if form.is_valid():
            self.save_model(request, form.instance, form, change=False)
            asked = {"added": form.instance.pk} | ({IS_POPUP_VAR: 1} if IS_POPUP_VAR in request.GET else {})
            return HttpResponseRedirect(f"{request.path}?{urlencode(asked)}")
        added = self._just_added(request)
        address = added.url if added else mend(tidied(form["url"].value() or "")).url
        context = {
            "adminform": AdminForm(form, [(None, {"fields": InboxLinkForm.Meta.fields})], {}),
            "added": added,
            "also": places(address, member(request), added) if address else [],
            "bookmarklet": bookmarklet(request.build_absolute_uri(request.path)),
            "is_popup": IS_POPUP_VAR in request.GET,
            "title": "Collect a link",
        }
        return self._page(request, "collect.html", context)

    def sort(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What waits for a show. Whoever writes it ticks, and one press makes what is ticked links of an episode.

        The number of queries does not depend on the number of links.
        """
        show = get_object_or_404(member(request).shows("view"), pk=pk)
        may_write = member(request).may("write", show.pk)
        if request.method == "POST" and not may_write:
            raise PermissionDenied
        form = SortForm(request.POST or None, show=show, initial={"episode": request.GET.get("episode")})
        if form.is_valid():
            return self._sorted(request, show, form)
        context = {"show": show, "form": form, "may_write": may_write, "title": f"Inbox of {show}"}
        return self._page(request, "sort.html", context)

    @transaction.atomic
    def _sorted(self, request: HttpRequest, show: Show, form: SortForm) -> HttpResponse:
        locked = Episode.objects.select_for_update(of=("self",))
        episode = get_object_or_404(locked, pk=form.cleaned_data["episode"], show=show)
        with changing(episode, member(request)):
            taken = take(form.chosen(), episode, form.cleaned_data["heading"])
        change = reverse("admin:episodes_episode_change", args=[episode.pk])
        self.message_user(
            request,
            format_html('{} added to <a href="{}">{}</a>.', counted(taken, "links"), change, episode),
            messages.SUCCESS,
        )
        return HttpResponseRedirect(request.path)

    def _usual_show(self, request: HttpRequest) -> Show | None:
        """The only one, or the one that this person last collected for."""
        only = only_show(request, "write")
        last = None if only else InboxLink.objects.filter(added_by=member(request)).select_related("show").last()
        return only or (last.show if last and member(request).may("write", last.show_id) else None)

    def _just_added(self, request: HttpRequest) -> InboxLink | None:
        rows: QuerySet[InboxLink] = self.get_queryset(request).filter(added_by=member(request)).select_related("show")
        return rows.filter(pk=key_in(request.GET.get("added", ""))).first()

    def _page(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        return TemplateResponse(request, f"admin/episodes/inboxlink/{template}", context)

    @admin.display(description="link", ordering="text")
    def link(self, obj: InboxLink) -> str:
        return _shortened(str(obj))

    @admin.display(description="site")
    def site(self, obj: InboxLink) -> str:
        return _shortened(site_of(obj.url))

    @admin.display(description="added by", empty_value="-")
    def by(self, obj: InboxLink) -> str | None:
        """By name alone: accounts are not everybody's to open."""
        return str(obj.added_by) if obj.added_by else None

    @admin.display(description="episode", ordering="episode", empty_value="Waiting")
    def taken_by(self, obj: InboxLink) -> str | None:
        if obj.episode is None:
            return None
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:episodes_episode_change", args=[obj.episode_id]), obj.episode
        )


def _shortened(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:99]}…"
