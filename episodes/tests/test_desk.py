"""The desk's face: names for every box, links to public pages, and what a browser and a thumb make of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import TestCase
from django.utils import timezone

from episodes import demo
from episodes.models import Episode
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_show,
)
from hosts.models import Host
from lupcms.shows.models import Role, Show, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


class _Boxes(HTMLParser):
    """The boxes of a page that somebody fills in, by id; which of them have a name; its headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.boxes: dict[str, bool] = {}
        self.named: set[str] = set()
        self.inside_label = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        found = dict(attributes)
        if tag == "label":
            self.named.add(found.get("for") or "")
            self.inside_label = True
        elif tag in ("select", "textarea") or (
            tag == "input" and found.get("type") not in ("hidden", "submit", "search")
        ):
            self.boxes[found.get("id") or found.get("name") or "?"] = self.inside_label or "aria-label" in found

    def handle_endtag(self, tag: str) -> None:
        self.inside_label = self.inside_label and tag != "label"

    def nameless(self) -> list[str]:
        return [box for box, named in self.boxes.items() if not named and box not in self.named]


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.olga = make_member("olga", cls.show, Role.OWNER)
        cls.episode = make_episode(cls.show)
        add_link(cls.episode)
        cls.host = add_credit(cls.episode).host
        cls.sponsor = add_placement(cls.episode).sponsor

    def setUp(self):
        self.client.force_login(self.olga)

    def page(self, row: Any, **headers: str) -> str:
        path = f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/"
        response = self.client.get(path, headers=headers)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def public_link(self, row: Any, **headers: str) -> str | None:
        found = re.search(r'<a href="([^"]*)" class="viewsitelink">', self.page(row, **headers))
        return found and found[1]

    def test_every_box_of_a_row_has_a_name_also_in_the_row_that_the_script_copies(self):
        for row, prefixes in [
            (self.episode, ("links", "credits", "placements")),
            (self.host, ("names",)),
            (self.show, ("memberships",)),
        ]:
            found = _Boxes(self.page(row))
            for prefix in prefixes:
                for number in ("0", "__prefix__"):
                    self.assertTrue(any(box.startswith(f"id_{prefix}-{number}-") for box in found.boxes), prefix)
            self.assertEqual(found.nameless(), [], row)

    def test_rows_are_named_by_what_they_are_and_not_by_headings(self):
        page = self.page(self.episode)
        self.assertNotIn(" object (", page)
        self.assertNotIn("<h3", page)
        self.assertEqual(
            re.findall(r'role="group" aria-label="([^"]*)"', page.partition("<aside")[0]),
            ["Link 1", "New link", "Person 1", "New person", "Sponsor 1", "New sponsor"],
        )

    def test_whoever_may_only_look_reads_the_rows(self):
        self.client.force_login(make_member("vera", self.show, Role.VIEWER))
        page = self.page(self.episode)
        self.assertEqual(_Boxes(page).boxes, {})
        for words in ("A page", "https://example.org/a", "Ann Host", "Ten per cent off.", "TIDE"):
            self.assertIn(words, page)

    def test_a_folded_box_with_an_error_is_unfolded(self):
        self.assertNotIn("<details open>", self.page(self.episode))
        values = {"show": self.show.pk, "number": "002", "title": "x", "_save": "Save"}
        for prefix in ("credits", "placements"):
            values |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
        values |= {"links-TOTAL_FORMS": "1", "links-INITIAL_FORMS": "0"}
        values |= {"links-0-url": "x", "links-0-title": "x", "links-0-title_kind": "own"}
        response = self.client.post("/admin/episodes/episode/add/", values)
        self.assertContains(response, "<details open>", 1)
        self.assertContains(response, "has no title")

    def test_a_new_episode_comes_with_its_people_and_sponsors_at_once(self):
        values = {"show": self.show.pk, "number": "002", "title": ""}
        for prefix, total in (("links", 0), ("credits", 1), ("placements", 1)):
            values |= {f"{prefix}-TOTAL_FORMS": total, f"{prefix}-INITIAL_FORMS": 0}
        values |= {"credits-0-host": self.host.pk, "credits-0-role": "host"}
        campaign = make_campaign(self.sponsor, self.show)
        values |= {"placements-0-sponsor": self.sponsor.pk, "placements-0-kind": "paid"}
        values |= {"placements-0-campaign": campaign.pk}
        url = "/admin/episodes/episode/add/"
        self.assertContains(self.client.post(url, values), "This field is required.", 1)
        self.assertRedirects(self.client.post(url, {**values, "title": "New"}), "/admin/episodes/episode/")
        episode = Episode.objects.get(number="002")
        self.assertEqual(episode.credits.get().name, "Ann Host")
        self.assertEqual(episode.placements.get().campaign, campaign)

    def test_the_bar_says_what_stands_also_after_a_save_was_refused(self):
        self.assertIn("<b>Published</b> on 2 May 2024, 00:00 PDT.", self.page(self.episode))
        draft = make_episode(self.show, "002", published=False)
        self.assertIn("<b>Draft</b>", self.page(draft))
        Episode.objects.filter(pk=draft.pk).update(is_in_review=True)
        self.assertIn("<b>In review</b>", self.page(draft))
        Episode.objects.filter(pk=draft.pk).update(is_in_review=False)
        later = make_episode(self.show, "003", published_at=timezone.now() + timedelta(days=1))
        self.assertIn("<b>Scheduled</b>", self.page(later))
        self.assertContains(self.client.get("/admin/episodes/episode/add/"), "<b>Not saved yet</b>")
        response = self.client.post(
            f"/admin/episodes/episode/{draft.pk}/change/", {"title": "", "_publish": "Publish…"}
        )
        self.assertContains(response, "<b>Draft</b>")
        self.assertNotContains(response, "viewsitelink")

    def test_view_on_site_leads_to_the_host_of_the_show(self):
        Show.objects.create(title="Here", slug="here", acronym="H", hostname="here.example")
        for row, path in [
            (self.episode, "/1"),
            (self.show, "/"),
            (self.host, "/hosts/ann"),
            (self.sponsor, self.sponsor.get_absolute_url()),
        ]:
            with self.subTest(row=row):
                self.assertEqual(self.public_link(row, host="tide-radio.localhost"), path)
                self.assertEqual(self.public_link(row, host="here.example"), f"https://tide-radio.example{path}")
                self.assertEqual(self.client.get(path, headers={"host": "tide-radio.localhost"}).status_code, 200)
        Show.objects.filter(pk=self.show.pk).update(hostname="tide.example")
        self.assertEqual(self.public_link(self.host, host="here.example:81"), "http://tide.example:81/hosts/ann")

    def test_view_on_site_is_not_offered_where_visitors_find_nothing(self):
        Episode.objects.update(published_at=None)
        for row in (self.episode, self.host, self.sponsor):
            self.assertIsNone(self.public_link(row), row)
        self.assertIsNone(self.public_link(Host.objects.create(name="Nobody yet")))
        self.assertIsNone(self.public_link(Sponsor.objects.create(name="Nobody yet", slug="nobody-yet")))

    def test_view_on_site_prefers_the_show_that_is_being_visited(self):
        other = make_show("lamp-talk", "LT", title="Lamp Talk")
        make_member("olaf", other)
        credit = add_credit(make_episode(other), "ann", "Ann Host")
        self.assertEqual(credit.host, self.host)
        for host in ("tide-radio.localhost", "lamp-talk.localhost"):
            self.assertEqual(self.public_link(self.host, host=host), "/hosts/ann")


