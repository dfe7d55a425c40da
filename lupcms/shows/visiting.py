"""What lupcms answers a visitor at an address of ours, asked in this process: nothing is sent over the network."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import SplitResult, unquote_to_bytes, urljoin, urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.core.signals import request_finished
from django.db import close_old_connections
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri

from lupcms.shows.hostnames import LOCALHOST, host_of, network_host, other_name
from lupcms.shows.models import Show

# As many as browsers follow, who then speak of a loop.
STEPS = 20
# No press of a link is counted: it is no browser.
_AGENT = "lupcms check_addresses"


class Ask(NamedTuple):
    """On this host of ours, this path as it is printed."""

    host: str
    path: str
    query: str

    def __str__(self) -> str:
        return f"{self.host}{self.path}{self.query and '?'}{self.query}"


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is the last one; each of `way` is where a redirect led. A redirect to elsewhere ends the way."""

    status: int
    way: tuple[str, ...] = ()
    is_loop: bool = False

    @property
    def is_wrong(self) -> bool:
        """Not there, or broken. What was removed on purpose is neither."""
        return self.is_loop or (self.status >= 400 and self.status != 410)


@dataclass(frozen=True)
class Visitor:
    """Knows which hosts are ours: those of shows, of their site URLs and of the network, and `others` that are mapped.

    `others` are former hosts, and the host of ours that each leads to, path by path. One query.
    """

    others: Mapping[str, str] = field(default_factory=dict)

    def ask_for(self, address: str) -> Ask | None:
        """What a visitor asks who follows this address; None where it leads to others."""
        parts = _split(address)
        if parts is None or not parts.hostname:
            return None
        name = parts.hostname.removesuffix(".")
        name = self.others.get(name, name)
        if name not in self._homes and other_name(name) in self._homes:
            return Ask(name, parts.path or "/", parts.query)
        for begins, host in self._homes.get(name, ()):
            if parts.path == begins or parts.path.startswith(f"{begins}/"):
                return Ask(host, parts.path.removeprefix(begins) or "/", parts.query)
        return None

    def follow(self, ask: Ask) -> Answer:
        """Along redirects for as long as they stay with us."""
        way: list[str] = []
        while True:
            status, location = self._answer(ask)
            if not location:
                return Answer(status, tuple(way))
            url = urljoin(f"https://{ask.host}{ask.path}", location)
            way.append(url)
            following = self.ask_for(url)
            if following is None:
                return Answer(status, tuple(way))
            if len(way) == STEPS:
                return Answer(status, tuple(way), is_loop=True)
            ask = following

    def _answer(self, ask: Ask) -> tuple[int, str]:
        """Status and, where it is a redirect, where to."""
        scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        environ: dict[str, Any] = {
            "HTTP_HOST": ask.host,
            "HTTP_USER_AGENT": _AGENT,
            "PATH_INFO": unquote_to_bytes(ask.path).decode("latin-1"),
            "QUERY_STRING": iri_to_uri(ask.query),
            "wsgi.url_scheme": scheme,
        }
        setup_testing_defaults(environ)
        response = self._handler.get_response(WSGIRequest(environ))
        if response.streaming:
            _close(response)
        return response.status_code, response.get("Location", "") if 300 <= response.status_code < 400 else ""

    @cached_property
    def _handler(self) -> WSGIHandler:
        return WSGIHandler()

    @cached_property
    def _homes(self) -> dict[str, list[tuple[str, str]]]:
        """By name of the host: how paths of ours begin there, longest first, and the host that answers to them."""
        homes: dict[str, set[tuple[str, str]]] = {}
        for show in Show.objects.all():
            answering = host_of(show)
            site = urlsplit(show.site_url)
            homes.setdefault(answering, set()).add(("", answering))
            homes.setdefault(f"{show.slug}{LOCALHOST}", set()).add(("", f"{show.slug}{LOCALHOST}"))
            if site.hostname and site.hostname != show.hostname:
                homes.setdefault(site.hostname, set()).add((site.path, answering))
        if network_host():
            homes[network_host()] = {("", network_host())}
        return {name: sorted(found, key=lambda home: -len(home[0])) for name, found in homes.items()}


@contextmanager
def quiet() -> Iterator[None]:
    """Without a line in the log for each address that is not there."""
    logger = logging.getLogger("django.request")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _close(response: HttpResponseBase) -> None:
    """A file that nobody reads. The connection to the database is the caller's, and stays open."""
    request_finished.disconnect(close_old_connections)
    try:
        response.close()
    finally:
        request_finished.connect(close_old_connections)


def _split(address: str) -> SplitResult | None:
    try:
        return urlsplit(address)
    except ValueError:
        return None
