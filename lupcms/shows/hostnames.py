"""Which show answers: the host decides, and a host that belongs to none is 404. And where another show is seen."""

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
)
from django.http.request import split_domain_port

from lupcms.shows.models import Show

LOCALHOST = ".localhost"

GetResponse = Callable[[HttpRequest], HttpResponse]


def show_of_host(get_response: GetResponse) -> GetResponse:
    """Middleware: sets `request.show`, or answers 404. One query, for a host that is not known two.

    With `www.` where the known host has none, or without, it is another name of that: 301, the path and query kept.

    The show is None on the network's own host, and on a default host of an install without shows, where the admin
    must be reached.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        host, _ = split_domain_port(request.get_host())
        show = find_show(host)
        if show is None and host not in settings.DEFAULT_HOSTS and host != network_host():
            if known := _known_by_its_other_name(host):
                return _moved_to_host(request, known)
            return HttpResponseNotFound("No show lives at this address.\n", content_type="text/plain; charset=utf-8")
        request.show = show  # type: ignore[attr-defined]
        return get_response(request)

    return middleware


def find_show(host: str) -> Show | None:
    """The show at `host`, a lower-case name without port. One query."""
    if host in settings.DEFAULT_HOSTS:
        shows = Show.objects.order_by("pk")
        return (shows.filter(slug=settings.DEFAULT_SHOW) if settings.DEFAULT_SHOW else shows).first()
    if host.endswith(LOCALHOST):
        return Show.objects.filter(slug__iexact=host.removesuffix(LOCALHOST)).first()
    return Show.objects.filter(hostname=host).first()


def host_of(show: Show) -> str:
    """Where its pages answer, also while it has no host of its own."""
    return show.hostname or f"{show.slug}{LOCALHOST}"


def other_name(host: str) -> str:
    """`www.tide.example` for `tide.example`, and the other way round: people print either."""
    return host.removeprefix("www.") if host.startswith("www.") else f"www.{host}"


def _known_by_its_other_name(host: str) -> str:
    other = other_name(host)
    return other if other == network_host() or Show.objects.filter(hostname=other).exists() else ""


def _moved_to_host(request: HttpRequest, host: str) -> HttpResponse:
    _, port = split_domain_port(request.get_host())
    scheme = "https" if settings.SECURE_SSL_REDIRECT else request.scheme
    return HttpResponsePermanentRedirect(f"{scheme}://{host}{f':{port}' if port else ''}{request.get_full_path()}")


def network_host() -> str:
    """The host of the network's page, "" where none is configured."""
    return urlsplit(settings.NETWORK_URL).hostname or ""


def is_networks_host(request: HttpRequest) -> bool:
    """Whether the network itself is asked, and no show that has its host."""
    return request.show is None and split_domain_port(request.get_host())[0] == network_host()  # type: ignore[attr-defined]


def home_of(show: Show, request: HttpRequest) -> str:
    """Where the pages of `show` are seen from here, without a slash at the end.

    On a machine under the name of localhost that is <slug>.localhost, so that a demo never leads into the world;
    anywhere else its own host, or its site URL where that is served by somebody else. "" where it has neither.
    """
    host, port = split_domain_port(request.get_host())
    if host.endswith(LOCALHOST) or host in ("localhost", "127.0.0.1", "[::1]"):
        host = f"{show.slug}{LOCALHOST}"
    elif show.hostname:
        host = show.hostname
    else:
        return show.site_url
    return f"{request.scheme}://{host}{f':{port}' if port else ''}"


def show_of(request: HttpRequest) -> Show:
    """The show that answers this request. Raises Http404 where there is none yet."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    if show is None:
        raise Http404("No show answers here.")
    return show
