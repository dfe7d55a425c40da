"""Sponsors that are one and the same, and what becomes of what they have."""

from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from typing import Self

from django.db import transaction

from lupcms.shows.models import OldPath
from lupcms.shows.plurals import counted
from sponsors.models import Sponsor


@dataclass(frozen=True, slots=True)
class Belongings:
    """Numbers of what a sponsor has, and of the addresses that lead to its page or are it, one for each show."""

    placements: int = 0
    offers: int = 0
    campaigns: int = 0
    recipients: int = 0
    short_links: int = 0
    corrections: int = 0
    addresses: int = 0

    @classmethod
    def of(cls, sponsor: Sponsor) -> Self:
        """Eight queries."""
        *accessors, _ = (field.name for field in fields(cls))
        counts = {name: getattr(sponsor, name).count() for name in accessors}
        old = OldPath.objects.filter(target=sponsor.get_absolute_url())
        return cls(**counts, addresses=sponsor.shows.count() + old.count())

    def __add__(self, other: "Belongings") -> "Belongings":
        return Belongings(*(one + more for one, more in zip(astuple(self), astuple(other), strict=True)))

    def __str__(self) -> str:
        """“12 placements, 1 offer”, without what there is none of and without addresses."""
        *counts, _ = zip((field.name for field in fields(self)), astuple(self), strict=True)
        return ", ".join(counted(number, name) for name, number in counts if number) or "nothing"


@transaction.atomic
def merge(stays: Sponsor, go: Iterable[Sponsor]) -> Belongings:
    """All or none of them; says what has moved."""
    moved = Belongings()
    for sponsor in go:
        moved += Belongings.of(sponsor)
        stays.absorb(sponsor)
    return moved
