"""The notes that a feed carries, HTML of any make -> summary, placements and links. No word of it is lost."""

from dataclasses import dataclass

from episodes.importers.record import Link
from episodes.notes.document import Placement
from episodes.paste.from_html import blocks_of
from episodes.paste.rows import literal


@dataclass(frozen=True, slots=True)
class Split:
    """`summary` is Markdown; `doubts` are whole sentences about what was read, for the person who imports."""

    summary: str = ""
    placements: tuple[Placement, ...] = ()
    links: tuple[Link, ...] = ()
    doubts: tuple[str, ...] = ()


def split(html: str) -> Split:
    return Split(summary="\n\n".join(literal(block.words) for block in blocks_of(html)))
