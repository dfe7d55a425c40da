"""The pieces of which notes are made, one by one: a list item, or a line outside of lists. What is its link, what its
title, what its promo code."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from episodes.importers.notes_html.lines import STRONG, Anchor, Box, Line, Piece, Words, cut, tidied
from episodes.paste.addresses import NEVER, SCHEMELESS, key, scheme_of
from episodes.paste.rows import HEADING_LENGTH

# A sponsor named at the beginning of a paragraph.
_LABEL = re.compile(
    r"\W*(?:(?:our|today[’']s|this episode[’']s|this week[’']s) )?sponsor(?:s|ed by)?\s*:\s*", re.IGNORECASE
)
# The code ends the line; or it stands in a sentence, which then stays whole.
_CODE_LAST = re.compile(
    r"\b(?:promo(?:tional)?|promotion|coupon|offer|discount|voucher|gutschein|rabatt)[ -]?code\s*:\s*(\S.*)$"
    r"|\b(?:code|gutscheincode|rabattcode)\s*:\s*(\S+)$",
    re.IGNORECASE,
)
_CODE_WITHIN = re.compile(
    r"\b(?:use|with|enter|apply)\s+(?:(?:the|our|my)\s+)?(?:promo(?:tional)?\s+|coupon\s+|offer\s+|discount\s+)?code:?\s+(\S+)"
    r"|\b(?:(?:promo(?:tional)?|coupon|offer|discount|voucher)[ -]?)?code\s*:\s*(\S+)"
    r"|\b(?:promo(?:tional)?|coupon|offer|discount|voucher)[ -]?code\s+(\S+)"
    r"|\b(?:gutscheincode|rabattcode)\s*:?\s+(\S+)",
    re.IGNORECASE,
)
_OF_SENTENCE = re.compile(r"\b(?:use|using|with|enter|apply|the|our|my|mit|dem)\s?$", re.IGNORECASE)
_SENTENCE_AFTER_CODE = re.compile(r"\S+\s+(?:at|for|to|and|when|on|in|with|if|bei|für|und|an|auf)\b", re.IGNORECASE)
_AROUND_CODE = "\"'“”‘’«»„()[]{}<>.,;:!?"

# Between a link and what is said of it; between a title and its address.
_FIRST = re.compile(r"\s*(?:[—–|•·→:,;]|\.(?=\s)|-(?=[\s-]))?\s*")
_LAST = " \xa0—–|•·→:,;-"
_TOLD_APART = (":", "—", "–", "|", "•", "·", "→", " -")
_TIME = re.compile(r"[\[(]?\d{1,2}:\d{2}(?::\d{2})?[\])]?")
_LAST_WORD = re.compile(r"(?:^|(?<=\s))\S+$")
_WITH_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:[^\s:]{3,}", re.IGNORECASE)
_MARKS = "#*:¶§ \xa0"


@dataclass(slots=True)
class Entry:
    """Lines that belong together: those of a list item up to a list inside it, or one line outside of lists."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def item(self) -> Box | None:
        return self.first.item

    @property
    def depth(self) -> int:
        return self.first.depth

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def anchors(self) -> list[Anchor]:
        return [anchor for line in self.lines for anchor in line.anchors]

    @property
    def name(self) -> str:
        return self.text.strip(_MARKS).casefold().replace("'", "’")

    @property
    def is_heading(self) -> bool:
        """In form: a heading, or a short line that is bold or ends with a colon."""
        line = self.first
        if line.heading:
            return True
        if len(self.lines) > 1 or self.item or line.anchors or line.is_code or len(line.text) > HEADING_LENGTH:
            return False
        return line.text.endswith(":") or (bool(line.pieces) and all(_is_strong(piece) for piece in line.pieces))


def _is_strong(piece: Piece) -> bool:
    return isinstance(piece, Words) and bool(piece.style & STRONG)


def entries_of(lines: Iterable[Line]) -> list[Entry]:
    entries: list[Entry] = []
    for line in lines:
        if entries and line.item is not None and line.item is entries[-1].item and not line.heading:
            entries[-1].lines.append(line)
        else:
            entries.append(Entry([line]))
    return entries


def is_link(entry: Entry) -> bool:
    """Whether it is sure to be one: a link comes first, or a title and an address."""
    line = entry.first
    if line.is_code or line.is_rule or line.heading:
        return False
    if not line.anchors:
        return addressed(entry) is not None
    if _TIME.match(line.text):
        return False
    before = "".join(piece.text for piece in line.pieces[: line.pieces.index(line.anchors[0])])
    if before.strip():
        return line.anchors[0].is_bare and (line.pieces[-1] is line.anchors[0] or before.rstrip().endswith(_TOLD_APART))
    rest = "".join(piece.text for piece in line.pieces[line.pieces.index(line.anchors[0]) + 1 :])
    return not rest or bool(re.match(r"\s*[—–|•·→:,(]|\s+-", rest)) or entry.item is not None


