"""A good feed is clean, and each defect that is put into it is found, by the rule for it and no other."""

import json
import random
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from episodes.feed_health import NOT_CHECKED, RULES, in_order, lint

FEEDS = Path(__file__).parent / "feeds"
GOLDEN = (FEEDS / "golden.xml").read_text()
URL = "https://tide.example/rss"
NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
CHAPTERS = {
    "version": "1.2.0",
    "chapters": [
        {"startTime": 0, "title": "Hello"},
        {"startTime": 130.5, "title": "Hemp", "url": "https://example.org/hemp"},
        {"startTime": 1000, "title": "A picture", "toc": False},
        {"startTime": 1200, "title": "Knots"},
    ],
}
VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ann>Hello.\n\n00:02.000 --> 00:03.500\n<v Gil>Hello.\n"


def rules_of(feed: str | bytes, **known) -> set[str]:
    data = feed if isinstance(feed, bytes) else feed.encode()
    return {problem.rule for problem in lint(data, **{"url": URL, "now": NOW} | known)}


def swap(old: str, new: str, times: int = 1):
    """The defect that writes one thing instead of another, from the first place on where it stands."""

    def seed(feed: str) -> str:
        assert old in feed, old
        return feed.replace(old, new, times)

    return seed


def cut(pattern: str):
    """The defect that leaves out what matches."""

    def seed(feed: str) -> str:
        assert re.search(pattern, feed, re.DOTALL), pattern
        return re.sub(pattern, "", feed, count=1, flags=re.DOTALL)

    return seed


def in_item(number: int, defect):
    """The defect, in one item."""

    def seed(feed: str) -> str:
        parts = feed.split("<item>")
        parts[number] = defect(parts[number])
        return "<item>".join(parts)

    return seed


def no_items(feed: str) -> str:
    return re.sub(r"<item>.*</item>", "", feed, flags=re.DOTALL)


def other_order(feed: str) -> str:
    head, one, two, *rest = feed.split("<item>")
    return "<item>".join([head, two, one, *rest])


def add_channel(xml: str):
    return swap("<podcast:txt", f"{xml}<podcast:txt")


def add_item(xml: str):
    return swap("<itunes:duration>1800", f"{xml}<itunes:duration>1800")


