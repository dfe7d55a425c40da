from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from lupcms.shows.moments import offset, read, spelled


@pytest.mark.parametrize(
    ("zone", "shown", "kind", "moments"),
    [
        # Plain times, in winter and in summer.
        ("Europe/Berlin", "2026-01-05 10:00", "one", ["2026-01-05T09:00+00:00"]),
        ("Europe/Berlin", "2026-07-05 10:00", "one", ["2026-07-05T08:00+00:00"]),
        # Spring: the hour is skipped; autumn: it is there twice.
        ("Europe/Berlin", "2026-03-29 02:30", "never", ["2026-03-29T00:30+00:00", "2026-03-29T01:30+00:00"]),
        ("Europe/Berlin", "2026-10-25 02:30", "twice", ["2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00"]),
        # Its borders exist once, but for the first minute of the second time.
        ("Europe/Berlin", "2026-03-29 01:59", "one", ["2026-03-29T00:59+00:00"]),
        ("Europe/Berlin", "2026-03-29 03:00", "one", ["2026-03-29T01:00+00:00"]),
        ("Europe/Berlin", "2026-10-25 01:59", "one", ["2026-10-24T23:59+00:00"]),
        ("Europe/Berlin", "2026-10-25 03:00", "one", ["2026-10-25T02:00+00:00"]),
        # Half an hour on Lord Howe.
        ("Australia/Lord_Howe", "2026-10-04 02:15", "never", ["2026-10-03T15:15+00:00", "2026-10-03T15:45+00:00"]),
        ("Australia/Lord_Howe", "2026-10-04 02:30", "one", ["2026-10-03T15:30+00:00"]),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "twice", ["2026-04-04T14:45+00:00", "2026-04-04T15:15+00:00"]),
        ("Australia/Lord_Howe", "2026-04-05 01:15", "one", ["2026-04-04T14:15+00:00"]),
        # Samoa had no 30 December 2011.
        ("Pacific/Apia", "2011-12-30 12:00", "never", ["2011-12-29T22:00+00:00", "2011-12-30T22:00+00:00"]),
        # A day ahead of most, and no summer time.
        ("Pacific/Kiritimati", "2026-03-29 02:30", "one", ["2026-03-28T12:30+00:00"]),
        # Days without a midnight, and one with two.
        ("America/Santiago", "2026-09-06 00:00", "never", ["2026-09-06T03:00+00:00", "2026-09-06T04:00+00:00"]),
        ("Asia/Beirut", "2026-03-29 00:00", "never", ["2026-03-28T21:00+00:00", "2026-03-28T22:00+00:00"]),
        ("America/Havana", "2026-11-01 00:00", "twice", ["2026-11-01T04:00+00:00", "2026-11-01T05:00+00:00"]),
    ],
)
def test_what_a_clock_says_is_one_moment_or_two_or_none(zone, shown, kind, moments):
    found = read(datetime.fromisoformat(shown), ZoneInfo(zone))
    assert (found.kind, [at.astimezone(UTC) for at in found.moments]) == (
        kind,
        [datetime.fromisoformat(at) for at in moments],
    )


@given(
    st.sampled_from(sorted(available_timezones())),
    st.integers(-2_208_000_000, 7_257_900_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
)
def test_what_the_clock_shows_at_a_moment_is_read_as_that_moment_or_one_of_two(zone, moment):
    shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    found = read(shown, ZoneInfo(zone))
    assert found.kind != "never"
    assert moment in [at.astimezone(UTC) for at in found.moments]
    assert len(found.moments) == (2 if found.kind == "twice" else 1)


def test_an_hour_that_exists_twice_is_named_with_its_zone():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert spelled(first) == "25 October 2026, 02:30 CEST"
        assert spelled(first + timedelta(hours=1)) == "25 October 2026, 02:30 CET"


@pytest.mark.parametrize(
    ("zone", "text"), [("America/St_Johns", "UTC−03:30"), ("Pacific/Kiritimati", "UTC+14:00"), ("UTC", "UTC+00:00")]
)
def test_an_offset_is_written_with_hours_and_minutes(zone, text):
    assert offset(datetime(2026, 1, 5, tzinfo=ZoneInfo(zone))) == text
