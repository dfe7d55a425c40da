"""Out of the site: `/go/<placement>`, and the words that sponsors have said aloud. Each press is one more that day.

Nothing is kept of who it was: no cookie, no address, no user agent.
"""

import logging
from typing import Any

from django.db import Error as DatabaseError
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import iri_to_uri
from django.views.decorators.http import require_safe

from episodes.models import Placement
from lupcms.shows.addresses import elsewhere
from lupcms.shows.counts import counts_clicks, is_a_person
from lupcms.shows.hostnames import show_of
from lupcms.shows.links import web_address
from lupcms.shows.models import Show
from sponsors.models import ShortLink

logger = logging.getLogger(__name__)


@require_safe
def go(request: HttpRequest, pk: int) -> HttpResponse:
    """To the address of a placement as it is stored, and nowhere else. Two queries, and those of counting."""
    show = show_of(request)
    placement = Placement.objects.published().filter(episode__show=show, pk=pk).first()
    if placement is None or not web_address(placement.url):
        return elsewhere(request)
    _count(request, show, placement.clicks, placement=placement)
    return _leave(placement.url)


def spoken(request: HttpRequest, show: Show, word: str) -> HttpResponse:
    """Where no page stands: what once was there, else a short link. One query more than `elsewhere`."""
    try:
        return elsewhere(request)
    except Http404:
        short_link = ShortLink.objects.spoken(show, word)
        if short_link is None:
            raise
    _count(request, show, short_link.counts, short_link=short_link)
    return _leave(short_link.target(show.today()))


def _count(request: HttpRequest, show: Show, counts: Any, **of: Model) -> None:
    """Two queries for the first press of a day, one for another. Where nothing can be written the visitor goes on."""
    day = show.today()
    if not counts_clicks(show, day) or not is_a_person(request):
        return
    try:
        counts.add_one(day=day, **of)
    except DatabaseError as error:
        pressed = ", ".join(f"{name} {row.pk}" for name, row in of.items())
        logger.warning("A press was not counted: %s: %s", pressed, type(error).__name__)


def _leave(address: str) -> HttpResponse:
    """A redirect that nobody keeps. Django's own refuses long and broken addresses, which a page may have printed."""
    return HttpResponse(
        status=302,
        headers={
            "Location": iri_to_uri(address),
            "Cache-Control": "no-store",
            "X-Robots-Tag": "noindex, nofollow",
            # What a plain link on the page tells.
            "Referrer-Policy": "strict-origin-when-cross-origin",
        },
    )
