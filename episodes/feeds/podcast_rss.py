"""A podcast's feed: RSS 2.0 with the namespaces of itunes, podcast, content, atom and psc.

Specifications: https://www.rssboard.org/rss-specification, https://podcasters.apple.com/support/823,
https://github.com/Podcastindex-org/podcast-namespace, https://podlove.org/simple-chapters/.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from email.utils import format_datetime
from html import escape, unescape
from typing import Any

from lxml import etree

from episodes.feeds.document import Channel, Chapter, Item, Person, last_change
from episodes.formats.cut import cut, cut_bytes
from episodes.formats.xml import for_xml

ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
PODCAST = "https://podcastindex.org/namespace/1.0"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
ATOM = "http://www.w3.org/2005/Atom"
PSC = "http://podlove.org/simple-chapters"
NAMESPACES = {"itunes": ITUNES, "podcast": PODCAST, "content": CONTENT, "atom": ATOM, "psc": PSC}

DESCRIPTION_BYTES = 4000
TITLE_LENGTH = 255
# Of what the podcast namespace calls a text; of an episode's `display`.
TEXT_LENGTH = 128
DISPLAY_LENGTH = 32

_TAG = re.compile(r"<[^>]*>")
_CUT_ENTITY = re.compile(r"&[a-z]*…\Z")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def render(channel: Channel, items: Sequence[Item]) -> bytes:
    """The same values are the same bytes. `items` come as they shall stand, the newest first."""
    rss = etree.Element("rss", {"version": "2.0"}, nsmap=NAMESPACES)
    root = etree.SubElement(rss, "channel")
    _channel(root, channel)
    changed_at = last_change(items)
    if changed_at is not None:
        _add(root, "pubDate", _rfc_2822(max(item.published_at for item in items)))
        _add(root, "lastBuildDate", _rfc_2822(changed_at))
    for item in items:
        _item(etree.SubElement(root, "item"), item)
    rendered: bytes = etree.tostring(rss, xml_declaration=True, encoding="UTF-8")
    return rendered


def description(html: str, fallback: str) -> str:
    """What stands before the first heading, as HTML where that fits into 4,000 bytes, else the first of its words."""
    summary = html.partition("<h3>")[0].strip()
    if len(summary.encode()) <= DESCRIPTION_BYTES:
        return summary or escape(fallback, quote=False)
    words = " ".join(unescape(_TAG.sub(" ", summary)).split())
    return _CUT_ENTITY.sub("…", cut_bytes(escape(words, quote=False), DESCRIPTION_BYTES))


def title_of(title: str, code: str) -> str:
    """An episode's title, or what people call it where it has none."""
    return cut(_clean(title) or code, TITLE_LENGTH)


def episode_number(number: str) -> tuple[str, str]:
    """The number as a decimal, and as printed where that is a word: `001` is 1, `p03` is 3 shown as p03.

    ("", "") where there is no digit in it.
    """
    if _NUMBER.fullmatch(number):
        whole, dot, fraction = number.partition(".")
        return f"{whole.lstrip('0') or '0'}{dot}{fraction}", ""
    found = _NUMBER.search(number)
    return (episode_number(found[0])[0], cut(number, DISPLAY_LENGTH)) if found else ("", "")


def _channel(root: Any, channel: Channel) -> None:
    _add(root, "title", cut(_clean(channel.title), TITLE_LENGTH))
    _add(root, "link", channel.url)
    _add(root, "description", cut_bytes(_clean(channel.description) or channel.title, DESCRIPTION_BYTES))
    _add(root, "language", channel.language)
    _add(root, "copyright", channel.copyright)
    _add(root, "generator", channel.generator)
    _add(root, "docs", "https://www.rssboard.org/rss-specification")
    _add(root, "ttl", "60")
    _atom(root, rel="self", type="application/rss+xml", href=channel.feed_url)
    if channel.json_url:
        _atom(root, rel="alternate", type="application/feed+json", href=channel.json_url)
    if channel.hub_url:
        _atom(root, rel="hub", href=channel.hub_url)
    if channel.thumbnail is not None:
        image = etree.SubElement(root, "image")
        _add(image, "url", channel.thumbnail.url)
        _add(image, "title", cut(_clean(channel.title), TITLE_LENGTH))
        _add(image, "link", channel.url)
        _add(image, "width", str(channel.thumbnail.width))
        _add(image, "height", str(channel.thumbnail.width))
    _itunes_channel(root, channel)
    _podcast_channel(root, channel)


def _itunes_channel(root: Any, channel: Channel) -> None:
    _add(root, f"{{{ITUNES}}}author", channel.author)
    if channel.owner_email:
        owner = etree.SubElement(root, f"{{{ITUNES}}}owner")
        _add(owner, f"{{{ITUNES}}}name", channel.owner_name or channel.author)
        _add(owner, f"{{{ITUNES}}}email", channel.owner_email)
    for main, sub in channel.categories:
        category = etree.SubElement(root, f"{{{ITUNES}}}category", {"text": main})
        if sub:
            etree.SubElement(category, f"{{{ITUNES}}}category", {"text": sub})
    _add(root, f"{{{ITUNES}}}explicit", _boolean(channel.explicit))
    _add(root, f"{{{ITUNES}}}type", channel.type)
    _empty(root, f"{{{ITUNES}}}image", href=channel.artwork_url)
    _add(root, f"{{{ITUNES}}}new-feed-url", channel.new_feed_url)
    _add(root, f"{{{ITUNES}}}complete", "Yes" if channel.is_complete else "")
    _add(root, f"{{{ITUNES}}}block", "Yes" if channel.is_blocked else "")