def desk_paths() -> list[str]:
    """A page of each kind, of the demo: with many links, with few, and empty forms."""
    rows = [
        Episode.objects.get(show__slug="linux-unplugged", number="245"),
        Episode.objects.get(show__slug="half-tide-radio", number="019"),
        Host.objects.filter(names__show__slug="linux-unplugged").first(),
        Sponsor.objects.first(),
        Show.objects.get(slug="linux-unplugged"),
        Episode.tags.first(),
        User.objects.get(username="alice"),
    ]
    forms = [f"{row._meta.app_label}/{row._meta.model_name}/{row.pk}/change/" for row in rows]
    lists = ["./", "episodes/episode/", "hosts/host/", "sponsors/campaign/"]
    return lists + forms + ["episodes/episode/add/", "sponsors/offer/add/", "sponsors/campaign/add/"]


def serious(page: Any) -> list[str]:
    """What axe finds that keeps somebody from using the page."""
    return accessibility_problems(page, impacts=("serious", "critical"))


WIDE = {"viewport": {"width": 1366, "height": 768}}
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def desk(live_server: Any, browser: Any, request: Any) -> Iterator[Visitor]:
    """The administrator's window, of the kind that the test asks for, on the demo."""
    demo.load()
    visitor = Visitor(browser.new_context(base_url=f"{live_server.url}/admin/", **request.param))
    sign_in(visitor, live_server.url, User.objects.get(username="admin"))
    yield visitor
    visitor.page.context.close()


@needs_chromium
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
class TestInChromium:
    @pytest.mark.parametrize("desk", [WIDE, PHONE], ids=["wide", "phone"], indirect=True)
    def test_no_page_of_the_desk_is_wider_than_its_window(self, desk):
        for path in desk_paths():
            desk.page.goto(path)
            width, window = desk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width <= window, path
        if window == WIDE["viewport"]["width"]:
            page = desk.page
            page.goto(desk_paths()[4])
            assert page.evaluate("document.documentElement.scrollHeight") <= 2 * 768, "a usual episode fits two screens"
        assert desk.complaints == []

    @pytest.mark.parametrize("desk", [PHONE], ids=["phone"], indirect=True)
    def test_a_typo_is_mended_on_a_phone(self, desk):
        """The bar is in sight wherever the thumb has scrolled to, and covers nothing that has the focus."""
        page = desk.page
        page.goto(desk_paths()[4])
        box = page.locator("#id_links-2-text")
        box.fill("Mended")
        save = page.locator('[name="_save"]')
        bar, shown = page.locator(".submit-row").bounding_box(), box.bounding_box()
        assert bar["y"] + bar["height"] <= 844
        assert shown["y"] + shown["height"] <= bar["y"]
        assert save.bounding_box()["height"] >= 32
        save.click()
        page.wait_for_url("**/episodes/episode/")
        assert Episode.objects.get(number="245").links.all()[2].text == "Mended"
        assert desk.complaints == []

    @needs_npm
    @pytest.mark.parametrize(
        "desk", [WIDE, {**WIDE, "color_scheme": "dark"}, PHONE], ids=["light", "dark", "phone"], indirect=True
    )
    def test_axe_finds_nothing_serious_on_the_desk(self, desk):
        page = desk.page
        for path in desk_paths():
            page.goto(path)
            for add in page.locator(".rows .add-row a").all():
                add.click()
            assert serious(page) == [], path
        page.goto("episodes/episode/add/")
        page.click("text=Add another Person")
        page.click(".select2-selection")
        page.wait_for_selector(".select2-search__field")
        assert serious(page) == []
        page.context.clear_cookies()
        page.goto("login/")
        assert serious(page) == []
