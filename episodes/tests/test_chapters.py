"""Chapters where people meet them: the desk's box, the episode's page, the file for apps, and the history."""

import json
from decimal import Decimal

import pytest
from django.test import TestCase
from reversion.models import Version

from episodes.chapters import chapters_of, replace_chapters
from episodes.formats.chapters import Chapter
from episodes.models import Chapter as Row
from episodes.models import Episode
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_admin import change_url, errors, form_values, save
from lupcms.shows.models import OldPath, Role

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

CHAPTERS = [
    Chapter(0, "Hello"),
    Chapter(810_500, "Lamps", 820_000, "https://lamps.example/", "https://lamps.example/l.jpg"),
    Chapter(900_000, "A picture", is_listed=False),
    Chapter(3_723_000, "<b>Bye</b>", url="javascript:alert(1)"),
]
LINES = """\
00:00 Hello
13:30.500 Lamps <https://lamps.example/> <image https://lamps.example/l.jpg> <ends 13:40>
15:00 A picture <hidden>
1:02:03 <b>Bye</b> <https://bye.example/>"""


def make_chapters(episode: Episode, chapters: list[Chapter] = CHAPTERS) -> None:
    replace_chapters(episode, chapters)


class FileTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show)
        make_chapters(cls.episode)

    def test_it_is_json_chapters_for_apps_on_any_site(self):
        response = self.client.get("/1/chapters.json")
        self.assertEqual(response["Content-Type"], "application/json+chapters; charset=utf-8")
        self.assertEqual(response["Access-Control-Allow-Origin"], "*")
        self.assertEqual(
            json.loads(response.content),
            {
                "version": "1.2.0",
                "chapters": [
                    {"startTime": 0, "title": "Hello"},
                    {
                        "startTime": 810.5,
                        "title": "Lamps",
                        "img": "https://lamps.example/l.jpg",
                        "url": "https://lamps.example/",
                        "endTime": 820,
                    },
                    {"startTime": 900, "title": "A picture", "toc": False},
                    {"startTime": 3723, "title": "<b>Bye</b>", "url": "javascript:alert(1)"},
                ],
            },
        )

    def test_unchanged_it_is_not_sent_again(self):
        etag = self.client.get("/1/chapters.json")["ETag"]
        again = self.client.get("/1/chapters.json", headers={"if-none-match": etag})
        self.assertEqual((again.status_code, again.content, again["ETag"]), (304, b"", etag))
        self.assertEqual(again["Access-Control-Allow-Origin"], "*")
        make_chapters(self.episode, CHAPTERS[:3])
        again = self.client.get("/1/chapters.json", headers={"if-none-match": etag})
        self.assertEqual(again.status_code, 200)
        self.assertNotEqual(again["ETag"], etag)

    def test_without_chapters_or_unpublished_it_is_not_there(self):
        make_episode(self.show, "2", air_date=None)
        make_chapters(make_episode(self.show, "3", published=False))
        for path in ("/2/chapters.json", "/3/chapters.json", "/4/chapters.json", "/1/Chapters.json"):
            self.assertEqual(self.client.get(path).status_code, 404, path)

    def test_other_spellings_and_old_paths_lead_to_it(self):
        OldPath.objects.remember(self.show, "/old/chapters.json", "/1/chapters.json")
        for path in ("/001/chapters.json", "/old/chapters.json", "/1//chapters.json"):
            self.assertRedirects(self.client.get(path), "/1/chapters.json", 301, msg_prefix=path)

    def test_it_costs_three_queries(self):
        with self.assertNumQueries(3):
            self.client.get("/1/chapters.json")


