"""Addresses of feeds, and of what programs read: RSS, JSON Feed, OPML, and one episode as JSON.

The tag of an answer is a digest of its bytes, so it changes whenever they do, whatever the reason. As bytes it is a
strong one; a compressed answer is other bytes, and Django weakens the tag of that, which costs nobody a 304.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from episodes import network
from episodes.feeds import episode_json, json_feed, opml, podcast_rss
from episodes.feeds.content import (
    channel_of,
    channel_of_all,
    episodes_of,
    items_of,
    last_written_at,
    part_of,
    transcripts_without_cues,
)
from episodes.feeds.document import Channel, Item, last_change
from episodes.models import Episode, Tag
from hosts.models import HostName
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.hostnames import show_of
from lupcms.shows.models import Show

RSS = "application/rss+xml; charset=utf-8"
JSON_FEED = "application/feed+json; charset=utf-8"
JSON = "application/json; charset=utf-8"
OPML = "text/x-opml; charset=utf-8"


def for_programs(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """GET and HEAD, compressed where asked, readable by pages of other sites, and never kept without asking again."""

    @require_safe
    @gzip_page
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        response["Cache-Control"] = "no-cache"
        return response

    return wrapped


@for_programs
def rss(request: HttpRequest) -> HttpResponse:
    """The show's feed, or where it has moved; on the network's host, that of all shows."""
    if request.show is None:  # type: ignore[attr-defined]
        return _of_all_shows(request)
    show = _show_with_feed(request)
    if show.feed_moved_to:
        return HttpResponsePermanentRedirect(iri_to_uri(show.feed_moved_to))
    episodes = episodes_of(show.episodes.all())
    return _rss(request, channel_of(show, episodes), items_of(episodes))


@for_programs
def network_rss(request: HttpRequest) -> HttpResponse:
    return moved(request, "/rss") if request.show is None else _of_all_shows(request)  # type: ignore[attr-defined]


@for_programs
def tag_rss(request: HttpRequest, name: str) -> HttpResponse:
    """The feed of a tag, at the address of its page: an alias and another letter case lead to it."""
    show = _show_with_feed(request)
    tag = Tag.objects.answering(show, name)
    episodes = episodes_of(show.episodes.tagged(tag)) if tag else []
    if not tag or not episodes:
        return elsewhere(request)
    if tag.name != name:
        return moved(request, f"/rss/tags/{tag.name}")
    return _rss(request, part_of(show, episodes, tag.get_absolute_url(), tag.name), items_of(episodes))


@for_programs
def host_rss(request: HttpRequest, slug: str) -> HttpResponse:
    """The feed of what somebody takes part in, at the address of their page, where their other slugs lead."""
    show = _show_with_feed(request)
    known = HostName.objects.filter(show=show).select_related("host").spelled(slug)
    if known is None:
        return elsewhere(request)
    episodes = episodes_of(show.episodes.filter(pk__in=known.host.credits.values("episode")))
    if not episodes:
        return elsewhere(request)
    first = HostName.objects.main(show).get(host=known.host)
    if first.slug != slug:
        return moved(request, f"/rss/hosts/{first.slug}")
    channel = part_of(show, episodes, first.get_absolute_url(), first.name or first.slug)
    response = _rss(request, channel, items_of(episodes))
    if known.host.is_hidden:
        response.headers["X-Robots-Tag"] = "noindex"
    return response


@for_programs
def old_rss(request: HttpRequest) -> HttpResponse:
    return moved(request, "/rss")


@for_programs
def json(request: HttpRequest) -> HttpResponse:
    show = _show_with_feed(request)
    episodes = episodes_of(show.episodes.all())
    items = items_of(episodes)
    return _answer(request, json_feed.render(channel_of(show, episodes), items), JSON_FEED, last_change(items))


@for_programs
def shows_opml(request: HttpRequest) -> HttpResponse:
    return _answer(request, opml.render(settings.SITE_NAME, network.shows()), OPML, None)


@for_programs
def episode(request: HttpRequest, slug: str) -> HttpResponse:
    show = show_of(request)
    episodes = show.episodes.published()
    found = episodes.for_page().prefetch_related("chapters", transcripts_without_cues()).filter(slug=slug).first()
    if found is None:
        folded = episodes.folded(slug)
        return moved(request, f"{folded.get_absolute_url()}.json") if folded else elsewhere(request)
    return _answer(request, episode_json.render(found), JSON, found.last_changed_at)


def _of_all_shows(request: HttpRequest) -> HttpResponse:
    """Where all shows have a page they have a feed."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    shows = [each for each in network.shows() if each.site_url]
    if settings.NETWORK_URL:
        home_url, feed_url = f"{settings.NETWORK_URL}/", f"{settings.NETWORK_URL}/rss"
    elif show is not None and show.site_url and len(shows) > 1:
        home_url, feed_url = f"{show.site_url}/network", f"{show.site_url}/network/rss"
    else:
        raise Http404("There is no feed of all shows.")
    episodes = episodes_of(Episode.objects.exclude(show__site_url=""))
    return _rss(request, channel_of_all(feed_url, home_url, shows), items_of(episodes, of_all_shows=True))


def _rss(request: HttpRequest, channel: Channel, items: Sequence[Item]) -> HttpResponse:
    response = _answer(request, podcast_rss.render(channel, items), RSS, last_change(items))
    return _with_hub(response, channel.hub_url, channel.feed_url)


def _answer(request: HttpRequest, body: bytes, content_type: str, changed_at: datetime | None) -> HttpResponse:
    """200, or 304 where the asker has it. One query.

    A moment says less than the tag. It is of the last change of an episode or of anything at the desk, because what is
    deleted or renamed there changes a feed too; and while the second of it lasts, there may be another change in it.
    """
    moments = [at for at in (changed_at, last_written_at()) if at is not None]
    last = max(moments, default=None)
    modified = int(last.timestamp()) if last and timezone.now() - last > timedelta(seconds=1) else None
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": etag}
    if modified is not None:
        headers["Last-Modified"] = http_date(modified)
    response = HttpResponse(body, content_type=content_type, headers=headers)
    return get_conditional_response(request, etag, modified, response) or response


def _with_hub(response: HttpResponse, hub_url: str, feed_url: str) -> HttpResponse:
    """Where a hub is told of changes, by WebSub (https://www.w3.org/TR/websub/#discovery)."""
    if hub_url:
        response["Link"] = f'<{iri_to_uri(hub_url)}>; rel="hub", <{iri_to_uri(feed_url)}>; rel="self"'
    return response


def _show_with_feed(request: HttpRequest) -> Show:
    show = show_of(request)
    if not show.site_url:
        raise Http404("The show has no site URL to begin an address with.")
    return show
