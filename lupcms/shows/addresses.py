"""Addresses on a show's host: what may stand in one, and where an empty one leads."""

import copy

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.urls import register_converter, resolve
from django.urls.converters import StringConverter
from django.utils.encoding import escape_uri_path, iri_to_uri

from lupcms.shows.hostnames import GetResponse, home_of, is_networks_host, show_of
from lupcms.shows.models import OldPath, Show
from lupcms.shows.paths import fold, is_built_in


class SegmentConverter(StringConverter):
    """One segment of a path. A NUL is in no address, and not every database can look for one."""

    regex = r"[^/\0]+"


class RestConverter(StringConverter):
    """The rest of a path, slashes and all, for names that may have some."""

    regex = r"[^\0]+"


register_converter(SegmentConverter, "segment")
register_converter(RestConverter, "rest")


def elsewhere(request: HttpRequest) -> HttpResponse:
    """The answer where nothing is: an old path's, else a redirect to the folded address if something is there.

    Views call it after the exact address was looked for. Raises Http404. One query, and those of the folded page.
    """
    show = show_of(request)
    known = OldPath.objects.filter(show=show).answering(request.path_info)
    if known is not None:
        return _as_known(request, known, show)
    path = fold(request.path_info)
    if path == request.path_info:
        way = _as_networks_print(request, path, Show.objects.filter(pk=show.pk))
        if way is None:
            raise Http404("Nothing was ever published at this address.")
        return way
    folded = copy.copy(request)
    folded.path = folded.path_info = path
    match = resolve(path)
    answer: HttpResponse = match.func(folded, *match.args, **match.kwargs)
    if answer.status_code != 200:
        return answer
    way = moved(request, path)
    # Who may keep the page, or hear of it, may as much of the way to it.
    for name in ("Cache-Control", "X-Robots-Tag", "Referrer-Policy"):
        if name in answer:
            way[name] = answer[name]
    return way


def moved(request: HttpRequest, path: str, home: str = "") -> HttpResponse:
    """301 to a decoded path on this host or at the `home` of a show, the query kept: `/001?t=810` to `/1?t=810`."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(home + escape_uri_path(path) + (f"?{iri_to_uri(query)}" if query else ""))


def network_knows_old_paths(get_response: GetResponse) -> GetResponse:
    """Middleware: what is nothing on the network's own host leads to the one show on which it was something.

    At most six queries, and only for what would be 404.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 404 or not is_networks_host(request):
            return response
        return _on_a_show(request) or response

    return middleware


def _on_a_show(request: HttpRequest) -> HttpResponse | None:
    path, shows = fold(request.path_info), Show.objects.public()
    if "\0" in path or is_built_in(path):
        return None
    old_paths = OldPath.objects.filter(show__in=shows).select_related("show")
    known = old_paths.answering(request.path_info)
    if known is None and path != request.path_info:
        known = old_paths.answering(path)
    return _as_networks_print(request, path, shows) if known is None else _as_known(request, known, known.show)


def _as_networks_print(request: HttpRequest, path: str, shows: QuerySet[Show]) -> HttpResponse | None:
    """`/show/<slug of a show>`, and below it the address of an episode. At most four queries, for others none."""
    first, _, rest = path[1:].partition("/")
    slug, _, word = rest.partition("/")
    show = shows.filter(slug__iexact=slug).first() if first.lower() == "show" and slug else None
    if show is None:
        return None
    if not word:
        return _moved_to(request, show, "/")
    episodes = show.episodes.published()
    episode = episodes.filter(slug=word).first() or episodes.folded(word)
    if episode is not None:
        return _moved_to(request, show, f"/{episode.slug}")
    known = OldPath.objects.filter(show=show).answering(f"/{word}")
    return None if known is None else _as_known(request, known, show)


def _as_known(request: HttpRequest, known: OldPath, show: Show) -> HttpResponse:
    if known.status == OldPath.Status.GONE:
        return HttpResponseGone("This page was removed.\n", content_type="text/plain; charset=utf-8")
    return _moved_to(request, show, known.target)


def _moved_to(request: HttpRequest, show: Show, path: str) -> HttpResponse:
    """On the show's own host it stays there. Raises Http404 where the show has no address."""
    if request.show == show:  # type: ignore[attr-defined]
        return moved(request, path)
    home = home_of(show, request)
    if not home:
        raise Http404("The show has no address of its own.")
    return moved(request, path, home)
