"""What an item says in words -> the summary, sponsors and links. Hosts say it in up to four places, and cut some."""

import re
from collections.abc import Collection
from html import unescape
from typing import NamedTuple

from episodes.importers.feeds.document import Entry
from episodes.importers.notes_html import Split, split
from episodes.paste.rows import literal

_MARKUP = re.compile(
    r"<(?:p|br|a|ul|ol|li|div|h[1-6]|strong|b|em|i|span|blockquote|img|pre|hr)\b[^<>]*>", re.IGNORECASE
)
_INLINE = re.compile(r"</?(?:a|b|i|em|strong|span|u|code|small|su[bp]|mark)\b[^<>]*>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_WORD = re.compile(r"\w+")
# From so many characters on, a host may have cut a text and said nothing.
_CUT_LENGTH = 250
# How a host says that it cut a text.
_CUTS = ("…", "...", "[…]", "[...]", "[&hellip;]", "[&#8230;]")
# CDATA inside CDATA, as the reader gets it.
_MARKS = re.compile(r"<!\[CDATA\[|\]\]>")


class Notes(NamedTuple):
    """`original` is the HTML that `split` was taken from; `summary` has all that was said elsewhere and not in it."""

    summary: str
    split: Split
    original: str


def notes_of(entry: Entry, guests: Collection[str] = (), homes: Collection[str] = ()) -> Notes:
    """Nothing that is said in words is lost, and nothing is said twice, nor who these guests are."""
    html = _html(entry)
    parts = split(html, guests, homes) if html else Split()
    summary, said = parts.summary, _words(html)
    # The longest first: a shorter one is mostly its beginning.
    texts = sorted(
        {_plain(text) for text in (entry.notes, entry.description, entry.summary, entry.subtitle)},
        key=lambda text: (-len(text), text),
    )
    for text in texts:
        words = _words(text)
        if (uncut := _uncut(text)) != text or len(text) >= _CUT_LENGTH:
            # In the middle of a word, too.
            words = _words(uncut).rstrip(" ")
        if words and words not in said and words not in _words(summary):
            summary = f"{literal(text)}\n\n{summary}".strip()
    return Notes(summary, parts, html)


def _html(entry: Entry) -> str:
    """The notes, or the longest of what else is written as HTML."""
    html = _MARKS.sub("", entry.notes)
    if html:
        return html if _MARKUP.search(html) else ""
    others = [_MARKS.sub("", text) for text in (entry.description, entry.summary) if _MARKUP.search(text)]
    return max(others, key=len, default="")


def _plain(text: str) -> str:
    """Without markup, its paragraphs kept; what is no HTML stays as it is."""
    text = _MARKS.sub("", text)
    if not _MARKUP.search(text):
        return text.strip()
    text = _TAG.sub("", re.sub(r"</(?:p|div|li|h[1-6])>|<br\b[^<>]*>", "\n\n", _INLINE.sub("", text)))
    lines = "\n".join(line.strip() for line in unescape(text).split("\n"))
    return re.sub(r"\n{2,}", "\n\n", lines).strip()


def _uncut(text: str) -> str:
    text = text.rstrip()
    for mark in _CUTS:
        text = text.removesuffix(mark)
    return text


def _words(text: str) -> str:
    """To find a text in another, whatever the markup, the blanks and the signs between its words."""
    return f" {' '.join(_WORD.findall(unescape(_TAG.sub(' ', _INLINE.sub('', text))).casefold()))} ".replace("  ", "")
