"""The feed of another host -> what it says of its show, and a record of each of its items.

    feed = read(data, Home("LUP", "LINUX Unplugged", frozenset({"linuxunplugged.com"})))
    for item in feed: … item.record

Reading is pure and writes nothing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from episodes.importers.feeds.document import Document, File, Home, Item, Said
from episodes.importers.feeds.json_feed import JsonFeed, is_json
from episodes.importers.feeds.records import Records
from episodes.importers.feeds.rss import Rss
from episodes.importers.record import Source

__all__ = ["Feed", "File", "Home", "Item", "Said", "read"]


@dataclass(frozen=True, slots=True)
class Feed:
    """`doubts` are whole sentences about all of it; those about one item are in its record."""

    source: Source
    said: Said
    doubts: tuple[str, ...]
    _items: Records
    _count: int

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Item]:
        """In the feed's order, one in memory at a time."""
        return iter(self._items)


def read(data: bytes, home: Home) -> Feed:
    """RSS or a JSON Feed, whichever it is. Raises UnreadableError."""
    document: Document = JsonFeed(data) if is_json(data) else Rss(data)
    items = Records(document, home)
    doubts = [*document.doubts, *items.survey.doubts()]
    if not len(document):
        doubts.append("The feed has no items.")
    said = replace(document.said, media_prefix=items.survey.prefix)
    return Feed(document.source, said, tuple(doubts), items, len(document))
