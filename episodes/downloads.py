"""Numbers of downloads from a file: a table in CSV with the columns number, and days7 or days30 or both.

UTF-8, comma or semicolon, columns in any order; other columns are left alone, and so is what an empty cell stands for.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any, NamedTuple

from django.db import transaction

from episodes.models import Downloads
from episodes.slugs import without_zeros
from lupcms.shows.models import Show

COLUMNS = {f"days{days}": days for days in Downloads.Days.values}
# What every database can store.
COUNT_MAX = 2**31 - 1


class FileError(Exception):
    """Everything that is wrong with a file, as `line 3: …`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class Loaded(NamedTuple):
    created: int
    updated: int
    unchanged: int

    def __str__(self) -> str:
        return f"created {self.created}, updated {self.updated}, unchanged {self.unchanged}"


@transaction.atomic
def load(show: Show, data: bytes, source: str, *, dry_run: bool = False) -> Loaded:
    """All of the file, or nothing where a line is wrong. At most four queries. Raises FileError."""
    counts = _read(show, data)
    stored = {(row.episode_id, row.days): row for row in Downloads.objects.filter(episode__show=show)}
    new, changed = [], []
    for (episode, days), count in counts.items():
        row = stored.get((episode, days))
        if row is None:
            new.append(Downloads(episode_id=episode, days=days, count=count, source=source))
        elif (row.count, row.source) != (count, source):
            row.count, row.source = count, source
            changed.append(row)
    if not dry_run:
        Downloads.objects.bulk_create(new)
        Downloads.objects.bulk_update(changed, ["count", "source"], batch_size=500)
    return Loaded(len(new), len(changed), len(counts) - len(new) - len(changed))


def _read(show: Show, data: bytes) -> dict[tuple[int, int], int]:
    """Counts by primary key of the episode and days. One query."""
    episodes = _Episodes(show)
    counts: dict[tuple[int, int], int] = {}
    problems: list[str] = []
    first_lines: dict[int, int] = {}
    for line, row in _rows(data):
        try:
            if None in row or None in row.values():
                raise ValueError("there are more or fewer cells than names; numbers have no separators.")
            cells = {name: row[name].strip() for name in ("number", *COLUMNS) if name in row}
            if not any(cells.values()):
                continue
            episode = episodes.numbered(cells.pop("number"))
            if first_lines.setdefault(episode, line) != line:
                raise ValueError(f"this episode stands in line {first_lines[episode]} too.")
            counts |= {(episode, COLUMNS[name]): _count(cell) for name, cell in cells.items() if cell}
        except ValueError as error:
            problems.append(f"line {line}: {error}")
    if problems:
        raise FileError(problems)
    return counts


def _rows(data: bytes) -> Iterator[tuple[int, dict[Any, Any]]]:
    """Each line's number and its cells by the names of columns, None where a cell is missing or has no name."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = 1 + data.count(b"\n", 0, error.start)
        raise FileError([f"line {line}: the file is not UTF-8."]) from error
    delimiter = ";" if ";" in text.partition("\n")[0] else ","
    table = csv.DictReader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        table.fieldnames = names = [name.strip().lower() for name in table.fieldnames or []]
        known = [name for name in names if name in ("number", *COLUMNS)]
        if "number" not in known or len(known) < 2 or len(set(known)) < len(known):
            raise FileError(["line 1: name the columns once each: number, and days7 or days30."])
        for row in table:
            yield table.line_num, row
    except csv.Error as error:
        raise FileError([f"line {table.reader.line_num}: {error}."]) from error


def _count(cell: str) -> int:
    if not re.fullmatch("[0-9]+", cell):
        raise ValueError(f"“{cell}” is not a whole number in digits alone, like 1234.")
    if len(cell) > len(str(COUNT_MAX)) or int(cell) > COUNT_MAX:
        raise ValueError(f"{cell[:20]} is more than anybody counts.")
    return int(cell)


class _Episodes:
    """A show's episodes by number; a spreadsheet has made 1 of 001."""

    def __init__(self, show: Show) -> None:
        self._exact = dict(show.episodes.values_list("number", "pk"))
        self._folded: dict[str, list[int]] = {}
        for number, pk in self._exact.items():
            self._folded.setdefault(without_zeros(number), []).append(pk)

    def numbered(self, number: str) -> int:
        found = [self._exact[number]] if number in self._exact else self._folded.get(without_zeros(number), [])
        if len(found) != 1:
            raise ValueError(f"the show has no episode “{number}”.")
        return found[0]
