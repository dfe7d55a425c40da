"""What of a new feed is not as apps know it from the old one: from the bytes of both, RSS or JSON Feed each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from episodes.feed_health import comparing, reading
from episodes.feed_health.comparing import KINDS, Change, Entry
from episodes.feed_health.problems import ItemName
from episodes.feed_health.reading import MAX_ITEMS, UnreadableError, too_many_items
from episodes.importers.prefixes import without_prefixes
from episodes.importers.values import moment


@dataclass(frozen=True)
class Listing:
    entries: Sequence[Entry]
    # "" too where the form of the feed has no place for it.
    podcast_guid: str = ""
    is_json: bool = False
    is_page: bool = False


def compare(old: Listing, new: Listing) -> list[Change]:
    """Every difference, the worst first, then in the order of the feed."""
    was, now = old.entries, new.entries
    changes = [
        *([] if new.is_json else comparing.shows(old.podcast_guid, new.podcast_guid)),
        *comparing.guids(was, now, is_page=new.is_page),
        *comparing.twice(was, now),
        *comparing.dates(was, now),
        *comparing.order(was, now),
        *comparing.audio(was, now, lambda url: without_prefixes(url).url),
        *comparing.additions(was, now),
        *comparing.words(was, now),
    ]
    return sorted(changes, key=lambda change: KINDS.index(change.kind))


def read(data: bytes) -> Listing:
    """Raises UnreadableError."""
    if not data.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        feed = reading.read(data)
        if feed.channel is None:
            raise UnreadableError("This is no feed: it has no channel. Look at what the address answers.")
        return Listing([_dated(entry) for entry in feed.entries], feed.podcast_guid, is_page=feed.is_page)
    reading.refuse_large(data)
    try:
        feed_object = json.loads(data.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as wrong:
        raise UnreadableError(f"This is no JSON: {wrong}.") from wrong
    items = feed_object.get("items")
    if not isinstance(items, list):
        raise UnreadableError("This is no JSON Feed: it has no list of items. Look at what the address answers.")
    if len(items) > MAX_ITEMS:
        raise too_many_items()
    entries = [_entry(number, item) for number, item in enumerate(items, 1) if isinstance(item, dict)]
    return Listing(entries, is_json=True, is_page=bool(feed_object.get("next_url")))


def _entry(number: int, item: dict[str, Any]) -> Entry:
    attachments = item.get("attachments")
    audio = attachments[0] if isinstance(attachments, list) and attachments else None
    audio = audio if isinstance(audio, dict) else {}
    date, seconds = _text(item.get("date_published")), audio.get("duration_in_seconds")
    return Entry(
        ItemName(number, _text(item.get("title")), _text(item.get("id"))),
        _text(audio.get("url")),
        date,
        moment(date).at,
        float(seconds) if isinstance(seconds, int | float) else None,
    )


def _text(value: object) -> str:
    """Some hosts write a number as id."""
    return str(value).strip() if isinstance(value, str | int) else ""


def _dated(entry: Entry) -> Entry:
    """With the moment of a date that is not quite as RFC 2822 writes it, as an import reads it."""
    return entry if entry.published_at else replace(entry, published_at=moment(entry.date).at)
