"""What a rule finds, and what is said of it."""

from dataclasses import dataclass
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True)
class ItemName:
    number: int
    title: str
    guid: str

    def __str__(self) -> str:
        title = f" “{self.title}”" if self.title else ""
        guid = f" ({self.guid})" if self.guid else ""
        return f"item {self.number}{title}{guid}"


@dataclass(frozen=True)
class Problem:
    rule: str
    severity: Severity
    text: str
    # Who says so: “Apple”, “RSS 2.0”.
    source: str
    line: int | None = None
    # None: the document or its channel.
    item: ItemName | None = None

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        return f"{self.item or 'channel'}{line}: {self.rule} {self.severity}: {self.text}"


@dataclass(frozen=True)
class Found:
    severity: Severity
    text: str
    # An element, an Item, the number of a line, or None.
    at: Any = None


def error(text: str, at: Any = None) -> Found:
    return Found("error", text, at)


def warning(text: str, at: Any = None) -> Found:
    return Found("warning", text, at)


def note(text: str, at: Any = None) -> Found:
    return Found("note", text, at)
