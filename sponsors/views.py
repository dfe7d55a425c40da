"""Who has sponsored a show, and where."""

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import show_of
from lupcms.shows.lists import page_of_list
from lupcms.shows.pages import render_page
from sponsors.models import Sponsor


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    show = show_of(request)
    sponsors = (
        Sponsor.objects.filter(placements__episode__in=show.episodes.published())
        .annotate(episodes=Count("placements__episode", distinct=True))
        .order_by("-episodes", "name", "pk")
    )
    page = page_of_list(request, sponsors)
    return render_page(request, "sponsors/index.html", reverse("sponsors:index"), show, title=_("Sponsors"), page=page)


@require_safe
def detail(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    sponsor = Sponsor.objects.filter(slug=slug).first() or Sponsor.objects.filter(slug__iexact=slug).first()
    if sponsor is None:
        return elsewhere(request)
    episodes = show.episodes.filter(pk__in=sponsor.placements.published().values("episode")).newest_first()
    page = page_of_list(request, episodes)
    if not page.paginator.count:
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
    )
