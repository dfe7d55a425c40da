"""Notes come back from feeds as they were: from this site's own and from Fireside's, real pages and the demo's."""

from collections.abc import Sequence
from html import escape, unescape

import pytest
from django.utils.html import strip_tags

from episodes import demo
from episodes.feed_notes import feed_html
from episodes.importers.notes_html import Split, split
from episodes.models import Episode, Link, Placement
from episodes.notes import Notes, document, parse
from episodes.tests.factories import ARCHIVE
from lupcms.shows.markdown import block_html, inline_html, label_html
from lupcms.shows.models import Show

PAGES = sorted(ARCHIVE.glob("notes*/*/*/episode-*.md"))
DEMO_PAGES = sorted(demo.PAGES.rglob("episode-*.md"))

each_page = pytest.mark.parametrize(
    "path", [*PAGES, *DEMO_PAGES], ids=lambda path: "/".join(path.relative_to(path.parents[3]).parts)
)


def seen(html: str) -> str:
    """The words that a reader sees."""
    return " ".join(unescape(strip_tags(html.replace("<br>", " "))).split())


def what_is_seen(notes: Notes | Split) -> tuple[str, list[tuple[str, ...]], list[tuple[str, ...]]]:
    return (
        seen(block_html(notes.summary)),
        [(row.name.strip(), row.url, seen(label_html(row.words)), row.promo_code.strip()) for row in notes.placements],
        [(seen(label_html(link.text)), link.url, seen(inline_html(link.description))) for link in notes.links],
    )


def our_feed(notes: Notes, headings: Sequence[str] = (), language: str = "en") -> str:
    placements = [
        Placement(name=row.name, url=row.url, words_html=label_html(row.words), promo_code=row.promo_code)
        for row in notes.placements
    ]
    links = [
        Link(url=link.url, text_html=label_html(link.text), description_html=inline_html(link.description))
        for link in notes.links
    ]
    for link, heading in zip(links, headings, strict=False):
        link.heading = heading
    episode = Episode(show=Show(language=language), summary_html=block_html(notes.summary))
    return feed_html(episode, placements, links)


def firesides_feed(notes: Notes) -> str:
    parts = [block_html(notes.summary)]
    if notes.placements:
        parts += ["<p>Sponsored By:</p><ul>", *map(firesides_sponsor, notes.placements), "</ul>"]
    if notes.links:
        parts += ["<p>Links:</p><ul>", *map(firesides_link, notes.links), "</ul>"]
    return "\n".join(parts)


def firesides_sponsor(row: document.Placement) -> str:
    link = f'<a rel="nofollow" href="{escape(row.url)}">'
    words = f": {link}{label_html(row.words)}</a>" if row.words else ""
    code = f" Promo Code: {escape(row.promo_code)}" if row.promo_code else ""
    return f"<li>{link}{escape(row.name)}</a>{words}{code}</li>"


def firesides_link(link: document.Link) -> str:
    label = label_html(link.text) or escape(link.url)
    described = f" &mdash; {inline_html(link.description)}" if link.description else ""
    title = seen(label)
    return f'<li><a title="{escape(title)}" rel="nofollow" href="{escape(link.url)}">{label}</a>{described}</li>'


@pytest.mark.skipif(not PAGES, reason=f"the sample archive {ARCHIVE} is not there")
def test_whole_archive_is_read():
    assert len(PAGES) >= 25


@each_page
def test_our_own_feed_brings_back_the_page(path):
    notes = parse(path.read_bytes())
    found = split(our_feed(notes))
    assert what_is_seen(found) == what_is_seen(notes)
    assert not any(link.heading for link in found.links)


@each_page
def test_our_own_feed_brings_back_topic_headings(path):
    notes = parse(path.read_bytes())
    headings = ["First: topic", "", "Second – topic", "Links", "", ""][: len(notes.links)]
    found = split(our_feed(notes, headings, "de"))
    assert what_is_seen(found) == what_is_seen(notes)
    assert [link.heading for link in found.links][: len(headings)] == headings


@each_page
def test_firesides_feed_brings_back_the_page(path):
    notes = parse(path.read_bytes())
    found = split(firesides_feed(notes))
    assert what_is_seen(found) == what_is_seen(notes)
