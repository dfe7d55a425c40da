"""Chapters as `formats` knows them -> as a record has them."""

from collections.abc import Iterable
from decimal import Decimal

from episodes.formats import chapters as formats
from episodes.importers.record import Chapter


def chapters_of(parsed: Iterable[formats.Chapter]) -> tuple[Chapter, ...]:
    return tuple(
        Chapter(
            Decimal(one.start) / 1000,
            one.title,
            None if one.end is None else Decimal(one.end) / 1000,
            one.url,
            one.image,
            one.is_listed,
        )
        for one in parsed
    )
