"""Links that wait: collected without touching a draft, sorted by one press or by the save of an episode’s form."""

import string
from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from django.test import SimpleTestCase, TestCase
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from reversion.models import Version

from episodes.inbox import bookmarklet, take, tidied
from episodes.models import Episode, InboxLink, Link
from episodes.notes import checks
from episodes.tests.factories import add_link, make_episode, make_member, make_show
from lupcms.shows.models import Membership, Role, Show, User

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/inboxlink/"
COLLECT = f"{LIST}collect/"
ADD_EPISODE = "/admin/episodes/episode/add/"


def wait(show: Show, url: str = "https://example.org/a", **fields: Any) -> InboxLink:
    return InboxLink.objects.create(show=show, url=url, **{"text": "A page"} | fields)


def sort_url(show: Show) -> str:
    return f"{LIST}show/{show.pk}/"


def change_url(episode: Episode) -> str:
    return f"/admin/episodes/episode/{episode.pk}/change/"


def urls(episode: Episode) -> list[str]:
    return [link.url for link in episode.links.all()]


class TextTests(SimpleTestCase):
    @given(st.text())
    def test_whatever_a_page_says_of_itself_can_be_the_text_of_a_link(self, said):
        checks.text(tidied(said))

    def test_a_title_becomes_one_line(self):
        self.assertEqual(tidied(" A\x00title\r\n [of]( two\tlines "), "A title [of] ( two lines")
        self.assertEqual(tidied("Ümläut “quoted” 漢字 🌊 <b>&amp;</b>"), "Ümläut “quoted” 漢字 🌊 <b>&amp;</b>")

    def test_the_bookmarklet_is_an_address_that_no_markup_can_break(self):
        address = "https://desk.example:81/admin/episodes/inboxlink/collect/"
        made = bookmarklet(address)
        self.assertTrue(made.startswith("javascript:"))
        self.assertLessEqual(set(made), set(string.ascii_letters + string.digits + ":%_.-~/"))
        self.assertIn(f"open(`{address}?", unquote(made))


