"""The form and the merging of people: who may do what, and what it says."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import TestCase
from django.utils.html import escape

from episodes.models import Credit
from episodes.tests.factories import add_credit, make_episode, make_member, make_show
from episodes.tests.test_admin import errors, form_values, save
from hosts.models import Host, HostName
from lupcms.shows.models import Membership, OldPath, Role, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/hosts/host/"


def change_url(host: Host) -> str:
    return f"{LIST}{host.pk}/change/"


def said(response: Any) -> list[str]:
    """The messages on the page that follows."""
    found = re.findall(r'<ul class="messagelist">(.*?)</ul>', response.content.decode(), re.S)
    return [re.sub("<[^>]+>", "", text).strip() for text in re.findall("<li[^>]*>(.*?)</li>", " ".join(found), re.S)]


class DeskTestCase(TestCase):
    """Alice produces this show and Bob another; Will writes here, Vera looks, Mia produces both.

    Ann is this show's alone, Zed the other's alone, and both shows have published an episode with Dee.
    """

    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.will, cls.vera = make_member("will", cls.show, Role.WRITER), make_member("vera", cls.show, Role.VIEWER)
        cls.wim = make_member("wim", cls.other, Role.WRITER)
        cls.mia = make_member("mia", cls.show)
        Membership.objects.create(user=cls.mia, show=cls.other, role=Role.PRODUCER)
        cls.episode, cls.theirs = make_episode(cls.show), make_episode(cls.other)
        cls.ann = add_credit(cls.episode, "ann", "Ann Host").host
        cls.zed = add_credit(cls.theirs, "zed", "Zed").host
        cls.dee = add_credit(cls.episode, "dee", "Dee").host
        add_credit(cls.theirs, "dee", "Dee")

    def setUp(self):
        self.client.force_login(self.alice)

    def act(self, *rows: Host, **values: Any) -> Any:
        values = {"action": "merge", "_selected_action": [row.pk for row in rows], **values}
        return self.client.post(LIST, values, follow=True)

    def names(self, host: Host) -> list[tuple[str, str, bool, bool]]:
        rows = host.names.order_by("show", "pk").select_related("show")
        return [(row.show.acronym, row.slug, row.is_main, row.is_former) for row in rows]


class WhoMayTests(DeskTestCase):
    def may(self, user: User, host: Host) -> set[str]:
        """What somebody's form of a person offers."""
        self.client.force_login(user)
        page = self.client.get(change_url(host)).content.decode()
        boxes = {"shared": 'name="bio"', "names": 'name="names-0-name"', "save": 'name="_save"', "delete": "/delete/"}
        return {may for may, box in boxes.items() if box in page}

    def test_what_all_shows_say_is_changed_by_who_writes_for_every_show_that_published_them(self):
        expected = {
            "alice": ({"shared", "names", "save", "delete"}, set(), {"names", "save"}),
            "will": ({"shared", "names", "save"}, set(), {"names", "save"}),
            "vera": (set(), set(), set()),
            "bob": (set(), {"shared", "names", "save", "delete"}, {"names", "save"}),
            "mia": (3 * [{"shared", "names", "save", "delete"}]),
        }
        for username, of_each in expected.items():
            for host, may in zip((self.ann, self.zed, self.dee), of_each, strict=True):
                with self.subTest(username, host=host):
                    self.assertEqual(self.may(User.objects.get(username=username), host), may)

    def test_a_credit_of_another_shows_host_gives_no_right_to_them(self):
        """Wim puts Ann into a draft of his show, and then publishes it."""
        draft = make_episode(self.other, "002", published=False)
        Credit.objects.create(episode=draft, host=self.ann, slug="ann", name="Ann Host")
        HostName.objects.create(show=self.other, host=self.ann, slug="ann", name="Ann Host")
        for published in (False, True):
            if published:
                type(draft).objects.filter(pk=draft.pk).update(published_at=self.episode.published_at)
            self.client.force_login(self.wim)
            values = form_values(self.client, change_url(self.ann))
            self.assertEqual(values["names-0-slug"], "ann")
            forged = {**values, "name": "Gone", "bio": "Defaced", "is_hidden": "on", "names-0-name": "Annie"}
            self.assertEqual(self.client.post(change_url(self.ann), {**forged, "_save": "Save"}).status_code, 302)
            self.ann.refresh_from_db()
            self.assertEqual((self.ann.name, self.ann.bio, self.ann.is_hidden), ("Ann Host", "", False))
            # The name on his own show is his.
            self.assertEqual(
                list(self.ann.names.order_by("pk").values_list("show__slug", "name")),
                [("tide-radio", "Ann Host"), ("lamp-talk", "Annie")],
            )
            self.assertEqual("shared" in self.may(self.alice, self.ann), not published)

    def test_where_it_cannot_be_changed_it_says_who_can_and_names_no_show_of_drafts(self):
        third = make_show("secret", "SE", title="Secret Show")
        Credit.objects.create(episode=make_episode(third, published=False), host=self.dee, slug="dee", name="Dee")
        page = self.client.get(change_url(self.dee)).content.decode()
        self.assertIn("who writes for all of them (Lamp Talk, Tide Radio), or an administrator, may change this.", page)
        self.assertNotIn("Secret Show", page)

    def test_names_on_other_shows_are_not_in_the_form(self):
        page = self.client.get(change_url(self.dee)).content.decode()
        self.assertEqual(page.count('class="inline-related has_original"'), 1)
        self.assertNotIn("Lamp Talk</option>", page)

    def test_who_merges_deletes_on_every_show_that_knows_or_credits_one_of_them(self):
        """Also by a draft, and whoever stays."""
        gil = HostName.objects.known_as(self.show, "gil", "Gil").host
        lone = Host.objects.create(name="Lone")
        drafted = HostName.objects.known_as(self.show, "dan", "Dan").host
        Credit.objects.create(episode=make_episode(self.other, "9", published=False), host=drafted, slug="d", name="D")
        may = {
            "alice": {"ann gil", "ann lone"},
            "bob": set(),
            "mia": {"ann gil", "ann lone", "ann dee", "ann zed", "ann drafted"},
            "will": set(),
            "vera": set(),
        }
        people = {"gil": gil, "lone": lone, "dee": self.dee, "zed": self.zed, "drafted": drafted}
        for username, expected in may.items():
            self.client.force_login(User.objects.get(username=username))
            offered = set()
            for name, other in people.items():
                page = self.act(self.ann, other)
                if b'name="stays"' in page.content:
                    offered.add(f"ann {name}")
                else:
                    for stays, goes in ((self.ann, other), (other, self.ann)):
                        self.act(stays, goes, confirmed="yes", stays=stays.pk)
            self.assertEqual(offered, expected, username)
            self.assertEqual(Host.objects.count(), 6)

    def test_a_writer_of_one_show_who_produces_another_deletes_nobody_there(self):
        Membership.objects.create(user=self.alice, show=self.other, role=Role.WRITER)
        bare = HostName.objects.known_as(self.other, "bare", "Bare").host
        self.assertEqual(self.may(self.alice, bare), {"shared", "names", "save"})
        self.assertEqual(self.client.post(f"{LIST}{bare.pk}/delete/", {"post": "yes"}).status_code, 403)
        self.assertNotContains(self.act(self.ann, bare), 'name="stays"')


class MergePageTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.gil = add_credit(cls.episode, "gil", "Gil <b>Guest", role="guest").host
        HostName.objects.create(show=cls.show, host=cls.gil, slug="captain", name="Captain")

    def test_the_page_says_what_each_has(self):
        page = self.act(self.ann, self.gil).content.decode()
        rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.S)
        cells = [[re.sub("<[^>]+>", " ", cell).split() for cell in re.findall(r"<td>(.*?)</td>", row)] for row in rows]
        self.assertEqual(
            [[" ".join(cell) for cell in row] for row in cells],
            [
                ["Tide Radio: Ann Host, /hosts/ann (page)", "1", "Tide Radio: 1", "No", "None", "No"],
                [
                    "Tide Radio: Gil &lt;b&gt;Guest, /hosts/gil (page) Tide Radio: Captain, /hosts/captain",
                    "1",
                    "Tide Radio: 1",
                    "No",
                    "None",
                    "No",
                ],
            ],
        )
        self.assertEqual(page.count('type="radio"'), 2)
        self.assertEqual(Host.objects.count(), 4)

    def test_a_merge_is_reported_and_logged_on_the_one_who_stays(self):
        page = self.act(self.ann, self.gil, confirmed="yes", stays=self.ann.pk)
        self.assertEqual(
            said(page),
            [
                "“Gil &lt;b&gt;Guest” merged into “Ann Host”, who has now what belonged to them: 2 names, 1 credit. "
                "Every address of theirs leads to the page of the one that stayed, and episodes credit them as before."
            ],
        )
        self.assertEqual(LogEntry.objects.get().object_id, str(self.ann.pk))
        self.assertEqual(LogEntry.objects.get().change_message, "Merged “Gil <b>Guest” into it: 2 names, 1 credit.")
        self.assertFalse(Host.objects.filter(pk=self.gil.pk).exists())

    def test_it_leads_back_to_the_page_of_this_site_that_asked(self):
        for slug, back, led in (
            ("one", "/admin/?a=%22b%22&c=d#people", True),
            ("two", "https://evil.example/", False),
            ("three", "//evil.example", False),
        ):
            gone = HostName.objects.known_as(self.show, slug, slug).host
            page = self.act(self.ann, gone, back=back)
            self.assertEqual(page.context["back"], back if led else "")
            self.assertContains(page, f'href="{escape(back) if led else LIST}" class="button">Back to the list')
            sent = {"action": "merge", "_selected_action": [self.ann.pk, gone.pk], "stays": self.ann.pk, "back": back}
            self.assertEqual(self.client.post(LIST, sent)["Location"], back if led else LIST)

    def test_nothing_happens_without_an_answer_or_with_somebody_else_as_the_answer(self):
        for values in ({"confirmed": "yes"}, {"confirmed": "yes", "stays": self.zed.pk}, {"stays": "x"}):
            page = self.act(self.ann, self.gil, **values)
            self.assertEqual("Choose who stays" in page.content.decode(), "confirmed" in values)
        self.assertEqual(said(self.act(self.ann)), ["Select two people or more to merge them."])
        self.assertEqual(Host.objects.count(), 4)

    def test_who_may_not_merge_reads_no_other_shows_numbers(self):
        page = self.act(self.ann, self.zed)
        self.assertContains(page, "These cannot be merged by you")
        self.assertNotContains(page, "/hosts/zed")
        self.assertNotContains(page, 'value="Merge"')

    def test_the_page_costs_the_same_with_many(self):
        def costs(*hosts: Host) -> None:
            with self.assertNumQueries(19):
                self.act(*hosts)

        costs(self.ann, self.gil)
        costs(self.ann, self.gil, *(HostName.objects.known_as(self.show, f"p{n}", f"P{n}").host for n in range(20)))


