"""“Paste links” at the desk: who may, what is said of an address, what an accepted row becomes."""

import json
import re
from html import unescape
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client, TestCase
from playwright.sync_api import Route, expect
from reversion.models import Version

from episodes import derived
from episodes.admin.paste import _read
from episodes.linked_before import linked_before
from episodes.models import Episode, Link
from episodes.tests.factories import add_link, make_episode, make_member, make_show
from episodes.tests.test_admin import BY_SCRIPT
from lupcms.shows.models import Role
from lupcms.tests.browser import Visitor, accessibility_problems, html_problems, needs_chromium, needs_npm, sign_in

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

READ = "/admin/episodes/episode/paste/"


def rows_in(page: str) -> list[tuple[str, bool, str]]:
    """Address, whether it is ticked, and why not or what is said of it."""
    found = []
    for row in re.findall(r'<tr class="link.*?</tr>', page, re.DOTALL):
        why = re.search(r'<td class="why">(.*?)</td>', row, re.DOTALL)
        words = " ".join(unescape(re.sub(r"<[^>]*>", " ", why[1])).split())
        found.append((unescape(re.search(r'data-url="([^"]*)"', row)[1]), " checked>" in row, words))
    return found


class LinkedBeforeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.first, cls.second = make_episode(cls.show, "001"), make_episode(cls.show, "002")

    def test_the_newest_published_episode_with_the_address_in_any_of_its_spellings(self):
        add_link(self.first, "http://www.tides.example/a/")
        add_link(self.second, "https://tides.example/a")
        add_link(self.first, "https://lamps.example/#oil")
        add_link(self.first, "https://query.example/?a=1")
        asked = [
            "https://tides.example/a#b",
            "https://lamps.example/#oil",
            "https://query.example/?a=2",
            "mailto:a@b.c",
        ]
        with self.assertNumQueries(1):
            found = linked_before(self.show, asked)
        self.assertEqual(found, {asked[0]: "TR 002", asked[1]: "TR 001"})
        self.assertEqual(linked_before(self.show, asked[:1], self.second), {asked[0]: "TR 001"})

    def test_drafts_and_other_shows_say_nothing(self):
        add_link(make_episode(self.show, "003", published=False), "https://tides.example")
        add_link(make_episode(make_show("other", "OTH")), "https://tides.example")
        self.assertEqual(linked_before(self.show, ["https://tides.example"]), {})
        self.assertEqual(linked_before(self.show, []), {})

    def test_five_hundred_addresses_are_one_query(self):
        add_link(self.first, "https://tides.example/499")
        with self.assertNumQueries(1):
            found = linked_before(self.show, [f"https://tides.example/{number}" for number in range(500)])
        self.assertEqual(found, {"https://tides.example/499": "TR 001"})


class PasteTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("other", "OTH")
        cls.alice = make_member("alice", cls.show, Role.WRITER)
        cls.bob = make_member("bob", cls.other, Role.OWNER)
        cls.vera = make_member("vera", cls.show, Role.VIEWER)
        cls.adam = make_member("adam", cls.show, Role.AD_MANAGER)
        cls.aired = make_episode(cls.show, "001")
        add_link(cls.aired, "https://before.example")
        cls.episode = make_episode(cls.show, "002", published=False)
        add_link(cls.episode, "https://here.example", position=7)
        cls.page = f"/admin/episodes/episode/{cls.episode.pk}/paste/"

    def setUp(self):
        self.client = Client(headers=BY_SCRIPT)
        self.client.force_login(self.alice)

    def read(self, text: str, **values: object) -> str:
        response = self.client.post(READ, {"text": text, "html": "", "episode": self.episode.pk, "show": "", **values})
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_who_may_not_write_on_the_show_reads_and_adds_nothing(self):
        values = {"text": "https://before.example", "episode": self.episode.pk, "add": "1", "row": "0"}
        for user, expected in [(None, 302), (self.bob, 404), (self.vera, 403), (self.adam, 403)]:
            client = Client(headers=BY_SCRIPT)
            if user:
                client.force_login(user)
            for answer in (client.post(READ, values), client.get(self.page), client.post(self.page, values)):
                self.assertEqual(answer.status_code, expected, user)
                self.assertNotIn("TR 001", answer.content.decode())
        self.assertEqual(self.episode.links.count(), 1)

    def test_another_show_is_not_asked(self):
        self.client.force_login(self.bob)
        self.assertEqual(self.client.post(READ, {"text": "x", "show": self.show.pk}).status_code, 404)
        page = self.read("https://before.example", episode="", show=self.other.pk)
        self.assertEqual(rows_in(page), [("https://before.example", True, "")])
        self.client.force_login(self.vera)
        for show in ("", self.show.pk):
            self.assertIn(self.client.post(READ, {"text": "x", "show": show}).status_code, (403, 404))

    def test_it_takes_a_token_and_a_post(self):
        client = Client(enforce_csrf_checks=True)
        client.force_login(self.alice)
        self.assertEqual(client.post(READ, {"text": "x"}).status_code, 403)
        self.assertEqual(client.post(self.page, {"text": "x"}).status_code, 403)
        self.assertEqual(self.client.get(READ).status_code, 405)

    def test_what_is_known_of_an_address_is_said(self):
        text = "https://before.example\nhttp://www.here.example/\nhttps://new.example\nhttps://new.example/"
        page = self.read(text, here=["https://here.example", "x"])
        self.assertEqual(
            rows_in(page),
            [
                ("https://before.example", True, "Also in TR 001."),
                ("http://www.here.example/", False, "This episode has this address already."),
                ("https://new.example", True, ""),
                ("https://new.example/", False, "The address stands above already."),
            ],
        )

    def test_a_new_episode_has_a_show_or_the_only_one(self):
        for show in (self.show.pk, ""):
            page = self.read("https://before.example", episode="", show=show)
            self.assertEqual(rows_in(page), [("https://before.example", True, "Also in TR 001.")])

    def test_a_paste_costs_the_same_queries_with_one_row_and_with_many(self):
        for rows in (1, 122):
            text = "\n".join(f"https://{number}.example" for number in range(rows))
            # The session, the user, the episode with its show, what the user may, where the addresses were linked.
            with self.assertNumQueries(6):
                self.read(text)

    def test_hostile_text_is_shown_as_text(self):
        page = self.read(
            "", html='<a href="javascript:alert(1)">&lt;script&gt;"\'</a><a href="https://x.example">\0x</a>'
        )
        self.assertNotIn("<script", page)
        self.assertIn("&lt;script&gt;", page)
        (evil, fine) = rows_in(page)
        self.assertEqual(evil[:2], ("javascript:alert(1)", False))
        self.assertIn(" disabled>", page)
        self.assertEqual(fine, ("https://x.example", True, ""))

    def test_too_much_and_nothing_are_answered_in_words(self):
        self.assertIn("paste a part of it", self.read("x" * 200_001))
        self.assertIn("There is no address in it.", self.read("Hello \0 there"))
        for number in ("9" * 30, "0", "x", "-1"):
            response = self.client.post(READ, {"text": "https://a.example", "episode": number})
            self.assertIn(response.status_code, (200, 404))

    def test_the_page_shows_the_rows_and_adds_the_ticked_ones_after_the_others(self):
        text = "## Water\r\n* [One](https://one.example)\r\n* [Two *2*](https://two.example) — deep\r\n## Oil\r\njavascript:x\r\n[Evil](javascript:x)\r\nhttps://here.example"
        page = self.client.post(self.page, {"text": text}).content.decode()
        self.assertEqual(
            [row[:2] for row in rows_in(page)],
            [
                ("https://one.example", True),
                ("https://two.example", True),
                ("javascript:x", False),
                ("https://here.example", False),
            ],
        )
        self.assertEqual(self.episode.links.count(), 1)
        kept = unescape(re.search(r'<input type="hidden" name="text" value="([^"]*)"', page)[1])
        values = {"text": kept, "row": ["1", "2", "99", "x"], "add": "1"}
        response = self.client.post(self.page, values, follow=True)
        self.assertRedirects(response, f"/admin/episodes/episode/{self.episode.pk}/change/")
        self.assertContains(response, "Links added: 1.")
        added = self.episode.links.get(position=8)
        self.assertEqual(
            (added.text, added.url, added.description, added.heading, added.text_html),
            ("Two *2*", "https://two.example", "deep", "Water", "Two <em>2</em>"),
        )
        self.assertEqual(self.episode.links.count(), 2)

    def test_adding_is_kept_in_the_history_and_changes_the_episode(self):
        self.client.post(self.page, {"text": "https://one.example", "row": "0", "add": "1"})
        episode = Episode.objects.get(pk=self.episode.pk)
        self.assertIsNotNone(episode.changed_at)
        self.assertIn("https://one.example", episode.feed_html)
        before, after = Version.objects.get_for_object(episode).order_by("pk")
        self.assertIsNone(before.revision.user)
        self.assertEqual(after.revision.user, self.alice)
        link = Link.objects.get(url="https://one.example")
        self.assertEqual(Version.objects.get_for_object(link).get().revision, after.revision)

    def test_what_was_written_while_the_page_was_read_stays(self):
        def read_slowly(*args):
            written = Episode.objects.get(pk=self.episode.pk)
            written.summary = "Written meanwhile."
            written.save()
            derived.refresh(written)
            return _read(*args)

        with patch("episodes.admin.paste._read", read_slowly):
            self.client.post(self.page, {"text": "https://example.org/late", "add": "1", "row": "0"})
        stored = Episode.objects.get(pk=self.episode.pk)
        self.assertEqual(stored.summary_html, "<p>Written meanwhile.</p>")
        self.assertIn("Written meanwhile.", stored.feed_html)

    def test_nothing_ticked_changes_nothing(self):
        self.client.post(self.page, {"text": "https://one.example", "add": "1"})
        self.assertFalse(Version.objects.exists())
        self.assertIsNone(Episode.objects.get(pk=self.episode.pk).changed_at)

    def test_titles_are_asked_for_where_the_server_may_ask(self):
        url = f"/admin/episodes/episode/{self.episode.pk}/change/"
        self.assertNotContains(self.client.get(url), "data-titles")
        with self.settings(ASK_OTHER_SERVERS=True):
            self.assertContains(self.client.get(url), 'data-titles="/admin/episodes/episode/titles/"')

    def test_the_form_has_the_box_for_those_who_write(self):
        add = self.client.get("/admin/episodes/episode/add/").content.decode()
        self.assertIn("Save the episode first", add)
        self.assertIn('data-read="/admin/episodes/episode/paste/"', add)
        change = f"/admin/episodes/episode/{self.episode.pk}/change/"
        self.assertContains(self.client.get(change), f'href="{self.page}"')
        for user in (self.vera, self.adam):
            self.client.force_login(user)
            self.assertNotContains(self.client.get(change), "data-read")