SRT = '<podcast:transcript url="https://tide.example/a.srt" type="application/x-subrip" language="en" rel="captions"/>'
BIG = "&lt;p&gt;" + "ü" * 2001 + "&lt;/p&gt;"
# Name of the defect: the rules that find it, and the defect.
DEFECTS = {
    # Document
    "cut off in the middle": ("A1", cut(r"</channel>\s*</rss>")),
    "an ampersand not escaped": ("A1", swap("Ropes &amp; Knots", "Ropes & Knots")),
    "an entity of HTML": ("A1", swap("Who lights them.</desc", "Who lights&nbsp;them.</desc")),
    "a tag not closed": ("A1 A7", in_item(5, swap("</itunes:explicit>", ""))),
    "no declaration": ("A1", cut(r"<\?xml.*?\?>\s*")),
    "a declaration without encoding": ("A1", swap(' encoding="UTF-8"', "")),
    "a blank line before the declaration": ("A1", lambda feed: "\n" + feed),
    "a byte order mark": ("A1", lambda feed: "\ufeff" + feed),
    "a DOCTYPE": ("A1", swap("<rss ", '<!DOCTYPE rss SYSTEM "https://example.org/rss.dtd"><rss ')),
    "a control character": ("A1", swap("How a rope", "How\x0ba rope")),
    "a control character as reference": ("A1", swap("Lamps</title>", "La&#11;mps</title>")),
    "a prefix that is not declared": ("A1", swap("<podcast:txt", "<spotify:limit>1</spotify:limit><podcast:txt")),
    "version 0.92": ("A2", swap('version="2.0"', 'version="0.92"')),
    "two channels": ("A2", swap("</channel>", "</channel><channel/>")),
    "an attribute of rss": ("A2", swap('version="2.0"', 'version="2.0" encoding="UTF-8"')),
    "atom with a slash": ("A3 A12 A84", swap("2005/Atom", "2005/Atom/")),
    "itunes in other letters": (
        "A3",
        swap("xmlns:psc", 'xmlns:i="http://www.itunes.com/DTDs/Podcast-1.0.dtd" xmlns:psc'),
    ),
    "the podcast namespace with www": (
        "A3 A21 A22 A23 A30",
        swap("https://podcastindex.org/namespace/1.0", "https://www.podcastindex.org/namespace/1.0"),
    ),
    "the old podcast namespace": (
        "A3",
        swap(
            "https://podcastindex.org/namespace/1.0",
            "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
        ),
    ),
    "googleplay": ("A3", swap("xmlns:psc", 'xmlns:g="http://www.google.com/schemas/play-podcasts/1.0" xmlns:psc')),
    "a relative address": ("A4", swap('href="https://tide.example/hosts/gil"', 'href="/hosts/gil"')),
    "an address by http": ("A4", swap('url="https://tide.example/join"', 'url="http://tide.example/join"')),
    "characters lost": ("A6", swap("How a rope", "How\ufffda rope")),
    "UTF-8 read as Windows-1252": ("A6", swap("<p>Who lights", "<p>Itâ€™s who lights")),
    "escaped twice": ("A7", swap("Ropes &amp; Knots", "Ropes &amp;amp; Knots")),
    "HTML escaped twice": (
        "A7",
        swap("&lt;p&gt;A short one.&lt;/p&gt;</content", "&amp;lt;p&amp;gt;A&amp;lt;/p&amp;gt;</content"),
    ),
    "blanks around a value": ("A7", swap("<title>Lamps<", "<title> Lamps <")),
    "an element that RSS lacks": ("L2", swap("<copyright>", "<copyleft/><copyright>")),
    "pubDate in other letters": ("A51 L2", in_item(4, lambda item: item.replace("pubDate", "pubdate"))),
    "HTML not escaped": ("L2", swap("Who lights them.</desc", "Who <b>lights</b> them.</desc")),
    "an itunes tag misspelt": ("A53 L3", in_item(4, lambda item: item.replace("itunes:duration", "itunes:Duration"))),
    "keywords": ("L4", add_channel("<itunes:keywords>sea</itunes:keywords>")),
    "two titles": ("L5", in_item(4, swap("<title>Lamps</title>", "<title>Lamps</title><title>Light</title>"))),
    # Channel
    "no title of the show": ("A8 A26", cut("<title>Tide Radio</title>")),
    "a title too long": ("A8 A26", swap("Tide Radio", "T" * 256)),
    "no description of the show": ("A9", cut("<description>Stories.*?</description>")),
    "a description of the show too long": ("A9", swap("Stories of the coast", "ü" * 2001)),
    "no home": ("A10 A26", cut("<link>https://tide.example/</link>")),
    "a home by http": ("A10 A26", swap("<link>https:", "<link>http:")),
    "a stray question mark": ("A10 A26", swap("<link>https://tide.example/", "<link>https://tide.example/?")),
    "no language": ("A11", cut("<language>.*?</language>")),
    "a language by name": ("A11", swap("en-GB", "English")),
    "a language that is a country": ("A11", swap("en-GB", "gb")),
    "no self link": ("A12", cut('<atom:link rel="self".*?/>')),
    "a self link elsewhere": ("A12", swap("https://tide.example/rss", "https://tide.example/feed")),
    "a self link of another type": ("A12", swap("application/rss+xml", "text/xml")),
    "no artwork": ("A13", cut("<itunes:image.*?/>")),
    "artwork as WebP": ("A13", swap("art-3000.jpg", "art-3000.webp")),
    "artwork by http": ("A13", swap("https://tide.example/art-3000", "http://tide.example/art-3000")),
    "artwork as text": (
        "A13",
        swap('<itunes:image href="https://tide.example/5.png"/>', "<itunes:image>x.png</itunes:image>"),
    ),
    "no category": (
        "A15",
        lambda feed: re.sub(r"<itunes:category.*</itunes:category>.*?/>", "", feed, flags=re.DOTALL),
    ),
    "a category in other letters": ("A15", swap('"Technology"', '"technology"')),
    "a category of old": ("A15", swap('"Technology"', '"Games &amp; Hobbies"')),
    "a subcategory of another category": ("A16", swap("Places &amp; Travel", "Tech News")),
    "explicit no": ("A17", swap("<itunes:explicit>false", "<itunes:explicit>no")),
    "no explicit": ("A17", cut("<itunes:explicit>false</itunes:explicit>")),
    "no author": ("A18", cut("<itunes:author>.*?</itunes:author>")),
    "an owner without an address": ("A19", cut("<itunes:email>.*?</itunes:email>")),
    "no owner": ("A19", cut("<itunes:owner>.*?</itunes:owner>")),
    "a type of show that is none": ("A20", swap(">episodic<", ">weekly<")),
    "no podcast:guid": ("A21", cut("<podcast:guid>.*?</podcast:guid>")),
    "a podcast:guid that is an address": (
        "A21",
        swap("9b024349-ccf0-5f69-a609-6b82873eab3c", "https://tide.example/rss"),
    ),
    "locked with email": ("A22", swap("<podcast:locked owner", "<podcast:locked email")),
    "locked true": ("A22", swap(">yes</podcast:locked", ">true</podcast:locked")),
    "a medium that is none": ("A23", swap("<podcast:medium>podcast", "<podcast:medium>radio")),
    "a date of ISO 8601": ("A24", swap("Mon, 02 Nov 2026 08:30:00 +0000", "2026-11-02T08:30:00Z")),
    "a day of the week that it was not": ("A24", swap("Mon, 02 Nov 2026 08:30", "Tue, 02 Nov 2026 08:30")),
    "a ttl of a day": ("A25", swap("<ttl>60", "<ttl>1440")),
    "a ttl in words": ("A25", swap("<ttl>60", "<ttl>an hour")),
    "no generator": ("A25", cut("<generator>.*?</generator>")),
    "an image too wide": ("A26", swap("<width>144", "<width>3000")),
    "an image without address": ("A26", cut("<url>.*?</url>")),
    "an image of another title": (
        "A26",
        swap(
            "<title>Tide Radio</title>\n<link>https://tide.example/</link>\n<w",
            "<title>T</title>\n<link>https://tide.example/</link>\n<w",
        ),
    ),
    "funding without address": ("A27", swap(' url="https://tide.example/join"', "")),
    "a long funding text": ("A27", swap("Become a member", "m" * 129)),
    "a license without address": ("A28", swap(' url="https://creativecommons.org/licenses/by-sa/4.0/"', "")),
    "an rrule of fortnights": ("A29", swap("FREQ=WEEKLY", "FREQ=FORTNIGHTLY")),
    "an rrule of an eighth day": ("A29", swap("BYDAY=SU", "BYDAY=XX")),
    "no regular hosts": (
        "A30",
        lambda feed: re.sub(r"<podcast:person.*?Sound</podcast:person>", "", feed, count=1, flags=re.DOTALL),
    ),
    "a picture without words": ("A31", swap(' alt="A lamp over the sea"', "")),
    "a purpose that is none": ("A31", swap("banner social", "billboard")),
    "a podroll by address": ("A32", swap("917393e3-1b1e-5cef-ace4-edaa54e1f810", "no-agenda")),
    "an empty podroll": ("A32", cut("<podcast:remoteItem.*?/>")),
    "a chat without server": ("A34", swap('server="chat.tide.example" ', "")),
    "a split of a half": ("A34", swap('split="90"', 'split="0.5"')),
    "a key too short": ("A34", swap("02d5c1bf", "")),
    "a live item without start": ("A35", swap(' start="2026-11-08T20:00:00Z"', "")),
    "a live item with an episode's GUID": ("A35", swap("live-2026-11-08", "trailer")),
    "a live item that nobody can watch": (
        "A35",
        cut("<podcast:contentLink href=.https://video.*?</podcast:contentLink>"),
    ),
    "a tag that the namespace lacks": ("A36", add_channel("<podcast:complete>yes</podcast:complete>")),
    "a tag where it does not belong": ("A36", add_item("<podcast:medium>podcast</podcast:medium>")),
    "a tag twice": ("A36", add_channel("<podcast:medium>podcast</podcast:medium>")),
    "deprecated images": ("A36", add_item('<podcast:images srcset="https://tide.example/a.jpg 1500w"/>')),
    "a person's e-mail": (
        "A36",
        swap('<podcast:person role="guest"', '<podcast:person email="g@example.org" role="guest"'),
    ),
    "a name too long": ("A37", swap("Gil Guest", "G" * 129)),
    "a display too long": ("A37", swap('display="Five"', f'display="{"5" * 33}"')),
    "a txt too long": ("A37", swap("tide-4711", "t" * 4001)),
    "a feed that moves nowhere": ("A77", add_channel("<itunes:new-feed-url>https://new.example</itunes:new-feed-url>")),
    "a hub by http": ("A84", swap("https://hub.example/", "http://hub.example/")),
    "no hub": ("A84", cut('<atom:link rel="hub".*?/>')),
    "blocked with a word that does nothing": ("A88", add_channel("<itunes:block>true</itunes:block>")),
    "blocked for Apple alone": ("A88", add_channel("<itunes:block>Yes</itunes:block>")),
    "blocked for all but Apple": ("A88", add_channel("<podcast:block>yes</podcast:block>")),
    # Items
    "no items": ("A38", no_items),
    "oldest first": ("A39", other_order),
    "no title": ("A40", cut("<title>Lamps</title>")),
    "an episode's title too long": ("A40", swap("<title>Lamps", f"<title>{'L' * 256}")),
    "the number in the title": ("A41", swap("<title>Lamps", "<title>003: Lamps")),
    "the number after the title": ("A41", swap("<title>Lamps", "<title>Lamps | TR 3")),
    "the show in the title": ("A41", swap("<title>Lamps", "<title>Tide Radio: Lamps")),
    "a date ahead": ("A42", in_item(1, swap("Sun, 01 Nov 2026", "Sun, 08 Nov 2026"))),
    "no GUID": ("A43", in_item(4, cut("<guid.*?</guid>"))),
    "an empty GUID": ("A43", in_item(5, swap(">trailer</guid", "></guid"))),
    "blanks around a GUID": ("A7", in_item(5, swap(">trailer<", "> trailer <"))),
    "a permalink that is none": ("A44", in_item(5, swap(' isPermaLink="false"', ""))),
    "isPermaLink no": ("A44", in_item(5, swap('isPermaLink="false"', 'isPermaLink="no"'))),
    "a GUID twice": ("A45", swap("8a5f30b003", "8a5f30b001")),
    "a GUID twice but for letter case": ("A45", swap("8a5f30b003", "8A5F30B001")),
    "no enclosure": ("A46", in_item(4, cut("<enclosure.*?/>"))),
    "two enclosures": (
        "A46",
        in_item(
            5,
            swap("<enclosure", '<enclosure url="https://media.example/t.ogg" length="9" type="audio/ogg"/><enclosure'),
        ),
    ),
    "audio by http": ("A47", swap("https://media.example/5.mp3", "http://media.example/5.mp3")),
    "an umlaut in the audio's address": ("A47", swap("media.example/5.mp3", "media.example/fünf.mp3")),
    "a blank in the audio's address": ("A47", swap("media.example/5.mp3", "media.example/5 a.mp3")),
    "audio without an address": ("A47", swap('url="https://media.example/5.mp3" ', "")),
    "a length of zero": ("A48", swap('"28800000"', '"0"')),
    "no length": ("A48", swap(' length="28800000"', "")),
    "a length in Arabic digits": ("A48", swap('"28800000"', '"٢٨٨"')),
    "a length with a comma": ("A48", swap('"28800000"', '"28,800,000"')),
    "a type of another file": ("A49", swap('"audio/x-m4a"', '"audio/mpeg"')),
    "a type that is none": ("A49", in_item(4, swap('"audio/mpeg"', '"mp3"'))),
    "the same audio twice": ("A50", in_item(3, swap("regatta.mp3", "5.mp3"))),
    "no date": ("A51", in_item(4, cut("<pubDate>.*?</pubDate>"))),
    "an episode's date of ISO 8601": ("A51", in_item(4, swap("Sun, 18 Oct 2026 20:00:00 GMT", "2026-10-18 20:00"))),
    "a day that does not exist": ("A51", in_item(4, swap("Sun, 18 Oct", "Sun, 31 Sep"))),
    "a wrong day of the week": ("A51", in_item(4, swap("Sun, 18 Oct", "Mon, 18 Oct"))),
    "a zone by name": ("A51", in_item(4, swap("20:00:00 GMT", "13:00:00 PDT"))),
    "a hour 25": ("A51", in_item(4, swap("20:00:00", "25:00:00"))),
    "no link": ("A52", cut("<link>https://tide.example/3</link>")),
    "a link by http": ("A52", swap("<link>https://tide.example/3", "<link>http://tide.example/3")),
    "a link twice": ("A52", swap("<link>https://tide.example/3", "<link>https://tide.example/4")),
    "no duration": ("A53", in_item(4, cut("<itunes:duration>.*?</itunes:duration>"))),
    "a duration in words": ("A53", swap("<itunes:duration>600", "<itunes:duration>10 min")),
    "a duration of nothing": ("A53", swap("<itunes:duration>600", "<itunes:duration>0")),
    "a duration in hours": ("A53", swap("<itunes:duration>600", "<itunes:duration>0:10:00")),
    "a duration with a fraction": ("A53", swap("<itunes:duration>600", "<itunes:duration>600.25")),
    "a number that is none": ("A54", swap("<itunes:episode>3", "<itunes:episode>003a")),
    "a number zero": ("A54", swap("<itunes:season>2", "<itunes:season>0")),
    "two numbers": ("A54", swap("<itunes:episode>3", "<itunes:episode>33")),
    "a type of episode that is none": ("A55", swap(">bonus<", ">Bonus<")),
    "explicit clean": ("A56", in_item(4, swap("<itunes:explicit>false", "<itunes:explicit>clean"))),
    "an item that does not say explicit": ("A56", in_item(4, cut("<itunes:explicit>.*?</itunes:explicit>"))),
    "an episode without description": ("A57", swap("<description>Who lights them.</description>", "")),
    "a description of markup alone": (
        "A57",
        swap("<description>Who lights them.<", "<description>&lt;p&gt;&lt;br&gt;&lt;/p&gt;<"),
    ),
    "a description too long": ("A57", swap("<description>Who lights them.", f"<description>{BIG}")),
    "a description that begins with an address": (
        "A57",
        swap("<description>Who", "<description>https://tide.example/ who"),
    ),
    "no notes": ("A58", in_item(4, cut("<content:encoded>.*?</content:encoded>"))),
    "a tag of HTML not closed": ("A58", in_item(4, swap("<p>Who lights", "<p><strong>Who lights"))),
    "an end tag too many": ("A58", in_item(4, swap("them.</p>]]", "them.</p></div>]]"))),
    "a link without scheme": ("A59", swap('<a href="https://example.org/knots?a=1&amp;b=2"', '<a href="holesail.io"')),
    "a link to a telephone": ("A59", swap("mailto:ann@tide.example", "tel:+1555")),
    "a picture by a path": ("A59", in_item(4, swap("<p>Who lights", '<p><img src="/a.png">Who lights'))),
    "a script": ("A60", in_item(4, swap("<p>Who lights", "<script>alert(1)</script><p>Who lights"))),
    "an iframe": (
        "A60",
        in_item(4, swap("<p>Who lights", '<iframe src="https://example.org/"></iframe><p>Who lights')),
    ),
    "a handler": ("A60", in_item(4, swap("<p>Who lights", '<p onclick="alert(1)">Who lights'))),
    "a style": ("A60", in_item(4, swap("<p>Who lights", '<p style="color:red">Who lights'))),
    "an address that runs": ("A60", swap("mailto:ann@tide.example", "java&#10;script:alert(1)")),
    "a heading in the description": ("A61", swap("&lt;p&gt;How", "&lt;h2&gt;A&lt;/h2&gt;&lt;p&gt;How")),
    "a role that is none": ("A62", swap('role="guest"', 'role="visitor"')),
    "a group that is none": ("A62", swap('group="audio post-production"', 'group="noise"')),
    "a role of another group": (
        "A62",
        swap('role="sound designer" group="audio post-production"', 'role="sound designer" group="cast"'),
    ),
    "a guest who replaces the hosts": ("A62", in_item(1, cut('<podcast:person role="host".*?</podcast:person>'))),
    "a person without name": ("A62", swap(">Gil Guest<", "><")),
    "social without address": ("A63", swap(' uri="https://social.example/@tide/5"', "")),
    "disabled, and yet an address": (
        "A63",
        swap('protocol="disabled"', 'protocol="disabled" uri="https://social.example/4"'),
    ),
    "a content link without words": ("A64", swap(">Show notes</podcast", "></podcast")),
    "a soundbite too short": ("A65", swap('duration="45"', 'duration="5"')),
    "a soundbite past the end": ("A65", swap('startTime="60.5"', 'startTime="1790"')),
    "a soundbite without start": ("A65", swap('startTime="60.5" ', "")),
    "chapters of another type": ("A66", swap("application/json+chapters", "application/json")),
    "chapters without address": ("A66", swap('url="https://tide.example/5/chapters.json" ', "")),
    "chapters not sorted": ("L7", swap('start="00:02:10.500"', 'start="00:22:10.500"')),
    "two chapters at one second": ("L7", swap('start="00:20:00"', 'start="00:02:10.500"')),
    "a chapter past the end": ("L7", swap('start="00:20:00"', 'start="00:30:00"')),
    "chapters that begin late": ("L7", swap('start="00:00:00"', 'start="00:00:05"')),
    "a chapter at no time": ("L7", swap('start="00:20:00"', 'start="twenty"')),
    "a chapter without title": ("L7", swap('title="Hemp" ', "")),
    "no chapters inside": ("L7", lambda feed: re.sub(r"<psc:chapter .*?/>", "", feed)),
    "timestamps that begin late": ("A69", swap("00:00 Start", "00:30 Start")),
    "timestamps not sorted": ("A69", swap("02:00 Home", "00:30 Home")),
    "a transcript of another type": ("A70", swap('type="text/html"', 'type="application/pdf"')),
    "SRT as it was called": ("A70", swap("application/x-subrip", "application/srt")),
    "SRT first": (
        "A70",
        swap("<podcast:transcript", f"{SRT}<podcast:transcript"),
    ),
    "SRT alone": ("A70", cut('<podcast:transcript url="[^"]*vtt".*?/>')),
    "a transcript without language": ("A70", swap('type="text/vtt" language="en"', 'type="text/vtt"')),
    "a transcript without address": ("A70", swap('url="https://tide.example/5/transcript.vtt" ', "")),
    "a transcript that is titles": ("A70", swap('rel="captions"', 'rel="subtitles"')),
    "timed, and does not say so": ("A70", swap(' rel="captions"', "")),
    "an author by name": ("L6", in_item(4, swap("<pubDate>", "<author>Ann Host</author><pubDate>"))),
}


