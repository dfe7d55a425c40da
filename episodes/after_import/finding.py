"""What the list after an import is made of: kinds, what each found, and the change of a row that a repair is."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

from django.db.models import Model

from episodes.models import Episode
from lupcms.shows.models import Ability, Show


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and to repair with one press."""

    # What makes it this one among those of its kind, and the facts that make another one of it: names and keys.
    about: tuple[Any, ...]
    says: str
    # How many rows a repair would change.
    count: int = 1
    # A few where it can be seen.
    episodes: tuple[int, ...] = ()
    # What a person must choose from, as value and words; none where there is one way to repair it.
    choices: tuple[tuple[str, str], ...] = ()
    chosen: str = ""
    # People or sponsors that are merged on a page of their own.
    merges: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        return _digest(self.about)


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one row: without `values` it goes, and one that is not stored yet is made."""

    row: Model
    says: str
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def episode(self) -> int | None:
        key: int | None = self.row.pk if isinstance(self.row, Episode) else getattr(self.row, "episode_id", None)
        return key

    @property
    def key(self) -> str:
        """The same as long as the row is what it was, and the change too."""
        before = [getattr(self.row, name) for name in self.values]
        return _digest((self.row._meta.label, self.row.pk, before, self.says))


class Kind(NamedTuple):
    """`find` costs a constant number of queries, and loads no text but that of what it may find."""

    name: str
    title: str
    # What a finding means, and what the press does.
    meaning: str
    sees: Ability
    find: Callable[[Show], list[Finding]]
    # Who may press, or leave it; and what is on the button, "" where it is mended elsewhere.
    repairs: Ability = "write"
    press: str = ""
    edits: Callable[[Show, Sequence[Finding], str], list[Edit]] = lambda _show, _findings, _answer: []
    # What whoever confirms should know where published episodes are among those that change.
    of_published: str = ""
    # Each finding needs an answer of its own, so that they cannot be repaired all at once.
    asks: bool = False
    # Nothing takes it back, so that one row is asked about like many.
    is_final: bool = False


def in_quotes(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)


def _digest(value: Any) -> str:
    return sha256(repr(value).encode()).hexdigest()[:16]
