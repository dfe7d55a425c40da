"""What is in the form, unsaved, as the public page and as a podcast app would show it. Nothing is written.

The page is built in memory: from the rows that the form would save, by what a save derives from them. A save that is
taken back would hold the one writer's lock of SQLite at each pause in somebody's typing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.forms.formsets import DELETION_FIELD_NAME
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.views.decorators.http import require_POST, require_safe

from episodes import derived
from episodes.chapters import rows_of
from episodes.episode_page import preview_page
from episodes.feed_notes import kept_and_past
from episodes.feeds.podcast_rss import DESCRIPTION_BYTES, description, title_of
from episodes.models import Episode, Tag
from episodes.versions import with_rows
from lupcms.shows import colours
from lupcms.shows.hostnames import home_of
from lupcms.shows.languages import interface_language
from lupcms.shows.permissions import member

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

# Where a page stands that has no number yet: at a word that no episode can have.
NOWHERE = "preview"

_ANCHOR = re.compile(r'<a ([^>]*?)href="(?!#)(/(?!/)|\?)?')
_THEME = re.compile(r'href="/theme\.css[^"]*"')


class PreviewAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        preview = wrap(require_POST(self.preview))
        return [
            path("preview/", preview, name="episodes_episode_preview_new"),
            path("<int:pk>/preview/", preview, name="episodes_episode_preview"),
            path("theme/<int:pk>/", wrap(require_safe(theme)), name="episodes_episode_theme"),
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
        if self.has_change_permission(request, obj) if change else self.has_add_permission(request):
            args = [obj.pk] if change else []
            name = "episodes_episode_preview" if change else "episodes_episode_preview_new"
            context["may_invite"] = change and not obj.is_published() and self._may(request, "change", obj)  # type: ignore[attr-defined]
            context["preview_url"] = reverse(f"admin:{name}", args=args)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def preview(self, request: HttpRequest, pk: int | None = None) -> HttpResponse:
        """The whole form is posted, but for its files. `?as=app`: the notes as feeds have them."""
        stored = None if pk is None else self.get_object(request, str(pk))
        if pk is not None and stored is None:
            raise Http404("No such episode of yours.")
        if not (self.has_change_permission(request, stored) if stored else self.has_add_permission(request)):
            raise PermissionDenied
        with timezone.override(self._zone_show(request, None if pk is None else str(pk)).zone):  # type: ignore[attr-defined]
            form, formsets = self._posted(request, stored)
            problems = [*_problems(form), *(found for rows in formsets for found in _problems_of_rows(rows))]
            episode = _as_saved(form, formsets) if form.instance.show_id else None
        if episode is None:
            return render(request, "admin/episodes/episode/no_preview.html", {"problems": problems})
        if request.GET.get("as") == "app":
            return _in_an_app(request, episode, problems)
        with translation.override(interface_language(episode.show.language)), timezone.override(episode.show.zone):
            return _page(request, episode, problems)

    def _posted(self, request: HttpRequest, stored: Episode | None) -> tuple[Any, list[Any]]:
        change = stored is not None
        form = self.get_form(request, stored, change=change)(request.POST, instance=stored)
        form.is_valid()
        formsets, _ = self._create_formsets(request, form.instance, change)  # type: ignore[attr-defined]
        for formset in formsets:
            formset.is_valid()
            self.check_formset(request, form, formset)  # type: ignore[attr-defined]
        return form, formsets


def theme(request: HttpRequest, pk: int) -> HttpResponse:
    """A show's colour on any host of the desk: what `lupcms.shows.views.theme` is on its own."""
    show = member(request).shows("view").filter(pk=pk).first()
    if show is None:
        raise Http404("No such show of yours.")
    return HttpResponse(show.accent and colours.stylesheet(show.accent), content_type="text/css; charset=utf-8")


def _as_saved(form: Any, formsets: Iterable[Any]) -> Episode:
    """The episode of the form as a save would leave it, and as `for_page()` would load it then."""
    stored: Episode = form.instance
    if {"number", "slug"} & form.errors.keys():
        # What is no address has no page to preview.
        stored.slug = form.stored.slug
    stored.slug = stored.slug or NOWHERE
    rows: dict[str, list[Any]] = {"links": [], "credits": [], "placements": []}
    rows |= {formset.prefix: _rows(formset) for formset in formsets}
    tags = list(stored.tags.all()) if stored.pk else []
    if "tags" in form.cleaned_data:
        tags = [Tag(name=name) for name in dict.fromkeys(form.cleaned_data["tags"])]
    rows["chapters"] = list(stored.chapters.all()) if stored.pk else []
    if form.parsed:
        rows["chapters"] = rows_of(form.parsed.chapters)
    episode = with_rows(stored, rows, tags)
    for link in rows["links"]:
        derived.render_link(link)
    for placement in rows["placements"]:
        placement.follow_sponsor()
        derived.render_placement(placement)
    derived.render_episode(episode)
    derived.render_feed(episode, rows["placements"], rows["links"])
    return episode


def _rows(formset: Any) -> list[Any]:
    """In their order, without those that are taken out, empty or, being new, cannot be saved yet."""
    formset.place()
    kept = [
        form.instance
        for form in formset.forms
        if not form.cleaned_data.get(DELETION_FIELD_NAME)
        and (form.instance.pk or (form.has_changed() and not form.errors))
    ]
    return sorted(kept, key=lambda row: (row.position, row.pk is None, row.pk or 0))


def _problems(form: Any, where: str = "") -> Iterator[str]:
    for name, found in form.errors.items():
        label = str(form[name].label).capitalize() if name in form.fields else ""
        yield ": ".join(filter(None, [where, label, " ".join(found)]))


def _problems_of_rows(formset: Any) -> Iterator[str]:
    yield from formset.non_form_errors()
    for number, form in enumerate(formset.forms, 1):
        if form.errors:
            yield from _problems(form, f"{str(formset.model._meta.verbose_name).capitalize()} {number}")


def _page(request: HttpRequest, episode: Episode, problems: list[str]) -> HttpResponse:
    audio_url = reverse("admin:episodes_episode_audio", args=[episode.pk])
    response = preview_page(request, episode, audio_url, problems=problems)
    response.content = _outside(response.content.decode(), episode, request).encode()
    return response


def _outside(html: str, episode: Episode, request: HttpRequest) -> str:
    """Links open in a tab of their own, on the show's host; its colour is there on any host of the desk."""
    home, show = home_of(episode.show, request), episode.show
    starts = {"/": f"{home}/", "?": f"{home}{episode.get_absolute_url()}?", None: ""}
    html = _ANCHOR.sub(lambda a: f'<a target="_blank" {a[1]}href="{starts[a[2]]}', html)
    return _THEME.sub(f'href="{reverse("admin:episodes_episode_theme", args=[show.pk])}?v={show.accent[1:]}"', html)


def _in_an_app(request: HttpRequest, episode: Episode, problems: list[str]) -> HttpResponse:
    title = title_of(episode.title, episode.code)
    kept, past = kept_and_past(episode.feed_html, DESCRIPTION_BYTES)
    size = len(episode.feed_html.encode())
    short = description(episode.feed_html, title)
    return render(
        request,
        "admin/episodes/episode/app_preview.html",
        {
            "show": episode.show,
            "title": title,
            "problems": problems,
            "kept": kept,
            "past": past,
            "bytes": size,
            "limit": DESCRIPTION_BYTES,
            "over": size - DESCRIPTION_BYTES,
            "description": short,
            "description_bytes": len(short.encode()),
        },
    )
