"""Telling a show's WebSub hub that its feed has changed (https://www.w3.org/TR/websub/), so that apps need not ask.

The hub's address comes from an owner's form: only public addresses of the internet are spoken to, at the very address
that was looked at, without following a redirect. Nobody who saves waits longer than `SECONDS`.
"""

import logging
import socket
import ssl
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from functools import partial
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from threading import Timer
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.db import transaction
from django.tasks import task
from django.utils import timezone

from episodes.models import Episode
from lupcms.shows.models import Show

# For everything: the name, the connection, the answer.
SECONDS = 3
# Before the second, third … time; only a backend that can wait tries again.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180)]

# Where hosts of the internet are: not in NAT64, nor in what IPv6 once meant for sites (RFC 4291, section 2.4).
_UNICAST = IPv6Network("2000::/3")
# Public by the book, and in its cloud the way to what only machines there may know.
_AZURE = ip_address("168.63.129.16")

logger = logging.getLogger(__name__)


class HubError(Exception):
    """The hub was not reached, or did not want to know. The text says why."""


def changed(show: Show) -> None:
    """The show's feed says something else now. Call it after the commit."""
    if show.hub_url and show.feed_url:
        ping.enqueue(show.hub_url, show.feed_url)


def show_saved(sender: type[Show], instance: Show, created: bool, raw: bool = False, **_: Any) -> None:
    """Receiver: what a show says of itself stands in its feed."""
    if not created and not raw:
        transaction.on_commit(partial(changed, instance), robust=True)


def tell_of_the_newest(minutes: int) -> int:
    """Tell the hubs of shows on which an episode became public in the last minutes; returns how many shows."""
    now = timezone.now()
    new = Episode.objects.in_feed(now).filter(published_at__gt=now - timedelta(minutes=minutes))
    shows = Show.objects.exclude(hub_url="").exclude(site_url="").filter(pk__in=new.values("show"))
    for show in shows:
        changed(show)
    return len(shows)


@task
def ping(hub_url: str, feed_url: str, attempt: int = 0) -> None:
    try:
        tell(hub_url, feed_url)
    except HubError as reason:
        logger.warning("The hub at %s was not told: %s", urlsplit(hub_url).netloc.rpartition("@")[2], reason)
        if attempt < len(PAUSES) and ping.get_backend().supports_defer:
            later = ping.using(run_after=timezone.now() + PAUSES[attempt])
            later.enqueue(hub_url, feed_url, attempt + 1)


def tell(hub_url: str, feed_url: str) -> None:
    """One POST. Raises HubError."""
    try:
        parts = urlsplit(hub_url)
        host, port = parts.hostname or "", parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (KeyError, ValueError):
        raise HubError("its address is none of http or https") from None
    body = urlencode({"hub.mode": "publish", "hub.url": feed_url})
    try:
        status = _post(parts.scheme, host, port, f"{parts.path or '/'}{parts.query and f'?{parts.query}'}", body)
    except (OSError, HTTPException, ValueError) as error:
        raise HubError(str(error) or type(error).__name__) from error
    if not 200 <= status < 300:
        raise HubError(f"it answered {status}")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is a host on the internet, and not one that only this machine or its network can reach."""
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved and address != _AZURE


def _post(scheme: str, host: str, port: int, path: str, body: str) -> int:
    """The status of the answer, whose body nobody reads."""
    deadline = monotonic() + SECONDS
    address = _resolve(host, port)
    raw = socket.create_connection((address, port), timeout=max(0.1, deadline - monotonic()))
    # A hub that sends one byte a second keeps every single read short. The copy stays valid under TLS.
    watched = raw.dup()
    end = Timer(deadline - monotonic(), _hang_up, [watched])
    end.daemon = True
    end.start()
    try:
        context = ssl.create_default_context()
        with raw if scheme == "http" else context.wrap_socket(raw, server_hostname=host) as connected:
            connection = HTTPConnection(host, port)
            connection.sock = connected
            named = host if port == {"http": 80, "https": 443}[scheme] else f"{host}:{port}"
            headers = {
                "Host": f"[{host}]" if ":" in host else named,
                "Content-Type": "application/x-www-form-urlencoded",
                "User-Agent": "lupcms",
                "Connection": "close",
            }
            connection.request("POST", path, body, headers)
            return connection.getresponse().status
    finally:
        end.cancel()
        watched.close()
        raw.close()


def _resolve(host: str, port: int) -> str:
    """The address to speak to, as numbers. OSError where any of the host's addresses is not public."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        found = pool.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(SECONDS)
    finally:
        pool.shutdown(wait=False)
    addresses = [str(sockaddr[0]).partition("%")[0] for *_, sockaddr in found]
    if not addresses or not all(is_public(ip_address(address)) for address in addresses):
        raise OSError("its address is not public")
    return addresses[0]


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
