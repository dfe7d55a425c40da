"""Markdown from people -> HTML that is safe to put on a page. The only place that makes HTML from text."""

import re
from html import escape, unescape

import nh3
from django.utils.html import strip_tags
from django.utils.text import Truncator
from markdown_it import MarkdownIt

# CommonMark costs linear time for nearly everything, finding bare addresses the square of their number: what is
# longer than any real text, or full of addresses, stays plain.
LENGTH_LIMIT = 20_000
ADDRESS_LIMIT = 200

# Text without any of these is the same in Markdown and out of it; most link texts and descriptions are.
_MAY_BE_MARKDOWN = re.compile(r"[\\`*_~\[\]<>&!\"'\x00-\x1f\x7f-\xa0]|//|mailto:|  ")

_INLINE_TAGS = {"a", "em", "strong", "code", "s", "br"}
_BLOCK_TAGS = _INLINE_TAGS | {"p", "ul", "ol", "li", "blockquote", "pre", "h3", "h4", "h5", "h6", "hr"}
_ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}

_markdown = MarkdownIt("commonmark", {"html": False, "linkify": True, "breaks": True}).enable(
    ["linkify", "strikethrough"]
)
_markdown.disable("image")
assert _markdown.linkify is not None
_markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})
_unlinked = MarkdownIt("commonmark", {"html": False}).enable("strikethrough").disable(["image", "link", "autolink"])


def block_html(source: str) -> str:
    """Paragraphs, lists and the like; headings start at h3, below the page's own."""
    if not source.strip():
        return ""
    if _is_too_much(source):
        return f"<p>{escape(source)}</p>"
    tokens = _markdown.parse(source)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + 2, 6)}"
    return _clean(_markdown.renderer.render(tokens, _markdown.options, {}), _BLOCK_TAGS)


def inline_html(source: str) -> str:
    """One line, links allowed."""
    return _inline(_markdown, source, _INLINE_TAGS)


def label_html(source: str) -> str:
    """One line to stand inside a link: emphasis and code, never a link."""
    return _inline(_unlinked, source, _INLINE_TAGS - {"a"})


def excerpt(html: str, length: int = 200) -> str:
    """The first words of safe HTML as plain text in one line, at most `length` characters."""
    return Truncator(" ".join(unescape(strip_tags(html.replace("<br>", " "))).split())).chars(length)


def _inline(markdown: MarkdownIt, source: str, tags: set[str]) -> str:
    if not _MAY_BE_MARKDOWN.search(source):
        return source.strip()
    if _is_too_much(source):
        return escape(source)
    return _clean(markdown.renderInline(source), tags)


def _is_too_much(source: str) -> bool:
    return len(source) > LENGTH_LIMIT or source.count("//") > ADDRESS_LIMIT


def _clean(html: str, tags: set[str]) -> str:
    return nh3.clean(
        html, tags=tags, attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener nofollow"
    ).strip()
