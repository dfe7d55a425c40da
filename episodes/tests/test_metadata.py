"""What others read of a page: JSON-LD and Open Graph."""

import json
import re
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import TestCase
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from episodes.models import Transcript
from episodes.tests.factories import add_credit, add_placement, make_episode, make_notes, make_show
from episodes.tests.factories import import_notes as save_notes
from lupcms.tests.browser import Visitor, needs_chromium

AUDIO = {
    "enclosure_url": "https://audio.example/001.mp3",
    "enclosure_type": "audio/mpeg",
    "enclosure_length": 4_200_000,
    "duration_seconds": 4371,
}


def things(page: str) -> dict[str, Any]:
    """By type."""
    [block] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data = json.loads(block)
    assert data.keys() == {"@context", "@graph"}
    assert data["@context"] == "https://schema.org"
    return {thing.pop("@type"): thing for thing in data["@graph"]}


class _Head(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.properties: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "meta" and (name := found.get("property") or found.get("name")):
            assert name not in self.properties
            self.properties[name] = found["content"]


def meta(page: str) -> dict[str, str | None]:
    head = _Head()
    head.feed(page)
    return head.properties


def artwork(side: int = 1400) -> ContentFile:
    out = BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return ContentFile(out.getvalue(), "a.png")


class LinkedDataTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(language="en-GB")

    def get(self, path: str) -> str:
        return self.client.get(path).content.decode()

    def test_an_episode_says_what_its_page_and_its_feed_say(self):
        episode = make_episode(self.show, summary="We look at the *water*.", season=2, **AUDIO)
        add_credit(episode)
        add_credit(episode, "gil", "Gil Guest", role="guest", position=2)
        add_credit(episode, "pat", "Pat", role="producer", position=3)
        Transcript.objects.create(episode=episode, language="en", format="vtt", cues=[])
        ann = {"@type": "Person", "name": "Ann Host", "url": "https://tide-radio.example/hosts/ann"}
        gil = {"@type": "Person", "name": "Gil Guest", "url": "https://tide-radio.example/hosts/gil"}
        self.assertEqual(
            things(self.get("/1"))["PodcastEpisode"],
            {
                "name": "The first tide",
                "url": "https://tide-radio.example/1",
                "episodeNumber": 1,
                "description": "We look at the water.",
                "datePublished": "2024-05-02T00:00:00-07:00",
                "duration": "P0DT01H12M51S",
                "inLanguage": "en-GB",
                "author": [ann],
                "actor": [ann, gil],
                "partOfSeries": {
                    "@type": "PodcastSeries",
                    "name": "Tide Radio",
                    "url": "https://tide-radio.example/",
                    "webFeed": "https://tide-radio.example/rss",
                },
                "partOfSeason": {"@type": "PodcastSeason", "seasonNumber": 2},
                "associatedMedia": {
                    "@type": "AudioObject",
                    "contentUrl": "https://audio.example/001.mp3",
                    "encodingFormat": "audio/mpeg",
                    "contentSize": "4200000",
                    "duration": "P0DT01H12M51S",
                    "transcript": "https://tide-radio.example/1/transcript",
                },
            },
        )

    def test_only_what_is_known_is_said(self):
        make_episode(self.show, "p01", published_at_is_estimated=True)
        self.assertEqual(
            things(self.get("/p01"))["PodcastEpisode"],
            {
                "name": "The first tide",
                "url": "https://tide-radio.example/p01",
                "episodeNumber": "p01",
                "datePublished": "2024-05-02",
                "inLanguage": "en-GB",
                "partOfSeries": {
                    "@type": "PodcastSeries",
                    "name": "Tide Radio",
                    "url": "https://tide-radio.example/",
                    "webFeed": "https://tide-radio.example/rss",
                },
            },
        )

    def test_audio_is_asked_for_where_the_feed_asks_for_it(self):
        self.show.media_prefix = "https://op3.dev/e/"
        self.show.save()
        make_episode(self.show, **AUDIO, changed_at=datetime(2024, 6, 1, 12, tzinfo=UTC))
        page = self.get("/1")
        episode = things(page)["PodcastEpisode"]
        self.assertEqual(episode["associatedMedia"]["contentUrl"], "https://op3.dev/e/audio.example/001.mp3")
        self.assertEqual(episode["dateModified"], "2024-06-01T05:00:00-07:00")
        self.assertEqual(meta(page)["og:audio"], "https://op3.dev/e/audio.example/001.mp3")

    def test_a_show_says_what_it_is_and_where_its_feed_is(self):
        self.show.category, self.show.description = "Society & Culture > Places & Travel", "About the tide."
        self.show.license_url, self.show.artwork = "https://cc.example/", artwork()
        self.show.save()
        key = self.show.artwork.name[10:30]
        self.assertEqual(
            things(self.get("/")),
            {
                "PodcastSeries": {
                    "name": "Tide Radio",
                    "url": "https://tide-radio.example/",
                    "webFeed": "https://tide-radio.example/rss",
                    "description": "About the tide.",
                    "image": f"https://tide-radio.example/media/pictures/{key}-1400.jpg",
                    "inLanguage": "en-GB",
                    "genre": "Places & Travel",
                    "license": "https://cc.example/",
                    "identifier": str(self.show.podcast_guid),
                }
            },
        )

    def test_pages_below_say_the_way_to_them(self):
        save_notes(self.show, make_notes())
        home, site = "Tide Radio", "https://tide-radio.example"
        ways = {
            "/1": [("Episodes", "/episodes"), ("2024", "/episodes/2024"), ("The first tide", None)],
            "/hosts/ann": [("People", "/hosts"), ("Ann Host", None)],
            "/sponsors/lamp-oil-ltd": [("Sponsors", "/sponsors"), ("Lamp Oil Ltd", None)],
            "/tags/c++": [("Tags", "/tags"), ("c++", None)],
        }
        for path, way in ways.items():
            steps = [
                {"@type": "ListItem", "position": n, "name": name} | ({"item": site + to} if to else {})
                for n, (name, to) in enumerate([(home, "/"), *way], 1)
            ]
            self.assertEqual(things(self.get(path))["BreadcrumbList"], {"itemListElement": steps}, path)

    def test_text_cannot_end_the_block(self):
        title = "</script><script>alert(1)</script><!-- & \u2028 'x' \"y\""
        make_episode(self.show, title=title)
        page = self.get("/1")
        self.assertEqual(things(page)["PodcastEpisode"]["name"], title)
        block = page.partition("ld+json")[2].partition("</script>")[0]
        self.assertNotRegex(block.removeprefix('">'), "[<>&\u2028]")

    def test_a_show_without_a_site_url_says_nothing(self):
        self.show.site_url = ""
        self.show.save()
        make_episode(self.show, **AUDIO)
        for path in ("/", "/1"):
            page = self.get(path)
            self.assertNotIn("ld+json", page)
            self.assertNotIn("oembed", page)
            self.assertEqual(meta(page).keys() & {"og:url", "og:image"}, set())


class OpenGraphTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(artwork=artwork())
        cls.episode = make_episode(cls.show, summary="We look at the water.", **AUDIO)

    def test_an_episode(self):
        found = meta(self.client.get("/1").content.decode())
        card = found.pop("og:image")
        self.assertRegex(card, r"^https://tide-radio\.example/1/card-[0-9a-f]{20}\.jpg$")
        self.assertEqual(
            {name: text for name, text in found.items() if ":" in name},
            {
                "og:url": "https://tide-radio.example/1",
                "og:title": "TR 001: The first tide",
                "og:site_name": "Tide Radio",
                "og:type": "article",
                "og:description": "We look at the water.",
                "article:published_time": "2024-05-02T00:00:00-07:00",
                "og:audio": "https://audio.example/001.mp3",
                "og:audio:secure_url": "https://audio.example/001.mp3",
                "og:audio:type": "audio/mpeg",
                "og:image:width": "1200",
                "og:image:height": "630",
                "og:image:alt": "Tide Radio: The first tide",
                "twitter:card": "summary_large_image",
            },
        )

    def test_audio_without_tls_is_not_offered(self):
        type(self.episode).objects.update(enclosure_url="http://audio.example/001.mp3")
        self.assertNotIn("og:audio", meta(self.client.get("/1").content.decode()))

    def test_other_pages_have_the_artwork_at_its_size(self):
        add_placement(self.episode)
        for side, name, shown in ((1400, "1400.jpg", "1400"), (800, "768.webp", "768"), (300, "768.webp", "300")):
            self.show.artwork = artwork(side)
            self.show.save()
            key = self.show.artwork.name[10:30]
            for path in ("/", "/episodes", "/sponsors", "/about"):
                found = meta(self.client.get(path).content.decode())
                self.assertEqual(found["og:image"], f"https://tide-radio.example/media/pictures/{key}-{name}", path)
                self.assertEqual((found["og:image:width"], found["og:image:height"]), (shown, shown))
                self.assertEqual((found["og:image:alt"], found["twitter:card"]), ("Tide Radio", "summary"))


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_chromium_keeps_the_block_under_the_strict_policy(live_server: LiveServer, visitor: Visitor) -> None:
    make_episode(make_show(), air_date=date(2024, 5, 2))
    visitor.page.goto(f"{live_server.url}/1")
    block = visitor.page.locator('script[type="application/ld+json"]').text_content()
    assert json.loads(block or "")["@graph"][0]["name"] == "The first tide"
    assert visitor.complaints == []
