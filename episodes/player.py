"""What the player on an episode's page, and the same player in somebody else's frame, are given."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from episodes.audio import is_own
from episodes.models import Episode

# Of the embedded player in CSS pixels, also in a frame 320 wide.
FRAME_HEIGHT = 260
# `?t=810` or `?t=810.5`.
_SECONDS = re.compile(r"\d{1,6}(\.\d{1,3})?", re.ASCII)


class Captions(NamedTuple):
    url: str
    language: str


class Player(NamedTuple):
    # "" where the episode has no audio that we know.
    url: str
    # As in the address, and in whole seconds; "" and 0: from the beginning.
    starts_at: str
    starts_at_seconds: int
    captions: Captions | None
    # Host of a foreign player that may be loaded by a press, else "".
    frame_host: str
    frame_height: int = FRAME_HEIGHT


def player_of(episode: Episode, request: HttpRequest, languages: Sequence[str]) -> Player | None:
    """None where there is nothing to hear. `languages` are those of its transcripts, the best one first."""
    if not episode.enclosure_url:
        return Player("", "", 0, None, _frame_host(episode.player_url)) if episode.player_url else None
    asked = request.GET.get("t", "")
    starts_at = asked if _SECONDS.fullmatch(asked) else ""
    return Player(_source(episode), starts_at, int(float(starts_at or 0)), _captions(episode, languages), "")


def _source(episode: Episode) -> str:
    """Our own file by its path, so that it plays on every host that shows the page; any other by its address."""
    return episode.audio.url if is_own(episode) and not episode.show.media_prefix else episode.media_url


def _captions(episode: Episode, languages: Sequence[str]) -> Captions | None:
    if not languages:
        return None
    return Captions(reverse("episodes:transcript_file", args=[episode.slug, "vtt"]), languages[0])


def _frame_host(url: str) -> str:
    """The host of `url` where it may be framed. Only over https, as the policy allows no other."""
    try:
        parts = urlsplit(url)
        return parts.netloc if parts.scheme == "https" and parts.netloc in settings.PLAYER_HOSTS else ""
    except ValueError:
        return ""
