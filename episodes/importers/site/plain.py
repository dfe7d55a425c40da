"""Plain text -> Markdown that shows it as it is."""

import re
from html import unescape

from episodes.paste.rows import literal
from lupcms.shows.markdown import block_html

_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
# How a line begins that is a heading, a quotation, or an item of a list.
_BLOCK = re.compile(r"^(\d{0,9})([-+#>=.)])", re.MULTILINE)
_INDENTED = re.compile(r"^[ \t]+", re.MULTILINE)
_TAG = re.compile(r"<[^>]*>")
# What plain text may turn into: paragraphs, line breaks, and addresses that can be followed.
_HARMLESS = re.compile(r"</?p>|<br>|<a href=[^>]*>|</a>")


def as_markdown(text: str) -> str:
    """As few backslashes as it takes: most texts need none, and then differ in nothing from a notes page's."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _is_shown(text, text):
        return text
    flat = _INDENTED.sub("", text)
    inline = literal(flat)
    tries = (flat, inline, _BLOCK.sub(r"\1\\\2", inline))
    return next((one for one in tries if _is_shown(one, text)), _PUNCTUATION.sub(r"\\\g<0>", flat))


def _is_shown(markdown: str, text: str) -> bool:
    """Markdown by accident has other words than its source, or other elements."""
    html = block_html(markdown)
    words = unescape(_TAG.sub("", html.replace("<br>", " "))).split()
    return not _TAG.search(_HARMLESS.sub("", html)) and words == text.split()
