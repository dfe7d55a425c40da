"""Addresses of the web that stand in text: a list, Markdown, HTML, XML, JSON. Pure Python, one line after another."""

import html
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, TextIO

# A line of a JSON feed is all of it; longer ones are read in pieces.
PIECE = 1 << 20
# Looked at to tell a picture from a text.
_BEGINNING = 1 << 13

# Quotes and angle brackets that HTML writes in words end an address, as they would themselves.
_END = r"(?!&(?:quot|lt|gt|#34|#60|#62|#x22|#x3c|#x3e);)"
# JSON may write / as \/ and any sign as \u0026.
_HTTP = r"https?:(?:\\?/){2}"
_SIGN = rf"(?:{_END}[^\s\"<>\\]|\\[/u])"
_ADDRESS = re.compile(
    # What stands before it says where it ends: [text](address), 'address', and else a blank, " or <.
    rf"(?<=\()(?:{_HTTP})(?:{_END}[^\s()\"<>\\]|\\[/u]|\((?:{_END}[^\s()\"<>\\])*\))+"
    rf"|(?<=')(?:{_HTTP})(?:(?!'){_SIGN})+"
    rf"|(?<=[\"<>])(?:{_HTTP}){_SIGN}+"
    rf"|{_HTTP}{_SIGN}+",
    re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
# In a sentence these end it, not the address.
_AFTER = ".,;:!?'’”»*_|]"


class Place(NamedTuple):
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


def addresses_in(text: str) -> Iterator[str]:
    """In their order, each as often as it stands there; as a browser would send them, entities resolved."""
    # A line of a list is an address as it is.
    alone = text.strip()
    for found in _ADDRESS.finditer(text):
        address = found[0]
        if "\\" in address:
            with suppress(ValueError):
                address = json.loads(f'"{address}"')
        is_enclosed = found.start() > 0 and text[found.start() - 1] in "(\"'<>"
        yield _ENTITY.sub(_resolved, address if is_enclosed or address == alone else _without_end(address))


def found_below(paths: Iterable[Path]) -> Iterator[tuple[str, Place]]:
    """In every text below the folders, and in the files. Raises OSError."""
    for path in paths:
        for file in sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]:
            if not _is_text(file):
                continue
            with file.open(encoding="utf-8", errors="replace", newline="\n") as text:
                for number, piece in _pieces(text):
                    for address in addresses_in(piece):
                        yield address, Place(file, number)


def _pieces(text: TextIO) -> Iterator[tuple[int, str]]:
    """Lines with their numbers; of a very long one pieces, none of which ends within an address."""
    number, rest = 1, ""
    while piece := text.readline(PIECE):
        piece = rest + piece
        rest = ""
        if not piece.endswith("\n"):
            cut = max(piece.rfind(sign) for sign in " \"'<>") + 1
            # What has no blank in so many signs is no text.
            if len(piece) - cut < PIECE:
                piece, rest = piece[:cut], piece[cut:]
        yield number, piece
        number += piece.endswith("\n")
    yield number, rest


def _is_text(file: Path) -> bool:
    with file.open("rb") as data:
        return b"\0" not in data.read(_BEGINNING)


def _without_end(address: str) -> str:
    while True:
        shorter = address.rstrip(_AFTER)
        if shorter.endswith(")") and shorter.count(")") > shorter.count("("):
            shorter = shorter[:-1]
        if shorter == address:
            return address
        address = shorter


def _resolved(entity: re.Match[str]) -> str:
    return html.unescape(entity[0])
