"""What visitors get: published pages, the same bytes for everyone, in a constant number of queries."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client, TestCase
from django.utils import timezone

from episodes.models import Episode, Link, Placement
from episodes.notes import Link as NotesLink
from episodes.notes import Placement as NotesPlacement
from episodes.notes import render
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


class EpisodePageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.notes = make_notes()
        import_notes(cls.show, cls.notes)

    def test_shows_everything_the_notes_page_says(self):
        page = self.client.get("/1").content.decode()
        for text in [
            "TR 001",
            "The first tide",
            "2 May 2024",
            "1:01:01",
            "We look at the water.",
            "Ann Host",
            "Gil Guest",
            "Lamp Oil Ltd",
            "Ten per cent off.",
            "<code>TIDE</code>",
            'href="https://oil.example" rel="sponsored noopener"',
            'href="https://example.org/a"',
            "Read it.",
            "tide tables",
            "c++",
            '<link rel="canonical" href="https://tide-radio.example/1">',
        ]:
            self.assertIn(text, page)

    def test_the_notes_page_is_served_byte_for_byte(self):
        response = self.client.get("/1.md")
        self.assertEqual(response.content, render(self.notes))
        self.assertEqual(response["Content-Type"], "text/markdown; charset=utf-8")

    def test_queries_are_the_same_with_many_rows(self):
        import_notes(
            self.show,
            make_notes(
                number="002",
                links=tuple(NotesLink(f"https://{n}.example", f"Page {n}", description="x") for n in range(40)),
                tags=tuple(f"tag {n:02}" for n in range(90)),
            ),
        )
        for url, queries in (("/1", 12), ("/2", 12), ("/1.md", 6), ("/2.md", 6)):
            with self.subTest(url), self.assertNumQueries(queries):
                self.client.get(url)

    def test_the_page_is_the_same_for_everyone_and_touches_no_session(self):
        self.client.force_login(make_member("alice", self.show))
        signed_in, visitor = self.client.get("/1"), Client().get("/1")
        self.assertEqual(signed_in.content, visitor.content)
        for response in (signed_in, visitor):
            self.assertNotIn("Set-Cookie", response)
            self.assertNotIn("Cookie", response.get("Vary", ""))
            self.assertFalse(response.cookies)

    def test_cookies_that_somebody_sends_change_nothing(self):
        plain = self.client.get("/1")
        for cookie in ("csrftoken=q", "sessionid=abc", "sessionid=; messages=x"):
            response = self.client.get("/1", headers={"cookie": cookie})
            self.assertEqual(response.content, plain.content)
            self.assertEqual(dict(response.headers), dict(plain.headers))
            self.assertFalse(response.cookies)

    def test_nothing_inline_and_a_strict_policy(self):
        response = self.client.get("/1")
        for source in ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"):
            self.assertIn(source, response["Content-Security-Policy"])
        self.assertNotIn("unsafe", response["Content-Security-Policy"])
        for inline in ("<script>", "<style", " style=", " onclick="):
            self.assertNotIn(inline, response.content.decode())

    def test_only_reading_is_allowed(self):
        for url in ("/", "/1", "/1.md", "/nowhere"):
            self.assertEqual(self.client.post(url).status_code, 405, url)
            self.assertEqual(self.client.head(url).content, b"")

    def test_hostile_content_stays_text(self):
        script = "<script>alert(1)</script>"
        Link.objects.all().delete()
        import_notes(
            self.show,
            make_notes(
                number="666",
                title=script,
                summary=f"{script} [x](javascript:alert(1)) ![y](https://t.example/pixel.png)",
                links=(
                    NotesLink("javascript:alert(1)", f"{script} [a]"),
                    NotesLink("data:text/html,x", '"><img src=x onerror=alert(1)>'),
                    NotesLink("https://[broken", "broken"),
                    NotesLink("no-scheme.example/x", "bare"),
                ),
                placements=(NotesPlacement(script, "JaVaScRiPt:alert(1)", script, script),),
                tags=(script.replace(",", ""),),
            ),
        )
        page = self.client.get("/666").content.decode()
        self.assertEqual(page.count("<script"), 2)
        self.assertIn('<script src="/static/lupcms.js"></script>', page)
        data = page.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
        self.assertIn("\\u003cscript\\u003e", data)
        self.assertNotIn("<", data)
        self.assertNotIn("<img", page)
        self.assertNotIn('href="j', page.lower())
        self.assertNotIn('href="data', page)
        self.assertIn("<code>no-scheme.example/x</code>", page)

    def test_topic_headings_and_other_roles_are_shown(self):
        episode = make_episode(self.show, "003")
        add_link(episode, heading="Reading")
        add_credit(episode, "pat", "Pat", role="producer")
        add_placement(episode, words="", promo_code="")
        page = self.client.get("/3").content.decode()
        self.assertIn('<h3 dir="auto">Reading</h3>', page)
        self.assertIn('<a href="/hosts/pat" dir="auto">Pat</a> <span class="facts">Producer</span>', page)

    def test_an_episode_with_nothing_but_a_number_has_a_page(self):
        import_notes(
            self.show,
            make_notes(number="000", title="", summary="", credits=(), placements=(), links=(), tags=(), site_url=""),
        )
        page = self.client.get("/0").content.decode()
        self.assertIn("Untitled", page)
        self.assertNotIn("Sponsored by", page)


class VisibilityTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        make_episode(cls.show, "001", title="Public words")
        make_episode(cls.show, "002", title="Draft words", published=False)
        cls.scheduled = make_episode(
            cls.show, "003", title="Scheduled words", published_at=timezone.now() + timezone.timedelta(hours=1)
        )
        make_episode(make_show("lamp-talk", "LT"), "004", title="Other words")

    def test_drafts_scheduled_and_other_shows_episodes_are_hidden(self):
        for url in ("/2", "/3", "/4", "/002", "/2.md", "/3.md", "/4.md"):
            self.assertEqual(self.client.get(url).status_code, 404, url)
        index = self.client.get("/").content.decode()
        self.assertIn("Public words", index)
        for words in ("Draft words", "Scheduled words", "Other words"):
            self.assertNotIn(words, index)

    def test_a_member_sees_no_more_on_the_public_page(self):
        self.client.force_login(make_member("alice", self.show))
        self.assertEqual(self.client.get("/2").status_code, 404)

    def test_a_scheduled_episode_appears_at_its_moment_without_a_write(self):
        self.assertEqual(self.client.get("/3").status_code, 404)
        Episode.objects.filter(pk=self.scheduled.pk).update(published_at=timezone.now())
        self.assertEqual(self.client.get("/3").status_code, 200)
        self.assertContains(self.client.get("/"), "Scheduled words")

    def test_the_moment_is_that_of_the_shows_zone(self):
        show = make_show("east", "EA", time_zone="Pacific/Auckland")
        import_notes(show, make_notes(acronym="EA", air_date=date(2024, 5, 2)))
        episode = show.episodes.get()
        first = datetime(2024, 5, 1, 12, tzinfo=UTC)
        self.assertFalse(episode.is_published(first - timezone.timedelta(seconds=1)))
        self.assertTrue(episode.is_published(first))


class IndexTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def test_a_show_without_episodes_says_so(self):
        self.assertContains(self.client.get("/"), "No episode has been published yet.")

    def test_newest_first_in_pages_with_constant_queries(self):
        now = timezone.now()
        Episode.objects.bulk_create(
            Episode(
                show=self.show,
                number=f"{n:04}",
                slug=str(n),
                title=f"Episode {n}.",
                air_date=date(2024, 1, 1),
                published_at=now - timezone.timedelta(days=1000 - n),
            )
            for n in range(1000)
        )
        with self.assertNumQueries(2):
            home = self.client.get("/").content.decode()
        self.assertLess(home.index("Episode 999."), home.index("Episode 988."))
        self.assertNotIn("Episode 987.", home)
        with self.assertNumQueries(4):
            first = self.client.get("/episodes").content.decode()
        self.assertIn("Episode 950.", first)
        self.assertNotIn("Episode 949.", first)
        self.assertIn("Page 1 of 20", first)
        with self.assertNumQueries(4):
            self.assertContains(self.client.get("/episodes?page=2"), "Episode 949.")
        for page in ("0", "-1", "999", "x", ""):
            self.assertEqual(self.client.get("/episodes", {"page": page}).status_code, 200)


@pytest.mark.django_db
def test_a_page_never_counts_placements_twice():
    """The page's rows come from the prefetched lists."""
    show = make_show()
    import_notes(show, make_notes(placements=(NotesPlacement("X", "https://x.example", "Y"),) * 2))
    assert Client().get("/1").content.decode().count("https://x.example") == 2
    assert Placement.objects.count() == 2
