"""What a new episode of a show begins with: what can be known from the last ones, from bookings and from its rules.

Everything is a proposal for the form. Nothing is written here.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

from django.db.models import Prefetch
from django.utils import timezone

from episodes.models import Credit, DeskRules, Episode
from episodes.prefill import Suggestion, suggested
from hosts.models import HostName
from lupcms.shows.models import Show
from sponsors.models import Sponsor

# How many of the last episodes say what is usual.
LAST = 10
# Where the usual links stand until the episode's own are there: behind them. static/desk/rows.js knows it too.
FIRST_USUAL_POSITION = 901

_NUMBER = re.compile(r"(|.*[^0-9])([0-9]{1,9})")


class Number(NamedTuple):
    """A printed number taken apart: `p03` is the third of the series `p`."""

    series: str
    value: int
    digits: int

    @property
    def key(self) -> tuple[str, int]:
        """The same for all spellings of one number: `p03` and `P3`."""
        return self.series.casefold(), self.value

    def __str__(self) -> str:
        return f"{self.series}{self.value:0{self.digits}}"


def read_number(printed: str) -> Number | None:
    """None where it does not end in a count, as `regatta` does not."""
    found = _NUMBER.fullmatch(printed)
    if not found:
        return None
    series, digits = found.groups()
    # Only a zero in front shows how wide numbers are: after 99 comes 100, and after 099 comes 100.
    return Number(series, int(digits), len(digits) if digits.startswith("0") else 1)


def next_number(last: Sequence[str], existing: Collection[str]) -> tuple[str, list[str]]:
    """After `last`, newest first, in the series of most of them; and those of `existing` that had to be skipped."""
    read = [number for number in map(read_number, last) if number]
    if not read:
        return _skip(Number("", 1, 1), existing)
    series, _ = Counter(number.series for number in read).most_common(1)[0]
    newest = next(number for number in read if number.series == series)
    digits = max(number.digits for number in read if number.series == series)
    return _skip(Number(series, newest.value + 1, digits), existing)


def _skip(number: Number, existing: Collection[str]) -> tuple[str, list[str]]:
    taken = {read.key: printed for printed in existing if (read := read_number(printed))}
    skipped = []
    while number.key in taken:
        skipped.append(taken[number.key])
        number = number._replace(value=number.value + 1)
    return str(number), skipped


def usual_day(days: Sequence[date], today: date, taken: Collection[date] = ()) -> date:
    """When the next one airs after those of `days`, newest first: on their usual weekday, today at the earliest.

    Today where nothing is usual. Days that are `taken` are left to others. OverflowError at the end of the calendar.
    """
    if len(days) < 2:
        return today
    newest = days[0]
    pause = max(1, round(median((after - before).days for after, before in pairwise(days))))
    weekday, count = Counter(day.weekday() for day in days).most_common(1)[0]
    if pause < 4 or count * 2 <= len(days):
        step = timedelta(days=pause)
        day = max(today, newest + step)
    else:
        step = timedelta(weeks=max(1, round(pause / 7)))
        day = max(today, newest + step - timedelta(days=6))
        day += timedelta(days=(weekday - day.weekday()) % 7)
    while day in taken:
        day += step
    return day


def usual_time(episodes: Iterable[Episode], show: Show) -> time | None:
    """The minute that at least two of those share whose moment is known, where the show is made."""
    known = [episode.published_at for episode in episodes if not episode.published_at_is_estimated]
    times = Counter(timezone.localtime(at, show.zone).time().replace(second=0, microsecond=0) for at in known if at)
    return next((minute for minute, count in times.most_common(1) if count > 1), None)


def usual_slot(episode: Episode, now: datetime) -> datetime | None:
    """When it would usually appear, as its show's clock says, without a zone; None where no time is usual. Two queries.

    On the day that was planned for it, if that is ahead; else on the next day that no scheduled episode has.
    """
    others = episode.show.episodes.exclude(pk=episode.pk)
    last = list(others.published(now).newest_first()[:LAST])
    at, here = usual_time(last, episode.show), timezone.localtime(now, episode.show.zone).replace(tzinfo=None)
    if at is None:
        return None
    first = here.date() if here.time() < at else here.date() + timedelta(days=1)
    if episode.air_date and episode.air_date >= first:
        return datetime.combine(episode.air_date, at)
    taken = {scheduled.air_date for scheduled in others.filter(published_at__gt=now) if scheduled.air_date}
    with suppress(OverflowError):
        return datetime.combine(usual_day(_days(last), first, taken), at)
    return None


def _days(last: Iterable[Episode]) -> list[date]:
    return sorted((episode.air_date for episode in last if episode.air_date), reverse=True)


@dataclass(frozen=True, slots=True)
class NextEpisode:
    """What the form of a new episode begins with."""

    show: Show
    fields: dict[str, Any]
    credits: list[dict[str, Any]]
    placements: list[dict[str, Any]]
    links: list[dict[str, Any]]
    # The day for which sponsors were looked up.
    day: date
    # Drafts that somebody began, whose numbers were skipped.
    begun: list[Episode] = field(default_factory=list)


def next_episode(show: Show, *, with_sponsors: bool) -> NextEpisode:
    """Five queries, and with sponsors one and what `suggested` costs for each that is owed a spot that day."""
    former = HostName.objects.former(show).values("host")
    parts = Credit.objects.filter(role=Credit.Role.HOST).exclude(host__in=former).select_related("host")
    hosts = Prefetch("credits", parts)
    last = list(show.episodes.exclude(published_at=None).newest_first().prefetch_related(hosts)[:LAST])
    known = {episode.number: episode for episode in show.episodes.only("number", "title", "published_at", "show")}
    number, skipped = next_number([episode.number for episode in last] or list(known), known.keys())
    rules = DeskRules.objects.filter(show=show).first()
    day = likely_day(show, last)
    return NextEpisode(
        show=show,
        fields={"show": show, "number": number, "tags": rules.default_tags if rules else "", **_as_usual(last)},
        credits=usual_hosts(last),
        placements=[_row(*spot) for spot in booked_spots(show, day)] if with_sponsors else [],
        links=usual_links(show),
        day=day,
        begun=[known[name] for name in skipped if known[name].published_at is None],
    )


def likely_day(show: Show, last: Sequence[Episode]) -> date:
    today = show.today()
    with suppress(OverflowError):
        return usual_day(_days(last), today)
    return today


def _as_usual(last: Sequence[Episode]) -> dict[str, Any]:
    newest = last[0] if last else None
    usual = Counter(episode.explicit for episode in last).most_common(1)
    return {"season": newest.season if newest else None, "explicit": usual[0][0] if usual else None}


def usual_hosts(last: Sequence[Episode]) -> list[dict[str, Any]]:
    """Who hosted at least half of these, in the order of the newest; who was away then comes after them."""
    counts = Counter(host for episode in last for host in {credit.host_id for credit in episode.credits.all()})
    newest_first: dict[int, Credit] = {}
    for episode in last:
        for credit in episode.credits.all():
            newest_first.setdefault(credit.host_id, credit)
    return [
        {"host": credit.host, "role": Credit.Role.HOST, "name": credit.name, "slug": credit.slug}
        for credit in newest_first.values()
        if counts[credit.host_id] * 2 >= len(last)
    ]


def usual_links(show: Show) -> list[dict[str, Any]]:
    """Rows to come after the episode's own. One query."""
    rows = enumerate(show.usual_links.all(), FIRST_USUAL_POSITION)
    return [
        {"position": at, "url": row.url, "text": row.text, "description": row.description, "heading": row.heading}
        for at, row in rows
    ]


def booked_spots(show: Show, day: date) -> list[tuple[Sponsor, Suggestion]]:
    """Each sponsor with a campaign that is owed a spot on that day, the campaign that ends first in front."""
    campaigns = show.campaigns.running(day).with_delivery().select_related("sponsor").order_by("ends_on", "pk")
    sponsors = {campaign.sponsor_id: campaign.sponsor for campaign in campaigns if campaign.delivery(day).owed}
    return [(sponsor, suggested(sponsor, show, day)) for sponsor in sponsors.values()]


def _row(sponsor: Sponsor, suggestion: Suggestion) -> dict[str, Any]:
    return {"sponsor": sponsor, **suggestion._asdict()}
