"""Lines of notes -> Markdown that shows the same words and leads to the same places.

Not by a library: markdownify walks a tree by recursion and stops at a thousand open elements, takes the square of the
time for `<p<p<p`, and writes emphasis that does not end where a comma follows.
"""

import re
from collections.abc import Iterable, Sequence

from episodes.importers.notes_html.lines import CODE, EM, STRIKE, STRONG, Anchor, Box, Line, Piece, Words
from episodes.notes.checks import SUMMARY_END
from episodes.paste.rows import balanced, bracketed, literal

_BLOCK_START = re.compile(r"#{1,6}(?=\s|$)|[-+](?=\s|$)|>|[-=]+\s*$")
_NUMBERED = re.compile(r"(\d{1,9})(?=[.)](?:\s|$))")
_CLOSING_MARKS = re.compile(r"#(?=#*$)")
_AUTOLINK = re.compile(r"https?://[^\s<>]+", re.IGNORECASE)
_ENTITY = re.compile(r"&(?=#|\w+;)")
# Where a link or a definition of one would begin.
_AFTER_BRACKET = re.compile(r"(?<=\])(?=[(:])")
_TICKS = re.compile("`+")


def block(lines: Sequence[Line]) -> str:
    written: list[str] = []
    before: Line | None = None
    for line in lines:
        if before is not None:
            written.append(_between(before, line))
        written.append(_indented(line, before.boxes if before else ()))
        before = line
    # A blank before the sign of a heading changes nothing for whoever reads it.
    return "".join(written).replace(SUMMARY_END, SUMMARY_END.replace("#", " #", 1))


def inline(pieces: Sequence[Piece], *, links: bool = True) -> str:
    """One line. Without `links` of a link only its text."""
    flat: list[Piece] = []
    for piece in pieces:
        flat += [piece] if links or isinstance(piece, Words) or piece.is_bare else piece.words
    written = _styled(flat)
    return written if links else written.replace("](", "] (")


def _between(before: Line, line: Line) -> str:
    """A new line in a paragraph or for the next item; else an empty one, in the quotation that both stand in."""
    same = _shared(before.boxes, line.boxes)
    is_new_item = len(line.boxes) > same and line.boxes[same].is_item
    in_list = is_new_item and same > 0 and line.boxes[same - 1].is_item and line.boxes[same].marker in ("- ", "1. ")
    is_next = is_new_item and len(before.boxes) > same and _is_alike(before.boxes[same], line.boxes[same])
    plain = not (before.heading or line.heading or before.is_code or line.is_code or before.is_rule or line.is_rule)
    if plain and (is_next or in_list or (line.continues and line.boxes == before.boxes)):
        return "\n"
    return f"\n{_margin(line.boxes[:same]).rstrip()}\n"


def _is_alike(one: Box, other: Box) -> bool:
    return one.is_item and (one.marker == "- ") == (other.marker == "- ")


def _shared(one: tuple[Box, ...], other: tuple[Box, ...]) -> int:
    count = 0
    while count < min(len(one), len(other)) and one[count] is other[count]:
        count += 1
    return count


def _indented(line: Line, before: tuple[Box, ...]) -> str:
    same = _shared(before, line.boxes)
    first = _margin(line.boxes[:same]) + "".join(box.marker for box in line.boxes[same:])
    return first + _written(line).replace("\n", f"\n{_margin(line.boxes)}")


def _margin(boxes: Iterable[Box]) -> str:
    return "".join(" " * len(box.marker) if box.is_item else box.marker for box in boxes)


def _written(line: Line) -> str:
    if line.is_rule:
        return "---"
    if line.is_code:
        fence = "`" * max(3, 1 + max(map(len, _TICKS.findall(line.text)), default=0))
        return f"{fence}\n{line.text}\n{fence}"
    text = inline(line.pieces)
    if line.heading:
        return f"{'#' * max(1, line.heading - 2)} {_CLOSING_MARKS.sub(r'\\#', text, count=1)}"
    text = _NUMBERED.sub(r"\1\\", text, count=1) if _NUMBERED.match(text) else text
    return f"\\{text}" if _BLOCK_START.match(text) else text


def _styled(pieces: Sequence[Piece]) -> str:
    written = ""
    has_closed = False
    for index, piece in enumerate(pieces):
        following = pieces[index + 1].text[:1] if index + 1 < len(pieces) else ""
        if isinstance(piece, Anchor):
            if written.endswith(("!", "<")):
                written = f"{written[:-1]}\\{written[-1]}"
            written += _anchor(piece)
            has_closed = False
        else:
            text = _words(piece, written, following, has_closed)
            has_closed = text.endswith(("*", "`", "~")) and bool(piece.style)
            written += text
    return written


def _anchor(anchor: Anchor) -> str:
    if anchor.is_bare:
        return anchor.url if literal(anchor.url) == anchor.url else _autolink(anchor.url)
    if anchor.text in ("", anchor.url):
        return _autolink(anchor.url)
    # A bracket in code cannot be escaped.
    words = [Words(word.text, word.style & ~CODE) if re.search(r"[\[\]]", word.text) else word for word in anchor.words]
    return f"[{balanced(_styled(words))}]({_ENTITY.sub('&amp;', bracketed(anchor.url))})"


def _autolink(url: str) -> str:
    if _AUTOLINK.fullmatch(url):
        return f"<{url}>"
    return f"[{balanced(_literal(url))}]({_ENTITY.sub('&amp;', bracketed(url))})"


def _words(words: Words, before: str, following: str, has_closed: bool) -> str:
    """Emphasis only where it is sure to begin and to end: the words count more."""
    core = words.text.strip()
    start = words.text.index(core) if core else 0
    lead, trail = words.text[:start], words.text[start + len(core) :]
    can_style = bool(core and words.style) and not (has_closed and not lead)
    if not can_style:
        return _literal(words.text)
    inner = _code(core) if words.style & CODE else _literal(core)
    left, right = lead or before[-1:], trail or following
    is_apart = (not left or left.isspace()) and (not right or right.isspace())
    marks = "".join(mark for style, mark in ((STRONG, "**"), (EM, "*")) if words.style & style)
    opens, closes = core[0].isalnum() or not left or left.isspace(), core[-1].isalnum() or not right or right.isspace()
    if (words.style & CODE and not is_apart) or not (opens and closes):
        marks = ""
    strike = "~~" if words.style & STRIKE and is_apart and "~" not in core else ""
    return f"{lead}{strike}{marks}{inner}{marks[::-1]}{strike}{trail}"


def _code(text: str) -> str:
    fence = "`" * (1 + max(map(len, _TICKS.findall(text)), default=0))
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _literal(text: str) -> str:
    return _AFTER_BRACKET.sub(r"\\", literal(text))
