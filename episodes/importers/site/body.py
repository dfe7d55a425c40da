"""The text below a website page's head -> links, and what else it says. No word is lost.

A page lists links as `  * [text](url "title") — description`, which is nearly the line of a notes page: newer ones
begin with `* ` and write quotes of a title as entities. Text and description stay as they are, as Markdown.
"""

import re
from dataclasses import replace
from html import unescape
from typing import NamedTuple

from episodes.importers.record import Link
from episodes.notes.render import title_from_text
from episodes.paste.addresses import end_of_address
from episodes.paste.rows import NO_TOPIC

_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.+)")
_CLOSING = re.compile(r"[ \t]#+\Z")
_ITEM = re.compile(r"([ \t]*)[*+-][ \t]+")
_INDENT = re.compile(r"[ \t]*")
_MORE = re.compile(r"\s*<!--\s*more\s*-->\s*")
_AUTOLINK = re.compile(r"<([^<>\s]+)>")
# A title ends at the first quotation mark and bracket after which nothing more of it can come.
_TITLE_END = re.compile(r'"[ \t]*\)(?=[ \t]*(?:\n|\Z)|[ \t]+[—–-])')
_ANY_TITLE_END = re.compile(r'"[ \t]*\)')
_LOOSE_END = re.compile(r'[ \t]*(?:(?=[ \t]")|\)(?=[ \t]*(?:\n|\Z)|[ \t]+[—–-]))')
_NEXT_ITEM = re.compile(r"\n[ \t]*[*+-][ \t]+[\[<]|\n[ \t]*\n[ \t]*(?:\n|#)")
_SEPARATOR = re.compile(r"[ \t]*[—–-][ \t]+|[ \t]*[—–-](?=\Z)|:[ \t]+|[ \t]+")
_ESCAPED = re.compile(r"\\([\\\[\]()])")
# Hostile pages cost linear time: no address is longer, and no text of a link has more that looks like its end.
_LONGEST_ADDRESS = 10_000
_MOST_ENDS = 50


class Body(NamedTuple):
    """`prose` is Markdown; `doubts` are whole sentences."""

    links: tuple[Link, ...]
    prose: str = ""
    doubts: tuple[str, ...] = ()


def read_body(text: str, first_line: int = 1) -> Body:
    return _Reader(text, first_line).read()


class _Reader:
    def __init__(self, text: str, first_line: int) -> None:
        self.text = text
        self.number = first_line
        self.links: list[Link] = []
        self.prose: list[str] = []
        self.doubts: list[str] = []
        # As it stands there, and what it says.
        self.heading = ("", "")
        # How far the last link is indented, as long as what follows can be about it, and the lines that were.
        self.indent = -1
        self.more: list[str] = []
        self.is_after_blank = False
        self.is_list = False

    def read(self) -> Body:
        position = 0
        while position < len(self.text):
            end = self._line(position, _line_end(self.text, position))
            self.number += self.text.count("\n", position, end + 1)
            position = end + 1
        self._end_link()
        self._flush_heading()
        return Body(tuple(self.links), "\n".join(self.prose).strip("\n"), tuple(self.doubts))

    def _line(self, start: int, end: int) -> int:
        """Reads the line, or the lines of a link, and says where that ends."""
        line = self.text[start:end]
        item = _ITEM.match(line)
        if not line.strip() or _MORE.fullmatch(line):
            self._blank()
        elif heading := _HEADING.fullmatch(line):
            self._end_link()
            self._flush_heading()
            self.heading = (line, _CLOSING.sub("", heading[1].rstrip()).rstrip())
            self.is_list = _is_list_of_links(self.heading[1])
        elif item and (found := _link_at(self.text, start + item.end())):
            link, after = found
            end = _line_end(self.text, after)
            self._link(replace(link, description=_description(self.text[after:end])), len(item[1].expandtabs(4)))
        elif self._is_about_last(line, is_item=bool(item)):
            self.more.append(line[item.end() if item else 0 :].strip())
        else:
            self._words(line)
        return end

    def _blank(self) -> None:
        self.is_after_blank = True
        if self.prose and self.prose[-1]:
            self.prose.append("")

    def _link(self, link: Link, indent: int) -> None:
        self._end_link()
        heading = self.heading[1]
        # What has no topic of its own follows what has none; after a topic it needs its words to end that.
        if _is_list_of_links(heading) and not any(other.heading for other in self.links):
            heading = ""
        self.links.append(replace(link, heading=heading))
        self.heading, self.indent, self.is_after_blank = ("", ""), indent, False

    def _end_link(self) -> None:
        if self.more:
            last = self.links[-1]
            said = " ".join(filter(None, [last.description.rstrip(), *self.more]))
            self.links[-1] = replace(last, description=said)
        self.more, self.indent = [], -1

    def _is_about_last(self, line: str, *, is_item: bool) -> bool:
        """A line below a link, or one that is indented more, is said of it."""
        if self.indent < 0:
            return False
        indent = _INDENT.match(line)
        assert indent is not None
        deeper = len(indent[0].expandtabs(4)) > self.indent
        return deeper if is_item or self.is_after_blank else True

    def _words(self, line: str) -> None:
        if self.is_list and _ITEM.match(line):
            self.doubts.append(
                f"Line {self.number} is in the list of links and has no address: it stands in the summary."
            )
        self._end_link()
        self._flush_heading()
        self.prose.append(line.rstrip())
        self.is_after_blank = False

    def _flush_heading(self) -> None:
        """A heading without links below it belongs to the words, unless it only says that links follow."""
        line, words = self.heading
        self.heading = ("", "")
        if line and not _is_list_of_links(words):
            self.prose += [line.strip(), ""]


