"""Findings that somebody left as they are: listed apart, and no repair of all touches them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from episodes.after_import.finding import Finding, Kind
from episodes.models import LeftAsItIs
from lupcms.shows.models import Show, User


@dataclass(slots=True)
class Found:
    """Of one kind: what deserves a look, and what had one; who left it and when."""

    open: list[Finding] = field(default_factory=list)
    left: list[tuple[Finding, LeftAsItIs]] = field(default_factory=list)


def find(show: Show, kinds: Iterable[Kind]) -> dict[str, Found]:
    """By the name of the kind. One query beside theirs."""
    kinds = list(kinds)
    rows = LeftAsItIs.objects.filter(show=show, kind__in=[kind.name for kind in kinds]).select_related("by")
    left = {(row.kind, row.key): row for row in rows}
    found = {kind.name: Found() for kind in kinds}
    for kind in kinds:
        for finding in kind.find(show):
            if row := left.get((kind.name, finding.key)):
                found[kind.name].left.append((finding, row))
            else:
                found[kind.name].open.append(finding)
    return found


def leave(show: Show, kind: Kind, key: str, by: User) -> Finding | None:
    """The finding, which is not listed any more; None where there is none."""
    finding = next((finding for finding in kind.find(show) if finding.key == key), None)
    if finding:
        LeftAsItIs.objects.get_or_create(show=show, kind=kind.name, key=key, defaults={"by": by})
    return finding


def take_up(show: Show, kind: Kind, key: str) -> bool:
    """Whether it was left."""
    return bool(LeftAsItIs.objects.filter(show=show, kind=kind.name, key=key).delete()[0])