class Inbox(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.draft = make_episode(cls.show, "002", published=False)

    def setUp(self):
        self.client.force_login(self.alice)


class CollectTests(Inbox):
    def collect(self, **values: Any) -> Any:
        return self.client.post(COLLECT, {"show": self.show.pk, "url": "https://example.org/a", **values})

    def test_the_page_brings_its_address_title_and_selection_and_writes_nothing(self):
        asked = urlencode({"url": "https://example.org/a?b=1&c=2#d", "title": 'A "page" <b>', "text": "Two\nlines"})
        response = self.client.get(f"{COLLECT}?{asked}")
        form = response.context["adminform"].form
        brought = {name: form[name].value() for name in ("url", "text", "description")}
        self.assertEqual(
            brought,
            {"url": "https://example.org/a?b=1&c=2#d", "text": 'A "page" <b>', "description": "Two lines"},
        )
        self.assertContains(response, "&lt;b&gt;")
        self.assertEqual(form["show"].value(), self.show.pk)
        self.assertFalse(InboxLink.objects.exists())

    def test_one_press_saves_it_with_who_and_when(self):
        response = self.collect(text="A page", description="Read it.")
        link = InboxLink.objects.get()
        self.assertEqual(
            (link.show, link.url, link.text, link.description, link.added_by, link.episode),
            (self.show, "https://example.org/a", "A page", "Read it.", self.alice, None),
        )
        self.assertRedirects(response, f"{COLLECT}?added={link.pk}")
        self.assertContains(self.client.get(response.url), "In the inbox of Tide Radio")

    def test_it_says_where_the_address_is_already_and_takes_it_all_the_same(self):
        add_link(make_episode(self.show, "001"), "http://www.example.org/a/")
        add_link(self.draft, "https://example.org/a")
        add_link(make_episode(self.other, "007"), "https://example.org/a")
        for show in (self.other, self.show):
            wait(show)
        also = "the inbox of TR, TR 002 (draft), TR 001"
        self.assertContains(self.client.get(f"{COLLECT}?url=https://example.org/a"), f"is also in {also}.")
        response = self.client.get(self.collect().url)
        self.assertContains(response, f"It is also in {also}.")
        self.assertEqual(self.show.inbox.count(), 2)

    def test_the_show_is_the_one_last_collected_for(self):
        third = make_show("third", "TH", title="Third")
        for show in (self.other, third):
            Membership.objects.create(user=self.alice, show=show, role=Role.WRITER)
        self.assertIsNone(self.client.get(COLLECT).context["adminform"].form["show"].value())
        self.collect(show=third.pk)
        self.assertEqual(self.client.get(COLLECT).context["adminform"].form["show"].value(), third.pk)
        Membership.objects.filter(user=self.alice, show=third).update(role=Role.VIEWER)
        self.assertIsNone(self.client.get(COLLECT).context["adminform"].form["show"].value())

    def test_who_is_not_signed_in_signs_in_and_finds_everything_there(self):
        self.client.logout()
        self.alice.set_password("a long password")
        self.alice.save()
        page = f"{COLLECT}?{urlencode({'url': 'https://example.org/?a=1&b=%20', 'title': 'ä & ö', 'text': '“x”'})}"
        response = self.client.get(page)
        self.assertRedirects(response, f"/admin/login/?next={quote(page)}")
        signed_in = self.client.post(response.url, {"username": "alice", "password": "a long password", "next": page})
        form = self.client.get(signed_in.url).context["adminform"].form
        self.assertEqual(
            [form[name].value() for name in ("url", "text", "description")],
            ["https://example.org/?a=1&b=%20", "ä & ö", "“x”"],
        )

    def test_an_address_is_mended_as_a_browser_would(self):
        for typed, kept in [
            (" example.org/a ", "https://example.org/a"),
            ("https://example.org/a?utm_source=x&b=1&fbclid=2#c", "https://example.org/a?b=1#c"),
            ("example.org:8080/a", "https://example.org:8080/a"),
            ('https://example.org/a b"c', "https://example.org/a%20b%22c"),
            ("HTTP://example.org", "HTTP://example.org"),
            ("https://例え.example/ä", "https://例え.example/ä"),
        ]:
            self.collect(url=typed)
            self.assertEqual(InboxLink.objects.last().url, kept)

    def test_hostile_addresses_are_refused_with_a_sentence_and_nothing_typed_is_lost(self):
        for url, sentence in [
            ("", "This field is required."),
            ("javascript:alert(1)", "Write an address of the web"),
            ("JavaScript:alert(1)//https://x.example", "Write an address of the web"),
            ("data:text/html,x", "Write an address of the web"),
            ("https://", "Write an address of the web"),
            ("https://[", "Write an address of the web"),
            ("https://a.example/\x1b[0m", "a character that cannot be seen"),
            ("https://a.example/\u202egnp.exe", "a character that cannot be seen"),
            ("https://a.example/\0", "Null characters are not allowed"),
            (f"https://a.example/{'a' * 10_000}", "longer than 4000 characters"),
        ]:
            with self.subTest(url=url[:40]):
                response = self.collect(url=url, text="Typed with care")
                self.assertContains(response, sentence)
                self.assertContains(response, 'value="Typed with care"')
        self.assertFalse(InboxLink.objects.exists())

    def test_hostile_texts_are_refused_or_harmless(self):
        self.assertContains(self.collect(text="a](b"), "put a blank between the two brackets")
        self.assertContains(self.collect(description="a\nb"), "take out the line break")
        self.assertContains(self.collect(text="\0"), "Null characters are not allowed")
        self.assertFalse(InboxLink.objects.exists())
        response = self.client.get(self.collect(text="<script>alert(1)</script>" * 20).url)
        self.assertNotContains(response, "<script>alert")
        for page in (LIST, sort_url(self.show), change_url(self.draft)):
            self.assertNotContains(self.client.get(page), "<script>alert")

    def test_nonsense_in_the_address_of_the_page_is_no_error(self):
        for query in ("?show=x", "?show=999", "?added=x", "?added=99999999999999999999", "?url=%00%ff&text=%ed%a0%80"):
            self.assertEqual(self.client.get(COLLECT + query).status_code, 200, query)

    def test_the_answer_is_for_who_collected_it(self):
        theirs = wait(self.show, added_by=make_member("ann", self.show))
        foreign = wait(self.other, added_by=self.alice)
        for row in (theirs, foreign):
            self.assertNotContains(self.client.get(f"{COLLECT}?added={row.pk}"), "In the inbox of")

    def test_collecting_needs_a_show_that_one_writes(self):
        for role, status in [(Role.VIEWER, 403), (Role.AD_MANAGER, 403), (Role.WRITER, 302)]:
            self.client.force_login(make_member(role, self.show, role))
            self.assertEqual(self.collect().status_code, status, role)
        self.assertEqual(InboxLink.objects.count(), 1)
        self.client.force_login(self.bob)
        self.assertContains(self.collect(), "Select a valid choice")
        self.assertEqual(InboxLink.objects.count(), 1)

    def test_without_a_token_nothing_is_saved(self):
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.alice)
        response = client.post(COLLECT, {"show": self.show.pk, "url": "https://example.org/a"})
        self.assertEqual(response.status_code, 403)
        self.assertFalse(InboxLink.objects.exists())

    def test_an_open_form_saves_as_if_nothing_had_been_collected_meanwhile(self):
        form = self.client.get(change_url(self.draft)).context["adminform"].form
        self.collect()
        response = self.client.post(change_url(self.draft), posted(form, title="Saved"))
        self.assertRedirects(response, "/admin/episodes/episode/")
        self.draft.refresh_from_db()
        self.assertEqual((self.draft.title, urls(self.draft)), ("Saved", []))
        self.assertEqual(InboxLink.objects.waiting().count(), 1)


