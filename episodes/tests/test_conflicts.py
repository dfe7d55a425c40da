"""Two at one episode: the second save is refused, and nothing that anybody typed is lost."""

import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client, TestCase, TransactionTestCase

from episodes import derived
from episodes.chapters import replace_chapters
from episodes.exporters.notes import page_of
from episodes.formats.chapters import Chapter
from episodes.models import Episode, Link, Placement, history
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_episode,
    make_member,
    make_show,
)
from episodes.tests.test_admin import LIST, _Form, change_url, form_values, save
from lupcms.shows.models import Role
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def new_link(text: str, row: int = 1) -> dict[str, str]:
    values = {"url": "https://example.org/x", "text": text, "title_kind": "text"}
    return {f"links__{row}__{name}": value for name, value in values.items()} | {"links__TOTAL_FORMS": str(row + 1)}


def form_in(response: Any) -> dict[str, str]:
    """What a browser would post of the form that came back."""
    values = _Form(response.content.decode()).values
    values |= {name: "on" for name in values if name.endswith("-DELETE")}
    return {name: value for name, value in values.items() if "__prefix__" not in name and name != "q"}


class FingerprintTests(TestCase):
    def test_it_moves_with_everything_that_a_form_shows_and_with_nothing_else(self):
        episode = make_episode(make_show())
        link, credit, spot = add_link(episode), add_credit(episode), add_placement(episode)
        episode.tags.set(["lamps"])

        def seen() -> str:
            return history.fingerprint(Episode.objects.get(pk=episode.pk))

        before = seen()
        Episode.objects.filter(pk=episode.pk).update(excerpt="x", summary_html="x", feed_html="x")
        Link.objects.update(text_html="x")
        episode.tags.set(["lamps"], clear=True)
        self.assertEqual(seen(), before)
        found = {before}
        for change in (
            lambda: Episode.objects.filter(pk=episode.pk).update(season=4),
            lambda: Link.objects.filter(pk=link.pk).update(heading="Lamps"),
            lambda: type(credit).objects.filter(pk=credit.pk).update(name="Anna Host"),
            lambda: Placement.objects.filter(pk=spot.pk).update(starts_at_seconds=3),
            lambda: episode.tags.set(["oil"]),
            lambda: replace_chapters(episode, [Chapter(0, "Hello")]),
            lambda: add_link(episode, position=1),
        ):
            change()
            found.add(seen())
        self.assertEqual(len(found), 8)

    def test_it_costs_a_query_for_each_kind_of_row(self):
        episode = make_episode(make_show())
        with self.assertNumQueries(5):
            history.fingerprint(episode)


class ConflictTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.ann = make_member("ann", cls.show)
        cls.episode = make_episode(cls.show, summary="As it was.")
        cls.link = add_link(cls.episode)
        add_credit(cls.episode)
        add_placement(cls.episode)

    def setUp(self):
        self.client.force_login(self.alice)
        self.url = change_url(self.episode)
        self.opened = form_values(self.client, self.url)

    def theirs(self, **changes: str) -> None:
        response = save(client_of(self.ann), self.url, **changes)
        assert response.status_code == 302, response.content.decode()

    def mine(self, **changes: Any) -> Any:
        values = self.opened | {name.replace("__", "-"): value for name, value in changes.items()}
        return self.client.post(self.url, {**values, "_save": "Save"})

    def page(self) -> str:
        return page_of(Episode.objects.with_entries().get(pk=self.episode.pk)).decode()

    def again(self, response: Any) -> Any:
        """Press Save in the form that came back."""
        return self.client.post(self.url, {**form_in(response), "_save": "Save"})

    def test_the_second_save_is_refused_and_shows_both_texts(self):
        self.theirs(title="Their title")
        response = self.mine(summary="My summary")
        self.assertContains(response, "ann has saved this episode since you opened it")
        self.assertContains(response, "Their title")
        self.assertContains(response, "My summary")
        self.assertIn("Their title", self.page())
        self.assertNotIn("My summary", self.page())

    def test_mine_is_saved_over_theirs_by_one_press(self):
        self.theirs(title="Their title", links__0__DELETE="on")
        new = new_link("New")
        response = self.mine(summary="My summary", tags="lamps", links__0__text="My link", **new)
        self.assertEqual(self.again(response).status_code, 302)
        page = self.page()
        for words in ("The first tide", "My summary", "My link", "New", "lamps"):
            self.assertIn(words, page)
        self.assertNotIn("Their title", page)

    def test_a_spot_that_was_sent_twice_is_no_conflict(self):
        spot = {"sponsor": Sponsor.objects.get().pk, "name": "Oil again", "url": "https://oil.example", "kind": "paid"}
        values = {f"placements__1__{name}": value for name, value in spot.items()} | {"placements__TOTAL_FORMS": "2"}
        self.assertEqual([self.mine(**values).status_code for _ in range(2)], [302, 302])
        self.assertEqual(self.episode.placements.count(), 2)

    def test_a_save_that_differs_in_its_tags_alone_is_a_conflict(self):
        self.theirs(title="Same", tags="lamps")
        self.assertContains(self.mine(title="Same", tags="oil"), "ann has saved this episode")

    def test_of_many_rows_none_changes_its_place(self):
        for n in range(1, 12):
            add_link(self.episode, f"https://example.org/{n}", position=n + 1)
        self.opened = form_values(self.client, self.url)
        self.theirs(links__3__DELETE="on")
        self.assertEqual(self.again(self.mine(links__11__text="Mine")).status_code, 302)
        links = self.episode.links.values_list("url", "text")
        self.assertEqual(
            [url for url, _ in links], ["https://example.org/a", *(f"https://example.org/{n}" for n in range(1, 12))]
        )
        self.assertEqual(links.last()[1], "Mine")

    def test_a_row_that_both_took_out_does_not_come_back(self):
        self.theirs(links__0__DELETE="on", title="Their title")
        self.assertEqual(form_in(self.mine(links__0__DELETE="on"))["links-TOTAL_FORMS"], "0")

    def test_rows_that_they_added_are_marked_for_deletion_and_can_be_kept(self):
        new = new_link("Theirs")
        self.theirs(**new)
        response = self.mine(summary="My summary")
        self.assertContains(response, 'value="https://example.org/x"')
        self.assertRegex(response.content.decode(), r'name="links-1-DELETE"[^>]* checked')
        self.assertEqual(self.again(response).status_code, 302)
        self.assertNotIn("Theirs", self.page())
        self.assertEqual(Episode.objects.get().links.get(), self.link)

    def test_their_save_that_changed_nothing_is_no_conflict(self):
        self.theirs()
        self.assertEqual(self.mine(title="My title").status_code, 302)

    def test_a_save_that_was_sent_twice_is_no_conflict_and_is_done_once(self):
        new = new_link("New")
        sent = [self.mine(title="Mine", tags="a, b", **new).status_code for _ in range(2)]
        self.assertEqual(sent, [302, 302])
        self.assertEqual(Episode.objects.get().links.count(), 2)

    def test_an_import_meanwhile_is_a_conflict_too(self):
        Link.objects.update(text="Imported")
        derived.touch(self.episode)
        response = self.mine(summary="My summary")
        self.assertContains(response, "an import or another program has changed this episode")
        self.assertContains(response, "My summary")

    def test_a_form_that_does_not_say_what_it_showed_saves_nothing(self):
        del self.opened["seen"]
        self.assertContains(self.mine(title="Mine"), "Not saved")
        self.assertNotIn("Mine", self.page())

    def test_other_errors_are_shown_with_it(self):
        self.theirs(title="Their title")
        response = self.mine(air_date="nonsense", links__0__url="")
        self.assertContains(response, "Enter a valid date.")
        self.assertContains(response, "A link needs an address.")
        self.assertContains(response, "nonsense")
        self.assertContains(response, "ann has saved")

    def test_hostile_numbers_of_rows_are_no_error_of_the_server(self):
        self.theirs(title="Their title")
        for total in ("999999999", "-1", "x", ""):
            response = self.mine(links__TOTAL_FORMS=total, links__INITIAL_FORMS=total, **{"links-7-id": "x\0"})
            self.assertContains(response, "Not saved")

    def test_an_uploaded_file_is_to_be_chosen_again(self):
        self.theirs(title="Their title")
        response = self.mine(audio=SimpleUploadedFile("x.mp3", b"x"))
        self.assertContains(response, "Choose the file again")

    def test_a_deleted_episode_is_made_anew(self):
        client_of(self.ann).post(f"{LIST}{self.episode.pk}/delete/", {"post": "yes"})
        response = self.mine(summary="My summary", links__0__text="My link")
        self.assertContains(response, "was deleted since you opened it")
        self.assertContains(response, "My summary")
        self.assertFalse(Episode.objects.exists())
        self.assertContains(response, f'action="{LIST}add/"')
        again = self.client.post(f"{LIST}add/", {**form_in(response), "_save": "Save"})
        self.assertEqual(again.status_code, 302)
        self.assertIn("My link", page_of(Episode.objects.with_entries().get()).decode())

    def test_a_deleted_episode_of_another_show_does_not_exist(self):
        client_of(self.ann).post(f"{LIST}{self.episode.pk}/delete/", {"post": "yes"})
        bob = client_of(make_member("bob", make_show("other", "OT")))
        response = bob.post(self.url, {**self.opened, "_save": "Save"})
        self.assertRedirects(response, "/admin/", fetch_redirect_response=False)

    def test_a_viewer_saves_and_learns_nothing_new(self):
        self.theirs(title="Their title")
        vera = client_of(make_member("vera", self.show, Role.VIEWER))
        self.assertEqual(vera.post(self.url, {**self.opened, "_save": "Save"}).status_code, 403)

    def test_an_ad_manager_and_a_writer_meet(self):
        adam, will = (make_member(n, self.show, r) for n, r in (("adam", Role.AD_MANAGER), ("will", Role.WRITER)))
        opened = form_values(client_of(adam), self.url)
        self.assertEqual(save(client_of(will), self.url, title="Will's").status_code, 302)
        self.client.force_login(adam)
        response = self.client.post(self.url, {**opened, "placements-0-words": "New words.", "_save": "Save"})
        self.assertContains(response, "will has saved")
        self.assertEqual(self.again(response).status_code, 302)
        self.assertIn("New words.", self.page())
        self.assertIn("Will's", self.page())

    def test_a_new_episode_that_is_sent_twice_is_made_once(self):
        url = f"{LIST}add/"
        values = form_values(self.client, url) | {"number": "002", "title": "Twice", "_save": "Save"}
        values |= {name.replace("__", "-"): value for name, value in new_link("x", 0).items()}
        self.assertEqual([self.client.post(url, values).status_code for _ in range(2)], [302, 302])
        there = Episode.objects.get(number="002")
        self.assertEqual(there.links.count(), 1)
        response = self.client.post(url, {**values, "title": "Changed"})
        self.assertContains(response, "there is an episode with this number already")
        self.assertContains(response, change_url(there))
        self.assertContains(response, "Changed")

    def test_the_number_of_another_shows_episode_is_told_to_nobody(self):
        other = make_show("other", "OT")
        make_episode(other, "777", title="Secret")
        values = form_values(self.client, f"{LIST}add/") | {"show": str(other.pk), "number": "777", "title": "x"}
        self.assertNotContains(self.client.post(f"{LIST}add/", values), "Secret")


