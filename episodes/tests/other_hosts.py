"""One episode of a show as many hosts write it: each with its own tags, its own spellings and its own faults.

All of it is invented. What is here of a host is what a feed of it has beside the common tags, and where it puts them.
"""

import json
from xml.sax.saxutils import escape, quoteattr

SHOW = "Half-Tide Radio"
TITLE = "Rope & lamps"
SITE = "https://half-tide.example"
COVER = "https://pictures.example/cover.jpg"
OWN = "https://pictures.example/12.jpg"
WORDS = "Who lights them, and why."
NOTES = (
    f"<p>{WORDS}</p><p>Links:</p><ul>"
    '<li><a href="https://example.org/1?a=1&amp;b=2">One</a> &mdash; All about it</li></ul>'
)
SIZE = 60182042

ITUNES = 'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
PODCAST = 'xmlns:podcast="https://podcastindex.org/namespace/1.0"'
LEGACY = 'xmlns:podcast="https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"'
ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom"'
DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'
GOOGLE = 'xmlns:googleplay="http://www.google.com/schemas/play-podcasts/1.0"'
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def cdata(text: str) -> str:
    return f"<![CDATA[{text}]]>"


def rss(item: str, *namespaces: str, channel: str = "") -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" {" ".join(namespaces)}>\n<channel>\n'
        f'<title>{SHOW}</title><link>{SITE}</link><language>en</language><itunes:image href="{COVER}"/>\n{channel}'
        f"<item>{item}</item>\n</channel></rss>\n"
    ).encode()


def enclosure(url: str, length: int = SIZE, type_: str = "audio/mpeg") -> str:
    return f'<enclosure url={quoteattr(url)} length="{length}" type="{type_}"/>'


# --- Fireside ---

FIRESIDE = 'xmlns:fireside="http://fireside.fm/modules/rss/fireside"'
SLASHED_ATOM = 'xmlns:atom="http://www.w3.org/2005/Atom/"'
FIRESIDE_GUID = "9C0d6a51-77aa-4fbe-b58e-95a84a1c8f4e"
FIRESIDE_AUDIO = f"https://aphid.fireside.fm/d/1437767933/half-tide/{FIRESIDE_GUID}.mp3"
FIRESIDE_NOTES = (
    f"<p>{WORDS}</p>"
    '<p>Special Guest: <a href="https://half-tide.example/guests/gil" rel="nofollow">Gil Åkesson</a>.</p>'
    '<p>Sponsored By:</p><ul><li><a href="https://knots.example/tide" rel="nofollow">Knots</a>: '
    '<a href="https://knots.example/tide" rel="nofollow">Rope that holds</a> Promo Code: tide10</li></ul>'
    '<p>Links:</p><ul><li><a href="https://example.org/1?a=1&amp;b=2" title="One" rel="nofollow">One</a> &mdash; '
    "All about it</li></ul>"
)


def fireside(*, more: str, picture: str, player: str) -> str:
    return f"""
      <title>Episode 12: {escape(TITLE)}</title>
      <link>{SITE}/12</link>
      <guid isPermaLink="false">{FIRESIDE_GUID}</guid>
      <pubDate>Tue, 14 Mar 2023 00:00:00 -0400</pubDate>
      <author>Ann Harbour</author>
      {enclosure(FIRESIDE_AUDIO)}
      <itunes:episodeType>full</itunes:episodeType>
      <itunes:author>Ann Harbour</itunes:author>
      <itunes:subtitle>{WORDS}</itunes:subtitle>
      <itunes:duration>1:02:03</itunes:duration>
      <itunes:explicit>no</itunes:explicit>
      <itunes:image href="{picture}"/>
      <itunes:keywords>lamps, oil &amp; gas</itunes:keywords>
      <description>{WORDS}</description>
      <content:encoded>
        {cdata(FIRESIDE_NOTES)}
      </content:encoded>
      <itunes:summary>
        {cdata(FIRESIDE_NOTES)}
      </itunes:summary>
      <fireside:playerURL>{player}</fireside:playerURL>
      <fireside:playerEmbedCode>{cdata(f'<iframe src="{player}"></iframe>')}</fireside:playerEmbedCode>
      {more}
    """


