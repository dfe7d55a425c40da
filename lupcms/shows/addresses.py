"""Addresses on a show's host: what may stand in one, and where an empty one leads."""

import copy

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseGone, HttpResponsePermanentRedirect
from django.urls import register_converter, resolve
from django.urls.converters import StringConverter
from django.utils.encoding import escape_uri_path, iri_to_uri

from lupcms.shows.hostnames import show_of
from lupcms.shows.models import OldPath
from lupcms.shows.paths import fold


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
    found = OldPath.objects.filter(show=show_of(request), path__iexact=request.path_info).order_by("pk")
    # Both letter cases may have been printed, and lead to different places.
    known = max(found, key=lambda old: old.path == request.path_info, default=None)
    if known is not None and known.status == OldPath.Status.GONE:
        return HttpResponseGone("This page was removed.\n", content_type="text/plain; charset=utf-8")
    if known is not None:
        return moved(request, known.target)
    path = fold(request.path_info)
    if path == request.path_info:
        raise Http404("Nothing was ever published at this address.")
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


def moved(request: HttpRequest, path: str) -> HttpResponse:
    """301 to a decoded path on this host, the query kept: `/001?t=810` leads to `/1?t=810`."""
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(escape_uri_path(path) + (f"?{iri_to_uri(query)}" if query else ""))