def posted(form: Any, **values: Any) -> dict[str, Any]:
    """What a browser sends of an episode's form that has no rows."""
    shown = {
        name: form[name].value() or ""
        for name in ("seen", "number", "title", "slug", "guid", "summary", "tags", "episode_type")
        if not isinstance(form[name].value(), list)
    }
    rows = {
        f"{prefix}-{kind}_FORMS": 0 for prefix in ("links", "credits", "placements") for kind in ("TOTAL", "INITIAL")
    }
    return {**shown, **rows, **values}


class SortTests(Inbox):
    def setUp(self):
        super().setUp()
        self.links = [wait(self.show, f"https://{n}.example", text=f"{n}") for n in "abcd"]

    def sort(self, *links: InboxLink, **values: Any) -> Any:
        return self.client.post(
            sort_url(self.show), {"_selected_action": [row.pk for row in links], "episode": self.draft.pk, **values}
        )

    def test_what_is_ticked_becomes_the_last_links_in_the_order_of_the_numbers(self):
        add_link(self.draft, "https://first.example", position=7)
        a, b, c, d = self.links
        order = {f"order-{b.pk}": 2, f"order-{d.pk}": 1, f"order-{c.pk}": 0}
        response = self.sort(a, b, d, heading="Found", **order)
        self.assertRedirects(response, sort_url(self.show))
        rows = list(self.draft.links.values_list("position", "url", "text", "heading", "text_html"))
        self.assertEqual(
            rows,
            [
                (7, "https://first.example", "A page", "", "A page"),
                (8, "https://d.example", "d", "Found", "d"),
                (9, "https://b.example", "b", "", "b"),
                (10, "https://a.example", "a", "", "a"),
            ],
        )
        taken = dict(InboxLink.objects.values_list("text", "episode"))
        self.assertEqual(taken, {"a": self.draft.pk, "b": self.draft.pk, "c": None, "d": self.draft.pk})

    def test_a_published_page_is_written_anew_with_its_history(self):
        episode = make_episode(self.show, "001")
        self.sort(self.links[0], episode=episode.pk)
        episode.refresh_from_db()
        self.assertIn("https://a.example", episode.feed_html)
        self.assertLess(timezone.now() - episode.changed_at, timedelta(minutes=1))
        _, after = Version.objects.get_for_object(episode).order_by("pk")
        self.assertEqual(after.revision.user, self.alice)
        kept = Version.objects.get_for_model(Link)
        self.assertEqual([version.field_dict["url"] for version in kept], ["https://a.example"])
        self.assertEqual(kept.get().revision, after.revision)

    def test_links_of_a_deleted_episode_wait_again(self):
        self.sort(*self.links)
        self.draft.delete()
        self.assertEqual(InboxLink.objects.waiting().count(), 4)

    def test_a_mistake_is_said_and_changes_nothing(self):
        a = self.links[0]
        for links, values, sentence in [
            ((), {}, "Tick the links"),
            ((a,), {"episode": ""}, "This field is required."),
            ((a,), {"episode": make_episode(self.other, "009", published=False).pk}, "Select a valid choice."),
            ((a,), {"episode": "x"}, "Select a valid choice."),
            ((wait(self.other),), {}, "does not wait any more"),
            ((a,), {f"order-{a.pk}": "first"}, "The order is a whole number"),
            ((a,), {"heading": "\0"}, "Null characters"),
            ((a,), {"heading": "x" * 201}, "at most 200 characters"),
        ]:
            with self.subTest(sentence=sentence):
                response = self.sort(*links, **values)
                self.assertContains(response, sentence)
                self.assertContains(response, "No episode was changed.")
        self.assertFalse(Link.objects.exists())

    def test_one_link_goes_into_one_episode(self):
        self.sort(self.links[0])
        other = make_episode(self.show, "003", published=False)
        self.assertContains(self.sort(self.links[0], self.links[1], episode=other.pk), "does not wait any more")
        self.assertEqual((urls(self.draft), urls(other)), (["https://a.example"], []))

    def test_of_two_that_take_at_once_the_first_gets_the_link(self):
        other = make_episode(self.show, "003", published=False)
        self.assertEqual(take(self.links[:1], self.draft), 1)
        self.assertEqual(take(self.links[:2], other), 1)
        self.assertEqual((urls(self.draft), urls(other)), (["https://a.example"], ["https://b.example"]))

    def test_an_address_that_an_episode_has_is_marked(self):
        add_link(self.draft, "http://www.b.example/")
        add_link(make_episode(self.other, "007"), "https://a.example")
        response = self.client.get(sort_url(self.show))
        self.assertContains(response, "already in", 1)
        self.assertContains(response, "already in 002")

    def test_drafts_scheduled_and_the_newest_published_ones_are_offered(self):
        ahead = make_episode(self.show, "003", published_at=timezone.now() + timedelta(days=1))
        for number in range(25):
            make_episode(self.show, f"1{number:02}")
        groups = dict(self.client.get(sort_url(self.show)).context["form"].fields["episode"].choices[1:])
        self.assertEqual(groups["Drafts"], [(str(self.draft.pk), str(self.draft))])
        self.assertEqual(groups["Scheduled"], [(str(ahead.pk), str(ahead))])
        self.assertEqual([label[:3] for _, label in groups["Published"]], [f"1{n:02}" for n in range(24, 4, -1)])

    def test_discarding_asks_first(self):
        ticked = {"_selected_action": [self.links[0].pk], "action": "delete_selected", "episode": "", "heading": ""}
        response = self.client.post(LIST, ticked)
        self.assertContains(response, "Are you sure")
        self.assertEqual(InboxLink.objects.count(), 4)
        self.client.post(LIST, {**ticked, "post": "yes"})
        self.assertEqual([row.text for row in InboxLink.objects.all()], ["b", "c", "d"])

    def test_whoever_does_not_write_looks_and_others_see_nothing(self):
        for role in (Role.VIEWER, Role.AD_MANAGER):
            self.client.force_login(make_member(role, self.show, role))
            page = self.client.get(sort_url(self.show))
            self.assertContains(page, "a.example")
            self.assertNotContains(page, '<input type="checkbox"')
            self.assertEqual(self.sort(self.links[0]).status_code, 403)
            change = f"{LIST}{self.links[0].pk}/change/"
            self.assertEqual(self.client.post(change, {"url": "https://x.example"}).status_code, 403)
            self.assertEqual(self.client.get(f"{LIST}add/").status_code, 403)
            self.client.post(LIST, {"_selected_action": [self.links[0].pk], "action": "delete_selected", "post": "yes"})
        self.client.force_login(self.bob)
        self.assertEqual(self.client.get(sort_url(self.show)).status_code, 404)
        self.assertEqual(self.sort(self.links[0]).status_code, 404)
        self.assertNotContains(self.client.get(LIST), "a.example")
        self.assertEqual(self.client.get(f"{LIST}{self.links[0].pk}/change/").status_code, 302)
        self.client.post(LIST, {"_selected_action": [self.links[0].pk], "action": "delete_selected", "post": "yes"})
        self.client.logout()
        for path in (LIST, COLLECT, sort_url(self.show)):
            self.assertRedirects(self.client.get(path), f"/admin/login/?next={path}")
            self.assertContains(self.client.post(path, {"episode": self.draft.pk}), "Sign in", status_code=403)
        self.assertEqual(InboxLink.objects.waiting().count(), 4)

    def test_what_an_episode_has_taken_is_not_changed_in_the_inbox(self):
        self.sort(self.links[0])
        page = self.client.get(f"{LIST}{self.links[0].pk}/change/")
        self.assertNotContains(page, 'name="url"')
        self.assertContains(self.client.get(LIST), change_url(self.draft))
        self.assertContains(self.client.get(f"{LIST}?state=waiting"), "3 inbox")
        self.assertContains(self.client.get(f"{LIST}?state=taken"), "1 link in the inbox")

    def test_the_page_costs_the_same_with_200_links(self):
        self.client.get(sort_url(self.show))
        with self.assertNumQueries(12):
            self.client.get(sort_url(self.show))
        InboxLink.objects.bulk_create(InboxLink(show=self.show, url=f"https://{n}.example") for n in range(200))
        with self.assertNumQueries(12):
            self.client.get(sort_url(self.show))
        self.sort(*self.show.inbox.waiting())
        self.assertEqual(self.draft.links.count(), 204)


