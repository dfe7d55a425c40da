"""From what a clock shows to a moment, and back, also on the day it is changed: what exists twice or never is not
guessed, and always named."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as format_date


class Reading(NamedTuple):
    """`moments` is the one that a clock means; or both that it can mean; or what is near one that does not exist."""

    kind: Literal["one", "twice", "never"]
    moments: tuple[datetime, ...]


def read(shown: datetime, zone: ZoneInfo) -> Reading:
    """`shown` has no zone. Two moments are in their order. OverflowError at the ends of the calendar."""
    # Before a change of the clock, and after it.
    both = [shown.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone) for fold in (0, 1)]
    # Two of one zone are compared by what the clock shows.
    if both[0].timestamp() == both[1].timestamp():
        return Reading("one", (both[0],))
    exists = both[0].replace(tzinfo=None, fold=0) == shown
    return Reading("twice" if exists else "never", tuple(sorted(both, key=datetime.timestamp)))


def spelled(moment: datetime) -> str:
    """`3 December 2026, 10:00 NST`, in the current time zone.

    Django's own T is empty for an hour that exists twice, which is when it matters.
    """
    local = timezone.localtime(moment)
    return f"{format_date(local, 'j F Y, H:i')} {local.tzname()}"


def offset(moment: datetime) -> str:
    """`UTC−03:30`."""
    text = f"{moment:%z}"
    return f"UTC{text[0].replace('-', '−')}{text[1:3]}:{text[3:5]}"
