"""RSS as hosts write it -> entries, one item in memory at a time.

A document that is not well-formed is damaged somewhere, and a forgiving parser carries the damage on to all that
follows. So the text is cut at its items first, and each is parsed alone: strictly, and only where that fails mended and
parsed again. What happened then is among its doubts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from lxml import etree

from episodes.feed_health.reading import (
    MAX_ITEMS,
    UnreadableError,
    checked_text,
    children,
    first,
    parser,
    text_of,
    too_many_items,
    without_control,
)
from episodes.feed_health.vocabulary import LEGACY_PODCAST, NAMESPACES
from episodes.formats import chapters as formats
from episodes.formats.problems import FormatError
from episodes.importers import values
from episodes.importers.chapters import chapters_of
from episodes.importers.feeds.document import Audio, Entry, File, Person, Said
from episodes.importers.record import Chapter, Source
from lupcms.shows.categories import CATEGORIES, SEPARATOR

FIRESIDE = "http://fireside.fm/modules/rss/fireside"
MEDIA = "http://search.yahoo.com/mrss/"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
# What a prefix means where the feed forgot to say it.
_USUAL = NAMESPACES | {"fireside": FIRESIDE, "media": MEDIA, "dc": DUBLIN_CORE}


def _bare(uri: str) -> str:
    """Hosts write addresses of namespaces with other letter cases, schemes and slashes."""
    return uri.strip().lower().partition("://")[2].rstrip("/")


_CANONICAL = {_bare(uri): uri for uri in _USUAL.values()} | {
    _bare(LEGACY_PODCAST): NAMESPACES["podcast"],
    "podcastindex.org/namespace/1.0/": NAMESPACES["podcast"],
    "podlove.org/simple-chapters/": NAMESPACES["psc"],
}
_CDATA = re.compile(r"<!\[CDATA\[(.*?)(?:\]\]>|\Z)", re.DOTALL)
_TOKEN = re.compile(rb"<!\[CDATA\[|<!--|<(/?)item(?=[\s/>])[^<>]*>")
# One item's text or comment has no end and runs on into the next item.
_RUNS_ON = re.compile(rb"</item\s*>\s*<item[\s>]")
_START = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)((?:\s[^<>]*)?)>")
_XMLNS = re.compile(r"""\sxmlns:([\w.-]+)\s*=\s*["']([^"'<>]*)["']""")
_ATTRIBUTE = re.compile(r"""(?<![\w:.-])([\w:.-]+)\s*=\s*("[^"<]*"|'[^'<]*'|[^\s"'<>]+?)(?=\s|/?>)""")
_TAG = re.compile(r"<[A-Za-z][^<>]*>")
_BARE_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#[0-9]{1,7};|#x[0-9a-fA-F]{1,6};)")
_CHARACTER = re.compile(r"&#(x[0-9a-fA-F]{1,6}|[0-9]{1,7});")
# Elements that have text and nothing else, where hosts forget to escape.
_LEAF = re.compile(
    r"<(title|link|guid|pubDate|author|category|description|copyright|content:encoded|podcast:(?:person|episode|season|guid)"
    r"|itunes:(?:title|author|subtitle|summary|duration|keywords|explicit|episode|season|episodeType)"
    r"|dc:(?:creator|date)|fireside:(?:playerURL|playerEmbedCode))(\s[^<>]*[^<>/]|)>"
)


@dataclass(frozen=True, slots=True)
class _Piece:
    start: int
    end: int
    line: int


