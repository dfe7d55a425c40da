"""What a sponsor booked, what ran, and in which words: rows for a page, for a spreadsheet and for a terminal."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from io import StringIO
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from lupcms.shows.counts import counts_clicks
from lupcms.shows.links import web_address
from lupcms.shows.models import Show, earliest_day
from sponsors.models import Campaign, Delivery, ShortLink, Sponsor, Standing


@dataclass(frozen=True, slots=True)
class Row:
    """One published spot as it stands on its page."""

    placement: Any
    show: Show
    # Path on the show's host, to the very spot.
    path: str
    # As far as they were counted: None is not 0.
    clicks: int | None
    # Where clicks were counted only some time after it aired.
    clicks_since: date | None

    @property
    def address(self) -> str:
        """Absolute, or "" where the show has no site URL."""
        return f"{self.show.site_url}{self.path}" if self.show.site_url else ""


@dataclass(frozen=True, slots=True)
class Use:
    """A short link and how often it was followed in the period; None where nobody counted."""

    short_link: ShortLink
    count: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """On these shows and in this period, both days included; days are those of each show's zone."""

    sponsor: Sponsor
    shows: list[Show]
    first: date
    last: date
    offers: list[Standing]
    campaigns: list[tuple[Campaign, Delivery]]
    rows: list[Row]
    # Spots that were taken off a published page.
    removed: list[Any]
    # Day and show of what is still to come, also after the period.
    scheduled: list[tuple[date, Show]]
    short_links: list[Use]

    @property
    def is_imported(self) -> bool:
        """Some of it comes from an archive, which may not have had everything."""
        return any(row.placement.episode.published_at_is_estimated for row in self.rows)


def last_month(today: date) -> tuple[date, date]:
    last = today.replace(day=1) - timedelta(days=1)
    return last.replace(day=1), last


def report(sponsor: Sponsor, shows: QuerySet[Show], first: date, last: date) -> Report:
    """A constant number of queries, whatever the number of spots."""
    now = timezone.now()
    dated: Any = sponsor.placements.aired_on(shows, first, last)
    ahead: Any = sponsor.placements.filter(episode__show__in=shows, episode__published_at__gt=now)
    found = list(shows)
    today = earliest_day(found, now)
    offers = sponsor.offers.filter(shows__in=shows).begun(max(last, today)).exclude(valid_until__lt=min(first, today))
    campaigns = sponsor.campaigns.filter(shows__in=shows).filter(
        Q(starts_on__lte=last, ends_on__gte=first) | Q(ends_on__gte=today)
    )
    return Report(
        sponsor=sponsor,
        shows=found,
        first=first,
        last=last,
        offers=[offer.standing(today) for offer in offers.distinct().soonest_first()],
        campaigns=[
            (campaign, campaign.delivery(today))
            for campaign in Campaign.objects.filter(pk__in=campaigns.values("pk"))
            .with_delivery()
            .prefetch_related("shows")
            .order_by("starts_on", "pk")
        ],
        rows=[_row(placement) for placement in dated.published(now).for_report().with_changes(sponsor)],
        removed=sponsor.placements.removed(sponsor, shows, first, last),
        scheduled=sorted(
            ((row.episode.air_date, row.episode.show) for row in ahead.select_related("episode__show")),
            key=lambda spot: (spot[0], spot[1].title),
        ),
        short_links=[_use(link, first, last) for link in _short_links(sponsor, shows)],
    )


def _row(placement: Any) -> Row:
    episode = placement.episode
    since: date | None = episode.show.clicks_counted_since
    counted: int | None = placement.click_count
    # Only what is on the web is counted, and nobody counts before the day from which presses are counted.
    is_counted = bool(web_address(placement.url)) and counts_clicks(episode.show, episode.show.today())
    return Row(
        placement=placement,
        show=episode.show,
        path=placement.get_absolute_url(),
        clicks=0 if counted is None and is_counted else counted,
        clicks_since=since if is_counted and since and since > episode.air_date else None,
    )


def _short_links(sponsor: Sponsor, shows: QuerySet[Show]) -> QuerySet[ShortLink]:
    return sponsor.short_links.filter(show__in=shows).select_related("show").prefetch_related("counts")


def _use(link: ShortLink, first: date, last: date) -> Use:
    counts = [row.count for row in link.counts.all() if first <= row.day <= last]
    is_counted = counts_clicks(link.show, min(last, link.show.today()))
    return Use(link, sum(counts) if counts or is_counted else None)


COLUMNS = (
    "aired on",
    "show",
    "episode",
    "title",
    "state",
    "page",
    "from second",
    "to second",
    "name",
    "kind",
    "words",
    "promo code",
    "address",
    "clicks",
    "clicks counted since",
    "downloads in 7 days",
    "downloads in 30 days",
    "downloads counted by",
    "later changes",
)


def table(report: Report) -> list[list[str]]:
    """One row a spot, under COLUMNS; what is not known is empty, never 0."""
    return [
        *(_published_cells(row) for row in report.rows),
        *(_removed_cells(removal) for removal in report.removed),
        *(_cells({"aired on": day, "show": show.title, "state": "scheduled"}) for day, show in report.scheduled),
    ]


def csv_of(report: Report) -> str:
    """`table` for a spreadsheet, in which no cell can begin a formula."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([_inert(cell) for cell in row] for row in table(report))
    return out.getvalue()


def _inert(cell: str) -> str:
    """Spreadsheets take what begins like this for a formula, and would run it."""
    return f"'{cell}" if cell[:1] in ("\t", "\r", "\n") or cell.lstrip().startswith(tuple("=+-@＝＋－＠")) else cell


def _cells(known: dict[str, Any]) -> list[str]:
    return ["" if known.get(name) is None else str(known[name]) for name in COLUMNS]


def _published_cells(row: Row) -> list[str]:
    placement, episode = row.placement, row.placement.episode
    downloads = {number.days: number for number in episode.downloads.all()}
    return _cells(
        {
            **_record(placement, episode),
            "state": "published",
            "page": row.address or row.path,
            "from second": placement.starts_at_seconds,
            "to second": placement.ends_at_seconds,
            "clicks": row.clicks,
            "clicks counted since": row.clicks_since,
            "downloads in 7 days": downloads[7].count if 7 in downloads else None,
            "downloads in 30 days": downloads[30].count if 30 in downloads else None,
            "downloads counted by": ", ".join(sorted({number.source for number in downloads.values()})),
            "later changes": "; ".join(_in_words(placement.changes, row.show)),
        }
    )


def _removed_cells(removal: Any) -> list[str]:
    return _cells(
        {
            **_record(removal, removal.episode),
            "state": f"removed on {removal.episode.show.today(removal.at)}{_by(removal)}",
        }
    )


def _record(said: Any, episode: Any) -> dict[str, Any]:
    return {
        "aired on": episode.air_date,
        "show": episode.show.title,
        "episode": episode.code,
        "title": episode.title,
        "name": said.name,
        "kind": said.kind,
        "words": said.words,
        "promo code": said.promo_code,
        "address": said.url,
    }


def _in_words(changes: Sequence[Any], show: Show) -> Iterable[str]:
    for change in changes:
        for name, before, after in change.fields:
            yield f"{show.today(change.at)}{_by(change)}: {name} from “{before}” to “{after}”"


def _by(change: Any) -> str:
    return f" by {change.by}" if change.by else ""
