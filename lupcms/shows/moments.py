"""From what a clock shows to a moment, also on the day it is changed: what exists twice or never is not guessed."""

from datetime import UTC, datetime
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.dateformat import format as format_date


class Reading(NamedTuple):
    """`moments` is the one that a clock means; or both that it can mean; or what is near one that does not exist."""

    kind: Literal["one", "twice", "never"]
    moments: tuple[datetime, ...]


def read(shown: datetime, zone: ZoneInfo) -> Reading:
    """`shown` has no zone. Two moments are in their order. OverflowError at the ends of the calendar."""
    # Before a change of the clock, and after it.
    both = [shown.replace(tzinfo=zone, fold=fold).astimezone(UTC).astimezone(zone) for fold in (0, 1)]
    if both[0] == both[1]:
        return Reading("one", (both[0],))
    exists = both[0].replace(tzinfo=None, fold=0) == shown
    return Reading("twice" if exists else "never", tuple(sorted(both, key=datetime.timestamp)))


def offset(moment: datetime) -> str:
    """`UTC−03:30`."""
    text = format_date(moment, "O")
    return f"UTC{text[0].replace('-', '−')}{text[1:3]}:{text[3:5]}"
