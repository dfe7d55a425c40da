"""A guest reads an episode's page before it is public, at an address that nobody can guess (decision 0011)."""

from collections.abc import Callable
from functools import wraps
from pathlib import PurePosixPath
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from episodes.episode_page import preview_page
from episodes.formats.media_types import TYPES
from episodes.models import Episode, Preview
from lupcms.shows.media import serve
from lupcms.shows.private import kept_private, nothing_here


def for_guests(view: Callable[[HttpRequest, Episode, str], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """On the host of the episode's show; once the episode is published, both addresses lead to its page."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponseBase:
        show: Any = request.show  # type: ignore[attr-defined]
        preview = Preview.objects.filter(episode__show=show).holding(token)
        if preview is None:
            return kept_private(nothing_here(request))
        preview.note_visit()
        episode = Episode.objects.for_page().get(pk=preview.episode_id)
        if episode.is_published():
            return kept_private(HttpResponseRedirect(episode.get_absolute_url()))
        return kept_private(view(request, episode, token))

    return guarded


@require_safe
@for_guests
def page(request: HttpRequest, episode: Episode, token: str) -> HttpResponse:
    return preview_page(request, episode, reverse("episodes:preview_audio", args=[token]), is_for_a_guest=True)


@require_safe
@for_guests
def audio(request: HttpRequest, episode: Episode, token: str) -> HttpResponseBase:
    if not episode.audio:
        raise Http404("This episode has no audio of its own.")
    name = str(episode.audio.name)
    return serve(request, name, TYPES[PurePosixPath(name).suffix])