FIRESIDE_PEOPLE = """
      <podcast:person email="" href="https://half-tide.example/hosts/ann" role="Host">Ann Harbour</podcast:person>
      <podcast:person email="g@a.example" href="https://half-tide.example/guests/gil" role="Guest"
      >Gil Åkesson</podcast:person>
"""


def fireside_2018() -> bytes:
    """No podcast namespace yet: nothing says who spoke, but for a line in the notes."""
    item = fireside(more="", picture=COVER, player="https://fireside.fm/player/v2/vlpcEWmF+FB4Ue5jM")
    return rss(item, ITUNES, CONTENT, FIRESIDE, SLASHED_ATOM, GOOGLE)


def fireside_2021() -> bytes:
    item = fireside(more=FIRESIDE_PEOPLE, picture=COVER, player="https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM")
    return rss(item, ITUNES, CONTENT, FIRESIDE, SLASHED_ATOM, GOOGLE, LEGACY)


def fireside_2024() -> bytes:
    files = (
        '<podcast:chapters url="https://feeds.fireside.fm/half-tide/episodes/12/chapters" type="application/json"/>'
        '<podcast:transcript url="https://feeds.fireside.fm/half-tide/12/transcript.srt" type="application/srt"/>'
        '<podcast:transcript url="https://feeds.fireside.fm/half-tide/12/transcript.txt" type="text/plain"/>'
    )
    player = "https://player.fireside.fm/v3/vlpcEWmF+FB4Ue5jM?theme=dark"
    item = fireside(more=FIRESIDE_PEOPLE + files, picture=OWN, player=player)
    return rss(item, ITUNES, CONTENT, FIRESIDE, SLASHED_ATOM, LEGACY)


# --- Hosts with much of the podcast namespace ---


def podhome() -> bytes:
    item = f"""<title>{escape(TITLE)}</title><itunes:title>{escape(TITLE)}</itunes:title>
    <guid isPermaLink="false">2f0c9a3e-1111-4b44-9d0a-1c5f2e6f7a12</guid>
    <link>https://serve.podhome.example/episode/a/b</link>
    <pubDate>Tue, 14 Mar 2023 04:00:00 GMT</pubDate><description>{cdata(NOTES)}</description>
    <podcast:season name="Below deck">2</podcast:season><podcast:episode display="No. 12">12</podcast:episode>
    <itunes:season>2</itunes:season><itunes:episode>12</itunes:episode><itunes:episodeType>full</itunes:episodeType>
    {enclosure("https://serve.podhome.example/a/12.mp3")}<itunes:duration>3723</itunes:duration>
    <itunes:explicit>false</itunes:explicit><itunes:image href="{OWN}"/>
    <podcast:person role="host" group="cast" img="https://pictures.example/ann.jpg">Ann Harbour</podcast:person>
    <podcast:person role="Producer" group="Creative Direction">Bo Mast</podcast:person>
    <podcast:chapters url="https://serve.podhome.example/12.json" type="application/json+chapters"/>
    <podcast:transcript url="https://serve.podhome.example/12.srt" type="application/srt" language="en"/>
    <podcast:transcript url="https://serve.podhome.example/12.vtt" type="text/vtt" language="en"/>
    <podcast:alternateEnclosure type="video/mp4" length="5">
    <podcast:source uri="https://v.example/12.mp4"/></podcast:alternateEnclosure>
    <podcast:soundbite startTime="60" duration="30">Oil</podcast:soundbite>
    <podcast:value type="lightning" method="keysend">
    <podcast:valueRecipient name="A" type="node" address="0" split="100"/></podcast:value>
    <podcast:socialInteract protocol="activitypub" uri="https://social.example/@ann/1"/>"""
    return rss(item, ITUNES, PODCAST)


