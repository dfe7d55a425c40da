"""What the demo's sponsors booked and give: offers in every state, campaigns, a recipient, corrections, counts.

Days are counted from the day on which the demo is loaded, so that something always ends soon.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.core.files.base import ContentFile
from django.utils import timezone

from episodes import derived
from episodes.models import ClickCount, Correction, Downloads, Episode, Placement, history
from lupcms.shows.models import Show, User
from lupcms.shows.private import digest
from sponsors.models import Campaign, Kind, Offer, Recipient, ShortLink, Sponsor

PICTURES = Path(__file__).parent / "pictures"
# The private address of Maud at Lantern & Wick: known, as the demo's passwords are.
TOKEN = "demo-of-a-private-address"  # noqa: S105

KINDS = {
    "Kittiwake Batteries": Kind.PAID,
    "Lantern & Wick": Kind.PAID,
    "Oilskin Post": Kind.PAID,
    "The Biscuit Locker": Kind.PAID,
    "Sounding Line Charts": Kind.AFFILIATE,
    "Barnacle Hosting": Kind.PARTNER,
    "Saltmarsh Credit Union": Kind.PARTNER,
    "Friends of the Lamp Room": Kind.HOUSE,
}


@dataclass(frozen=True, slots=True)
class _Offer:
    """Dates as days from today; None: not known."""

    sponsor: str
    promo_code: str
    words: str
    url: str
    begins: int | None = None
    ends: int | None = None
    verified: int | None = None
    terms: str = ""


OFFERS = [
    _Offer(
        "Kittiwake Batteries",
        "HIGHWATER26",
        "A fifth less for the battery that the *Patient Margaret* chose for her buoys.",
        "https://kittiwake.example/halftide",
        begins=-70,
        ends=5,
        verified=-3,
        terms="One pair for each boat.",
    ),
    _Offer(
        "Kittiwake Batteries",
        "HIGHWATER",
        "15% off every battery that was frozen and lived.",
        "https://kittiwake.example/halftide",
        begins=-300,
        ends=-71,
    ),
    _Offer(
        "Lantern & Wick",
        "Tell them Nell sent you",
        "Wicks at three for the price of two, on the telephone only.",
        "https://lanternandwick.example/radio",
        begins=-60,
        ends=40,
    ),
    _Offer(
        "Sounding Line Charts",
        "FATHOM",
        "Free postage on every chart.",
        "https://soundingline.example/htr",
        verified=-3,
    ),
    _Offer(
        "The Biscuit Locker",
        "HARDTACK",
        "The first tin at half price.",
        "https://biscuitlocker.example/crew",
        verified=-120,
    ),
    _Offer("The Biscuit Locker", "REGATTA", "A tin that floats.", "https://biscuitlocker.example/crew", -100, -60),
    _Offer("Oilskin Post", "CORMORANT", "Covers in cormorant, a third off.", "https://oilskinpost.example", -150, -14),
    _Offer("Oilskin Post", "SPINDRIFT", "A diary for next year’s rain.", "https://oilskinpost.example", 10, 100),
    _Offer("Friends of the Lamp Room", "", "Soup on any Saturday.", "https://halftide.example/lamp-room", verified=0),
]


def load(show: Show, producer: User) -> None:
    today = show.today()
    sponsors = {sponsor.name: sponsor for sponsor in Sponsor.objects.filter(name__in=KINDS)}
    for name, sponsor in sponsors.items():
        sponsor.kind = KINDS[name]
        logo = PICTURES / f"{sponsor.slug}.png"
        if logo.exists():
            sponsor.logo = ContentFile(logo.read_bytes(), logo.name)
        sponsor.save()
    offers = {offer.promo_code: _make(offer, sponsors[offer.sponsor], show, today, producer) for offer in OFFERS}
    # What was placed since the spring was placed here, and knows its kind and its offer.
    for placement in Placement.objects.filter(episode__show=show, episode__air_date__gte=date(2026, 8, 1)):
        placement.kind = placement.sponsor.kind
        placement.offer = offers.get(placement.promo_code) if placement.promo_code else None
        placement.save()
    _book(show, sponsors, offers, today)
    _count(show, today)
    _schedule(show, offers["Tell them Nell sent you"])
    _recipient(show, sponsors["Lantern & Wick"], producer)


def _make(offer: _Offer, sponsor: Sponsor, show: Show, today: date, producer: User) -> Offer:
    def day(away: int | None) -> date | None:
        return None if away is None else today + timedelta(days=away)

    made = Offer.objects.create(
        sponsor=sponsor,
        promo_code=offer.promo_code,
        words=offer.words,
        url=offer.url,
        terms=offer.terms,
        valid_from=day(offer.begins),
        valid_until=day(offer.ends),
        last_verified_on=day(offer.verified),
        last_verified_by=None if offer.verified is None else producer,
    )
    made.shows.add(show)
    return made


def _book(show: Show, sponsors: dict[str, Sponsor], offers: dict[str, Offer], today: date) -> None:
    """One that runs, one that is over and still owes a spot, one that is to come."""
    for name, code, begins, ends, spots in [
        ("Lantern & Wick", "Tell them Nell sent you", -60, 40, 5),
        ("Kittiwake Batteries", "HIGHWATER26", -75, -1, 3),
        ("Oilskin Post", "SPINDRIFT", 10, 100, 4),
    ]:
        campaign = Campaign.objects.create(
            sponsor=sponsors[name],
            offer=offers[code],
            starts_on=today + timedelta(days=begins),
            ends_on=today + timedelta(days=ends),
            spots=spots,
        )
        campaign.shows.add(show)
        aired = (campaign.starts_on, campaign.ends_on)
        sponsors[name].placements.filter(episode__air_date__range=aired).update(campaign=campaign)


def _count(show: Show, today: date) -> None:
    show.clicks_counted_since = today - timedelta(days=50)
    show.save()
    for placement in Placement.objects.filter(episode__show=show, episode__air_date__gte=show.clicks_counted_since):
        for day in range(3):
            aired = placement.episode.day_of_airing()
            ClickCount.objects.create(placement=placement, day=aired + timedelta(days=day), count=40 // (day + 1))
    for number, week, month in (("026", 4120, 5310), ("027", 4385, None), ("028", 9712, None)):
        for days, count in ((7, week), (30, month)):
            if count is not None:
                episode = show.episodes.get(number=number)
                Downloads.objects.create(episode=episode, days=days, count=count, source="The harbour’s own counter")
    word = ShortLink.objects.create(
        show=show, word="batteries", sponsor=Sponsor.objects.get(slug="kittiwake-batteries")
    )
    for days in range(5):
        word.counts.create(day=today - timedelta(days=days * 3), count=7 - days)


def _schedule(show: Show, offer: Offer) -> None:
    episode = Episode.objects.create(
        show=show,
        number="030",
        title="The biggest tide of the year",
        summary="Scheduled: it appears at its minute, and until then a sponsor sees its day and nothing else.",
        published_at=show.midnight(show.today() + timedelta(days=9)),
    )
    Placement.objects.create(
        episode=episode,
        position=1,
        sponsor=offer.sponsor,
        offer=offer,
        campaign=offer.campaigns.first(),
        name=offer.sponsor.name,
        url=offer.url,
        words=offer.words,
        promo_code=offer.promo_code,
        kind=offer.sponsor.kind,
    )
    derived.refresh(episode)


def _recipient(show: Show, sponsor: Sponsor, producer: User) -> None:
    """Maud, to whom something was wrong twice; the first was mended, and the change is kept."""
    maud = Recipient.objects.create(
        sponsor=sponsor,
        name="Maud at the shop",
        email="maud@lanternandwick.example",
        token_digest=digest(TOKEN),
        issued_at=timezone.now() - timedelta(days=50),
        issued_by=producer,
    )
    maud.shows.add(show)
    mended = sponsor.placements.get(episode__show=show, episode__number="026")
    agreed, mended.words = mended.words, "Clocks go back soon; wicks are three for the price of two for everyone."
    mended.save()
    history.keep(mended.episode)
    mended.words, mended.starts_at_seconds = agreed, 810
    mended.save()
    derived.touch(mended.episode)
    history.keep(mended.episode, producer)
    unsure = sponsor.placements.get(episode__show=show, episode__number="028")
    for placement, message, answer in [
        (mended, "It is for everyone who mentions the show, not for everyone.", "So it is. The page says it now."),
        (unsure, "Is the first of December right? We deliver until the tenth.", ""),
    ]:
        Correction.objects.create(
            sponsor=sponsor,
            show=show,
            recipient=maud,
            placement=placement,
            about=f"{placement.episode.code}, {placement.name}",
            message=message,
            answer=answer,
            state=Correction.State.DONE if answer else Correction.State.OPEN,
            answered_at=timezone.now() if answer else None,
            answered_by=producer if answer else None,
        )
