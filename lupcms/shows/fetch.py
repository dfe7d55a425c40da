"""Asking an address that somebody typed, from the server (docs/decisions/0015-what-the-server-asks-for.md).

Only public addresses of the internet are spoken to, at the very address that was looked at; every redirect is looked at
anew. No cookie, no credentials, no proxy, and nobody waits longer than they said.
"""

import re
import socket
import ssl
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPResponse
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from time import monotonic
from typing import Any, Self
from urllib.parse import quote, urlencode, urljoin, urlsplit

from django.conf import settings

REDIRECTS = 5
# What a name may resolve to, of which each is tried.
ADDRESSES = 4
PORTS = {"http": 80, "https": 443}

# Where hosts of the internet are: not in NAT64, nor in what IPv6 once meant for sites (RFC 4291, section 2.4).
_UNICAST = IPv6Network("2000::/3")
# What `is_global` lets pass, at least in one of the Pythons that lupcms runs on: 6to4, whose addresses have others
# inside (RFC 3056), and its relays; the IETF's own; documentation (RFC 9637).
_NO_HOSTS = [ip_network(network) for network in ("2002::/16", "192.88.99.0/24", "192.0.0.0/24", "3fff::/20")]
# Public by the book, and in its cloud the way to what only machines there may know.
_AZURE = ip_address("168.63.129.16")

_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")


class Unreachable(Exception):  # noqa: N818 (it reads as what it says)
    """Nothing was got. The text says why, as a clause: “its address is not public”."""


@dataclass(frozen=True, slots=True)
class Answer:
    # Where the redirects led.
    url: str
    status: int
    headers: HTTPMessage
    # Its beginning, as long as was asked for.
    body: bytes

    @property
    def media_type(self) -> str:
        """`text/html`, or "" where the answer does not say."""
        return self.headers.get_content_type() if self.headers.get("Content-Type") else ""


