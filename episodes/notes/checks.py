"""What a field of the page can hold. Each check raises ValueError with a sentence for the person who typed it."""

import re
from collections.abc import Callable, Iterator

from episodes.notes.document import Notes
from episodes.notes.render import PLAYER_URL

Check = Callable[[str], None]

# The summary may be anything that does not look like its own end.
SUMMARY_END = "\n\n## Your hosts"

_NUMBER = re.compile(r"[A-Za-z0-9._-]+")
_ACRONYM = re.compile(r"[A-Z]+")


def acronym(value: str) -> None:
    if not _ACRONYM.fullmatch(value):
        raise ValueError("An acronym consists of the letters A to Z.")


def number(value: str) -> None:
    if not _NUMBER.fullmatch(value) or ".." in value:
        raise ValueError("A number consists of letters A to Z, digits, dots, hyphens and underscores, never two dots.")


def line(value: str) -> None:
    """One line of any characters."""
    anything(value)
    if "\n" in value:
        raise ValueError("The show-notes page has one line for this: take out the line break.")


def anything(value: str) -> None:
    if "\0" in value:
        raise ValueError("A NUL character cannot be stored.")


def text(value: str) -> None:
    """What stands between `[` and `](`: a link's text, a sponsor's name and words, a person's name."""
    line(value)
    # A bracket at the end is fine: `a]` prints as `[a]](url)`, and the text still ends at the first `](`.
    if "](" in value:
        raise ValueError("`](` ends the text on a show-notes page: put a blank between the two brackets.")


def url(value: str) -> None:
    line(value)
    if " " in value or '"' in value:
        raise ValueError("An address has no blank and no quotation mark: write %20 and %22.")


def slug(value: str) -> None:
    line(value)
    if not value or "/" in value or ")" in value:
        raise ValueError("A person's slug is not empty and has no slash and no closing bracket.")


def tag(value: str) -> None:
    text(value)
    if not value:
        raise ValueError("A tag has a name.")
    if "," in value:
        raise ValueError("A tag has no comma: commas stand between tags.")


def summary(value: str) -> None:
    anything(value)
    if SUMMARY_END in value:
        raise ValueError("A line that starts with `## Your hosts` would end the text on a show-notes page.")


def player_url(value: str) -> None:
    if value and not PLAYER_URL.fullmatch(value):
        raise ValueError(
            "The show-notes page prints only https://player.fireside.fm/v2/SHOW+EPISODE?theme=dark (or /v3/)."
        )


def problems(notes: Notes) -> Iterator[str]:
    """Every reason why the texts of `notes` could not be printed and read back: `field: sentence`.

    The rest is taken as the exporter makes it: hosts before guests, tags sorted, a site URL where it is printed.
    """
    fields: list[tuple[str, Check, str]] = [
        ("acronym", acronym, notes.acronym),
        ("number", number, notes.number),
        ("title", line, notes.title),
        ("player", player_url, notes.player_url),
        ("summary", summary, notes.summary),
    ]
    for credit in notes.credits:
        fields += [("person's name", text, credit.name), ("person's slug", slug, credit.slug)]
    for placement in notes.placements:
        fields += [
            ("sponsor's name", text, placement.name),
            ("sponsor's address", url, placement.url),
            ("sponsor's words", text, placement.words),
            ("promo code", line, placement.promo_code),
        ]
    for link in notes.links:
        fields += [
            ("link's text", text, link.text),
            ("link's address", url, link.url),
            ("link's title", anything, link.title),
            ("link's description", line, link.description),
        ]
        if link.description and "\n" in link.title:
            yield f"link's description: {link.url} has a title of several lines, and no description can follow one."
    fields += [("tag", tag, name) for name in notes.tags]
    for field, check, value in fields:
        try:
            check(value)
        except ValueError as problem:
            yield f"{field}: {value[:60]!r}: {problem}"