class Rss:
    """Raises UnreadableError for what is no RSS, and where it would not be safe to read it."""

    source = Source.RSS

    def __init__(self, data: bytes) -> None:
        text, faults = checked_text(data)
        self.doubts = [fault.text for fault in faults]
        text = without_control(text)
        self._refuse_what_is_something_else(text)
        self._data = text.encode("utf-8", errors="replace")
        del text
        self._pieces = list(self._cut())
        if len(self._pieces) > MAX_ITEMS:
            raise too_many_items()
        self._opening = self._opened()
        self.said = self._channel()

    def __len__(self) -> int:
        return len(self._pieces)

    def entries(self) -> Iterator[Entry]:
        for number, piece in enumerate(self._pieces, 1):
            text = self._data[piece.start : piece.end].decode()
            wrapped, doubts = self._parsed(text, piece.line, "item")
            item = wrapped.find("item")
            place = f"item {number}"
            if item is None:
                yield Entry(place, doubts=("Nothing in it can be read: look at the feed there.",))
            else:
                yield _entry(place, item, doubts)

    def _refuse_what_is_something_else(self, text: str) -> None:
        start = _START.search(re.sub(r"<!--.*?-->|<\?.*?\?>", "", text[:20_000], flags=re.DOTALL))
        name = start[2].lower() if start else ""
        if name in ("rss", "rdf", "channel", "item"):
            return
        if name == "html" or re.match(r"\s*<!doctype html", text[:1000], re.IGNORECASE):
            raise UnreadableError(
                "This is a web page, and no feed: give the address of the feed, which often ends in /rss."
            )
        if name == "feed" and "youtube.com/" in text[:20_000]:
            raise UnreadableError(
                "This is the feed of a YouTube channel: it has the newest videos only, and no audio. Look for the "
                "show’s RSS feed at its podcast host."
            )
        if name == "feed":
            raise UnreadableError("This is an Atom feed, and podcasts are in RSS: look for the show’s RSS feed.")
        raise UnreadableError(
            f"This is no RSS: it begins with <{name}>, and should with <rss>."
            if name
            else "This is no feed: it has no tags. Look at what the address answers."
        )

    def _cut(self) -> Iterator[_Piece]:
        """Where the items are. One without an end ends where the next begins, or the feed does."""
        data, at, line, counted = self._data, 0, 1, 0
        ends = {b"]]>": 0, b"-->": 0}
        begun: int | None = None

        def piece(start: int, end: int) -> _Piece:
            nonlocal line, counted
            line += data.count(b"\n", counted, start)
            counted = start
            return _Piece(start, end, line)

        def end_of(mark: bytes, start: int) -> int:
            """Each end is looked for once, however many begin before it."""
            if ends[mark] <= start:
                found = data.find(mark, start)
                ends[mark] = len(data) + 1 if found < 0 else found + len(mark)
            return ends[mark]

        while found := _TOKEN.search(data, at):
            at = found.end()
            if data.startswith(b"<!", found.start()):
                is_comment = found[0] == b"<!--"
                end = end_of(b"-->" if is_comment else b"]]>", at)
                # Whole comments may hold items that somebody took out; whole texts never do.
                is_whole = is_comment and end <= len(data)
                runs_on = None if is_whole else _RUNS_ON.search(data, at, min(end, len(data)))
                # The end that it has is another one's.
                at = runs_on.start() if runs_on else min(end, len(data))
                continue
            if begun is not None:
                yield piece(begun, found.end() if found[1] else found.start())
            begun = None if found[1] or found[0].endswith(b"/>") else found.start()
        if begun is not None:
            self.doubts.append("The feed breaks off in the middle of its last item: fetch it again.")
            yield piece(begun, len(data))
        elif b"</rss" not in data[-2000:] and b"</rdf:RDF" not in data[-2000:]:
            self.doubts.append("The feed has no end, and may have had more items: fetch it again.")

    def _opened(self) -> str:
        """A start tag that knows the prefixes of this feed, by the addresses that the specifications give."""
        head = self._data[: self._pieces[0].start if self._pieces else len(self._data)].decode(errors="replace")
        known = dict(_USUAL)
        for prefix, uri in _XMLNS.findall(head[:100_000]):
            known[prefix] = _CANONICAL.get(_bare(uri), uri)
        return "<_ " + " ".join(f'xmlns:{prefix}="{escape(uri)}"' for prefix, uri in known.items() if uri) + ">"

    def _channel(self) -> Said:
        """All that stands around the items."""
        kept, at = [], 0
        for piece in self._pieces:
            kept.append(self._data[at : piece.start])
            at = piece.end
        text = b"".join([*kept, self._data[at:]]).decode(errors="replace")
        begins = re.search(r"<channel(?:\s[^<>]*)?>", text)
        ends = text.rfind("</channel")
        inner = text[begins.end() if begins else 0 : ends if ends > 0 else len(text)]
        if not begins:
            inner = re.sub(r"<\?xml[^<>]*>|</?(?:rss|rdf:RDF)\b[^<>]*>", "", inner)
        wrapped, doubts = self._parsed(inner, 1, "channel")
        self.doubts += doubts
        said, more = _said(wrapped)
        self.doubts += more
        return said

    def _parsed(self, text: str, line: int, what: str) -> tuple[Any, tuple[str, ...]]:
        try:
            return etree.fromstring(f"{self._opening}{text}</_>".encode(), parser(recover=False)), ()
        except etree.XMLSyntaxError as wrong:
            at = line + (wrong.lineno or 1) - 1
            # Its second line is what stands there, and its end a line that counts from this item.
            why = (wrong.msg or "").partition("\n")[0].partition(", line ")[0]
            doubt = f"The XML of this {what} is not well-formed at line {at} ({why}) and was mended: look at it."
        closed = text if what != "item" or re.search(r"</item\s*>\s*$", text) else f"{text}</item>"
        root = etree.fromstring(f"{self._opening}{_mended(closed)}</_>".encode(), parser())
        return (etree.Element("_") if root is None else root), (doubt,)


