"""What other people's parsers make of a feed: feedparser and podcastparser, npm's podcast-partytime and feedsmith.

`disagreements(feed, expected)` says where they read something else than `expected`, which has, in this form:
title, link, language, author, podcast_guid, funding [url, text], persons [name, role, group, href, img] and items with
guid, title, link, published (seconds), enclosure [url, length, type], duration, explicit, episode_type, episode,
season, notes, persons, chapters_url, chapters [start, title, href, image], transcripts [url, type, language] and
soundbites [start, duration]. `exact(feed)` reads it from the bytes by lxml alone.
"""

import calendar
import io
import json
import subprocess
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import feedparser
import podcastparser
from lxml import etree

SCRIPT = Path(__file__).with_suffix(".cjs")
SPACES = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "psc": "http://podlove.org/simple-chapters",
}


def disagreements(feed: bytes, expected: dict[str, Any], *, with_npm: bool = True) -> list[str]:
    """`feedsmith, item 3, title: “A” is expected, and read is “B”`. Only what a parser reads at all is compared."""
    read = {"feedparser": _by_feedparser(feed), "podcastparser": _by_podcastparser(feed)}
    if with_npm:
        run = subprocess.run(["node", SCRIPT], input=feed, capture_output=True, check=True)
        read |= json.loads(run.stdout)
    return [f"{name}, {line}" for name, found in read.items() for line in _compared(name, found, expected)]


def exact(feed: bytes) -> dict[str, Any]:
    channel = etree.fromstring(feed).find("channel")
    return {
        "title": _text(channel, "title"),
        "link": _text(channel, "link"),
        "language": _text(channel, "language"),
        "author": _text(channel, "itunes:author"),
        "podcast_guid": _text(channel, "podcast:guid"),
        "funding": [[e.get("url"), e.text] for e in channel.findall("podcast:funding", SPACES)],
        "persons": _persons(channel),
        "items": [_exact_item(item) for item in channel.findall("item")],
    }


def _exact_item(item: Any) -> dict[str, Any]:
    enclosure = item.find("enclosure")
    return {
        "guid": _text(item, "guid"),
        "title": _text(item, "title"),
        "link": _text(item, "link"),
        "published": int(parsedate_to_datetime(_text(item, "pubDate")).timestamp()),
        "enclosure": [enclosure.get("url"), int(enclosure.get("length")), enclosure.get("type")],
        "duration": _number(_text(item, "itunes:duration")),
        "explicit": {"true": True, "false": False}.get(_text(item, "itunes:explicit")),
        "episode_type": _text(item, "itunes:episodeType"),
        "episode": _number(_text(item, "podcast:episode")),
        "season": _number(_text(item, "itunes:season")),
        "notes": _text(item, "content:encoded"),
        "persons": _persons(item),
        "chapters_url": _attributes(item, "podcast:chapters", "url")[0][0] if _has(item, "podcast:chapters") else "",
        "chapters": _attributes(item, "psc:chapters/psc:chapter", "start", "title", "href", "image"),
        "transcripts": _attributes(item, "podcast:transcript", "url", "type", "language"),
        "soundbites": [
            [float(start), float(length)]
            for start, length in _attributes(item, "podcast:soundbite", "startTime", "duration")
        ],
    }


def _has(parent: Any, path: str) -> bool:
    return parent.find(path, SPACES) is not None


def _text(parent: Any, path: str) -> str:
    return parent.findtext(path, "", SPACES)


def _number(text: str) -> float | None:
    return float(text) if text else None


def _attributes(parent: Any, path: str, *names: str) -> list[list[str]]:
    return [[element.get(name, "") for name in names] for element in parent.findall(path, SPACES)]


def _persons(parent: Any) -> list[list[str]]:
    found = parent.findall("podcast:person", SPACES)
    return [[e.text, e.get("role", "host"), e.get("group", "cast"), e.get("href", ""), e.get("img", "")] for e in found]