@dataclass(frozen=True, slots=True)
class _Target:
    """An address taken apart. Raises Unreachable where it is none that is asked."""

    url: str
    scheme: str
    # As the network knows it: ASCII, without a dot at its end; an IPv6 address without brackets.
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, url: str) -> Self:
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").removesuffix("."), parts.port
        except ValueError:
            raise Unreachable("it is no address of the web") from None
        if _FORBIDDEN.search(url) or parts.scheme not in PORTS or not host or "%" in host:
            raise Unreachable("it is no address of the web")
        if "@" in parts.netloc:
            raise Unreachable("its address has a user name in it, and lupcms signs in nowhere")
        path = quote(f"{parts.path or '/'}{parts.query and f'?{parts.query}'}", safe="/%?:@!$&'()*+,;=~-._[]|")
        return cls(url, parts.scheme, _ascii(host), port or PORTS[parts.scheme], path)

    @property
    def host_header(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def after(self, location: str) -> "_Target":
        """Where a redirect leads. Servers write UTF-8 there, which http.client takes for Latin-1."""
        with suppress(UnicodeError):
            location = location.encode("latin-1").decode()
        try:
            target = _Target.of(urljoin(self.url, location))
        except ValueError:
            raise Unreachable("it leads to what is no address") from None
        if (self.scheme, target.scheme) == ("https", "http"):
            raise Unreachable("it leads from https to http, where browsers do not follow either")
        return target


def fetch(
    url: str,
    *,
    seconds: float,
    limit: int = 0,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    types: tuple[str, ...] = (),
) -> Answer:
    """The answer with at most `limit` bytes of its body, all within `seconds`; of another type than `types` none.

    With a `form` it is a POST, which follows no redirect. Any status is an answer. Raises Unreachable.
    """
    if not settings.ASK_OTHER_SERVERS:
        raise Unreachable("asking other servers is switched off here")
    target, end = _Target.of(url), monotonic() + seconds
    for _ in range(REDIRECTS + 1):
        with _answer(target, end, form, headers or {}) as response:
            location = response.headers.get("Location")
            if form is not None or response.status not in (301, 302, 303, 307, 308) or not location:
                return _read(target, response, limit, types)
        target = target.after(location)
    raise Unreachable("it leads from one address to the next, and to no end")


def why_not(address: IPv4Address | IPv6Address, port: int) -> str:
    """Why this address is not spoken to at this port, or ""."""
    if port not in PORTS.values():
        return f"only ports 80 and 443 are asked, and not {port}"
    return "" if is_public(address) else "its address is not public"


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether it is a host on the internet, and not one that only this machine or its network can reach."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address not in _UNICAST:
            return False
    if address == _AZURE or any(address in network for network in _NO_HOSTS):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _ascii(host: str) -> str:
    """The name as IDNA writes it; a name that IDNA 2003 would take for another (ß, full-width digits) is none."""
    if host.isascii():
        return host
    try:
        name = host.encode("idna")
        if name.decode("idna") == host:
            return name.decode()
    except UnicodeError:
        pass
    raise Unreachable("its name cannot be looked up: write it in ASCII, as xn--…")


@contextmanager
def _answer(
    target: _Target, end: float, form: Mapping[str, str] | None, headers: Mapping[str, str]
) -> Iterator[HTTPResponse]:
    """One question, and the beginning of its answer. Whatever goes wrong meanwhile is Unreachable."""
    try:
        with closing(_connected(target, end)) as raw, _hung_up_at(end, raw):
            connection = HTTPConnection(target.host, target.port)
            connection.sock = raw
            if target.scheme == "https":
                connection.sock = _tls().wrap_socket(raw, server_hostname=target.host)
            with closing(connection):
                sent = {"Host": target.host_header, "User-Agent": "lupcms", "Connection": "close", **headers}
                if form is not None:
                    sent["Content-Type"] = "application/x-www-form-urlencoded"
                body = urlencode(form) if form is not None else None
                connection.request("GET" if form is None else "POST", target.path, body, sent)
                with connection.getresponse() as response:
                    yield response
            # Who is hung up on may have been read to what looks like the end.
            if monotonic() >= end:
                raise TimeoutError
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(_reason(error, end)) from error


def _read(target: _Target, response: HTTPResponse, limit: int, types: tuple[str, ...]) -> Answer:
    answer = Answer(target.url, response.status, response.headers, b"")
    if not limit:
        return answer
    if types and answer.media_type not in types:
        raise Unreachable(f"what is there is {answer.media_type[:100] or 'of no type'}")
    if response.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Unreachable("it answers compressed, though it was asked not to")
    return Answer(target.url, response.status, response.headers, response.read(limit))


def _connected(target: _Target, end: float) -> socket.socket:
    """To the first of its addresses that takes the connection; each gets its share of the time."""
    found = _resolved(target, end)
    for tried, (family, kind, protocol, _, address) in enumerate(found, 1):
        raw = socket.socket(family, kind, protocol)
        try:
            raw.settimeout(_left(end) / (1 + len(found) - tried))
            raw.connect(address)
        except OSError:
            raw.close()
            if tried == len(found):
                raise
        else:
            raw.settimeout(_left(end))
            break
    return raw


def _resolved(target: _Target, end: float) -> list[Any]:
    """What `socket.getaddrinfo` says. The host is asked for once; one address that is refused is enough."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        asked = pool.submit(socket.getaddrinfo, target.host, target.port, type=socket.SOCK_STREAM)
        found = asked.result(_left(end))
    except (socket.gaierror, UnicodeError):
        raise Unreachable("there is no server of this name") from None
    finally:
        pool.shutdown(wait=False)
    for *_, sockaddr in found:
        if reason := why_not(ip_address(str(sockaddr[0]).partition("%")[0]), target.port):
            raise Unreachable(reason)
    return found[:ADDRESSES]


@contextmanager
def _hung_up_at(end: float, connected: socket.socket) -> Iterator[None]:
    """A server that sends one byte a second keeps every single read short."""
    # The copy stays valid under TLS.
    with closing(connected.dup()) as watched:
        timer = Timer(_left(end), _hang_up, [watched])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _hang_up(connected: socket.socket) -> None:
    with suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)


def _left(end: float) -> float:
    """Never none at all: 0 would be a socket that does not wait."""
    return max(0.01, end - monotonic())


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _reason(error: Exception, end: float) -> str:
    if isinstance(error, TimeoutError) or monotonic() >= end:
        return "it did not answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not good ({error.verify_message})"
    if isinstance(error, ssl.SSLError):
        return "no secure connection to it can be made"
    if isinstance(error, OSError):
        return (error.strerror or "it hung up").lower()
    return "its answer cannot be understood"
