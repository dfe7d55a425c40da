"""The document as a whole: A1 to A7, and what no list has a number for."""

import re
from collections.abc import Iterator

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import Feed, children, first, qualified, text_of
from episodes.feed_health.registry import rule
from episodes.feed_health.values import scheme_of, shown
from episodes.feed_health.vocabulary import (
    GOOGLEPLAY,
    ITUNES,
    ITUNES_DROPPED,
    LEGACY_PODCAST,
    NAMESPACES,
    RSS_INSIDE,
    RSS_ITEM,
)

_DOUBLE = re.compile(r"&(amp|lt|gt|quot|apos|nbsp|#[0-9]+|#x[0-9a-fA-F]+);")
_DOUBLE_IN_HTML = re.compile(r"&amp;(amp|quot|apos|nbsp|#[0-9]+|#x[0-9a-fA-F]+);|&lt;(p|ul|li|a|br)[ />&]")
# UTF-8 read as Windows-1252 and written again.
_MOJIBAKE = re.compile(
    "\u00e2\u20ac[\u2122\u0153\u009d\u201c\u2013\u2014\u00a6]|\u00c3[\u00a4\u00b6\u00bc\u0178\u00a9\u00a8\u00a0]"
)
_ONCE = (
    "title link description language pubDate lastBuildDate ttl image guid content:encoded itunes:author "
    "itunes:duration itunes:explicit itunes:episode itunes:season itunes:episodeType itunes:type itunes:owner "
    "itunes:image itunes:title itunes:block itunes:complete itunes:new-feed-url"
).split()
# Checked by rules of their own.
_OWN_RULE = {"enclosure", qualified("itunes:image"), qualified("atom:link")}


@rule("L1", "The bytes can be read in safety: no entities, not too large, XML", "XML 1.0", of_document=True)
def readable(feed: Feed) -> Iterator[Found]:
    """What cannot be read has no tree, so `lint` says it before any rule is asked."""
    yield from ()


@rule(
    "A1",
    "Well-formed XML 1.0, declared as UTF-8, without BOM, DOCTYPE or control characters",
    "XML 1.0",
    of_document=True,
)
def well_formed(feed: Feed) -> Iterator[Found]:
    yield from feed.faults


@rule("A2", '`rss version="2.0"` with exactly one channel', "RSS 2.0", of_document=True)
def one_channel(feed: Feed) -> Iterator[Found]:
    if feed.root.tag != "rss":
        yield error(f"The root is {shown(str(feed.root.tag))}, not rss: this is no RSS 2.0 feed.", feed.root)
    else:
        if feed.root.get("version") != "2.0":
            yield error('Write <rss version="2.0">.', feed.root)
        extra = sorted(set(feed.root.attrib) - {"version"})
        if extra:
            yield warning(f"rss has the attribute {shown(extra[0])}, which RSS does not know: leave it out.", feed.root)
    channels = len(children(feed.root, "channel"))
    if channels != 1:
        yield error(f"There are {channels} channels: an RSS feed has one.", feed.root)


def _bare(uri: str) -> str:
    return re.sub(r"^https?://", "", uri.lower()).rstrip("/")


@rule(
    "A3",
    "Namespaces are exactly those of the specifications; no googleplay",
    "Apple, podcast namespace",
    of_document=True,
)
def namespaces(feed: Feed) -> Iterator[Found]:
    # Declarations may stand on any element.
    declared: dict[str, str] = {}
    for element in feed.elements:
        if element.nsmap != (parent.nsmap if (parent := element.getparent()) is not None else None):
            declared |= {prefix: uri for prefix, uri in element.nsmap.items() if prefix}
    by_bare = {_bare(uri): (prefix, uri) for prefix, uri in NAMESPACES.items()}
    for prefix, uri in declared.items():
        known, right = by_bare.get(_bare(uri), (prefix, NAMESPACES.get(prefix)))
        if uri == GOOGLEPLAY:
            yield warning("Google Podcasts is closed: leave the googleplay namespace out.", feed.root)
        elif uri == LEGACY_PODCAST:
            yield warning(f"The podcast namespace has its old address: write {NAMESPACES['podcast']}.", feed.root)
        elif right and uri != right:
            yield error(
                f"The namespace {known} is {shown(uri, 100)}, so its tags are not seen: write {right}.", feed.root
            )
    if NAMESPACES["itunes"] not in declared.values():
        yield error(f'Declare xmlns:itunes="{NAMESPACES["itunes"]}": Apple’s tags need it.', feed.root)


