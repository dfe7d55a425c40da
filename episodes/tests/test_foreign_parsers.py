"""Four parsers of other people read in a feed what stands in it: nothing is lost or renamed."""

from pathlib import Path

import pytest

from episodes.tests.foreign_parsers import disagreements, exact
from lupcms.tests.browser import needs_npm

GOLDEN = (Path(__file__).parent / "feeds" / "golden.xml").read_bytes()


def test_the_exact_reading_is_what_stands_there():
    read = exact(GOLDEN)
    assert {key: value for key, value in read.items() if key != "items"} == {
        "title": "Tide Radio",
        "link": "https://tide.example/",
        "language": "en-GB",
        "author": "Ann Host",
        "podcast_guid": "9b024349-ccf0-5f69-a609-6b82873eab3c",
        "funding": [["https://tide.example/join", "Become a member"]],
        "persons": [
            ["Ann Host", "host", "cast", "https://tide.example/hosts/ann", "https://tide.example/ann.jpg"],
            ["Sam Sound", "sound designer", "audio post-production", "", ""],
        ],
    }
    assert [item["title"] for item in read["items"]] == [
        "Ropes & Knots",
        "2001: A Sea Odyssey",
        "Between the tides",
        "Lamps",
        "The sea is coming",
    ]
    first = dict(read["items"][0])
    assert first.pop("notes").startswith("<p>How a rope is made, and what <strong>holds</strong> it.</p>\n<h2>")
    assert first == {
        "guid": "5e7bdd5c-52b4-4d69-9f2c-0d8a5f30b001",
        "title": "Ropes & Knots",
        "link": "https://tide.example/5",
        "published": 1793563200,
        "enclosure": ["https://media.example/5.mp3", 28800000, "audio/mpeg"],
        "duration": 1800,
        "explicit": False,
        "episode_type": "full",
        "episode": 5,
        "season": 2,
        "persons": [
            ["Ann Host", "host", "cast", "https://tide.example/hosts/ann", ""],
            ["Gil Guest", "guest", "cast", "https://tide.example/hosts/gil", ""],
        ],
        "chapters_url": "https://tide.example/5/chapters.json",
        "chapters": [
            ["00:00:00", "Hello", "", ""],
            ["00:02:10.500", "Hemp", "https://example.org/hemp", ""],
            ["00:20:00", "Knots", "", "https://tide.example/knots.png"],
        ],
        "transcripts": [
            ["https://tide.example/5/transcript.vtt", "text/vtt", "en"],
            ["https://tide.example/5/transcript.srt", "application/x-subrip", "en"],
            ["https://tide.example/5/transcript", "text/html", "en"],
        ],
        "soundbites": [[60.5, 45]],
    }


@needs_npm
def test_four_parsers_agree():
    assert disagreements(GOLDEN, exact(GOLDEN)) == []


@needs_npm
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<title>Lamps</title>", "<title>灯 &lt;&amp;&gt; 🌊 שלום &quot;’&quot;</title>".encode()),
        (b"<description>Who", b"<description>A &amp;lt;b&amp;gt; tag: who"),
        (b"Gil Guest", "Gílл &amp; Söhne".encode()),
        (b'title="Hemp"', b'title="&lt;Hemp&gt; &amp; flax"'),
        (b"media.example/5.mp3", b"media.example/5.mp3?a=1&amp;b=2"),
    ],
)
def test_odd_text_arrives(old, new):
    feed = GOLDEN.replace(old, new)
    assert feed != GOLDEN
    assert disagreements(feed, exact(feed)) == []


@needs_npm
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"Gil Guest", b"Someone", "item 1, persons"),
        (b'"28800000"', b'"1"', "item 1, enclosure"),
        (b"<itunes:duration>600", b"<itunes:duration>601", "item 4, duration"),
        (b"21 Oct 2026", b"22 Oct 2026", "item 3, published"),
        (b">Become a member", b">Join", "funding"),
        (b"9b024349", b"00000000", "podcast_guid"),
        (b"<title>Lamps", b"<title>lamps", "item 4, title"),
        (b"transcript.srt", b"t.srt", "item 1, transcripts"),
    ],
)
def test_what_is_lost_would_be_seen(old, new, said):
    found = disagreements(GOLDEN.replace(old, new), exact(GOLDEN))
    assert found
    assert all(f", {said}: " in line for line in found)


def test_it_works_without_npm():
    assert disagreements(GOLDEN, exact(GOLDEN), with_npm=False) == []