def test_a_good_feed_has_no_problem():
    assert [str(problem) for problem in lint(GOLDEN.encode(), url=URL, now=NOW, previous=GOLDEN.encode())] == []


@pytest.mark.parametrize("name", DEFECTS)
def test_the_defect_is_found_by_its_rule_and_by_no_other(name):
    expected, defect = DEFECTS[name]
    broken = defect(GOLDEN)
    assert broken != GOLDEN
    assert rules_of(broken) == set(expected.split())


def problems(feed: str | bytes, **known) -> list[str]:
    data = feed if isinstance(feed, bytes) else feed.encode()
    return [str(problem) for problem in lint(data, **{"url": URL, "now": NOW} | known)]


def test_a_problem_says_where_it_is_and_what_to_do():
    feed = swap('"9600000"', '"0"')(GOLDEN)
    [problem] = lint(feed.encode(), url=URL, now=NOW)
    assert str(problem) == (
        "item 4 “Lamps” (5e7bdd5c-52b4-4d69-9f2c-0d8a5f30b003), line 135: A48 error: "
        "The enclosure’s length is “0”: give the bytes of the file."
    )
    assert (problem.source, feed.splitlines()[problem.line - 1]) == (
        "RSS 2.0",
        '<enclosure url="https://op3.dev/e/media.example/3.mp3?a=1&amp;b=2" length="0" type="audio/mpeg"/>',
    )


