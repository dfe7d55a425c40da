"""The podcast namespace, wherever it stands: A27 to A37, A62 to A65."""

import re
from collections.abc import Iterator
from typing import Any

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import Feed, children, first, qualified, text_of, value
from episodes.feed_health.registry import rule
from episodes.feed_health.values import is_https, is_uuid, scheme_of, seconds, shown
from episodes.feed_health.vocabulary import (
    CHATS,
    FREQUENCIES,
    LICENSES,
    NAMESPACES,
    PODCAST,
    PURPOSES,
    RRULE_PARTS,
    TAXONOMY,
)

_SPACE = f"{{{NAMESPACES['podcast']}}}"
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9][0-9]-[0-9][0-9](T[0-9][0-9]:[0-9][0-9](:[0-9][0-9](\.[0-9]+)?)?(Z|[+-][0-9][0-9]:?[0-9][0-9])?)?"
)


def _all(feed: Feed, name: str) -> list[Any]:
    tag = qualified(f"podcast:{name}")
    return [element for element in feed.elements if element.tag == tag]


def _text(element: Any) -> str:
    return text_of(element).strip()


def _missing(element: Any, *names: str) -> list[str]:
    return [name for name in names if not element.get(name, "").strip()]


@rule("A27", "podcast:funding has url and a text of at most 128 characters", "podcast namespace")
def funding(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "funding"):
        if _missing(element, "url"):
            yield error("podcast:funding has no url: give the address of the page.", element)
        if not _text(element):
            yield error("podcast:funding has no text: say what the button says.", element)
        elif len(_text(element)) > 128:
            yield error(f"podcast:funding has {len(_text(element))} characters: 128 at most.", element)


@rule("A28", "podcast:license is a slug of the list, or has url", "podcast namespace")
def license_(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "license"):
        if _text(element).lower() not in LICENSES and _missing(element, "url"):
            yield error(f"The license {shown(_text(element))} is not on the list: give its address in url.", element)


@rule("A29", "podcast:updateFrequency has a text, and an rrule that parses", "podcast namespace")
def update_frequency(feed: Feed) -> Iterator[Found]:
    for element in children(feed.channel, "podcast:updateFrequency"):
        if not _text(element):
            yield error("podcast:updateFrequency has no text: say it in words too.", element)
        rule_ = element.get("rrule")
        if rule_ is not None and not _is_rrule(rule_):
            yield error(f"The rrule {shown(rule_)} is none: write one like FREQ=WEEKLY;BYDAY=SU.", element)
        if element.get("complete", "false") not in ("true", "false"):
            yield error("complete of podcast:updateFrequency is true or false.", element)
        if not _INSTANT.fullmatch(element.get("dtstart", "2026-01-01")):
            yield error(f"dtstart {shown(element.get('dtstart'))} is no date of ISO 8601.", element)


def _is_rrule(text: str) -> bool:
    parts = [part.partition("=") for part in text.removesuffix(";").split(";")]
    known = {name: said for name, _, said in parts if name in RRULE_PARTS and re.fullmatch(r"[A-Z0-9,+:-]+", said)}
    days = known.get("BYDAY", "SU").split(",")
    numbers = (known.get(name, "1") for name in ("INTERVAL", "COUNT"))
    return (
        len(known) == len(parts)
        and known.get("FREQ") in FREQUENCIES
        and all(re.fullmatch(r"[+-]?[0-9]{0,2}(MO|TU|WE|TH|FR|SA|SU)", day) for day in days)
        and all(re.fullmatch(r"[1-9][0-9]*", number) for number in numbers)
    )


@rule("A30", "podcast:person names the regular hosts", "podcast namespace")
def regular_hosts(feed: Feed) -> Iterator[Found]:
    if first(feed.channel, "podcast:person") is None:
        yield note("The channel has no podcast:person: name the regular hosts.")


@rule("A31", "podcast:image has href, alt, aspect-ratio and width; purpose is of the list", "podcast namespace")
def images(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "image"):
        if _missing(element, "href"):
            yield error("podcast:image has no href: give the address of the picture.", element)
        missing = _missing(element, "alt", "aspect-ratio", "width")
        if missing:
            yield warning(f"podcast:image has no {', '.join(missing)}: apps choose pictures by it.", element)
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?\s*/\s*[0-9]+(\.[0-9]+)?", element.get("aspect-ratio") or "1/1"):
            yield error(f"aspect-ratio {shown(element.get('aspect-ratio'))} is not of the form 16/9.", element)
        if not all(re.fullmatch(r"[1-9][0-9]*", element.get(name) or "1") for name in ("width", "height")):
            yield error("width and height of podcast:image are numbers of pixels.", element)
        odd = set(element.get("purpose", "").lower().split()) - PURPOSES
        if odd:
            yield warning(f"podcast:image has the purpose {shown(min(odd))}, which is not on the list.", element)


