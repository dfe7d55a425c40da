"""What is wrong with a file, where, and how much that matters."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

# An error keeps a file out, a warning does not, and a note only says what was made of it.
Level = Literal["error", "warning", "note"]

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Problem:
    level: Level
    message: str
    # `line 3`, `chapter 3`, or "" where all of it is meant.
    where: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class FormatError(ValueError):
    """A file that cannot be read: every reason why."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def error(message: str, where: str = "") -> FormatError:
    return FormatError([Problem("error", message, where)])


def storable(text: str, where: str) -> str:
    """`text`, which no database could store with a NUL or half of a surrogate pair."""
    if _UNSTORABLE.search(text):
        raise error("a character in it cannot be stored: write the text anew.", where)
    return text