@needs_npm
@pytest.mark.django_db
def test_what_is_answered_is_valid_html(client, tmp_path: Path):
    client.force_login(make_member("alice", make_show()))
    page = '<!DOCTYPE html><html lang="en"><head><title>Rows</title></head><body>{}</body></html>'
    pages = {
        name: page.format(client.post(READ, {"text": text}).content.decode())
        for name, text in [("rows", HTML), ("nothing", ""), ("too much", "x" * 200_001)]
    }
    assert html_problems(pages, tmp_path) == []


# --- In a browser ---

HTML = """<h3>Water</h3><ul>
<li><a rel="nofollow" href="https://tides.example/?utm_source=x">Tides</a> &mdash; with the <em>moon</em></li>
<li><a href="https://evil.example">Not this</a></li><li><a href="https://bare.example/a">https://bare.example/a</a></li>
<li><a href="http://tides.example/">Again</a></li></ul>"""
PASTE = """(box, [text, html]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  if (html) clipboardData.setData("text/html", html);
  box.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@needs_chromium
@pytest.mark.django_db(transaction=True)
class TestInABrowser:
    @pytest.fixture
    def draft(self):
        show = make_show()
        add_link(make_episode(show, "001"), "https://bare.example/a/")
        draft = make_episode(show, "002", published=False)
        add_link(draft, "https://here.example", text="Here")
        return draft

    def test_a_copied_page_becomes_rows_by_mouse_and_by_keyboard(self, live_server, browser, draft):
        visitor = Visitor(browser.new_context(base_url=live_server.url))
        sign_in(visitor, live_server.url, make_member("alice", draft.show))
        page = visitor.page

        def titles(route: Route) -> None:
            assert json.loads(route.request.post_data) == {"urls": ["https://bare.example/a"]}
            route.fulfill(json={"titles": {"https://bare.example/a": "Bare no more"}})

        page.route("**/titles/", titles)
        page.goto(f"/admin/episodes/episode/{draft.pk}/change/")
        page.evaluate("document.querySelector('.paste').dataset.titles ||= '/admin/episodes/episode/titles/'")
        box, said = page.get_by_label("Paste links"), page.locator(".paste [role=status]")

        # By mouse: one row is unticked, the duplicate is not ticked, the title of a bare address comes later.
        box.evaluate(PASTE, ["Water Tides", HTML])
        expect(said).to_have_text("4 links found, 1 to look at twice.")
        expect(page.locator(".pasted tr.link >> nth=2")).to_contain_text("Bare no more")
        expect(page.locator(".pasted tr.link >> nth=2")).to_contain_text("Also in TR 001.")
        page.get_by_label("Add row 2").uncheck()
        page.get_by_role("button", name="Add 2 links").click()
        expect(page.locator("#id_links-1-text")).to_be_focused()
        expect(said).to_have_text("2 links added below. Save the episode to keep them.")
        assert box.input_value() == ""
        assert page.locator(".pasted").count() == 0

        # By keyboard: typed text, "Find links", "Add"; what was just added counts as here.
        box.focus()
        page.keyboard.type("Here - https://here.example\nTides - https://tides.example/\nNew - https://new.example")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(said).to_have_text("3 links found, 2 to look at twice.")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        expect(page.locator("#id_links-3-text")).to_be_focused()

        page.locator('[name="_save"]').first.click()
        page.wait_for_url("**/episodes/episode/")
        assert list(draft.links.values_list("text", "url", "description", "heading")) == [
            ("Here", "https://here.example", "", ""),
            ("Tides", "https://tides.example/", "with the moon", "Water"),
            ("Bare no more", "https://bare.example/a", "", ""),
            ("New", "https://new.example", "", ""),
        ]
        assert visitor.complaints == []

    def test_a_title_that_comes_late_fills_the_added_row_unless_somebody_was_quicker(self, live_server, browser, draft):
        visitor = Visitor(browser.new_context(base_url=live_server.url))
        sign_in(visitor, live_server.url, make_member("alice", draft.show))
        page = visitor.page
        waiting: list[Route] = []
        page.route("**/titles/", lambda route: waiting.append(route))
        page.goto(f"/admin/episodes/episode/{draft.pk}/change/")
        page.evaluate("document.querySelector('.paste').dataset.titles ||= '/admin/episodes/episode/titles/'")
        page.get_by_label("Paste links").evaluate(PASTE, ["https://one.example\nhttps://two.example", ""])
        page.get_by_role("button", name="Add 2 links").click()
        page.fill("#id_links-2-text", "Mine")
        waiting[0].fulfill(json={"titles": {"https://one.example": "One", "https://two.example": "Two"}})
        expect(page.locator("#id_links-1-text")).to_have_value("One")
        expect(page.locator("#id_links-2-text")).to_have_value("Mine")
        assert visitor.complaints == []

    def test_without_script_on_a_page_of_its_own(self, live_server, browser, draft):
        visitor = Visitor(browser.new_context(base_url=live_server.url, java_script_enabled=False))
        sign_in(visitor, live_server.url, make_member("alice", draft.show))
        page = visitor.page
        page.goto(f"/admin/episodes/episode/{draft.pk}/change/")
        assert page.get_by_label("Paste links").is_hidden()
        page.locator(".paste a").click()
        page.fill("#paste-box", HTML)
        page.get_by_role("button", name="Find links").click()
        page.get_by_label("Add row 2").uncheck()
        page.get_by_role("button", name="Add the ticked links").click()
        page.wait_for_url("**/change/")
        assert list(draft.links.values_list("text", "url", "heading")) == [
            ("Here", "https://here.example", ""),
            ("Tides", "https://tides.example/", "Water"),
            ("", "https://bare.example/a", ""),
        ]

    @needs_npm
    @pytest.mark.parametrize("width", [390, 1366])
    def test_the_table_is_accessible_and_as_wide_as_the_window(self, live_server, browser, draft, width):
        visitor = Visitor(browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 900}))
        sign_in(visitor, live_server.url, make_member("alice", draft.show))
        page = visitor.page
        page.goto(f"/admin/episodes/episode/{draft.pk}/change/")
        page.get_by_label("Paste links").evaluate(PASTE, ["x", HTML + f"<a href='https://{'long' * 60}.example'>x</a>"])
        page.wait_for_selector(".pasted")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # The bar in front of a box makes it smaller to axe, wherever the page is scrolled to.
        page.evaluate("document.querySelector('.submit-row').remove()")
        assert accessibility_problems(page, ("serious", "critical")) == []
        assert visitor.complaints == []
