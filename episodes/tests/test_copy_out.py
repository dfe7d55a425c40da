"""What can be copied out of an episode: golden texts, limits that always hold, and who may see it."""

import re
import unicodedata
from datetime import timedelta

import pytest
from django.test import TestCase
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes import derived
from episodes.chapters import replace_chapters, rows_of
from episodes.exporters import copy_out
from episodes.formats.chapters import Chapter
from episodes.models import Episode, Link, Placement
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from lupcms.shows.models import Role, Show

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

VIDEO = """\
We look at the water,
and at the moon (https://moon.example/?a=1&b=2).

Bring:

- boots
- a ‹lamp›

Chapters:
0:00 Hello
1:30 The moon
1:01:01 Goodbye ‹3

Sponsored by:
Lamp Oil Ltd: Ten per cent off.
Promo code: TIDE
https://oil.example
Rope & Sons: Rope by the fathom (https://rope.example/terms).
https://rope.example/%3Cx%3E

Episode links:
A page: https://example.org/a
— Tides
https://example.org/b

https://tide-radio.example/1"""


class GoldenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        summary = "We look at the *water*,\nand at the [moon](https://moon.example/?a=1&b=2)."
        summary += "\n\n## Bring:\n\n- boots\n- a <lamp>"
        cls.episode = make_episode(cls.show, summary=summary, duration_seconds=3700)
        add_credit(cls.episode)
        add_placement(cls.episode)
        words = "Rope by the [fathom](https://rope.example/terms)."
        add_placement(
            cls.episode, "Rope & Sons", words=words, promo_code="", url="https://rope.example/<x>", position=2
        )
        add_link(cls.episode)
        add_link(cls.episode, "https://example.org/b", text="", heading="Tides", position=2)
        chapters = [Chapter(0, "Hello"), Chapter(4_000, "A stinger"), Chapter(90_000, "The moon"),
                    Chapter(100_000, "Hidden", is_listed=False), Chapter(3_661_000, "Goodbye <3")]  # fmt: skip
        replace_chapters(cls.episode, chapters)

    def stored(self) -> Episode:
        return Episode.objects.for_page().get(pk=self.episode.pk)

    def test_plain_text_with_times(self):
        self.assertEqual(copy_out.video_text(self.stored()), VIDEO)

    def test_html_for_a_host_is_what_feeds_have(self):
        html = copy_out.host_html(self.stored())
        self.assertEqual(html, self.stored().feed_html)
        self.assertIn("<h3>Sponsored by</h3>", html)

    def test_markdown_is_the_notes_page(self):
        public = self.client.get("/1.md", headers={"host": "tide-radio.localhost"}).content.decode()
        self.assertEqual(copy_out.markdown(self.stored()), public)

    def test_the_markdown_of_a_draft_has_a_day(self):
        draft = make_episode(self.show, "002", published=False, air_date=None)
        self.assertIn(f"* Air Date: {self.show.today()}\n", copy_out.markdown(draft))

    def test_a_short_post_has_title_sentence_and_address(self):
        Episode.objects.update(excerpt="Is it 3.5 metres? We look at the water. And more.")
        post = "TR 001: The first tide\n\nIs it 3.5 metres?\n\nhttps://tide-radio.example/1"
        self.assertEqual(copy_out.short_post(self.stored()), post)

    def test_texts_of_ours_are_in_the_language_of_the_show(self):
        Show.objects.update(language="de")
        self.assertIn("\nKapitel:\n", copy_out.video_text(self.stored()))

    def test_what_an_offer_says_today_changes_nothing(self):
        placement = self.episode.placements.first()
        ended = make_offer(placement.sponsor, self.show, valid_until=self.show.today() - timedelta(days=2))
        Placement.objects.update(offer=ended)
        self.assertEqual(copy_out.video_text(self.stored()), VIDEO)

    def test_fewer_than_three_chapters_are_left_out(self):
        replace_chapters(self.episode, [Chapter(0, "Hello"), Chapter(90_000, "Goodbye")])
        self.assertNotIn("Chapters", copy_out.video_text(self.stored()))

    def test_chapters_that_begin_later_get_a_beginning(self):
        replace_chapters(self.episode, [Chapter(60_000, "One"), Chapter(90_000, "Two")])
        self.assertIn("Chapters:\n0:00 The first tide\n1:00 One\n1:30 Two\n", copy_out.video_text(self.stored()))
        replace_chapters(self.episode, [Chapter(n * 30_000 + 2_000, f"C{n}") for n in range(3)])
        self.assertIn("Chapters:\n0:00 C0\n0:32 C1\n1:02 C2\n", copy_out.video_text(self.stored()))

    def test_what_does_not_fit_is_left_out_at_a_line(self):
        Link.objects.bulk_create(Link(episode=self.episode, url=f"https://example.org/{n:03}") for n in range(300))
        text = copy_out.video_text(self.stored())
        self.assertLessEqual(len(text.encode()), 5000)
        self.assertGreater(len(text.encode()), 4900)
        self.assertRegex(text, r"\nhttps://example\.org/\d{3}\n…\Z")


