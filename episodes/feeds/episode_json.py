"""Everything public of an episode as JSON, for programs; docs/feeds.md says what each key means.

Keys keep their names and order; one that has nothing to say is there, with null, "" or an empty list.
"""

import json
from typing import Any

from django.utils.encoding import iri_to_uri

from episodes.feeds.content import (
    absolute,
    chapters_url,
    enclosure_type,
    is_explicit,
    people_of,
    transcripts_of,
    url_of,
)
from episodes.models import Episode
from lupcms.shows.markdown import excerpt


def render(episode: Episode) -> bytes:
    return json.dumps(_episode(episode), ensure_ascii=False, indent=1).encode()


def _episode(episode: Episode) -> dict[str, Any]:
    show, url = episode.show, url_of(episode)
    published_at, changed_at = episode.published_at, episode.last_changed_at
    assert published_at is not None
    assert changed_at is not None
    return {
        "show": {"title": show.title, "acronym": show.acronym, "url": f"{show.site_url}/", "language": show.language},
        "url": url,
        "number": episode.number,
        "code": episode.code,
        "title": episode.title,
        "guid": episode.guid,
        "air_date": episode.air_date and episode.air_date.isoformat(),
        "published_at": published_at.astimezone(show.zone).isoformat(),
        "changed_at": changed_at.astimezone(show.zone).isoformat(),
        "duration_seconds": episode.duration_seconds,
        "season": episode.season,
        "type": episode.episode_type,
        "explicit": is_explicit(episode),
        "summary": excerpt(episode.summary_html, len(episode.summary_html)),
        "summary_html": episode.summary_html,
        "notes_html": episode.feed_html,
        "player_url": episode.player_url,
        "video_url": episode.video_url,
        "enclosure": _enclosure(episode),
        "people": _people(episode),
        "sponsors": [
            {
                "name": row.name,
                "url": row.url,
                "page_url": absolute(show, row.get_sponsor_url()),
                "words": row.words,
                "words_html": row.words_html,
                "promo_code": row.promo_code,
                "kind": row.kind,
                "starts_at_seconds": row.starts_at_seconds,
                "ends_at_seconds": row.ends_at_seconds,
            }
            for row in episode.placements.all()
        ],
        "links": [
            {
                "url": row.url,
                "heading": row.heading,
                "text": row.text,
                "text_html": row.text_html,
                "description": row.description,
                "description_html": row.description_html,
            }
            for row in episode.links.all()
        ],
        "tags": sorted(tag.name for tag in episode.tags.all()),
        "chapters_url": chapters_url(episode, url),
        "chapters": [
            {
                "starts_at_seconds": float(row.starts_at_seconds),
                "ends_at_seconds": None if row.ends_at_seconds is None else float(row.ends_at_seconds),
                "title": row.title,
                "url": row.url,
                "image_url": row.image_url,
                "is_listed": row.is_listed,
            }
            for row in episode.chapters.all()
        ],
        "transcripts": [
            {"url": row.url, "type": row.type, "language": row.language} for row in transcripts_of(episode, url)
        ],
    }


def _enclosure(episode: Episode) -> dict[str, Any] | None:
    if not episode.enclosure_url:
        return None
    return {
        "url": iri_to_uri(episode.media_url),
        "length": episode.enclosure_length,
        "type": enclosure_type(episode),
    }


def _people(episode: Episode) -> list[dict[str, str]]:
    return [
        {"name": person.name, "role": person.role, "group": person.group, "url": person.url, "img": person.picture_url}
        for person in people_of(episode)
    ]