@rule("A32", "podcast:remoteItem has the UUID of a feed", "podcast namespace")
def remote_items(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "remoteItem"):
        if not is_uuid(element.get("feedGuid", "")):
            yield error(f"feedGuid {shown(element.get('feedGuid', ''))} is no UUID: give the other feed’s.", element)
    for element in _all(feed, "podroll"):
        if not children(element, "podcast:remoteItem"):
            yield error("podcast:podroll is empty: give a podcast:remoteItem, or leave it out.", element)


_REQUIRED = {
    "chat": ("server", "protocol"),
    "value": ("type", "method"),
    "valueRecipient": ("type", "address", "split"),
    "valueTimeSplit": ("startTime", "duration"),
    "trailer": ("url", "pubdate"),
    "alternateEnclosure": ("type",),
    "source": ("uri",),
    "integrity": ("type", "value"),
    "podping": ("usesPodping",),
}


@rule(
    "A34",
    "chat, value, trailer and others have their attributes; splits count, keys have 66 digits",
    "podcast namespace",
)
def required(feed: Feed) -> Iterator[Found]:
    for name, attributes in _REQUIRED.items():
        for element in _all(feed, name):
            missing = _missing(element, *attributes)
            if missing:
                yield error(f"podcast:{name} has no {', '.join(missing)}: give it, or leave the tag out.", element)
    for element in _all(feed, "chat"):
        if element.get("protocol", "irc").lower() not in CHATS:
            yield error(f"podcast:chat knows no protocol {shown(element.get('protocol'))}.", element)
    yield from _recipients(feed)
    for element in _all(feed, "alternateEnclosure"):
        if not children(element, "podcast:source"):
            yield error("podcast:alternateEnclosure has no podcast:source: give where the file is.", element)


def _recipients(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "valueRecipient"):
        if not re.fullmatch(r"[1-9][0-9]*", element.get("split") or "1"):
            yield error(f"The split {shown(element.get('split'))} is no positive whole number.", element)
        if element.get("type") == "node" and not re.fullmatch(r"[0-9a-fA-F]{66}", element.get("address") or "0" * 66):
            yield error("The address of a node has 66 hexadecimal digits.", element)


@rule(
    "A35",
    "podcast:liveItem has status, start, title, guid, enclosure and contentLink, and a GUID of its own",
    "podcast namespace",
)
def live_items(feed: Feed) -> Iterator[Found]:
    guids = {item.guid for item in feed.items}
    for element in children(feed.channel, "podcast:liveItem"):
        missing = _missing(element, "status", "start")
        missing += [
            name for name in ("title", "guid", "enclosure", "podcast:contentLink") if first(element, name) is None
        ]
        if missing:
            yield error(f"podcast:liveItem has no {', '.join(missing)}.", element)
        if element.get("status") not in (None, "pending", "live", "ended"):
            yield error(f"The status {shown(element.get('status'))} is none of pending, live, ended.", element)
        if not all(_INSTANT.fullmatch(element.get(name, "2026-01-01")) for name in ("start", "end")):
            yield error("start and end of podcast:liveItem are moments of ISO 8601.", element)
        if value(element, "guid") in guids:
            yield error("podcast:liveItem has the GUID of an episode: give it its own.", element)


@rule(
    "A36",
    "Podcast tags are defined, stand where they may, as often as they may, with their attributes",
    "podcast namespace",
)
def defined(feed: Feed) -> Iterator[Found]:
    seen = set()
    for element in feed.elements:
        if not element.tag.startswith(_SPACE):
            continue
        name, parent = element.tag.removeprefix(_SPACE), element.getparent()
        within = str(parent.tag).replace(_SPACE, "podcast:")
        tag = PODCAST.get(name)
        if name == "images":
            yield warning("podcast:images is deprecated: write podcast:image.", element)
        elif tag is None:
            yield error(f"The podcast namespace has no {shown(name)}: correct its name; letter case counts.", element)
        elif within not in tag.parents:
            yield error(f"podcast:{name} does not belong in {within.rpartition('}')[2]}: move it.", element)
        elif tag.once and (parent, name) in seen:
            yield error(f"podcast:{name} stands here more than once: keep one.", element)
        elif odd := sorted(set(element.attrib) - tag.attributes - ({"email"} if name == "locked" else set())):
            yield warning(f"podcast:{name} has no attribute {shown(odd[0])}: leave it out.", element)
        seen.add((parent, name))