def _is_list_of_links(heading: str) -> bool:
    return heading.strip(" \t:*_").casefold() in NO_TOPIC


def _link_at(text: str, start: int) -> tuple[Link, int] | None:
    """The link that begins at `start`, and where its bracket has closed."""
    if autolink := _AUTOLINK.match(text, start):
        return Link(autolink[1]), autolink.end()
    if not text.startswith("[", start):
        return None
    end = _line_end(text, start)
    middle = text.find("](", start, end)
    for _ in range(_MOST_ENDS):
        if middle < 0:
            break
        said = text[start + 1 : middle]
        if found := _target(text, middle + 2, said):
            url, title, after = found
            # `](` ends a text on a notes page.
            return _link(said.replace("](", "] ("), url, title), after
        middle = text.find("](", middle + 2, end)
    return None


def _link(text: str, url: str, title: str | None) -> Link:
    if title is None:
        return Link(url, text, title_kind="none")
    plain = _ESCAPED.sub(r"\1", title)
    if title_from_text(text) in (plain, unescape(plain)):
        return Link(url, text)
    return Link(url, text, unescape(plain), "own")


def _target(text: str, start: int, said: str) -> tuple[str, str | None, int] | None:
    """Address, title and end of what begins after `](`."""
    end = _end_of_address(text, start)
    after = _after_address(text, end, said)
    if after is None and (
        loose := _LOOSE_END.search(text, start, min(_line_end(text, start), start + _LONGEST_ADDRESS))
    ):
        # An address with blanks or quotes in it is no address, but somebody wrote it.
        end = loose.start()
        after = _after_address(text, end, said)
    if after is None:
        return None
    return _ESCAPED.sub(r"\1", text[start:end]), *after


def _after_address(text: str, end: int, said: str) -> tuple[str | None, int] | None:
    blanks = _INDENT.match(text, end)
    assert blanks is not None
    position = blanks.end()
    if text.startswith(")", position):
        return None, position + 1
    if position == end or not text.startswith('"', position):
        return None
    limit = _NEXT_ITEM.search(text, position)
    stop = limit.start() if limit else len(text)
    # Most titles repeat the text, whatever quotes and brackets it has.
    for same in (f'"{title_from_text(said)}")', f'"{said}")'):
        if text.startswith(same, position) and position + len(same) <= stop:
            return same[1:-2], position + len(same)
    found = _TITLE_END.search(text, position + 1, stop) or _ANY_TITLE_END.search(text, position + 1, stop)
    return (text[position + 1 : found.start()], found.end()) if found else None


def _end_of_address(text: str, start: int) -> int:
    """Also at a quotation mark, which begins a title."""
    return end_of_address(text, start, min(len(text), start + _LONGEST_ADDRESS), also='"')


def _line_end(text: str, start: int) -> int:
    end = text.find("\n", start)
    return len(text) if end < 0 else end


def _description(rest: str) -> str:
    separator = _SEPARATOR.match(rest)
    words = rest[separator.end() :] if separator else rest
    return words if words.strip() else ""
