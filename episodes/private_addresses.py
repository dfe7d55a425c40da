"""Addresses that only their writer can open: of a desk, or of a machine at home. Pasted by mistake, they leak."""

import re
from collections.abc import Collection, Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.db.models import Q

_HOSTS = ("localhost", ".localhost", ".local", ".lan", ".internal", ".home.arpa", ".test")
_DESKS = ("app.fireside.fm", "dashboard.transistor.fm", "studio.youtube.com", "mail.google.com")
_DESK_PATHS = ("/wp-admin", "/admin")
# A host without a dot, or a number.
_ODD_HOST = r"https?://([^/?#]*@)?(\[|[0-9.]+([:/?#]|$)|[^/?#.:]+([:/?#]|$))"

_URL = r"""https?://[^\s<>()\[\]"'`]*[^\s<>()\[\]"'`.,;:!?*_]"""
_IN_TEXT = re.compile(_URL, re.IGNORECASE)
_INLINE = re.compile(rf"""\[([^\]\n]*)\]\(\s*<?({_URL})>?(?:\s+["'][^"'\n]*["'])?\s*\)""", re.IGNORECASE)
_BARE = re.compile(rf"[ \t]?<?({_URL})>?", re.IGNORECASE)


def leads_behind_a_login(url: str) -> bool:
    """Whether nobody but whoever pasted it can open the address: a desk's own, or a machine at home."""
    try:
        parts = urlsplit(url)
        host, path = (parts.hostname or "").rstrip("."), parts.path.rstrip("/").lower()
    except ValueError:
        return False
    if not host or parts.scheme not in ("http", "https"):
        return False
    if host in _DESKS or host.endswith(_HOSTS) or not {".", ":"} & set(host):
        return True
    if any(path == desk or path.startswith(f"{desk}/") for desk in _DESK_PATHS):
        return True
    try:
        return not ip_address(host).is_global
    except ValueError:
        return False


def may_be_in(field: str) -> Q:
    """What a database can tell: every row whose text or address has one is among those that it finds."""
    found = Q(**{f"{field}__iregex": _ODD_HOST})
    for part in (*_DESKS, *_DESK_PATHS, *_HOSTS):
        found |= Q(**{f"{field}__icontains": part})
    # Most texts have no address at all, and are not looked at again.
    return Q(**{f"{field}__contains": "://"}) & found


def found_in(markdown: str) -> Iterator[str]:
    """Each as it is written there."""
    return filter(leads_behind_a_login, (match[0] for match in _IN_TEXT.finditer(markdown)))


def without(markdown: str, urls: Collection[str]) -> str:
    """The text without these addresses; the words of a link stay."""
    text = _INLINE.sub(lambda match: match[1] if match[2] in urls else match[0], markdown)
    return _BARE.sub(lambda match: "" if match[1] in urls else match[0], text)
