"""What a show-notes page says, as data. Text is kept exactly as printed: Markdown source, blanks and all."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

# The sections in the order of the page, with the words that errors use for them.
SECTIONS = {
    "heading": "heading",
    "about": "About this episode",
    "people": "Your hosts",
    "sponsors": "Sponsored by",
    "links": "Episode links",
    "tags": "Tags",
}

Role = Literal["host", "guest"]
# What a link prints as its TITLE: its own text again, a title of its own, or none at all.
TitleKind = Literal["text", "own", "none"]


class NotesError(ValueError):
    """A page that is not in the format: `line` counts from 1, `section` is a value of SECTIONS."""

    def __init__(self, line: int, section: str, message: str) -> None:
        super().__init__(f"{line}: {section}: {message}")
        self.line = line
        self.section = section
        self.message = message


@dataclass(frozen=True, slots=True)
class Credit:
    role: Role
    name: str
    slug: str


@dataclass(frozen=True, slots=True)
class Placement:
    """One spot: without words a page prints neither the words nor the code."""

    name: str
    url: str
    words: str = ""
    promo_code: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """`title` is "" unless `title_kind` is "own"; an own title may have several lines."""

    url: str
    text: str = ""
    title: str = ""
    title_kind: TitleKind = "text"
    description: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """One page. `site_url` has no slash at the end and is "" where the page prints no person and no tag.

    `acronym` is "" only on old pages, which print the number alone; `player_url` is "" where there is
    no player line. Credits stand hosts first, then guests; tags in ascending code-point order.
    """

    acronym: str
    number: str
    title: str
    air_date: date
    duration_seconds: int
    player_url: str = ""
    summary: str = ""
    credits: tuple[Credit, ...] = ()
    placements: tuple[Placement, ...] = ()
    links: tuple[Link, ...] = ()
    tags: tuple[str, ...] = ()
    site_url: str = ""
