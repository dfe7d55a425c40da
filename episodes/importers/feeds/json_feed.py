"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), with what Fireside adds -> entries."""

import json
import re
from collections.abc import Iterator
from typing import Any

from episodes.feed_health.reading import MAX_ITEMS, UnreadableError, refuse_large, too_many_items
from episodes.importers import values
from episodes.importers.feeds.document import Audio, Entry, File, Person, Said
from episodes.importers.record import Source

# Neither XML nor a database can hold these.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class JsonFeed:
    """Raises UnreadableError for what is no JSON Feed, and where it would not be safe to read it."""

    source = Source.JSON

    def __init__(self, data: bytes) -> None:
        self.doubts: list[str] = []
        refuse_large(data)
        feed = _parsed(data)
        items = feed.get("items") if isinstance(feed, dict) else None
        if not isinstance(items, list):
            raise UnreadableError("This is JSON, but no JSON Feed: it has no list of “items”.")
        if len(items) > MAX_ITEMS:
            raise too_many_items()
        if _string(feed, "next_url"):
            self.doubts.append(f"The feed goes on at {_string(feed, 'next_url')}: import that, too.")
        self._items = items
        self.said = _said(feed)

    def __len__(self) -> int:
        return len(self._items)

    def entries(self) -> Iterator[Entry]:
        names = {self.said.title.casefold(), self.said.author.casefold(), self.said.owner_name.casefold()}
        for number, item in enumerate(self._items, 1):
            place = f"item {number}"
            if isinstance(item, dict):
                yield _entry(place, item, names)
            else:
                yield Entry(place, doubts=("It is no item: nothing in it has a name.",))


def is_json(data: bytes) -> bool:
    return data[:200].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith((b"{", b"["))


def _parsed(data: bytes) -> Any:
    text = data.decode(json.detect_encoding(data), errors="replace")
    try:
        return json.loads(text.removeprefix("\ufeff"), strict=False)
    except json.JSONDecodeError as broken:
        raise UnreadableError(
            f"The JSON is not well-formed at line {broken.lineno}, column {broken.colno}: {broken.msg}. "
            "Fetch it again, or take the show’s RSS feed, which says more."
        ) from broken
    except (ValueError, RecursionError) as broken:
        raise UnreadableError("The JSON has a number or a nesting that nobody can read.") from broken


def _string(parent: Any, *names: str) -> str:
    """The first of these that says something; numbers as they are written."""
    for name in names:
        value = parent.get(name) if isinstance(parent, dict) else None
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, str | int | float) and (text := values.trimmed(_UNSTORABLE.sub("", str(value)))):
            return text
    return ""


def _list(parent: Any, name: str) -> list[Any]:
    value = parent.get(name)
    return value if isinstance(value, list) else []


def _people(parent: Any, names: set[str]) -> tuple[Person, ...]:
    """`authors` of 1.1, `author` of 1.0; the show itself is nobody."""
    found = [*_list(parent, "authors"), parent.get("author")]
    people = [Person(_string(one, "name"), url=_string(one, "url")) for one in found if isinstance(one, dict)]
    return tuple(dict.fromkeys(one for one in people if one.name and one.name.casefold() not in names))


def _entry(place: str, item: dict[str, Any], names: set[str]) -> Entry:
    guid = item.get("id")
    doubts: tuple[str, ...] = ()
    if isinstance(guid, str) and _UNSTORABLE.search(guid):
        guid, doubts = "", ("Its GUID has characters that cannot be stored.",)
    own = item.get("_fireside")
    own = own if isinstance(own, dict) else {}
    files = [one for one in _list(item, "attachments") if isinstance(one, dict)]
    audio = [Audio(*(_string(one, name) for name in ("url", "size_in_bytes", "mime_type"))) for one in files]
    videos = [one.url for one in audio if one.type.startswith("video/")]
    has_audio = any(one.type.startswith("audio/") for one in audio)
    chapters = _string(item, "_chapters_url") or _string(own, "chapters_url")
    return Entry(
        place=place,
        title=values.unbroken(_string(item, "title")),
        link=_string(item, "url"),
        guid=values.trimmed(guid) if isinstance(guid, str) else _string(item, "id"),
        # An id may be an address, and nothing says whether it ever led anywhere.
        published=_string(item, "date_published"),
        duration=next((found for one in files if (found := _string(one, "duration_in_seconds"))), ""),
        enclosures=tuple(
            dict.fromkeys(one for one in audio if one.url and not (has_audio and one.type.startswith("video/")))
        ),
        notes=_string(item, "content_html"),
        description=_string(item, "content_text"),
        subtitle=_string(item, "summary"),
        tags=values.tags_of(*(tag for tag in _list(item, "tags") if isinstance(tag, str))),
        number=_string(own, "episode", "number"),
        season=_string(own, "season"),
        explicit=_string(own, "explicit"),
        artwork_url=_string(item, "image", "banner_image"),
        people=_people(item, names),
        player_url=_string(own, "player_url"),
        video_url=videos[0] if videos and has_audio else "",
        chapters_file=File(chapters) if chapters else None,
        doubts=doubts,
    )


def _said(feed: dict[str, Any]) -> Said:
    own = feed.get("_fireside")
    own = own if isinstance(own, dict) else {}
    authors = _people(feed, set())
    return Said(
        title=_string(feed, "title"),
        description=_string(feed, "description") or _string(own, "subtitle"),
        language=_string(feed, "language"),
        author=authors[0].name if authors else _string(own, "owner"),
        owner_name=_string(own, "owner"),
        explicit=values.boolean(_string(own, "explicit")),
        copyright=_string(own, "copyright"),
        feed_url=_string(feed, "feed_url"),
        site_url=_string(feed, "home_page_url"),
        artwork_url=_string(own, "image") or _string(feed, "icon"),
        is_complete=True if feed.get("expired") is True else None,
    )
