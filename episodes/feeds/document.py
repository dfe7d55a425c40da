"""What a feed says, as plain values: RSS and JSON Feed are both written from these. "" and None are left out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    # Of the podcast namespace's taxonomy.
    role: str
    group: str
    url: str = ""
    picture_url: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    url: str
    width: int
    type: str
    alt: str = ""
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    starts_at_seconds: Decimal
    title: str
    url: str = ""
    image_url: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    url: str
    type: str
    language: str
    # Its lines know when they are said.
    is_timed: bool


@dataclass(frozen=True, slots=True)
class Item:
    guid: str
    # How people call it, where it has no title: TR 001.
    code: str
    title: str
    number: str
    url: str
    published_at: datetime
    changed_at: datetime
    # HTML in a few tags, with absolute addresses only; see episodes.feed_notes.
    html: str
    enclosure_url: str
    enclosure_length: int | None
    enclosure_type: str
    duration_seconds: int | None
    season: int | None
    type: str
    explicit: bool
    picture_url: str = ""
    people: Sequence[Person] = ()
    chapters_url: str = ""
    chapters: Sequence[Chapter] = ()
    # Where it can be watched, on a page or as a file.
    video_url: str = ""
    transcripts: Sequence[Transcript] = ()
    # Where items of several shows stand together: the show's name, and its own feed.
    author: str = ""
    source_url: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    title: str
    url: str
    feed_url: str
    json_url: str
    guid: str
    description: str
    language: str
    author: str
    explicit: bool
    generator: str = "lupcms"
    copyright: str = ""
    owner_name: str = ""
    owner_email: str = ""
    # Main category and subcategory, the most important first.
    categories: Sequence[tuple[str, str]] = ()
    type: str = ""
    is_locked: bool = False
    medium: str = ""
    funding_url: str = ""
    funding_text: str = ""
    license: str = ""
    license_url: str = ""
    update_frequency: str = ""
    update_rule: str = ""
    hub_url: str = ""
    new_feed_url: str = ""
    is_complete: bool = False
    is_blocked: bool = False
    # What directories show: JPEG or PNG; for the RSS element, at most 144 pixels.
    artwork_url: str = ""
    thumbnail: Picture | None = None
    pictures: Sequence[Picture] = ()
    hosts: Sequence[Person] = ()


def last_change(items: Sequence[Item]) -> datetime | None:
    """When anything of it last changed."""
    return max((item.changed_at for item in items), default=None)