def castopod() -> bytes:
    """Its GUID is the episode's address, and says so by saying nothing."""
    item = f"""<title>{escape(TITLE)}</title>{enclosure(f"{SITE}/audio/@halftide/rope.mp3?_from=feed")}
    <guid>{SITE}/@halftide/episodes/rope</guid><pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <link>{SITE}/@halftide/episodes/rope</link><description>{cdata(NOTES)}</description>
    <itunes:duration>3723</itunes:duration><itunes:image href="{COVER}"/><itunes:explicit>false</itunes:explicit>
    <itunes:episode>12</itunes:episode><podcast:episode>12</podcast:episode>
    <itunes:episodeType>full</itunes:episodeType>
    <podcast:location geo="geo:54,10">The harbour</podcast:location>
    <podcast:transcript url="{SITE}/12/transcript" type="application/x-subrip" rel="captions" language="en"/>
    <podcast:chapters url="{SITE}/12/chapters" type="application/json+chapters"/>
    <podcast:person role="host" group="cast" href="https://ann.example/">Ann Harbour</podcast:person>
    <podcast:person role="audio editor" group="audio-post-production">Bo Mast</podcast:person>"""
    return rss(item, ITUNES, PODCAST, ATOM)


def buzzsprout() -> bytes:
    """Chapters twice, a transcript four times, and no link to a page."""
    at = "https://www.buzzsprout.com/1/12"
    item = f"""<itunes:title>{escape(TITLE)}</itunes:title><title>{escape(TITLE)}</title>
    <itunes:summary>{cdata(NOTES)}</itunes:summary><description>{cdata(NOTES)}</description>
    <content:encoded>{cdata(NOTES)}</content:encoded><itunes:author>Ann Harbour</itunes:author>
    {enclosure("https://www.buzzsprout.com/1/episodes/12-rope-lamps.mp3")}
    <guid isPermaLink="false">Buzzsprout-12</guid><pubDate>Tue, 14 Mar 2023 00:00:00 -0400</pubDate>
    <podcast:soundbite startTime="60.5" duration="30.0" />
    <podcast:transcript url="{at}/transcript" type="text/html"/>
    <podcast:transcript url="{at}/transcript.json" type="application/json"/>
    <podcast:transcript url="{at}/transcript.srt" type="application/x-subrip"/>
    <podcast:transcript url="{at}/transcript.vtt" type="text/vtt"/>
    <podcast:chapters url="{at}/chapters.json" type="application/json"/>
    <psc:chapters><psc:chapter start="0:00" title="Hello"/><psc:chapter start="2:10" title="Oil"/></psc:chapters>
    <itunes:duration>3723</itunes:duration><itunes:keywords>lamps, oil &amp; gas</itunes:keywords>
    <itunes:season>2</itunes:season><itunes:episode>12</itunes:episode><itunes:episodeType>full</itunes:episodeType>
    <itunes:explicit>false</itunes:explicit>"""
    return rss(item, ITUNES, PODCAST, CONTENT, 'xmlns:psc="http://podlove.org/simple-chapters"')


def transistor() -> bytes:
    """The people have pictures, and no address."""
    item = f"""<title>12: {escape(TITLE)}</title><itunes:episode>12</itunes:episode>
    <podcast:episode>12</podcast:episode>
    <itunes:title>12: {escape(TITLE)}</itunes:title><itunes:episodeType>full</itunes:episodeType>
    <guid isPermaLink="false">0d6e0a3b-2222-4b44-9d0a-1c5f2e6f7a12</guid>
    <link>https://share.tr.example/s/ab12cd34</link>
    <description>{cdata(NOTES)}</description><content:encoded>{cdata(NOTES)}</content:encoded>
    <pubDate>Tue, 14 Mar 2023 00:00:00 -0400</pubDate><author>Ann Harbour</author>
    {enclosure("https://media.transistor.example/ab12cd34/77.mp3")}<itunes:author>Ann Harbour</itunes:author>
    <itunes:image href="{OWN}"/><itunes:duration>3723</itunes:duration><itunes:summary>{WORDS}</itunes:summary>
    <itunes:subtitle>{WORDS}</itunes:subtitle><itunes:keywords>lamps, oil &amp; gas</itunes:keywords>
    <itunes:explicit>No</itunes:explicit>
    <podcast:person role="Host" img="https://pictures.example/ann.jpg">Ann Harbour</podcast:person>
    <podcast:person role="Guest">Gil Åkesson</podcast:person>
    <podcast:transcript url="https://share.tr.example/s/ab12cd34/transcript.vtt" type="text/vtt" rel="captions"/>
    <podcast:chapters url="https://share.tr.example/s/ab12cd34/chapters.json" type="application/json+chapters"/>"""
    return rss(item, ITUNES, PODCAST, CONTENT)