def _mended(text: str) -> str:
    """With the faults repaired that hosts make: signs and markup that should be escaped, attributes without quotes."""
    kept, at, looked = [], 0, 0
    endless: set[str] = set()
    while leaf := _LEAF.search(text, looked):
        name, attributes = leaf.groups()
        looked = leaf.end()
        end = None if name in endless else re.compile(rf"</{name}\s*>").search(text, looked)
        if end is None:
            endless.add(name)
            continue
        body = escape(_meant(text[looked : end.start()]), quote=False)
        kept += [_escaped(text[at : leaf.start()]), f"{_quoted(f'<{name}{attributes}>')}{body}</{name}>"]
        at = looked = end.end()
    return "".join([*kept, _escaped(text[at:])])


def _meant(body: str) -> str:
    """The text of an element, whose raw tags were meant as HTML."""
    text, at = [], 0
    for section in _CDATA.finditer(body):
        text += [_unescaped(body[at : section.start()]), section[1]]
        at = section.end()
    return _storable("".join([*text, _unescaped(body[at:])]))


def _unescaped(text: str) -> str:
    return text if _TAG.search(text) else unescape(text)


def _storable(text: str) -> str:
    return without_control(text).replace("\0", "")


def _escaped(text: str) -> str:
    parts = []
    at = 0
    for section in _CDATA.finditer(text):
        parts += [_outside(text[at : section.start()]), f"<![CDATA[{section[1]}]]>"]
        at = section.end()
    return "".join([*parts, _outside(text[at:])])


def _outside(text: str) -> str:
    return _TAG.sub(lambda tag: _quoted(tag[0]), _amended(text)).replace("]]>", "]]&gt;")


def _amended(text: str) -> str:
    """With entities that only HTML knows as their characters, and other ampersands escaped."""
    text = re.sub(
        r"&([A-Za-z][A-Za-z0-9]{1,30});",
        lambda one: one[0] if one[1] in ("amp", "lt", "gt", "quot", "apos") else escape(unescape(one[0])),
        text,
    )
    text = _CHARACTER.sub(lambda one: one[0] if _is_character(one[1]) else " ", text)
    return _BARE_AMPERSAND.sub("&amp;", text)


