"""Lines -> blocks: Markdown, `Title - URL`, tabs of a browser, a chat, titles and addresses on lines of their own."""

import re
from collections.abc import Iterator
from itertools import groupby

from episodes.paste.addresses import end_of_address
from episodes.paste.blocks import Anchor, Block, Piece, Words, one_line, pieces_of

_BULLET = re.compile(
    r"(?P<indent>[ \t]*)"
    r"(?P<bullet>(?:(?:[-*+•·‣▪◦–—]|\d{1,3}[.)]|\[[ xX]\](?=\s+[\[<])|\[\d{1,3}\](?!\())\s+|>[ \t]*)*)"
)
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*)|\s{0,3}(?:\*\*|__)([^*_]+)(?:\*\*|__):?\s*")
_UNDERLINE = re.compile(r"\s*(?:={3,}|-{3,}|\*{3,}|_{3,})\s*")
_DATE = r"\[?(?:\d{1,4}[./-]\d{1,2}[./-]\d{1,4},?\s+)?"
_TIME = r"\[?\d{1,2}:\d{2}(?::\d{2})?(?:\s?[APap]\.?[Mm]\.?)?\]?"
_SAID = re.compile(rf"\s*(?:{_DATE}{_TIME}\s*(?:[-–|]\s*)?)?(?:<[@+%~&]?[^\s<>/:]{{1,40}}>|[\w .@-]{{1,40}}:(?=\s))\s+")
_TIMED = re.compile(rf"\s*{_DATE}{_TIME}(?:\s*[-–|])?\s+")
_NAMED_ONLY = re.compile(r"\s*[\w .@-]{1,40}:\s+")

_DEFINITION = re.compile(r"""\s{0,3}\[([^\[\]]{1,200})\]:\s*<?([^\s<>]+)>?\s*(?:["'(].*["')])?\s*""")
_REFERENCE = re.compile(r"\[([^\[\]]+)\](?:\s?\[([^\[\]]*)\])?(?![(\[:])")
_LINKED_PICTURE = re.compile(r"\[!\[([^\[\]]*)\]\([^()\s]*\)\]\(")
# An address of the web, or one with any scheme, between `<` and `>`.
_AUTOLINK = re.compile(r"<([a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>]*)>")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
# The last kind is of a notes page: it ends at the first `")`, and its brackets are escaped.
_TITLE = re.compile(r"""\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|"(?:[^\\\[\]()]|\\.)*")\s*(?=\))""")
_FEET = re.compile(r"[*_]+$")


def blocks_of(text: str) -> list[Block]:
    lines, definitions = _definitions(text.split("\n"))
    blocks: list[Block] = []
    for is_blank, group in groupby(lines, lambda line: not line.strip()):
        if not is_blank:
            blocks += _paragraph(list(group), definitions)
    # A definition that no line refers to is a link too.
    return blocks + [Block([Anchor(url, is_bare=True)]) for url, is_used in definitions.values() if not is_used]


def _definitions(lines: list[str]) -> tuple[list[str], dict[str, tuple[str, bool]]]:
    """The other lines; of each `[name]: address` the address, and whether it was referred to."""
    found: dict[str, tuple[str, bool]] = {}
    others = []
    for line in lines:
        match = _DEFINITION.fullmatch(line)
        if match and match[1].casefold() not in found:
            found[match[1].casefold()] = (match[2], False)
        else:
            others.append(line)
    return others, found


def _paragraph(lines: list[str], definitions: dict[str, tuple[str, bool]]) -> list[Block]:
    blocks: list[Block] = []
    for line in lines:
        if not _UNDERLINE.fullmatch(line):
            blocks.append(_line(line, definitions, is_next=bool(blocks)))
        elif blocks and not blocks[-1].anchors:
            blocks[-1].is_heading = True
    return _with_titles(blocks)


def _with_titles(blocks: list[Block]) -> list[Block]:
    """Titles on lines of their own stand above their addresses, or below, if that is how the paragraph begins."""
    kinds = "".join(map(_kind, blocks))
    is_below = re.fullmatch("(?:UT)+", kinds)
    found: list[Block] = []
    for block, kind in zip(blocks, kinds, strict=True):
        pair = (found[-1], block) if found else None
        if pair and is_below and kind == "T":
            url = pair[0].anchors[0].url
            found[-1] = Block([Words(block.words), Words(" - "), Anchor(url, is_bare=True)])
        elif pair and not is_below and kind == "U" and _kind(pair[0]) == "T":
            found[-1] = Block([*pair[0].pieces, Words(" - "), *block.pieces])
        else:
            found.append(block)
    return found


def _kind(block: Block) -> str:
    """An address alone, a title alone, or anything else."""
    if block.is_heading or block.is_said or block.continues or (not block.anchors and block.words.endswith(":")):
        return "-"
    if not block.anchors:
        return "T"
    return "U" if len(block.pieces) == 1 and block.anchors[0].is_bare else "-"