# --- Hosts without it ---


def libsyn() -> bytes:
    """Everything in CDATA, a subtitle that is cut, and its own number of the item."""
    item = f"""<title>Ep 12 - {escape(TITLE)}</title><itunes:title>{escape(TITLE)}</itunes:title>
    <pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <guid isPermaLink="false">{cdata("5c1e7ba14cd84cd8b3a2aa77fe0d12ab")}</guid>
    <link>{cdata("http://halftide.libsyn.example/rope-lamps")}</link><itunes:image href="{COVER}"/>
    <description>{cdata(NOTES)}</description><content:encoded>{cdata(NOTES)}</content:encoded>
    {enclosure("https://traffic.libsyn.example/secure/halftide/rope.mp3?dest-id=12")}
    <itunes:duration>01:02:03</itunes:duration><itunes:explicit>clean</itunes:explicit>
    <itunes:keywords>lamps,oil &amp; gas</itunes:keywords>
    <itunes:subtitle>{cdata("Who lights them, and...")}</itunes:subtitle>
    <itunes:season>2</itunes:season><itunes:episode>12</itunes:episode><itunes:episodeType>full</itunes:episodeType>
    <libsyn:itemId>26012345</libsyn:itemId>"""
    return rss(item, ITUNES, CONTENT, 'xmlns:libsyn="http://libsyn.com/rss-extension"')


def simplecast() -> bytes:
    item = f"""<guid isPermaLink="false">7b1d0a3b-3333-4b44-9d0a-1c5f2e6f7a12</guid><title>{escape(TITLE)}</title>
    <description>{cdata(f"<p>{WORDS}</p>")}</description><pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <author>ann@half-tide.example (Ann Harbour)</author>
    <link>https://half-tide.simplecast.example/episodes/rope-lamps-Xy1_2z</link>
    <content:encoded>{cdata(NOTES)}</content:encoded>
    {enclosure("https://cdn.simplecast.example/audio/1/episodes/2/audio/3/default_tc.mp3?aid=rss_feed&feed=xY1")}
    <itunes:title>{escape(TITLE)}</itunes:title><itunes:author>Ann Harbour</itunes:author><itunes:image href="{OWN}"/>
    <itunes:duration>01:02:03</itunes:duration><itunes:summary>{WORDS}</itunes:summary>
    <itunes:subtitle>{WORDS}</itunes:subtitle>
    <itunes:keywords>lamps, oil &amp; gas</itunes:keywords><itunes:explicit>false</itunes:explicit>
    <itunes:episodeType>full</itunes:episodeType><itunes:episode>12</itunes:episode>"""
    return rss(item, ITUNES, CONTENT, ATOM)


