"""What every public page has: its show, its title, its one address, and what other sites read of it."""

from typing import Any, NamedTuple

from django.conf import settings
from django.core.paginator import Page
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from lupcms.shows.models import Show
from lupcms.shows.pictures import displayed_side, feed_artwork_side, feed_artwork_url


class SocialPicture(NamedTuple):
    """What a link to the page looks like elsewhere; the address is absolute, sizes are in pixels."""

    url: str
    width: int
    height: int
    alt: str


def render_page(
    request: HttpRequest, template: str, path: str, show: Show, *, title: str, description: str = "", **context: Any
) -> HttpResponse:
    """A page of `show` at `path`, encoded as in a URL; a long list's further pages are addresses of their own.

    `canonical` is absolute, from the show's site URL and never from the request; "" where the show has none.
    """
    page = context.get("page")
    if isinstance(page, Page) and page.number > 1:
        path += f"?page={page.number}"
    return render(
        request,
        template,
        {
            "show": show,
            "title": title,
            "description": description,
            "canonical": f"{show.site_url}{path}" if show.site_url else "",
            "foreign": foreign(show),
            "site_name": settings.SITE_NAME,
            "network_url": settings.NETWORK_URL,
            "social": social_picture(show),
            **context,
        },
    )


def social_picture(show: Show, artwork: FieldFile | None = None) -> SocialPicture | None:
    """The artwork, by default the show's: as feeds have it, else the largest that pages have."""
    picture = artwork or show.artwork
    if not picture or not show.site_url:
        return None
    side = feed_artwork_side(picture) or displayed_side(picture)
    return SocialPicture(absolute(show, feed_artwork_url(picture) or picture.url), side, side, show.title)


def absolute(show: Show, url: str) -> str:
    """Of a path on the show's site, or of a file that a storage keeps elsewhere."""
    return url if "://" in url else f"{show.site_url}{url}"


def foreign(show: Show) -> str:
    """The language of the show's own texts where lupcms does not speak it on the page, else ""."""
    spoken = translation.get_language().partition("-")[0]
    return "" if show.language.lower().partition("-")[0] == spoken else show.language