class PageTests(TestCase):
    def test_each_chapter_in_the_list_is_an_address_into_the_audio(self):
        episode = make_episode(make_show(), enclosure_url="https://audio.example/1.mp3")
        make_chapters(episode)
        page = self.client.get("/1").content.decode()
        for second, clock in ((0, "0:00"), (810, "13:30"), (3723, "1:02:03")):
            self.assertIn(f'href="?t={second}" dir="ltr">{clock}</a>', page)
            self.assertIn(f'href="https://audio.example/1.mp3#t={second}"', page)
        self.assertNotIn("A picture", page)
        self.assertIn("&lt;b&gt;Bye&lt;/b&gt;", page)
        self.assertNotIn("javascript:", page)
        self.assertIn('href="https://lamps.example/" rel="noopener" dir="ltr">lamps.example</a>', page)
        self.assertNotIn("l.jpg", page)

    def test_without_audio_or_without_chapters_nothing_is_promised(self):
        episode = make_episode(make_show())
        self.assertNotIn('id="chapters"', self.client.get("/1").content.decode())
        make_chapters(episode)
        self.assertNotIn("noscript", self.client.get("/1").content.decode())


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show, duration_seconds=3700)

    def setUp(self):
        self.client.force_login(self.alice)
        self.url = change_url(self.episode)

    def save(self, text: str) -> None:
        response = save(self.client, self.url, chapters_text=text)
        self.assertEqual(response.status_code, 302, response.status_code == 200 and errors(response))

    def stored(self) -> list[Chapter]:
        return chapters_of(self.episode.chapters.all())

    def test_lines_keep_everything_and_saving_them_unchanged_changes_nothing(self):
        self.save(LINES)
        said = [*CHAPTERS[:3], Chapter(3_723_000, "<b>Bye</b>", url="https://bye.example/")]
        self.assertEqual(self.stored(), said)
        self.assertEqual(form_values(self.client, self.url)["chapters_text"], LINES.replace("\n", "\r\n"))
        rows, versions = list(Row.objects.values()), Version.objects.count()
        self.assertEqual(save(self.client, self.url).status_code, 302)
        self.assertEqual((list(Row.objects.values()), Version.objects.count()), (rows, versions))

    def test_a_plain_edit_of_a_title_keeps_addresses_and_pictures(self):
        make_chapters(self.episode, CHAPTERS[:3])
        self.save(form_values(self.client, self.url)["chapters_text"].replace("Lamps", "Lanterns"))
        said = Chapter(810_500, "Lanterns", 820_000, "https://lamps.example/", "https://lamps.example/l.jpg")
        self.assertEqual(self.stored(), [CHAPTERS[0], said, CHAPTERS[2]])

    def test_any_format_is_pasted_and_its_name_is_said(self):
        response = save(self.client, self.url, chapters_text="0.0\t0.0\tHello\n60,5\t60,5\tLamps")
        page = self.client.get(response.url).content.decode()
        self.assertIn("Chapters: 2, read as Audacity labels.", page)
        self.assertEqual(self.stored(), [Chapter(0, "Hello"), Chapter(60_500, "Lamps")])

    def test_an_empty_box_takes_them_away(self):
        make_chapters(self.episode)
        self.save("")
        self.assertEqual(self.stored(), [])

    def test_what_cannot_be_read_is_said_at_the_box_and_nothing_is_stored(self):
        make_chapters(self.episode, CHAPTERS[:3])
        for text, message in [
            ("00:00 A\n13:75 B", "line 2: “13:75” is no time: minutes and seconds end at 59."),
            ("00:00 A <ends 0:00>", "line 1: it ends at 00:00, which is not after its start."),
            ('{"chapters": [{"startTime": 0, "url": "javascript:x"}]}', "chapter 1: address: Enter a valid URL."),
        ]:
            self.assertIn(message, errors(save(self.client, self.url, chapters_text=text))[-1].replace("&#x27;", "'"))
            self.assertEqual(self.stored(), CHAPTERS[:3])

    def test_warnings_stand_beside_the_box(self):
        self.save("00:00 A\n1:02:03 B")
        page = self.client.get(self.url).content.decode()
        self.assertIn('<strong class="warned">apps show chapters from 3 on.</strong>', page)
        self.assertIn('<strong class="warned">line 2: it starts after the audio ends, at 1:01:40.</strong>', page)

    def test_what_was_left_out_is_said(self):
        response = save(self.client, self.url, chapters_text="Today:\n00:00 A")
        self.assertContains(self.client.get(response.url), "Chapters, line 1: left out: the line has no time.")

    def test_an_episode_is_made_with_its_chapters(self):
        url = "/admin/episodes/episode/add/"
        response = save(self.client, url, number="2", title="Two", chapters_text=LINES, show=str(self.show.pk))
        self.assertEqual(response.status_code, 302)
        self.assertEqual(Episode.objects.get(number="2").chapters.count(), 4)

    def test_a_renamed_episode_is_found_by_its_old_addresses(self):
        make_chapters(self.episode)
        self.episode.transcripts.create(language="en", format="vtt", cues=[[0, 1000, "", "Hello."]])
        self.assertEqual(save(self.client, self.url, slug="tide").status_code, 302)
        for ending in ("/chapters.json", "/transcript", "/transcript.vtt", "/transcript.txt"):
            self.assertRedirects(self.client.get(f"/1{ending}"), f"/tide{ending}", 301, msg_prefix=ending)

    def test_an_ad_manager_reads_them_and_changes_nothing(self):
        make_chapters(self.episode, CHAPTERS[:3])
        self.client.force_login(make_member("adam", self.show, Role.AD_MANAGER))
        page = self.client.get(self.url)
        self.assertContains(page, "13:30.500 Lamps")
        self.assertNotContains(page, 'name="chapters_text"')
        self.assertEqual(save(self.client, self.url, chapters_text="00:00 Mine").status_code, 302)
        self.assertEqual(self.stored(), CHAPTERS[:3])

    def test_bob_of_another_show_reaches_none(self):
        self.client.force_login(make_member("bob", make_show("lamp-talk", "LT")))
        self.client.post(self.url, {"chapters_text": "00:00 Mine"})
        self.assertEqual(self.stored(), [])

    def test_the_history_keeps_them_and_the_page_has_changed(self):
        self.save("00:00 A\n01:00 B")
        self.save("00:00 A\n02:00 B")
        self.episode.refresh_from_db()
        self.assertIsNotNone(self.episode.changed_at)
        kept = [version.field_dict for version in Version.objects.get_for_model(Row).order_by("pk")]
        self.assertEqual(
            [(row["title"], row["starts_at_seconds"]) for row in kept],
            [("A", Decimal("0.000")), ("B", Decimal("60.000")), ("A", Decimal("0.000")), ("B", Decimal("120.000"))],
        )