def test_the_worst_stands_first():
    feed = in_item(1, swap("<itunes:duration>1800", "<itunes:duration>0:30:00"))(GOLDEN)
    feed = in_item(5, swap("<itunes:duration>30", "<itunes:duration>30.5"))(feed)
    feed = in_item(4, swap('length="9600000"', 'length="0"'))(feed)
    severities = [problem.severity for problem in lint(feed.encode(), url=URL, now=NOW)]
    assert severities == ["error", "warning", "note"]


# --- What a host really emits ---


def test_an_old_hosts_dialect():
    found = {(problem.rule, problem.severity) for problem in lint((FEEDS / "fireside.xml").read_bytes(), now=NOW)}
    assert found == {
        ("A2", "warning"),  # An attribute of rss.
        ("A3", "error"),  # Atom with a slash …
        ("A12", "error"),  # … so that no link is seen.
        ("A3", "warning"),  # googleplay, and the old podcast namespace.
        ("A7", "warning"),  # Blanks around HTML.
        ("A10", "warning"),  # A stray question mark.
        ("A17", "error"),  # explicit no.
        ("A21", "warning"),
        ("A22", "error"),  # locked with email.
        ("A36", "warning"),  # A person’s e-mail.
        ("A41", "warning"),  # The number in the title.
        ("A56", "error"),
        ("A59", "error"),  # A link without scheme.
        ("L6", "warning"),  # An author by name.
        ("A23", "note"),
        ("A25", "note"),
        ("A26", "note"),
        ("A30", "note"),
        ("A53", "note"),  # A duration in hours.
        ("A84", "note"),
        ("L4", "note"),  # keywords, subtitle, summary.
    }


