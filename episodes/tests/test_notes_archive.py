"""The format against real pages: all come back byte for byte, and a change of one field shows in one line.

The sample archive stands beside the project (`../shared/archive`) and is not part of it.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from episodes.notes import Link, Notes, parse, problems, render

ARCHIVE = Path(__file__).resolve().parents[3] / "shared" / "archive"
PAGES = sorted(ARCHIVE.glob("notes*/*/*/episode-*.md"))
# Rule 7: this page prints the site with a doubled slash.
DOUBLED_SLASHES = "notes/jupiter-extras/2019/episode-030.md"

pytestmark = pytest.mark.skipif(not PAGES, reason=f"the sample archive {ARCHIVE} is not there")
each_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ARCHIVE)))
each_modern_page = pytest.mark.parametrize(
    "path",
    [path for path in PAGES if path != ARCHIVE / DOUBLED_SLASHES],
    ids=lambda path: str(path.relative_to(ARCHIVE)),
)


def test_whole_archive_is_read() -> None:
    assert len(PAGES) >= 25
    assert ARCHIVE / DOUBLED_SLASHES in PAGES


@each_modern_page
def test_real_page_comes_back_byte_for_byte(path: Path) -> None:
    page = path.read_bytes()
    assert render(parse(page)) == page


def test_old_page_comes_back_with_single_slashes() -> None:
    page = (ARCHIVE / DOUBLED_SLASHES).read_bytes()
    assert page.count(b"https://extras.show//") == page.count(b"https://extras.show/") > 0
    assert render(parse(page)) == page.replace(b"https://extras.show//", b"https://extras.show/")


@each_page
def test_real_page_has_no_problems(path: Path) -> None:
    assert list(problems(parse(path.read_bytes()))) == []


def lines_that_differ(before: Notes, after: Notes) -> list[int]:
    """Line numbers from 1. The pages have equally many lines, and the changed one is read as it was meant."""
    old, new = render(before).split(b"\n"), render(after).split(b"\n")
    assert len(old) == len(new)
    assert parse(render(after)) == after
    return [number for number, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b]


def changes_of_one_line(notes: Notes) -> Iterator[tuple[str, Notes]]:
    """Each field that the page has, changed by itself.

    All of these touch one line by nature: a sponsor's address is printed twice and a link's text again as
    its title, but in the same line; the tags share one line. Where text has several lines, its last one
    changes. What touches other lines is left out: a new line in a text, one entry more or less, and
    `site_url`, which has a test of its own.
    """
    yield from _changed_headings(notes)
    for number, credit in enumerate(notes.credits):
        for field in ("name", "slug"):
            person = replace(credit, **{field: getattr(credit, field) + "-b"})
            yield f"credit {number} {field}", replace(notes, credits=_with(notes.credits, number, person))
    for number, placement in enumerate(notes.placements):
        for field in ("name", "url", "words", "promo_code"):
            if getattr(placement, field):
                sponsor = replace(placement, **{field: getattr(placement, field) + "(b)"})
                yield f"sponsor {number} {field}", replace(notes, placements=_with(notes.placements, number, sponsor))
    for number, link in enumerate(notes.links):
        for field, changed in _changed_links(link):
            yield f"link {number} {field}", replace(notes, links=_with(notes.links, number, changed))
    yield from _changed_tags(notes)


def _changed_headings(notes: Notes) -> Iterator[tuple[str, Notes]]:
    yield "acronym", replace(notes, acronym=notes.acronym + "X")
    yield "number", replace(notes, number=notes.number + "-b")
    yield "title", replace(notes, title=notes.title + " (Encore) ")
    yield "air date", replace(notes, air_date=notes.air_date + timedelta(days=1))
    yield "duration", replace(notes, duration_seconds=notes.duration_seconds + 1)
    yield "summary", replace(notes, summary=notes.summary + "!")
    if notes.player_url:
        ids = notes.player_url.removesuffix("?theme=dark")
        other = "A" if ids[-1] != "A" else "B"
        yield "player", replace(notes, player_url=f"{ids[:-1]}{other}?theme=dark")


def _changed_tags(notes: Notes) -> Iterator[tuple[str, Notes]]:
    """Without people the last tag takes the page's site with it: then it stays."""
    for tag in notes.tags:
        rest = tuple(sorted({*notes.tags} - {tag}))
        if rest or notes.credits:
            yield f"without tag {tag}", replace(notes, tags=rest)
    if notes.site_url:
        yield "one tag more", replace(notes, tags=tuple(sorted({*notes.tags, "c#!"})))


def _changed_links(link: Link) -> Iterator[tuple[str, Link]]:
    yield "url", replace(link, url=link.url + "(b)\\")
    if link.text:
        yield "text", replace(link, text=link.text + "]")
        if link.title_kind != "own":
            yield "own title", replace(link, title_kind="own", title='Another "title"')
        else:
            yield "title", replace(link, title=link.title + '[b]"')
            if "\n" not in link.title:
                yield "no title", replace(link, title_kind="none", title="")
    if link.description:
        yield "no description", replace(link, description="")
    if "\n" not in link.title:
        yield "description", replace(link, description=link.description + " — more. ")


def _with[T](entries: tuple[T, ...], number: int, entry: T) -> tuple[T, ...]:
    return (*entries[:number], entry, *entries[number + 1 :])


@each_page
def test_change_of_one_field_shows_in_one_line(path: Path) -> None:
    notes = parse(path.read_bytes())
    differing = {field: lines_that_differ(notes, changed) for field, changed in changes_of_one_line(notes)}
    assert {field: lines for field, lines in differing.items() if len(lines) != 1} == {}
    # The heading, the two facts and a line for each of people, sponsors and tags are lines of their own.
    lines = {lines[0] for lines in differing.values()}
    tags = bool(notes.site_url)
    assert (
        len(lines) >= 4 + bool(notes.player_url) + len(notes.credits) + len(notes.placements) + len(notes.links) + tags
    )


@each_page
def test_another_site_shows_in_the_lines_of_people_and_tags(path: Path) -> None:
    notes = parse(path.read_bytes())
    differing = lines_that_differ(notes, replace(notes, site_url="https://golden.example"))
    assert len(differing) == len(notes.credits) + bool(notes.tags)


def test_archive_has_every_field_that_is_changed() -> None:
    """So that no branch above is left out in silence."""
    fields = {
        field.rpartition(" ")[2] if field.startswith(("credit", "sponsor", "link")) else field.partition(" ")[0]
        for path in PAGES
        for field, _ in changes_of_one_line(parse(path.read_bytes()))
    }
    assert fields >= {"acronym", "number", "title", "air", "duration", "summary", "player", "name", "slug"}
    assert fields >= {"url", "words", "promo_code", "text", "description", "without", "one"}