def _line(line: str, definitions: dict[str, tuple[str, bool]], *, is_next: bool) -> Block:
    match = _HEADING.fullmatch(line)
    heading = match and (match[1] or match[2])
    if heading and not _pieces(heading, definitions)[1]:
        return Block([Words(heading)], is_heading=True)
    bullet = _BULLET.match(line)
    assert bullet is not None
    rest, indent = line[bullet.end() :], len(bullet["indent"].expandtabs(4))
    is_item = bool(bullet["bullet"])
    pieces, has_links, is_markdown = _pieces(rest, definitions)
    is_said = False
    if has_links and not is_markdown and (said := _SAID.match(rest)) and _is_chat(said[0]):
        is_said, pieces = True, _pieces(rest[said.end() :], definitions)[0]
    elif timed := _TIMED.match(rest):
        pieces = _pieces(rest[timed.end() :], definitions)[0]
    continues = not has_links and not is_item and is_next and indent >= 2
    return Block(
        pieces, is_markdown=is_markdown, continues=continues, is_said=is_said, depth=1 + indent if is_item else 0
    )


def _is_chat(start: str) -> bool:
    """`Title: address` begins like somebody's line in a chat, but at no time."""
    return not _NAMED_ONLY.fullmatch(start)


def _pieces(text: str, definitions: dict[str, tuple[str, bool]]) -> tuple[list[Piece], bool, bool]:
    """The pieces of a line, whether there are anchors among them, and whether it is Markdown."""
    text = _LINKED_PICTURE.sub(r"[\1](", text)
    if definitions:
        text = _REFERENCE.sub(lambda match: _resolved(match, definitions), text)
    found: list[Piece] = []
    position = 0
    for start, end, anchor in _marked(text):
        words = text[position:start]
        feet = _FEET.search(words)
        # `**[Title](address)**`: the emphasis goes with the link.
        if feet and text.startswith(feet[0], end):
            words, end = words[: feet.start()], end + len(feet[0])
        found += [*pieces_of(words), anchor]
        position = end
    is_markdown = position > 0
    found += pieces_of(text[position:])
    return found, any(isinstance(piece, Anchor) for piece in found), is_markdown


def _resolved(match: re.Match[str], definitions: dict[str, tuple[str, bool]]) -> str:
    name = (match[2] or match[1]).casefold()
    if name not in definitions:
        return match[0]
    url, _ = definitions[name]
    definitions[name] = (url, True)
    return f"<{url}>" if match[1].isdecimal() else f"[{match[1]}](<{url}>)"


def _marked(text: str) -> Iterator[tuple[int, int, Anchor]]:
    """`[text](address "title")` and `<address>`, with where they begin and end."""
    position = 0
    while True:
        middle = _middle(text, position)
        autolink = _AUTOLINK.search(text, position, middle if middle >= 0 else len(text))
        if autolink:
            yield autolink.start(), autolink.end(), Anchor(autolink[1])
            position = autolink.end()
        elif middle < 0:
            return
        else:
            start, target = _start(text, position, middle), _target(text, middle + 2)
            if start < 0 or target is None:
                position = middle + 2
                continue
            url, end = target
            is_picture = start > 0 and text[start - 1] == "!"
            yield start - is_picture, end, Anchor(url, one_line(text[start + 1 : middle]))
            position = end


def _middle(text: str, position: int) -> int:
    return text.find("](", position)


def _start(text: str, position: int, middle: int) -> int:
    """The bracket that the one at `middle` closes; failing that, the first one of the line."""
    depth = 0
    for index in range(middle - 1, position - 1, -1):
        if text[index] in "[]" and not _is_escaped(text, index):
            depth += 1 if text[index] == "]" else -1
            if depth < 0:
                return index
    return position if text.startswith("[", position) else -1


def _is_escaped(text: str, index: int) -> bool:
    before = index
    while before and text[before - 1] == "\\":
        before -= 1
    return (index - before) % 2 == 1


def _target(text: str, start: int) -> tuple[str, int] | None:
    """The address after `](`, and where the link ends."""
    if text.startswith("<", start):
        closing = text.find(">", start)
        url, end = text[start + 1 : closing], closing + 1
        if closing < 0:
            return None
    else:
        end = _end_of_address(text, start)
        url = _ESCAPE.sub(r"\1", text[start:end])
    if title := _TITLE.match(text, end):
        end = title.end()
    return (url, end + 1) if text.startswith(")", end) else None


def _end_of_address(text: str, start: int) -> int:
    """Also where another link has its middle."""
    middle = _middle(text, start)
    return end_of_address(text, start, len(text) if middle < 0 else middle)