def megaphone() -> bytes:
    """No link; a length of 0, as the advertisements differ; two who count."""
    item = f"""<title>{escape(TITLE)}</title><description>{cdata(NOTES)}</description>
    <pubDate>Tue, 14 Mar 2023 04:00:00 -0000</pubDate><itunes:title>{escape(TITLE)}</itunes:title>
    <itunes:episodeType>full</itunes:episodeType><itunes:episode>12</itunes:episode>
    <itunes:author>Half-Tide Media</itunes:author>
    <itunes:image href="{COVER}"/><itunes:subtitle>{WORDS}</itunes:subtitle>
    <itunes:summary>{cdata(NOTES)}</itunes:summary>
    <content:encoded>{cdata(NOTES)}</content:encoded><itunes:duration>3723</itunes:duration>
    <itunes:explicit>yes</itunes:explicit>
    <guid isPermaLink="false">{cdata("b1f6d4ae-4444-11ed-9d0a-1c5f2e6f7a12")}</guid>
    {enclosure("https://www.podtrac.com/pts/redirect.mp3/pdst.fm/e/traffic.megaphone.example/H12.mp3?updated=1", 0)}"""
    return rss(item, ITUNES, CONTENT)


def art19() -> bytes:
    """The GUID looks like an address, and is none."""
    item = f"""<title>{escape(TITLE)}</title><description>{cdata(NOTES)}</description>
    <itunes:title>{escape(TITLE)}</itunes:title>
    <itunes:episodeType>full</itunes:episodeType><itunes:episode>12</itunes:episode>
    <itunes:summary>{WORDS}</itunes:summary>
    <content:encoded>{cdata(NOTES)}</content:encoded>
    <guid isPermaLink="false">gid://art19-episode-locator/V0/aB-12_c</guid>
    <pubDate>Tue, 14 Mar 2023 04:00:00 -0000</pubDate><itunes:explicit>no</itunes:explicit>
    <itunes:image href="{OWN}"/>
    <itunes:keywords>lamps, oil &amp; gas</itunes:keywords><itunes:duration>01:02:03</itunes:duration>
    {enclosure("https://rss.art19.example/episodes/7b1d0a3b.mp3?rss_browser=BAhJIhJjaHJvbWU%3D")}"""
    return rss(item, ITUNES, CONTENT)


ANCHOR_AUDIO = "https://anchor.example/s/1/podcast/play/12/https%3A%2F%2Fd3.cloud.example%2Fstaging%2F2023-2-14%2F12-44100-2-ab.mp3"


def anchor(guid: str) -> bytes:
    """Another address inside that of the audio; a GUID that once was an address, and HTML in the summary."""
    item = f"""<title>{cdata(TITLE)}</title><description>{cdata(NOTES)}</description>
    <link>https://podcasters.spotify.example/pod/show/halftide/episodes/Rope--lamps-e1abc</link>
    <guid isPermaLink="false">{guid}</guid>
    <dc:creator>{cdata("Ann Harbour")}</dc:creator><pubDate>Tue, 14 Mar 2023 04:00:00 GMT</pubDate>
    {enclosure(ANCHOR_AUDIO)}
    <itunes:summary>{escape(NOTES)}</itunes:summary><itunes:explicit>No</itunes:explicit>
    <itunes:duration>01:02:03</itunes:duration><itunes:image href="{OWN}"/><itunes:season>2</itunes:season>
    <itunes:episode>12</itunes:episode><itunes:episodeType>full</itunes:episodeType>"""
    return rss(item, ITUNES, DC)


