"""An episode's chapters: rows of the database as `formats` knows them, and back."""

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction

from episodes.formats.chapters import Chapter as Parsed
from episodes.models import Chapter, Episode


def chapters_of(rows: Iterable[Chapter]) -> list[Parsed]:
    return [
        Parsed(
            start=_milliseconds(row.starts_at_seconds),
            title=row.title,
            end=None if row.ends_at_seconds is None else _milliseconds(row.ends_at_seconds),
            url=row.url,
            image=row.image_url,
            is_listed=row.is_listed,
        )
        for row in rows
    ]


def rows_of(chapters: Iterable[Parsed]) -> list[Chapter]:
    """Not saved, and of no episode yet."""
    return [
        Chapter(
            starts_at_seconds=_seconds(one.start),
            ends_at_seconds=None if one.end is None else _seconds(one.end),
            title=one.title,
            url=one.url,
            image_url=one.image,
            is_listed=one.is_listed,
        )
        for one in chapters
    ]


@transaction.atomic
def replace_chapters(episode: Episode, chapters: Iterable[Parsed]) -> None:
    """Two queries."""
    rows = rows_of(chapters)
    for row in rows:
        row.episode = episode
    episode.chapters.all().delete()
    Chapter.objects.bulk_create(rows)


def _milliseconds(seconds: Decimal) -> int:
    return int(seconds * 1000)


def _seconds(milliseconds: int) -> Decimal:
    return Decimal(milliseconds) / 1000
