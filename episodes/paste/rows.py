"""Blocks -> rows: which words are a link's text, which its description, and what is doubtful about it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from episodes.notes import Link
from episodes.paste.addresses import can_be_linked, key, mend
from episodes.paste.blocks import Anchor, Block, Piece, Words, one_line, without_control

# A list is headed by one of these where it says nothing of its own.
NO_TOPIC = frozenset({"links", "episode links", "show links", "show notes", "shownotes", "links and show notes"})
HEADING_LENGTH = 120

# Between a title and an address, or a link and what is said of it.
_SIGNS = r"\s—–|•·→:,;"
_FIRST = re.compile(rf"^(?:[{_SIGNS}]|-(?=[\s-]))+")
_LAST = re.compile(rf"[{_SIGNS}\-(\[]+$")
_SAYS_NOTHING = re.compile(r"[\s.,;:!?…)\]*_-]*")
_SEPARATED = re.compile(r"\s*[—–|•·→:,]|\s+-\s")
_TOLD_APART = re.compile(r"(?:[:—–|•·→]|\s-)\s*$")
_BEFORE_SIGN = re.compile(r"\s+(?=[,.;:!?])")
_MARKS = re.compile(r"^[#*\s]+|[:*¶§\s]+$")

# What Markdown would read in plain text: emphasis, code, entities, addresses in angle brackets, backslashes.
_MARKDOWN = re.compile(
    r"\\(?=[!-/:-@\[-`{-~]|$)|[`*]|(?<![^\W_])_|_(?![^\W_])|~(?=~)|(?<=~)~|<(?=[a-zA-Z/!?])|&(?=#|\w+;)"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One link to be. Text and description are Markdown; the heading stands at the first row of its group.

    `doubts` are reasons to look twice, whole sentences; `remarks` only say what was done or is known.
    """

    text: str
    url: str
    description: str = ""
    heading: str = ""
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def can_be_linked(self) -> bool:
        return can_be_linked(self.url)


class Pasted(NamedTuple):
    """The rows, and how many lines held no address and said nothing of a link."""

    rows: tuple[Row, ...]
    left_out: int = 0


def rows_of(blocks: Sequence[Block]) -> Pasted:
    rows: list[Row] = []
    heading, left_out, depth = "", 0, -1
    for block, following in zip(blocks, [*blocks[1:], Block()], strict=False):
        if block.anchors:
            first, *others = _links(block)
            rows += [replace(first, heading=heading), *others]
            heading, depth = "", block.depth
        elif not re.search(r"\w", block.words):
            continue
        elif _is_heading(block, following):
            heading = _heading(block.words)
        elif rows and not heading and not rows[-1].description and (block.continues or block.depth > depth > 0):
            rows[-1] = replace(rows[-1], description=_description(block.pieces, block))
        else:
            left_out += 1
    return Pasted(tuple(checked(rows)), left_out)


def rows_of_notes(links: Iterable[Link]) -> Pasted:
    """What a notes page says, to the letter."""
    return Pasted(tuple(checked(_row(link.text, link.url, without_control(link.description)) for link in links)))


def checked(rows: Iterable[Row]) -> Iterator[Row]:
    """With the doubts that come from the other rows."""
    first: dict[str, Row] = {}
    for row in rows:
        before = first.setdefault(key(row.url), row)
        named = f"of “{before.text}” above" if before.text else "stands above already"
        yield row if before is row else replace(row, doubts=(*row.doubts, f"The address {named}."))


