"""What search engines ask for: robots.txt, and every public address of a show with its last change.

Addresses begin with the show's site URL, never with the host of a request.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.sitemaps import Sitemap, views
from django.db.models import Count, Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from episodes.models import Episode, Tag
from episodes.models.episode import LAST_CHANGED_AT
from hosts.models import HostName
from lupcms.shows.hostnames import show_of
from lupcms.shows.models import Show
from sponsors.models import Offer, Sponsor

for_an_hour = cache_control(public=True, max_age=3600)


class ShowSitemap(Sitemap):
    """One section of a show's sitemap. Two queries a page."""

    limit = 10_000

    def __init__(self, show: Show) -> None:
        self.show = show

    def get_protocol(self, protocol: str | None = None) -> str:
        return self.show.site_url.partition("://")[0]

    def get_domain(self, site: Any = None) -> str:
        """What follows the protocol in front of every path; the site may live in a folder."""
        return self.show.site_url.partition("://")[2]

    def newest_change_by(self, field: str, **only: Any) -> QuerySet[Episode, Any]:
        """Each value of `field` among published episodes, and when the newest of those with it last changed.

        It starts at the episodes: from the tags, SQLite would ask 15,000 times for each of 2,000 episodes.
        """
        episodes = self.show.episodes.published().filter(**only)
        return episodes.values_list(field).annotate(last=Max(LAST_CHANGED_AT)).order_by(field)

    def lastmod(self, item: Any) -> Any:
        return item[1]


class EpisodeSitemap(ShowSitemap):
    def items(self) -> QuerySet[Episode, Any]:
        return self.newest_change_by("slug")

    def location(self, item: Any) -> str:
        return Episode(slug=item[0]).get_absolute_url()


class HostSitemap(ShowSitemap):
    def items(self) -> QuerySet[Episode, Any]:
        names = HostName.objects.main(self.show).listed()
        return self.newest_change_by("credits__host__names__slug", credits__host__names__in=names)

    def location(self, item: Any) -> str:
        return HostName(slug=item[0]).get_absolute_url()


class SponsorSitemap(ShowSitemap):
    """Who has sponsored an episode, and who has only an offer here, which says not when it changed."""

    def items(self) -> list[tuple[str, datetime | None]]:
        placed = dict(self.newest_change_by("placements__sponsor__slug", placements__isnull=False))
        offers = Offer.objects.on(self.show).begun(self.show.today())
        return sorted((dict.fromkeys(offers.values_list("sponsor__slug", flat=True)) | placed).items())

    def location(self, item: Any) -> str:
        return Sponsor(slug=item[0]).get_absolute_url()


class TagSitemap(ShowSitemap):
    """Tags that lead from one episode to another. Most have one, and their pages say nothing new."""

    def items(self) -> QuerySet[Episode, Any]:
        tags = self.newest_change_by(
            "tagged_items__tag__name", tagged_items__isnull=False, tagged_items__tag__alias_of=None
        )
        return tags.annotate(episodes=Count("pk")).filter(episodes__gte=2)

    def location(self, item: Any) -> str:
        return Tag(name=item[0]).get_absolute_url()


# The built-in pages, and whether a show has something on them.
PAGES: dict[str, Callable[[Show], bool]] = {
    "episodes:index": lambda _: True,
    "episodes:archive": lambda show: EpisodeSitemap(show).items().exists(),
    "hosts:index": lambda show: HostSitemap(show).items().exists(),
    "sponsors:index": lambda show: bool(SponsorSitemap(show).items()),
    "episodes:tags": lambda show: TagSitemap(show).items().exists(),
    "shows:about": lambda show: bool(show.description or show.about),
}


class PageSitemap(ShowSitemap):
    """The built-in pages. Five queries."""

    def items(self) -> list[str]:
        return [reverse(name) for name, has_content in PAGES.items() if has_content(self.show)]

    def location(self, item: str) -> str:
        return item

    def lastmod(self, item: str) -> None:
        return None


SECTIONS: dict[str, type[ShowSitemap]] = {
    "pages": PageSitemap,
    "episodes": EpisodeSitemap,
    "hosts": HostSitemap,
    "sponsors": SponsorSitemap,
    "tags": TagSitemap,
}


@require_safe
@for_an_hour
def index(request: HttpRequest) -> HttpResponse:
    """The files of the sitemap, those that have something in them."""
    show = _show_with_addresses(request)
    files = []
    for name, sitemap in SECTIONS.items():
        address = f"{show.site_url}{reverse('episodes:sitemap', args=[name])}"
        pages = sitemap(show).paginator
        if pages.count:
            files += [views.SitemapIndexItem(f"{address}?p={n}" if n > 1 else address) for n in pages.page_range]
    return TemplateResponse(request, "sitemap_index.xml", {"sitemaps": files}, content_type="application/xml")


@require_safe
@for_an_hour
def section(request: HttpRequest, section: str) -> HttpResponse:
    show = _show_with_addresses(request)
    return views.sitemap(request, {name: sitemap(show) for name, sitemap in SECTIONS.items()}, section)


@require_safe
@for_an_hour
def robots(request: HttpRequest) -> HttpResponse:
    """On the network's host too, where the admin is as well."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    lines = ["User-agent: *", f"Disallow: {reverse('admin:index')}"]
    if show is not None:
        lines.append("Disallow: /go/")
    if show is not None and show.site_url:
        lines += ["", f"Sitemap: {show.site_url}{reverse('episodes:sitemaps')}"]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")


def _show_with_addresses(request: HttpRequest) -> Show:
    show = show_of(request)
    if not show.site_url:
        raise Http404("The show has no site URL to begin an address with.")
    return show
