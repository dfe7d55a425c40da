"""Tag names as text: commas between names, and no other rule. taggit calls both functions (settings.TAGGIT_…)."""

from collections.abc import Iterable
from typing import Protocol


class Named(Protocol):
    name: str


def names_from_text(text: str) -> list[str]:
    """`apple "unique" with netflix, c++` -> two names. Blanks around a name and repeated names are dropped."""
    names = (" ".join(piece.split("\n")).strip() for piece in text.replace("\r", "").split(","))
    return sorted({name for name in names if name})


def text_from_tags(tags: Iterable[Named]) -> str:
    """The names in code-point order, whatever the database's collation."""
    return ", ".join(sorted(tag.name for tag in tags))