# --- Beside the feed as it was ---

LAST = "5e7bdd5c-52b4-4d69-9f2c-0d8a5f30b003"
CHANGES = {
    "another podcast:guid": (
        "A73",
        swap("9b024349-ccf0-5f69-a609-6b82873eab3c", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ),
    "an episode lost": ("A74", lambda feed: re.sub(r"<item>\s*<title>Lamps.*?</item>", "", feed, flags=re.DOTALL)),
    "a GUID in other letters": ("A74", swap(LAST, LAST.upper())),
    "another GUID, and the same audio": (
        "A74",
        lambda feed: swap("<title>Lamps", "<title>Lights")(swap(LAST, "new")(feed)),
    ),
    "another GUID, and the same title": ("A74", lambda feed: swap("/3.mp3", "/three.mp3")(swap(LAST, "new")(feed))),
    "another date": ("A75", swap("Sun, 18 Oct 2026 20:00:00 GMT", "Mon, 19 Oct 2026 20:00:00 GMT")),
    "another order": ("A39 L8", other_order),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_what_never_changes_is_found(name):
    expected, change = CHANGES[name]
    assert rules_of(change(GOLDEN), previous=GOLDEN.encode()) == set(expected.split())


def test_a_changed_guid_is_told_from_a_lost_episode():
    [said] = problems(swap(LAST, "new")(GOLDEN), previous=GOLDEN.encode())
    assert said.startswith("item 4 “Lamps” (new), line")
    assert f"The GUID was {LAST}: to apps" in said
    [said] = problems(CHANGES["an episode lost"][1](GOLDEN), previous=GOLDEN.encode())
    assert said.startswith("channel: A74 error: An episode is lost: item 4 “Lamps”")


def test_the_same_moment_in_another_zone_is_the_same_date():
    moved = swap("Sun, 18 Oct 2026 20:00:00 GMT", "Sun, 18 Oct 2026 13:00:00 -0700")(GOLDEN)
    assert problems(moved, previous=GOLDEN.encode()) == []


def test_a_new_episode_is_no_change():
    before = re.sub(r"<item>.*?</item>", "", GOLDEN, count=1, flags=re.DOTALL)
    assert problems(GOLDEN, previous=before.encode()) == []


def test_what_stands_on_the_next_page_is_not_lost():
    page = swap("<itunes:author>", '<atom:link rel="next" href="https://tide.example/rss?page=2"/><itunes:author>')(
        GOLDEN.replace(GOLDEN[GOLDEN.rindex("<item>") : GOLDEN.rindex("</item>") + 7], "")
    )
    assert problems(page, previous=GOLDEN.encode()) == []


def test_a_previous_feed_that_cannot_be_read_is_said():
    [said] = problems(GOLDEN, previous=b"not a feed")
    assert said.startswith("channel: L1 error: The previous feed: This is no XML")


# --- Files that the feed points at ---

CHAPTERS_URL, VTT_URL = "https://tide.example/5/chapters.json", "https://tide.example/5/transcript.vtt"


def with_chapters(change) -> bytes:
    chapters = [dict(chapter) for chapter in CHAPTERS["chapters"]]
    change(chapters)
    return json.dumps(CHAPTERS | {"chapters": chapters}).encode()


@pytest.mark.parametrize(
    ("expected", "data"),
    [
        ("", json.dumps(CHAPTERS).encode()),
        ("A67", b"{"),
        ("A67", b"[" * 100_000),
        ("A67", b'{"chapters": 3}'),
        ("A67", with_chapters(lambda rows: rows[1].update(url=None))),
        ("A67 A68", with_chapters(lambda rows: rows[1].update(startTime="130.5"))),
        ("A67 A68", with_chapters(lambda rows: rows[1].update(startTime=10**400))),
        ("A67 A68", with_chapters(lambda rows: rows[1].update(startTime=float("nan")))),
        ("A67 A68", with_chapters(lambda rows: rows.reverse())),
        ("A67 A68", with_chapters(lambda rows: rows[3].update(startTime=1800))),
        ("A67 A68", with_chapters(lambda rows: rows[0].update(startTime=1))),
        ("A68", with_chapters(lambda rows: rows[1].update(title="Flax"))),
        ("A68", with_chapters(lambda rows: rows.pop(1))),
    ],
)
def test_a_chapters_file_is_held_against_the_feed(expected, data):
    assert rules_of(GOLDEN, files={CHAPTERS_URL: data}) == set(expected.split())


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("", VTT),
        ("A71", VTT.removeprefix("WEBVTT")),
        ("A71", "WEBVTT\n"),
        ("A71", VTT.replace("00:02.000 -->", "00:01.500 -->")),
        ("A71", VTT.replace("--> 00:03.500", "--> 00:01.000")),
    ],
)
def test_a_transcript_is_looked_into(expected, text):
    assert rules_of(GOLDEN, files={VTT_URL: text.encode()}) == set(expected.split())


