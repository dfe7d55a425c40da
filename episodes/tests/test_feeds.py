"""The feeds at their addresses: what they have, what they cost, and when a client must load them again."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from io import BytesIO
from unittest import mock

import feedparser
import podcastparser
from django.test import Client, TestCase, override_settings
from django.utils import timezone
from django.utils.http import http_date, parse_http_date
from lxml import etree

from episodes.models import Chapter, Credit, Episode, Tag, Transcript
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    import_notes,
    make_episode,
    make_member,
    make_notes,
    make_show,
)
from hosts.models import HostName
from lupcms.shows.models import Role, Show

SITE = "https://tide-radio.example"
NS = {
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "atom": "http://www.w3.org/2005/Atom",
}


def make_feed_episode(show: Show, number: str, **fields) -> Episode:
    audio = {
        "enclosure_url": f"https://audio.example/{number}.mp3",
        "enclosure_length": 1234,
        "enclosure_type": "audio/mpeg",
        "guid": f"guid-{number}",
    }
    return make_episode(show, number, **audio | fields)


def channel(response):
    return etree.fromstring(response.content)[0]


def guids(response) -> list[str]:
    return [item.findtext("guid") for item in channel(response).findall("item")]


class FeedTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hub_url="https://hub.example/", media_prefix="https://op3.example/e/")
        cls.first = make_feed_episode(cls.show, "001", summary="We look at the water.", duration_seconds=3661)
        add_credit(cls.first)
        add_credit(cls.first, "gil", "Gil Guest", role=Credit.Role.GUEST, position=2)
        add_placement(cls.first)
        add_link(cls.first)
        cls.first.tags.add("/boot", "c++")
        cls.second = make_feed_episode(cls.show, "002", published_at=cls.first.published_at + timedelta(days=7))
        add_credit(cls.second)
        cls.second.tags.add("c++")
        # What no feed of this show has.
        make_feed_episode(cls.show, "900", published=False)
        cls.scheduled = make_feed_episode(
            cls.show, "901", published_at=timezone.now() + timedelta(hours=1), air_date=None
        )
        make_feed_episode(cls.show, "902", is_blocked=True)
        make_feed_episode(cls.show, "903", guid=None)
        make_feed_episode(cls.show, "904", enclosure_url="")
        cls.other = make_show("other", "OT", title="Other Show")
        cls.elsewhere = make_feed_episode(cls.other, "001", guid="guid-other")
        cls.elsewhere.tags.add("c++")
        make_feed_episode(make_show("third", "TH", title="No address", site_url=""), "001", guid="guid-third")

    def setUp(self):
        self.client = Client(headers={"host": "tide-radio.localhost"})


class RssTests(FeedTestCase):
    def test_the_feed_has_what_is_published_with_audio_newest_first(self):
        response = self.client.get("/rss")
        self.assertEqual(response.headers["Content-Type"], "application/rss+xml; charset=utf-8")
        self.assertEqual(guids(response), ["guid-002", "guid-001"])
        root = channel(response)
        self.assertEqual(root.findtext("link"), f"{SITE}/")
        self.assertEqual(root.find("atom:link[@rel='self']", NS).get("href"), f"{SITE}/rss")
        self.assertEqual(root.findtext("podcast:guid", None, NS), "8a0768cf-8ecc-5699-b304-006901beaaae")
        item = root.findall("item")[1]
        self.assertEqual(item.findtext("link"), f"{SITE}/1")
        self.assertEqual(item.findtext("pubDate"), "Thu, 02 May 2024 00:00:00 -0700")
        self.assertEqual(item.find("enclosure").get("url"), "https://op3.example/e/audio.example/001.mp3")
        self.assertEqual(item.findtext("content:encoded", None, NS), self.first_html())
        people = [
            (person.text, person.get("role"), person.get("href")) for person in item.findall("podcast:person", NS)
        ]
        self.assertEqual(
            people, [("Ann Host", "host", f"{SITE}/hosts/ann"), ("Gil Guest", "guest", f"{SITE}/hosts/gil")]
        )
        hosts = [person.text for person in root.findall("podcast:person", NS)]
        self.assertEqual(hosts, ["Ann Host"])

    def first_html(self) -> str:
        return Episode.objects.get(pk=self.first.pk).feed_html

    def test_a_feed_that_moved_away_answers_301_and_one_that_moved_in_says_where_it_is(self):
        for new, leads in (
            ("https://elsewhere.example/f\u00e9ed", "https://elsewhere.example/f%C3%A9ed"),
            (f"{SITE}/rss", None),
        ):
            Show.objects.filter(pk=self.show.pk).update(new_feed_url=new)
            response = self.client.get("/rss")
            self.assertEqual(response.get("Location"), leads)
            self.assertEqual(response.status_code, 301 if leads else 200)
            # So that it can be taken back.
            self.assertEqual(response["Cache-Control"], "no-cache")
        self.assertEqual(channel(response).findtext("itunes:new-feed-url", None, NS), f"{SITE}/rss")
        self.assertEqual(self.client.get("/feed")["Location"], "/rss")

    def test_foreign_parsers_read_it(self):
        body = self.client.get("/rss").content
        feed = feedparser.parse(body)
        self.assertFalse(feed.bozo)
        self.assertEqual([entry.title for entry in feed.entries], ["The first tide", "The first tide"])
        podcast = podcastparser.parse(f"{SITE}/rss", BytesIO(body))
        self.assertEqual([episode["guid"] for episode in podcast["episodes"]], ["guid-002", "guid-001"])
        self.assertEqual(podcast["episodes"][1]["total_time"], 3661)

    def test_a_host_of_fewer_than_a_third_is_no_regular_one(self):
        for number in range(3, 9):
            add_credit(make_feed_episode(self.show, f"{number:03}"), "bea", "Bea Host")
        root = channel(self.client.get("/rss"))
        self.assertEqual([person.text for person in root.findall("podcast:person", NS)], ["Bea Host"])

    def test_chapters_and_transcripts_have_addresses(self):
        for second, title in ((0, "Start"), (600, "Middle"), (900, "")):
            Chapter.objects.create(episode=self.first, starts_at_seconds=second, title=title)
        for language in ("de", "en"):
            Transcript.objects.create(episode=self.first, language=language, format="vtt", cues=[[0, 1, "", "x"]])
        item = channel(self.client.get("/rss")).findall("item")[1]
        self.assertEqual(item.find("podcast:chapters", NS).get("url"), f"{SITE}/1/chapters.json")
        titles = [c.get("title") for c in item.find("{http://podlove.org/simple-chapters}chapters")]
        self.assertEqual(titles, ["Start", "Middle"])
        transcripts = [
            (t.get("url"), t.get("type"), t.get("language"), t.get("rel"))
            for t in item.findall("podcast:transcript", NS)
        ]
        self.assertEqual(
            transcripts,
            [
                (f"{SITE}/1/transcript.vtt", "text/vtt", "en", "captions"),
                (f"{SITE}/1/transcript.vtt?lang=de", "text/vtt", "de", "captions"),
                (f"{SITE}/1/transcript", "text/html", "en", None),
                (f"{SITE}/1/transcript?lang=de", "text/html", "de", None),
                (f"{SITE}/1/transcript.json", "application/json", "en", "captions"),
                (f"{SITE}/1/transcript.json?lang=de", "application/json", "de", "captions"),
                (f"{SITE}/1/transcript.srt", "application/x-subrip", "en", "captions"),
                (f"{SITE}/1/transcript.srt?lang=de", "application/x-subrip", "de", "captions"),
            ],
        )

    def test_transcripts_are_in_the_language_that_the_feed_says(self):
        for language in ("de", "en-GB", "x&y"):
            cues = [[0, 1000, "", f"This is {language}."]]
            Transcript.objects.create(episode=self.first, language=language, format="json", cues=cues)
        item = channel(self.client.get("/rss")).findall("item")[1]
        told = {
            t.get("language"): t.get("url") for t in item.findall("podcast:transcript[@type='application/json']", NS)
        }
        self.assertEqual(told["en-GB"], f"{SITE}/1/transcript.json")
        for language, url in told.items():
            self.assertContains(self.client.get(url.removeprefix(SITE)), f"This is {language}.")

    def test_an_odd_hub_stays_inside_its_brackets(self):
        Show.objects.filter(pk=self.show.pk).update(hub_url='https://hub.example/>; rel="канал')
        link = self.client.get("/rss").headers["Link"]
        hub = "https://hub.example/%3E;%20rel=%22%D0%BA%D0%B0%D0%BD%D0%B0%D0%BB"
        self.assertEqual(link, f'<{hub}>; rel="hub", <{SITE}/rss>; rel="self"')

    def test_old_addresses_lead_to_the_feed(self):
        for path in ("/feed", "/feed.xml", "/rss/", "/RSS"):
            self.assertRedirects(
                self.client.get(path), "/rss", status_code=301, fetch_redirect_response=False, msg_prefix=path
            )

    def test_a_show_without_an_address_has_no_feed(self):
        client = Client(headers={"host": "third.localhost"})
        for path in ("/rss", "/json", "/rss/tags/c++", "/rss/hosts/ann"):
            self.assertEqual(client.get(path).status_code, 404, path)
        self.assertNotContains(client.get("/"), "application/rss+xml")

    def test_every_page_names_the_feeds(self):
        for path in ("/", "/1", "/tags", "/about", "/sponsors"):
            response = self.client.get(path)
            self.assertContains(
                response, '<link rel="alternate" type="application/rss+xml" title="Tide Radio" href="/rss">'
            )
            self.assertContains(response, 'type="application/feed+json" title="Tide Radio" href="/json">')

    def test_it_is_the_same_for_everyone(self):
        body = self.client.get("/rss").content
        self.client.force_login(make_member("alice", self.show))
        response = self.client.get("/rss")
        self.assertEqual(response.content, body)
        self.assertFalse(response.cookies)
        self.assertEqual(Client(headers={"host": "tide-radio.localhost:8090"}).get("/rss").content, body)


class PartTests(FeedTestCase):
    def test_a_tag_has_a_feed_of_its_own(self):
        response = self.client.get("/rss/tags/%2Fboot")
        self.assertEqual(guids(response), ["guid-001"])
        root = channel(response)
        self.assertEqual(root.findtext("title"), "Tide Radio: /boot")
        self.assertEqual(root.findtext("link"), f"{SITE}/tags/%2Fboot")
        self.assertEqual(root.find("atom:link[@rel='self']", NS).get("href"), f"{SITE}/rss/tags/%2Fboot")
        self.assertEqual(root.findtext("itunes:block", None, NS), "Yes")
        self.assertNotEqual(
            root.findtext("podcast:guid", None, NS), channel(self.client.get("/rss")).findtext("podcast:guid", None, NS)
        )
        self.assertEqual(guids(self.client.get("/rss/tags/c%2B%2B")), ["guid-002", "guid-001"])

    def test_an_alias_and_another_letter_case_lead_to_the_tag(self):
        Tag.objects.create(name="cpp", alias_of=Tag.objects.get(name="c++"))
        for path in ("/rss/tags/cpp", "/rss/tags/C++", "/rss/tags/c++/"):
            self.assertEqual(self.client.get(path).headers.get("Location"), "/rss/tags/c++", path)

    def test_a_host_has_a_feed_of_their_own(self):
        response = self.client.get("/rss/hosts/gil")
        self.assertEqual(guids(response), ["guid-001"])
        self.assertEqual(channel(response).findtext("title"), "Tide Radio: Gil Guest")
        self.assertEqual(channel(response).find("atom:link", NS).get("href"), f"{SITE}/rss/hosts/gil")
        host = HostName.objects.get(slug="ann").host
        HostName.objects.create(show=self.show, host=host, slug="annie", name="Annie")
        self.assertEqual(self.client.get("/rss/hosts/annie").headers["Location"], "/rss/hosts/ann")

    def test_nobody_hears_of_a_draft_by_its_tag_or_host(self):
        self.scheduled.tags.add("secret")
        add_credit(self.scheduled, "sue", "Secret Sue")
        for path in ("/rss/tags/secret", "/rss/tags/none", "/rss/hosts/sue", "/rss/hosts/none"):
            self.assertEqual(self.client.get(path).status_code, 404, path)


class NetworkTests(FeedTestCase):
    def assert_is_of_all_shows(self, response, feed_url: str, home_url: str) -> None:
        self.assertEqual(guids(response), ["guid-002", "guid-other", "guid-001"])
        root = channel(response)
        self.assertEqual(root.find("atom:link", NS).get("href"), feed_url)
        self.assertEqual(root.findtext("link"), home_url)
        item = root.findall("item")[1]
        self.assertEqual(item.findtext("itunes:author", None, NS), "Other Show")
        self.assertEqual(
            (item.find("source").text, item.find("source").get("url")), ("Other Show", "https://other.example/rss")
        )
        self.assertEqual(item.findtext("link"), "https://other.example/1")

    def test_all_shows_have_one_feed_on_each_host(self):
        self.assert_is_of_all_shows(self.client.get("/network/rss"), f"{SITE}/network/rss", f"{SITE}/network")

    @override_settings(NETWORK_URL="https://net.example")
    def test_on_the_networks_host_it_is_at_rss(self):
        network = Client(headers={"host": "net.example"})
        for response in (network.get("/rss"), self.client.get("/network/rss")):
            self.assert_is_of_all_shows(response, "https://net.example/rss", "https://net.example/")
        self.assertEqual(network.get("/network/rss").headers["Location"], "/rss")
        self.assertEqual(network.get("/opml").content, self.client.get("/opml").content)

    def test_a_character_that_xml_lacks_does_not_break_the_opml_of_all_shows(self):
        Show.objects.filter(pk=self.show.pk).update(title="Tide\x0b Radio", description="Of the\x01 sea.")
        root = etree.fromstring(self.client.get("/opml").content)
        titles = {outline.get("title"): outline.get("description") for outline in root.iter("outline")}
        self.assertEqual(titles["Tide Radio"], "Of the sea.")

    def test_opml_lists_the_shows_that_have_a_feed(self):
        response = self.client.get("/opml")
        outlines = [dict(outline.attrib) for outline in etree.fromstring(response.content).iter("outline")]
        self.assertEqual(
            outlines,
            [
                {
                    "type": "rss",
                    "text": "Tide Radio",
                    "title": "Tide Radio",
                    "language": "en",
                    "xmlUrl": f"{SITE}/rss",
                    "htmlUrl": f"{SITE}/",
                },
                {
                    "type": "rss",
                    "text": "Other Show",
                    "title": "Other Show",
                    "language": "en",
                    "xmlUrl": "https://other.example/rss",
                    "htmlUrl": "https://other.example/",
                },
            ],
        )


class JsonTests(FeedTestCase):
    def test_json_feed_has_the_same_items(self):
        response = self.client.get("/json")
        self.assertEqual(response.headers["Content-Type"], "application/feed+json; charset=utf-8")
        feed = response.json()
        self.assertEqual(feed["feed_url"], f"{SITE}/json")
        self.assertEqual([item["id"] for item in feed["items"]], guids(self.client.get("/rss")))
        # The hub is told of /rss alone.
        self.assertNotIn("Link", response.headers)

    def test_a_video_is_in_the_feed_and_in_the_json(self):
        Episode.objects.filter(pk=self.first.pk).update(video_url="https://video.example/ü?a=1")
        found = {
            link.text: link.get("href")
            for item in channel(self.client.get("/rss")).findall("item")
            for link in item.iter("{https://podcastindex.org/namespace/1.0}contentLink")
        }
        self.assertEqual(found["Video: The first tide"], "https://video.example/%C3%BC?a=1")
        self.assertEqual(self.client.get("/1.json").json()["video_url"], "https://video.example/ü?a=1")

    def test_an_episode_as_json_says_everything_public(self):
        Chapter.objects.create(episode=self.first, starts_at_seconds="600.5", title="Middle")
        Transcript.objects.create(episode=self.first, language="en", format="vtt", cues=[[0, 1, "", "x"]])
        response = self.client.get("/1.json")
        self.assertEqual(response.headers["Content-Type"], "application/json; charset=utf-8")
        self.assertEqual(response.headers["Access-Control-Allow-Origin"], "*")
        said = json.loads(response.content)
        self.assertEqual(
            list(said),
            "show url number code title guid air_date published_at changed_at duration_seconds season type explicit "
            "summary summary_html notes_html player_url video_url enclosure people sponsors links tags chapters_url "
            "chapters transcripts".split(),
        )
        self.assertEqual(said["show"], {"title": "Tide Radio", "acronym": "TR", "url": f"{SITE}/", "language": "en"})
        self.assertEqual(said["air_date"], "2024-05-02")
        self.assertEqual(said["published_at"], "2024-05-02T00:00:00-07:00")
        self.assertEqual(said["summary"], "We look at the water.")
        self.assertEqual(
            said["enclosure"],
            {"url": "https://op3.example/e/audio.example/001.mp3", "length": 1234, "type": "audio/mpeg"},
        )
        self.assertEqual(
            said["sponsors"],
            [
                {
                    "name": "Lamp Oil Ltd",
                    "url": "https://oil.example",
                    "page_url": f"{SITE}/sponsors/lamp-oil-ltd",
                    "words": "Ten per cent off.",
                    "words_html": "Ten per cent off.",
                    "promo_code": "TIDE",
                    "kind": "unknown",
                    "starts_at_seconds": None,
                    "ends_at_seconds": None,
                }
            ],
        )
        self.assertEqual(said["tags"], ["/boot", "c++"])
        self.assertEqual(said["chapters_url"], f"{SITE}/1/chapters.json")
        self.assertEqual([chapter["starts_at_seconds"] for chapter in said["chapters"]], [600.5])
        self.assertEqual(said["transcripts"][0]["url"], f"{SITE}/1/transcript.vtt")
        self.assertEqual(
            [(person["name"], person["role"]) for person in said["people"]],
            [("Ann Host", "host"), ("Gil Guest", "guest")],
        )

    def test_an_episode_as_json_is_where_its_page_is(self):
        self.assertEqual(self.client.get("/001.json").headers["Location"], "/1.json")
        for path in ("/900.json", "/901.json", "/none.json"):
            self.assertEqual(self.client.get(path).status_code, 404, path)
        # It has a page, though no feed has it.
        self.assertIsNone(self.client.get("/904.json").json()["enclosure"])


class ServingTests(FeedTestCase):
    def etag(self, path: str = "/rss") -> str:
        return self.client.get(path).headers["ETag"]

    def test_every_feed_can_be_asked_again_cheaply(self):
        add_credit(self.elsewhere)
        for path in ("/rss", "/rss/tags/c++", "/rss/hosts/ann", "/network/rss", "/json", "/opml", "/1.json"):
            with self.subTest(path):
                response = self.client.get(path)
                self.assertEqual(response.status_code, 200)
                self.assertRegex(response.headers["ETag"], r'\A"[0-9a-f]{32}"\Z')
                again = self.client.get(path, headers={"if-none-match": response.headers["ETag"]})
                self.assertEqual((again.status_code, again.content), (304, b""))
                self.assertEqual(again.headers["ETag"], response.headers["ETag"])
                for answer in (response, again):
                    self.assertEqual(answer.headers["Access-Control-Allow-Origin"], "*")
                    self.assertEqual(answer.headers["Cache-Control"], "no-cache")
                head = self.client.head(path)
                self.assertEqual((head.content, head.headers), (b"", response.headers))
                self.assertEqual(self.client.post(path).status_code, 405)

    def test_a_compressed_feed_has_a_weak_tag_that_answers_304_too(self):
        response = self.client.get("/rss", headers={"accept-encoding": "gzip"})
        self.assertEqual(response.headers["Content-Encoding"], "gzip")
        self.assertIn("Accept-Encoding", response.headers["Vary"])
        plain = self.client.get("/rss")
        self.assertIn("Accept-Encoding", plain.headers["Vary"])
        self.assertEqual(gzip.decompress(response.content), plain.content)
        self.assertEqual(response.headers["ETag"], f"W/{plain.headers['ETag']}")
        again = self.client.get("/rss", headers={"accept-encoding": "gzip", "if-none-match": response.headers["ETag"]})
        self.assertEqual(again.status_code, 304)

    def test_a_feed_says_when_it_last_changed(self):
        changed_at = datetime(2024, 6, 1, 12, tzinfo=UTC)
        Episode.objects.filter(pk=self.first.pk).update(changed_at=changed_at)
        response = self.client.get("/rss")
        self.assertEqual(response.headers["Last-Modified"], http_date(changed_at.timestamp()))
        self.assertEqual(channel(response).findtext("lastBuildDate"), "Sat, 01 Jun 2024 05:00:00 -0700")
        for moment, status in ((changed_at, 304), (changed_at - timedelta(seconds=1), 200)):
            asked = {"if-modified-since": http_date(moment.timestamp())}
            self.assertEqual(self.client.get("/rss", headers=asked).status_code, status)

    def test_no_moment_is_named_while_there_may_be_another_change_in_it(self):
        Episode.objects.filter(pk=self.first.pk).update(changed_at=timezone.now())
        self.assertNotIn("Last-Modified", self.client.get("/rss").headers)

    def test_a_deletion_at_the_desk_is_a_change(self):
        """Of what is left nothing is younger, and the moment is another one all the same."""
        modified = self.client.get("/rss").headers["Last-Modified"]
        desk = Client(headers={"host": "tide-radio.localhost"})
        desk.force_login(make_member("alice", self.show, Role.OWNER))
        url = f"/admin/episodes/episode/{self.first.pk}/delete/"
        self.assertEqual(desk.post(url, {"post": "yes"}).status_code, 302)
        response = self.client.get("/rss", headers={"if-modified-since": modified})
        self.assertEqual((response.status_code, guids(response)), (200, ["guid-002"]))
        later = timezone.now() + timedelta(seconds=5)
        with mock.patch("django.utils.timezone.now", return_value=later):
            named = self.client.get("/rss").headers["Last-Modified"]
        self.assertGreater(parse_http_date(named), parse_http_date(modified))

    def test_whatever_changes_changes_the_tag(self):
        tags = [self.etag()]

        def assert_changed() -> None:
            self.assertNotIn(self.etag(), tags)
            tags.append(self.etag())

        Episode.objects.filter(pk=self.first.pk).update(title="Another title")
        assert_changed()
        Show.objects.filter(pk=self.show.pk).update(copyright="2024")
        assert_changed()
        HostName.objects.get(slug="ann").host.credits.update(name="Ann Other")
        assert_changed()
        host = HostName.objects.get(slug="ann").host
        host.picture.name = "originals/0123456789abcdef0123-800x800.jpg"
        type(host).objects.filter(pk=host.pk).update(picture=host.picture.name)
        assert_changed()
        Chapter.objects.create(episode=self.first, starts_at_seconds=0, title="Start")
        assert_changed()
        Episode.objects.filter(pk=self.second.pk).update(published_at=None)
        assert_changed()
        Episode.objects.filter(pk=self.second.pk).delete()
        with mock.patch("django.utils.timezone.now", return_value=self.scheduled.published_at):
            assert_changed()
            self.assertEqual(guids(self.client.get("/rss"))[0], "guid-901")

    def test_a_scheduled_episode_appears_at_its_minute(self):
        at = self.scheduled.published_at
        for moment, newest in ((at - timedelta(seconds=1), "guid-002"), (at, "guid-901")):
            with mock.patch("django.utils.timezone.now", return_value=moment):
                self.assertEqual(guids(self.client.get("/rss"))[0], newest)
                self.assertEqual(self.client.get("/json").json()["items"][0]["id"], newest)

    def test_queries_do_not_grow_with_the_episodes(self):
        expected = {
            "/rss": 7,
            "/json": 7,
            "/rss/tags/c++": 8,
            "/rss/hosts/ann": 9,
            "/network/rss": 8,
            "/opml": 3,
            "/1.json": 10,
        }
        for count in (6, 650):
            have = self.show.episodes.in_feed().count()
            rows = [
                Episode(
                    show=self.show,
                    number=str(n),
                    slug=str(n),
                    published_at=self.first.published_at - timedelta(days=n),
                    air_date="2024-01-01",
                    enclosure_url=f"https://audio.example/{n}.mp3",
                )
                for n in range(1000 + have, 1000 + count)
            ]
            Episode.objects.bulk_create(rows)
            host = HostName.objects.get(slug="ann").host
            Credit.objects.bulk_create(Credit(episode=row, host=host, slug="ann", name="Ann") for row in rows)
            Chapter.objects.bulk_create(Chapter(episode=row, starts_at_seconds=0, title="Start") for row in rows)
            for row in rows:
                row.tagged_items.create(tag=Tag.objects.get(name="c++"))
            for path, queries in expected.items():
                with self.subTest(path, count=count), self.assertNumQueries(queries):
                    self.client.get(path)
            self.assertEqual(len(guids(self.client.get("/rss"))), count)


class ImportedTests(TestCase):
    def test_a_page_is_no_item_until_it_has_an_identity_and_audio(self):
        show = make_show()
        import_notes(show, make_notes())
        client = Client(headers={"host": "tide-radio.localhost"})
        self.assertEqual(guids(client.get("/rss")), [])
        Episode.objects.update(guid="guid-old", enclosure_url="https://audio.example/1.ogg")
        response = client.get("/rss")
        self.assertEqual(guids(response), ["guid-old"])
        self.assertEqual(channel(response).find("item/enclosure").get("type"), "audio/ogg")
