"""What a feed says, as plain values: of an item as it is written there, and of its show."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

from episodes.importers.record import Chapter, Record, Source


class Audio(NamedTuple):
    """An enclosure as it is written, its measurement prefixes and all."""

    url: str
    length: str = ""
    type: str = ""


class Person(NamedTuple):
    """`group` and `role` as they are written; `url` is where the feed says that they are at home."""

    name: str
    role: str = ""
    group: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """What the feed names by its address: chapters, or one transcript."""

    url: str
    type: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One item, before anything is made of it. Texts are trimmed of XML's blanks and are else as they are written.

    `notes` is HTML; `description` and `summary` are what the feed says there, HTML or not.
    """

    place: str
    title: str = ""
    link: str = ""
    guid: str = ""
    guid_is_address: bool = False
    published: str = ""
    duration: str = ""
    enclosures: tuple[Audio, ...] = ()
    notes: str = ""
    description: str = ""
    subtitle: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    number: str = ""
    season: str = ""
    type: str = ""
    explicit: str = ""
    artwork_url: str = ""
    people: tuple[Person, ...] = ()
    player_url: str = ""
    video_url: str = ""
    chapters: tuple[Chapter, ...] = ()
    chapters_file: File | None = None
    transcripts: tuple[File, ...] = ()
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What the feed says of its show; `media_prefix` is what stands before every audio address in it.

    `categories` are choices of `Show.category`; "" and None mean that it does not say.
    """

    title: str = ""
    description: str = ""
    language: str = ""
    author: str = ""
    owner_name: str = ""
    owner_email: str = ""
    categories: tuple[str, ...] = ()
    explicit: bool | None = None
    copyright: str = ""
    show_type: str = ""
    medium: str = ""
    podcast_guid: str = ""
    funding_url: str = ""
    funding_text: str = ""
    is_locked: bool | None = None
    is_complete: bool | None = None
    new_feed_url: str = ""
    feed_url: str = ""
    site_url: str = ""
    artwork_url: str = ""
    media_prefix: str = ""
    people: tuple[Person, ...] = ()


@dataclass(frozen=True, slots=True)
class Home:
    """What is known of the show that the feed is of; `hosts` are the names of the hosts where its pages are."""

    acronym: str
    title: str = ""
    hosts: frozenset[str] = frozenset()


class Item(NamedTuple):
    """A record, and what its feed only names by an address."""

    record: Record
    chapters: File | None = None
    transcripts: tuple[File, ...] = ()


class Document(Protocol):
    """A feed in one of its forms. `entries` reads anew each time, one item after another."""

    source: Source
    said: Said
    doubts: list[str]

    def __len__(self) -> int: ...

    def entries(self) -> Iterator[Entry]: ...


def with_doubts(entry: Entry, *doubts: str) -> Entry:
    return replace(entry, doubts=entry.doubts + doubts)