def powerpress() -> bytes:
    """A blog's feed: an excerpt, categories, a GUID that is an address of the blog, and Blubrry's own tags."""
    item = f"""<title>{SHOW} #12: {escape(TITLE)}</title><link>{SITE}/2023/03/rope-lamps/</link>
    <comments>{SITE}/2023/03/rope-lamps/#comments</comments><pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <guid isPermaLink="false">{SITE}/?p=311</guid><category>{cdata("Lamps")}</category>
    <category>{cdata("oil & gas")}</category>
    <description>{cdata("Who lights them, and [&#8230;]")}</description>
    <content:encoded>{cdata(NOTES)}</content:encoded>
    <slash:comments>4</slash:comments>
    {enclosure("https://media.blubrry.com/halftide/audio.half-tide.example/rope.mp3")}
    <itunes:subtitle>Who lights them, and [&#8230;]</itunes:subtitle><itunes:summary>{WORDS}</itunes:summary>
    <itunes:author>Ann Harbour</itunes:author><itunes:explicit>clean</itunes:explicit>
    <itunes:duration>1:02:03</itunes:duration>
    <rawvoice:poster url="https://pictures.example/poster.jpg"/><rawvoice:isHD>no</rawvoice:isHD>
    <rawvoice:embed>{cdata("<iframe src='https://player.example'></iframe>")}</rawvoice:embed>"""
    names = (
        'xmlns:slash="http://purl.org/rss/1.0/modules/slash/"',
        'xmlns:rawvoice="https://blubrry.com/developer/rawvoice-rss/"',
    )
    return rss(item, ITUNES, CONTENT, ATOM, *names, channel="<rawvoice:rating>TV-G</rawvoice:rating>")


def podlove() -> bytes:
    """Links into the middle of an episode, contributors without a role, chapters, and more pages of the feed."""
    channel = (
        f'<atom:link rel="self" type="application/rss+xml" href="{SITE}/feed/mp3/"/>'
        f'<atom:link rel="next" href="{SITE}/feed/mp3/?paged=2"/><atom:link rel="first" href="{SITE}/feed/mp3/"/>'
    )
    item = f"""<title>HTR012 {escape(TITLE)}</title><link>{SITE}/htr012-rope-lamps/</link>
    <pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <guid isPermaLink="false">podlove-2023-03-13t18:21:05+00:00-a1b2c3d4e5f6a7b</guid>
    <atom:link rel="http://podlove.org/deep-link" href="{SITE}/htr012-rope-lamps/#"/>
    <atom:link rel="payment" title="Support" href="https://give.example/half-tide" type="text/html"/>
    <description>{WORDS}</description>
    {enclosure(f"{SITE}/podlove/file/12/s/feed/c/mp3/htr012.m4a", type_="audio/mp4")}
    <itunes:duration>01:02:03.250</itunes:duration><itunes:author>Ann Harbour</itunes:author>
    <itunes:subtitle>{WORDS}</itunes:subtitle>
    <itunes:episode>12</itunes:episode><itunes:episodeType>full</itunes:episodeType>
    <itunes:summary>{WORDS}</itunes:summary>
    <itunes:image href="{OWN}"/><content:encoded>{cdata(NOTES)}</content:encoded>
    <psc:chapters version="1.2"><psc:chapter start="00:00:00.000" title="Hello"/>
    <psc:chapter start="00:02:10.500" title="Oil" href="https://example.org/oil"/></psc:chapters>
    <atom:contributor><atom:name>Ann Harbour</atom:name><atom:uri>https://ann.example</atom:uri></atom:contributor>
    <atom:contributor><atom:name>Gil Åkesson</atom:name></atom:contributor>"""
    return rss(item, ITUNES, CONTENT, ATOM, 'xmlns:psc="http://podlove.org/simple-chapters"', channel=channel)


def squarespace() -> bytes:
    """A blog post with audio: the notes only in the description, with the classes of the site, and the audio twice."""
    html = (
        NOTES.replace("<p>", '<p class="" style="white-space:pre-wrap;">')
        .replace("<li>", "<li><p>")
        .replace("</li>", "</p></li>")
    )
    audio = "https://static1.squarespace.example/static/5a/t/64/1678766400/rope.mp3/original/rope.mp3"
    item = f"""<title>{escape(TITLE)}</title><category>lamps</category><category>oil &amp; gas</category>
    <dc:creator>Ann Harbour</dc:creator><pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate>
    <link>{SITE}/episodes/12</link>
    <guid isPermaLink="false">5a0c1b2d:5b1c2d3e:640f0e1d2c3b4a</guid><description>{cdata(html)}</description>
    <itunes:author>Ann Harbour</itunes:author><itunes:subtitle>{WORDS}</itunes:subtitle>
    <itunes:explicit>false</itunes:explicit>
    <itunes:duration>01:02:03</itunes:duration><itunes:image href="{OWN}"/>{enclosure(audio)}
    <media:content url="{audio}" length="{SIZE}" type="audio/mpeg" isDefault="true" medium="audio"/>"""
    return rss(item, ITUNES, CONTENT, DC, MEDIA)