def literal(text: str) -> str:
    """Plain text as Markdown that shows it."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def balanced(text: str) -> str:
    """Brackets without a partner are escaped, or a list of Markdown links could not be read again."""
    depth = 0
    for char in re.sub(r"\\.", "", text):
        depth += (char == "[") - (char == "]")
        if depth < 0:
            break
    return re.sub(r"(\\.)|[\[\]]", lambda match: match[1] or f"\\{match[0]}", text) if depth else text


def bracketed(url: str) -> str:
    return re.sub(r"[\\\[\]()]", r"\\\g<0>", url)


def _is_heading(block: Block, following: Block) -> bool:
    if block.is_heading:
        return True
    if block.words.endswith(":") and len(block.words) <= HEADING_LENGTH:
        return not block.continues
    # The topic of a list inside a list.
    return bool(block.depth and following.anchors and following.depth > block.depth)


def _heading(words: str) -> str:
    heading = one_line(_MARKS.sub("", words))
    return "" if heading.casefold() in NO_TOPIC else heading


def _links(block: Block) -> Iterator[Row]:
    if block.is_said:
        first, *others = block.anchors
        words = [piece for piece in block.pieces if isinstance(piece, Words)]
        said = _LAST.sub("", _BEFORE_SIGN.sub("", _description(words, block)))
        yield from [_link(first, block, description=said), *(_link(anchor, block) for anchor in others)]
    elif _is_described(block.pieces):
        first, *_ = block.anchors
        yield _link(first, block, description=_description(block.pieces[1:], block))
    else:
        yield from _links_in_words(block)


def _is_described(pieces: Sequence[Piece]) -> bool:
    """`[text](address): and so on`, whatever follows: another link in it is part of the description."""
    match pieces:
        case [Anchor(is_bare=False), Words(words), *_]:
            return bool(_SEPARATED.match(words) and _after(words))
    return False


def _links_in_words(block: Block) -> Iterator[Row]:
    """Words beside an address are its title; those around several only where a colon or a dash says so."""
    parts = list(_parts(block.pieces))
    alone = len(parts) == 1
    for before, anchor, after in parts:
        has_text = bool(_text(anchor, block))
        title = _markdown(one_line(_LAST.sub("", _FIRST.sub("", before))), block)
        rest = _markdown(_after(after), block)
        if not has_text and title and (alone or _TOLD_APART.search(before)):
            yield _link(anchor, block, title, rest if alone and _SEPARATED.match(after) else "")
        elif not has_text and alone and anchor.is_bare:
            yield _link(anchor, block, rest.rstrip(" )]"))
        else:
            yield _link(anchor, block, "", rest if alone and not title else "")


def _parts(pieces: Sequence[Piece]) -> Iterator[tuple[str, Anchor, str]]:
    """Each anchor with the words before it, and, the last one, with those after it."""
    words, anchors = [""], []
    for piece in pieces:
        if isinstance(piece, Anchor):
            anchors.append(piece)
            words.append("")
        else:
            words[-1] += piece.text
    for number, anchor in enumerate(anchors):
        yield words[number], anchor, words[number + 1] if number + 1 == len(anchors) else ""


def _link(anchor: Anchor, block: Block, title: str = "", description: str = "") -> Row:
    """Both are Markdown; the title is for an anchor that has no text."""
    return _row(balanced(_text(anchor, block) or title), anchor.url, description)


def _markdown(words: str, block: Block) -> str:
    return words if block.is_markdown else literal(words)


def _after(words: str) -> str:
    """What is said after a link, if anything is."""
    return "" if _SAYS_NOTHING.fullmatch(words) else one_line(_FIRST.sub("", words))


def _text(anchor: Anchor, block: Block) -> str:
    """The anchor's own text, unless it only says the address again."""
    text = one_line(anchor.text)
    if key(text) == key(anchor.url) or key(f"https://{text}") == key(anchor.url):
        return ""
    return _markdown(text, block)


def _description(pieces: Sequence[Piece], block: Block) -> str:
    """Markdown in one line; links among the words stay links."""
    parts = [_markdown(piece.text, block) if isinstance(piece, Words) else _written(piece, block) for piece in pieces]
    return _FIRST.sub("", one_line("".join(parts)))


def _written(anchor: Anchor, block: Block) -> str:
    if anchor.is_bare:
        return anchor.url
    text, mended = _text(anchor, block), mend(anchor.url)
    if not can_be_linked(mended.url):
        return text
    return f"[{_row(text, mended.url).text}]({bracketed(mended.url)})" if text else f"<{mended.url}>"


def _row(text: str, url: str, description: str = "") -> Row:
    """`](` ends a text on a notes page."""
    mended = mend(url)
    text = without_control(text).replace("](", "] (")
    return Row(text if text.strip() else "", mended.url, description, "", mended.doubts, mended.remarks)
