"""The HTML of notes -> lines of words and links, with the lists and quotations that they stand in.

Tags are read as they come, and no tree is built of them: ten thousand open elements cost no more than closed ones.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby

from lxml import etree

from episodes.paste.addresses import NEVER, printable, scheme_of
from episodes.paste.blocks import Words as PlainWords
from episodes.paste.blocks import pieces_of, without_control
from episodes.paste.from_html import BLOCKS, CELLS, HEADINGS, LISTS, VOID

EM, STRONG, STRIKE, CODE = 1, 2, 4, 8
STYLES = (
    dict.fromkeys(("em", "i", "cite", "dfn", "var"), EM)
    | dict.fromkeys(("strong", "b"), STRONG)
    | dict.fromkeys(("s", "strike", "del"), STRIKE)
    | dict.fromkeys(("code", "tt", "kbd", "samp"), CODE)
)
# Lists in lists beyond this are read as one: nobody sees the difference, and indentation stays short.
MAX_DEPTH = 6

_UNSEEN = frozenset({"script", "style", "title", "template"})
# Others' pages and sounds inside the notes. What stands between their tags is for browsers that cannot show them.
_FRAMES = {"iframe": "src", "frame": "src", "embed": "src", "object": "data", "audio": "src", "video": "src"}
_FALLBACKS = frozenset({"iframe", "audio", "video"})
_FIELDS = frozenset({"select", "textarea"})
_BLANKS = re.compile("[ \t\n\r\f]+")


@dataclass(frozen=True, slots=True)
class Words:
    text: str
    style: int = 0


@dataclass(frozen=True, slots=True)
class Anchor:
    """`is_bare` where the address simply stood there; `rel` as the tag has it, in lower case."""

    url: str
    words: tuple[Words, ...] = ()
    title: str = ""
    rel: str = ""
    is_bare: bool = False

    @property
    def text(self) -> str:
        return "".join(words.text for words in self.words)


Piece = Words | Anchor


@dataclass(frozen=True, slots=True, eq=False)
class Box:
    """A list item or a quotation; `marker` is what its first line begins with in Markdown."""

    marker: str
    is_item: bool


@dataclass(slots=True)
class Line:
    """`continues` the paragraph of the line before; `heading` is 1 to 6, or 0."""

    pieces: list[Piece]
    boxes: tuple[Box, ...] = ()
    heading: int = 0
    continues: bool = False
    is_code: bool = False
    is_rule: bool = False

    @property
    def text(self) -> str:
        return "".join(piece.text for piece in self.pieces)

    @property
    def anchors(self) -> list[Anchor]:
        return [piece for piece in self.pieces if isinstance(piece, Anchor)]

    @property
    def item(self) -> Box | None:
        """The innermost list item that it stands in."""
        return next((box for box in reversed(self.boxes) if box.is_item), None)

    @property
    def depth(self) -> int:
        return sum(box.is_item for box in self.boxes)


@dataclass(slots=True)
class Read:
    """The lines, and what was left out: how many of which element, addresses of frames and pictures, words of fields,
    and addresses that run something."""

    lines: list[Line] = field(default_factory=list)
    unseen: dict[str, int] = field(default_factory=dict)
    frames: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    dangerous: list[str] = field(default_factory=list)


def lines_of(html: str) -> Read:
    """Never raises: what is no HTML is text."""
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", no_network=True, huge_tree=False)
    # As bytes: a declaration of another encoding in the text would be believed.
    parser.feed(b"<!DOCTYPE html><body>" + without_control(html).encode())
    parser.close()
    return reader.read


def cut(pieces: Iterable[Piece], offset: int) -> tuple[list[Piece], list[Piece]]:
    """The pieces before and after so many characters of their text; a link that is cut is words after it."""
    before: list[Piece] = []
    after: list[Piece] = []
    for piece in pieces:
        length = len(piece.text)
        if offset <= 0:
            after.append(piece)
        elif offset >= length:
            before.append(piece)
        elif isinstance(piece, Words):
            before.append(replace(piece, text=piece.text[:offset]))
            after.append(replace(piece, text=piece.text[offset:]))
        else:
            inner, rest = cut(piece.words, offset)
            before.append(replace(piece, words=tuple(words for words in inner if isinstance(words, Words))))
            after += rest
        offset -= length
    return tidied(before), tidied(after)


def tidied(pieces: Iterable[Piece]) -> list[Piece]:
    """Without blanks at both ends and after another; neighbours of one style joined."""
    result: list[Piece] = []
    after_blank = True
    for piece in _joined(pieces):
        if isinstance(piece, Anchor):
            words, after_blank = _without_blanks(piece.words, after_blank)
            result.append(replace(piece, words=tuple(words)))
            after_blank = after_blank and bool(words)
        else:
            found, after_blank = _without_blanks([piece], after_blank)
            result += found
    return _without_last_blank(result)


class _Reader:
    """Hears of tags and words one after the other."""

    def __init__(self) -> None:
        self.read = Read()
        self.pieces: list[Piece] = []
        self.styles: list[int] = []
        self.boxes: list[Box] = []
        # The number of the next item of each open list; 0 where it has none.
        self.lists: list[int] = []
        self.anchor: Anchor | None = None
        self.inner: list[Words] = []
        self.heading = self.unseen = self.preformatted = 0
        self.continues = self.after_break = self.is_code = self.in_field = False
        self.field: list[str] = []

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if self.unseen:
            self.unseen += tag not in VOID
            self._frame(tag, attributes)
        elif tag in _UNSEEN or tag in _FALLBACKS or tag in _FIELDS:
            self._leave_out(tag, attributes)
        elif tag == "a":
            self._end_anchor()
            url = printable(attributes.get("href") or "").url
            self.anchor = Anchor(url, (), attributes.get("title") or "", (attributes.get("rel") or "").lower())
        elif tag in STYLES:
            self.styles.append(STYLES[tag])
            self.is_code = self.is_code or bool(self.preformatted and STYLES[tag] == CODE)
        elif tag in CELLS:
            if self._has_words():
                self._add(" — ")
        elif tag == "br":
            self._break()
        elif tag in BLOCKS:
            self._end_line()
            self._begin(tag, attributes)
        else:
            self._other(tag, attributes)

    def end(self, tag: str) -> None:
        if self.unseen:
            self.unseen -= tag not in VOID
            if not self.unseen and self.in_field:
                self.read.fields.append(" ".join("".join(self.field).split()))
                self.field, self.in_field = [], False
        elif tag == "a":
            self._end_anchor()
        elif tag in STYLES:
            if self.styles:
                self.styles.pop()
        elif tag in BLOCKS and tag != "br":
            self._end_line()
            self._close(tag)

    def data(self, text: str) -> None:
        if not self.unseen:
            self._add(text)
        elif self.in_field:
            self.field.append(f"{text} ")

    def comment(self, _text: str) -> None:
        self.read.unseen["comment"] = self.read.unseen.get("comment", 0) + 1

    def close(self) -> None:
        self._end_line()
        self._end_anchor()
        self._end_line()

    def _leave_out(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.unseen = 1
        self.in_field = tag in _FIELDS
        if tag in _UNSEEN:
            self.read.unseen[tag] = self.read.unseen.get(tag, 0) + 1
        self._frame(tag, attributes)

    def _frame(self, tag: str, attributes: Mapping[str, str]) -> None:
        if address := attributes.get(_FRAMES.get(tag, "src" if tag == "source" else ""), ""):
            self.read.frames.append(address)

    def _other(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._frame(tag, attributes)
        if tag in ("img", "image"):
            self.read.pictures.append(attributes.get("src") or "")
            if alt := attributes.get("alt"):
                self._add(f" {alt} ")
        elif tag == "input":
            is_button = (attributes.get("type") or "").lower() in ("submit", "button", "reset")
            self.read.fields.append(attributes.get("value") or "" if is_button else attributes.get("placeholder") or "")

    def _begin(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.heading = int(tag[1]) if tag in HEADINGS else 0
        self.after_break = False
        # The rows of a table and what a term means stay together.
        self.continues = tag in ("dd", "tr") and bool(self.read.lines)
        if tag in LISTS:
            self.lists.append(_first_number(attributes.get("start")) if tag == "ol" else 0)
        elif tag == "li":
            number = self.lists[-1] if self.lists else 0
            self.boxes.append(Box(f"{number}. " if number else "- ", is_item=True))
            if number:
                self.lists[-1] = number % 999_999_999 + 1
        elif tag == "blockquote":
            self.boxes.append(Box("> ", is_item=False))
        elif tag == "table":
            self.continues = False
        elif tag == "pre":
            self.preformatted += 1
            self.is_code = False
        elif tag == "hr":
            self.read.lines.append(Line([], self._path(), is_rule=True))

    def _close(self, tag: str) -> None:
        self.heading = 0
        self.continues = self.after_break = False
        if tag in LISTS and self.lists:
            self.lists.pop()
        elif tag in ("li", "blockquote") and self.boxes:
            self.boxes.pop()
        elif tag == "pre":
            self.preformatted = max(0, self.preformatted - 1)

    def _break(self) -> None:
        """One begins a line, two a paragraph; in a heading it is a blank."""
        if self.preformatted:
            self._add("\n")
        elif self.heading:
            self._add(" ")
        else:
            is_second = self.after_break and not self._has_words()
            self._end_line()
            self.continues, self.after_break = not is_second and bool(self.read.lines), True

    def _add(self, text: str) -> None:
        style = 0
        for number in self.styles[-8:]:
            style |= number
        words = Words(text, style)
        if self.anchor is None:
            self.pieces.append(words)
        else:
            self.inner.append(words)

    def _has_words(self) -> bool:
        return any(isinstance(piece, Anchor) or piece.text.strip() for piece in (*self.pieces, *self.inner))

    def _end_anchor(self) -> None:
        if self.anchor is None:
            return
        url = self.anchor.url
        if scheme_of(url) in NEVER:
            self.read.dangerous.append(url)
            self.pieces += self.inner
        elif url and not url.startswith("#"):
            self.pieces.append(replace(self.anchor, words=tuple(self.inner)))
        else:
            self.pieces += self.inner
        self.anchor, self.inner = None, []

    def _end_line(self) -> None:
        # A link around several blocks is one link, of its first words.
        if any(words.text.strip() for words in self.inner):
            self._end_anchor()
        pieces, self.pieces = self.pieces, []
        if not pieces:
            return
        if self.preformatted:
            self._end_preformatted(pieces)
        elif found := _with_addresses(tidied(pieces)):
            self.read.lines.append(Line(found, self._path(), self.heading, self.continues))

    def _end_preformatted(self, pieces: list[Piece]) -> None:
        """Code; but where there are addresses in it, lines of words: in code nobody could follow them."""
        text = "".join(piece.text for piece in pieces).strip("\n")
        has_address = any(isinstance(piece, Anchor) for piece in _with_addresses(pieces))
        if not text.strip() and not has_address:
            return
        if (self.is_code and not any(isinstance(piece, Anchor) for piece in pieces)) or not has_address:
            self.read.lines.append(Line([Words(text)], self._path(), is_code=True))
            return
        continues = False
        for row in _rows(pieces):
            if found := _with_addresses(tidied(row)):
                self.read.lines.append(Line(found, self._path(), continues=continues))
            continues = bool(found)

    def _path(self) -> tuple[Box, ...]:
        return tuple(self.boxes[:MAX_DEPTH])


def _first_number(start: str | None) -> int:
    return int(start) if start and re.fullmatch(r"[0-9]{1,9}", start) and int(start) else 1


def _rows(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    row: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Anchor):
            row.append(piece)
            continue
        first, *others = piece.text.split("\n")
        row.append(replace(piece, text=first))
        for text in others:
            yield row
            row = [replace(piece, text=text)]
    yield row


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    for style, group in groupby(pieces, lambda piece: piece.style if isinstance(piece, Words) else -1):
        if style < 0:
            yield from group
        else:
            yield Words("".join(piece.text for piece in group), style)


def _without_blanks(pieces: Iterable[Words], after_blank: bool) -> tuple[list[Words], bool]:
    result: list[Words] = []
    for piece in _joined(pieces):
        text = _BLANKS.sub(" ", piece.text)
        if after_blank:
            text = text.removeprefix(" ")
        if text and isinstance(piece, Words):
            result.append(replace(piece, text=text))
            after_blank = text.endswith(" ")
    return result, after_blank


def _without_last_blank(pieces: list[Piece]) -> list[Piece]:
    while pieces and isinstance(last := pieces[-1], Words):
        pieces.pop()
        if text := last.text.removesuffix(" "):
            return [*pieces, replace(last, text=text)]
    return pieces


def _with_addresses(pieces: Iterable[Piece]) -> list[Piece]:
    """Addresses among the words are links too."""
    result: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, Anchor) or piece.style & CODE:
            result.append(piece)
            continue
        for found in pieces_of(piece.text):
            if isinstance(found, PlainWords):
                result.append(replace(piece, text=found.text))
            else:
                result.append(Anchor(found.url, (Words(found.url, piece.style),), is_bare=True))
    return result
