"""One source, read once into one show: each record saved on its own, and what became of it kept (ImportRun).

What an earlier run of the same source told of an episode, word for word, is counted and not kept again: a feed that is
imported each week would fill the database with what nobody has changed.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction
from django.utils import timezone

from episodes.importers.fields import Did, Difference
from episodes.importers.known import AmbiguousError, Known
from episodes.importers.record import Record, Source
from episodes.importers.save import Outcome, save
from episodes.models import Episode, ImportEntry, ImportRun
from episodes.notes import NotesError
from episodes.saving import tell_hubs
from lupcms.shows.models import OldPath, Show, User

# Entries, and addresses to remember, that are written at once.
BATCH = 100
COUNTED = ("created", "updated", "unchanged", "kept", "ambiguous", "failed")
# In the counts of a run: entries that an earlier one has.
TOLD_BEFORE = "told before"
CANNOT_TELL = "Nobody can tell which episode this is"

Verdict = ImportEntry.Verdict


@dataclass(slots=True)
class Run:
    """Its row comes with the first thing to tell, or at the end; a dry run has none."""

    show: Show
    source: Source
    origin: str
    by: User | None = None
    overwrite: bool = False
    dry_run: bool = False
    known: Known = field(default_factory=Known)
    row: ImportRun | None = None
    # A number of episodes for each of COUNTED; one can be updated and kept, where parts of it were.
    counts: Counter[str] = field(default_factory=lambda: Counter(dict.fromkeys(COUNTED, 0)))
    _entries: list[ImportEntry] = field(default_factory=list)
    _old_paths: dict[str, str] = field(default_factory=dict)
    _taken: dict[str, str] = field(default_factory=dict)
    # Digests of what earlier runs of the source told last of each episode or, where there is none, place.
    _told: dict[int | str, bytes] | None = None

    def take(self, record: Record) -> ImportEntry:
        """Save the record, all of it or nothing, and say what became of it. Whatever it holds, nothing is raised."""
        try:
            self._refuse_second(record)
            outcome = attempt(lambda: self._saved(record), self.known)
        except AmbiguousError as error:
            return self._note(record.place, Verdict.AMBIGUOUS, why=str(error))
        except (NotesError, ValidationError, OverflowError) as error:
            self.known.forget_made()
            return self._note(record.place, Verdict.FAILED, why=reason(error))
        except (DatabaseError, ObjectDoesNotExist) as error:
            self.known.forget()
            return self._note(record.place, Verdict.FAILED, why=reason(error))
        self._taken |= dict.fromkeys(_names(record), record.place)
        if self.dry_run:
            self.known.forget_made()
        else:
            self.known.learn(outcome.episode)
        return self.took(outcome)

    def took(self, outcome: Outcome) -> ImportEntry:
        """Keep what became of a record that somebody else has saved."""
        record = outcome.record
        for path in record.old_paths:
            self._old_paths[path] = outcome.episode.get_absolute_url()
        kept, updated = bool(outcome.kept), bool(outcome.updated)
        verdict = (
            Verdict.CREATED
            if outcome.created
            else Verdict.UPDATED
            if updated
            else Verdict.KEPT
            if kept
            else Verdict.UNCHANGED
        )
        self.counts["kept"] += bool(kept and verdict != Verdict.KEPT)
        differences = [found for found in outcome.differences if not (outcome.created and found.did is Did.FILLED)]
        doubts = [Difference("", Did.KEPT, "", "", doubt) for doubt in record.doubts]
        return self._note(
            record.place,
            verdict,
            [*differences, *doubts],
            outcome=outcome,
            original=record.original if outcome.created or updated else "",
        )

    def tell_more(self, entry: ImportEntry, filled: Difference) -> None:
        """What was written in an episode after its record was taken: a file that its source only named."""
        entry.differences.append(asdict(filled))
        if entry.verdict in (Verdict.UNCHANGED, Verdict.KEPT):
            # What was kept stays counted, beside what was updated.
            self.counts[Verdict.UNCHANGED] -= entry.verdict == Verdict.UNCHANGED
            self.counts[Verdict.UPDATED] += 1
            entry.verdict = Verdict.UPDATED
        if entry.pk:
            entry.save(update_fields=["differences", "verdict"])
        elif entry not in self._entries:
            if len(entry.differences) > 1:
                # An earlier run had told the others.
                self.counts[TOLD_BEFORE] -= 1
            self._entries.append(entry)

    def fail(self, place: str, why: str) -> ImportEntry:
        """What could not be read at all."""
        return self._note(place, Verdict.FAILED, why=why)

    def finish(self, *, is_whole: bool = True) -> None:
        """Keep what it did, also where it broke off."""
        self._flush()
        if self.dry_run:
            return
        row = self._started()
        row.finished_at, row.counts = timezone.now() if is_whole else None, dict(self.counts)
        row.save(update_fields=["finished_at", "counts"])
        if self.counts["created"] or self.counts["updated"]:
            tell_hubs([self.show])

    def tell_of_show(self, differences: list[Difference]) -> None:
        """What the source says of the show itself, and what became of it."""
        if differences and not self.dry_run:
            row = self._started()
            row.differences = [asdict(found) for found in differences]
            row.save(update_fields=["differences"])

    def _saved(self, record: Record) -> Outcome:
        with transaction.atomic():
            outcome = save(self.show, record, self.known, overwrite=self.overwrite)
            transaction.set_rollback(self.dry_run)
        return outcome

    def _refuse_second(self, record: Record) -> None:
        """One source has one record of an episode: the second of a number or GUID would undo the first in silence."""
        for name in _names(record):
            if name in self._taken:
                raise AmbiguousError(f"{self._taken[name]} has {name} too, and came first")

    def _note(
        self,
        place: str,
        verdict: str,
        differences: list[Difference] | None = None,
        *,
        why: str = "",
        outcome: Outcome | None = None,
        original: str = "",
    ) -> ImportEntry:
        self.counts[verdict] += 1
        found = [asdict(difference) for difference in differences or []]
        if why:
            found.append(asdict(Difference("", Did.KEPT, "", "", why)))
        episode = outcome.episode if outcome else None
        entry = ImportEntry(
            episode=episode if episode and not (self.dry_run and outcome and outcome.created) else None,
            place=_text(place),
            code=episode.code if episode else "",
            verdict=verdict,
            differences=found,
            original=original,
        )
        if found or verdict != Verdict.UNCHANGED:
            if self._was_told(entry):
                self.counts[TOLD_BEFORE] += 1
            else:
                self._entries.append(entry)
                if not self.dry_run:
                    # Also what is killed before they are written is seen.
                    self._started()
        if len(self._entries) >= BATCH or len(self._old_paths) >= BATCH:
            self._flush()
        return entry

    def _was_told(self, entry: ImportEntry) -> bool:
        """One query for the first. What was written is told each time."""
        if self.dry_run or entry.verdict in (Verdict.CREATED, Verdict.UPDATED):
            return False
        if self._told is None:
            rows = ImportEntry.objects.filter(run__show=self.show, run__source=self.source).order_by("pk")
            earlier = rows.values_list("episode", "place", "verdict", "differences")
            self._told = {
                episode or place: _digest(verdict, differences)
                for episode, place, verdict, differences in earlier.iterator()
            }
        told = self._told.get(entry.episode_id or entry.place)
        return told == _digest(entry.verdict, entry.differences)

    def _flush(self) -> None:
        if not self.dry_run and (self._entries or self._old_paths):
            row = self._started()
            row.counts = dict(self.counts)
            with transaction.atomic():
                row.save(update_fields=["counts"])
                there = set(
                    Episode.objects.filter(pk__in=[entry.episode_id for entry in self._entries]).values_list(
                        "pk", flat=True
                    )
                )
                for entry in self._entries:
                    entry.run = row
                    if entry.episode_id not in there:
                        # Somebody has deleted it meanwhile.
                        entry.episode = None
                ImportEntry.objects.bulk_create(self._entries)
                OldPath.objects.remember_all(self.show, self._old_paths)
        self._entries, self._old_paths = [], {}

    def _started(self) -> ImportRun:
        if self.row is None:
            self.row = ImportRun.objects.create(
                show=self.show, source=self.source, origin=_text(self.origin), by=self.by, overwrite=self.overwrite
            )
        return self.row


def _names(record: Record) -> list[str]:
    names = [record.guid and f"the GUID {record.guid}", record.number and f"the number {record.number}"]
    return [name for name in names if name]


def _text(name: str) -> str:
    """Not every name of a file is text."""
    return name.encode(errors="replace").decode()


def _digest(verdict: str, differences: list[dict[str, Any]]) -> bytes:
    return sha256(json.dumps([verdict, differences], sort_keys=True).encode()).digest()


@contextmanager
def importing(
    show: Show, source: Source, origin: str, *, by: User | None = None, overwrite: bool = False, dry_run: bool = False
) -> Iterator[Run]:
    """A run that is finished at the end, and left open where it breaks off. With `dry_run` everything is taken back."""
    run = Run(show, source, origin, by, overwrite, dry_run)
    try:
        yield run
    except BaseException:
        # Where the database is gone, what broke off says more than that this cannot be kept.
        with suppress(DatabaseError):
            run.finish(is_whole=False)
        raise
    run.finish()


def attempt[Result](action: Callable[[], Result], known: Known, *others: type[Exception]) -> Result:
    """Three times, where the database says no: somebody else may just be making the same person or episode.

    Whatever else may be so for that reason is one of `others`: each attempt costs as much as to look up a whole show.
    """
    passing: tuple[type[Exception], ...] = (DatabaseError, ObjectDoesNotExist, *others)
    for _ in range(2):
        try:
            return action()
        except passing:
            known.forget()
    return action()


def reason(error: Exception) -> str:
    """Why a record was not saved, in a sentence's words."""
    match error:
        case NotesError():
            return f"{error.section}: {error.message}"
        case ValidationError():
            named = error.message_dict.items() if hasattr(error, "error_dict") else [("", error.messages)]
            return " ".join(f"{name}: {' '.join(messages)}" if name else " ".join(messages) for name, messages in named)
        case OverflowError():
            return f"the air date is out of range: {error}"
        case _:
            return f"the database refused it: {' '.join(str(error).split())}"
