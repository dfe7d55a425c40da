"""From findings to changed rows: one transaction, and one version in the history of each episode that changes."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model

from episodes.after_import.finding import Edit, Finding, Kind
from episodes.after_import.leaving import find
from episodes.models import Episode, history
from episodes.saving import saved_all
from lupcms.shows.models import Show, User

# Episodes: most of the time goes into their HTML and their history, and meanwhile nobody else writes on SQLite.
# With thirty rows each it is a second or two, so that a server ten times as slow answers in time.
MOST_AT_ONCE = 100


@dataclass(slots=True)
class Proposed:
    """What a press would do, of at most so many episodes; what it cannot do, with the reason."""

    edits: list[Edit] = field(default_factory=list)
    refused: list[tuple[Edit, str]] = field(default_factory=list)
    # Episodes that are left for the next press.
    waiting: set[int | None] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Repaired:
    rows: int
    episodes: int


def findings_of(kind: Kind, show: Show, key: str) -> list[Finding]:
    """The one that has the key, or all where the key is "" and each needs no answer of its own; none that was left."""
    found = find(show, [kind])[kind.name].open
    return [finding for finding in found if finding.key == key] if key or kind.asks else found


def proposed(kind: Kind, show: Show, key: str, answer: str, shown: Collection[str] | None = None) -> Proposed:
    """Of all that could be done, or of the edits with these keys."""
    findings = findings_of(kind, show, key)
    found = Proposed()
    episodes: set[int | None] = set()
    for edit in kind.edits(show, findings, answer) if findings else ():
        if shown is not None and edit.key not in shown:
            continue
        if edit.episode not in episodes and len(episodes) == MOST_AT_ONCE:
            found.waiting.add(edit.episode)
        elif reason := _reason_against(edit):
            found.refused.append((edit, reason))
        else:
            episodes.add(edit.episode)
            found.edits.append(edit)
    return found


@transaction.atomic
def repair(kind: Kind, show: Show, key: str, answer: str, shown: Collection[str], by: User) -> Repaired:
    """Those that were shown, and are still what they were then. A constant number of queries."""
    pks = {edit.episode for edit in proposed(kind, show, key, answer, shown).edits if edit.episode}
    locked = list(Episode.objects.filter(pk__in=pks).select_for_update(of=("self",)).select_related("show"))
    # Somebody may have saved one of them before it was locked.
    edits = proposed(kind, show, key, answer, shown).edits
    edits = [edit for edit in edits if edit.episode is None or edit.episode in pks]
    history.keep_all_before(locked)
    _write(edits, by, f"{kind.title}: {kind.press.lower()}.")
    changed = {edit.episode for edit in edits}
    episodes = [episode for episode in locked if episode.pk in changed]
    saved_all(episodes, by)
    LogEntry.objects.log_actions(by.pk, episodes, CHANGE, change_message=f"{kind.title}: {kind.press.lower()}.")
    return Repaired(len(edits), len(episodes))


def _reason_against(edit: Edit) -> str:
    """Why a page could not print it, or ""."""
    for name, value in edit.values.items():
        try:
            edit.row._meta.get_field(name).run_validators(value)  # type: ignore[union-attr]
        except ValidationError as refused:
            return " ".join(refused.messages)
    return ""


def _write(edits: Iterable[Edit], by: User, message: str) -> None:
    gone: dict[type[Model], list[Model]] = defaultdict(list)
    kept: dict[type[Model], dict[int, Model]] = defaultdict(dict)
    names: dict[type[Model], set[str]] = defaultdict(set)
    for edit in edits:
        model = type(edit.row)
        if edit.row._state.adding:
            edit.row.save()
            LogEntry.objects.log_actions(by.pk, [edit.row], ADDITION, change_message=message)
        elif not edit.values:
            gone[model].append(edit.row)
        else:
            # Two edits of one row may have come with two copies of it.
            row = kept[model].setdefault(edit.row.pk, edit.row)
            for name, value in edit.values.items():
                setattr(row, name, value)
            names[model] |= edit.values.keys()
    for model, stored in kept.items():
        rows = list(stored.values())
        model._default_manager.bulk_update(rows, sorted(names[model]))
        _log_what_stands_alone(rows, CHANGE, by, message)
    for model, deleted in gone.items():
        _log_what_stands_alone(deleted, DELETION, by, message)
        model._default_manager.filter(pk__in=[row.pk for row in deleted]).delete()


def _log_what_stands_alone(rows: Sequence[Model], flag: int, by: User, message: str) -> None:
    """Not the rows of an episode, which is logged itself."""
    alone: list[Any] = [row for row in rows if not hasattr(row, "episode_id") and not isinstance(row, Episode)]
    if alone:
        LogEntry.objects.log_actions(by.pk, alone, flag, change_message=message)
