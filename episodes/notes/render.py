"""Notes -> the page. Every line that a page can have is spelled here, and only here."""

import re
from functools import lru_cache
from urllib.parse import quote

from episodes.notes.document import Credit, Link, Notes, Placement

# (version, width) of the player line; the identifiers are the host's own base64url.
PLAYER_WIDTHS = {"2": "740", "3": "100%"}
PLAYER_URL = re.compile(r"https://player\.fireside\.fm/v([23])/[A-Za-z0-9_-]{8}\+[A-Za-z0-9_-]{8}\?theme=dark")

NONE = "None"
PROMO_CODE = " Promo Code: "
DESCRIPTION = " — "

_SPECIAL = re.compile(r"[\\\[\]()]")
# RFC 3986 pchar: what a path segment may hold unescaped.
_TAG_SAFE = "-._~!$&'()*+,;=:@"


def render(notes: Notes) -> bytes:
    return "".join(render_sections(notes).values()).encode()


def render_sections(notes: Notes) -> dict[str, str]:
    """The page in parts, keyed like SECTIONS; joined they are the page."""
    site = notes.site_url
    return {
        "heading": _heading(notes),
        "about": f"## About this episode\n\n{notes.summary}\n\n",
        "people": "## Your hosts" + "".join("\n" + credit_line(c, site) for c in notes.credits) + "\n\n",
        "sponsors": f"## Sponsored by\n\n{'\n'.join(map(placement_line, notes.placements)) or NONE}\n\n\n\n",
        "links": f"## Episode links\n\n{_links(notes.links) or NONE}\n\n\n\n",
        "tags": "## Tags\n\n" + ", ".join(tag_link(name, site) for name in notes.tags),
    }


def player_line(url: str) -> str:
    """The player's frame; `url` must match PLAYER_URL."""
    match = PLAYER_URL.fullmatch(url)
    if match is None:
        raise ValueError(f"not a player address that a page can print: {url!r}")
    width = PLAYER_WIDTHS[match[1]]
    return f'<iframe src="{url}" width="{width}" height="200" frameborder="0" scrolling="no"></iframe>'


def credit_line(credit: Credit, site_url: str) -> str:
    return f"* [{credit.name}]({site_url}/{credit.role}s/{credit.slug})"


def placement_line(placement: Placement) -> str:
    url = escape(placement.url)
    line = f"  * [{placement.name}]({url})"
    if placement.words:
        line += f": [{placement.words}]({url})"
        if placement.promo_code:
            line += PROMO_CODE + placement.promo_code
    return line


def link_line(link: Link) -> str:
    """One link; several physical lines where its own title has them."""
    if not link.text:
        line = f"  * <{link.url}>"
    else:
        title = ""
        if link.title_kind == "text":
            title = f' "{escape(title_from_text(link.text))}"'
        elif link.title_kind == "own":
            title = f' "{escape(link.title)}"'
        line = f"  * [{link.text}]({escape(link.url)}{title})"
    return line + DESCRIPTION + link.description if link.description else line


def title_from_text(text: str) -> str:
    return text.rstrip(" ")


def tag_link(name: str, site_url: str) -> str:
    return f"[{name}]({site_url}/tags/{quote_tag(name)})"


@lru_cache(maxsize=1024)
def quote_tag(name: str) -> str:
    """The tag's name as a path segment: UTF-8, upper-case hex, all but RFC 3986 pchar escaped."""
    return quote(name, safe=_TAG_SAFE)


def escape(value: str) -> str:
    r"""Put one backslash before each of  \ [ ] ( )  and nothing else."""
    return _SPECIAL.sub(r"\\\g<0>", value)


def needs_blank_line(line: str) -> bool:
    """Whether a rendered link is followed by an empty line when another link follows (rule 3)."""
    _, newline, last = line.rpartition("\n")
    return bool(newline) and not last.startswith("    ")


def _heading(notes: Notes) -> str:
    acronym = f"{notes.acronym} " if notes.acronym else ""
    player = f"{player_line(notes.player_url)}\n\n" if notes.player_url else ""
    minutes, seconds = divmod(notes.duration_seconds, 60)
    return (
        f"# {acronym}{notes.number}: {notes.title}\n\n{player}"
        f"* Air Date: {notes.air_date.isoformat()}\n* Duration: {minutes} mins {seconds} secs\n\n"
    )


def _links(links: tuple[Link, ...]) -> str:
    lines = [link_line(link) for link in links]
    return "\n".join([line + "\n" if needs_blank_line(line) else line for line in lines[:-1]] + lines[-1:])