def _by_feedparser(feed: bytes) -> dict[str, Any]:
    """It keeps one of repeated podcast tags."""
    read = feedparser.parse(io.BytesIO(feed), sanitize_html=False, resolve_relative_uris=False)
    assert not read.bozo, read.bozo_exception
    return {
        "title": read.feed.title,
        "link": read.feed.link,
        "language": read.feed.language,
        "author": read.feed.author,
        "podcast_guid": read.feed.get("podcast_guid", ""),
        "items": [
            {
                "guid": item.id,
                "title": item.title,
                "link": item.get("link", ""),
                "published": calendar.timegm(item.published_parsed),
                "enclosure": [item.enclosures[0].href, int(item.enclosures[0].length), item.enclosures[0].type],
                "duration": _number(item.get("itunes_duration", "")),
                "episode_type": item.get("itunes_episodetype", ""),
                "season": _number(item.get("itunes_season", "")),
                "notes": item.content[0].value if "content" in item else "",
                "chapters_url": item.get("podcast_chapters", {}).get("url", ""),
                "chapters": [
                    [chapter.get(name, "") for name in ("start", "title", "href", "image")]
                    for chapter in item.get("psc_chapters", {}).get("chapters", [])
                ],
            }
            for item in read.entries
        ],
    }


def _by_podcastparser(feed: bytes) -> dict[str, Any]:
    """It sorts by date, and squeezes blanks in texts."""
    read = podcastparser.parse("https://example.org/rss", io.BytesIO(feed))
    return {
        "title": read["title"],
        "link": read["link"],
        "language": read["language"],
        "author": read["itunes_author"],
        "items": [
            {
                "guid": item["guid"],
                "title": item["title"],
                "link": item["link"],
                "published": item["published"],
                "enclosure": [item["enclosures"][0][name] for name in ("url", "file_size", "mime_type")],
                "duration": item["total_time"],
                "explicit": item.get("explicit"),
                "episode_type": item.get("type", ""),
                "season": item.get("season"),
                "chapters": [
                    [chapter["start"], chapter["title"], chapter.get("href", ""), chapter.get("image", "")]
                    for chapter in item.get("chapters", [])
                ],
            }
            for item in read["episodes"]
        ],
    }


def _compared(name: str, found: dict[str, Any], expected: dict[str, Any]) -> list[str]:
    lines = [
        f"{key}: {expected[key]!r} is expected, and read is {value!r}"
        for key, value in found.items()
        if key != "items" and _plain(name, key, value) != _plain(name, key, expected[key])
    ]
    ours, theirs = expected["items"], found["items"]
    if name == "podcastparser":
        ours = sorted(ours, key=lambda item: item["published"], reverse=True)
    if len(ours) != len(theirs):
        return [*lines, f"items: {len(ours)} are expected, and read are {len(theirs)}"]
    return lines + [
        f"item {number}, {key}: {one[key]!r} is expected, and read is {value!r}"
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True), 1)
        for key, value in other.items()
        if _plain(name, key, value) != _plain(name, key, one[key])
    ]


def _plain(name: str, key: str, value: Any) -> Any:
    """Without what a parser is known to change on purpose."""
    if name == "podcast-partytime":
        if key == "persons":  # In the taxonomy's capital letters.
            return [[person[0], *map(str.casefold, person[1:3]), *person[3:]] for person in value]
        if key == "transcripts":  # By the name that the type had until 2022.
            return [[url, type_.replace("x-subrip", "srt"), language] for url, type_, language in value]
    if name == "podcastparser" and key == "chapters":  # Whole seconds.
        return [[_whole_seconds(start), *rest] for start, *rest in value]
    if name == "podcastparser" and key == "title" and isinstance(value, str):
        return " ".join(value.split())
    if key == "notes":
        return value.strip()
    return value


def _whole_seconds(start: Any) -> int:
    if isinstance(start, int):
        return start
    total = 0.0
    for part in start.split(":"):
        total = total * 60 + float(part)
    return int(total)
