"""What the channel says of the show: A8 to A26."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import Feed, children, first, text_of, value
from episodes.feed_health.registry import rule
from episodes.feed_health.values import (
    date_fault,
    is_email,
    is_https,
    is_uuid,
    path_ending,
    scheme_of,
    shown,
    size,
)
from episodes.feed_health.vocabulary import LANGUAGES, MEDIUMS, SUBCATEGORIES


@rule("A8", "The title is the show’s name, 1 to 255 characters", "Apple")
def title(feed: Feed) -> Iterator[Found]:
    name = value(feed.channel, "title")
    if not name:
        yield error("The channel has no title: give it the show’s name.")
    elif len(name) > 255:
        yield error(f"The title has {len(name)} characters: 255 at most.", first(feed.channel, "title"))


@rule("A9", "The description has 1 to 4,000 bytes", "Apple")
def description(feed: Feed) -> Iterator[Found]:
    element = first(feed.channel, "description")
    count = size(text_of(element).strip())
    if not count:
        yield error("The channel has no description: say what the show is about.", element)
    elif count > 4000:
        yield error(f"The description has {count:,} bytes: Apple reads 4,000. Shorten it.", element)


@rule("A10", "The link is the show’s home, https", "RSS 2.0")
def link(feed: Feed) -> Iterator[Found]:
    element, address = first(feed.channel, "link"), value(feed.channel, "link")
    if not address:
        yield error("The channel has no link: give the address of the show’s home.", element)
    elif not is_https(address):
        yield error(f"The channel’s link {shown(address)} is not an https address: write one.", element)
    elif address.endswith(("?", "#")):
        yield warning(
            f"The channel’s link {shown(address)} has a stray {address[-1]} at its end: leave it out.", element
        )


@rule("A11", "The language is a code of ISO 639, with a region or without", "RSS 2.0")
def language(feed: Feed) -> Iterator[Found]:
    element, code = first(feed.channel, "language"), value(feed.channel, "language")
    known = re.fullmatch(r"([A-Za-z]{2,3})(-[A-Za-z]{4})?(-([A-Za-z]{2}|[0-9]{3}))?", code)
    if not code:
        yield error("The channel has no language: write a code like en or de-AT.", element)
    elif not known or (len(known[1]) == 2 and known[1].lower() not in LANGUAGES):
        yield error(f"The language {shown(code)} is no code of ISO 639: write one like en or de-AT.", element)


@rule("A12", '`atom:link rel="self"` of type application/rss+xml is the address served', "PSP-1")
def self_link(feed: Feed) -> Iterator[Found]:
    found = [link for link in children(feed.channel, "atom:link") if link.get("rel") == "self"]
    if not found:
        yield error('The channel has no atom:link rel="self": give the feed’s own address.')
        return
    address, kind = found[0].get("href", ""), found[0].get("type")
    if len(found) > 1:
        yield error('There are several atom:link rel="self": keep one.', found[1])
    if not is_https(address):
        yield error(f"The feed’s own address {shown(address)} is not https: write the one it is served at.", found[0])
    elif feed.url and address != feed.url:
        yield error(f"The feed says its address is {shown(address)}, and is served at {shown(feed.url)}.", found[0])
    if kind != "application/rss+xml":
        yield warning(
            f"The type of the feed’s own address is {shown(kind or '')}: write application/rss+xml.", found[0]
        )


@rule("A13", "Artwork is an https address that ends in .jpg or .png", "Apple")
def image(feed: Feed) -> Iterator[Found]:
    if first(feed.channel, "itunes:image") is None:
        yield error("The channel has no itunes:image: give the address of a square picture of 3000 pixels.")
    for parent in (feed.channel, *(item.element for item in feed.items)):
        for element in children(parent, "itunes:image"):
            address = (element.get("href") or "").strip()
            if not is_https(address):
                yield error(f"The artwork {shown(address)} is not an https address in href: write one.", element)
            elif path_ending(address) not in ("jpg", "jpeg", "png"):
                yield error(
                    f"The artwork {shown(address)} does not end in .jpg or .png: Apple takes no other.", element
                )


@rule("A15", "The categories are Apple’s, in their exact letters", "Apple")
def categories(feed: Feed) -> Iterator[Found]:
    found = children(feed.channel, "itunes:category")
    if not found:
        yield error("The channel has no itunes:category: choose one of Apple’s.")
    for element in found:
        name = element.get("text", "")
        if name not in SUBCATEGORIES:
            folded = {main.lower(): main for main in SUBCATEGORIES}.get(name.lower().strip())
            hint = f"write {shown(folded)}" if folded else "choose one of Apple’s; letter case counts"
            yield error(f"Apple has no category {shown(name)}: {hint}.", element)


@rule("A16", "A subcategory belongs to its category", "Apple")
def subcategories(feed: Feed) -> Iterator[Found]:
    for main in children(feed.channel, "itunes:category"):
        known = SUBCATEGORIES.get(main.get("text", ""))
        for element in children(main, "itunes:category"):
            name = element.get("text", "")
            if known is not None and name not in known:
                home = next((other for other, subs in SUBCATEGORIES.items() if name in subs), None)
                hint = f"it belongs to {home}" if home else "letter case counts"
                yield error(f"{shown(name)} is no subcategory of {main.get('text')}: {hint}.", element)


@rule("A17", "itunes:explicit of the channel is `true` or `false`", "Apple")
def explicit(feed: Feed) -> Iterator[Found]:
    element, said = first(feed.channel, "itunes:explicit"), value(feed.channel, "itunes:explicit")
    if element is None:
        yield error("The channel has no itunes:explicit: write true or false.")
    elif said not in ("true", "false"):
        yield error(f"itunes:explicit is {shown(said)}: write true or false.", element)


@rule("A18", "itunes:author is there", "Apple, Spotify")
def author(feed: Feed) -> Iterator[Found]:
    if not value(feed.channel, "itunes:author"):
        yield warning("The channel has no itunes:author: say who makes the show.")


@rule("A19", "itunes:owner has an e-mail address, while directories verify", "Apple, YouTube")
def owner(feed: Feed) -> Iterator[Found]:
    element = first(feed.channel, "itunes:owner")
    if element is None:
        yield note("The channel has no itunes:owner: directories need its e-mail address while they verify the show.")
    elif not is_email(value(element, "itunes:email")):
        address = value(element, "itunes:email")
        yield error(f"The owner’s e-mail {shown(address)} is no address: write one, or leave the owner out.", element)


@rule("A20", "itunes:type is episodic or serial", "Apple")
def show_type(feed: Feed) -> Iterator[Found]:
    element, said = first(feed.channel, "itunes:type"), value(feed.channel, "itunes:type")
    if element is None:
        yield note("The channel has no itunes:type: write episodic or serial.")
    elif said not in ("episodic", "serial"):
        yield error(f"itunes:type is {shown(said)}: write episodic or serial.", element)


@rule("A21", "podcast:guid is a UUID", "podcast namespace")
def podcast_guid(feed: Feed) -> Iterator[Found]:
    found = children(feed.channel, "podcast:guid")
    if not found:
        yield warning("The channel has no podcast:guid: apps know the show by it when it moves.")
    elif not is_uuid(text_of(found[0]).strip()):
        yield error(f"podcast:guid {shown(text_of(found[0]).strip())} is no UUID: write the one of the show.", found[0])


@rule("A22", "podcast:locked is yes or no, with `owner` and never with `email`", "podcast namespace")
def locked(feed: Feed) -> Iterator[Found]:
    element, said = first(feed.channel, "podcast:locked"), value(feed.channel, "podcast:locked")
    if element is None:
        yield note("The channel has no podcast:locked: yes keeps other hosts from importing the feed.")
        return
    if said not in ("yes", "no"):
        yield error(f"podcast:locked is {shown(said)}: write yes or no.", element)
    if "email" in element.attrib:
        yield error("podcast:locked has email: the attribute is called owner.", element)
    elif "owner" not in element.attrib:
        yield note("podcast:locked names no owner: give the e-mail address that may unlock the feed.", element)
    elif not is_email(element.get("owner")):
        yield error(f"The owner of podcast:locked {shown(element.get('owner'))} is no e-mail address.", element)


@rule("A23", "podcast:medium is of the list", "podcast namespace")
def medium(feed: Feed) -> Iterator[Found]:
    element, said = first(feed.channel, "podcast:medium"), value(feed.channel, "podcast:medium")
    if element is None:
        yield note("The channel has no podcast:medium: write podcast.")
    elif said not in MEDIUMS:
        yield error(f"podcast:medium is {shown(said)}, which is not on the list: write podcast.", element)


@rule("A24", "pubDate and lastBuildDate are dates of RFC 2822", "RSS 2.0")
def dates(feed: Feed) -> Iterator[Found]:
    for name in ("pubDate", "lastBuildDate"):
        for element in children(feed.channel, name):
            fault = date_fault(text_of(element).strip())
            if fault:
                yield error(f"{name}: {fault}", element)
    if first(feed.channel, "pubDate") is None and first(feed.channel, "lastBuildDate") is None:
        yield note("The channel has neither pubDate nor lastBuildDate: say when the feed last changed.")


@rule("A25", "copyright, generator, docs and ttl are there; ttl is a number of minutes, 60 at most", "RSS 2.0")
def housekeeping(feed: Feed) -> Iterator[Found]:
    missing = [name for name in ("copyright", "generator", "docs", "ttl") if not value(feed.channel, name)]
    if missing:
        yield note(f"The channel has no {', '.join(missing)}: give what there is.")
    element, minutes = first(feed.channel, "ttl"), value(feed.channel, "ttl")
    if minutes and not re.fullmatch(r"[0-9]{1,6}", minutes):
        yield error(f"ttl is {shown(minutes)}: write a number of minutes.", element)
    elif minutes and int(minutes) > 60:
        yield warning(f"ttl is {minutes} minutes: with more than 60, apps see new episodes late.", element)


@rule("A26", "`<image>` is at most 144 pixels wide and has url, title and link, as the channel has them", "RSS 2.0")
def rss_image(feed: Feed) -> Iterator[Found]:
    element = first(feed.channel, "image")
    if element is None:
        yield note("The channel has no <image>: old readers show that one.")
        return
    for name in ("url", "title", "link"):
        if not value(element, name):
            yield error(f"<image> has no {name}: RSS requires it.", element)
    for name in ("title", "link"):
        if value(element, name) and value(element, name) != value(feed.channel, name):
            yield warning(f"The {name} of <image> is not the channel’s: write the same.", element)
    for name, most in (("width", 144), ("height", 400)):
        pixels = value(element, name)
        if pixels and (not re.fullmatch(r"[0-9]{1,5}", pixels) or int(pixels) > most):
            yield error(f"The {name} of <image> is {shown(pixels)}: {most} pixels at most.", element)


@rule("A77", "itunes:new-feed-url is the whole https address of the feed that stays", "Apple")
def new_feed_url(feed: Feed) -> Iterator[Found]:
    for element in children(feed.channel, "itunes:new-feed-url"):
        address = text_of(element).strip()
        if not scheme_of(address) or not urlsplit(address).path.strip("/"):
            yield warning(f"The feed moves to {shown(address)}: give the whole address of the new feed.", element)
        else:
            yield note(f"The feed says that it moved to {shown(address)}: keep that for four weeks at least.", element)


@rule("A84", "A WebSub hub is named, by https", "WebSub")
def hub(feed: Feed) -> Iterator[Found]:
    hubs = [link for link in children(feed.channel, "atom:link") if link.get("rel") == "hub"]
    if not hubs:
        yield note("No WebSub hub is named: apps see new episodes only when they ask.")
    for element in hubs:
        if not is_https(element.get("href", "")):
            yield error(f"The hub {shown(element.get('href', ''))} is not an https address.", element)


@rule("A88", "A blocked feed says so to everybody, with the words that act", "Apple, podcast namespace")
def blocked(feed: Feed) -> Iterator[Found]:
    apple, podcast = first(feed.channel, "itunes:block"), first(feed.channel, "podcast:block")
    says_apple, says_podcast = value(feed.channel, "itunes:block"), value(feed.channel, "podcast:block")
    if apple is not None and says_apple != "Yes":
        yield warning(f"itunes:block is {shown(says_apple)}, and only Yes acts: write Yes or leave it out.", apple)
    if podcast is not None and says_podcast not in ("yes", "no"):
        yield error(f"podcast:block is {shown(says_podcast)}: write yes or no.", podcast)
    everywhere = says_podcast == "yes" and not podcast.get("id")
    if says_apple == "Yes" and not everywhere:
        yield warning("itunes:block keeps only Apple out: write podcast:block yes too.", apple)
    elif everywhere and says_apple != "Yes":
        yield warning("podcast:block does not keep Apple out: write itunes:block Yes too.", podcast)
