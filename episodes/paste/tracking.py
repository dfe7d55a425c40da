"""What an address carries only to tell somebody who followed it. docs/producing.md has the list, and a test holds it.

Short on purpose. A parameter by which somebody earns (`tag`, `ref`, `aff`) is none of these.
"""

import re
from urllib.parse import unquote, urlsplit

PARAMETERS = frozenset(
    """
    fbclid gclid gbraid wbraid dclid msclkid twclid ttclid yclid igshid igsh mc_cid mc_eid _hsenc _hsmi mkt_tok ref_src
    """.split()
)
PREFIX = "utm_"
# Elsewhere these names may mean anything.
ON_SITES = {"si": ("youtu.be", "youtube.com", "spotify.com")}

_PARTS = re.compile(r"(?s)([^?#]*)(\?[^#]*)?(#.*)?")


def without_tracking(url: str) -> tuple[str, list[str]]:
    """The address, everything else in it byte for byte, and the names that were taken off."""
    match = _PARTS.fullmatch(url)
    if match is None or not match[2]:
        return url, []
    site, kept, dropped = _site(url), [], []
    for part in match[2][1:].split("&"):
        name = unquote(part.partition("=")[0]).lower()
        if _is_tracking(name, site):
            dropped.append(name)
        else:
            kept.append(part)
    if not dropped:
        return url, []
    return match[1] + ("?" + "&".join(kept) if kept else "") + (match[3] or ""), dropped


def _is_tracking(name: str, site: str) -> bool:
    if name in ON_SITES:
        return any(f".{site}".endswith(f".{known}") for known in ON_SITES[name])
    return name.startswith(PREFIX) or name in PARAMETERS


def _site(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