class ListTests(DeskTestCase):
    def test_the_list_says_who_is_known_where_and_who_is_hidden_in_as_many_queries_with_more(self):
        Host.objects.filter(pk=self.zed.pk).update(is_hidden=True)
        page = self.client.get(LIST).content.decode()
        cells = re.findall(r'<td class="field-(?:known_as|hidden)">(.*?)</td>', page)
        self.assertEqual(cells, ["ann (TR)", "-", "dee (TR), dee (LT)", "-", "zed (LT)", "Hidden"])
        for number in range(20):
            with self.assertNumQueries(11):
                self.client.get(LIST)
            HostName.objects.known_as(self.show, f"p{number}", f"P{number}")


class NamesTests(DeskTestCase):
    def test_a_renamed_slug_keeps_page_feed_and_import(self):
        OldPath.objects.remember(self.show, "/crew/ann", "/hosts/ann")
        type(self.episode).objects.filter(pk=self.episode.pk).update(enclosure_url="https://audio.example/1.mp3")
        response = save(self.client, change_url(self.ann), names__0__slug="ann-host", names__0__name="Ann the Host")
        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.names(self.ann), [("TR", "ann-host", True, False), ("TR", "ann", False, False)])
        for path, target in (
            ("/hosts/ann", "/hosts/ann-host"),
            ("/crew/ann", "/hosts/ann-host"),
            ("/guests/ann", "/hosts/ann-host"),
            ("/rss/hosts/ann", "/rss/hosts/ann-host"),
        ):
            response = self.client.get(path, headers={"host": "tide-radio.localhost"})
            self.assertEqual((response.status_code, response.headers.get("Location")), (301, target))
        self.assertEqual(HostName.objects.known_as(self.show, "ann", "Ann Host").host, self.ann)

    def test_a_producer_chooses_which_name_has_the_page_and_a_former_host_stays_one(self):
        HostName.objects.create(show=self.show, host=self.ann, slug="annie", name="Annie")
        save(self.client, change_url(self.ann), names__0__is_former="on")
        self.assertEqual(self.names(self.ann), [("TR", "ann", True, True), ("TR", "annie", False, False)])
        response = save(self.client, change_url(self.ann), names__1__has_page="on", names__0__name="Ann H.")
        self.assertEqual(response.status_code, 302)
        self.assertEqual(self.names(self.ann), [("TR", "ann", False, False), ("TR", "annie", True, True)])
        page = self.client.get("/hosts/ann", headers={"host": "tide-radio.localhost"})
        self.assertEqual(page.headers["Location"], "/hosts/annie")

    def test_a_form_that_changes_nothing_changes_nothing(self):
        HostName.objects.create(show=self.show, host=self.ann, slug="annie", name="Annie")
        before = self.names(self.ann)
        self.assertEqual(save(self.client, change_url(self.ann)).status_code, 302)
        self.assertEqual(self.names(self.ann), before)

    def test_two_pages_on_one_show_are_refused(self):
        for slug in ("annie", "annette"):
            HostName.objects.create(show=self.show, host=self.ann, slug=slug, name=slug)
        response = save(self.client, change_url(self.ann), names__1__has_page="on", names__2__has_page="on")
        self.assertIn("Tick one name for each show: their page has one.", errors(response))
        self.assertEqual([name[2] for name in self.names(self.ann)], [True, False, False])

    def test_a_name_never_moves_to_another_show(self):
        self.client.force_login(self.mia)
        save(self.client, change_url(self.ann), names__0__show=str(self.other.pk))
        self.assertEqual(self.names(self.ann), [("TR", "ann", True, False)])

    def test_a_slug_of_theirs_is_chosen_and_not_typed_again(self):
        HostName.objects.create(show=self.show, host=self.ann, slug="annie", name="Annie")
        response = save(self.client, change_url(self.ann), names__0__slug="annie")
        self.assertIn("This is another slug of theirs already: tick “Page” in its row instead.", errors(response))

    def test_somebody_new_has_a_page_at_the_name_that_is_ticked_or_else_at_the_first(self):
        for ticked, expected in (("", "new-0"), ("1", "new-1")):
            values = form_values(self.client, f"{LIST}add/") | {"name": "New", "names-TOTAL_FORMS": "2"}
            for n in range(2):
                values |= {f"names-{n}-show": self.show.pk, f"names-{n}-name": "New", f"names-{n}-slug": f"new-{n}"}
            if ticked:
                values |= {f"names-{ticked}-has_page": "on", f"names-{ticked}-is_former": "on"}
            self.assertEqual(self.client.post(f"{LIST}add/", {**values, "_save": "Save"}).status_code, 302)
            host = Host.objects.latest("pk")
            main = [(name.slug, name.is_former) for name in host.names.filter(is_main=True)]
            self.assertEqual(main, [(expected, bool(ticked))])
            host.delete()


@needs_chromium
@needs_npm
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
def test_the_form_and_the_merge_page_are_read_on_a_phone_and_at_a_desk_without_a_complaint(live_server, browser):
    show = make_show()
    episode = make_episode(show)
    ann = add_credit(episode, "ann", "Ann Host").host
    add_credit(episode, "ann-of-the-harbour-and-the-lamps", "Ann Host of the Harbour", role="guest")
    visitor = Visitor(browser.new_context())
    sign_in(visitor, live_server.url, make_member("alice", show))
    page = visitor.page
    for width in (320, 390, 1366):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{live_server.url}{change_url(ann)}")
            assert accessibility_problems(page) == [], (width, scheme, "form")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "form")
            page.goto(f"{live_server.url}{LIST}")
            for box in page.locator("tbody [name=_selected_action]").all():
                box.check()
            page.select_option("[name=action]", "merge")
            page.locator(".actions [type=submit]").click()
            page.wait_for_selector("[name=stays]")
            assert accessibility_problems(page) == [], (width, scheme, "merge")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, "merge")
            merge, back = page.locator("[value=Merge]"), page.locator(".choices a")
            assert merge.bounding_box()["height"] == back.bounding_box()["height"], width
    assert visitor.complaints == []
