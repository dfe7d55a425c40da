"""Which show answers: the host decides, and a host that belongs to none is 404."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port

from lupcms.shows.models import Show

LOCALHOST = ".localhost"

GetResponse = Callable[[HttpRequest], HttpResponse]


def show_of_host(get_response: GetResponse) -> GetResponse:
    """Middleware: sets `request.show`, or answers 404. One query.

    The show is None only on a default host of an install without shows, where the admin must be reached.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        host, _ = split_domain_port(request.get_host())
        show = find_show(host)
        if show is None and host not in settings.DEFAULT_HOSTS:
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


def show_of(request: HttpRequest) -> Show:
    """The show that answers this request. Raises Http404 where there is none yet."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    if show is None:
        raise Http404("There is no show yet.")
    return show
