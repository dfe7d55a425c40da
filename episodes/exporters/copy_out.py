"""An episode as text for other places: what is stored, never today's offers. Each function makes one text.

They are for an episode that came `for_page()`, and ask the database for nothing.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from episodes.exporters.notes import notes_of
from episodes.feed_notes import is_absolute
from episodes.formats.cut import cut
from episodes.models import Episode, Link, Placement
from episodes.notes import render
from lupcms.shows.clock import clock
from lupcms.shows.languages import interface_language

# https://developers.google.com/youtube/v3/docs/videos#snippet.description: so many bytes, and neither < nor >.
VIDEO_BYTES = 5000
# https://support.google.com/youtube/answer/9884579: three chapters or more from 0:00 on, of ten seconds or more.
FEWEST_CHAPTERS = 3
SHORTEST_CHAPTER = 10
# Of the networks that people announce episodes on, Bluesky has the shortest posts.
POST_LENGTH = 300
# What is left of a sentence after fewer characters says nothing.
SHORTEST_SENTENCE = 20

_BLOCKS = {"p", "ul", "ol", "blockquote", "pre", "hr", "h3", "h4", "h5", "h6"}
_ITEM = "\n- "
_SENTENCE = re.compile(r".*?(?:[.!?…]+[\"”’»)]*(?=\s|\Z)|[。！？]|\Z)", re.DOTALL)
_REFUSED_IN_TEXT = str.maketrans("<>", "‹›")
_REFUSED_IN_URL = {"<": "%3C", ">": "%3E"}


def host_html(episode: Episode) -> str:
    """The notes as feeds have them."""
    return episode.feed_html


def video_text(episode: Episode) -> str:
    """Plain text for the description of a video, in the language of the show; what does not fit ends in `…`."""
    with translation.override(interface_language(episode.show.language)):
        parts = [
            _text_of(episode.summary_html),
            _section(_("Chapters"), _chapters(episode)),
            _section(_("Sponsored by"), _sponsors(episode.placements.all())),
            _section(_("Episode links"), _links(episode.links.all())),
            f"{episode.show.site_url}{episode.get_absolute_url()}" if episode.show.site_url else "",
        ]
    return _cut_lines("\n\n".join(filter(None, parts)).translate(_REFUSED_IN_TEXT), VIDEO_BYTES)


def markdown(episode: Episode) -> str:
    """The notes page. A draft without a day has today's."""
    return render(replace(notes_of(episode), air_date=episode.day_of_airing())).decode()


def short_post(episode: Episode) -> str:
    """What it is called, the first sentence about it, and its address, which is whole or left out."""
    site = episode.show.site_url
    url = f"{site}{episode.get_absolute_url()}" if site else ""
    end = f"\n\n{url}" if url and len(url) < POST_LENGTH // 2 else ""
    with translation.override(interface_language(episode.show.language)):
        start = cut(_line(f"{episode.code}: {episode.printed_title}"), POST_LENGTH - len(end))
    room = POST_LENGTH - len(start) - len(end) - 2
    found = _SENTENCE.match(_line(episode.excerpt))
    sentence = cut(found[0], room) if found and room >= SHORTEST_SENTENCE else ""
    return f"{start}\n\n{sentence}{end}" if sentence else f"{start}{end}"


def _section(heading: str, lines: Iterable[str]) -> str:
    found = list(lines)
    return "\n".join([f"{heading}:", *found]) if found else ""


def _chapters(episode: Episode) -> list[str]:
    rows = [(row.starts_at, _line(row.title)) for row in episode.chapters.all() if row.is_listed and row.title.strip()]
    if rows and rows[0][0] >= SHORTEST_CHAPTER:
        rows.insert(0, (0, _line(episode.printed_title)))
    kept: list[tuple[int, str]] = []
    for at, title in rows:
        if not kept or at - kept[-1][0] >= SHORTEST_CHAPTER:
            kept.append((at if kept else 0, title))
    return [f"{clock(at)} {title}" for at, title in kept] if len(kept) >= FEWEST_CHAPTERS else []


def _sponsors(placements: Iterable[Placement]) -> Iterator[str]:
    for row in placements:
        said = _line(_text_of(row.words_html))
        yield ": ".join(filter(None, [_line(row.name), said]))
        if row.promo_code:
            yield f"{_('Promo code')}: {_line(row.promo_code)}"
        if row.url:
            yield _url(row.url)


def _links(links: Iterable[Link]) -> Iterator[str]:
    for row in links:
        if row.heading:
            yield f"— {_line(row.heading)}"
        yield ": ".join(filter(None, [_line(_text_of(row.text_html)), _url(row.url)]))


def _url(url: str) -> str:
    return re.sub("[<>]", lambda found: _REFUSED_IN_URL[found[0]], _line(url))


def _line(text: str) -> str:
    """In one line, without control characters."""
    return " ".join("".join(map(_printable, " ".join(text.split()))).split())


def _printable(character: str) -> str:
    return "" if unicodedata.category(character) in ("Cc", "Cs") else character


def _text_of(html: str) -> str:
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (_line(line) for line in "".join(reader.said).split("\n"))
    return re.sub("\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Text(HTMLParser):
    """Safe HTML of ours as plain text: an item begins with a dash, an address follows its text."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.href, self.since = "", 0
        self.keeps_lines = False

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        if tag in _BLOCKS:
            self.keeps_lines = tag == "pre"
            # A paragraph that begins an item stands beside its dash.
            if self.said[-1:] != [_ITEM]:
                self.said.append("\n\n")
        elif tag == "li":
            self.said.append(_ITEM)
        elif tag == "br":
            self.said.append("\n")
        elif tag == "a":
            self.href, self.since = dict(attributes).get("href") or "", len(self.said)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.keeps_lines = False
            self.said.append("\n\n")
        elif tag == "a":
            text = "".join(self.said[self.since :])
            if is_absolute(self.href) and text.strip() != self.href:
                self.said.append(f" ({_url(self.href)})")

    def handle_data(self, data: str) -> None:
        text = data if self.keeps_lines else re.sub(r"\s+", " ", data)
        if text != " " or self.said[-1:] != [_ITEM]:
            self.said.append(text)


def _cut_lines(text: str, size: int) -> str:
    """Whole lines, and a line with an ellipsis where some are left out."""
    data = text.encode()
    if len(data) <= size:
        return text
    mark = "\n…"
    start = data[: size - len(mark.encode())].decode(errors="ignore")
    return f"{(start.rpartition('\n')[0] or start).rstrip()}{mark}"
