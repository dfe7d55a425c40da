"""What a published spot is worth today: whether its offer still counts, and what counts in its place."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from episodes.models import Episode, Placement
from lupcms.shows.models import Show
from sponsors.models import Offer, Standing


@dataclass(frozen=True, slots=True)
class Listed:
    """A placement as its page lists it. What was published stays; this is what may be said beside it."""

    placement: Placement
    # The offer that it announced, where that is known.
    standing: Standing | None
    # What counts in its place: said where its own has ended, or where nobody knows until when its code was good.
    now: Standing | None

    @property
    def has_ended(self) -> bool:
        return self.standing is not None and self.standing.state == "ended"

    @property
    def is_of_unknown_date(self) -> bool:
        return self.standing is None and bool(self.placement.promo_code)


def listed(episode: Episode, day: date) -> list[Listed]:
    """The placements of an episode on that day. One query, beyond its placements."""
    placements = list(episode.placements.all())
    if not placements:
        return []
    counting = Show.offers.through.objects.filter(offer=OuterRef("pk"), show=episode.show_id)
    ours = Q(sponsor__in={row.sponsor_id for row in placements}) & Q(is_here=True)
    announced = Q(pk__in={row.offer_id for row in placements})
    offers = Offer.objects.annotate(is_here=Exists(counting)).filter(ours | announced).soonest_first()
    standings = [offer.standing(day) for offer in offers]
    return [_listed(row, standings) for row in placements]


def _listed(placement: Placement, standings: list[Standing]) -> Listed:
    here = [s for s in standings if s.offer.sponsor_id == placement.sponsor_id and s.offer.is_here]  # type: ignore[attr-defined]
    # An archive knows no offers; the same code of the same sponsor is the same offer.
    same = [s for s in here if s.offer.promo_code == placement.promo_code and s.state != "upcoming"]
    live = [s for s in same if s.is_live] or [s for s in here if s.is_live]
    own = next((s for s in standings if s.offer.pk == placement.offer_id), None)
    if own is None and placement.promo_code and same and not any(s.is_live for s in same):
        own = same[-1]
    listed = Listed(placement, own, live[0] if live else None)
    return listed if listed.has_ended or listed.is_of_unknown_date else Listed(placement, own, None)
