"""What the public page of an episode is made of: for visitors, for a guest before them, and beside the form."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from episodes import cards, metadata, oembed
from episodes.audio import is_own
from episodes.models import Credit, Episode
from episodes.offers import listed
from episodes.player import Player, player_of
from episodes.transcripts import languages_of
from lupcms.shows.counts import counts_clicks
from lupcms.shows.linked_data import breadcrumbs
from lupcms.shows.links import site_of
from lupcms.shows.pages import render_page


def episode_page(
    request: HttpRequest,
    episode: Episode,
    template: str = "episodes/detail.html",
    audio_url: str = "",
    **context: Any,
) -> HttpResponse:
    """Of one that came `for_page()` and has a publish time; `audio_url` stands in for that of its own file.

    Five queries, seven where spots are counted.
    """
    show, people, languages = episode.show, episode.credits.all(), languages_of(episode)
    assert episode.published_at is not None
    at = max(episode.published_at, timezone.now())
    before, after = show.episodes.published(at).exclude(pk=episode.pk).around(episode)
    trail = [(_("Episodes"), reverse("episodes:archive"))]
    if episode.air_date:
        year = str(episode.air_date.year)
        trail.append((year, reverse("episodes:year", args=[year])))
    page: dict[str, Any] = {
        "title": f"{episode.code}: {episode.printed_title}",
        "description": episode.excerpt,
        "episode": episode,
        "hosts": [credit for credit in people if credit.role == Credit.Role.HOST],
        "guests": [credit for credit in people if credit.role == Credit.Role.GUEST],
        "crew": [credit for credit in people if credit.role not in Credit.ON_THE_PAGE],
        "sponsors": listed(episode, show.today(at)),
        "counts_clicks": counts_clicks(show, show.today(at)),
        "chapters": [chapter for chapter in episode.chapters.all() if chapter.is_listed],
        "has_transcript": bool(languages),
        "tags": sorted(episode.tags.all(), key=lambda tag: tag.name),
        "before": before,
        "after": after,
        "things": [
            metadata.podcast_episode(episode, has_transcript=bool(languages)),
            breadcrumbs(show, trail, episode.printed_title),
        ],
        "social": cards.social_card(episode),
        "oembed_url": oembed.discovery_url(episode),
        "video_site": site_of(episode.video_url),
        "player": _player(request, episode, languages, audio_url),
    }
    return render_page(request, template, episode.get_absolute_url(), show, **page | context)


def preview_page(request: HttpRequest, episode: Episode, audio_url: str, **context: Any) -> HttpResponse:
    """The page as it will be, or would be if it were published now, in a template that can say so.

    Nobody else hears an upload before that moment: here it is at `audio_url`. Links to sponsors count no press.
    """
    episode.published_at = episode.published_at or timezone.now()
    episode.air_date = episode.day_of_airing()
    return episode_page(request, episode, "episodes/preview.html", audio_url, is_preview=True, **context)


def _player(request: HttpRequest, episode: Episode, languages: list[str], audio_url: str) -> Player | None:
    player = player_of(episode, request, languages)
    return player._replace(url=audio_url) if player and audio_url and is_own(episode) else player
