"""The notes as feeds have them: as published, in the few tags that every podcast app can show."""

import re
from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

import nh3
from django.utils import translation
from django.utils.translation import gettext as _

from episodes.models import Episode, Link, Placement
from lupcms.shows.languages import interface_language

TAGS = {"p", "br", "a", "ul", "ol", "li", "strong", "em", "h3"}
# The summary stands before the first of them, and has none of its own.
HEADING = "<h3>"

_FOLLOWED = re.compile(r"(https?://[^\s/?#\\]|mailto:)[^\s\\\x00-\x20\x7f]*", re.IGNORECASE)
_HEADING = re.compile(r"<h[3-6]>(.*?)</h[3-6]>", re.DOTALL)
_CODE = re.compile(r"<pre><code>(.*?)</code></pre>", re.DOTALL)
_ANY_TAG = re.compile(r"<(/?)(\w+)[^>]*>")
# The beginning of a tag or an entity, at the end of a text.
_TORN = re.compile(r"(<[^>]*|&[^;\s]{0,10})\Z")
_UNLINKED = re.compile(r"<a>(.*?)</a>", re.DOTALL)


def feed_html(episode: Episode, placements: Iterable[Placement], links: Iterable[Link]) -> str:
    """Made of the HTML that is stored of each. Today's state of an offer is not looked at, nor is any page of ours."""
    with translation.override(interface_language(episode.show.language)):
        parts = [_summary(episode.summary_html), _sponsors(placements), _links(links)]
    return _UNLINKED.sub(r"\1", _cleaner.clean("\n".join(filter(None, parts))))


def kept_and_past(html: str, size: int) -> tuple[str, str]:
    """What of these notes stands within so many bytes of UTF-8, and what an app leaves out that reads no further.

    Both are whole HTML: a tag or an entity is not torn, and what is open at the cut is closed before it and opened
    again after it.
    """
    data = html.encode()
    if len(data) <= size:
        return html, ""
    end = len(_TORN.sub("", data[:size].decode(errors="ignore")))
    opened: list[str] = []
    for tag in _ANY_TAG.finditer(html[:end]):
        if tag[1]:
            opened.pop()
        elif tag[2] != "br":
            opened.append(tag[0])
    return _cleaner.clean(html[:end]), _cleaner.clean("".join(opened) + html[end:])


def is_absolute(url: str) -> bool:
    """Whether an app can follow it: http, https or mailto, whole and without blanks."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(_FOLLOWED.fullmatch(url) and (parts.hostname or parts.path))


def _only_absolute(_tag: str, _attribute: str, value: str) -> str | None:
    return value if is_absolute(value) else None


_cleaner = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}},
    attribute_filter=_only_absolute,
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)


def _summary(html: str) -> str:
    """Headings are strong paragraphs, code keeps its lines."""
    html = _HEADING.sub(r"<p><strong>\1</strong></p>", html)
    return _CODE.sub(lambda code: f"<p>{code[1].strip('\n').replace('\n', '<br>')}</p>", html)


def _sponsors(placements: Iterable[Placement]) -> str:
    items = "\n".join(map(_sponsor, placements))
    return f"{HEADING}{escape(_('Sponsored by'))}</h3>\n<ul>\n{items}\n</ul>" if items else ""


def _sponsor(placement: Placement) -> str:
    lines = [f"<strong>{_anchor(placement.url, escape(placement.name))}</strong>", placement.words_html]
    if placement.promo_code:
        lines.append(f"{escape(_('Promo code'))}: <strong>{escape(placement.promo_code)}</strong>")
    return f"<li>{'<br>'.join(filter(None, lines))}</li>"


def _links(links: Iterable[Link]) -> str:
    """A list under each topic heading; links before the first have a heading of ours."""
    lines: list[str] = []
    for link in links:
        if link.heading or not lines:
            lines += ["</ul>"] if lines else []
            lines += [f"{HEADING}{escape(link.heading or _('Episode links'))}</h3>", "<ul>"]
        parts = filter(None, [_anchor(link.url, link.text_html), link.description_html])
        lines.append(f"<li>{'<br>'.join(parts)}</li>")
    return "\n".join([*lines, "</ul>"]) if lines else ""


def _anchor(url: str, label: str) -> str:
    """A link, or both as text where no app can follow it."""
    if is_absolute(url):
        return f'<a href="{escape(url)}">{label or escape(url)}</a>'
    return " ".join(filter(None, [label, escape(url)]))