def _is_character(code: str) -> bool:
    number = int(code[1:], 16) if code.startswith("x") else int(code)
    return number in (9, 10, 13) or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000


def _quoted(tag: str) -> str:
    def quoted(found: re.Match[str]) -> str:
        value = found[2] if found[2][0] in "\"'" else f'"{found[2]}"'
        return f"{found[1]}={value[0]}{_amended(value[1:-1])}{value[0]}"

    return _ATTRIBUTE.sub(quoted, tag)


def _text(parent: Any, name: str) -> str:
    return values.trimmed(text_of(first(parent, name)))


def _html(parent: Any, name: str) -> str:
    """Also where the markup was written without escaping it, as XML allows."""
    element = first(parent, name)
    if element is None or not len(element):
        return values.trimmed(text_of(element))
    inner = "".join(etree.tostring(child, encoding="unicode", method="html", with_tail=True) for child in element)
    return values.trimmed(escape(element.text or "", quote=False) + re.sub(r'\sxmlns:[\w.-]+="[^"]*"', "", inner))


def _attribute(parent: Any, name: str, attribute: str) -> str:
    element = first(parent, name)
    return "" if element is None else values.trimmed(element.get(attribute, ""))


def _entry(place: str, item: Any, doubts: tuple[str, ...]) -> Entry:
    guid = _text(item, "guid")
    is_address = _attribute(item, "guid", "isPermaLink").lower() != "false" and "://" in guid
    chapters, more = _chapters(item)
    people = _people(item)
    if not people and (named := _contributors(item)):
        more += (f"{', '.join(named)}: named as contributors, and not in which role. Credit them yourself.",)
    files = [_file(one) for one in children(item, "podcast:chapters")]
    return Entry(
        place=place,
        title=values.unbroken(_text(item, "title") or _text(item, "itunes:title")),
        link=_text(item, "link") or _attribute(item, "atom:link", "href"),
        guid=guid,
        guid_is_address=is_address,
        published=_text(item, "pubDate") or values.trimmed(text_of(item.find(f"{{{DUBLIN_CORE}}}date"))),
        duration=_text(item, "itunes:duration"),
        enclosures=_enclosures(item),
        notes=_html(item, "content:encoded"),
        description=_html(item, "description"),
        subtitle=_text(item, "itunes:subtitle"),
        summary=_html(item, "itunes:summary"),
        tags=values.tags_of(
            *(text_of(one) for one in [*children(item, "itunes:keywords"), *children(item, "category")])
        ),
        number=_text(item, "podcast:episode") or _text(item, "itunes:episode"),
        season=_text(item, "podcast:season") or _text(item, "itunes:season"),
        type=_text(item, "itunes:episodeType"),
        explicit=_text(item, "itunes:explicit"),
        artwork_url=_attribute(item, "itunes:image", "href"),
        people=people,
        player_url=values.trimmed(text_of(item.find(f"{{{FIRESIDE}}}playerURL"))),
        video_url=_video(item),
        chapters=chapters,
        chapters_file=next((file for file in files if file.url), None),
        transcripts=tuple(file for one in children(item, "podcast:transcript") if (file := _file(one)).url),
        doubts=doubts + more,
    )


def _file(element: Any) -> File:
    url, type_, language = (values.trimmed(element.get(name, "")) for name in ("url", "type", "language"))
    return File(url, type_, language)


def _enclosures(item: Any) -> tuple[Audio, ...]:
    found = [
        Audio(*(values.trimmed(one.get(name, "")) for name in ("url", "length", "type")))
        for one in children(item, "enclosure")
    ]
    if not any(audio.url for audio in found):
        found = [
            Audio(*(values.trimmed(one.get(name, "")) for name in ("url", "fileSize", "type")))
            for one in item.iter(f"{{{MEDIA}}}content")
            if one.get("type", "").startswith(("audio/", "video/"))
        ]
    return tuple(dict.fromkeys(audio for audio in found if audio.url))


