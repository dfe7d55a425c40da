"""The offers of all shows on one page."""

from functools import reduce
from operator import or_

from django.db.models import Prefetch

from lupcms.shows.models import Show
from sponsors.models import Offer, Standing


def offers(shows: list[Show]) -> list[tuple[Standing, list[Show]]]:
    """Everything that counts today on any of these shows, once, soonest end first, and where it counts. Two queries.

    Near midnight it may count on one show and not on another; where days differ it stands as on the latest.
    """
    days = {show.pk: show.today() for show in shows}
    if not days:
        return []
    live = reduce(or_, (Offer.objects.live(day) for day in set(days.values())))
    found = []
    public = Prefetch("shows", Show.objects.public())
    for offer in live.soonest_first().select_related("sponsor").prefetch_related(public):
        there = [show for show in offer.shows.all() if show.pk in days and offer.standing(days[show.pk]).is_live]
        if there:
            found.append((offer.standing(max(days[show.pk] for show in there)), there))
    return found
