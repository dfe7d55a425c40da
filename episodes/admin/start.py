"""The start page of the desk: for each show, what awaits a member there. templates/admin/start.html prints it.

Each question is asked once for all shows, so that neither shows nor episodes cost a query more.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Q
from django.http import HttpRequest
from django.utils import timezone

from episodes.after_import import KINDS, counts_of
from episodes.models import Correction, Episode, ImportRun, InboxLink, history
from episodes.near_tags import near_duplicates_by_show
from lupcms.shows.models import Show, User, earliest_day
from lupcms.shows.permissions import member
from lupcms.shows.public_pages import public_address
from sponsors.models import Campaign, Offer
from sponsors.models.offer import ENDS_SOON_DAYS, Standing

# Of a list; what is more is behind a link.
ROWS_SHOWN = 6
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Rows[Row]:
    """The first rows of a list, and how many more there are."""

    all: list[Row] = field(default_factory=list)

    @property
    def shown(self) -> list[Row]:
        return self.all[:ROWS_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.all) - ROWS_SHOWN)


@dataclass(frozen=True, slots=True)
class Draft:
    episode: Episode
    # None: nobody has saved it at the desk yet.
    saved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Owed:
    campaign: Campaign
    owed: int
    is_over: bool


@dataclass(slots=True)
class Desk:
    """A show, what of it this person may do, and what awaits them."""

    show: Show
    address: str
    may_write: bool
    may_sponsor: bool
    waiting: int
    near_tags: int = 0
    after_import: int = 0
    drafts: Rows[Draft] = field(default_factory=Rows)
    scheduled: Rows[Episode] = field(default_factory=Rows)
    corrections: Rows[Correction] = field(default_factory=Rows)
    owed: Rows[Owed] = field(default_factory=Rows)
    ending: Rows[Standing] = field(default_factory=Rows)
    active_at: datetime = _LONG_AGO


def desks(request: HttpRequest) -> list[Desk]:
    """The shows of whoever asks, the one with the newest activity first.

    Thirteen queries at most; see near_tags and after_import.
    """
    user, now = member(request), timezone.now()
    shows = list(_with_activity(user, now))
    waiting = _waiting(user)
    found = {
        show.pk: Desk(
            show,
            public_address(request, show, "/"),
            user.may("write", show.pk),
            user.may("sponsor", show.pk),
            waiting.get(show.pk, 0),
            active_at=max((at for at in (show.last_published, show.last_changed) if at), default=_LONG_AGO),
        )
        for show in shows
    }
    _lay_out_episodes(found, now)
    placing = {pk: desk for pk, desk in found.items() if desk.may_sponsor}
    if placing:
        _lay_out_corrections(placing)
        _lay_out_campaigns(placing, now)
        _lay_out_offers(placing, now)
    for pk, count in near_duplicates_by_show([desk.show for desk in found.values() if desk.may_write]).items():
        found[pk].near_tags = count
    _lay_out_imports(found, user)
    return sorted(found.values(), key=lambda desk: desk.active_at, reverse=True)


def _with_activity(user: User, now: datetime) -> Iterable[Any]:
    published = Max("episodes__published_at", filter=Q(episodes__published_at__lte=now))
    return user.shows("view").annotate(last_published=published, last_changed=Max("episodes__changed_at"))


def _waiting(user: User) -> dict[int, int]:
    """Links in the inbox, by show."""
    rows = InboxLink.objects.waiting().filter(show__in=user.shows("write")).order_by()
    return dict(rows.values("show").annotate(waiting=Count("pk")).values_list("show", "waiting"))


def _lay_out_episodes(found: dict[int, Desk], now: datetime) -> None:
    """Drafts as they were last saved, scheduled ones as they appear. Two queries."""
    ahead = Episode.objects.filter(Q(published_at=None) | Q(published_at__gt=now), show__in=found)
    episodes = list(ahead.only("show_id", "number", "title", "published_at", "is_in_review").order_by("published_at"))
    drafts = [episode for episode in episodes if episode.published_at is None]
    saved = history.last_kept(drafts)
    for draft in sorted(drafts, key=lambda draft: (saved.get(draft.pk, _LONG_AGO), draft.pk), reverse=True):
        desk, saved_at = found[draft.show_id], saved.get(draft.pk)
        desk.drafts.all.append(Draft(draft, saved_at))
        desk.active_at = max(desk.active_at, saved_at or _LONG_AGO)
    for episode in episodes:
        if episode.published_at is not None:
            found[episode.show_id].scheduled.all.append(episode)


def _lay_out_corrections(found: dict[int, Desk]) -> None:
    for correction in Correction.objects.open().filter(show__in=found).select_related("sponsor"):
        found[correction.show_id].corrections.all.append(correction)


def _lay_out_imports(found: dict[int, Desk], user: User) -> None:
    """What the last import of each show left to look at, of what this person may see. One query."""
    runs = ImportRun.objects.filter(
        show__in=[desk.show for desk in found.values() if desk.may_write or desk.may_sponsor]
    )
    for pk, run in runs.order_by().values_list("show").annotate(last=Max("pk")):
        counts = counts_of(found[pk].show, run)
        found[pk].after_import = sum(counts[name] for name, kind in KINDS.items() if user.may(kind.sees, pk))


def _lay_out_campaigns(found: dict[int, Desk], now: datetime) -> None:
    """Those that are behind an even pace; what is over is behind by all that it owes. Two queries."""
    days = _days(found, now)
    owing = Campaign.objects.owing().filter(pk__in=_on(Campaign, found)).order_by("ends_on", "pk")
    for campaign in owing.select_related("sponsor").prefetch_related("shows"):
        shows = [show.pk for show in campaign.shows.all()]
        day = earliest_day(campaign.shows.all(), now)
        if campaign.behind(day):
            delivery = campaign.delivery(day)
            for pk in days.keys() & shows:
                found[pk].owed.all.append(Owed(campaign, delivery.owed, delivery.is_over))


def _lay_out_offers(found: dict[int, Desk], now: datetime) -> None:
    """Those that end within a fortnight, as days are counted where each show is made. Two queries."""
    days = _days(found, now)
    last = max(days.values()) + timedelta(days=ENDS_SOON_DAYS)
    offers = Offer.objects.filter(pk__in=_on(Offer, found), valid_until__range=(min(days.values()), last))
    for offer in offers.soonest_first().select_related("sponsor").prefetch_related("shows"):
        for pk in [show.pk for show in offer.shows.all() if show.pk in days]:
            standing = offer.standing(days[pk])
            if standing.state == "ending":
                found[pk].ending.all.append(standing)


def _on(model: type[Campaign | Offer], found: dict[int, Desk]) -> Any:
    return model._default_manager.filter(shows__in=found).values("pk")


def _days(found: dict[int, Desk], now: datetime) -> dict[int, date]:
    """The day it is on each show."""
    return {pk: desk.show.today(now) for pk, desk in found.items()}