@rule("A37", "Texts of podcast tags keep their limits: 128, 32, 4,000 characters", "podcast namespace")
def limits(feed: Feed) -> Iterator[Found]:
    for element in feed.elements:
        name = element.tag.removeprefix(_SPACE)
        if not element.tag.startswith(_SPACE) or name in ("funding", "liveItem", "value"):
            continue
        most, length = 4000 if name == "txt" else 128, len(_text(element))
        if length > most:
            yield error(f"podcast:{name} has {length:,} characters: {most:,} at most.", element)
        if len(element.get("display", "")) > 32:
            yield error("display of podcast:episode has more than 32 characters.", element)
        if name == "season" and len(element.get("name", "")) > 128:
            yield error("name of podcast:season has more than 128 characters.", element)


@rule("A62", "Persons have names, roles and groups of the taxonomy; an item’s restate the hosts", "podcast namespace")
def persons(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "person"):
        role, group = element.get("role", "host").lower(), element.get("group", "cast").lower()
        if not _text(element):
            yield error("podcast:person has no name.", element)
        roles = TAXONOMY.get(group, TAXONOMY.get(f"{group}."))
        if roles is None:
            yield warning(f"The taxonomy has no group {shown(group)}: write cast, or leave it out.", element)
        elif role not in roles:
            yield warning(f"The taxonomy has no role {shown(role)} in the group {shown(group)}.", element)
    if not any(_is_host(element) for element in children(feed.channel, "podcast:person")):
        return
    for item in feed.items:
        found = children(item.element, "podcast:person")
        if found and not any(_is_host(element) for element in found):
            yield warning(
                "The item’s persons replace the channel’s, and none is a host: name the hosts again.", found[0]
            )


def _is_host(element: Any) -> bool:
    return "host" in element.get("role", "host").lower()


@rule("A63", "podcast:socialInteract has protocol and uri, or is `disabled` alone", "podcast namespace")
def social(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "socialInteract"):
        protocol, uri = element.get("protocol", ""), element.get("uri", "")
        if protocol == "disabled" and (uri or len(_all_beside(element)) > 1):
            yield error("podcast:socialInteract is disabled, and says where to talk all the same: keep one.", element)
        elif not protocol or (protocol != "disabled" and not uri):
            yield error("podcast:socialInteract needs protocol and uri.", element)


def _all_beside(element: Any) -> list[Any]:
    return element.getparent().findall(element.tag)  # type: ignore[no-any-return]


@rule("A64", "podcast:contentLink has href and a text", "podcast namespace")
def content_links(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "contentLink"):
        if _missing(element, "href") or not _text(element):
            yield error("podcast:contentLink needs href and a text that says what is there.", element)


@rule("A65", "Soundbites last 15 to 120 seconds, inside the episode", "podcast namespace")
def soundbites(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        whole = seconds(value(item.element, "itunes:duration"))
        for element in children(item.element, "podcast:soundbite"):
            start, length = (_number(element.get(name, "")) for name in ("startTime", "duration"))
            if start is None or length is None:
                yield error("podcast:soundbite needs startTime and duration in seconds.", element)
            elif not 15 <= length <= 120:
                yield warning(f"The soundbite lasts {length:g} seconds: 15 to 120 are asked for.", element)
            elif whole and start + length > whole:
                yield error(f"The soundbite ends at second {start + length:g}, the episode at {whole:g}.", element)


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text) else None


@rule("A66", "podcast:chapters has url and the type application/json+chapters", "podcast namespace")
def chapters(feed: Feed) -> Iterator[Found]:
    for element in _all(feed, "chapters"):
        if _missing(element, "url"):
            yield error("podcast:chapters has no url: give the address of the file.", element)
        elif scheme_of(element.get("url")) and not is_https(element.get("url")):
            yield error("The address of the chapters is not https: browsers refuse it.", element)
        if element.get("type") != "application/json+chapters":
            said = element.get("type", "")
            yield error(f"The type of the chapters is {shown(said)}: write application/json+chapters.", element)