def addressed(entry: Entry) -> tuple[list[Piece], Anchor, list[Line]] | None:
    """What is called so, its link, and the lines that say more of it; None where nothing is linked."""
    for index, line in enumerate(entry.lines):
        if not line.anchors:
            continue
        if index:
            return _titled_above(entry, index)
        position = line.pieces.index(line.anchors[0])
        anchor = line.anchors[0]
        before, after = line.pieces[:position], tidied(line.pieces[position + 1 :])
        text: list[Piece] = [*before, *anchor.words]
        if _says_address(list(anchor.words), anchor.url) and plain(before):
            text = _title(before)
        # Words that go on without a blank or a sign are of the same title: `GNOME’s blog`.
        rest = line.pieces[position + 1 :]
        if rest and isinstance(rest[0], Words) and re.match(r"[’'\w]", rest[0].text) and len(line.anchors) == 1:
            text, after = [*text, *rest], []
        return tidied(text), anchor, [*_lines(_said(after)), *entry.lines[1:]]
    return _last_word(entry)


def _titled_above(entry: Entry, index: int) -> tuple[list[Piece], Anchor, list[Line]]:
    """A title, and its address on a line below it."""
    line = entry.lines[index]
    anchor = line.anchors[0]
    title: list[Piece] = []
    for above in entry.lines[:index]:
        title += [*above.pieces, Words(" ")]
    position = line.pieces.index(anchor)
    title += line.pieces[:position]
    is_told = _says_address(list(anchor.words), anchor.url)
    title = _title(title) if is_told else tidied([*title, *anchor.words])
    return title, anchor, [*_lines(_said(tidied(line.pieces[position + 1 :]))), *entry.lines[index + 1 :]]


def _last_word(entry: Entry) -> tuple[list[Piece], Anchor, list[Line]] | None:
    """An address that no app could follow is text in a feed: `Holesail holesail.example`."""
    line = entry.first
    match = _LAST_WORD.search(line.text)
    if match is None or line.is_code:
        return None
    address = match[0]
    if not (SCHEMELESS.fullmatch(address) or _WITH_SCHEME.fullmatch(address)):
        return None
    if scheme_of(address) in NEVER or not match.start():
        return None
    before, _ = cut(line.pieces, match.start())
    return before, Anchor(address, (), is_bare=True), entry.lines[1:]


def code_of(lines: Sequence[Line]) -> tuple[str, list[Line]]:
    """The promo code, and the lines without it where it ends one; in a sentence it is a part of the words."""
    for index, line in enumerate(lines):
        match = _CODE_LAST.search(line.text)
        if match is None or _OF_SENTENCE.search(line.text[: match.start()]):
            continue
        code = match[1].strip() if match[1] else match[2].rstrip(".,;")
        if not _SENTENCE_AFTER_CODE.match(code):
            before, _ = cut(line.pieces, match.start())
            return code, [*lines[:index], *([replace(line, pieces=before)] if before else []), *lines[index + 1 :]]
    for line in lines:
        if match := _CODE_WITHIN.search(line.text):
            return next(filter(None, match.groups())).strip(_AROUND_CODE), list(lines)
    return "", list(lines)


def links_apart(entry: Entry) -> list[Anchor]:
    """Several links with nothing but signs between them."""
    if len(entry.lines) > 1 or len(entry.anchors) < 2:
        return []
    words = [piece.text for piece in entry.first.pieces if isinstance(piece, Words)]
    return [] if any(re.search(r"\w", text) for text in words) else entry.anchors


def _title(pieces: list[Piece]) -> list[Piece]:
    """Without the sign that told a title from its address."""
    text = "".join(piece.text for piece in pieces)
    length = len(text.rstrip(_LAST))
    return cut(pieces, length)[0] if length else tidied(pieces)


def _said(pieces: list[Piece]) -> list[Piece]:
    """Without the sign that told it from the link before."""
    match = _FIRST.match("".join(piece.text for piece in pieces))
    return cut(pieces, match.end())[1] if match else pieces


def _lines(pieces: list[Piece]) -> list[Line]:
    return [Line(pieces)] if any(re.search(r"\w", piece.text) or isinstance(piece, Anchor) for piece in pieces) else []


def _says_address(pieces: Sequence[Piece], url: str) -> bool:
    text = plain(pieces)
    return not text or key(text) == key(url) or key(f"https://{text}") == key(url)


def plain(pieces: Iterable[Piece]) -> str:
    return "".join(piece.text for piece in pieces).strip(" ").replace("](", "] (")


def begins_with_anchor(entry: Entry) -> bool:
    return bool(entry.first.pieces) and isinstance(entry.first.pieces[0], Anchor)


def has_label(entry: Entry) -> bool:
    match = _LABEL.match(entry.text)
    return bool(match and entry.anchors and not entry.first.heading and match.end() < len(entry.first.text))


def without_label(entry: Entry) -> Entry:
    match = _LABEL.match(entry.first.text)
    _, rest = cut(entry.first.pieces, match.end() if match else 0)
    return Entry([replace(entry.first, pieces=rest), *entry.lines[1:]])


def is_support(entry: Entry, *, is_last: bool) -> bool:
    """The paragraph that asks for money: marked so, or called so where the summary ends."""
    pieces = entry.first.pieces
    if len(entry.lines) > 1 or entry.item or len(pieces) != 1 or not isinstance(pieces[0], Anchor):
        return False
    return "payment" in pieces[0].rel.split() or (is_last and pieces[0].text.startswith("Support "))


def topic(entry: Entry) -> str:
    return " ".join(plain(line.pieces) for line in entry.lines).removesuffix(":").rstrip()