class FormTests(Inbox):
    def setUp(self):
        super().setUp()
        self.links = [wait(self.show, f"https://{n}.example", text=f"{n}") for n in "abc"]

    def test_ticked_links_are_added_after_the_rows_by_the_save_of_the_form(self):
        page = self.client.get(change_url(self.draft))
        self.assertContains(page, "3 links wait in the inbox")
        values = posted(page.context["adminform"].form, inbox=[self.links[0].pk, self.links[2].pk])
        row = {"links-TOTAL_FORMS": 1, "links-0-url": "https://typed.example", "links-0-title_kind": "text"}
        self.client.post(change_url(self.draft), values | row)
        self.assertEqual(urls(self.draft), ["https://typed.example", "https://a.example", "https://c.example"])
        self.assertEqual([row.text for row in InboxLink.objects.waiting()], ["b"])
        revision = Version.objects.get_for_object(self.draft).first().revision
        kept = Version.objects.get_for_model(Link).filter(revision=revision)
        self.assertEqual({version.field_dict["url"] for version in kept}, set(urls(self.draft)))
        self.assertContains(self.client.get(change_url(self.draft)), "1 link waits in the inbox")

    def test_a_new_episode_takes_from_the_inbox_of_its_show(self):
        page = self.client.get(ADD_EPISODE)
        self.assertContains(page, "3 links wait in the inbox")
        values = posted(page.context["adminform"].form, show=self.show.pk, number="009", title="New")
        self.client.post(ADD_EPISODE, values | {"inbox": [self.links[1].pk]})
        self.assertEqual(urls(Episode.objects.get(number="009")), ["https://b.example"])

    def test_of_several_shows_the_one_that_is_chosen_decides(self):
        Membership.objects.create(user=self.alice, show=self.other, role=Role.WRITER)
        self.assertNotContains(self.client.get(ADD_EPISODE), "in the inbox</summary>")
        self.assertContains(self.client.get(f"{ADD_EPISODE}?show={self.show.pk}"), "3 links wait in the inbox")
        for nonsense in ("x", "999", "9" * 30, ""):
            self.assertEqual(self.client.get(f"{ADD_EPISODE}?show={nonsense}").status_code, 200)

    def test_the_inbox_of_a_show_that_one_does_not_write_is_not_shown_by_naming_it(self):
        wait(self.other, "https://secret.example")
        self.assertNotContains(self.client.get(f"{ADD_EPISODE}?show={self.other.pk}"), "secret.example")
        refused = self.client.post(ADD_EPISODE, {"show": self.other.pk, "number": "009"})
        self.assertNotContains(refused, "secret.example")

    def test_a_link_that_somebody_took_meanwhile_is_said_and_nothing_is_lost(self):
        values = posted(self.client.get(change_url(self.draft)).context["adminform"].form)
        values |= {"title": "Typed with care", "inbox": [self.links[0].pk, self.links[1].pk]}
        InboxLink.objects.filter(pk=self.links[0].pk).update(episode=make_episode(self.show, "005"))
        response = self.client.post(change_url(self.draft), values)
        self.assertContains(response, "does not wait for this show any more")
        self.assertContains(response, 'value="Typed with care"')
        self.assertEqual(response.context["adminform"].form["inbox"].value(), [str(row.pk) for row in self.links[:2]])
        self.client.post(change_url(self.draft), values | {"inbox": [self.links[1].pk]})
        self.assertEqual(urls(self.draft), ["https://b.example"])

    def test_links_of_other_shows_and_of_no_episode_are_refused(self):
        foreign = wait(self.other, "https://secret.example")
        form = self.client.get(change_url(self.draft)).context["adminform"].form
        for tick in (foreign.pk, "x", "99999999999999999999"):
            response = self.client.post(change_url(self.draft), posted(form, inbox=[tick]))
            self.assertEqual(response.status_code, 200, tick)
            self.assertNotContains(response, "secret.example")
        self.assertEqual(urls(self.draft), [])

    def test_who_does_not_write_takes_nothing(self):
        form = self.client.get(change_url(self.draft)).context["adminform"].form
        for role in (Role.VIEWER, Role.AD_MANAGER):
            self.client.force_login(make_member(role, self.show, role))
            self.assertNotContains(self.client.get(change_url(self.draft)), "in the inbox</summary>")
            self.client.post(change_url(self.draft), posted(form, inbox=[self.links[0].pk]))
        self.assertEqual((urls(self.draft), InboxLink.objects.waiting().count()), ([], 3))

    def test_an_address_that_the_episode_has_is_marked(self):
        add_link(self.draft, "http://www.b.example/")
        self.assertContains(self.client.get(change_url(self.draft)), "in this episode already", 1)

    def test_the_form_costs_the_same_with_200_waiting_links(self):
        self.client.get(change_url(self.draft))
        with self.assertNumQueries(25):
            self.client.get(change_url(self.draft))
        InboxLink.objects.bulk_create(InboxLink(show=self.show, url=f"https://{n}.example") for n in range(200))
        with self.assertNumQueries(25):
            self.client.get(change_url(self.draft))


class AdministratorTests(TestCase):
    def test_without_a_show_nothing_can_be_collected_and_nothing_breaks(self):
        self.client.force_login(User.objects.create_superuser("root"))
        for path in (LIST, COLLECT, f"{LIST}add/", ADD_EPISODE):
            self.assertEqual(self.client.get(path).status_code, 200)
        self.assertEqual(self.client.post(COLLECT, {"url": "https://a.example"}).status_code, 200)
