"""Which kind of paste it is."""

import re

from episodes.formats.problems import error
from episodes.notes import Link, NotesError, parse
from episodes.paste import from_html, from_text
from episodes.paste.rows import Pasted, rows_of, rows_of_notes

MAX_CHARACTERS = 200_000
# A browser writes the look of every word into the HTML that it copies.
MAX_HTML_CHARACTERS = 1_000_000
# A whole web site has fewer on a page; a hundred thousand would keep a server busy before they are counted as rows.
MAX_ANCHORS = 5_000
MAX_ROWS = 500

_ANCHOR = re.compile(r"<a\s", re.IGNORECASE)
_HREF = re.compile(r"<a\s[^<>]*?href\s*=", re.IGNORECASE)
_MARKDOWN_LINK = re.compile(r"\]\((?:<|https?:)|\]: <?https?:", re.IGNORECASE)
_LINKS = re.compile(r"(?:^|\n)## Episode links\n(.*?)(?:\n## |\Z)", re.DOTALL)
# The rest of a page around its list of links.
_PAGE = (
    "# X 0: \n\n* Air Date: 2000-01-01\n* Duration: 0 mins 0 secs\n\n## About this episode\n\n\n\n## Your hosts\n\n"
    "## Sponsored by\n\nNone\n\n\n\n## Episode links\n\n{}\n\n\n\n## Tags\n\n"
)


def read(text: str, html: str = "") -> Pasted:
    """The text of a clipboard and, where it has some, its HTML. Raises FormatError where it is too much."""
    anchors = max(len(_ANCHOR.findall(text)), len(_ANCHOR.findall(html)))
    if len(text) > MAX_CHARACTERS or len(html) > MAX_HTML_CHARACTERS or anchors > MAX_ANCHORS:
        raise error("This is far too much for the links of one episode: paste a part of it.")
    pasted = _read(text.replace("\r\n", "\n").replace("\r", "\n"), html)
    if len(pasted.rows) > MAX_ROWS:
        raise error(f"These are {len(pasted.rows)} links: paste {MAX_ROWS} at a time at most.")
    return pasted


def _read(text: str, html: str) -> Pasted:
    page = _LINKS.search(text)
    lines = page[1] if page else text
    links = _notes_links(lines)
    if links:
        return rows_of_notes(links)
    if _HREF.search(html) and not _MARKDOWN_LINK.search(text):
        return rows_of(from_html.blocks_of(html))
    # HTML in the box: an old host's notes, copied as they are kept.
    if _HREF.search(text):
        return rows_of(from_html.blocks_of(text))
    return rows_of(from_text.blocks_of(lines))


def _notes_links(lines: str) -> tuple[Link, ...]:
    """The links where these are exactly the lines of a notes page; the beginning may have lost its blanks."""
    listed = "  " + lines.strip("\n").lstrip(" ")
    if not listed.startswith("  * ") or "\0" in listed:
        return ()
    try:
        return parse(_PAGE.format(listed).encode(errors="replace")).links
    except NotesError:
        return ()
