"""After an import: what is found, what one press does, and that nothing is done unasked."""

from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.core.cache import cache
from django.db import connection
from django.test import Client, TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from reversion.models import Version

from episodes.after_import import KINDS
from episodes.after_import.leaving import find
from episodes.models import Chapter, Episode, ImportRun, LeftAsItIs, Link, Placement, UsualLink, history
from episodes.private_addresses import found_in, without
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from hosts.models import Host, HostName
from lupcms.shows.models import Membership, Role, Show, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Kind, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

# Of the page with all kinds.
QUERIES = 38
# Of a press that changes many rows, the redirect not counted.
REPAIRS = {"private": 63, "code-address": 42, "addresses": 50, "no-guid": 40}
PAGE = "/admin/episodes/importrun/after-import/"
DESK = "https://app.fireside.fm/podcasts/1/episodes/2/edit"


def said(show: Show, kind: str) -> list[tuple[str, int]]:
    return [(finding.says, finding.count) for finding in KINDS[kind].find(show)]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"Look [here]({DESK}) now.", "Look here now."),
        (f'Look [here](<{DESK}> "the desk") now.', "Look here now."),
        (f"Look {DESK} now.", "Look now."),
        (f"Look <{DESK}>.", "Look."),
        (f"Look: {DESK}, now", "Look:, now"),
        (f"({DESK})", "()"),
        (f"{DESK}/more", f"{DESK}/more"),
        ("[here](https://example.org/a)", "[here](https://example.org/a)"),
    ],
)
def test_an_address_goes_from_a_text_and_its_words_stay(text, left):
    assert without(text, {DESK}) == left


@given(st.lists(st.sampled_from([DESK, "https://example.org/", "[a](", ")", "<", ">", " ", "\n", "b", ".", '"'])))
def test_what_is_found_in_a_text_is_not_in_it_any_more_when_it_was_taken_out(parts):
    text = "".join(parts)
    urls = set(found_in(text))
    assert not urls & set(found_in(without(text, urls)))
    assert without(text, ()) == text


def everything(show: Show, first: int, count: int) -> None:
    """Each kind several times."""
    left = {"name": ["notes", "x"]}
    for n in range(first, first + count):
        episode = make_episode(show, f"x{n}", guid=None, summary=f"{DESK}/{n}")
        add_link(episode, f"example.org/{n}")
        add_link(episode, f"{DESK}/{n}", heading="A")
        add_link(episode, "https://shop.example")
        Chapter.objects.create(episode=episode, starts_at_seconds=0, url=f"example.org/{n}")
        add_placement(episode, f"Rope number{n}", promo_code=f"rope.example/{n}", url="rope.example")
        add_placement(episode, f"Rope number{n}", promo_code=f"ROPE.example/{n}", url="rope.example")
        add_credit(episode, f"ann-{n}", "Ann Host")
        HostName.objects.known_as(show, f"gil-{n}", f"Gil {n}", left)
        add_placement(episode, "Sail" if n % 2 else "Sails", promo_code="x", kind=Kind.PAID)
        Sponsor.objects.create(name=f"Old {n}", slug=f"old-{n}", imported=left)


class AfterImportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice = make_member("alice", cls.show, Role.OWNER)
        # Nothing is wrong with these, and everything is on another show.
        cls.first = make_episode(cls.show, "001", enclosure_url="https://cdn.example/1.mp3")
        add_link(cls.first)
        add_credit(cls.first)
        add_placement(cls.first, kind=Kind.PAID)
        away = make_episode(cls.other, "001", guid=None, summary=DESK)
        add_link(away, "secret.example/a")
        add_link(away, DESK)
        add_placement(away, "Secret Ltd", promo_code="secret.example/x", url="secret.example")
        add_placement(away, "Secret Ltd", promo_code="SECRET.EXAMPLE/x")

    def setUp(self):
        cache.clear()
        self.client.force_login(self.alice)

    def page(self, kind: str = "") -> Any:
        response = self.client.get(f"{PAGE}{self.show.pk}/{kind and f'{kind}/'}")
        self.assertEqual(response.status_code, 200)
        return response

    def press(self, kind: str, at: int | None = 0, **sent: str) -> Any:
        """The button of the finding at that place, or that of all."""
        key = "" if at is None else KINDS[kind].find(self.show)[at].key
        return self.client.post(f"{PAGE}{self.show.pk}/{kind}/", {"finding": key, **sent}, follow=True)

    def confirm(self, summary: Any, kind: str) -> Any:
        sent = {**summary.context["sent"], "stage": "confirm"}
        return self.client.post(f"{PAGE}{self.show.pk}/{kind}/", sent, follow=True)

    def press_and_confirm(self, kind: str, at: int | None = 0, **sent: str) -> Any:
        summary = self.press(kind, at, **sent)
        self.assertContains(summary, "Nothing has changed yet.")
        return self.confirm(summary, kind)

    def versions(self, episode: Episode) -> int:
        return Version.objects.get_for_object(episode).count()

    def test_there_is_nothing_to_do_where_nothing_is_wrong(self):
        page = self.page()
        self.assertContains(page, "There is nothing to do.")
        self.assertNotContains(page, "ecret")
        for kind in KINDS:
            self.assertEqual(KINDS[kind].find(self.show), [], kind)

    def test_what_was_done_on_other_shows_is_found_there(self):
        found = {kind: len(KINDS[kind].find(self.other)) for kind in KINDS}
        self.assertEqual(
            {kind: count for kind, count in found.items() if count},
            {
                "code-address": 2,
                "code-case": 1,
                "unknown-kinds": 1,
                "addresses": 1,
                "sponsor-addresses": 1,
                "private": 1,
                "no-audio": 1,
                "no-guid": 1,
            },
        )

    # --- Left as it is ---

    def leave(self, kind: str, at: int = 0, what: str = "leave", **sent: str) -> Any:
        key = KINDS[kind].find(self.show)[at].key
        return self.client.post(f"{PAGE}{self.show.pk}/{kind}/{what}/", {"finding": key, **sent}, follow=True)

    def open_here(self, kind: str) -> list[str]:
        return [finding.says for finding in find(self.show, [KINDS[kind]])[kind].open]

    def test_what_is_left_is_listed_apart_with_who_and_when_and_can_be_taken_up_again(self):
        for url in ("example.org/a", "example.org/b"):
            add_link(self.first, url)
        page = self.leave("addresses")
        self.assertContains(page, "Left as it is: example.org/a becomes https://example.org/a. It stands below")
        self.assertContains(page, "1 left as it is")
        self.assertContains(page, f"Left by alice, {timezone.now():%-d %B %Y}")
        self.assertEqual(self.open_here("addresses"), ["example.org/b becomes https://example.org/b"])
        self.leave("addresses")
        self.assertEqual(LeftAsItIs.objects.count(), 1)
        self.assertContains(self.leave("addresses", what="again"), "Taken up again.")
        self.assertEqual(len(self.open_here("addresses")), 2)
        self.assertContains(self.leave("addresses", what="again"), "Somebody has taken it up already.")
        self.assertEqual(self.versions(self.first), 0)

    def test_the_page_of_a_kind_is_where_one_goes_on_leaving(self):
        for n in range(7):
            add_link(self.first, f"example.org/{n}")
        page = self.leave("addresses", on="kind")
        self.assertRedirects(page, f"{PAGE}{self.show.pk}/addresses/")
        self.assertContains(page, "1 left as it is")
        self.assertNotContains(self.page("private"), "left as it is")
        for at in range(1, 7):
            page = self.leave("addresses", at, on="kind")
        self.assertContains(page, "Nothing of this kind is left.")
        self.assertContains(page, "7 left as they are")
        self.assertContains(self.page(), "There is nothing to do.")

    def test_no_repair_touches_what_was_left(self):
        for url in ("example.org/a", "example.org/b", "example.org/c"):
            add_link(self.first, url)
        self.leave("addresses")
        self.assertContains(self.press("addresses"), "or left it as it is. Nothing was changed.")
        summary = self.press("addresses", None)
        self.assertNotContains(summary, "example.org/a")
        # Somebody else leaves one more of them before it is confirmed.
        self.leave("addresses", 1)
        self.confirm(summary, "addresses")
        urls = list(Link.objects.filter(episode=self.first).order_by("pk").values_list("url", flat=True)[1:])
        self.assertEqual(urls, ["example.org/a", "example.org/b", "https://example.org/c"])

    def test_what_was_left_comes_back_when_its_facts_change(self):
        add_credit(self.first, "ann-h", "Ann Host")
        for code in ("ROPE20", "rope20"):
            add_placement(self.first, "Rope", promo_code=code, kind=Kind.PAID)
        for kind in ("duplicate-people", "code-case"):
            self.leave(kind)
            self.assertEqual(self.open_here(kind), [])
        add_placement(self.first, "Rope", promo_code="ROPE20", kind=Kind.PAID)
        self.assertEqual(self.open_here("code-case"), [])
        add_placement(self.first, "Rope", promo_code="Rope20", kind=Kind.PAID)
        add_credit(self.first, "ann-3", "Ann Host")
        for kind in ("duplicate-people", "code-case"):
            self.assertEqual(len(self.open_here(kind)), 1, kind)

    def test_a_weak_hint_that_was_left_comes_back_as_a_strong_one(self):
        add_credit(self.first, "captain", "Ann")
        self.leave("duplicate-people")
        self.assertEqual(self.open_here("duplicate-people"), [])
        HostName.objects.filter(name="Ann").update(name="Ann Host")
        self.assertEqual(len(self.open_here("duplicate-people")), 1)

    def test_a_link_of_most_episodes_stays_left_with_the_next_episode(self):
        self.fill(8)
        self.leave("usual-links")
        add_link(make_episode(self.show, "050", published_at=timezone.now()), "https://shop.example", text="Shop")
        self.assertEqual(len(KINDS["usual-links"].find(self.show)), 1)
        self.assertEqual(self.open_here("usual-links"), [])

    def test_the_start_page_does_not_count_what_was_left(self):
        ImportRun.objects.create(show=self.show, source="notes", origin="old")
        for url in ("example.org/a", "example.org/b"):
            add_link(self.first, url)
        self.assertContains(self.client.get("/admin/"), "After an import <b>2</b>")
        self.leave("addresses")
        self.assertContains(self.client.get("/admin/"), "After an import <b>1</b>")
        self.leave("addresses", 1, on="kind")
        self.assertNotContains(self.client.get("/admin/"), "After an import <b>")

    def test_on_another_show_it_is_not_left(self):
        for show in (self.show, self.other):
            add_link(show.episodes.get(), "example.org/a")
        self.leave("addresses")
        left = {show.acronym: len(find(show, [KINDS["addresses"]])["addresses"].left) for show in Show.objects.all()}
        self.assertEqual(left, {"TR": 1, "LT": 0})

    def test_only_who_may_repair_leaves_and_takes_up_again(self):
        everything(self.show, 0, 6)
        theirs = KINDS["addresses"].find(self.other)[0].key
        for role in (*Role.values, "charlie"):
            user = User.objects.create(username=role, is_staff=True)
            if role in Role.values:
                Membership.objects.create(user=user, show=self.show, role=role)
            self.client.force_login(user)
            for name, kind in KINDS.items():
                may = user.may(kind.sees, self.show.pk) and user.may(kind.repairs, self.show.pk)
                url = f"{PAGE}{self.show.pk}/{name}/"
                page = self.client.get(url)
                self.assertEqual("Leave it" in page.content.decode(), may, (role, name))
                for what in ("leave", "again"):
                    status = self.client.post(f"{url}{what}/", {"finding": kind.find(self.show)[0].key}).status_code
                    self.assertEqual(status, 302 if may else 404 if role == "charlie" else 403, (role, name, what))
            for show in (self.show, self.other):
                self.client.post(f"{PAGE}{show.pk}/addresses/leave/", {"finding": theirs})
            self.assertEqual(LeftAsItIs.objects.count(), 0, role)
        self.assertEqual(self.client.post(f"{PAGE}{self.show.pk}/nonsense/leave/").status_code, 404)

    def test_a_viewer_of_the_list_reads_what_was_left_without_a_press(self):
        everything(self.show, 0, 6)
        self.leave("usual-links")
        self.client.force_login(make_member("wanda", self.show, Role.WRITER))
        page = self.page("usual-links")
        self.assertContains(page, "1 left as it is")
        self.assertNotContains(page, "Take it up again")

    # --- Addresses ---

    def test_an_address_without_a_scheme_gets_it_with_one_press(self):
        link = add_link(self.first, "example.org/tide")
        before = self.versions(self.first)
        self.assertEqual(said(self.show, "addresses"), [("example.org/tide becomes https://example.org/tide", 1)])
        page = self.press("addresses")
        self.assertContains(page, "Addresses without https://: 1 change in 1 episode.")
        link.refresh_from_db()
        self.first.refresh_from_db()
        self.assertEqual(link.url, "https://example.org/tide")
        self.assertIn("https://example.org/tide", self.first.feed_html)
        # What the factories wrote was kept first.
        self.assertEqual(self.versions(self.first), before + 2)
        self.assertEqual(
            LogEntry.objects.get().get_change_message(), "Addresses without https://: put https:// in front."
        )

    def test_what_does_not_look_like_a_host_is_left(self):
        for url in (
            "index.html",
            "/episodes",
            "mailto:a@example.org",
            "httpbin",
            "ftp://example.org",
            "",
            "a@b.example",
        ):
            add_link(self.first, url)
        self.assertEqual(said(self.show, "addresses"), [])

    def test_several_are_shown_before_they_change_and_each_episode_has_one_version_more(self):
        second = make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3")
        for episode in (self.first, self.first, second):
            add_link(episode, "example.org/a")
        add_link(second, "httpbin.org/b")
        Chapter.objects.create(episode=second, starts_at_seconds=0, url="//example.org/c")
        summary = self.press("addresses", None)
        self.assertContains(summary, "5 changes in 2 episodes")
        self.assertContains(summary, "2 of the episodes are published.")
        self.assertContains(summary, "Link: example.org/a becomes https://example.org/a", 3)
        self.assertEqual(Link.objects.filter(url="example.org/a").count(), 3)
        self.assertContains(self.confirm(summary, "addresses"), "5 changes in 2 episodes. To undo it")
        self.assertEqual(said(self.show, "addresses"), [])
        self.assertEqual((self.versions(self.first), self.versions(second)), (2, 2))
        self.assertEqual(second.chapters.get().url, "https://example.org/c")
        self.assertTrue(Link.objects.filter(episode__show=self.other, url="secret.example/a").exists())

    def test_what_is_too_much_for_one_press_is_left_for_the_next(self):
        second = make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3")
        for episode in (self.first, second, self.first):
            add_link(episode, "example.org/a")
        with patch("episodes.after_import.repair.MOST_AT_ONCE", 1):
            summary = self.press("addresses")
            self.assertContains(summary, "These are the first 1. 1 more episode is left as it is: press again for it.")
            # Of what comes between, nothing is taken for what was shown.
            before = make_episode(self.show, "000", enclosure_url="https://cdn.example/0.mp3")
            add_link(before, "example.org/a", position=0)
            self.assertContains(self.confirm(summary, "addresses"), "2 changes in 1 episode.")
        rest = Link.objects.filter(url="example.org/a", episode__show=self.show)
        self.assertEqual(set(rest.values_list("episode", flat=True)), {before.pk, second.pk})

    def test_one_of_several_findings_is_repaired_alone(self):
        add_link(self.first, "example.org/a")
        add_link(self.first, "example.org/b")
        self.press("addresses", 1)
        self.assertEqual(said(self.show, "addresses"), [("example.org/a becomes https://example.org/a", 1)])

    def test_what_somebody_changed_since_the_summary_stays(self):
        add_link(self.first, "example.org/a")
        changed = add_link(self.first, "example.org/a")
        summary = self.press("addresses")
        Link.objects.filter(pk=changed.pk).update(url="https://other.example")
        add_link(self.first, "example.org/a")
        page = self.confirm(summary, "addresses")
        self.assertContains(page, "1 change in 1 episode. 1 change had become another meanwhile and was left.")
        self.assertEqual(
            list(self.first.links.order_by("pk").values_list("url", flat=True)),
            ["https://example.org/a", "https://example.org/a", "https://other.example", "example.org/a"],
        )

    def test_a_finding_that_is_gone_is_said_to_be_gone(self):
        page = self.client.post(f"{PAGE}{self.show.pk}/addresses/", {"finding": "0" * 16}, follow=True)
        self.assertContains(page, "This is not so any more")

    def test_addresses_of_spots_and_of_sponsors_get_their_scheme(self):
        spot = add_placement(self.first, "Rope", url="rope.example", kind=Kind.PAID)
        Sponsor.objects.filter(name="Rope").update(url="rope.example")
        summary = self.press("sponsor-addresses")
        self.assertContains(summary, "lists it as a later change")
        for of in ("Spot", "Sponsor"):
            self.assertContains(summary, f"{of} “Rope”: rope.example becomes https://rope.example", 1)
        self.confirm(summary, "sponsor-addresses")
        spot.refresh_from_db()
        self.assertEqual((spot.url, spot.sponsor.url), ("https://rope.example", "https://rope.example"))
        self.assertEqual(LogEntry.objects.count(), 2)

    # --- Private addresses ---

    def test_a_private_link_goes_and_its_topic_stays(self):
        add_link(self.first, DESK, heading="Later", position=5)
        following = add_link(self.first, "https://example.org/b", position=6)
        self.press_and_confirm("private")
        following.refresh_from_db()
        self.assertEqual(following.heading, "Later")
        self.assertFalse(self.first.links.filter(url=DESK).exists())
        self.assertEqual(said(self.show, "private"), [])

    def test_a_private_address_goes_from_what_it_is_about_and_from_descriptions(self):
        Episode.objects.filter(pk=self.first.pk).update(summary=f"The moon, [edited]({DESK}), did it.")
        link = add_link(self.first, "https://example.org/b", description=f"See http://10.0.0.7/notes and {DESK}")
        self.assertEqual(said(self.show, "private"), [("http://10.0.0.7/notes", 1), (DESK, 2)])
        summary = self.press("private", None)
        self.assertContains(summary, f"Episode, about this episode, without {DESK}")
        self.confirm(summary, "private")
        link.refresh_from_db()
        self.first.refresh_from_db()
        self.assertEqual(self.first.summary, "The moon, edited, did it.")
        self.assertEqual(link.description, "See and")
        self.assertIn("The moon, edited, did it.", self.first.feed_html)

    def test_private_ones_of_every_sort_are_found_among_the_others(self):
        urls = [
            "http://localhost:8000/a",
            "http://nas/x",
            "https://tide.fireside.fm/admin/episodes",
            "https://blog.example/wp-admin/post.php?post=1",
            "http://[fd00::1]/a",
            "http://user@nas.local/a",
        ]
        for url in [*urls, "https://example.org/administration", "https://fireside.fm/about", "https://1.1.1.1/"]:
            add_link(self.first, url)
        self.assertEqual([text for text, _ in said(self.show, "private")], sorted(urls))

    # --- Codes ---

    def test_an_address_in_the_code_moves_so_that_nothing_said_is_lost(self):
        rows = {
            "same": {"url": "http://www.rope.example/ssh/", "words": "Rope."},
            "none": {"url": "", "words": "Rope."},
            "said": {"url": "https://rope.example", "words": "Go to rope.example/ssh today."},
            "else": {"url": "https://rope.example", "words": "Rope."},
        }
        spots = {
            name: add_placement(self.first, "Rope", promo_code="rope.example/ssh", kind=Kind.PAID, **fields)
            for name, fields in rows.items()
        }
        self.assertEqual(said(self.show, "code-address"), [("Rope: rope.example/ssh", 4)])
        summary = self.press("code-address")
        self.assertContains(summary, "lists it as a later change")
        self.confirm(summary, "code-address")
        now = {name: Placement.objects.get(pk=spot.pk) for name, spot in spots.items()}
        self.assertEqual({row.promo_code for row in now.values()}, {""})
        self.assertEqual(
            {name: (row.url, row.words) for name, row in now.items()},
            {
                "same": ("http://www.rope.example/ssh/", "Rope."),
                "none": ("https://rope.example/ssh", "Rope."),
                "said": ("https://rope.example", "Go to rope.example/ssh today."),
                "else": ("https://rope.example", "Rope. rope.example/ssh"),
            },
        )
        self.assertEqual(now["else"].words_html, "Rope. rope.example/ssh")

    def test_the_sponsors_statement_shows_it_as_a_later_change(self):
        spot = add_placement(self.first, "Rope", promo_code="rope.example/ssh", url="", kind=Kind.PAID)
        self.press("code-address")
        rows = Placement.objects.filter(pk=spot.pk).with_changes(spot.sponsor)
        self.assertEqual(
            [(change.by, change.fields) for change in rows[0].changes],
            [("alice", [("address", "", "https://rope.example/ssh"), ("promo code", "rope.example/ssh", "")])],
        )

    def test_codes_with_a_dot_are_codes(self):
        for code in ("TIDE.10", "SAVE.NOW", "v1.2", "a.b c/d", "https://rope.example/x"):
            add_placement(self.first, "Rope", promo_code=code, kind=Kind.PAID)
        self.assertEqual([text for text, _ in said(self.show, "code-address")], ["Rope: https://rope.example/x"])

    def test_one_spelling_is_chosen_for_all_codes_of_a_sponsor(self):
        for code in ("ROPE20", "rope20", "ROPE20", "Rope20"):
            add_placement(self.first, "Rope", promo_code=code, kind=Kind.PAID)
        add_placement(self.first, "Sail", promo_code="rope20", kind=Kind.PAID)
        (finding,) = KINDS["code-case"].find(self.show)
        self.assertEqual((finding.says, finding.count), ("Rope: “ROPE20”, “rope20”, “Rope20”", 4))
        self.assertEqual(finding.chosen, "ROPE20")
        self.assertContains(self.press("code-case"), "Choose first. Nothing was changed.")
        self.assertContains(self.press("code-case", answer="sail"), "Nothing was changed.")
        self.press_and_confirm("code-case", answer="rope20")
        codes = Placement.objects.filter(episode=self.first).exclude(name="Lamp Oil Ltd")
        self.assertEqual(set(codes.values_list("name", "promo_code")), {("Rope", "rope20"), ("Sail", "rope20")})

    def test_an_offer_knows_the_spelling(self):
        for code in ("ROPE20", "ROPE20", "rope20"):
            sponsor = add_placement(self.first, "Rope", promo_code=code, kind=Kind.PAID).sponsor
        make_offer(sponsor, self.show, promo_code="Rope20")
        (finding,) = KINDS["code-case"].find(self.show)
        self.assertEqual((finding.chosen, len(finding.choices)), ("Rope20", 3))

    def test_a_kind_is_set_for_all_unknown_spots_of_a_sponsor_on_the_show(self):
        second = make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3")
        for episode in (self.first, second, make_episode(self.other, "002")):
            add_placement(episode, "Rope")
        add_placement(second, "Rope", kind=Kind.HOUSE)
        self.assertEqual(said(self.show, "unknown-kinds"), [("Rope", 2)])
        self.assertContains(self.press("unknown-kinds", answer="unknown"), "Nothing was changed.")
        self.press_and_confirm("unknown-kinds", answer="affiliate")
        kinds = Placement.objects.filter(name="Rope").order_by("pk").values_list("kind", flat=True)
        self.assertEqual(list(kinds), ["affiliate", "affiliate", "unknown", "house"])

    # --- Sponsors and people ---

    def test_sponsors_of_one_name_or_one_address_lead_to_the_page_that_merges_them(self):
        for name, url in (
            ("Rope & Sons", "https://rope.example/"),
            ("rope and sons", "https://a.example"),
            ("Rope and Sons", "https://b.example"),
            ("The Ropes", "www.rope.example/?tide"),
            ("Sail", "https://sail.example"),
            ("Sail Cloud", "https://cloud.example"),
        ):
            add_placement(self.first, name, url=url, kind=Kind.PAID)
        found = KINDS["duplicate-sponsors"].find(self.show)
        names = {sponsor.pk: sponsor.name for sponsor in Sponsor.objects.all()}
        self.assertEqual(
            [({names[pk] for pk in finding.merges}, finding.says.rpartition(": ")[2]) for finding in found],
            [
                ({"Rope & Sons", "The Ropes"}, "the same address"),
                ({"rope and sons", "Rope and Sons"}, "alike in name"),
                ({"Sail", "Sail Cloud"}, "one name begins as the other, which is a weak hint"),
            ],
        )
        page = self.page()
        self.assertContains(page, "Merge…", 3)
        sent = {"action": "merge", "_selected_action": found[1].merges}
        self.assertContains(self.client.post("/admin/sponsors/sponsor/", sent), "Which one stays?")

    def test_people_of_one_name_are_found_also_beyond_the_show(self):
        add_credit(self.first, "annhost", "Ánn Host")
        add_credit(make_episode(self.other, "002"), "ann-h", "Ann  Host")
        add_credit(make_episode(self.other, "003"), "zed", "Zed")
        add_credit(make_episode(self.other, "004"), "zed2", "ZED")
        (finding,) = KINDS["duplicate-people"].find(self.show)
        self.assertIn("“Ann  Host (ann-h)” (0 episodes here)", finding.says)
        sent = {"action": "merge", "_selected_action": finding.merges}
        self.assertContains(self.client.post("/admin/hosts/host/", sent), "annhost")
        self.assertContains(self.page(), "Merge…", 1)
        self.assertEqual(
            set(finding.merges), set(Host.objects.filter(names__slug__startswith="ann").values_list("pk", flat=True))
        )
        # Once, whoever of the two it credits, and as often.
        add_credit(self.first, "annhost", "Ánn Host", role="guest")
        add_credit(self.first, "ann-h", "Ann  Host")
        (finding,) = KINDS["duplicate-people"].find(self.show)
        self.assertEqual(finding.episodes, (self.first.pk,))
        self.assertIn("“Ánn Host (annhost)” (1 episode here)", finding.says)
        self.assertIn("“Ann  Host (ann-h)” (1 episode here)", finding.says)

    def test_people_and_sponsors_that_an_import_left_and_nothing_names_are_deleted(self):
        left = {"name": ["notes", "x"]}
        for slug, name in (("gil", "Gil"), ("eve", "Eve"), ("ida", "Ida"), ("may", "May")):
            HostName.objects.known_as(self.show, slug, name, left)
        HostName.objects.known_as(self.other, "eve", "Eve", left)
        Host.objects.filter(name="Ida").update(bio="She sails.")
        HostName.objects.filter(slug="may").update(imported={})
        for name in ("Old Ltd", "Busy Ltd", "Own Ltd"):
            Sponsor.objects.create(name=name, slug=name[:3].lower(), imported=left)
        make_offer(Sponsor.objects.get(name="Busy Ltd"))
        Sponsor.objects.filter(name="Own Ltd").update(imported={})
        self.assertEqual(said(self.show, "unused-people"), [("Gil (gil)", 1)])
        self.assertEqual(said(self.show, "unused-sponsors"), [("Old Ltd", 1)])
        self.assertContains(self.press("unused-people"), "People whom nothing names: 1 change.")
        self.press("unused-sponsors")
        self.assertFalse(HostName.objects.filter(slug="gil").exists())
        self.assertEqual(
            set(Host.objects.filter(name__in=["Gil", "Eve", "Ida", "May"]).values_list("name", flat=True)),
            {"Eve", "Ida", "May"},
        )
        self.assertEqual(
            set(Sponsor.objects.filter(name__endswith=" Ltd").values_list("name", flat=True)),
            {"Busy Ltd", "Own Ltd", "Lamp Oil Ltd", "Secret Ltd"},
        )
        self.assertEqual(set(LogEntry.objects.values_list("object_repr", flat=True)), {"Gil", "Old Ltd"})

    # --- Links of most episodes ---

    def fill(self, count: int) -> None:
        for number in range(2, count + 2):
            episode = make_episode(self.show, f"{number:03}", enclosure_url=f"https://cdn.example/{number}.mp3")
            add_link(
                episode,
                f"http://www.shop.example/{'' if number % 2 else '?'}".rstrip("?"),
                text="Shop",
                heading="Always",
            )
            add_link(episode, f"https://example.org/{number}")
            if number < 6:
                add_link(episode, "https://rare.example")

    def test_a_link_of_most_episodes_becomes_a_usual_one_and_old_episodes_keep_theirs(self):
        self.fill(8)
        before = list(Link.objects.order_by("pk").values_list("episode", "url", "heading"))
        self.assertEqual(said(self.show, "usual-links"), [("http://www.shop.example/, in 8 of the last 9 episodes", 1)])
        self.press("usual-links")
        usual = UsualLink.objects.get()
        self.assertEqual(
            (usual.show, usual.position, usual.url, usual.text, usual.heading),
            (self.show, 1, "http://www.shop.example/", "Shop", "Always"),
        )
        self.assertEqual(list(Link.objects.order_by("pk").values_list("episode", "url", "heading")), before)
        self.assertEqual(said(self.show, "usual-links"), [])

    def test_four_episodes_are_too_few_to_say(self):
        self.fill(4)
        self.assertEqual(said(self.show, "usual-links"), [])

    # --- What feeds need ---

    def test_published_episodes_without_audio_or_guid_are_listed_and_drafts_are_not(self):
        make_episode(self.show, "002", guid=None)
        make_episode(self.show, "003", published=False, guid=None)
        self.assertEqual(said(self.show, "no-audio"), [("002: The first tide", 1)])
        self.assertEqual(said(self.show, "no-guid"), [("002: The first tide", 1)])
        self.assertContains(self.page(), "import it (import_feed)")
        self.client.post(f"{PAGE}{self.show.pk}/no-guid/", {"finding": "nonsense"})
        self.assertTrue(Episode.objects.filter(show=self.show, number="002", guid=None).exists())

    def test_a_new_guid_comes_with_a_warning_and_stays(self):
        for number in ("002", "003"):
            make_episode(self.show, number, guid=None)
        summary = self.press("no-guid", None)
        self.assertContains(summary, "every subscriber gets these episodes once more, as new")
        self.confirm(summary, "no-guid")
        guids = set(self.show.episodes.values_list("guid", flat=True))
        self.assertEqual((len(guids), None in guids), (3, False))
        self.assertTrue(Episode.objects.filter(show=self.other, guid=None).exists())

    def test_a_guid_that_came_meanwhile_stays(self):
        episode = make_episode(self.show, "002", guid=None)
        findings = KINDS["no-guid"].find(self.show)
        Episode.objects.filter(pk=episode.pk).update(guid="Of-The-Feed")
        self.assertEqual(KINDS["no-guid"].edits(self.show, findings, ""), [])

    def test_what_a_page_could_not_print_is_refused_with_the_reason(self):
        add_link(self.first, "example.org/a b")
        page = self.press("addresses")
        self.assertContains(page, "0 changes")
        self.assertContains(page, "An address has no blank and no quotation mark")
        self.assertNotContains(page, 'name="stage"')
        add_link(self.first, "example.org/a")
        page = self.press("addresses", None)
        self.assertContains(page, "1 change in 1 episode, 1 cannot be made.")
        self.confirm(page, "addresses")
        urls = self.first.links.order_by("pk").values_list("url", flat=True)[1:]
        self.assertEqual(list(urls), ["example.org/a b", "https://example.org/a"])

    # --- Where one could be taken for another ---

    def test_a_page_of_a_host_and_a_picture_of_a_chapter_get_their_scheme(self):
        add_link(self.first, "example.org/a.html")
        Chapter.objects.create(
            episode=self.first, starts_at_seconds=0, url="example.org/a.html", image_url="example.org/b.png"
        )
        self.assertEqual(
            [(finding.about, finding.count) for finding in KINDS["addresses"].find(self.show)],
            [(("example.org/a.html",), 2), (("example.org/b.png",), 1)],
        )
        self.press_and_confirm("addresses", None)
        self.assertEqual(self.first.chapters.get().image_url, "https://example.org/b.png")

    def headings(self, *links: tuple[str, str]) -> list[tuple[str, str]]:
        """Of the episode's links after the press."""
        for position, (url, heading) in enumerate(links, 2):
            add_link(self.first, url, heading=heading, position=position)
        self.press_and_confirm("private", None)
        return list(self.first.links.values_list("url", "heading"))[1:]

    def test_a_topic_begins_with_the_next_link_that_stays(self):
        self.assertEqual(
            self.headings((DESK, "A"), (f"{DESK}/2", ""), ("https://a.example", ""), ("https://b.example", "")),
            [("https://a.example", "A"), ("https://b.example", "")],
        )

    def test_a_topic_without_a_link_is_none(self):
        second = make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3")
        add_link(second, "https://z.example", position=0)
        add_link(second, f"{DESK}/2", heading="B", position=1)
        add_link(second, "https://c.example", position=2)
        self.assertEqual(
            self.headings(("https://a.example", ""), (DESK, "A"), ("https://b.example", "C"), (f"{DESK}/3", "Last")),
            [("https://a.example", ""), ("https://b.example", "C")],
        )
        self.assertEqual(
            list(second.links.values_list("url", "heading")), [("https://z.example", ""), ("https://c.example", "B")]
        )

    def test_a_private_address_goes_from_every_text_of_one_link_and_of_a_chapter(self):
        link = add_link(self.first, "https://a.example", text=f"A [b]({DESK})", description=f"C {DESK}")
        gone = add_link(self.first, DESK)
        Chapter.objects.create(pk=gone.pk, episode=self.first, starts_at_seconds=0, url=DESK)
        self.press_and_confirm("private")
        link.refresh_from_db()
        self.assertEqual((link.text, link.description, self.first.chapters.get().url), ("A b", "C", ""))

    def test_the_newest_episode_with_a_private_address_is_named(self):
        second = make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3")
        add_link(second, DESK)
        Episode.objects.filter(pk=self.first.pk).update(summary=DESK)
        (finding,) = KINDS["private"].find(self.show)
        self.assertEqual((finding.count, finding.episodes), (2, (second.pk,)))

    def test_half_of_the_episodes_are_not_most(self):
        for n in range(2, 11):
            episode = make_episode(self.show, f"{n:03}", enclosure_url="https://cdn.example/2.mp3")
            if n % 2:
                continue
            add_link(episode, "https://shop.example", text=f"Shop {n}")
        self.assertEqual(said(self.show, "usual-links"), [])
        UsualLink.objects.create(show=self.show, url="https://chat.example", position=4)
        add_link(self.first, "https://shop.example")
        self.press("usual-links")
        usual = UsualLink.objects.get(url="https://shop.example")
        self.assertEqual((usual.text, usual.position), ("Shop 10", 5))

    def test_only_the_last_twenty_episodes_are_looked_at(self):
        for n in range(2, 32):
            episode = make_episode(self.show, f"{n:03}", enclosure_url="https://cdn.example/2.mp3")
            if n > 20:
                add_link(episode, "https://shop.example")
        self.assertEqual(said(self.show, "usual-links"), [("https://shop.example, in 11 of the last 20 episodes", 1)])

    def test_a_code_is_moved_of_one_sponsor_alone(self):
        for name in ("Rope", "Sail"):
            add_placement(self.first, name, promo_code="https://x.example/a", kind=Kind.PAID)
        self.press("code-address")
        self.assertEqual(said(self.show, "code-address"), [("Sail: https://x.example/a", 1)])

    def test_what_the_sponsor_is_is_proposed_for_its_spots(self):
        spot = add_placement(self.first, "Rope")
        Sponsor.objects.filter(pk=spot.sponsor_id).update(kind=Kind.HOUSE)
        self.assertEqual([finding.chosen for finding in KINDS["unknown-kinds"].find(self.show)], ["house"])

    def test_a_weak_hint_is_one_of_this_show_only(self):
        add_credit(self.other.episodes.get(), "captain", "Ann")
        add_placement(self.other.episodes.get(), "Lamp")
        for name in ("Boat", "Boats"):
            add_placement(self.other.episodes.get(), name, url=f"https://{name}.example")
        for kind in ("duplicate-people", "duplicate-sponsors"):
            self.assertEqual(said(self.show, kind), [], kind)
        HostName.objects.known_as(self.show, "ann-host-2", "Ann Host")
        self.assertEqual([count for _, count in said(self.show, "duplicate-people")], [2])

    def test_who_is_known_here_and_credited_nowhere_is_one_of_this_show(self):
        for slug in ("zed", "zed-2"):
            HostName.objects.known_as(self.show, slug, "Zed")
        self.assertEqual([count for _, count in said(self.show, "duplicate-people")], [2])

    def test_the_sponsors_own_host_is_an_address_and_no_code(self):
        add_placement(self.first, "Rope", promo_code="rope.example", kind=Kind.PAID)
        self.assertEqual(said(self.show, "code-address"), [])
        Sponsor.objects.filter(name="Rope").update(url="https://www.rope.example/")
        self.assertEqual(said(self.show, "code-address"), [("Rope: rope.example", 1)])

    def test_two_sponsors_are_one_finding_whatever_speaks_for_it(self):
        for name in ("Sail", "Sail Cloud"):
            add_placement(self.first, name, url="https://sail.example", kind=Kind.PAID)
        self.assertEqual(
            said(self.show, "duplicate-sponsors"),
            [("“Sail” (1 spot here), “Sail Cloud” (1 spot here): the same address", 2)],
        )

    def test_whom_somebody_wrote_about_or_an_episode_names_stays(self):
        left = {"name": ["notes", "x"]}
        add_credit(self.first, "gil", "Gil")
        HostName.objects.known_as(self.show, "eve", "Eve", left)
        HostName.objects.update(imported=left)
        Host.objects.filter(name="Eve").update(picture="hosts/eve.png")
        for name, fields in (("A", {"logo": "a.png"}), ("B", {"description": "b"}), ("C", {"contacts": "c"})):
            Sponsor.objects.create(name=name, slug=name.lower(), imported=left, **fields)
        for kind in ("unused-people", "unused-sponsors"):
            self.assertEqual(said(self.show, kind), [], kind)

    def test_an_episode_is_logged_once(self):
        episode = make_episode(self.show, "002", guid=None)
        self.press_and_confirm("no-guid")
        self.assertEqual(list(LogEntry.objects.values_list("object_id", flat=True)), [str(episode.pk)])

    def test_what_nothing_takes_back_is_asked_about_first(self):
        episode = make_episode(self.show, "002", guid=None)
        summary = self.press("no-guid")
        self.assertContains(summary, "every subscriber gets these episodes once more")
        episode.refresh_from_db()
        self.assertIsNone(episode.guid)
        self.confirm(summary, "no-guid")
        episode.refresh_from_db()
        self.assertTrue(episode.guid)

    def test_one_kind_is_left_and_another_of_the_same_episode_is_not(self):
        for show in (self.show, self.other):
            make_episode(show, "002", guid=None)
        self.leave("no-audio")
        found = find(self.show, KINDS.values())
        self.assertEqual((found["no-audio"].open, len(found["no-guid"].open)), ([], 1))
        LeftAsItIs.objects.create(show=self.other, kind="no-audio", key=LeftAsItIs.objects.get().key)
        self.leave("no-audio", what="again")
        self.assertEqual(LeftAsItIs.objects.get().show, self.other)

    def test_the_page_of_one_kind_does_not_stand_for_all_on_the_start_page(self):
        ImportRun.objects.create(show=self.show, source="notes", origin="old")
        add_link(self.first, "example.org/a")
        self.page("private")
        self.assertContains(self.client.get("/admin/"), "After an import <b>1</b>")

    # --- Who, how much ---

    def test_more_of_everything_costs_no_query_more(self):
        everything(self.show, 0, 6)
        self.assertEqual({kind for kind in KINDS if not KINDS[kind].find(self.show)}, set())
        self.page()
        with self.assertNumQueries(QUERIES):
            self.page()
        everything(self.show, 6, 14)
        with self.assertNumQueries(QUERIES):
            page = self.page()
        self.assertContains(page, "and 15 more", 8)

    def test_a_repair_of_many_costs_no_query_more(self):
        def queries(kind: str, first: int, count: int) -> int:
            everything(self.show, first, count)
            summary = self.press(kind, None)
            sent = {**summary.context["sent"], "stage": "confirm"}
            with CaptureQueriesContext(connection) as captured:
                self.client.post(f"{PAGE}{self.show.pk}/{kind}/", sent)
            return len(captured)

        for at, (kind, count) in enumerate(REPAIRS.items()):
            # The first press looks up what a process remembers.
            queries(kind, at * 100, 3)
            with self.subTest(kind):
                self.assertEqual([queries(kind, at * 100 + 10, 3), queries(kind, at * 100 + 50, 9)], [count] * 2)

    def test_a_long_list_has_pages(self):
        for n in range(60):
            add_link(self.first, f"example.org/{n:02}")
        page = self.page("addresses")
        self.assertContains(page, "Page 1 of 2, 60 findings")
        self.assertNotContains(page, "example.org/59")
        self.assertContains(self.client.get(f"{PAGE}{self.show.pk}/addresses/?page=2"), "example.org/59")
        self.assertContains(self.page(), "and 55 more")

    def test_who_writes_sees_links_and_people_and_who_places_sees_sponsors(self):
        everything(self.show, 0, 6)
        of_sponsors = {kind for kind in KINDS if KINDS[kind].sees == "sponsor"}
        self.assertEqual(len(of_sponsors), 6)
        for role, kinds in ((Role.WRITER, set(KINDS) - of_sponsors), (Role.AD_MANAGER, of_sponsors)):
            self.client.force_login(make_member(role, self.show, role))
            page = self.page()
            shown = {kind for kind in KINDS if f'id="{kind}"' in page.content.decode()}
            self.assertEqual(shown, kinds, role)
            for kind in KINDS:
                answer = self.client.get(f"{PAGE}{self.show.pk}/{kind}/").status_code
                self.assertEqual(answer, 200 if kind in kinds else 403, (role, kind))

    def test_a_writer_neither_deletes_nor_decides_what_is_usual(self):
        everything(self.show, 0, 6)
        self.client.force_login(make_member("wanda", self.show, Role.WRITER))
        for kind, words in (("usual-links", "Make it a usual link"), ("unused-people", "Delete")):
            self.assertNotContains(self.page(kind), words)
            self.assertEqual(self.press(kind).status_code, 403)
        self.assertContains(self.page("addresses"), "Put https:// in front")
        self.assertEqual((UsualLink.objects.count(), HostName.objects.filter(slug="gil-1").exists()), (0, True))

    def test_another_show_and_another_kind_do_not_exist(self):
        for path in (f"{self.other.pk}/", f"{self.other.pk}/addresses/", "999/", f"{self.show.pk}/nonsense/"):
            self.assertEqual(self.client.get(PAGE + path).status_code, 404, path)
        self.assertEqual(self.client.post(f"{PAGE}{self.other.pk}/addresses/", {"finding": ""}).status_code, 404)

    def test_the_only_show_is_chosen_and_of_several_one_chooses(self):
        self.assertRedirects(self.client.get(PAGE), f"{PAGE}{self.show.pk}/")
        Membership.objects.create(user=self.alice, show=self.other, role=Role.AD_MANAGER)
        page = self.client.get(PAGE)
        self.assertContains(page, f'href="{PAGE}{self.show.pk}/"')
        self.assertContains(page, f'href="{PAGE}{self.other.pk}/"')

    def test_a_repair_is_taken_back_in_the_history(self):
        link = add_link(self.first, "example.org/a")
        self.press("addresses")
        versions = Version.objects.get_for_object(self.first).order_by("-pk")
        before = versions[1]
        url = f"/admin/episodes/episode/{self.first.pk}/history/{before.pk}/"
        self.client.post(url, {"seen": self.client.get(url).context.get("seen", "")}, follow=True)
        link.refresh_from_db()
        self.assertEqual(link.url, "example.org/a")

    def test_each_repair_is_taken_back_in_the_history_and_pressed_twice_does_nothing_more(self):
        """But for a GUID, which stays."""
        everything(self.show, 0, 6)
        of_episodes = {
            name for name, kind in KINDS.items() if kind.press and kind.repairs != "delete" and name != "usual-links"
        }
        for name in sorted(of_episodes):
            with self.subTest(name):
                kind = KINDS[name]
                findings = kind.find(self.show)
                finding = next(finding for finding in findings if finding.episodes)
                answer = next((value for value, _ in finding.choices if value != finding.chosen), "")
                sent = {"finding": finding.key, "answer": answer}
                episode = Episode.objects.get(pk=finding.episodes[0])
                before = history.fingerprint(episode)
                url = f"{PAGE}{self.show.pk}/{name}/"
                page = self.client.post(url, sent, follow=True)
                if "sent" in (page.context or {}):
                    sent = {**page.context["sent"], "stage": "confirm"}
                    page = self.client.post(url, sent, follow=True)
                self.assertContains(page, "To undo it")
                episode.refresh_from_db()
                after = history.fingerprint(episode)
                self.assertNotEqual(after, before)
                self.assertNotIn(finding.key, [finding.key for finding in kind.find(self.show)])
                versions = Version.objects.get_for_object(episode).order_by("-pk")
                last = versions[0].pk
                self.assertContains(self.client.post(url, sent, follow=True), 'class="warning"')
                self.assertEqual(
                    (history.fingerprint(Episode.objects.get(pk=episode.pk)), versions[0].pk), (after, last)
                )
                back = f"/admin/episodes/episode/{episode.pk}/history/{versions[1].pk}/"
                self.client.post(back, {"seen": self.client.get(back).context["seen"]}, follow=True)
                restored = history.fingerprint(Episode.objects.get(pk=episode.pk))
                self.assertEqual(restored, after if name == "no-guid" else before)

    def test_a_sponsor_of_two_shows_is_repaired_on_this_one_alone(self):
        for show in (self.show, self.other):
            add_placement(show.episodes.get(), "Rope", promo_code="rope.example/x", url="rope.example")
            add_placement(show.episodes.get(), "Rope", promo_code="ROPE.example/x", url="rope.example")
        Sponsor.objects.filter(name="Rope").update(url="rope.example")
        theirs = Placement.objects.filter(episode__show=self.other).order_by("pk")
        before = list(theirs.values())
        for kind, answer in (
            ("code-case", "ROPE.example/x"),
            ("unknown-kinds", "house"),
            ("code-address", ""),
            ("sponsor-addresses", ""),
        ):
            page = self.press(kind, 0, answer=answer)
            if "sent" in (page.context or {}):
                self.confirm(page, kind)
            self.assertEqual(list(theirs.values()), before, kind)
            self.assertEqual(KINDS[kind].find(self.show), [], kind)
        mine = Placement.objects.filter(episode__show=self.show, name="Rope")
        self.assertEqual(set(mine.values_list("promo_code", "kind", "url")), {("", "house", "https://rope.example")})

    def test_keys_of_another_show_and_forged_ones_change_nothing(self):
        everything(self.show, 0, 6)
        everything(self.other, 100, 6)
        mine = Episode.objects.filter(show=self.show)
        before = [history.fingerprint(episode) for episode in mine], LogEntry.objects.count()
        for name, kind in KINDS.items():
            if not kind.press:
                continue
            here = {finding.key for finding in kind.find(self.show)}
            theirs = next((finding for finding in kind.find(self.other) if finding.key not in here), None)
            edits = kind.edits(self.other, [theirs], "house") if theirs else []
            sent = {"answer": "house", "stage": "confirm", "shown": ",".join([*(edit.key for edit in edits), "x", ""])}
            for key in filter(None, (theirs and theirs.key, "nonsense", "", "0" * 5000)):
                page = self.client.post(f"{PAGE}{self.show.pk}/{name}/", {**sent, "finding": key}, follow=True)
                self.assertContains(page, "0 changes")
        self.assertEqual(([history.fingerprint(episode) for episode in mine], LogEntry.objects.count()), before)