@pytest.mark.parametrize(
    ("summary", "text"),
    [
        ("- one\n\n- two\n  - deep", "- one\n\n- two\n\n- deep"),
        ("    a = 1\n    b = 2\n\nAfter", "a = 1\nb = 2\n\nAfter"),
        (
            "<https://a.example> and [page](https://b.example) and [ours](/1)",
            "https://a.example and page (https://b.example) and ours",
        ),
    ],
)
def test_a_summary_as_plain_text(summary, text):
    assert copy_out.video_text(in_memory("", summary, ("", ""), "", "")).startswith(f"{text}\n\nSponsored by:")


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show, published=False, title="Secret </textarea>")
        add_link(cls.episode)
        cls.url = f"/admin/episodes/episode/{cls.episode.pk}/copy/"

    def test_members_see_four_boxes_and_nobody_else_any(self):
        bob = make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk"), Role.OWNER)
        for user, status in ((make_member("vera", self.show, Role.VIEWER), 200), (bob, 404)):
            self.client.force_login(user)
            response = self.client.get(self.url)
            self.assertEqual(response.status_code, status)
            self.assertEqual(response.content.decode().count(" readonly "), 4 if status == 200 else 0)
            self.assertEqual(b"Secret" in response.content, status == 200)
        self.assertEqual(self.client.post(self.url).status_code, 405)
        self.client.logout()
        self.assertIn("/admin/login/", self.client.get(self.url)["Location"])

    def test_rows_cost_no_query(self):
        self.client.force_login(make_member("alice", self.show))
        for number in (1, 30):
            for _ in range(number):
                add_link(self.episode)
                add_placement(self.episode)
            add_credit(self.episode)
            with self.assertNumQueries(13):
                self.client.get(self.url)


TEXT = st.text(st.characters(codec="utf-8"), max_size=400)
LONG = st.one_of(TEXT, TEXT.map(lambda text: (text + " ") * 30))


def in_memory(title: str, summary: str, link: tuple[str, str], code: str, slug: str) -> Episode:
    show = Show(title="T", slug="t", acronym="T", site_url="https://t.example")
    episode = Episode(pk=1, show=show, number="1", slug=slug or "1", title=title, summary=summary)
    rows = {
        "links": [Link(text=link[0], url=link[1], heading=title)],
        "placements": [Placement(name=title, words=summary, promo_code=code, url=link[1])],
        "credits": [],
        "tags": [],
        "chapters": rows_of([Chapter(n * 20_000, title) for n in range(4)]),
    }
    for row in rows["links"]:
        derived.render_link(row)
    for row in rows["placements"]:
        derived.render_placement(row)
    derived.render_episode(episode)
    cache = {}
    for name, found in rows.items():
        cache[name] = Episode._meta.get_field(name).related_model._default_manager.none()
        cache[name]._result_cache = found
    episode._prefetched_objects_cache = cache
    return episode


@given(LONG, LONG, st.tuples(TEXT, TEXT), TEXT, st.text("abc-é", max_size=400))
@settings(max_examples=60, deadline=None)
def test_limits_hold_whatever_somebody_writes(title, summary, link, code, slug):
    episode = in_memory(title, summary, link, code, slug)
    video, post = copy_out.video_text(episode), copy_out.short_post(episode)
    assert len(video.encode()) <= 5000
    assert not re.search("[<>]", video)
    assert len(post) <= 300
    for text in (video, post):
        assert not [c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cs")]


@given(st.lists(st.text("abcdefg", min_size=1, max_size=12), min_size=1, max_size=60))
def test_a_post_has_whole_words(words):
    title = " ".join(words)
    start = copy_out.short_post(in_memory(title, "", ("", ""), "", "")).split("\n\n")[0]
    assert start == f"T 1: {title}" or f"T 1: {title} ".startswith(start.removesuffix("…") + " ")
