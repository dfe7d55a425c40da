"""Feeds as another host left them: Fireside's dialect with its faults, and the same show as its JSON Feed.

All of it is invented. `old_episode(7)` is the same each time, and so is every feed that has it.
"""

import json
import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from urllib.parse import quote
from xml.sax.saxutils import escape as xml
from xml.sax.saxutils import quoteattr

WORDS = "beacon tidewater rope signal ferry harbour kelp lantern mooring gull chart pilot buoy anchor fog keel".split()
SITE = "https://half-tide.example"
COVER = "https://assets.example/half-tide/cover.jpg?v=3"
SPONSORS = (
    ("Knot & Sons", "https://knots.example/tide", "Rope that holds, 10 % off", "tide10"),
    ("Lampworks", "https://lampworks.example", "A lamp for every door", ""),
)
HOSTS = (("Ann Harbour", "ann"), ("Bo Mast", "bo"))
GUESTS = (("Gil Åkesson", "gil"), ("Fen O’Hara", "fen-ohara"))


@dataclass(frozen=True)
class OldEpisode:
    number: str
    title: str
    guid: str
    published_at: datetime
    duration_seconds: int
    summary: str
    length: int
    tags: tuple[str, ...] = ()
    # Role, name, slug.
    people: tuple[tuple[str, str, str], ...] = ()
    # Name, address, words, code.
    sponsors: tuple[tuple[str, str, str, str], ...] = ()
    # Address, text, what is said of it.
    links: tuple[tuple[str, str, str], ...] = ()
    artwork_url: str = COVER
    more: str = field(default="", compare=False)

    @property
    def enclosure_url(self) -> str:
        return f"https://aphid.fireside.fm/d/1437767933/half-tide/{quote(self.guid, safe='')}.mp3"

    @property
    def player_url(self) -> str:
        return f"https://player.fireside.fm/v2/half-tide+{self.guid[:8]}?theme=dark"


def old_episode(number: int) -> OldEpisode:
    pick = random.Random(number)

    def some(count: int) -> str:
        return " ".join(pick.choice(WORDS) for _ in range(count))

    guests = [("Guest", *pick.choice(GUESTS))] if number % 3 == 0 else []
    hours = pick.randrange(24)
    return OldEpisode(
        number=str(number),
        # Numbers inside titles: no rule of digits alone tells them from the episode's own.
        title=f"{some(3).capitalize()} & {pick.randrange(1, 3000)}: {some(2)}"
        if number % 4 == 0
        else some(4).capitalize(),
        guid=f"{number:08x}-6d9b-4C0E-8a43-94be0ea0{number % 65536:04X}",
        published_at=datetime(2010, 1, 3, hours, 30, tzinfo=UTC) + timedelta(days=3 * number),
        duration_seconds=64 if number % 50 == 0 else 1200 + pick.randrange(7000),
        summary=f"{some(12).capitalize()}.",
        length=0 if number % 40 == 0 else 20_000_000 + pick.randrange(60_000_000),
        tags=tuple(dict.fromkeys(f"{some(1)} {pick.randrange(30)}" for _ in range(12))),
        people=(*(("Host", *host) for host in HOSTS), *guests),
        sponsors=SPONSORS[: number % 3],
        links=tuple(
            (f"https://{pick.choice(WORDS)}.example/{number}/{n}?a=1&b=2", some(4), some(18) if n % 2 else "")
            for n in range(12)
        ),
    )