def in_need(show: Show) -> None:
    episode = make_episode(show, guid=None)
    for url in ("example.org/a", "example.org/a", "example.org/b", DESK):
        add_link(episode, url)
    add_placement(episode, "Sail", promo_code="sail")
    add_placement(episode, "Sails", promo_code="sails")


@needs_chromium
@needs_npm
@pytest.mark.looks
@pytest.mark.django_db(transaction=True)
def test_it_is_read_on_a_phone_and_at_a_desk_without_a_complaint(live_server, browser):
    show = make_show()
    in_need(show)
    visitor = Visitor(browser.new_context())
    alice = make_member("alice", show, Role.OWNER)
    Membership.objects.create(user=alice, show=make_show("lamp-talk", "LT", title="Lamp Talk"), role=Role.OWNER)
    sign_in(visitor, live_server.url, alice)
    page = visitor.page
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{live_server.url}{PAGE}")
            assert accessibility_problems(page) == [], (width, scheme, "shows")
            page.goto(f"{live_server.url}{PAGE}{show.pk}/")
            for look in ("list", "summary"):
                if look == "summary":
                    page.locator("#addresses form").first.get_by_role("button").click()
                    page.wait_for_selector("[name=stage]")
                assert accessibility_problems(page) == [], (width, scheme, look)
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (width, look)
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_every_kind_is_mended_or_left_in_a_browser_and_pages_and_feed_say_it(live_server, visitor):
    """From what is wrong everywhere to an empty list."""
    show = make_show(hostname="tide.example")
    everything(show, 0, 6)
    sign_in(visitor, live_server.url, make_member("alice", show, Role.OWNER))
    page, address = visitor.page, f"{live_server.url}{PAGE}{show.pk}/"
    for name, kind in KINDS.items():
        while find(show, [kind])[name].open:
            page.goto(address)
            section = page.locator(f"#{name}")
            before = section.locator("h2").inner_text()
            one = section.locator("li form")
            if kind.asks:
                one.first.locator("select").select_option(index=1)
            if not kind.press:
                one.get_by_role("button", name="Leave it").first.click()
            elif section.get_by_role("button", name=": all").count():
                section.get_by_role("button", name=": all").click()
            else:
                one.get_by_role("button", name=kind.press).first.click()
            # The question or the answer: what was on the page before has neither.
            page.wait_for_selector("[name=stage], .messagelist .success")
            if page.locator("[name=stage]").count():
                page.locator("[name=stage]").click()
            page.wait_for_selector(".messagelist .success")
            assert page.locator(f"#{name} h2").count() == 0 or page.locator(f"#{name} h2").inner_text() != before
    assert "There is nothing to do." in page.inner_text("#content")
    page.get_by_text("left as they are").click()
    page.get_by_role("button", name="Take it up again").first.click()
    page.wait_for_selector("text=Taken up again.")
    assert "Taken up again." in page.inner_text(".messagelist")
    assert page.locator(".kind").count() == 1
    episode = show.episodes.latest("pk")
    # Without a GUID and audio no feed has them.
    show.episodes.update(enclosure_url="https://cdn.example/a.mp3")
    client = Client(headers={"host": show.hostname})
    for path in (episode.get_absolute_url(), f"{episode.get_absolute_url()}.md", "/rss"):
        text = client.get(path).content.decode()
        assert "https://example.org/5" in text, path
        assert "fireside" not in text, path
        assert "https://rope.example" in text, path
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_a_repair_works_with_and_without_script(live_server, visitor):
    show = make_show()
    in_need(show)
    sign_in(visitor, live_server.url, make_member("alice", show, Role.OWNER))
    page, address = visitor.page, f"{live_server.url}{PAGE}{show.pk}/"
    page.goto(address)
    page.locator("#addresses form").first.get_by_role("button").click()
    page.wait_for_selector("[name=stage]")
    assert "Nothing has changed yet." in page.inner_text("#content")
    page.locator("[name=stage]").click()
    page.wait_for_url(f"{address}#addresses")
    assert "2 changes in 1 episode." in page.inner_text(".messagelist")
    assert visitor.complaints == []