def _podcast_channel(root: Any, channel: Channel) -> None:
    _add(root, f"{{{PODCAST}}}guid", channel.guid)
    _add(root, f"{{{PODCAST}}}locked", "yes" if channel.is_locked else "no", owner=channel.owner_email)
    _add(root, f"{{{PODCAST}}}medium", channel.medium)
    if channel.funding_url:
        text = cut(_clean(channel.funding_text) or channel.title, TEXT_LENGTH)
        _add(root, f"{{{PODCAST}}}funding", text, url=channel.funding_url)
    for picture in channel.pictures:
        _empty(
            root,
            f"{{{PODCAST}}}image",
            href=picture.url,
            alt=picture.alt,
            **{"aspect-ratio": "1/1"},
            width=str(picture.width),
            height=str(picture.width),
            type=picture.type,
            purpose=picture.purpose,
        )
    _add(root, f"{{{PODCAST}}}license", channel.license, url=channel.license_url)
    frequency = cut(_clean(channel.update_frequency) or channel.update_rule, TEXT_LENGTH)
    complete = "true" if channel.is_complete else ""
    _add(root, f"{{{PODCAST}}}updateFrequency", frequency, rrule=channel.update_rule, complete=complete)
    _add(root, f"{{{PODCAST}}}block", "yes" if channel.is_blocked else "")
    _people(root, channel.hosts)


def _item(root: Any, item: Item) -> None:
    title = title_of(item.title, item.code)
    _add(root, "title", title)
    _add(root, "link", item.url)
    _add(root, "guid", item.guid, isPermaLink="false")
    _add(root, "pubDate", _rfc_2822(item.published_at))
    _add_html(root, "description", description(item.html, title))
    _add_html(root, f"{{{CONTENT}}}encoded", item.html)
    etree.SubElement(
        root,
        "enclosure",
        {
            "url": for_xml(item.enclosure_url),
            "length": str(item.enclosure_length or 0),
            "type": _clean(item.enclosure_type),
        },
    )
    if item.source_url:
        _add(root, "source", item.author, url=item.source_url)
    _add(root, f"{{{ITUNES}}}author", item.author)
    _add(root, f"{{{ITUNES}}}duration", str(item.duration_seconds or ""))
    number, display = episode_number(item.number)
    if number.isdecimal() and number != "0" and not display:
        _add(root, f"{{{ITUNES}}}episode", number)
    _add(root, f"{{{ITUNES}}}season", str(item.season or ""))
    _add(root, f"{{{ITUNES}}}episodeType", item.type)
    _add(root, f"{{{ITUNES}}}explicit", _boolean(item.explicit))
    _empty(root, f"{{{ITUNES}}}image", href=item.picture_url)
    _add(root, f"{{{PODCAST}}}episode", number, display=display)
    _add(root, f"{{{PODCAST}}}season", str(item.season or ""))
    _people(root, item.people)
    _empty(root, f"{{{PODCAST}}}chapters", url=item.chapters_url, type="application/json+chapters")
    for transcript in item.transcripts:
        _empty(
            root,
            f"{{{PODCAST}}}transcript",
            url=transcript.url,
            type=transcript.type,
            language=transcript.language,
            rel="captions" if transcript.is_timed else "",
        )
    _add(root, f"{{{PODCAST}}}contentLink", cut(f"{item.code}: {title}", TEXT_LENGTH), href=item.url)
    if item.video_url:
        # The same word in every language.
        _add(root, f"{{{PODCAST}}}contentLink", cut(f"Video: {title}", TEXT_LENGTH), href=item.video_url)
    _chapters(root, item.chapters)


def _people(root: Any, people: Sequence[Person]) -> None:
    for person in people:
        _add(
            root,
            f"{{{PODCAST}}}person",
            cut(_clean(person.name), TEXT_LENGTH),
            role=person.role,
            group=person.group,
            img=person.picture_url,
            href=person.url,
        )


def _chapters(root: Any, chapters: Sequence[Chapter]) -> None:
    if not chapters:
        return
    parent = etree.SubElement(root, f"{{{PSC}}}chapters", {"version": "1.2"})
    for chapter in chapters:
        attributes = {
            "start": _clock(chapter.starts_at_seconds),
            "title": chapter.title,
            "href": chapter.url,
            "image": chapter.image_url,
        }
        _empty(parent, f"{{{PSC}}}chapter", **attributes)


def _add(parent: Any, name: str, text: str, **attributes: str) -> None:
    """An element with this text and the attributes that say something; none without text."""
    text = _clean(text)
    if text:
        etree.SubElement(parent, name, _said(attributes)).text = text


def _add_html(parent: Any, name: str, html: str) -> None:
    """In CDATA, which people can read; escaped where the text has what ends it."""
    html = _clean(html).replace("\r", "")
    if html:
        etree.SubElement(parent, name).text = html if "]]>" in html else etree.CDATA(html)


def _empty(parent: Any, name: str, **attributes: str) -> None:
    """An element that says everything in attributes; none where the first says nothing."""
    said = _said(attributes)
    if next(iter(attributes)) in said:
        etree.SubElement(parent, name, said)


def _atom(root: Any, **attributes: str) -> None:
    _empty(root, f"{{{ATOM}}}link", **attributes)


def _said(attributes: dict[str, str]) -> dict[str, str]:
    return {name: value for name, text in attributes.items() if (value := _clean(text))}


def _clean(text: str) -> str:
    return for_xml(text).strip()


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _rfc_2822(at: datetime) -> str:
    return format_datetime(at)


def _clock(seconds: Decimal) -> str:
    """`00:13:30.500`, a Normal Play Time."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{int(hours):02}:{int(minutes):02}:{rest:06.3f}"
