"""Paths on a show's host, without a database: words that belong to built-in pages, and how a path is stored."""

from collections.abc import Mapping
from urllib.parse import unquote

# First segments that built-in pages use, now or later.
RESERVED = frozenset(
    """
    .well-known about admin api apple-touch-icon articles calendar chapters contact corrections desk embed
    episodes feed feeds favicon go guests healthz hosts i18n inbox index json links live llms login logout manifest
    media metrics network oembed opml page people podcast preview robots rss search shows sitemap sponsors
    static subscribe tags transcripts
    """.split()
)

# Below these no old path is looked for.
_CLOSED = frozenset({"admin", "media"})


def fold(path: str) -> str:
    """Without doubled slashes and those at the end, a built-in first segment in lower case: `//Tags/x/` is `/tags/x`.

    It begins with one slash, so it never leads to another host.
    """
    first, *rest = [segment for segment in path.split("/") if segment] or [""]
    if first.lower() in RESERVED:
        first = first.lower()
    return "/" + "/".join([first, *rest])


def tidy(path: str) -> str:
    """As an old path is stored: decoded and folded, without query and fragment. `/a%20b/?t=1` is `/a b`.

    A path that is decoded already stays what it is, but for an encoded sign in it.
    """
    return fold(unquote(path.partition("#")[0].partition("?")[0]))


def is_built_in(path: str) -> bool:
    """Whether a built-in page stands at this folded path, now or later, so that no old path is ever asked for there.

    Below one, at `/episodes/a-title`, an old path may stand: the page is looked for first.
    """
    first, _, rest = path[1:].partition("/")
    return first in _CLOSED or (not rest and (not first or first.lower() in RESERVED))


def followed(path: str, ways: Mapping[str, str]) -> str:
    """Where one gets to from `path` along `ways`; where they go round, the last one before they begin anew."""
    seen = {path}
    while path in ways and ways[path] not in seen:
        path = ways[path]
        seen.add(path)
    return path
