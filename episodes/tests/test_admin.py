"""The desk: what a save changes, who sees what, and how many queries it takes."""

import re
from datetime import date, timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.test import Client, TestCase
from django.utils import timezone

from episodes.exporters.notes import notes_of, page_of
from episodes.models import Credit, Episode, Link, Placement, Tag
from episodes.notes import Credit as NotesCredit
from episodes.notes import Link as NotesLink
from episodes.notes import Placement as NotesPlacement
from episodes.tests.factories import (
    ARCHIVE,
    add_credit,
    add_link,
    add_placement,
    import_notes,
    make_campaign,
    make_episode,
    make_member,
    make_notes,
    make_show,
)
from hosts.models import Host
from lupcms.shows.models import Membership, OldPath, Role, Show, User
from sponsors.models import Offer, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/episode/"


class _Form(HTMLParser):
    """The values that a browser would post from the page's episode form, line breaks as browsers send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.name = ""
        self.inside = ""
        self.select: list[tuple[str, bool]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        found = dict(attributes)
        name, kind = found.get("name") or "", found.get("type") or "text"
        if "disabled" in found or tag == "button":
            return
        if tag == "input" and name and kind not in ("submit", "file"):
            if kind != "checkbox" or "checked" in found:
                value = found.get("value") or ("on" if kind == "checkbox" else "")
                self.values[name] = value if kind == "hidden" else re.sub(r"[\r\n]", "", value)
        elif tag in ("textarea", "select") and name:
            self.inside, self.name = tag, name
            self.values[name] = ""
        elif tag == "option" and self.inside == "select" and "selected" in found:
            self.values[self.name] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside == "textarea":
            text = self.values[self.name].replace("\r\n", "\n").replace("\r", "\n").removeprefix("\n")
            self.values[self.name] = text.replace("\n", "\r\n")
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "textarea":
            self.values[self.name] += data


def change_url(episode: Episode) -> str:
    return f"{LIST}{episode.pk}/change/"


# How a browser marks what a script asks; without it, it is a form that is sent.
BY_SCRIPT = {"sec-fetch-mode": "same-origin"}


def form_values(client: Client, url: str) -> dict[str, str]:
    response = client.get(url)
    assert response.status_code == 200
    values = _Form(response.content.decode()).values
    return {name: value for name, value in values.items() if "__prefix__" not in name and name != "q"}


def save(client: Client, url: str, **changes: str) -> Any:
    """Open the form, change what is given (dashes written as two underscores), and save."""
    values = form_values(client, url)
    values |= {name.replace("__", "-"): value for name, value in changes.items()}
    return client.post(url, {**values, "_save": "Save"})


def publish(client: Client, episode: Episode, when: str = "", **answers: str) -> Any:
    """Through the publish step: now, or at `2024-05-02 10:00` as the clock of the show says."""
    url = f"{LIST}{episode.pk}/publish/"
    day, _, time = when.partition(" ")
    page = client.get(url, {"day": day, "time": time} if when else {"at": "now"})
    assert page.status_code == 200
    values = _Form(page.content.decode()).values
    return client.post(url, {name: values[name] for name in ("at", "version", "seen") if name in values} | answers)


def unpublish(client: Client, episode: Episode) -> Any:
    url = f"{LIST}{episode.pk}/unpublish/"
    return client.post(url, {"version": _Form(client.get(url).content.decode()).values["version"]})


def errors(response: Any) -> list[str]:
    assert response.status_code == 200, "the save was not refused"
    lists = re.findall(r'<ul class="errorlist.*?</ul>', response.content.decode(), re.S)
    return [re.sub("<[^>]+>", "", item) for item in re.findall("<li>(.*?)</li>", " ".join(lists), re.S)]


def stored(number: str = "001") -> Episode:
    return Episode.objects.with_entries().get(number=number)


HOSTILE_TEXT = "  blanks \t\xa0 \x01\x7f\x85 e\u0301 <b>&amp; \u202e \r x "


class UnchangedSaveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def test_saving_an_imported_episode_unchanged_changes_nothing(self):
        notes = make_notes(
            title=HOSTILE_TEXT,
            summary=f"\r\n{HOSTILE_TEXT}\r\n\nMixed\nline ends\r and more \n",
            credits=(NotesCredit("host", HOSTILE_TEXT, " slug "), NotesCredit("guest", "", "nobody")),
            placements=(
                NotesPlacement(HOSTILE_TEXT, "no-scheme", HOSTILE_TEXT, " two words "),
                NotesPlacement("", "", ""),
            ),
            links=(
                NotesLink("https://a.example/\u2028\t", HOSTILE_TEXT, description=HOSTILE_TEXT),
                NotesLink("wss://b.example", " "),
                NotesLink("mailto:c@example.org", ""),
                NotesLink("https://d.example", "d", "\ntwo\r\n    lines \n", "own"),
                NotesLink("https://e.example", "e", "", "own"),
                NotesLink("https://f.example", "f", "", "none", " "),
            ),
            tags=(' "quoted" ', "#!++", "a\rb", "c", "c ", "c++", "\xa0", "é"),
        )
        import_notes(self.show, notes)
        before = page_of(stored())
        rows = {model: list(model.objects.order_by("pk").values()) for model in (Link, Credit, Placement, Tag)}
        response = save(self.client, change_url(stored()))
        self.assertRedirects(response, LIST)
        self.assertIsNone(stored().changed_at)
        self.assertEqual(page_of(stored()), before)
        self.assertEqual(notes_of(stored()), notes)
        self.assertEqual({model: list(model.objects.order_by("pk").values()) for model in rows}, rows)

    def test_a_change_in_one_field_changes_that_line_only(self):
        notes = make_notes(summary="One\r\nTwo", tags=(" x", "b"))
        import_notes(self.show, notes)
        save(self.client, change_url(stored()), title="New", summary="One\r\nTwo and a half", tags="b,  x, c")
        after = notes_of(stored())
        self.assertEqual(after.title, "New")
        self.assertEqual(after.summary, "One\r\nTwo and a half")
        self.assertEqual(after.tags, (" x", "b", "c"))
        self.assertEqual(after.links, notes.links)

    def test_new_text_from_a_browser_has_plain_line_ends(self):
        import_notes(self.show, make_notes(summary="One"))
        save(self.client, change_url(stored()), summary="One\r\n\r\nTwo")
        self.assertEqual(notes_of(stored()).summary, "One\n\nTwo")

    @pytest.mark.skipif(not ARCHIVE.exists(), reason="the sample archive is not beside the project")
    def test_every_page_of_the_archive_survives_an_unchanged_save(self):
        call_command("import_notes", str(ARCHIVE / "notes"), "--create-shows", verbosity=0)
        self.client.force_login(User.objects.create(username="root", is_staff=True, is_superuser=True))
        for episode in Episode.objects.with_entries():
            with self.subTest(episode.code):
                self.assertRedirects(save(self.client, change_url(episode)), LIST, fetch_redirect_response=False)
                after = Episode.objects.with_entries().get(pk=episode.pk)
                self.assertEqual(page_of(after), page_of(episode))
                self.assertEqual(after.published_at_is_estimated, True)
                self.assertIsNone(after.changed_at)


class EpisodeFormTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def add(self, **changes: str) -> Any:
        return save(self.client, f"{LIST}add/", **{"number": "001", "title": "New"} | changes)

    def test_a_new_episode_gets_address_guid_and_html(self):
        self.assertRedirects(self.add(summary="A *tide*"), LIST)
        episode = Episode.objects.get()
        self.assertEqual((episode.slug, episode.show, episode.state), ("1", self.show, "draft"))
        self.assertRegex(episode.guid, r"^[0-9a-f-]{36}$")
        self.assertEqual(episode.summary_html, "<p>A <em>tide</em></p>")

    def test_choosing_a_moment_ends_the_estimate(self):
        import_notes(self.show, make_notes())
        publish(self.client, stored(), "2024-05-02 10:00")
        self.assertFalse(stored().published_at_is_estimated)

    def test_no_form_sets_the_moment(self):
        self.add(published_at_0="2024-07-01", published_at_1="23:30", published_at="2024-07-01 23:30")
        self.assertIsNone(stored().published_at)

    def test_the_last_change_is_the_last_real_edit_of_the_episode_or_of_its_rows(self):
        self.add(tags="a")
        episode = Episode.objects.get()
        self.assertIsNone(episode.changed_at)
        add_link(episode)
        for changes in (
            {"summary": "New words"},
            {"tags": "a, b"},
            {"links__0__text": "b"},
            {"links__0__DELETE": "on"},
        ):
            with self.subTest(changes):
                before = timezone.now()
                save(self.client, change_url(episode), **changes)
                after = stored().changed_at
                self.assertLess(before, after)
                save(self.client, change_url(episode))
                self.assertEqual(stored().changed_at, after)
        publish(self.client, episode, "2024-07-01 12:00")
        self.assertLess(after, stored().changed_at)
        after = stored().changed_at
        self.assertEqual(stored().last_changed_at, after)
        scheduled = timezone.now() + timedelta(days=1)
        self.assertEqual(Episode(published_at=scheduled, changed_at=after).last_changed_at, scheduled)
        self.assertEqual(Episode(published_at=after).last_changed_at, after)
        self.assertIsNone(Episode().last_changed_at)

    def test_a_number_or_address_that_is_taken_is_an_error_and_nothing_is_lost(self):
        make_episode(self.show, "001")
        response = self.add(summary="Long work", slug="1")
        self.assertEqual(
            errors(response),
            ["The show has an episode at this address.", "The show has an episode with this number: The first tide."],
        )
        self.assertContains(response, "Long work")
        other = make_episode(self.show, "002")
        self.assertTrue(errors(save(self.client, change_url(other), number="001")))
        self.assertTrue(errors(save(self.client, change_url(other), slug="1")))

    def test_reserved_addresses_are_refused(self):
        for slug in ("admin", "RSS", "tags", "12.md", "a/b", ".."):
            with self.subTest(slug):
                self.assertTrue(errors(self.add(slug=slug)))

    def test_a_video_is_an_address_of_the_form(self):
        self.assertRedirects(self.add(number="077", video_url="https://youtu.be/1"), LIST)
        self.assertEqual(Episode.objects.get(number="077").video_url, "https://youtu.be/1")

    def test_what_the_page_cannot_print_is_refused_with_the_reason(self):
        for changes, words in [
            ({"number": "1 2"}, "A number consists of"),
            ({"summary": "x\r\n\r\n## Your hosts"}, "would end the text"),
            ({"tags": "a](b"}, "ends the text"),
            ({"player_url": "javascript:alert(1)"}, "Enter a valid URL"),
            ({"video_url": "javascript:alert(1)"}, "Enter a valid URL"),
            (
                {"links__TOTAL_FORMS": "1", "links__0__text": "a](b", "links__0__url": "https://a.example"},
                "ends the text",
            ),
            ({"links__TOTAL_FORMS": "1", "links__0__text": "a", "links__0__url": "https://a b"}, "no blank"),
            ({"links__TOTAL_FORMS": "1", "links__0__text": "a", "links__0__url": ""}, "needs an address"),
            (
                {
                    "links__TOTAL_FORMS": "1",
                    "links__0__text": "x",
                    "links__0__url": "https://a.example",
                    "links__0__title": "two\r\nlines",
                    "links__0__description": "x",
                },
                "No description can follow",
            ),
            (
                {
                    "links__TOTAL_FORMS": "1",
                    "links__0__url": "x",
                    "links__0__title": "x",
                    "links__0__title_kind": "own",
                },
                "has no title",
            ),
            ({"links__TOTAL_FORMS": "1", "links__0__url": "x", "links__0__description": "a\r\nb"}, "one line"),
        ]:
            with self.subTest(words=words, changes=changes):
                self.assertIn(words, " ".join(errors(self.add(**changes))))
        self.assertFalse(Episode.objects.exists())

    def test_tags_are_separated_by_commas_and_nothing_else(self):
        self.add(tags='apple "unique arrangement" with netflix, C#, c++ ,c++,')
        self.assertEqual(notes_of(stored()).tags, ("C#", 'apple "unique arrangement" with netflix', "c++"))

    def test_rows_without_a_position_go_to_the_end(self):
        episode = make_episode(self.show)
        add_link(episode, "https://b.example", position=5)
        save(
            self.client,
            change_url(episode),
            links__TOTAL_FORMS="4",
            links__1__url="https://c.example",
            links__1__title_kind="text",
            links__2__url="https://a.example",
            links__2__position="1",
            links__2__title_kind="text",
            links__3__url="https://d.example",
            links__3__title_kind="text",
        )
        self.assertEqual([link.url[8] for link in stored().links.all()], ["a", "b", "c", "d"])

    def test_a_person_is_credited_as_the_show_knows_them(self):
        known = add_credit(make_episode(self.show, "002"), "ann", "Ann Host")
        episode = make_episode(self.show)
        credit = {"credits__TOTAL_FORMS": "1", "credits__0__host": str(known.host_id), "credits__0__role": "host"}
        self.assertRedirects(save(self.client, change_url(episode), **credit), LIST)
        self.assertEqual(Credit.objects.filter(episode=episode).values_list("name", "slug").get(), ("Ann Host", "ann"))
        stranger = Host.objects.create(name="Stranger")
        credit["credits__TOTAL_FORMS"] = "2"
        credit = {name.replace("__0__", "__1__"): value for name, value in credit.items()}
        credit["credits__1__host"] = str(stranger.pk)
        self.assertIn("knows no slug", " ".join(errors(save(self.client, change_url(episode), **credit))))
        named = {"credits__1__name": "A Stranger", "credits__1__slug": "ann"}
        self.assertIn("somebody else", " ".join(errors(save(self.client, change_url(episode), **credit, **named))))
        named["credits__1__slug"] = "stranger"
        self.assertRedirects(save(self.client, change_url(episode), **credit, **named), LIST)
        self.assertEqual(
            stranger.names.values_list("show", "slug", "name").get(), (self.show.pk, "stranger", "A Stranger")
        )

    def test_a_new_placement_takes_name_and_address_from_its_sponsor(self):
        sponsor = Sponsor.objects.create(name="Lamp Oil", slug="oil", url="https://oil.example")
        episode = make_episode(self.show)
        save(
            self.client,
            change_url(episode),
            placements__TOTAL_FORMS="1",
            placements__0__sponsor=str(sponsor.pk),
            placements__0__kind="paid",
        )
        self.assertEqual(Placement.objects.values_list("name", "url").get(), ("Lamp Oil", "https://oil.example"))

    def test_a_guid_never_changes_once_it_is_set(self):
        episode = make_episode(self.show)
        self.assertIn("A GUID never changes", " ".join(errors(save(self.client, change_url(episode), guid="new"))))
        Episode.objects.update(guid=None)
        save(self.client, change_url(episode), guid=" Opaque ")
        self.assertEqual(stored().guid, " Opaque ")

    def test_a_renamed_address_leads_to_the_new_one(self):
        episode = make_episode(self.show)
        save(self.client, change_url(episode), slug="first")
        save(self.client, change_url(episode), slug="pilot")
        self.assertEqual(
            dict(OldPath.objects.values_list("path", "target")),
            {f"/{old}{end}": f"/pilot{end}" for old in ("1", "first") for end in ("", ".md", ".json", "/embed")},
        )
        save(self.client, change_url(episode), slug="1")
        self.assertEqual(
            dict(OldPath.objects.filter(path__in=["/1", "/pilot"]).values_list("path", "target")), {"/pilot": "/1"}
        )

    def test_an_empty_address_is_the_number_again(self):
        episode = make_episode(self.show, slug="first")
        save(self.client, change_url(episode), slug="")
        self.assertEqual(stored().slug, "1")
        save(self.client, change_url(episode), slug="")
        self.assertEqual(stored().slug, "1")

    def test_a_renamed_draft_leaves_no_trace(self):
        episode = make_episode(self.show, published=False, slug="secret-guest")
        save(self.client, change_url(episode), slug="1")
        self.assertFalse(OldPath.objects.exists())

    def test_an_estimated_moment_follows_the_air_date(self):
        import_notes(self.show, make_notes())
        save(self.client, change_url(stored()), air_date="2024-05-05")
        self.assertEqual(stored().published_at, self.show.midnight(date(2024, 5, 5)))
        self.assertTrue(stored().published_at_is_estimated)

    def test_a_midnight_that_exists_twice_can_be_saved_unchanged(self):
        Show.objects.update(time_zone="America/Havana")
        import_notes(Show.objects.get(), make_notes(air_date=date(2024, 11, 3)))
        before = stored().published_at
        response = save(self.client, change_url(stored()), title="New")
        self.assertRedirects(response, LIST)
        self.assertEqual((stored().title, stored().published_at), ("New", before))

    def test_a_row_whose_position_is_taken_out_goes_to_the_end(self):
        import_notes(self.show, make_notes())
        save(self.client, change_url(stored()), links__0__position="")
        self.assertEqual([link.text for link in stored().links.all()], ["Another", "A page"])

    def test_another_host_is_credited_by_their_own_name(self):
        zed = add_credit(make_episode(self.show, "002"), "zed", "Zed").host
        episode = make_episode(self.show)
        add_credit(episode, "ann", "Ann")
        save(self.client, change_url(episode), credits__0__host=str(zed.pk))
        self.assertEqual(stored().credits.values_list("host", "name", "slug").get(), (zed.pk, "Zed", "zed"))

    def test_an_episode_with_122_links_is_saved_as_one(self):
        import_notes(
            self.show, make_notes(links=tuple(NotesLink(f"https://{n}.example", f"Page {n}") for n in range(122)))
        )
        self.assertRedirects(save(self.client, change_url(stored()), links__121__text="The last"), LIST)
        self.assertEqual(notes_of(stored()).links[121].text, "The last")


class PermissionTests(TestCase):
    """Alice edits this show, Bob edits another, Charlie has no account; Vera may only look, Adam sells."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.vera, cls.adam = make_member("vera", cls.show, Role.VIEWER), make_member("adam", cls.show, Role.AD_MANAGER)
        cls.will, cls.olga = make_member("will", cls.show, Role.WRITER), make_member("olga", cls.show, Role.OWNER)
        cls.episode = make_episode(cls.show, "001", title="Secret draft", published=False)
        cls.theirs = make_episode(cls.other, "001", title="Their episode")
        for episode in (cls.episode, cls.theirs):
            add_link(episode)
            add_placement(episode, f"Sponsor of {episode.show.acronym}")
            add_credit(episode, "x", f"Host of {episode.show.acronym}")

    def status(self, user: User | None, url: str, data: dict[str, str] | None = None) -> int:
        client = Client()
        if user:
            client.force_login(user)
        return (client.get(url) if data is None else client.post(url, data)).status_code

    def test_a_visitor_is_asked_to_sign_in(self):
        for url in ("/admin/", LIST, f"{LIST}add/", change_url(self.episode)):
            self.assertEqual(self.status(None, url), 302, url)

    def test_somebody_without_a_membership_is_not_let_in(self):
        self.assertEqual(self.status(User.objects.create(username="charlie"), LIST), 302)
        self.assertEqual(self.status(User.objects.create(username="staff", is_staff=True), LIST), 403)

    def test_members_see_only_their_shows(self):
        self.client.force_login(self.bob)
        for url in (LIST, "/admin/shows/show/", "/admin/"):
            page = self.client.get(url).content.decode()
            self.assertNotIn("Secret draft", page)
            self.assertNotIn("Tide Radio", page)
        self.assertContains(self.client.get(LIST), "Their episode")

    def test_members_of_another_show_cannot_open_change_or_delete(self):
        for path in ("change", "delete", "history"):
            url = f"{LIST}{self.episode.pk}/{path}/"
            self.assertEqual(self.status(self.bob, url), 302, url)  # to the index: it does not exist for Bob
        self.assertEqual(self.status(self.bob, change_url(self.episode), {"title": "Mine now"}), 302)
        self.episode.refresh_from_db()
        self.assertEqual(self.episode.title, "Secret draft")

    def test_an_episode_cannot_be_put_on_somebody_elses_show(self):
        self.client.force_login(self.bob)
        response = save(self.client, f"{LIST}add/", number="666", title="Intruder", show=str(self.show.pk))
        self.assertIn("valid choice", " ".join(errors(response)))
        save(self.client, change_url(self.theirs), show=str(self.show.pk))
        self.theirs.refresh_from_db()
        self.assertEqual(self.theirs.show, self.other)

    def test_the_delete_action_reaches_own_shows_only(self):
        self.client.force_login(self.bob)
        self.client.post(LIST, {"action": "delete_selected", "_selected_action": [self.episode.pk], "post": "yes"})
        self.assertTrue(Episode.objects.filter(pk=self.episode.pk).exists())

    def test_each_role_may_do_what_it_is_for(self):
        may = {}
        for user in (self.vera, self.will, self.adam, self.alice, self.olga):
            client = Client()
            client.force_login(user)
            add = client.get(f"{LIST}add/").status_code == 200
            delete = client.get(f"{LIST}{self.episode.pk}/delete/").status_code == 200
            page = client.get(change_url(self.episode)).content.decode()
            show = 'name="_save"' in client.get(f"/admin/shows/show/{self.show.pk}/change/").content.decode()
            may[user.username] = {
                word
                for word, is_so in {
                    "add": add,
                    "delete": delete,
                    "write": 'name="title"' in page,
                    "links": 'name="links-0-url"' in page,
                    "place": 'name="placements-0-words"' in page,
                    "save": 'name="_save"' in page,
                    "show": show,
                }.items()
                if is_so
            }
        self.assertEqual(
            may,
            {
                "vera": set(),
                "will": {"add", "write", "links", "save"},
                "adam": {"place", "save"},
                "alice": {"add", "delete", "write", "links", "place", "save"},
                "olga": {"add", "delete", "write", "links", "place", "save", "show"},
            },
        )

    def test_another_shows_campaign_and_offer_do_not_exist(self):
        sponsor = Sponsor.objects.create(name="Secret Sponsor", slug="secret")
        offer = Offer.objects.create(sponsor=sponsor, promo_code="SECRET")
        offer.shows.add(self.show)
        campaign = make_campaign(sponsor, self.show)
        self.client.force_login(self.bob)
        response = save(self.client, change_url(self.theirs), placements__0__campaign=str(campaign.pk))
        self.assertIn("valid choice", " ".join(errors(response)))
        self.assertNotContains(response, "Secret Sponsor")
        response = save(
            self.client,
            "/admin/sponsors/campaign/add/",
            sponsor=str(Sponsor.objects.get(name="Sponsor of LT").pk),
            shows=str(self.other.pk),
            starts_on="2024-01-01",
            ends_on="2024-02-01",
            spots="1",
            offer=str(offer.pk),
        )
        self.assertIn("valid choice", " ".join(errors(response)))
        self.assertNotContains(response, "SECRET")
        Membership.objects.create(user=self.bob, show=self.show, role=Role.PRODUCER)
        response = save(self.client, change_url(self.theirs), placements__0__campaign=str(campaign.pk))
        self.assertIn("This campaign was booked on another show.", errors(response))

    def test_a_renamed_sponsor_keeps_the_old_address(self):
        sponsor = Sponsor.objects.get(name="Sponsor of TR")
        self.client.force_login(User.objects.get(username="olga"))
        response = save(self.client, f"/admin/sponsors/sponsor/{sponsor.pk}/change/", slug="new")
        self.assertEqual(response.status_code, 302)
        old = OldPath.objects.get(path="/sponsors/sponsor-of-tr", show=self.show)
        self.assertEqual(old.target, "/sponsors/new")

    def test_two_roles_on_two_shows_stay_apart(self):
        """Mia produces this show, writes on the second and looks at the third."""
        third = make_show("third", "TH")
        mia = make_member("mia", self.show)
        Membership.objects.create(user=mia, show=self.other, role=Role.WRITER)
        Membership.objects.create(user=mia, show=third, role=Role.VIEWER)
        elsewhere = make_episode(third, "001", title="Third")
        self.client.force_login(mia)
        placed = {"placements__TOTAL_FORMS": "1", "placements__0__kind": "paid", "number": "777", "title": "New"}
        placed["placements__0__sponsor"] = str(Sponsor.objects.get(name="Sponsor of TR").pk)
        for show, status in ((self.show, 302), (self.other, 403)):
            response = save(self.client, f"{LIST}add/", show=str(show.pk), **placed)
            self.assertEqual(response.status_code, status)
        self.assertEqual(Episode.objects.get(number="777").show, self.show)
        self.assertEqual(self.status(mia, f"{LIST}{self.theirs.pk}/delete/"), 403)
        self.assertEqual(self.status(mia, change_url(elsewhere)), 200)
        self.assertEqual(self.status(mia, change_url(elsewhere), {"title": "x"}), 403)
        self.assertEqual(self.status(mia, f"{LIST}add/", {"show": str(third.pk), "number": "1", "title": "x"}), 200)
        self.assertFalse(third.episodes.exclude(pk=elsewhere.pk).exists())

    def test_who_may_change_offers_and_old_paths(self):
        sponsor = Sponsor.objects.get(name="Sponsor of TR")
        ours, shared = Offer.objects.create(sponsor=sponsor), Offer.objects.create(sponsor=sponsor)
        ours.shows.add(self.show)
        shared.shows.add(self.show, self.other)
        path = OldPath.objects.create(show=self.show, path="/x", target="/y")
        for user, url, expected in [
            (self.adam, f"/admin/sponsors/offer/{ours.pk}/change/", "save"),
            (self.adam, f"/admin/sponsors/offer/{shared.pk}/change/", "look"),
            (self.bob, f"/admin/sponsors/offer/{ours.pk}/change/", "none"),
            (self.bob, f"/admin/sponsors/offer/{shared.pk}/change/", "look"),
            (self.vera, f"/admin/sponsors/offer/{ours.pk}/change/", "look"),
            (self.olga, f"/admin/shows/oldpath/{path.pk}/change/", "save"),
            (self.alice, f"/admin/shows/oldpath/{path.pk}/change/", "look"),
            (self.bob, f"/admin/shows/oldpath/{path.pk}/change/", "none"),
        ]:
            self.client.force_login(user)
            response = self.client.get(url)
            found = "none" if response.status_code == 302 else "look"
            found = "save" if b'name="_save"' in response.content else found
            self.assertEqual(found, expected, (user, url))

    def test_shared_rows_are_deleted_only_by_those_who_alone_use_them(self):
        sponsor = Sponsor.objects.get(name="Sponsor of TR")
        url = f"/admin/sponsors/sponsor/{sponsor.pk}/delete/"
        self.assertEqual(self.status(self.alice, url), 200)
        add_placement(self.theirs, sponsor.name)
        self.assertEqual(self.status(self.alice, url), 403)

    def test_nobody_learns_the_address_of_a_draft_from_a_shortcut(self):
        self.client.force_login(self.bob)
        content_type = ContentType.objects.get_for_model(Episode).pk
        self.assertEqual(self.client.get(f"/admin/r/{content_type}/{self.episode.pk}/").status_code, 404)

    def test_odd_keys_are_not_found(self):
        for key in ("²", "x", "0", "9" * 30):
            self.assertEqual(self.status(self.alice, f"{LIST}{key}/change/"), 302, key)

    def test_an_ad_manager_changes_a_placement_and_nothing_else(self):
        self.client.force_login(self.adam)
        before = Episode.objects.values().get(pk=self.episode.pk)
        hacked = {"title": "Hacked", "links__0__text": "Hacked"}
        self.assertRedirects(save(self.client, change_url(self.episode), **hacked), LIST)
        self.assertEqual(Episode.objects.values().get(pk=self.episode.pk), before)
        response = save(self.client, change_url(self.episode), **hacked, placements__0__words="Sold.")
        self.assertRedirects(response, LIST)
        after = Episode.objects.values().get(pk=self.episode.pk)
        self.assertIsNotNone(after["changed_at"])
        self.assertIn("Sold.", after["feed_html"])
        self.assertEqual(after | {"changed_at": None, "feed_html": before["feed_html"]}, before)
        self.assertEqual(Link.objects.get(episode=self.episode).text, "A page")
        self.assertEqual(Placement.objects.get(episode=self.episode).words, "Sold.")

    def test_a_viewer_cannot_save(self):
        self.assertEqual(self.status(self.vera, change_url(self.episode), {"title": "x"}), 403)

    def test_shared_people_and_sponsors_are_edited_by_those_who_use_them(self):
        for path, mine, theirs in [
            ("hosts/host", Host.objects.get(name="Host of LT"), Host.objects.get(name="Host of TR")),
            ("sponsors/sponsor", Sponsor.objects.get(name="Sponsor of LT"), Sponsor.objects.get(name="Sponsor of TR")),
        ]:
            self.client.force_login(self.bob)
            for row, may in ((mine, True), (theirs, False)):
                page = self.client.get(f"/admin/{path}/{row.pk}/change/").content.decode()
                self.assertEqual('name="_save"' in page, may, (path, row))
            self.assertEqual(self.status(self.bob, f"/admin/{path}/{theirs.pk}/change/", {"name": "x"}), 403)

    def test_an_owner_adds_a_member_by_username_and_a_producer_does_not(self):
        url = f"/admin/shows/show/{self.show.pk}/change/"
        User.objects.create(username="newcomer")
        self.client.force_login(self.olga)
        values = form_values(self.client, url)
        total = int(values["memberships-TOTAL_FORMS"])
        row = {
            "memberships__TOTAL_FORMS": str(total + 1),
            f"memberships__{total}__username": "newcomer",
            f"memberships__{total}__role": "writer",
        }
        self.assertRedirects(save(self.client, url, **row), "/admin/shows/show/")
        newcomer = User.objects.get(username="newcomer")
        self.assertEqual((newcomer.roles, newcomer.is_staff), ({self.show.pk: "writer"}, True))
        row = {name.replace(f"__{total}__", f"__{total + 1}__"): value for name, value in row.items()}
        row |= {"memberships__TOTAL_FORMS": str(total + 2), f"memberships__{total + 1}__username": "nobody"}
        self.assertIn("Nobody has this username", " ".join(errors(save(self.client, url, **row))))
        self.assertEqual(self.status(self.alice, url, {"title": "x"}), 403)

    def test_no_member_reaches_accounts(self):
        for user in (self.alice, self.olga, self.vera):
            self.assertEqual(self.status(user, "/admin/shows/user/"), 403)


class QueryCountTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def test_the_list_costs_the_same_with_1000_episodes(self):
        make_episode(self.show, "0000")
        with self.assertNumQueries(10):
            self.client.get(LIST)
        Episode.objects.bulk_create(
            Episode(show=self.show, number=f"{n:04}", slug=str(n), air_date=date(2024, 1, 1)) for n in range(1, 1000)
        )
        with self.assertNumQueries(10):
            self.client.get(LIST)

    def test_the_form_costs_the_same_with_many_rows(self):
        for number, rows in (("001", 1), ("002", 40)):
            import_notes(
                self.show,
                make_notes(
                    number=number,
                    links=tuple(NotesLink(f"https://{n}.example", "x") for n in range(rows)),
                    credits=tuple(NotesCredit("host", f"Host {n}", f"h{n}") for n in range(rows)),
                    placements=tuple(NotesPlacement(f"Sponsor {n}", "x", "y") for n in range(rows)),
                ),
            )
            url = change_url(stored(number))
            self.client.get(url)  # content types are remembered from here on
            with self.assertNumQueries(25):
                self.client.get(url)
