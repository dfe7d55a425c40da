"""The notes as feeds have them: what was published, in few tags, with no address that leads nowhere."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import SimpleTestCase, TestCase

from episodes.feed_notes import feed_html, is_absolute
from episodes.importers.known import Known
from episodes.importers.notes import record_of_page
from episodes.importers.save import save
from episodes.models import Episode, Link, Placement
from episodes.tests.factories import (
    add_link,
    add_placement,
    import_notes,
    make_episode,
    make_notes,
    make_offer,
    make_show,
)
from lupcms.shows.markdown import block_html
from lupcms.shows.models import Show

ALLOWED = {"p", "br", "a", "ul", "ol", "li", "strong", "em", "h3"}


@pytest.mark.parametrize(
    ("url", "follows"),
    [
        ("https://example.org/a?b=c#d", True),
        ("HTTP://EXAMPLE.ORG", True),
        ("mailto:ann@example.org", True),
        ("https://日本.example/ü", True),
        ("holesail.io", False),
        ("/go/1", False),
        ("//example.org/x", False),
        ("#sponsor-1", False),
        ("", False),
        ("https://", False),
        ("https:///x", False),
        ("http:foo", False),
        ("https://[", False),
        ("https://exa mple.org", False),
        ("https://example.org/a\nb", False),
        ("mailto:", False),
        ("javascript:alert(1)", False),
        ("ftp://example.org", False),
    ],
)
def test_an_address_is_followed_where_it_is_whole(url, follows):
    assert is_absolute(url) is follows


class TagTests(SimpleTestCase):
    def html_of(self, summary: str) -> str:
        return feed_html(Episode(show=Show(language="en"), summary_html=block_html(summary)), [], [])

    def test_headings_code_and_quotes_become_what_every_app_shows(self):
        source = "# Head\n\n> quoted *so*\n\n```\na\n  b\n```\n\n~~old~~ `code`\n\n***\n\n1. one"
        self.assertEqual(
            self.html_of(source),
            "<p><strong>Head</strong></p>\n\n<p>quoted <em>so</em></p>\n\n<p>a<br>  b</p>\n<p>old code</p>\n\n"
            "<ol>\n<li>one</li>\n</ol>",
        )

    def test_an_address_that_leads_nowhere_is_text(self):
        html = self.html_of("[rel](/about) [here](#x) [odd](holesail.io) [*whole*](https://example.org/ 'Title')")
        self.assertEqual(html, '<p>rel here odd <a href="https://example.org/"><em>whole</em></a></p>')

    def test_nothing_else_gets_through(self):
        html = self.html_of('<script>x</script> <img src=x onerror=y> & "]]>" [x](javascript:x) [y](http:z)')
        self.assertEqual(set(re.findall(r"<(\w+)", html)) - ALLOWED, set())
        self.assertNotIn("href", html)

    def test_an_empty_episode_has_no_notes(self):
        self.assertEqual(self.html_of(""), "")


class NotesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show, summary="We look at the *water*.")
        cls.placement = add_placement(cls.episode, words="Ten per cent [off](https://oil.example/off).")
        add_placement(cls.episode, "Rope & Sons", url="rope", words="", promo_code="", position=2)
        add_link(cls.episode, description="Read `it`.")
        add_link(cls.episode, "holesail.io", text="Odd", position=2)
        add_link(cls.episode, "https://example.org/b?c=d&e", text="", heading="Later & more", position=3)

    def html(self) -> str:
        return Episode.objects.get(pk=self.episode.pk).feed_html

    def test_notes_are_summary_sponsors_and_links_under_their_topics(self):
        self.assertEqual(
            self.html(),
            "<p>We look at the <em>water</em>.</p>\n"
            "<h3>Sponsored by</h3>\n<ul>\n"
            '<li><strong><a href="https://oil.example">Lamp Oil Ltd</a></strong><br>'
            'Ten per cent <a href="https://oil.example/off">off</a>.<br>Promo code: <strong>TIDE</strong></li>\n'
            "<li><strong>Rope &amp; Sons rope</strong></li>\n</ul>\n"
            "<h3>Episode links</h3>\n<ul>\n"
            '<li><a href="https://example.org/a">A page</a><br>Read it.</li>\n'
            "<li>Odd holesail.io</li>\n</ul>\n"
            "<h3>Later &amp; more</h3>\n<ul>\n"
            '<li><a href="https://example.org/b?c=d&amp;e">https://example.org/b?c=d&amp;e</a></li>\n</ul>',
        )

    def test_headings_are_in_the_language_of_the_show(self):
        show = make_show("flutfunk", "FF", language="de-AT", title="Flutfunk")
        episode = make_episode(show)
        add_placement(episode)
        self.assertIn("<h3>Gesponsert von</h3>", Episode.objects.get(pk=episode.pk).feed_html)

    def test_an_ageing_offer_changes_no_byte(self):
        before = self.html()
        make_offer(self.placement.sponsor, self.show, promo_code="TIDE", valid_until="2024-05-03")
        call_command("refresh_episodes", stdout=StringIO())
        self.assertEqual(self.html(), before)


class ImportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        import_notes(cls.show, make_notes())

    def refreshed(self) -> str:
        """What `refresh_episodes` has to say after an import has done its work."""
        out = StringIO()
        call_command("refresh_episodes", stdout=out)
        return out.getvalue()

    def test_an_import_fills_the_notes(self):
        html = Episode.objects.get().feed_html
        for words in ("We look at the water.", "Rope by the fathom.", "TIDE", "https://example.org/b", "Read it."):
            self.assertIn(words, html)
        self.assertEqual(self.refreshed(), "looked at 1, brought up to date 0\n")

    def test_an_import_that_changes_something_keeps_them_right(self):
        Link.objects.filter(position=1).update(heading="A topic of our own")
        notes = make_notes(
            summary="Now we swim.",
            placements=(*make_notes().placements[1:], *make_notes().placements[:1]),
            links=(make_notes().links[1], make_notes().links[0]),
            tags=(),
        )
        import_notes(self.show, notes, overwrite=True)
        html = Episode.objects.get().feed_html
        self.assertIn("Now we swim.", html)
        self.assertIn("A topic of our own", html)
        self.assertEqual(self.refreshed(), "looked at 1, brought up to date 0\n")

    def test_an_import_asks_once_more_for_them(self):
        known = Known()
        save(self.show, record_of_page(make_notes(number="002"), "page"), known)
        with self.assertNumQueries(6):
            save(self.show, record_of_page(make_notes(number="003"), "page"), known)

    def test_refreshing_brings_everything_up_to_date_once(self):
        import_notes(self.show, make_notes(number="002"))
        good = list(Episode.objects.values_list("summary_html", "excerpt", "feed_html"))
        Episode.objects.update(summary_html="", excerpt="", feed_html="old")
        Placement.objects.update(words_html="")
        Link.objects.update(text_html="", description_html="")
        self.assertEqual(self.refreshed(), "looked at 2, brought up to date 2\n")
        self.assertEqual(list(Episode.objects.values_list("summary_html", "excerpt", "feed_html")), good)
        self.assertEqual(self.refreshed(), "looked at 2, brought up to date 0\n")
        # Nothing was edited.
        self.assertEqual(set(Episode.objects.values_list("changed_at", flat=True)), {None})


class GuidTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        import_notes(cls.show, make_notes())
        cls.made_here = make_episode(cls.show, "002")
        cls.draft = make_episode(cls.show, "003", published=False, guid=None)
        cls.elsewhere = make_episode(make_show("other", "OT"), "001", guid=None)

    def assigned(self, *arguments: str) -> str:
        out = StringIO()
        call_command("assign_guids", *arguments, stdout=out)
        return out.getvalue()

    def guids(self) -> dict[int, str | None]:
        return dict(Episode.objects.values_list("pk", "guid"))

    def test_a_dry_run_changes_nothing(self):
        before = self.guids()
        report = self.assigned("TR", "--dry-run")
        self.assertEqual(report, "A dry run: nothing was written.\nnew GUIDs 1, known ones 1\n")
        self.assertEqual(self.guids(), before)

    def test_published_episodes_of_the_show_get_one_once(self):
        before = self.guids()
        self.assertEqual(self.assigned("TR"), "new GUIDs 1, known ones 1\n")
        after = self.guids()
        changed = {pk for pk in after if after[pk] != before[pk]}
        imported = Episode.objects.get(number="001", show=self.show)
        self.assertEqual(changed, {imported.pk})
        self.assertRegex(after[imported.pk], r"\A[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")
        self.assertIsNotNone(imported.changed_at)
        self.assertEqual(self.assigned("TR"), "new GUIDs 0, known ones 2\n")
        self.assertEqual(self.guids(), after)

    def test_an_unknown_show_is_named(self):
        with self.assertRaisesMessage(CommandError, "No show has the acronym or slug XX."):
            self.assigned("XX")