# --- Hostile and broken bytes ---

BOMB = (
    '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    + "]><rss><channel><title>&i;</title></channel></rss>"
)


@pytest.mark.parametrize(
    ("said", "data"),
    [
        ("declares entities", BOMB.encode()),
        ("declares entities", BOMB.encode("utf-16")),
        ("declares entities", b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss>&x;</rss>'),
        ("declares entities", b'<!DOCTYPE r [<!ENTITY % x SYSTEM "http://127.0.0.1/x.dtd"> %x;]><rss/>'),
        ("more than 33,554,432 bytes", b" " * (100 * 1024 * 1024)),
        ("1,500,000 tags", b"<rss>" + b"<a/>" * 1_500_001),
        ("is empty", b""),
        ("is empty", b" \n\0"),
        ("is no XML", b"Not found"),
        ("is no XML", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_what_cannot_be_read_in_safety_is_refused_at_once(said, data):
    began = time.process_time()
    [problem] = lint(data, now=NOW)
    assert (problem.rule, problem.severity) == ("L1", "error")
    assert said in problem.text
    assert time.process_time() - began < 2


def test_nothing_is_fetched_or_included(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("swordfish")
    feed = swap("<rss ", f'<!DOCTYPE rss SYSTEM "{secret.as_uri()}"><rss ')(GOLDEN)
    feed = swap(
        "<title>Lamps",
        f'<title><xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{secret.as_uri()}" parse="text"/>Lamps',
    )(feed)
    said = problems(feed)
    assert any("DOCTYPE" in line for line in said)
    assert not any("swordfish" in line for line in said)


@pytest.mark.parametrize(
    "defect",
    [
        lambda feed: feed.replace("<item>", "<item>" + "<a>" * 100_000, 1),
        lambda feed: feed.replace("Who lights them.</p>", "<b>" * 100_000, 1),
        lambda feed: feed.replace("Who lights them.</p>", "<a '" * 100_000, 1),
        lambda feed: feed.replace("Who lights them.</p>", "<!--" * 100_000, 1),
        lambda feed: feed.replace("Who lights them.</p>", "<p></b>" * 100_000, 1),
        lambda feed: feed.replace("<title>Lamps", "<title>" + "L" * 20_000_000, 1),
        lambda feed: feed.replace("<title>Lamps", "<title>" + "1" * 1_000_000 + ": ", 1),
        lambda feed: feed.replace("<description>Who", "<description>" + "00:00 " * 500_000, 1),
        lambda feed: feed.replace("<podcast:txt", "<podcast:txt " + "".join(f'a{n}="" ' for n in range(50_000)), 1),
        lambda feed: feed.replace("<title>Lamps", "<title>Lamps -" + "0" * 1_000_000 + "x", 1),
        lambda feed: feed.replace("<itunes:episode>3", "<itunes:episode>" + "3" * 10_000, 1),
        lambda feed: feed.replace("<ttl>60", "<ttl>" + "9" * 100_000, 1),
        lambda feed: re.sub(r"</channel>.*", "<item/>" * 100_000 + "</channel></rss>", feed, flags=re.DOTALL),
    ],
    ids="nested HTML quotes comments balance long digits stamps attributes zeros number ttl items".split(),
)
def test_nothing_makes_it_hang(defect):
    began = time.process_time()
    assert lint(defect(GOLDEN).encode(), url=URL, now=NOW)
    assert time.process_time() - began < 10


def test_no_bytes_make_it_fail():
    """Bytes left out, doubled, exchanged, and whole values replaced; always the same ones."""
    chance = random.Random(6)
    golden = GOLDEN.encode()
    spans = [match.span(1) for match in re.finditer(rb'(?:>|=")([^<>"]+)(?:<|")', golden)]
    values = [
        b"",
        b" ",
        b"-1",
        b"0",
        b"1e9",
        b"9" * 5000,
        b"NaN",
        "²٣".encode(),
        b"\xff",
        b"&#x1F30A;",
        b"http://[",
        b"::",
    ]
    for _ in range(60):
        data = bytearray(golden)
        for _ in range(chance.randrange(1, 4)):
            start, end = chance.choice(spans)
            at, length = chance.randrange(len(golden)), chance.randrange(1, 200)
            change = chance.randrange(4)
            if change == 0:
                data[start:end] = chance.choice(values)
            elif change == 1:
                del data[at : at + length]
            elif change == 2:
                data[at:at] = data[at : at + length]
            else:
                data[at : at + 1] = bytes([chance.randrange(256)])
        lint(bytes(data), url=URL, now=NOW, previous=golden)
        lint(golden, url=URL, now=NOW, previous=bytes(data))


@pytest.mark.parametrize(
    ("rules", "data"),
    [
        ("A1", GOLDEN.encode("utf-16")),
        ("A1", GOLDEN.replace("UTF-8", "ISO-8859-1").replace("海 🌊 שלום ‍", "").encode("latin-1")),
        ("A1", GOLDEN.replace("UTF-8", "zlib", 1).encode()),
        ("A1", GOLDEN.replace("UTF-8", "no-such", 1).encode()),
        ("A1 A6", GOLDEN.encode().replace("©".encode(), b"\xa9", 1)),
        ("A1 A6", GOLDEN.replace("UTF-8", "us-ascii", 1).encode()),
    ],
)
def test_a_broken_encoding_is_said_and_the_rest_is_read(rules, data):
    assert rules_of(data) == set(rules.split())


def test_the_line_of_wrong_bytes_is_named():
    data = GOLDEN.encode().replace("© 2026".encode(), b"\xa9 2026", 1)
    assert problems(data)[0] == (
        "channel, line 8: A1 error: Line 8 is not UTF-8, which the feed says it is: write it in UTF-8."
    )


def test_the_rest_of_what_is_not_well_formed_is_read_too():
    feed = swap('"9600000"', '"0"')(swap("Ropes &amp; Knots", "Ropes & Knots")(GOLDEN))
    said = problems(feed)
    assert said[0].startswith("channel, line 61: A1 error: The XML is not well-formed at line 61")
    assert any("A48" in line for line in said)


@pytest.mark.parametrize(
    "document", ["<html><body>Not found</body></html>", '<feed xmlns="http://www.w3.org/2005/Atom"/>']
)
def test_another_document_than_rss_is_said(document):
    assert "A2" in rules_of(document)


# --- The table ---


def test_every_number_of_the_checklist_is_checked_or_said_not_to_be():
    numbers = {f"A{number}" for number in range(1, 89)}
    assert {id_ for id_ in RULES if id_.startswith("A")} | set(NOT_CHECKED) == numbers
    assert set(RULES) & set(NOT_CHECKED) == set()


def test_every_rule_is_proved_by_a_defect():
    found = {id_ for expected, _ in [*DEFECTS.values(), *CHANGES.values()] for id_ in expected.split()}
    # Of files, and of what is refused: tests above.
    assert set(RULES) - found == {"A67", "A68", "A71", "L1"}
    assert len(DEFECTS) >= 60


def test_the_docs_list_every_rule():
    rows = re.findall(r"^\| ([AL]\d+) \| (.+?) \| (.+?) \|$", (ROOT / "docs/feed-health.md").read_text(), re.MULTILINE)
    table = [(rule.id, rule.says, rule.source) for rule in sorted(RULES.values(), key=lambda rule: in_order(rule.id))]
    left = [(id_, *why.partition(": ")[::2]) for id_, why in NOT_CHECKED.items()]
    assert rows == [*table, *left]


def test_it_works_without_django():
    code = "import sys, episodes.feed_health; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
