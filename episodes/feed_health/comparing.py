"""A feed beside the one before it, item by item: what apps will take for another episode, and what is only different.

An item is an `Entry` here, whatever the feed is written in. What never changes is said by one function for each rule;
the linter and `compare_feed` both ask these.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from episodes.feed_health.problems import ItemName
from episodes.feed_health.values import shown

# The worst first.
Kind = Literal[
    "show", "lost", "guid", "twice", "silent", "date", "audio", "back", "order", "new", "prefix", "title", "duration"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
# With these, apps deliver an episode again, or lose one.
FATAL: frozenset[Kind] = frozenset(("show", "lost", "guid", "twice", "silent", "date", "audio"))


@dataclass(frozen=True)
class Entry:
    """What apps go by. `audio_url` and `date` as they are written, "" where they are not there."""

    name: ItemName
    audio_url: str = ""
    date: str = ""
    published_at: datetime | None = None
    duration_seconds: float | None = None

    @property
    def title(self) -> str:
        return self.name.title

    @property
    def identity(self) -> str:
        """What apps know it by: without a GUID, the address of its audio."""
        return self.name.guid or self.audio_url


@dataclass(frozen=True)
class Change:
    kind: Kind
    # What was, and what to do.
    text: str
    # The item as it is now; as it was, where it is lost. None: the feed as a whole.
    entry: Entry | None = None

    def __str__(self) -> str:
        return f"{self.entry.name if self.entry else 'feed'}: {self.kind}: {self.text}"


def shows(was: str, now: str) -> Iterator[Change]:
    """Of the podcast:guid of both."""
    if was and was != now:
        text = f"podcast:guid was {was}, and is {now or 'not there'}: to apps it is another show. Put it back."
        yield Change("show", text)


def guids(old: Sequence[Entry], new: Sequence[Entry], *, is_page: bool = False) -> Iterator[Change]:
    """`is_page`: older items stand on further pages of the new feed."""
    here, there = {entry.identity for entry in new}, {entry.identity for entry in old}
    unknown = [entry for entry in new if entry.identity not in there]
    folded = {entry.identity.casefold(): entry for entry in unknown}
    by_audio = {audio: entry for entry in unknown if (audio := _file(entry))}
    by_title = {entry.title: entry for entry in unknown if entry.title}
    oldest = min((entry.published_at for entry in new if entry.published_at), default=None)
    for was in old:
        if not was.identity or was.identity in here:
            continue
        guid = was.name.guid
        if now := folded.get(was.identity.casefold()):
            text = f"The GUID was {guid}, in other letter case: to apps it is another episode. Put it back."
        elif now := by_audio.get(_file(was)) or by_title.get(was.title):
            text = f"The GUID was {guid}: to apps it is another episode. Put it back."
        if now and not guid:
            text = f"It had no GUID, and apps know it by the address of its audio: make its GUID {was.audio_url}."
        if now:
            yield Change("guid", text, now)
        elif not (is_page and oldest and was.published_at and was.published_at < oldest):
            yield Change("lost", f"An episode is lost: {was.name}. Put it back; apps delete what they have of it.", was)


def twice(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    before = Counter(entry.identity for entry in old)
    now = Counter(entry.identity for entry in new)
    for identity, entry in {entry.identity: entry for entry in new if entry.identity}.items():
        if now[identity] > max(before[identity], 1):
            text = "Another item has the same GUID: apps show one of the two. Give the new one its own."
            yield Change("twice", text, entry)


def dates(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    for was, now in _pairs(old, new):
        if was.published_at and was.published_at != now.published_at:
            text = f"The date was {shown(was.date)}: apps sort by it and may say it is new. Put it back."
            yield Change("date", text, now)


def order(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    was, now = (dict.fromkeys(entry.identity for entry in entries) for entries in (old, new))
    both = was.keys() & now.keys() - {""}
    if [each for each in now if each in both] != [each for each in was if each in both]:
        yield Change("order", "Items that stood in the feed before stand in another order now.")


def audio(old: Sequence[Entry], new: Sequence[Entry], without_prefixes: Callable[[str], str]) -> Iterator[Change]:
    """`without_prefixes` gives the address that is behind those of who measures downloads."""
    for was, now in _pairs(old, new):
        before, here = was.audio_url, now.audio_url
        if before == here or not before:
            continue
        if not here:
            yield Change("silent", f"The audio is lost: apps take the episode away. Give it {before} again.", now)
        elif _is_behind(*(without_prefixes(url).partition("://")[2] for url in (before, here))):
            yield Change("prefix", f"The audio is the same, and what stands before its address differs: {before}.", now)
        else:
            text = f"The audio was {before}: some apps load it anew. Put it back, or say that the audio moved."
            yield Change("audio", text, now)


def additions(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    """Items that are known to no app; `back` where they are older than what was the newest."""
    there = {entry.identity for entry in old}
    explained = {change.entry for change in guids(old, new) if change.kind == "guid"}
    newest = max((entry.published_at for entry in old if entry.published_at), default=None)
    for entry in new:
        if entry.identity in there or entry in explained:
            continue
        if newest and entry.published_at and entry.published_at <= newest:
            text = "It is old, and was not in the feed: some apps say that it is new. Look whether it belongs there."
            yield Change("back", text, entry)
        else:
            yield Change("new", "It was not in the feed: apps deliver it, as they should a new episode.", entry)


def words(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Change]:
    for was, now in _pairs(old, new):
        if was.title != now.title:
            yield Change("title", f"The title was {shown(was.title)}. Apps show the new one.", now)
        if was.duration_seconds and abs(was.duration_seconds - (now.duration_seconds or 0)) > 1:
            yield Change("duration", f"The duration was {was.duration_seconds:g} seconds. Look which is right.", now)


def _pairs(old: Sequence[Entry], new: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Each item with what it is now; of several with one GUID the first."""
    was, now = ({entry.identity: entry for entry in reversed(entries) if entry.identity} for entries in (old, new))
    return [(was[entry.identity], entry) for entry in new if entry.identity in was and now[entry.identity] is entry]


def _file(entry: Entry) -> str:
    """Where the file is, without what is put before and after the address to measure it."""
    return "/".join(entry.audio_url.partition("?")[0].split("/")[-2:])


def _is_behind(one: str, other: str) -> bool:
    """Whether they are one address, or one is behind a prefix that nobody has heard of."""
    return one == other or one.endswith(f"/{other}") or other.endswith(f"/{one}")
