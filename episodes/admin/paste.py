"""“Paste links”: a box on the form of an episode, and the same as a page of its own for who has no script."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods, require_POST

from episodes import paste
from episodes.formats.problems import FormatError
from episodes.linked_before import linked_before
from episodes.models import Episode, Link
from episodes.paste.addresses import key
from episodes.saving import changing
from lupcms.shows.keys import key_in
from lupcms.shows.models import Show, User
from lupcms.shows.permissions import may, member, only_show

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class PasteAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def get_urls(self) -> list[Any]:
        read = self.admin_site.admin_view(require_POST(self.read_paste))
        page = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.paste_page))
        return [
            path("paste/", read, name="episodes_episode_read_paste"),
            path("<int:pk>/paste/", page, name="episodes_episode_paste"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if may(request, "write", obj and obj.show_id):
            context["paste"] = {
                "read_url": reverse("admin:episodes_episode_read_paste"),
                "titles_url": settings.ASK_OTHER_SERVERS and reverse("admin:episodes_episode_titles"),
                "page_url": obj and reverse("admin:episodes_episode_paste", args=[obj.pk]),
            }
        return super().render_change_form(request, context, add, change, form_url, obj)

    def read_paste(self, request: HttpRequest) -> HttpResponse:
        """The rows of `text` and `html` for the form of `episode`, or of a new one of `show`, which has links `here`.

        One query for all rows.
        """
        episode, show = self._meant(request)
        known = _Known(show, episode, request.POST.getlist("here"))
        context = _read(request.POST.get("text", ""), request.POST.get("html", ""), known)
        return render(request, "admin/episodes/episode/_pasted.html", context)

    def paste_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        episode = self._writable(request, pk)
        text = request.POST.get("text", "")
        known = _Known(episode.show, episode, episode.links.values_list("url", flat=True))
        context = _read(text, "", known)
        if "add" in request.POST and not context["problem"]:
            rows = ticked(context["rows"], request.POST.getlist("row"))
            with transaction.atomic():
                added = add_links(self._writable(request, pk, is_locked=True), rows, member(request))
            messages.success(request, f"Links added: {added}.")
            return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[pk]))
        context |= {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Paste links into {episode}",
            "episode": episode,
            "text": text,
            "is_read": request.method == "POST",
        }
        return TemplateResponse(request, "admin/episodes/episode/paste.html", context)

    def _writable(self, request: HttpRequest, pk: int, *, is_locked: bool = False) -> Episode:
        episodes = self.get_queryset(request).select_related("show")
        episode: Episode = get_object_or_404(episodes.select_for_update(of=("self",)) if is_locked else episodes, pk=pk)
        if not may(request, "write", episode.show_id):
            raise PermissionDenied
        return episode

    def _meant(self, request: HttpRequest) -> tuple[Episode | None, Show | None]:
        pk, show = (request.POST.get(name, "") for name in ("episode", "show"))
        if pk:
            episode = self._writable(request, key_in(pk))
            return episode, episode.show
        if show:
            return None, get_object_or_404(member(request).shows("write"), pk=key_in(show))
        if not may(request, "write"):
            raise PermissionDenied
        return None, only_show(request, "write")


class _Known(NamedTuple):
    """Where the links are going to, and the addresses of those that are there."""

    show: Show | None
    episode: Episode | None
    here: Iterable[str]


def ticked(rows: Iterable[paste.Row], numbers: Collection[str]) -> Iterator[paste.Row]:
    """Those rows, and never an address that cannot be a link; a heading passes to the first that stays of its group."""
    heading = ""
    for number, row in enumerate(rows):
        heading = row.heading or heading
        if str(number) in numbers and row.can_be_linked:
            yield replace(row, heading=heading)
            heading = ""


def add_links(episode: Episode, rows: Iterable[paste.Row], by: User) -> int:
    """After the links that are there, as one save; how many they were."""
    links = [Link(text=row.text, url=row.url, description=row.description, heading=row.heading) for row in rows]
    if links:
        with changing(episode, by):
            Link.objects.append(episode, links)
    return len(links)


def _read(text: str, html: str, known: _Known) -> dict[str, Any]:
    """What the template says of a paste."""
    try:
        rows, left_out = paste.read(text, html)
    except FormatError as refused:
        return {"problem": str(refused), "rows": [], "left_out": 0}
    return {"problem": "", "rows": _with_known(rows, known), "left_out": left_out}


def _with_known(rows: Iterable[paste.Row], known: _Known) -> list[paste.Row]:
    rows = list(rows)
    here = {key(url) for url in known.here}
    before = linked_before(known.show, [row.url for row in rows], known.episode) if known.show and rows else {}
    return [
        replace(
            row,
            doubts=(*row.doubts, *(["This episode has this address already."] if key(row.url) in here else [])),
            remarks=(*row.remarks, *([f"Also in {before[row.url]}."] if row.url in before else [])),
        )
        for row in rows
    ]
