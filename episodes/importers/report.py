"""What an import did, as lines of text."""

from collections.abc import Iterable, Iterator, Mapping
from textwrap import indent
from typing import Any

from episodes.importers.fields import LABELS
from episodes.importers.runs import COUNTED, TOLD_BEFORE
from episodes.models import ImportEntry, ImportRun
from lupcms.shows.plurals import counted as plural

DID = {"filled": "filled", "updated": "updated", "kept": "kept", "outranked": "passed over"}


def lines(run: ImportRun) -> Iterator[str]:
    """The whole run, its entries one after the other. Memory stays flat."""
    who = f", by {run.by}" if run.by else ""
    yield f"{run} into {run.show}, {run.started_at:%Y-%m-%d %H:%M} UTC{who}"
    yield from of_differences(run.differences)
    for entry in run.entries.defer("original").iterator(chunk_size=200):
        yield from of_entry(entry)
    if told := run.counts.get(TOLD_BEFORE):
        yield f"{plural(told, 'episodes')} as an earlier import of the source told it."
    yield counted(run.counts)
    if run.finished_at is None:
        yield "It broke off." if run.has_broken_off() else "It broke off, or is still running."


def of_entry(entry: ImportEntry) -> Iterator[str]:
    yield f"{entry.code or entry.place}: {entry.verdict}"
    yield from of_differences(entry.differences)


def of_differences(differences: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """A line each; texts of several lines stand below, here first."""
    for found in differences:
        field, why = LABELS.get(found["field"], found["field"]), found["why"]
        if not field:
            yield f"  {why}"
            continue
        did = f"{DID[found['did']]} {field}{f': {why}' if why else ''}"
        here, said = found["here"], found["said"]
        if len(here) + len(said) <= 80 and "\n" not in here + said:
            yield f"  {did} ({here or 'nothing'} | {said or 'nothing'})" if here or said else f"  {did}"
            continue
        yield f"  {did}"
        yield indent(here or "nothing", "    here: ")
        yield indent(said or "nothing", "    said: ")


def counted(counts: Mapping[str, int]) -> str:
    """`created 23, updated 0, …`: what never happens to notes pages is named only where it happened."""
    always = ("created", "updated", "unchanged", "kept", "failed")
    return ", ".join(f"{name} {counts.get(name, 0)}" for name in COUNTED if name in always or counts.get(name))