class AtTheSameMomentTests(TransactionTestCase):
    def at_once(self, *posts: tuple[Client, str, dict[str, str]]) -> list[int]:
        gate, found = threading.Barrier(len(posts)), []

        def send(client: Client, url: str, values: dict[str, str]) -> None:
            gate.wait()
            found.append(client.post(url, values).status_code)
            connections.close_all()

        threads = [threading.Thread(target=send, args=post) for post in posts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(found)

    def setUp(self):
        if connection.vendor == "sqlite" and connection.is_in_memory_db():
            self.skipTest("Threads share a database in memory.")
        self.show = make_show()
        self.clients = [client_of(make_member(name, self.show)) for name in ("alice", "ann")]

    def test_exactly_one_of_two_saves_wins(self):
        episode = make_episode(self.show)
        for round_ in range(3):
            values = [form_values(client, change_url(episode)) for client in self.clients]
            titles = [f"{round_} by Alice", f"{round_} by Ann"]
            posts = [
                (client, change_url(episode), {**value, "title": title, "_save": "Save"})
                for client, value, title in zip(self.clients, values, titles, strict=True)
            ]
            self.assertEqual(self.at_once(*posts), [200, 302])
            episode.refresh_from_db()
            self.assertIn(episode.title, titles)

    def test_exactly_one_of_two_new_episodes_gets_the_number(self):
        values = [form_values(client, f"{LIST}add/") for client in self.clients]
        posts = [
            (client, f"{LIST}add/", {**value, "number": "007", "title": f"{n}", "_save": "Save"})
            for n, (client, value) in enumerate(zip(self.clients, values, strict=True))
        ]
        self.assertEqual(self.at_once(*posts), [200, 302])
        self.assertEqual(Episode.objects.count(), 1)


@pytest.mark.django_db(transaction=True)
@needs_chromium
@needs_npm
class TestInChromium:
    @pytest.fixture
    def two(self, live_server: Any, browser: Any) -> Any:
        """Alice and Ann, each in a browser of their own, with the same episode open. Without script: HTML can do it."""
        show = make_show()
        episode = make_episode(show, summary="As it was.")
        add_link(episode)
        contexts = [browser.new_context(java_script_enabled=name == "alice") for name in ("alice", "ann")]
        visitors = [Visitor(context) for context in contexts]
        for visitor, name in zip(visitors, ("alice", "ann"), strict=True):
            sign_in(visitor, live_server.url, make_member(name, show))
            visitor.page.goto(live_server.url + change_url(episode))
        yield visitors, episode
        for context in contexts:
            context.close()

    def test_the_second_of_two_browsers_is_refused_and_shows_both_texts_and_both_ways_out_work(self, two):
        (alice, ann), episode = two
        ann.page.get_by_label("Title:").first.fill("Ann was here")
        ann.page.get_by_role("button", name="Save", exact=True).click()
        alice.page.get_by_label("About this episode").fill("Alice wrote this.")
        alice.page.get_by_label("Text", exact=True).first.fill("Alice's link")
        alice.page.get_by_role("button", name="Save", exact=True).click()
        panel = alice.page.locator(".conflict")
        assert "ann has saved this episode since you opened it" in panel.inner_text()
        assert {"Ann was here", "Alice wrote this."} <= {
            words for words in ("Ann was here", "Alice wrote this.") if words in panel.inner_text()
        }
        assert alice.page.get_by_label("Text", exact=True).first.input_value() == "Alice's link"
        assert accessibility_problems(alice.page, ("serious", "critical")) == []
        alice.page.get_by_role("button", name="Save mine over theirs").click()
        assert urlsplit(alice.page.url).path == change_url(episode)
        episode.refresh_from_db()
        assert (episode.title, episode.summary) == ("The first tide", "Alice wrote this.")
        # And the other way round.
        ann.page.goto(alice.page.url)
        alice.page.get_by_label("Title:").first.fill("Alice was here")
        alice.page.get_by_role("button", name="Save", exact=True).click()
        ann.page.get_by_label("Title:").first.fill("Mine")
        ann.page.get_by_role("button", name="Save", exact=True).click()
        ann.page.get_by_role("link", name="Take theirs").click()
        assert ann.page.get_by_label("Title:").first.input_value() == "Alice was here"
        assert [*alice.complaints, *ann.complaints] == []
