"""What pages are called, for links that somebody pasted: as Markdown, for `Link.text`.

Everything that is read here may be hostile.
"""

import codecs
import re
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from django.utils.text import Truncator
from lxml import etree, html

from episodes.paste.rows import literal
from lupcms.shows.fetch import Unreachable, fetch

# For all addresses together.
SECONDS = 6
ADDRESSES = 30
AT_ONCE = 8
# Of a page: its title stands in its head.
BYTES = 256 * 1024
LENGTH = 200
TYPES = ("text/html", "application/xhtml+xml")

# What pages are written in, by the names of https://encoding.spec.whatwg.org/ that Python knows too.
_ENCODING = re.compile(
    r"utf-?8|utf-16(?:le|be)?|us-ascii|latin1|iso-8859-(?:[1-9]|1[013-6])|windows-125[0-8]|koi8-[ru]|gb18030|gbk|gb2312|big5"
    r"|euc-(?:jp|kr)|shift_jis|iso-2022-jp",
    re.IGNORECASE,
)
_BOMS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16le", codecs.BOM_UTF16_BE: "utf-16be"}
_META = re.compile(rb"""<meta[^>]{1,200}charset\s*=\s*["']?\s*([\w-]{1,40})""", re.IGNORECASE)
# Signs that are no text but steer it, but for those that join letters (Persian) and emoji.
_STEERING = {"Cc", "Cf", "Cs", "Co", "Cn"}
_JOINERS = "\u200c\u200d"
# What would begin another link inside of a link's text, and what would end it on a notes page (`](`).
_BRACKETS = re.compile(r"[\[\]]|(?<=\])\(")


def titles_of(urls: Iterable[str]) -> dict[str, str]:
    """Of the first `ADDRESSES` addresses, in their order; what cannot be read or has no title is left out."""
    asked = list(dict.fromkeys(urls))[:ADDRESSES]
    end = monotonic() + SECONDS
    with ThreadPoolExecutor(AT_ONCE) as pool:
        titles = pool.map(lambda url: _title_at(url, end), asked)
    return {url: title for url, title in zip(asked, titles, strict=True) if title}


def title_of(page: bytes, charset: str = "") -> str:
    """As plain text in one line; `charset` is what the server says. "" where the page has none."""
    try:
        text = _decoded(page, charset).replace("\0", "").encode()
        tree = html.document_fromstring(text, html.HTMLParser(encoding="utf-8"))
    except (etree.LxmlError, ValueError):
        return ""
    found = tree.xpath("//meta[@property='og:title']/@content | //meta[@name='og:title']/@content")
    # The title of a page, and not of a picture in it.
    found += ["".join(title.itertext()) for title in tree.iter("title") if title.getparent().tag != "svg"]
    return next(filter(None, map(_in_one_line, found)), "")


def markdown_of(text: str) -> str:
    """Markdown that reads as this text."""
    return _BRACKETS.sub(r"\\\g<0>", literal(text))


def _title_at(url: str, end: float) -> str:
    try:
        answer = fetch(url, seconds=end - monotonic(), limit=BYTES, types=TYPES)
    except Unreachable:
        return ""
    charset = answer.headers.get_content_charset("")
    return markdown_of(title_of(answer.body, charset)) if answer.status == 200 else ""


def _decoded(page: bytes, charset: str) -> str:
    """As browsers do: a byte order mark, then the header, then the page itself; else UTF-8, or what Windows wrote."""
    declared = _META.search(page[:4096])
    named = [*(name for bom, name in _BOMS.items() if page.startswith(bom)), charset]
    if declared:
        # A page that can say so in ASCII is none of UTF-16.
        named.append(re.sub("(?i)utf-16.*", "utf-8", declared[1].decode()))
    encoding = next(filter(_ENCODING.fullmatch, named), "")
    if not encoding:
        encoding = "utf-8" if _is_utf_8(page) else "cp1252"
    elif re.fullmatch("us-ascii|latin1|iso-8859-1", encoding, re.IGNORECASE):
        encoding = "cp1252"
    return page.decode(encoding, "replace")


def _is_utf_8(page: bytes) -> bool:
    """Also where it was cut within a character."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(page)
    except UnicodeDecodeError:
        return False
    return True


def _in_one_line(text: str) -> str:
    kept = "".join(
        sign
        for sign in unicodedata.normalize("NFC", " ".join(text.split()))
        if sign in _JOINERS or unicodedata.category(sign) not in _STEERING
    )
    return Truncator(" ".join(kept.replace("\ufffd", "").split())).chars(LENGTH)[:LENGTH]
