"""Transcripts where people meet them: the upload, the page, and the files for apps."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import TestCase

from episodes.models import Episode, Transcript
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_admin import errors
from episodes.tests.test_transcripts_format import CUES, JSON, SRT, VTT
from lupcms.shows.models import Role

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

ADD = "/admin/episodes/transcript/add/"


def make_transcript(episode: Episode, language: str = "en", cues: list | None = None) -> Transcript:
    said = cues or [[cue.start, cue.end, cue.speaker, cue.text] for cue in CUES]
    return episode.transcripts.create(language=language, format="vtt", cues=said)


class FileTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show)
        make_transcript(cls.episode)
        make_transcript(cls.episode, "de", [[0, 1000, "", "Willkommen."]])

    def test_every_format_comes_from_the_same_cues(self):
        text = "Nell: Welcome to Half Tide. Today: lamps & <oil>, and what 2 > 1 means.\n\nTheo Marsh: Hello.\n"
        for ending, content_type, content in (
            ("vtt", "text/vtt", VTT),
            ("srt", "application/x-subrip", SRT),
            ("txt", "text/plain", text),
            ("json", "application/json", JSON),
        ):
            response = self.client.get(f"/1/transcript.{ending}")
            self.assertEqual(response["Content-Type"], f"{content_type}; charset=utf-8")
            self.assertEqual(response["Access-Control-Allow-Origin"], "*")
            said = response.content.decode()
            self.assertEqual(json.loads(said) if ending == "json" else said, content)
            again = self.client.get(f"/1/transcript.{ending}", headers={"if-none-match": response["ETag"]})
            self.assertEqual((again.status_code, again["Access-Control-Allow-Origin"]), (304, "*"))

    def test_other_languages_are_asked_for(self):
        for asked in ("de", "DE"):
            self.assertContains(self.client.get(f"/1/transcript.txt?lang={asked}"), "Willkommen.")
        self.assertContains(self.client.get("/1/transcript?lang=de"), 'class="transcript" lang="de"')
        self.assertEqual(self.client.get("/1/transcript?lang=fr").status_code, 404)

    def test_the_language_of_the_show_comes_first_also_of_another_country(self):
        self.assertContains(self.client.get("/1/transcript.txt"), "Welcome")
        for language, word in (("en-GB", "Welcome"), ("de-AT", "Willkommen")):
            self.show.language = language
            self.show.save()
            self.assertContains(self.client.get("/1/transcript.txt"), word)

    def test_what_is_not_published_has_none(self):
        make_transcript(make_episode(self.show, "2", published=False))
        make_episode(self.show, "3")
        for path in ("/2/transcript", "/2/transcript.vtt", "/3/transcript", "/3/transcript.vtt", "/1/transcript.doc"):
            self.assertEqual(self.client.get(path).status_code, 404, path)

    def test_other_spellings_lead_to_them(self):
        self.assertRedirects(self.client.get("/001/transcript?lang=de"), "/1/transcript?lang=de", 301)
        self.assertRedirects(self.client.get("/001/transcript.srt"), "/1/transcript.srt", 301)
        self.assertRedirects(self.client.get("/1/transcript/"), "/1/transcript", 301)

    def test_they_cost_four_queries(self):
        for path in ("/1/transcript", "/1/transcript.vtt", "/1/transcript.json?lang=de"):
            with self.subTest(path), self.assertNumQueries(4):
                self.client.get(path)


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show)

    def test_each_paragraph_names_who_speaks_and_is_an_address(self):
        make_transcript(self.episode)
        page = self.client.get("/1/transcript").content.decode()
        self.assertIn('<cite dir="auto">Nell</cite>', page)
        self.assertIn('<div id="t4">', page)
        self.assertIn('href="/1?t=4" dir="ltr"><time datetime="PT4S">0:04</time></a>', page)
        self.assertIn("Today: lamps &amp; &lt;oil&gt;, and what 2 &gt; 1 means.", page)
        self.assertIn('<link rel="alternate" type="text/vtt" href="/1/transcript.vtt">', page)

    def test_no_two_paragraphs_share_an_address(self):
        make_transcript(self.episode, cues=[[4000, 4300, "A", "x"], [4300, 4900, "B", "y"], [5000, 5100, "A", "z"]])
        page = self.client.get("/1/transcript").content.decode()
        self.assertEqual([page.count(f'id="t{second}"') for second in (4, 5)], [1, 1])

    def test_the_episode_leads_to_it_only_where_there_is_one(self):
        self.assertNotContains(self.client.get("/1"), "/1/transcript")
        make_transcript(self.episode)
        self.assertContains(self.client.get("/1"), '<a href="/1/transcript">Transcript</a>')

    def test_a_thousand_cues_cost_what_three_do(self):
        cues = [[n * 4000, n * 4000 + 3900, f"Voice {n // 7 % 2}", f"The {n:x}th tide comes in."] for n in range(1000)]
        make_transcript(self.episode, cues=cues)
        with self.assertNumQueries(4):
            page = self.client.get("/1/transcript")
        self.assertLess(len(page.content), 120_000)
        self.assertContains(page, "The 3e7th tide")


class UploadTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(language="de")
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def upload(self, text: str | bytes, url: str = ADD, **fields: str):
        data = text.encode() if isinstance(text, str) else text
        file = SimpleUploadedFile("transcript", data)
        return self.client.post(url, {"episode": self.episode.pk, "file": file, "_save": "Save", **fields})

    def test_a_file_is_stored_as_cues_in_the_language_of_the_show(self):
        self.assertEqual(self.upload(VTT).status_code, 302)
        stored = Transcript.objects.get()
        self.assertEqual((stored.episode, stored.language, stored.format), (self.episode, "de", "vtt"))
        self.assertEqual(stored.said(), list(CUES))
        self.episode.refresh_from_db()
        self.assertIsNotNone(self.episode.changed_at)

    def test_a_new_upload_replaces_what_was_there_and_another_language_stands_beside_it(self):
        self.upload(VTT)
        self.upload(SRT.replace("Hello", "Good bye"), language="DE")
        self.upload(json.dumps(JSON), language="en")
        stored = list(Transcript.objects.values_list("language", "format"))
        self.assertEqual(stored, [("de", "srt"), ("en", "json")])
        german = Transcript.objects.get(language="de")
        self.assertEqual(german.said()[-1].text, "Good bye.")
        self.assertEqual(self.upload(VTT, f"/admin/episodes/transcript/{german.pk}/change/").status_code, 302)
        german.refresh_from_db()
        self.assertEqual((german.format, german.said()), ("vtt", list(CUES)))

    def test_a_broken_file_is_refused_with_the_line_and_changes_nothing(self):
        self.upload(VTT)
        for text, message in (
            (VTT.replace("00:00:04.000 -->", "00:00:04.000 ->"), "line 10: this has no timing"),
            (b"\xff\xfe\xff", "the file is not UTF-8"),
            ("", "The submitted file is empty."),
        ):
            self.assertIn(message, " ".join(errors(self.upload(text))).replace("&gt;", ">"))
        self.assertEqual(Transcript.objects.get().said(), list(CUES))

    def test_a_language_is_written_as_a_code(self):
        for language in ("de & en", "Deutsch (Schweiz)", "x"):
            self.assertIn("Write a language like en, de or pt-BR.", errors(self.upload(VTT, language=language)))
        self.assertFalse(Transcript.objects.exists())

    def test_what_is_odd_is_told_after_saving(self):
        response = self.upload("WEBVTT\n\n00:05.000 --> 00:09.000\nB\n\n00:01.000 --> 00:02.000\nA\n")
        page = self.client.get(response.url)
        self.assertContains(page, "Line 6: it starts before the cue above it; put in order.")

    def test_the_episodes_form_leads_here(self):
        self.upload(VTT)
        page = self.client.get(f"/admin/episodes/episode/{self.episode.pk}/change/")
        self.assertContains(page, f"{ADD}?episode={self.episode.pk}")
        self.assertContains(page, f"/admin/episodes/transcript/{Transcript.objects.get().pk}/change/")
        self.assertContains(self.client.get(f"{ADD}?episode={self.episode.pk}"), "The first tide")
        self.assertContains(self.client.get("/admin/episodes/transcript/"), "WebVTT")

    def test_who_may_not_write_uploads_nothing(self):
        for name, show, role in (
            ("vera", self.show, Role.VIEWER),
            ("adam", self.show, Role.AD_MANAGER),
            ("bob", make_show("lamp-talk", "LT"), Role.PRODUCER),
        ):
            self.client.force_login(make_member(name, show, role))
            self.assertIn(self.upload(VTT).status_code, (200, 403), name)
        self.assertFalse(Transcript.objects.exists())
