"""What a new spot of a sponsor is likely to say: what was booked and counts, else what was said last."""

from datetime import date
from typing import NamedTuple

from lupcms.shows.models import Show
from sponsors.models import Campaign, Kind, Offer, Sponsor


class Suggestion(NamedTuple):
    name: str
    url: str
    words: str
    promo_code: str
    kind: str
    campaign: Campaign | None
    offer: Offer | None


def suggested(sponsor: Sponsor, show: Show, day: date) -> Suggestion:
    """For a spot of `sponsor` in an episode of `show` that airs on `day`. Four queries at most."""
    campaign = booked(sponsor, show, day)
    live = list(sponsor.offers.on(show).live(day).soonest_first())
    agreed = (offer for offer in live if campaign and offer.pk == campaign.offer_id)
    offer = next(agreed, live[0] if live else None)
    last = sponsor.placements.filter(episode__show=show).order_by("-episode__air_date", "-pk").first()
    source = offer or last
    kind = sponsor.kind if sponsor.kind != Kind.UNKNOWN or last is None else last.kind
    return Suggestion(
        name=sponsor.name,
        url=(source.url if source else "") or sponsor.url,
        words=in_one_line(source.words) if source else "",
        promo_code=source.promo_code if source else "",
        kind=kind,
        campaign=campaign,
        offer=offer,
    )


def in_one_line(words: str) -> str:
    """An offer may have paragraphs; a spot has one line on its notes page."""
    return " ".join(filter(None, words.replace("\r", "").split("\n")))


def booked(sponsor: Sponsor, show: Show, day: date) -> Campaign | None:
    """The campaign that a spot on that day belongs to: of those that are owed one, the first to end."""
    campaigns = sponsor.campaigns.live(show, day).with_delivery().order_by("ends_on", "pk")
    return min(campaigns, key=lambda campaign: campaign.delivery(day).owed == 0, default=None)
