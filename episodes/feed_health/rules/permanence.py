"""What may not change, beside the feed as it was: A73 to A75."""

from collections.abc import Iterator
from datetime import datetime

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import Feed, Item, children, value
from episodes.feed_health.registry import rule
from episodes.feed_health.values import moment, shown


def _previous_items(feed: Feed) -> list[Item]:
    return [item for item in feed.previous.items if item.guid] if feed.previous else []


@rule("A73", "podcast:guid never changes", "podcast namespace")
def same_podcast(feed: Feed) -> Iterator[Found]:
    if feed.previous is None or feed.previous.channel is None:
        return
    was, now = value(feed.previous.channel, "podcast:guid"), value(feed.channel, "podcast:guid")
    if was and was != now:
        yield error(f"podcast:guid was {was}, and is {now or 'not there'}: to apps it is another show. Put it back.")


@rule("A74", "No GUID disappears or changes, not even in letter case", "RSS 2.0, Apple")
def same_guids(feed: Feed) -> Iterator[Found]:
    here = {item.guid for item in feed.items}
    there = {item.guid for item in _previous_items(feed)}
    new = [item for item in feed.items if item.guid not in there]
    folded = {item.guid.casefold(): item for item in new}
    by_audio = {audio: item for item in new if (audio := _audio(item))}
    by_title = {item.title: item for item in new if item.title}
    is_page = any(link.get("rel") == "next" for link in children(feed.channel, "atom:link"))
    oldest = min((at for item in feed.items if (at := _at(item))), default=None)
    for was in _previous_items(feed):
        if was.guid in here:
            continue
        now = folded.get(was.guid.casefold())
        if now:
            yield error(
                f"The GUID was {was.guid}, in other letter case: to apps it is another episode. Put it back.", now
            )
        elif now := by_audio.get(_audio(was)) or by_title.get(was.title):
            yield error(f"The GUID was {was.guid}: to apps it is another episode. Put it back.", now)
        elif not (is_page and oldest and (at := _at(was)) and at < oldest):
            yield error(f"An episode is lost: {was.name}. Put it back; apps delete what they have of it.")


def _audio(item: Item) -> str:
    """Where the file is, without what is put before and after the address to measure it."""
    urls = [element.get("url", "") for element in children(item.element, "enclosure")]
    return "/".join(urls[0].partition("?")[0].split("/")[-2:]) if urls else ""


def _at(item: Item) -> datetime | None:
    return moment(value(item.element, "pubDate"))


@rule("A75", "The date of an item stays", "RSS 2.0")
def same_dates(feed: Feed) -> Iterator[Found]:
    was = {item.guid: value(item.element, "pubDate") for item in _previous_items(feed)}
    for item in feed.items:
        before, now = was.get(item.guid, ""), value(item.element, "pubDate")
        if moment(before) and moment(before) != moment(now):
            yield warning(f"The date was {shown(before)}: apps sort by it and may say it is new. Put it back.", item)


@rule("L8", "Items keep their order", "RSS 2.0")
def same_order(feed: Feed) -> Iterator[Found]:
    now = [item.guid for item in feed.items if item.guid]
    was = [item.guid for item in _previous_items(feed)]
    both = set(now) & set(was)
    if [guid for guid in now if guid in both] != [guid for guid in was if guid in both]:
        yield note("Items that stood in the feed before stand in another order now.")
