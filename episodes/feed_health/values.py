"""What single values mean: addresses, dates, UUIDs, seconds, HTML."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from episodes.feed_health.vocabulary import OPTIONAL_END, VOID_TAGS

_DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
_DATE = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?[0-9]{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [0-9]{4} "
    r"[0-9][0-9]:[0-9][0-9](?::[0-9][0-9])? ([+-][0-9]{4}|[A-Z]{1,4})"
)
_ZONES = {"GMT", "UT", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "Z"}
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>().]+")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:-]*)([^<>]*)>")


def shown(text: str, limit: int = 60) -> str:
    """A value in a message."""
    return f"“{text if len(text) <= limit else text[: limit - 1] + '…'}”"


def size(text: str) -> int:
    return len(text.encode("utf-8", errors="replace"))


def scheme_of(url: str) -> str:
    """ "" where the address is not absolute."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme in ("http", "https") and not parts.netloc:
        return ""
    return parts.scheme


def is_https(url: str) -> bool:
    return scheme_of(url) == "https" and not re.search(r"\s", url)


def path_ending(url: str) -> str:
    """`mp3`; "" where the path has no ending."""
    name = urlsplit(url).path.rpartition("/")[2] if scheme_of(url) else ""
    return name.rpartition(".")[2].lower() if "." in name else ""


def is_uuid(text: str) -> bool:
    return bool(_UUID.fullmatch(text))


def uuid_version(text: str) -> int | None:
    return uuid.UUID(text).version


def is_email(text: str) -> bool:
    return bool(_EMAIL.fullmatch(text))


def moment(text: str) -> datetime | None:
    """The moment of a date as RFC 2822 writes it; None where it is none."""
    found = _DATE.fullmatch(text)
    if not found or (found[2].isalpha() and found[2] not in _ZONES):
        return None
    try:
        date = parsedate_to_datetime(text.replace(" Z", " +0000"))
        # "-0000" comes without a zone, and is UTC.
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def date_fault(text: str) -> str:
    """What is wrong with a date, and what to do; "" where nothing is."""
    date = moment(text)
    if date is None:
        return f"The date {shown(text)} is not of the form “Sun, 01 Nov 2026 20:00:00 +0000”: write it so."
    found = _DATE.fullmatch(text)
    assert found is not None
    if found[1] and found[1] != _DAYS[date.weekday()]:
        return f"The date {shown(text)} was a {_DAYS[date.weekday()]}, not a {found[1]}: correct the day of the week."
    if found[2] not in ("GMT", "UT") and found[2].isalpha():
        return f"The date {shown(text)} names its zone, which parsers guess at: write an offset like -0800."
    return ""


def seconds(text: str) -> float | None:
    """`3661`, `1:01:01`, `61:01`, with a fraction or without; None for anything else."""
    if not re.fullmatch(r"([0-9]{1,6}:){0,2}[0-9]{1,9}(\.[0-9]{1,9})?", text):
        return None
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total


@dataclass(frozen=True)
class Fragment:
    """Tags with their attributes, and the end tags and open tags that have no partner."""

    tags: list[tuple[str, dict[str, str]]]
    unbalanced: list[str]
    text: str

    def urls(self) -> list[str]:
        return [
            value.strip()
            for _, attributes in self.tags
            for name, value in attributes.items()
            if name in ("href", "src", "action", "poster", "data", "cite")
        ]


def fragment(html: str) -> Fragment:
    parser = etree.HTMLParser(encoding="utf-8", recover=True, no_network=True, huge_tree=False, remove_comments=True)
    clean = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f]", "", html).encode("utf-8", errors="replace")
    root: Any = etree.fromstring(b"<html><body><div>" + clean + b"</div></body></html>", parser)
    found = [e for e in ([] if root is None else root.iter()) if isinstance(e.tag, str)]
    tags = [(str(e.tag).lower(), {str(k).lower(): str(v) for k, v in e.attrib.items()}) for e in found[3:]]
    return Fragment(tags, _unbalanced(html), "" if root is None else "".join(root.itertext()))


def _unbalanced(html: str) -> list[str]:
    html = _without_comments(html)
    stack: list[str] = []
    wrong = []
    for ends, name, rest in _TAG.findall(html):
        name = name.lower()
        if not ends:
            if name not in VOID_TAGS and not rest.endswith("/"):
                stack.append(name)
            continue
        while stack and stack[-1] != name and stack[-1] in OPTIONAL_END and name in stack[-20:]:
            stack.pop()
        if stack and stack[-1] == name:
            stack.pop()
        elif name not in VOID_TAGS:
            wrong.append(f"</{name}>")
    wrong += [f"<{name}>" for name in stack if name not in OPTIONAL_END]
    return wrong + re.findall(r"<[/!a-zA-Z][^<>]{0,20}", _TAG.sub("", html))


def _without_comments(html: str) -> str:
    start, *rest = html.split("<!--")
    return start + "".join(part.partition("-->")[2] if "-->" in part else part for part in rest)
