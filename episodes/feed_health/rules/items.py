"""The items: A38 to A61."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import HTML_MAX, Feed, Item, children, first, text_of, value
from episodes.feed_health.registry import rule
from episodes.feed_health.values import (
    Fragment,
    date_fault,
    is_email,
    is_https,
    moment,
    path_ending,
    scheme_of,
    seconds,
    shown,
    size,
)
from episodes.feed_health.vocabulary import DESCRIPTION_TAGS, ENCLOSURE_TYPES, FORBIDDEN_TAGS

TITLE_MAX = 255
_NUMBERS = {
    "itunes:episode": (r"[1-9][0-9]{0,8}", "a whole number from 1 on"),
    "itunes:season": (r"[1-9][0-9]{0,8}", "a whole number from 1 on"),
    "podcast:episode": (r"[0-9]{1,9}(\.[0-9]{1,9})?", "a number"),
    "podcast:season": (r"[0-9]{1,9}", "a whole number"),
}


def _repeated(items: dict[str, list[Item]]) -> Iterator[tuple[str, Item, Item]]:
    for said, same in items.items():
        for item in same[1:]:
            yield said, same[0], item


@rule("A38", "There is at least one item", "Apple")
def some(feed: Feed) -> Iterator[Found]:
    if not feed.items:
        yield error("The feed has no item: directories take a show with one episode or more.")


@rule("A39", "Items stand newest first", "Apple")
def newest_first(feed: Feed) -> Iterator[Found]:
    before = None
    for item in feed.items:
        at = moment(value(item.element, "pubDate"))
        if before and at and at > before:
            yield warning("It is newer than the item above it: write the newest first.", item)
        before = at or before


@rule("A40", "An item has a title of at most 255 characters", "Apple")
def titles(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        if not item.title:
            yield error("The item has no title: write one.", item)
        elif len(item.title) > TITLE_MAX:
            yield error(f"The title has {len(item.title)} characters: {TITLE_MAX} at most.", item)


@rule("A41", "A title has neither the number nor the name of the show", "Apple")
def plain_titles(feed: Feed) -> Iterator[Found]:
    show = value(feed.channel, "title").casefold()[:TITLE_MAX]
    for item in feed.items:
        numbers = {value(item.element, name).partition(".")[0] for name in ("itunes:episode", "podcast:episode")} - {""}
        for title in {item.title[:TITLE_MAX], value(item.element, "itunes:title")[:TITLE_MAX]} - {""}:
            # “2001: A Space Odyssey” of episode 7 is no number.
            found = re.match(r"(?:episode |ep\.? ?|folge |#)?0*([0-9]+)\s*[:.–—|-]\s", title, re.IGNORECASE)
            found = found or re.search(r"[|–—-]\s*(?:\w{1,6} ?)?#?0*([0-9]+)\Z", title)
            if found and (not numbers or found[1] in numbers):
                yield warning(f"The title {shown(title)} has the number: it belongs in itunes:episode alone.", item)
            name = re.escape(show)
            if show and re.search(rf"\A{name}\s*[:.|–—-]|[:|–—-]\s*{name}\Z", title.casefold()):
                yield warning(f"The title {shown(title)} has the name of the show: leave it out.", item)


@rule("A42", "No item is dated in the future", "Apple")
def not_ahead(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        at = moment(value(item.element, "pubDate"))
        if at and feed.now and (at - feed.now).total_seconds() > 60:
            yield error(f"The item is dated ahead, {at:%Y-%m-%d %H:%M %z}: publish it when it is due.", item)


@rule("A43", "An item has a GUID, without blanks around it", "RSS 2.0")
def guids(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element = first(item.element, "guid")
        if not item.guid:
            yield error("The item has no GUID: apps download it again when its address changes.", item)
        elif len(item.guid) > 255:
            yield warning(f"The GUID has {len(item.guid)} characters: hosts keep 255.", element)


@rule("A44", "`isPermaLink` is false, unless the GUID is an address", "RSS 2.0")
def permalinks(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element = first(item.element, "guid")
        if element is None or not item.guid:
            continue
        said = element.get("isPermaLink", "true")
        if said not in ("true", "false"):
            yield error(f"isPermaLink is {shown(said)}: write true or false.", element)
        elif said == "true" and scheme_of(item.guid) not in ("http", "https"):
            yield error('The GUID is no address, and says it is: write isPermaLink="false".', element)


@rule("A45", "No GUID stands twice", "RSS 2.0")
def unique_guids(feed: Feed) -> Iterator[Found]:
    exact, folded = defaultdict(list), defaultdict(list)
    for item in feed.items:
        if item.guid:
            exact[item.guid].append(item)
            folded[item.guid.casefold()].append(item)
    for _, other, item in _repeated(exact):
        yield error(f"Item {other.number} has the same GUID: apps show one of the two. Give it its own.", item)
    for _, other, item in _repeated(folded):
        if item.guid != other.guid:
            yield warning(f"Item {other.number} has the same GUID but for letter case: some apps mix them up.", item)


@rule("A46", "An item has exactly one enclosure", "RSS 2.0, Apple")
def one_enclosure(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        count = len(children(item.element, "enclosure"))
        if count != 1:
            yield error(f"The item has {count or 'no'} enclosure{'s' * (count > 1)}: give it one.", item)


def _enclosures(feed: Feed) -> Iterator[Any]:
    for item in feed.items:
        yield from children(item.element, "enclosure")


@rule("A47", "The enclosure’s address is https and ASCII", "Apple")
def enclosure_url(feed: Feed) -> Iterator[Found]:
    for element in _enclosures(feed):
        url = element.get("url", "").strip()
        if not url:
            yield error("The enclosure has no address: give that of the audio file.", element)
        elif not url.isascii() or re.search(r"\s", url):
            yield error(f"The audio’s address {shown(url)} has blanks or letters beyond ASCII: encode them.", element)
        elif not is_https(url):
            yield error(f"The audio’s address {shown(url)} is not https: serve it by https.", element)


@rule("A48", "The enclosure’s length is a positive whole number of bytes", "RSS 2.0")
def enclosure_length(feed: Feed) -> Iterator[Found]:
    for element in _enclosures(feed):
        length = element.get("length", "")
        if not re.fullmatch(r"[1-9][0-9]{0,14}", length):
            yield error(f"The enclosure’s length is {shown(length)}: give the bytes of the file.", element)


@rule("A49", "The enclosure’s type fits the ending of its address", "Apple")
def enclosure_type(feed: Feed) -> Iterator[Found]:
    for element in _enclosures(feed):
        said, ending = element.get("type", "").strip(), path_ending(element.get("url", "").strip())
        fitting = ENCLOSURE_TYPES.get(ending)
        if not re.fullmatch(r"[a-z]+/[a-z0-9.+-]+", said):
            yield error(f"The enclosure’s type is {shown(said)}: write one like audio/mpeg.", element)
        elif fitting and said not in fitting:
            yield error(f"A file that ends in .{ending} is {min(fitting)}, not {shown(said)}.", element)


@rule("A50", "No enclosure stands twice", "Apple")
def unique_enclosures(feed: Feed) -> Iterator[Found]:
    by_url = defaultdict(list)
    for item in feed.items:
        for url in {element.get("url", "").strip() for element in children(item.element, "enclosure")} - {""}:
            by_url[url].append(item)
    for _, other, item in _repeated(by_url):
        yield error(f"Item {other.number} has the same audio: Apple ignores the second. Give it its own file.", item)


@rule("A51", "pubDate is a date of RFC 2822, with the right day and an offset", "RSS 2.0")
def dates(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element = first(item.element, "pubDate")
        if element is None:
            yield error("The item has no pubDate: say when it was published.", item)
        elif fault := date_fault(text_of(element).strip()):
            yield error(fault, element)


@rule("A52", "An item has the link of its page, https, and no other item has it", "PSP-1")
def links(feed: Feed) -> Iterator[Found]:
    by_link = defaultdict(list)
    for item in feed.items:
        element, address = first(item.element, "link"), value(item.element, "link")
        if not address:
            yield warning("The item has no link: give the address of its page.", item)
        elif not is_https(address):
            yield error(f"The link {shown(address)} is not an https address: write that of the page.", element)
        else:
            by_link[address].append(item)
    for _, other, item in _repeated(by_link):
        yield warning(f"Item {other.number} has the same link: give each its own page.", item)


@rule("A53", "itunes:duration is a whole number of seconds", "Apple")
def durations(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element, said = first(item.element, "itunes:duration"), value(item.element, "itunes:duration")
        whole = seconds(said)
        if element is None:
            yield warning("The item has no itunes:duration: say how many seconds it lasts.", item)
        elif not whole:
            yield error(f"The duration {shown(said)} is none: write seconds, like 3661.", element)
        elif ":" in said:
            yield note(f"The duration is {shown(said)}: Apple asks for seconds, {whole:.0f}.", element)
        elif not whole.is_integer() or "." in said:
            yield warning(f"The duration {shown(said)} has a fraction: write whole seconds.", element)


@rule("A54", "itunes:episode and season are positive whole numbers; podcast:episode and season say the same", "Apple")
def numbers(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        for name, (form, hint) in _NUMBERS.items():
            for element in children(item.element, name):
                if not re.fullmatch(form, text_of(element).strip()):
                    yield error(f"{name} is {shown(text_of(element))}: write {hint}.", element)
        for name in ("episode", "season"):
            apple, podcast = (value(item.element, f"{space}:{name}") for space in ("itunes", "podcast"))
            both_whole = all(re.fullmatch(r"[0-9]{1,9}", said) for said in (apple, podcast))
            if both_whole and int(apple) != int(podcast):
                yield error(f"itunes:{name} says {apple}, podcast:{name} {podcast}: write the same.", item)


@rule("A55", "itunes:episodeType is full, trailer or bonus", "Apple")
def types(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        for element in children(item.element, "itunes:episodeType"):
            if text_of(element).strip() not in ("full", "trailer", "bonus"):
                yield error(f"itunes:episodeType is {shown(text_of(element))}: full, trailer or bonus.", element)


@rule("A56", "itunes:explicit of an item is `true` or `false`", "Apple")
def explicit(feed: Feed) -> Iterator[Found]:
    silent = 0
    for item in feed.items:
        found = children(item.element, "itunes:explicit")
        silent += not found
        for element in found:
            if text_of(element).strip() not in ("true", "false"):
                yield error(f"itunes:explicit is {shown(text_of(element))}: write true or false.", element)
    if silent:
        yield note(f"{silent} of {len(feed.items)} items have no itunes:explicit: the channel’s counts for them.")


@rule("A57", "An item has a description of at most 4,000 bytes that begins with words", "Apple")
def descriptions(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element, count = first(item.element, "description"), size(item.description.strip())
        words = " ".join(item.description_html.text.split())
        if not words:
            yield warning("The item has no description: say in a sentence what it is about.", item)
        elif count > 4000:
            yield error(
                f"The description has {count:,} bytes: Apple reads 4,000. The rest belongs in the notes.", element
            )
        elif re.match(r"(https?://|www\.)\S+", words):
            yield warning("The description begins with an address: lists show its first 120 characters.", element)


def _notes(feed: Feed) -> Iterator[tuple[Any, Fragment]]:
    for item in feed.items:
        for name, html in (("content:encoded", item.notes_html), ("description", item.description_html)):
            if html.text or html.tags or html.unbalanced:
                yield first(item.element, name), html


@rule("A58", "content:encoded holds the notes, as a fragment of HTML whose tags are closed", "RSS 2.0 content module")
def notes(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        if not item.notes.strip():
            yield note("The item has no content:encoded: apps show the description instead of the notes.", item)
        elif len(item.notes) > HTML_MAX:
            yield warning(f"The notes have {len(item.notes):,} characters: the rest was not looked into.", item)
    for element, html in _notes(feed):
        if html.unbalanced:
            yield warning(f"{shown(html.unbalanced[0])} has no partner in the HTML: close what is opened.", element)


@rule("A59", "Addresses in notes are absolute: http, https or mailto", "podcast namespace")
def absolute_links(feed: Feed) -> Iterator[Found]:
    for element, html in _notes(feed):
        for url in html.urls():
            if scheme_of(url) not in ("http", "https", "mailto", "javascript", "data", "vbscript"):
                yield error(f"The notes link to {shown(url)}, which leads nowhere: write the whole address.", element)


@rule("A60", "Notes have no script, iframe, style, form, and nothing that runs", "PSP-1")
def harmless(feed: Feed) -> Iterator[Found]:
    for element, html in _notes(feed):
        for name, attributes in html.tags:
            if name in FORBIDDEN_TAGS:
                yield error(f"The notes have <{name}>, which apps strip or refuse: leave it out.", element)
            runs = [key for key in attributes if key.startswith("on") or key in ("style", "srcdoc")]
            if runs:
                yield error(f"<{name}> has {shown(runs[0])}, which apps strip or refuse: leave it out.", element)
            if any(scheme_of(url) in ("javascript", "data", "vbscript") for url in _urls(attributes)):
                yield error(f"An address of <{name}> runs something: leave it out.", element)


def _urls(attributes: dict[str, str]) -> list[str]:
    return [re.sub(r"[\s\x00-\x1f]", "", attributes[name]) for name in ("href", "src") if name in attributes]


@rule("A61", "A description has only p, br, a, ul, ol, li, strong and em", "Apple")
def plain_descriptions(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        odd = {name for name, _ in item.description_html.tags} - DESCRIPTION_TAGS - FORBIDDEN_TAGS
        if odd:
            yield warning(f"The description has <{min(odd)}>: Apple shows {', '.join(sorted(DESCRIPTION_TAGS))}.", item)


@rule("L6", "`author` of an item is an e-mail address", "RSS 2.0")
def authors(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        for element in children(item.element, "author"):
            said = text_of(element).strip()
            if not is_email(said.partition(" ")[0]):
                yield warning(f"author is {shown(said)}, no e-mail address: name people in podcast:person.", element)
