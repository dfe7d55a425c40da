"""The admin of imports: what each found of each episode, for the members of its show."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import TestCase
from django.utils import timezone

from episodes.importers import report
from episodes.models import ImportEntry, ImportRun
from episodes.tests.factories import make_episode, make_member, make_show
from lupcms.shows.models import Membership, Role, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/importrun/"
DIFFERENCES = [
    {"field": "guid", "did": "filled", "here": "", "said": "Abc-1", "why": ""},
    {"field": "title", "did": "kept", "here": "High water", "said": "Low <water>", "why": "edited here"},
    {"field": "", "did": "kept", "here": "", "said": "", "why": "Its day is the day of the feed."},
]


def make_run(show: Any, episodes: int = 1, **fields: Any) -> ImportRun:
    run = ImportRun.objects.create(
        show=show,
        source="rss",
        origin="https://old.example/rss",
        finished_at=timezone.now(),
        counts={"updated": episodes, "unchanged": 7},
        differences=[{"field": "title", "did": "kept", "here": "Tide Radio", "said": "TR", "why": "edited here"}],
        **fields,
    )
    for n in range(episodes):
        episode = make_episode(show, f"{n:03}", title=f"Tide {n}")
        run.entries.create(
            episode=episode,
            code=episode.code,
            place=f"item {n}",
            verdict="updated",
            differences=DIFFERENCES,
            original="<p>Tide & <script>x</script></p>",
        )
    run.entries.create(place="item 99", verdict="failed", differences=[DIFFERENCES[2]])
    return run


class ImportRunTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.vera = make_member("vera", cls.show, Role.VIEWER)
        cls.mine = make_run(cls.show, by=cls.vera)
        cls.theirs = make_run(make_show("lamp-talk", "LT", title="Lamp Talk"))

    def setUp(self):
        cache.clear()
        self.client.force_login(self.vera)

    def page(self, run: ImportRun, query: str = "") -> Any:
        return self.client.get(f"{LIST}{run.pk}/change/{query}")

    def test_a_member_sees_who_did_what_from_where(self):
        page = self.client.get(LIST)
        self.assertContains(page, "https://old.example/rss", 1)
        self.assertContains(page, "updated 1, unchanged 7")
        self.assertContains(page, "vera")
        self.assertNotContains(page, "Lamp Talk")

    def test_one_that_broke_off_says_so(self):
        self.assertContains(self.page(self.mine), "Finished")
        ImportRun.objects.update(finished_at=None, by=None)
        page = self.page(self.mine)
        self.assertContains(page, "Not finished: it broke off, or is running")
        self.assertContains(page, "A command")
        self.assertContains(page, "Stayed")
        ImportRun.objects.update(overwrite=True)
        self.assertContains(self.page(self.mine), "Gave way to the source (--overwrite)")
        ImportRun.objects.update(started_at=timezone.now() - timedelta(days=1))
        for page in (self.page(self.mine), self.client.get(LIST)):
            self.assertContains(page, "Broke off")

    def test_each_episode_has_its_differences_in_words(self):
        page = self.page(self.mine)
        self.assertContains(page, f"/admin/episodes/episode/{self.mine.entries.first().episode_id}/change/")
        for words in ("Abc-1", "Low &lt;water&gt;", "Kept: edited here", "Its day is the day of the feed.", "item 99"):
            self.assertContains(page, words)
        self.assertContains(page, "Episodes with something to tell (2)")
        # One of the show, one of the episode: remarks alone have no columns.
        self.assertContains(page, "The source says</th>", 2)

    def test_a_verdict_filters_and_nonsense_does_not(self):
        page = self.page(self.mine, "?verdict=failed")
        self.assertNotContains(page, "Abc-1")
        self.assertContains(page, "item 99")
        for query in ("?verdict=nonsense", "?verdict=kept", "?page=nonsense"):
            self.assertContains(self.page(self.mine, query), "Abc-1")

    def test_a_long_one_has_pages_and_costs_no_query_more(self):
        run = make_run(make_show("long", "LO"), 2)
        User.objects.update(is_superuser=True)
        self.page(run)
        with self.assertNumQueries(QUERIES):
            self.page(run)
        long = make_run(make_show("longer", "LR"), 60)
        with self.assertNumQueries(QUERIES):
            page = self.page(long, "?verdict=updated")
        self.assertContains(page, "Page 1 of 2, 60 episodes")
        self.assertContains(page, "?verdict=updated&amp;page=2")
        self.assertContains(self.page(long, "?verdict=updated&page=2"), "Tide 59")

    def test_long_values_are_cut_on_the_page_and_whole_as_text(self):
        long = "tide " * 400 + "the end"
        run = make_run(make_show("long", "LO"))
        Membership.objects.create(user=self.vera, show=run.show, role=Role.VIEWER)
        rows = [{"field": "summary", "did": "kept", "here": "Short", "said": long, "why": "edited here"}]
        run.entries.filter(verdict="updated").update(differences=rows)
        page = self.page(run)
        self.assertContains(page, "tide tide")
        self.assertNotContains(page, "the end")
        self.assertContains(page, f'href="{LIST}{run.pk}/text/">All of it, as text')
        self.assertContains(self.page(self.mine), "As text")
        self.assertNotContains(self.page(self.mine), "All of it")
        self.assertIn(long, self.client.get(f"{LIST}{run.pk}/text/").getvalue().decode())

    def test_what_an_earlier_one_told_is_counted(self):
        ImportRun.objects.update(counts={"told before": 7, "kept": 7})
        self.mine.entries.all().delete()
        page = self.page(self.mine)
        self.assertContains(page, "there is nothing new")
        self.assertContains(page, "7 more: an earlier import of the source told the same of them, word for word.")

    def test_the_text_of_a_long_one_is_read_in_pieces(self):
        run = make_run(make_show("long", "LO"))
        run.entries.all().delete()
        ImportEntry.objects.bulk_create(
            ImportEntry(run=run, place=f"item {n}", verdict="kept", differences=DIFFERENCES) for n in range(500)
        )
        Membership.objects.create(user=self.vera, show=run.show, role=Role.VIEWER)
        answer = self.client.get(f"{LIST}{run.pk}/text/")
        self.assertTrue(answer.streaming)
        pieces = list(answer.streaming_content)
        self.assertGreater(len(pieces), 5)
        self.assertEqual(sum(piece.count(b": kept\n") for piece in pieces), 500)

    def test_as_text_it_is_what_the_command_prints(self):
        answer = self.client.get(f"{LIST}{self.mine.pk}/text/")
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertRegex(
            answer["Content-Disposition"], r'attachment; filename="import-tr-rss-\d{4}-\d\d-\d\d-\d{4}.txt"'
        )
        self.assertEqual(answer.getvalue().decode().splitlines(), "\n".join(report.lines(self.mine)).splitlines())
        self.assertEqual(self.client.get(f"{LIST}{self.theirs.pk}/text/").status_code, 404)

    def test_the_html_that_was_taken_apart_is_had_again_and_is_never_a_page(self):
        entry = self.mine.entries.first()
        address = f"{LIST}{self.mine.pk}/original/{entry.pk}/"
        self.assertContains(self.page(self.mine), f'href="{address}"', 1)
        answer = self.client.get(address)
        self.assertEqual(answer.content.decode(), "<p>Tide & <script>x</script></p>")
        self.assertEqual(answer["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(answer["Content-Disposition"], 'attachment; filename="original-tr-000.html.txt"')
        for run, other in (
            (self.mine, self.mine.entries.last()),
            (self.theirs, self.theirs.entries.first()),
            (self.mine, self.theirs.entries.first()),
        ):
            self.assertEqual(self.client.get(f"{LIST}{run.pk}/original/{other.pk}/").status_code, 404)

    def test_only_a_superuser_deletes_one_and_nobody_changes_one(self):
        owner = make_member("ona", self.show, Role.OWNER)
        self.client.force_login(owner)
        self.assertEqual(self.client.post(f"{LIST}{self.mine.pk}/delete/", {"post": "yes"}).status_code, 403)
        self.assertEqual(self.client.post(f"{LIST}{self.mine.pk}/change/", {"origin": "x"}).status_code, 403)
        User.objects.filter(pk=owner.pk).update(is_superuser=True)
        self.assertEqual(self.client.post(f"{LIST}{self.mine.pk}/change/", {"origin": "x"}).status_code, 403)
        self.assertRedirects(self.client.post(f"{LIST}{self.mine.pk}/delete/", {"post": "yes"}), "/admin/")
        self.assertEqual(list(ImportRun.objects.all()), [self.theirs])
        self.assertEqual(ImportEntry.objects.filter(run=self.mine.pk).count(), 0)


# Of the page of a run, for a superuser.
QUERIES = 9


@needs_chromium
@needs_npm
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
def test_a_run_is_read_on_a_phone_and_at_a_desk_without_a_complaint(live_server, browser):
    run, visitor = make_run(make_show(), 3), Visitor(browser.new_context())
    sign_in(visitor, live_server.url, make_member("vera", run.show, Role.VIEWER))
    for width in (320, 1280):
        visitor.page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            visitor.page.emulate_media(color_scheme=scheme)
            visitor.page.goto(f"{live_server.url}{LIST}{run.pk}/change/")
            assert accessibility_problems(visitor.page) == [], (width, scheme)
            assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width
    assert visitor.complaints == []
