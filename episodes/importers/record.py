"""What one source says of one episode, as data: whatever the source is, `save` reads nothing else.

Empty text, an empty tuple and None all mean that the source does not say, and never that there is none: a scraper
prints `None` also where it found nothing to read.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from episodes.notes import document

Role = Literal["host", "guest", "producer", "editor"]


class Source(StrEnum):
    """Where a record comes from. Which one is believed where two differ says `RANK`."""

    NOTES = "notes"
    RSS = "rss"
    JSON = "json"
    SITE = "site"


# The best first. A notes page must come out as it went in; a feed is what subscribers have; a website repeats it.
RANK: dict[str, int] = {source: place for place, source in enumerate(reversed(Source))}


@dataclass(frozen=True, slots=True)
class Credit:
    role: Role
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Link(document.Link):
    """A topic heading stands at the first link of its group."""

    heading: str = ""


@dataclass(frozen=True, slots=True)
class Enclosure:
    """Without a measurement prefix; `length` in bytes, None where the source does not know it."""

    url: str
    length: int | None = None
    type: str = ""


@dataclass(frozen=True, slots=True)
class Chapter:
    starts_at_seconds: Decimal
    title: str = ""
    ends_at_seconds: Decimal | None = None
    url: str = ""
    image_url: str = ""
    is_listed: bool = True


@dataclass(frozen=True, slots=True)
class Record:
    """One episode.

    `number` is what the source prints as its number; where it prints none, `slug` says how its address ends, and a new
    episode is called that. `place` names the record in its source, for people: `item 12`, `0245.md`. `old_paths` are
    decoded paths that led to the episode on a host of its show or network, each with a slash in front. `original` is
    the HTML that was taken apart, kept for whoever wants to compare; `doubts` are whole sentences about what was read.
    """

    source: Source
    place: str
    number: str = ""
    slug: str = ""
    title: str = ""
    air_date: date | None = None
    published_at: datetime | None = None
    duration_seconds: int | None = None
    player_url: str = ""
    video_url: str = ""
    summary: str = ""
    credits: tuple[Credit, ...] = ()
    placements: tuple[document.Placement, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    guid: str = ""
    enclosure: Enclosure | None = None
    season: int | None = None
    episode_type: str = ""
    explicit: bool | None = None
    artwork_url: str = ""
    chapters: tuple[Chapter, ...] = ()
    old_paths: tuple[str, ...] = ()
    original: str = ""
    doubts: tuple[str, ...] = ()
