"""A show's usual links: every new episode begins with them, and nothing that was published changes."""

import pytest
from django.test import TestCase

from episodes.models import Episode, UsualLink
from episodes.publishing import facts_of, findings
from episodes.tests.factories import add_link, make_episode, make_member, make_show
from episodes.tests.test_admin import LIST, form_values, save
from lupcms.shows.models import Role, Show
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

ADMIN = "/admin/episodes/usuallink/"


def make_usual(show: Show) -> None:
    UsualLink.objects.create(show=show, position=2, url="https://chat.example", text="Chat")
    UsualLink.objects.create(
        show=show, position=1, url="https://shop.example", text="Shop", description="Mugs.", heading="Always"
    )


class UsualLinkTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show, Role.OWNER)
        make_usual(cls.show)
        UsualLink.objects.create(show=make_show("other", "OT"), url="https://secret.example", text="Secret")

    def setUp(self):
        self.client.force_login(self.alice)

    def rows(self, episode: Episode) -> list[tuple]:
        return list(episode.links.values_list("position", "url", "text", "description", "heading"))

    def test_a_new_episode_has_them_in_their_order_though_nobody_touched_a_row(self):
        save(self.client, f"{LIST}add/", title="High water")
        self.assertEqual(
            self.rows(Episode.objects.get(title="High water")),
            [(1, "https://shop.example", "Shop", "Mugs.", "Always"), (2, "https://chat.example", "Chat", "", "")],
        )

    def test_they_come_after_the_links_of_the_episode(self):
        values = {
            "title": "High water",
            "links-TOTAL_FORMS": "3",
            "links-2-url": "https://a.example",
            "links-2-text": "A",
            "links-2-title_kind": "text",
        }
        save(self.client, f"{LIST}add/", **values)
        rows = self.rows(Episode.objects.get(title="High water"))
        self.assertEqual([row[:3] for row in rows], [
            (1, "https://a.example", "A"), (2, "https://shop.example", "Shop"), (3, "https://chat.example", "Chat"),
        ])  # fmt: skip

    def test_one_that_is_taken_out_is_not_saved(self):
        save(self.client, f"{LIST}add/", title="High water", **{"links-0-DELETE": "on"})
        self.assertEqual([row[1] for row in self.rows(Episode.objects.get())], ["https://chat.example"])

    def test_an_episode_that_stands_keeps_its_own(self):
        episode = make_episode(self.show)
        add_link(episode)
        values = form_values(self.client, f"{LIST}{episode.pk}/change/")
        self.assertEqual(values["links-TOTAL_FORMS"], "1")

    def test_usual_links_alone_are_no_links_to_the_publish_step(self):
        episode = make_episode(self.show, published=False)

        def said() -> list[str]:
            found = findings(facts_of(episode, self.show.midnight(self.show.today())))
            return [finding.text for finding in found if finding.check.name == "no-links"]

        self.assertEqual(said(), ["It has no links."])
        add_link(episode, "https://shop.example")
        self.assertEqual(said(), ["It has no links but the usual ones."])
        add_link(episode, "https://a.example")
        self.assertEqual(said(), [])

    def test_the_owner_sees_and_orders_those_of_the_show(self):
        page = self.client.get(ADMIN)
        self.assertNotContains(page, "secret")
        first, second = UsualLink.objects.filter(show=self.show)
        rows = {"form-0-id": first.pk, "form-0-position": 5, "form-1-id": second.pk, "form-1-position": 2}
        sent = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save", **rows}
        self.assertRedirects(self.client.post(ADMIN, sent), ADMIN)
        self.assertEqual([row.text for row in self.show.usual_links.all()], ["Chat", "Shop"])

    def test_an_address_is_usual_once(self):
        sent = {"show": self.show.pk, "url": "https://shop.example", "text": "Again", "position": 3}
        page = self.client.post(f"{ADMIN}add/", sent)
        self.assertContains(page, "This address is one of the show&#x27;s usual links already.")
        self.assertEqual(self.show.usual_links.count(), 2)


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_a_row_that_is_added_stands_above_the_usual_ones(live_server, browser):
    show = make_show()
    make_usual(show)
    visitor = Visitor(browser.new_context())
    sign_in(visitor, live_server.url, make_member("alice", show))
    page = visitor.page
    page.goto(f"{live_server.url}/admin/episodes/episode/add/")
    for address in ("https://a.example", "https://b.example"):
        page.click("#links-group .add-row a")
        page.locator("#links-group .inline-related:not(.empty-form) [name$=-url]").evaluate_all(
            "(boxes, value) => { boxes.find((box) => !box.value).value = value; }", address
        )
    boxes = page.locator("#links-group .inline-related:not(.empty-form) [name$=-url]")
    order = ["https://a.example", "https://b.example", "https://shop.example", "https://chat.example"]
    assert boxes.evaluate_all("(boxes) => boxes.map((box) => box.value)") == order
    page.fill("#id_title", "High water")
    page.locator("[name=_continue]").first.click()
    page.wait_for_url("**/change/")
    assert boxes.evaluate_all("(boxes) => boxes.map((box) => box.value)") == order
    assert visitor.complaints == []


@needs_chromium
@needs_npm
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
def test_the_list_and_the_form_are_read_on_a_phone_and_at_a_desk_without_a_complaint(live_server, browser):
    show = make_show()
    make_usual(show)
    visitor = Visitor(browser.new_context())
    sign_in(visitor, live_server.url, make_member("alice", show, Role.OWNER))
    page = visitor.page
    for width in (320, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            for path in ("", "add/"):
                page.goto(f"{live_server.url}{ADMIN}{path}")
                assert accessibility_problems(page) == [], (width, scheme, path)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, path)
    assert visitor.complaints == []
