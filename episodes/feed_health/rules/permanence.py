"""What may not change, beside the feed as it was: A73 to A75. What that is says `comparing`."""

from collections.abc import Iterable, Iterator

from episodes.feed_health import comparing
from episodes.feed_health.comparing import Change
from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import Feed
from episodes.feed_health.registry import rule


def _previous(feed: Feed) -> list[comparing.Entry]:
    return feed.previous.entries if feed.previous else []


def _at(feed: Feed, changes: Iterable[Change]) -> Iterator[tuple[str, object]]:
    """The texts, each with the item of this feed that it is about."""
    for change in changes:
        is_here = change.entry is not None and change.kind != "lost"
        yield change.text, feed.items[change.entry.name.number - 1] if is_here and change.entry else None


@rule("A73", "podcast:guid never changes", "podcast namespace")
def same_podcast(feed: Feed) -> Iterator[Found]:
    for change in comparing.shows(feed.previous.podcast_guid if feed.previous else "", feed.podcast_guid):
        yield error(change.text)


@rule("A74", "No GUID disappears or changes, not even in letter case", "RSS 2.0, Apple")
def same_guids(feed: Feed) -> Iterator[Found]:
    for text, at in _at(feed, comparing.guids(_previous(feed), feed.entries, is_page=feed.is_page)):
        yield error(text, at)


@rule("A75", "The date of an item stays", "RSS 2.0")
def same_dates(feed: Feed) -> Iterator[Found]:
    for text, at in _at(feed, comparing.dates(_previous(feed), feed.entries)):
        yield warning(text, at)


@rule("L8", "Items keep their order", "RSS 2.0")
def same_order(feed: Feed) -> Iterator[Found]:
    for text, _ in _at(feed, comparing.order(_previous(feed), feed.entries)):
        yield note(text)
