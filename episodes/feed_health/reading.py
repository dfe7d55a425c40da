"""From bytes to a tree, whatever the bytes are: no network, no entities, bounded in size and depth, and what is not
well-formed is read as far as a forgiving parser gets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from lxml import etree

from episodes.feed_health.comparing import Entry
from episodes.feed_health.problems import Found, ItemName, error
from episodes.feed_health.values import Fragment, fragment, moment, seconds
from episodes.feed_health.vocabulary import LEGACY_PODCAST, NAMESPACES

MAX_BYTES = 32 * 1024 * 1024
# Of tags, also those inside CDATA. A feed with 2,000 full items has a third of it.
MAX_TAGS = 1_500_000
MAX_ITEMS = 10_000
MAX_ATTRIBUTES = 100
# Of notes, in characters; what comes after is not looked into.
HTML_MAX = 256 * 1024
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
_DECLARATION = re.compile(r"\s*<\?xml\s[^>]*?\?>")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# Only encodings of text: Python also knows codecs that unpack.
_TEXT = re.compile(
    r"(utf-?(8|16|32)(-?[bl]e)?|(us-)?ascii|iso-8859-[0-9]+|latin-?1|(windows-|cp)125[0-9]|koi8-[ru]|gbk|gb2312|gb18030|big5"
    r"|shift_jis|euc-(jp|kr))",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class UnreadableError(Exception):
    """What it is, and what to do."""


@cache
def qualified(name: str) -> str:
    """`itunes:author` as lxml names it."""
    prefix, colon, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix]}}}{local}" if colon else local


def children(parent: Any, name: str) -> list[Any]:
    return parent.findall(qualified(name))  # type: ignore[no-any-return]


def first(parent: Any, name: str) -> Any:
    """None where there is none."""
    return parent.find(qualified(name))


def text_of(element: Any) -> str:
    return "" if element is None else "".join(element.itertext())


def value(parent: Any, name: str) -> str:
    """The text of the first child of that name, without blanks at its ends; "" where there is none."""
    return text_of(first(parent, name)).strip()


def elements(root: Any) -> list[Any]:
    return [element for element in root.iter() if isinstance(element.tag, str)]


@dataclass(frozen=True, eq=False)
class Item:
    number: int
    element: Any

    @cached_property
    def guid(self) -> str:
        return value(self.element, "guid")

    @cached_property
    def title(self) -> str:
        return value(self.element, "title")

    @property
    def name(self) -> ItemName:
        return ItemName(self.number, self.title, self.guid)

    @cached_property
    def description(self) -> str:
        return text_of(first(self.element, "description"))

    @cached_property
    def notes(self) -> str:
        return text_of(first(self.element, "content:encoded"))

    @cached_property
    def entry(self) -> Entry:
        audio = first(self.element, "enclosure")
        date = value(self.element, "pubDate")
        return Entry(
            self.name,
            "" if audio is None else audio.get("url", "").strip(),
            date,
            moment(date),
            seconds(value(self.element, "itunes:duration")),
        )

    @cached_property
    def description_html(self) -> Fragment:
        return fragment(self.description[:HTML_MAX])

    @cached_property
    def notes_html(self) -> Fragment:
        return fragment(self.notes[:HTML_MAX])


@dataclass(frozen=True, eq=False)
class Feed:
    """`url`, `now`, `previous` and `files` are what is known beside the bytes."""

    text: str
    root: Any
    channel: Any
    items: list[Item]
    # What was wrong with the bytes themselves.
    faults: list[Found]
    url: str = ""
    now: datetime | None = None
    previous: "Feed | None" = None
    files: Mapping[str, bytes] = field(default_factory=dict)

    @cached_property
    def elements(self) -> list[Any]:
        return elements(self.root)

    @cached_property
    def entries(self) -> list[Entry]:
        return [item.entry for item in self.items]

    @property
    def podcast_guid(self) -> str:
        return "" if self.channel is None else value(self.channel, "podcast:guid")

    @property
    def is_page(self) -> bool:
        """Whether older items stand on further ones (RFC 5005)."""
        links = [] if self.channel is None else children(self.channel, "atom:link")
        return any(link.get("rel") == "next" for link in links)

    @cached_property
    def _by_element(self) -> dict[Any, Item]:
        return {item.element: item for item in self.items}

    def item_around(self, element: Any) -> Item | None:
        while element is not None:
            if element in self._by_element:
                return self._by_element[element]
            element = element.getparent()
        return None


def read(data: bytes, **known: Any) -> Feed:
    """Raises UnreadableError where nothing can be read, or it would not be safe to."""
    text, faults = checked_text(data)
    root = _parsed(text, faults)
    channel = root if root.tag == "channel" else first(root, "channel")
    items = [] if channel is None else [Item(n, element) for n, element in enumerate(children(channel, "item"), 1)]
    if len(items) > MAX_ITEMS:
        raise too_many_items()
    return Feed(text, root, channel, items, faults, **known)


def checked_text(data: bytes) -> tuple[str, list[Found]]:
    """What the bytes say, and what is wrong with them. Raises UnreadableError where it would not be safe to go on."""
    refuse_large(data)
    if not data.strip(b"\0 \t\r\n"):
        raise UnreadableError("The feed is empty: look at what the address answers.")
    text, faults = _decoded(data)
    if text.count("<") > MAX_TAGS:
        raise UnreadableError(f"The feed has more than {MAX_TAGS:,} tags: page it.")
    if re.search(r"<!ENTITY\b", text):
        raise UnreadableError("The feed declares entities, which can grow without end: write the characters instead.")
    return text, faults + _marks(text)


def refuse_large(data: bytes) -> None:
    """Raises UnreadableError. Who fetched them may have stopped at the first byte too many."""
    if len(data) > MAX_BYTES:
        raise UnreadableError(f"The feed has more than {MAX_BYTES:,} bytes: apps give up long before. Page it.")


def too_many_items() -> UnreadableError:
    return UnreadableError(f"The feed has more than {MAX_ITEMS:,} items: page it.")


def without_control(text: str) -> str:
    """Control characters would end the reading where they stand."""
    return _CONTROL.sub(" ", text)


def parser(*, recover: bool = True) -> Any:
    return etree.XMLParser(
        encoding="utf-8",
        recover=recover,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _decoded(data: bytes) -> tuple[str, list[Found]]:
    faults = []
    declared = _DECLARED.search(data[:1024])
    name = declared[1].decode("ascii") if declared else "utf-8"
    for bom, encoding in _BOMS.items():
        if data.startswith(bom):
            faults.append(error("The feed starts with a byte order mark: leave it out.", 1))
            data, name = data[len(bom) :], encoding
    if not _TEXT.fullmatch(name):
        faults.append(error(f"The encoding “{name}” is not known: declare and write UTF-8.", 1))
        name = "utf-8"
    elif name.lower() not in ("utf-8", "utf8"):
        faults.append(error(f"The feed is in {name}: declare and write UTF-8.", 1))
    try:
        return data.decode(name), faults
    except UnicodeDecodeError as wrong:
        line = data[: wrong.start].count(b"\n") + 1
        faults.append(error(f"Line {line} is not {name}, which the feed says it is: write it in UTF-8.", line))
        return data.decode(name, errors="replace"), faults


def _marks(text: str) -> list[Found]:
    faults = []
    declaration = _DECLARATION.match(text)
    if not declaration or "encoding" not in declaration[0]:
        faults.append(error('The declaration is missing: start with <?xml version="1.0" encoding="UTF-8"?>.', 1))
    elif not text.startswith("<?xml"):
        faults.append(error("Something stands before the declaration: start with it.", 1))
    doctype = re.search(r"<!DOCTYPE\b", text)
    if doctype:
        faults.append(error("The feed has a DOCTYPE, which parsers refuse: leave it out.", _line(text, doctype)))
    control = _CONTROL.search(text)
    if control:
        named = f"U+{ord(control[0]):04X}"
        faults.append(error(f"A control character ({named}) is in it: take it out.", _line(text, control)))
    return faults


def _line(text: str, match: re.Match[str]) -> int:
    return text.count("\n", 0, match.start()) + 1


def _parsed(text: str, faults: list[Found]) -> Any:
    forgiving = parser()
    clean = without_control(text.lstrip())
    skipped = text[: len(text) - len(text.lstrip())].count("\n")
    try:
        root = etree.fromstring(clean.encode("utf-8", errors="replace"), forgiving)
    except etree.XMLSyntaxError as wrong:
        raise UnreadableError(f"This is no XML: {wrong.msg}.") from wrong
    if root is None:
        raise UnreadableError("This is no XML: look at what the address answers.")
    for fault in list(forgiving.error_log)[:1]:
        line = fault.line + skipped
        faults.append(error(f"The XML is not well-formed at line {line}: {fault.message.strip()}. Mend it.", line))
    for element in elements(root):
        if len(element.attrib) > MAX_ATTRIBUTES:
            raise UnreadableError(f"A tag in line {element.sourceline} has more than {MAX_ATTRIBUTES} attributes.")
        if element.tag.startswith(f"{{{LEGACY_PODCAST}}}"):
            element.tag = element.tag.replace(LEGACY_PODCAST, NAMESPACES["podcast"])
    return root
