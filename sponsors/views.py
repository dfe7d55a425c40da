"""Who has sponsored a show, and what listeners have of it today."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Count, F, Prefetch, QuerySet
from django.db.models.lookups import Exact
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import home_of, show_of
from lupcms.shows.linked_data import breadcrumbs
from lupcms.shows.lists import page_of_list
from lupcms.shows.models import Show
from lupcms.shows.pages import render_page
from sponsors import network
from sponsors.models import Kind, Offer, Sponsor, Standing

# So many offers stand on a page in full.
OFFERS_PER_PAGE = 20
# So many ended ones stand on /sponsors; the others do on their sponsors' pages.
NEWEST_ENDED = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """What counts today, what did, and who has sponsored episodes; where no show answers, the offers of all shows."""
    if request.show is None:  # type: ignore[attr-defined]
        return network_page(request)
    show = show_of(request)
    page = page_of_list(request, _placed_on(show))
    offers = _offers_of(show) if page.number == 1 else {}
    return render_page(
        request, "sponsors/index.html", reverse("sponsors:index"), show, title=_("Sponsors"), page=page, **offers
    )


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    sponsor = Sponsor.objects.filter(slug=slug).first() or Sponsor.objects.filter(slug__iexact=slug).first()
    if sponsor is None:
        return elsewhere(request)
    episodes = show.episodes.filter(pk__in=sponsor.placements.published().values("episode")).newest_first()
    spots = Prefetch("placements", sponsor.placements.all(), to_attr="spots")
    page = page_of_list(request, episodes.prefetch_related(spots))
    day = show.today()
    standings = [offer.standing(day) for offer in sponsor.offers.on(show).begun(day).soonest_first()]
    if not page.paginator.count and not standings:
        return elsewhere(request)
    if sponsor.slug != slug:
        return moved(request, sponsor.get_absolute_url())
    return render_page(
        request,
        "sponsors/detail.html",
        sponsor.get_absolute_url(),
        show,
        title=sponsor.name or _("Unnamed"),
        description=Truncator(sponsor.description).chars(200),
        sponsor=sponsor,
        page=page,
        offers=_confirmed_first(standing for standing in standings if standing.is_live),
        ended=[standing for standing in reversed(standings) if not standing.is_live],
        things=[breadcrumbs(show, [(_("Sponsors"), reverse("sponsors:index"))], sponsor.name or _("Unnamed"))],
    )


@require_safe
def all_shows(request: HttpRequest) -> HttpResponse:
    """The offers of all shows on a show's own host; on the network's host they stand at /sponsors."""
    if request.show is None:  # type: ignore[attr-defined]
        return moved(request, reverse("sponsors:index"))
    return network_page(request)


def network_page(request: HttpRequest) -> HttpResponse:
    shows = list(Show.objects.public())
    if request.show is not None and len(shows) < 2:  # type: ignore[attr-defined]
        return elsewhere(request)
    # A show without an address of its own cannot be visited from here.
    homes = {show: home for show in shows if (home := home_of(show, request))}
    placed = dict(network.offers(list(homes)))
    # The shows' own promotions stand after everybody else's offers.
    standings = sorted(_confirmed_first(placed), key=_is_house)
    page = Paginator(standings, OFFERS_PER_PAGE).get_page(request.GET.get("page"))
    path = reverse("sponsors:index") + (f"?page={page.number}" if page.number > 1 else "")
    rows = [(standing, [(show, homes[show]) for show in placed[standing]]) for standing in page.object_list]
    context = {
        "title": _("Offers of all shows"),
        "canonical": f"{settings.NETWORK_URL}{path}" if settings.NETWORK_URL else "",
        "site_name": settings.SITE_NAME,
        "page": page,
        "offers": [row for row in rows if not _is_house(row[0])],
        "house": [row for row in rows if _is_house(row[0])],
    }
    return render(request, "sponsors/network.html", context)


def _placed_on(show: Show) -> QuerySet[Sponsor, Any]:
    """Who has sponsored an episode of the show, with `episodes`, the show's own promotions last."""
    return (
        Sponsor.objects.filter(placements__episode__in=show.episodes.published())
        .annotate(episodes=Count("placements__episode", distinct=True), is_house=Exact(F("kind"), Kind.HOUSE))
        .order_by("is_house", "-episodes", "name", "pk")
    )


def _offers_of(show: Show) -> dict[str, Any]:
    """What counts today, and what ended lately with what counts instead of it. Three queries."""
    day = show.today()
    offers = Offer.objects.on(show).select_related("sponsor")
    live = _confirmed_first(offer.standing(day) for offer in offers.live(day).soonest_first())
    sponsored = [standing for standing in live if not _is_house(standing)]
    today = {standing.offer.sponsor_id: standing.offer for standing in reversed(sponsored)}
    ended = list(
        offers.ended(day).exclude(sponsor__kind=Kind.HOUSE).order_by("-valid_until", "-pk")[: NEWEST_ENDED + 1]
    )
    return {
        "offers": sponsored[:OFFERS_PER_PAGE],
        "also": list(dict.fromkeys(standing.offer.sponsor for standing in sponsored[OFFERS_PER_PAGE:])),
        "house": [standing for standing in live if _is_house(standing)],
        "ended": [(offer.standing(day), today.get(offer.sponsor_id)) for offer in ended[:NEWEST_ENDED]],
        "has_older": len(ended) > NEWEST_ENDED,
        "is_network": len(Show.objects.public()[:2]) > 1,
    }


def _confirmed_first(standings: Iterable[Standing]) -> list[Standing]:
    return sorted(standings, key=lambda standing: standing.state == "unconfirmed")


def _is_house(standing: Standing) -> bool:
    return standing.offer.sponsor.kind == Kind.HOUSE