def clock(seconds: int) -> str:
    """As Fireside writes it: `1:04`, `2:02:06`."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def local(at: datetime) -> str:
    """With the offset of the west coast, in summer and in winter."""
    west = at.astimezone(timezone(timedelta(hours=-7 if 3 < at.month < 11 else -8)))
    return west.strftime("%a, %d %b %Y %H:%M:%S %z")


def notes_html(episode: OldEpisode) -> str:
    """Summary, guests, sponsors and links, one after the other."""
    html = f"<p>{escape(episode.summary)}</p>"
    for role, name, slug in episode.people:
        if role == "Guest":
            html += f'<p>Special Guest: <a href="{SITE}/guests/{slug}" rel="nofollow">{escape(name)}</a>.</p>'
    if episode.sponsors:
        html += "<p>Sponsored By:</p><ul>"
        for name, url, words, code in episode.sponsors:
            promo = f" Promo Code: {code}" if code else ""
            link = f'<a href="{escape(url)}" rel="nofollow">'
            html += f"<li>{link}{escape(name)}</a>: {link}{escape(words)}</a>{promo}</li>"
        html += "</ul>"
    if episode.links:
        html += "<p>Links:</p><ul>"
        for url, text, description in episode.links:
            more = f" &mdash; {escape(description)}" if description else ""
            html += f'<li><a href="{escape(url)}" title="{escape(text)}" rel="nofollow">{escape(text)}</a>{more}</li>'
        html += "</ul>"
    return html


HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" encoding="UTF-8" xmlns:content="http://purl.org/rss/1.0/modules/content/" \
xmlns:atom="http://www.w3.org/2005/Atom/" xmlns:admin="http://webns.net/mvcb/" \
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:fireside="http://fireside.fm/modules/rss/fireside" \
xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" \
xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" \
xmlns:googleplay="http://www.google.com/schemas/play-podcasts/1.0" \
xmlns:podcast="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md">
  <channel>
    <fireside:hostname>web02.example</fireside:hostname>
    <fireside:genDate>Sat, 02 May 2026 10:00:00 -0500</fireside:genDate>
    <generator>Fireside (https://fireside.fm)</generator>
    <title>Half-Tide Radio</title>
    <link>https://half-tide.example?</link>
    <pubDate>Fri, 01 May 2026 20:00:00 -0700</pubDate>
    <description>Two pilots on rope, lamps and weather.</description>
    <language>en-us</language>
    <copyright>© 2026 Half-Tide Radio</copyright>
    <itunes:type>episodic</itunes:type>
    <itunes:subtitle>On rope and weather</itunes:subtitle>
    <itunes:author>Ann Harbour</itunes:author>
    <itunes:summary>Two pilots on rope, lamps and weather.</itunes:summary>
    <itunes:image href="https://assets.example/half-tide/cover.jpg?v=3"/>
    <itunes:explicit>no</itunes:explicit>
    <itunes:keywords>rope, lamps</itunes:keywords>
    <itunes:owner>
      <itunes:name>Ann Harbour</itunes:name>
      <itunes:email>ann@half-tide.example</itunes:email>
    </itunes:owner>
    <itunes:category text="Leisure">
      <itunes:category text="Hobbies"/>
    </itunes:category>
    <itunes:category text="Boats"/>
    <podcast:locked email="ann@half-tide.example">yes</podcast:locked>
"""
TAIL = "  </channel>\n</rss>\n"


def fireside(episodes: list[OldEpisode], *, head: str = HEAD, prefix: str = "") -> bytes:
    """The newest first, as the host has them; `prefix` is one of who counts downloads."""
    return (head + "".join(fireside_item(episode, prefix) for episode in episodes) + TAIL).encode()


def fireside_item(episode: OldEpisode, prefix: str = "") -> str:
    audio = f"{prefix}{episode.enclosure_url.partition('://')[2]}" if prefix else episode.enclosure_url
    people = "".join(
        f'      <podcast:person email="" href={quoteattr(f"{SITE}/{role.lower()}s/{slug}")} role="{role}">'
        f"{xml(name)}</podcast:person>\n"
        for role, name, slug in episode.people
    )
    html = notes_html(episode)
    return f"""    <item>
      <title>{xml(episode.number)}: {xml(episode.title)}</title>
      <link>{SITE}/{episode.number}</link>
      <guid isPermaLink="false">{xml(episode.guid)}</guid>
      <pubDate>{local(episode.published_at)}</pubDate>
      <author>Ann Harbour</author>
      <enclosure url={quoteattr(audio)} length="{episode.length}" type="audio/mpeg"/>
      <itunes:episodeType>full</itunes:episodeType>
      <itunes:author>Ann Harbour</itunes:author>
      <itunes:subtitle>{xml(episode.summary)}</itunes:subtitle>
      <itunes:duration>{clock(episode.duration_seconds)}</itunes:duration>
      <itunes:explicit>no</itunes:explicit>
      <itunes:image href={quoteattr(episode.artwork_url)}/>
      <itunes:keywords>{xml(", ".join(episode.tags))}</itunes:keywords>
      <description>{xml(episode.summary)}</description>
      <content:encoded>
        <![CDATA[{html}]]>
      </content:encoded>
      <itunes:summary>
        <![CDATA[{html}]]>
      </itunes:summary>
      <fireside:playerURL>{xml(episode.player_url)}</fireside:playerURL>
      <fireside:playerEmbedCode>
        <![CDATA[<iframe src="{episode.player_url}" width="740"></iframe>]]>
      </fireside:playerEmbedCode>
{people}{episode.more}    </item>
"""


def fireside_json(episodes: list[OldEpisode]) -> bytes:
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": "Half-Tide Radio",
        "home_page_url": SITE,
        "feed_url": f"{SITE}/json",
        "description": "Two pilots on rope, lamps and weather.",
        "_fireside": {
            "subtitle": "On rope and weather",
            "pubdate": "2026-05-01T20:00:00.000-07:00",
            "explicit": False,
            "copyright": "© 2026 Half-Tide Radio",
            "owner": "Ann Harbour",
            "image": COVER,
        },
        "items": [
            {
                "id": episode.guid,
                "title": f"{episode.number}: {episode.title}",
                "url": f"{SITE}/{episode.number}",
                "content_text": episode.summary,
                "content_html": notes_html(episode),
                "summary": episode.summary,
                "date_published": episode.published_at.isoformat(timespec="milliseconds"),
                "attachments": [
                    {
                        "url": episode.enclosure_url,
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": episode.length,
                        "duration_in_seconds": episode.duration_seconds,
                    }
                ],
            }
            for episode in episodes
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()