def soundcloud() -> bytes:
    """Plain text with addresses in it, and a GUID that is a tag."""
    text = f"{WORDS}\n\nMore at https://example.org/1?a=1&amp;b=2"
    item = f"""<guid isPermaLink="false">tag:soundcloud,2010:tracks/1469000012</guid>
    <title>#12 {escape(TITLE)}</title>
    <pubDate>Tue, 14 Mar 2023 04:00:00 +0000</pubDate><link>https://soundcloud.example/halftide/rope-lamps</link>
    <itunes:duration>01:02:03</itunes:duration><itunes:author>Half-Tide</itunes:author>
    <itunes:explicit>no</itunes:explicit>
    <itunes:summary>{text}</itunes:summary><itunes:subtitle>Who lights them, an…</itunes:subtitle>
    <description>{text}</description>
    {enclosure("https://feeds.soundcloud.example/stream/1469000012-halftide-rope-lamps.mp3")}
    <itunes:image href="{OWN}"/>"""
    return rss(item, ITUNES, ATOM)


def youtube() -> bytes:
    return b"""<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015" xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom">
 <link rel="self" href="http://www.youtube.com/feeds/videos.xml?channel_id=UC12"/><title>Half-Tide Radio</title>
 <entry><id>yt:video:ab12</id><yt:videoId>ab12</yt:videoId><title>Rope</title></entry></feed>"""


# --- JSON ---


def fireside_json() -> bytes:
    """`_fireside` at the show and at the item."""
    feed = {
        "version": "https://jsonfeed.org/version/1",
        "title": SHOW,
        "home_page_url": SITE,
        "feed_url": f"{SITE}/json",
        "_fireside": {"subtitle": "On rope", "explicit": True, "owner": "Ann Harbour", "image": COVER},
        "items": [
            {
                "id": FIRESIDE_GUID,
                "title": f"Episode 12: {TITLE}",
                "url": f"{SITE}/12",
                "content_text": WORDS,
                "content_html": FIRESIDE_NOTES,
                "summary": WORDS,
                "date_published": "2023-03-14T00:00:00.000-04:00",
                "_fireside": {"explicit": False, "player_url": "https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM"},
                "attachments": [
                    {
                        "url": FIRESIDE_AUDIO,
                        "mime_type": "audio/mpeg",
                        "size_in_bytes": SIZE,
                        "duration_in_seconds": 3723,
                    }
                ],
            }
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode()


def micro_blog(version: str) -> bytes:
    """A blog of short posts, some of which are episodes; 1.0 has one author, 1.1 a list of them."""
    ann = {"name": "Ann Harbour", "url": "https://micro.example/ann", "avatar": "https://pictures.example/ann.jpg"}
    item = {
        "id": "http://half-tide.micro.example/2023/03/14/rope.html",
        "url": f"{SITE}/2023/03/14/rope.html",
        "title": TITLE,
        "content_html": NOTES,
        "date_published": "2023-03-14T00:00:00-04:00",
        "tags": ["lamps", "oil & gas"],
        "image": OWN,
        "attachments": [
            {
                "url": "https://half-tide.micro.example/uploads/rope.mp3",
                "mime_type": "audio/mpeg",
                "size_in_bytes": SIZE,
                "duration_in_seconds": 3723.4,
            }
        ],
        "_microblog": {"is_podcast": True},
    } | ({"author": ann} if version == "1" else {"authors": [ann]})
    feed = {
        "version": f"https://jsonfeed.org/version/{version}",
        "title": SHOW,
        "icon": COVER,
        "home_page_url": SITE,
        "items": [item],
    }
    return json.dumps(feed).encode()
