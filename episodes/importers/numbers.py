"""Which number an item has, and its title without it.

A link says it best, then the tags for it, then the title: titles have other numbers in them too.
"""

import re
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from episodes.importers.fields import folded_number
from episodes.notes import checks

_NUMBER = r"[0-9]{1,5}(?:\.[0-9]{1,3})?"
# The longest first. With French, Spanish, Dutch and Swedish ones.
_WORD = r"(?:episodes|episodio|episode|épisode|aflevering|avsnitt|folge|number|ep|no|nr)"
_LAST_SEGMENT = re.compile(rf"(?:{_WORD}[-_]?)?({_NUMBER})", re.IGNORECASE)
# `/2021/06` and `/2021/06/14` are days.
_DATED = re.compile(r"/(?:19|20)[0-9]{2}(?:/[0-9]{1,2}){1,2}/?$")
# What a page of the web has at its end, and an episode's address here has not.
_ENDING = re.compile(r"\.(?:html?|php|aspx?)$", re.IGNORECASE)
_SEASON = re.compile(r"s[0-9]", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]")


# What is longer is no name, and PostgreSQL's index does not take it.
_SLUG_MAX = 200


class Title(NamedTuple):
    """The number that a title prints, and the rest; `is_named` where a word or a sign says that it is a number."""

    number: str
    rest: str
    is_named: bool


class Titles:
    """Titles of one show, which may print its name and acronym beside the number."""

    def __init__(self, show_title: str, acronym: str) -> None:
        escaped = [re.escape(name) for name in (show_title, acronym) if name]
        show = rf"(?:{'|'.join(escaped)})" if escaped else "(?!)"
        sign = rf"(?:{_WORD}(?:\b|(?=[0-9]))\.?\s*#?|#|№\s*)"
        season = r"(?:s(?:eason\s*|taffel\s*)?[0-9]+\s*[,.:–—-]?\s*(?:episode|folge|ep?)\.?\s*)"
        number = rf"(?P<number>{_NUMBER})"
        named = rf"(?P<named>{show}\s*[,:|–—-]?\s*{sign}?\s*|{sign}\s*|{season})"
        tail = rf"(?P<named>{show}\s*[,:–—-]?\s*{sign}?|{sign}|{season})\s*{number}"
        after = r"[ \t]+(?P<rest>[^ \t].*)"
        self._forms = [
            re.compile(form, re.IGNORECASE | re.DOTALL)
            for form in (
                rf"{named}?{number}\s*[:.|–—-]{after}",
                rf"(?P<rest>.*\S)\s*(?:[|–—·,]|\s-)\s*{tail}",
                rf"(?P<rest>.*\S)\s*[(\[]\s*{tail}\s*[)\]]",
                # These may only look so: “E10: fuel”, “(500) days of rope”, “No. 9 Dream”, “We are #1”.
                rf"e{number}\s*[:.|–—-]{after}",
                rf"[(\[]?{number}[)\]]{after}",
                rf"(?:{show}[ -]?|{sign}){number}[ \t]+(?P<rest>[^\W\d_].*)",
                rf"(?P<rest>.*[^\s:,])[:,]?[ \t]+#{number}",
            )
        ]
        full = re.escape(show_title) if show_title else "(?!)"
        self._show = re.compile(
            rf"{full}\s*[:|–—-]\s+(?P<first>\S.*)|(?P<last>.*\S)\s*(?:[|–—·]|\s-)\s*{full}", re.IGNORECASE | re.DOTALL
        )

    def read(self, title: str) -> Title | None:
        """None where no number stands at either end of it as shows print theirs."""
        for form in self._forms:
            if found := form.fullmatch(title):
                named = found.groupdict().get("named") or ""
                # `S02E05` prints no number with a zero, but the fifth of a season.
                number = folded_number(found["number"]) if _SEASON.match(named) else found["number"]
                return Title(number, found["rest"], bool(named))
        return None

    def without_show(self, title: str) -> str:
        """A title that prints the show’s beside its own, without it; any other as it is."""
        found = self._show.fullmatch(title)
        return (found["first"] or found["last"]) if found else title


def same(one: str, other: str) -> bool:
    """Whether two spellings are one number: 001 and 1."""
    return folded_number(one) == folded_number(other)


def number_of_link(link: str) -> str:
    """`650` of …/650 and …/episodes/650; "" of a day's address and of any other."""
    path = _path(link)
    if _DATED.search(path) or not (last := _LAST_SEGMENT.fullmatch(_last_segment(path))):
        return ""
    return last[1]


def slug_of_link(link: str) -> str:
    """How the address ends, where that can be a number here; "" where it is a day's, or says nothing in words."""
    last = _last_segment(_path(link))
    if len(last) > _SLUG_MAX:
        return ""
    try:
        checks.number(last)
    except ValueError:
        return ""
    return last if _LETTERS.search(last) or number_of_link(link) else ""


def number_of_tag(text: str) -> str:
    """Of podcast:episode and itunes:episode; 0 is what hosts write for none."""
    found = re.fullmatch(_NUMBER, text.strip())
    return found[0] if found and folded_number(found[0]) != "0" else ""


def path_of(address: str) -> str:
    """Decoded, with a slash in front; "" where it leads to no page of its own."""
    path = _path(address)
    return path if path.strip("/") and "\0" not in path else ""


def host_of(address: str) -> str:
    """In lower case and without `www.`, which is one site with or without it; "" for what is no address of the web."""
    try:
        parts = urlsplit(address)
        return (parts.hostname or "").removeprefix("www.") if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _path(address: str) -> str:
    try:
        return unquote(urlsplit(address).path, errors="replace")
    except ValueError:
        return ""


def _last_segment(path: str) -> str:
    return _ENDING.sub("", path.rstrip("/").rpartition("/")[2])
