"""What both readers make of a clipboard: blocks of words and anchors, in their order."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

# An address in running text. What ends a sentence or closes a bracket that the address did not open is not of it.
_BARE = re.compile(
    r"""(?:https?://|\bwww\.(?=\w))[^\s<>"]+"""
    # Without a scheme, something must say that it is one: `example.org/page`, not `Node.js`.
    r"""|(?<![\w@./:-])(?:[a-z0-9](?:[a-z0-9-]{0,62})\.){1,8}[a-z]{2,24}(?::\d{1,5})?/[^\s<>"]*""",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_TRAILING = ".,;:!?'’”“»…*|"


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link with its text; `is_bare` where the address simply stood there."""

    url: str
    text: str = ""
    is_bare: bool = False


Piece = Words | Anchor


@dataclass(slots=True)
class Block:
    """A line, a list item, a paragraph, a row of a table. Its words are Markdown already, or plain text."""

    pieces: list[Piece] = field(default_factory=list)
    is_markdown: bool = False
    is_heading: bool = False
    # Words of it belong to the link before.
    continues: bool = False
    # Somebody said it in a chat: the words are about the link, and not its title.
    is_said: bool = False
    # How far a list item is indented.
    depth: int = 0

    @property
    def anchors(self) -> list[Anchor]:
        return [piece for piece in self.pieces if isinstance(piece, Anchor)]

    @property
    def words(self) -> str:
        return one_line("".join(piece.text for piece in self.pieces))


def pieces_of(text: str) -> Iterator[Piece]:
    """Words, and the addresses that stand among them."""
    position = 0
    for match in _BARE.finditer(text):
        url = _without_sentence(match[0])
        if match.start() > position:
            yield Words(text[position : match.start()])
        yield Anchor(url, is_bare=True)
        position = match.start() + len(url)
    if position < len(text):
        yield Words(text[position:])


def one_line(text: str) -> str:
    return " ".join(without_control(text).split())


def without_control(text: str) -> str:
    """Without the control characters, halves of surrogate pairs and the like that no field should have."""
    return _CONTROL.sub("", text)


def _without_sentence(url: str) -> str:
    surplus = {closing: url.count(closing) - url.count(opening) for opening, closing in ("()", "[]", "{}")}
    end = len(url)
    while end and (url[end - 1] in _TRAILING or surplus.get(url[end - 1], 0) > 0):
        if url[end - 1] in surplus:
            surplus[url[end - 1]] -= 1
        end -= 1
    return url[:end]