def _video(item: Any) -> str:
    for one in children(item, "podcast:alternateEnclosure"):
        if one.get("type", "").startswith("video/"):
            for source in children(one, "podcast:source"):
                if source.get("uri", "").startswith(("https://", "http://")):
                    return values.trimmed(source.get("uri"))
    return ""


def _people(parent: Any) -> tuple[Person, ...]:
    return tuple(
        Person(
            values.trimmed(text_of(one)) or one.get("name", ""),
            one.get("role", ""),
            one.get("group", ""),
            values.trimmed(one.get("href", "")),
        )
        for one in children(parent, "podcast:person")
    )


def _contributors(item: Any) -> list[str]:
    names = [values.one_line(_text(one, "atom:name")) for one in children(item, "atom:contributor")]
    return list(dict.fromkeys(filter(None, names)))


def _chapters(item: Any) -> tuple[tuple[Chapter, ...], tuple[str, ...]]:
    element = first(item, "psc:chapters")
    if element is None or not len(element):
        return (), ()
    try:
        parsed = formats.parse(etree.tostring(element, encoding="unicode", with_tail=False))
    except FormatError as wrong:
        return (), tuple(f"Its chapters were not read: {problem}" for problem in wrong.problems)
    return chapters_of(parsed.chapters), ()


def _said(channel: Any) -> tuple[Said, list[str]]:
    categories, doubts = _categories(channel)
    owner = first(channel, "itunes:owner")
    funding = first(channel, "podcast:funding")
    locked = values.boolean(_text(channel, "podcast:locked"))
    selves = [one.get("href", "") for one in children(channel, "atom:link") if one.get("rel") == "self"]
    complete = _text(channel, "itunes:complete")
    if more := [one.get("href", "") for one in children(channel, "atom:link") if one.get("rel") == "next"]:
        doubts.append(f"The feed goes on at {values.trimmed(more[0])}: import that, too.")
    return Said(
        title=values.unbroken(_text(channel, "title")),
        description=_text(channel, "description") or _text(channel, "itunes:summary"),
        language=_text(channel, "language"),
        author=_text(channel, "itunes:author"),
        owner_name="" if owner is None else _text(owner, "itunes:name"),
        owner_email="" if owner is None else _text(owner, "itunes:email"),
        categories=categories,
        explicit=values.boolean(_text(channel, "itunes:explicit")),
        copyright=_text(channel, "copyright"),
        show_type=_text(channel, "itunes:type").lower(),
        medium=_text(channel, "podcast:medium").lower(),
        podcast_guid=_text(channel, "podcast:guid"),
        funding_url="" if funding is None else values.trimmed(funding.get("url", "")),
        funding_text=_text(channel, "podcast:funding"),
        is_locked=locked,
        is_complete=values.boolean(complete) if complete else None,
        new_feed_url=_text(channel, "itunes:new-feed-url"),
        feed_url=values.trimmed(selves[0]) if selves else "",
        site_url=_text(channel, "link").rstrip("?"),
        artwork_url=_attribute(channel, "itunes:image", "href"),
        people=_people(channel),
    ), doubts


def _categories(channel: Any) -> tuple[tuple[str, ...], list[str]]:
    """Those of Apple's list, in its spelling."""
    known = {name.lower(): name for name in CATEGORIES}
    found, doubts = [], []
    for main in children(channel, "itunes:category"):
        name = " ".join(main.get("text", "").split())
        subs = [" ".join(sub.get("text", "").split()) for sub in children(main, "itunes:category")]
        for one in [f"{name}{SEPARATOR}{sub}" for sub in subs] or [name]:
            if one.lower() in known:
                found.append(known[one.lower()])
            elif one:
                doubts.append(f"The category “{one}” is not in Apple’s list, and was not taken.")
    return tuple(dict.fromkeys(found)), doubts
