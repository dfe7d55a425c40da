"""Measurement prefixes: addresses of who counts downloads, put before the address of the audio."""

import re
from typing import NamedTuple

# Host and path of each, as its maker prints it; what is different for every show is in it as a pattern.
_KNOWN = (
    r"(?:www\.|dts\.)?podtrac\.com/(?:pts/)?redirect\.(?:mp3|m4a|mp4|ogg)",
    r"play\.podtrac\.com/[^/]+",
    r"(?:www\.)?(?:chtbl\.com|chrt\.fm)/track/[^/]+(?=/)",
    r"pdst\.fm/e",
    r"mgln\.ai/(?:e/[^/.]+|e|track/[^/]+)",
    r"(?:www\.)?op3\.dev/e(?:,[^/]*)?",
    r"(?:pscrb\.fm|verifi\.podscribe\.com)/rss/p",
    r"arttrk\.com/p/[^/]+",
    r"prfx\.byspotify\.com/e",
    r"(?:www\.)?claritaspod\.com/measure",
    r"(?:tracking\.)?swap\.fm/track/[^/]+",
    r"[0-9]\.gum\.fm",
    r"pfx\.vpixl\.com/[^/]+",
    r"pfx\.veritonicmetrics\.com/[^/]+",
    r"pdcn\.co/e",
    r"pdrl\.fm/[^/.]+",
    r"r\.zen\.ai/r",
    r"media\.blubrry\.com/[^/]+(?:/p)?",
    r"growx\.podkite\.com/https/[^/]+",
)
_PREFIX = re.compile(rf"(?:https?(?:://|%3A%2F%2F))?(?:{'|'.join(_KNOWN)})/", re.IGNORECASE)
# What must be left: a host and a path, with a scheme or without.
_ADDRESS = re.compile(
    r"(https?)(?:://|%3A%2F%2F)(?=[^/]+/.)|(?=[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}(?::[0-9]+)?/.)", re.IGNORECASE
)


class Taken(NamedTuple):
    """The address of the audio itself, and all that stood before it: ("", url) put together are what was written."""

    prefix: str
    url: str


def without_prefixes(url: str) -> Taken:
    """A chain of prefixes is one. What is no known prefix stays, and so does the scheme that is written at the end."""
    at = 0
    scheme = url.partition("://")[0]
    while found := _PREFIX.match(url, at):
        at = found.end()
    rest = _ADDRESS.match(url, at) if at else None
    if rest is None:
        return Taken("", url)
    if rest[1]:
        return Taken(url[:at], f"{rest[1]}://{url[rest.end() :]}")
    return Taken(url[:at], f"{scheme}://{url[at:]}")