@needs_chromium
@pytest.mark.django_db(transaction=True)
def test_two_who_are_one_are_merged_by_keyboard_and_the_list_comes_back(live_server, visitor):
    show = make_show()
    in_need(show)
    episode = show.episodes.get()
    ann = add_credit(episode, "ann", "Ann Host").host
    add_credit(episode, "ann-host", "Ann Host", role="guest")
    sign_in(visitor, live_server.url, make_member("alice", show, Role.OWNER))
    page, address = visitor.page, f"{live_server.url}{PAGE}{show.pk}/"
    page.goto(address)
    page.locator("#duplicate-people").get_by_role("button", name="Merge…").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Who stays?")
    page.locator("[name=stays]").first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}#duplicate-people")
    assert "“Ann Host” merged into “Ann Host”" in page.inner_text(".messagelist")
    assert "People who are probably one" in page.inner_text(".clean")
    assert list(Host.objects.all()) == [ann]
    # Whoever thinks better of it is led back too.
    page.locator("#duplicate-sponsors").get_by_role("button", name="Merge…").click()
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(f"{address}#duplicate-sponsors")
    page.goto(f"{address}duplicate-sponsors/")
    page.get_by_role("button", name="Merge…").click()
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(f"{address}duplicate-sponsors/")
    assert visitor.complaints == []
