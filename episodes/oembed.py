"""An episode's player inside somebody else's page: https://oembed.com, version 1.0."""

import re
from urllib.parse import unquote, urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_safe

from episodes import cards
from episodes.models import Episode
from episodes.player import FRAME_HEIGHT
from lupcms.shows.hostnames import find_show, show_of
from lupcms.shows.models import Show
from lupcms.shows.pages import absolute
from lupcms.shows.pictures import WIDTHS, displayed_side, rendition_url

# Of the embedded player, in pixels, where there is room.
WIDTH, HEIGHT = 640, FRAME_HEIGHT


def discovery_url(episode: Episode) -> str:
    """Where consumers ask about the episode's page, "" where its show has no site URL."""
    site = episode.show.site_url
    query = urlencode({"url": f"{site}{episode.get_absolute_url()}", "format": "json"})
    return site and f"{site}{reverse('episodes:oembed')}?{query}"


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """Three queries, and one more where the address is on another host than the site URL's."""
    show = show_of(request)
    if request.GET.get("format", "json") != "json":
        return HttpResponse("Only JSON is spoken here.\n", status=501, content_type="text/plain; charset=utf-8")
    slug = _slug_of(show, request.GET.get("url", ""))
    episode = slug and show.episodes.published().select_related("show").filter(slug=slug).first()
    if not episode or not show.site_url:
        raise Http404("No episode of this show lives at this address.")
    limits = _whole(request.GET.get("maxwidth", "")), _whole(request.GET.get("maxheight", ""))
    width, height = min(WIDTH, limits[0]), min(HEIGHT, limits[1])
    player = f"{show.site_url}{episode.get_absolute_url()}/embed"
    title = f"{episode.code}: {episode.printed_title}"
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "title": title,
            "author_name": show.author or show.title,
            "author_url": f"{show.site_url}/",
            "provider_name": show.title,
            "provider_url": f"{show.site_url}/",
            "cache_age": 3600,
            "html": format_html(
                '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" style="border:0"></iframe>',
                player,
                width,
                height,
                title,
            ),
            "width": width,
            "height": height,
            **_thumbnail(episode, *limits),
        },
        headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=3600"},
    )


def _thumbnail(episode: Episode, maxwidth: int, maxheight: int) -> dict[str, str | int]:
    """The card where there is room for it, else the largest rendition of the artwork that fits."""
    show, artwork = episode.show, episode.artwork or episode.show.artwork
    fitting = [width for width in WIDTHS if width <= min(maxwidth, maxheight)]
    if maxwidth >= cards.WIDTH and maxheight >= cards.HEIGHT:
        url, width, height = f"{show.site_url}{cards.path_of(episode)}", cards.WIDTH, cards.HEIGHT
    elif artwork and fitting:
        url = absolute(show, rendition_url(artwork, fitting[-1]))
        width = height = min(fitting[-1], displayed_side(artwork))
    else:
        return {}
    return {"thumbnail_url": url, "thumbnail_width": width, "thumbnail_height": height}


def _slug_of(show: Show, url: str) -> str:
    """The first and only segment of an address on one of the show's hosts, else ""."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    site = urlsplit(show.site_url)
    if parts.scheme not in ("http", "https") or "\0" in unquote(parts.path):
        return ""
    if host != site.hostname and ("\0" in host or find_show(host) != show):
        return ""
    path = parts.path.removeprefix(site.path) if host == site.hostname else parts.path
    segment = re.fullmatch(r"/([^/]+)/?", path)
    return unquote(segment[1]) if segment else ""


def _whole(text: str) -> int:
    """A limit in pixels; without a sensible one there is none."""
    return int(text) if re.fullmatch(r"[1-9][0-9]{0,5}", text) else 1_000_000