@rule("A4", "Every address is absolute and https", "Apple")
def addresses(feed: Feed) -> Iterator[Found]:
    links = {"link", qualified("itunes:new-feed-url")}
    for element in feed.elements:
        own = element.tag in _OWN_RULE
        urls = (
            []
            if own
            else [element.get(name) for name in ("url", "href", "uri", "img", "image", "feedUrl", "accountUrl")]
        )
        # The link of the channel and of items have rules of their own; that of <image> is the channel's.
        if element.tag in links and element.getparent().tag not in ("channel", "item"):
            urls.append(text_of(element).strip())
        if element.tag == qualified("itunes:new-feed-url") or (
            element.tag == "url" and element.getparent().tag == "image"
        ):
            urls.append(text_of(element).strip())
        for url in urls:
            scheme = scheme_of(url or "https://-")
            if element.tag == qualified("podcast:source") and scheme not in ("", "http"):
                continue
            if not scheme:
                yield error(f"The address {shown(url)} is not absolute: write it with https:// and a host.", element)
            elif scheme != "https":
                yield warning(f"The address {shown(url)} is not https: write https.", element)


@rule("A6", "Characters survived on their way into the feed", "XML 1.0")
def characters(feed: Feed) -> Iterator[Found]:
    for element in feed.elements:
        text = element.text or ""
        if "\ufffd" in text or _MOJIBAKE.search(text):
            yield warning("Characters were lost or read in a wrong encoding: write the text anew.", element)


@rule("A7", "No double escaping, no blanks at the ends of values", "RSS 2.0")
def escaped_once(feed: Feed) -> Iterator[Found]:
    html = {"description", qualified("content:encoded"), qualified("itunes:summary")}
    for element in feed.elements:
        # Of other namespaces nobody knows what their blanks mean.
        if len(element) or _is_foreign(element.tag):
            continue
        texts = [element.text or "", *element.attrib.values()]
        if any((_DOUBLE_IN_HTML if element.tag in html else _DOUBLE).search(text) for text in texts):
            yield error(f"{_name(element)} is escaped twice: escape it once.", element)
        # Blanks of all kinds, but not the zero-width characters that scripts need.
        if any(text.strip() not in ("", text) for text in texts):
            yield warning(f"{_name(element)} has blanks at an end of its value: leave them out.", element)


def _is_foreign(tag: str) -> bool:
    return tag.startswith("{") and tag[1:].partition("}")[0] not in NAMESPACES.values()


def _name(element: object) -> str:
    tag = str(element.tag)  # type: ignore[attr-defined]
    for prefix, uri in NAMESPACES.items():
        tag = tag.replace(f"{{{uri}}}", f"{prefix}:")
    return tag.rpartition("}")[2]


@rule("L2", "Without a namespace stand only elements that RSS has, where RSS has them", "RSS 2.0")
def rss_elements(feed: Feed) -> Iterator[Found]:
    for element in feed.elements:
        parent = element.getparent()
        # A colon: a prefix that nobody declared.
        if parent is None or ":" in element.tag or _is_foreign(parent.tag):
            continue
        inside = RSS_INSIDE.get(str(parent.tag), RSS_ITEM if parent.tag == qualified("podcast:liveItem") else set())
        if element.tag not in inside:
            yield error(
                f"RSS has no {shown(element.tag)} in {_name(parent)}: correct its name, or escape it where it is HTML.",
                element,
            )


@rule("L3", "The itunes namespace has the tag", "Apple")
def itunes_elements(feed: Feed) -> Iterator[Found]:
    space = f"{{{NAMESPACES['itunes']}}}"
    for element in feed.elements:
        if element.tag.startswith(space) and element.tag.removeprefix(space) not in ITUNES:
            yield error(f"There is no {_name(element)}: correct its name; letter case counts.", element)


@rule("L4", "No tag that Apple has dropped", "Apple")
def dropped(feed: Feed) -> Iterator[Found]:
    for name in sorted(ITUNES_DROPPED):
        count = sum(element.tag == qualified(f"itunes:{name}") for element in feed.elements)
        if count:
            yield note(
                f"itunes:{name} ({count} times) is read by nobody now: leave it out.",
                first(feed.channel, f"itunes:{name}"),
            )


@rule("L5", "What may stand once stands once", "RSS 2.0, Apple")
def once(feed: Feed) -> Iterator[Found]:
    for parent in (feed.channel, *(item.element for item in feed.items)):
        for name in _ONCE:
            found = children(parent, name)
            if len(found) > 1:
                yield error(f"{name} stands {len(found)} times: keep one.", found[1])
