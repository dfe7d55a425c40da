"""An address as somebody pasted it -> one that a notes page can print, what was mended, and what looks wrong."""

import re
from typing import NamedTuple
from urllib.parse import quote, urlsplit

from episodes.paste.tracking import without_tracking

# What a browser would run or read from its own machine: such an address never becomes a link.
NEVER = frozenset({"javascript", "data", "vbscript", "blob", "file", "about", "view-source"})

# `example.org`, `example.org:8080/x`: a host with a dot, and no scheme before it.
SCHEMELESS = re.compile(r"[^\W_](?:[\w-]*[^\W_])?(?:\.[^\W_](?:[\w-]*[^\W_])?)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#].*)?")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
# Browsers pass over these wherever they stand, so `java\tscript:` runs.
_IGNORED = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE = re.compile(r'[\s"<>]')
_SAME_START = re.compile(r"https?://(?:www\.)?([^/?#]*)", re.IGNORECASE)


class Mended(NamedTuple):
    """`doubts` are reasons to look twice; `remarks` only say what was done."""

    url: str
    doubts: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def printable(url: str) -> Mended:
    """As a notes page can print it, and otherwise as it is."""
    url = _IGNORED.sub("", url).strip()
    if not _UNPRINTABLE.search(url):
        return Mended(url)
    remark = "Blanks and quotation marks in the address are written as %20 and the like now."
    return Mended(_UNPRINTABLE.sub(lambda match: quote(match[0]), url), remarks=(remark,))


def mend(pasted: str) -> Mended:
    url, _, printed = printable(pasted)
    remarks = list(printed)
    whole = with_scheme(url)
    if whole != url:
        remarks.append(f"{whole.removesuffix(url)} was missing.")
        url = whole
    url, dropped = without_tracking(url)
    if dropped:
        remarks.append(f"Tracking taken off: {', '.join(dict.fromkeys(dropped))}.")
    return Mended(url, tuple(_doubts(url)), tuple(remarks))


def with_scheme(url: str) -> str:
    """With https in front of what begins with a host, as `example.org/a` and `//example.org/a` do; else as it is."""
    if url.startswith("//"):
        return f"https:{url}"
    return f"https://{url}" if SCHEMELESS.fullmatch(url) else url


def end_of_address(text: str, start: int, last: int, also: str = "") -> int:
    """Where it ends in a Markdown link: at a blank or one of `also`, at the closing bracket that it did not open.

    At `last` in any case.
    """
    depth, index = 0, start
    while index < last and not text[index].isspace() and text[index] not in also:
        if text[index] == "\\":
            index += 1
        elif text[index] in "()":
            depth += 1 if text[index] == "(" else -1
            if depth < 0:
                break
        index += 1
    return min(index, last)


def can_be_linked(url: str) -> bool:
    return bool(url) and scheme_of(url) not in NEVER


def scheme_of(url: str) -> str:
    match = _SCHEME.match(url)
    return match[1].lower() if match else ""


def key(url: str) -> str:
    """The same for addresses that lead to one place: without scheme, `www.` and a slash at the end."""
    match = _SAME_START.match(url)
    if match is None:
        return url
    rest, hash_sign, fragment = url[match.end() :].partition("#")
    return match[1].lower() + rest.removesuffix("/") + hash_sign + fragment


def spellings(url: str) -> set[str]:
    """The few ways in which an address of the web that leads to the same page is likely to be stored."""
    match = _SAME_START.match(url)
    if match is None:
        return {url}
    host, rest = match[1].lower(), url[match.end() :]
    ends = {end for whole in (rest, rest.partition("#")[0]) for end in (whole, *_other_slash(whole))}
    starts = [f"{scheme}://{www}{host}" for scheme in ("https", "http") for www in ("", "www.")]
    return {url} | {start + end for start in starts for end in ends}


def _other_slash(rest: str) -> list[str]:
    """After a query a slash means something."""
    if "?" in rest or "#" in rest:
        return []
    return [rest[:-1] if rest.endswith("/") else f"{rest}/"]


def _doubts(url: str) -> list[str]:
    scheme = scheme_of(url)
    if not url:
        return ["There is no address."]
    if scheme in NEVER:
        return [f"{scheme}: runs or opens something on the listener’s own machine: it cannot be a link."]
    if scheme == "mailto":
        return []
    if not scheme:
        return ["This is no whole address: it says a page, and not on which site."]
    if scheme not in ("http", "https"):
        return [f"{scheme}: is no address of the web: it will be shown as text."]
    return _doubts_of_site(url)


def _doubts_of_site(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", None
    if "." not in host.strip(".") and ":" not in host:
        return ["This address names no site that listeners could reach."]
    if parts and (parts.username or parts.password):
        return ["There is a name or a password in this address."]
    return []
