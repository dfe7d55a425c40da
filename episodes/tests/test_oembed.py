"""An episode's player inside somebody else's page, and what programs read of the show."""

import json
import re
from html import unescape
from io import BytesIO
from urllib.parse import urlencode

from django.core.files.base import ContentFile
from django.test import TestCase
from PIL import Image

from episodes import cards
from episodes.tests.factories import make_episode, make_show


class OembedTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hostname="tide.example", author="Nell & Ines")
        cls.episode = make_episode(cls.show, title='Tide "<&>"')
        make_episode(cls.show, "002", published=False)
        cls.other = make_show("lamp-talk", "LT", hostname="lamps.example")
        make_episode(cls.other, "001")

    def ask(self, url: str = "https://tide-radio.example/1", host: str = "tide.example", **more: str):
        return self.client.get(f"/oembed?{urlencode({'url': url, **more})}", headers={"Host": host})

    def test_an_episode_is_its_player_in_a_frame(self):
        response = self.ask()
        self.assertEqual(
            response.json(),
            {
                "version": "1.0",
                "type": "rich",
                "title": 'TR 001: Tide "<&>"',
                "author_name": "Nell & Ines",
                "author_url": "https://tide-radio.example/",
                "provider_name": "Tide Radio",
                "provider_url": "https://tide-radio.example/",
                "cache_age": 3600,
                "html": '<iframe src="https://tide-radio.example/1/embed" width="640" height="260" '
                'title="TR 001: Tide &quot;&lt;&amp;&gt;&quot;" loading="lazy" style="border:0"></iframe>',
                "width": 640,
                "height": 260,
                "thumbnail_url": f"https://tide-radio.example{cards.path_of(self.episode)}",
                "thumbnail_width": 1200,
                "thumbnail_height": 630,
            },
        )
        self.assertEqual(response["Content-Type"], "application/json")
        self.assertEqual(response["Access-Control-Allow-Origin"], "*")
        self.assertEqual(response["Cache-Control"], "public, max-age=3600")

    def test_every_address_of_the_show_is_known(self):
        for url in (
            "https://tide-radio.example/1",
            "http://tide-radio.example/1/",
            "https://TIDE.example:8443/1?t=810#chapters",
            "http://tide-radio.localhost:8000/1",
        ):
            self.assertEqual(self.ask(url).json()["title"], 'TR 001: Tide "<&>"', url)

    def test_anything_else_is_unknown(self):
        for url in (
            "",
            "https://tide-radio.example/",
            "https://tide-radio.example/2",
            "https://tide-radio.example/3",
            "https://tide-radio.example/1/embed",
            "https://tide-radio.example/episodes",
            "https://lamps.example/1",
            "https://elsewhere.example/1",
            "ftp://tide-radio.example/1",
            "javascript://tide-radio.example/1",
            "//tide-radio.example/1",
            "https://[broken/1",
            "https://tide-radio.example/1%00",
            "https://\0/1",
        ):
            self.assertEqual(self.ask(url).status_code, 404, url)

    def test_xml_is_not_spoken(self):
        self.assertEqual(self.ask(format="xml").status_code, 501)
        self.assertEqual(self.ask(format="json").status_code, 200)

    def test_limits_of_size_are_kept(self):
        out = BytesIO()
        Image.new("RGB", (800, 800), "teal").save(out, "PNG")
        self.show.artwork = ContentFile(out.getvalue(), "a.png")
        self.show.save()
        found = self.ask(maxwidth="400", maxheight="200").json()
        self.assertEqual((found["width"], found["height"]), (400, 200))
        self.assertIn('width="400" height="200"', found["html"])
        self.assertEqual((found["thumbnail_width"], found["thumbnail_height"]), (192, 192))
        self.assertTrue(found["thumbnail_url"].endswith("-192.webp"))
        self.assertNotIn("thumbnail_url", self.ask(maxheight="50").json())
        for nonsense in ("0", "-1", "x", "9" * 30, "1.5", "²"):
            self.assertEqual(self.ask(maxwidth=nonsense).json()["width"], 640, nonsense)

    def test_the_head_of_an_episode_leads_here(self):
        page = self.client.get("/1", headers={"Host": "tide.example"}).content.decode()
        [url] = re.findall(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
        found = self.client.get(
            unescape(url).removeprefix("https://tide-radio.example"), headers={"Host": "tide.example"}
        )
        self.assertEqual(json.loads(found.content)["title"], 'TR 001: Tide "<&>"')

    def test_queries_are_few(self):
        with self.assertNumQueries(2):
            self.ask()
        with self.assertNumQueries(3):
            self.ask("https://tide.example/1")


class LlmsTests(TestCase):
    def test_programs_find_the_notes_and_the_feeds(self):
        show = make_show(description="About\nthe tide.")
        make_episode(show, "001", title="The [first] tide", summary="We look at the *water*.")
        make_episode(show, "p02", title="", published_at=show.midnight(show.today()), air_date=show.today())
        make_episode(show, "003", published=False, title="Secret")
        response = self.client.get("/llms.txt")
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(
            response.content.decode(),
            f"""\
# Tide Radio

> About the tide.

Every episode has a page of notes in Markdown: its address with `.md`. The same as data has `.json`.

## Newest episodes

- [TR p02](https://tide-radio.example/p02.md)
- [TR 001: The \\[first\\] tide](https://tide-radio.example/1.md): We look at the water.

## All episodes by year

- [{show.today().year}](https://tide-radio.example/episodes/{show.today().year})
- [2024](https://tide-radio.example/episodes/2024)

## Feeds

- [RSS](https://tide-radio.example/rss): every episode with its notes
- [JSON Feed](https://tide-radio.example/json): the same as JSON
""",
        )

    def test_it_lists_fifty_and_costs_the_same_with_many(self):
        show = make_show()
        for numbers, listed in ((range(1, 4), 3), (range(4, 61), 50)):
            for n in numbers:
                make_episode(show, str(n))
            with self.assertNumQueries(3):
                text = self.client.get("/llms.txt").content.decode()
            self.assertEqual(text.count(".md)"), listed)
