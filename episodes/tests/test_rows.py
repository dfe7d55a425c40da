"""Rows of an episode: their order, who they are about, and how they come without script."""

import re
from typing import Any

import pytest
from django.db import connection
from django.forms.renderers import DjangoTemplates
from django.test import TestCase
from django.test.utils import CaptureQueriesContext

from episodes.admin.boxes import BoxRenderer
from episodes.admin.rows import LinkForm, PlacementForm
from episodes.exporters.notes import page_of
from episodes.models import Credit, Episode, Link, Placement
from episodes.notes import Credit as NotesCredit
from episodes.notes import Link as NotesLink
from episodes.notes import Placement as NotesPlacement
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    import_notes,
    make_episode,
    make_member,
    make_notes,
    make_offer,
    make_show,
)
from episodes.tests.test_admin import LIST, change_url, errors, form_values, save, stored
from hosts.models import Host, HostName
from lupcms.shows.models import Role
from sponsors.models import FormerName, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


class RowsTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show)
        cls.url = change_url(cls.episode)

    def setUp(self):
        self.client.force_login(self.alice)

    def save(self, **changes: str) -> Any:
        return save(self.client, self.url, **changes)

    def saved(self, **changes: str) -> None:
        self.assertRedirects(self.save(**changes), LIST)


class OrderTests(RowsTestCase):
    def setUp(self):
        super().setUp()
        for position, name in enumerate("abcde", 1):
            add_link(self.episode, f"https://{name}.example", text=name, position=position)

    def order(self) -> str:
        return "".join(link.text for link in stored().links.all())

    def test_a_row_takes_the_place_of_the_number_that_it_got(self):
        for changes, order in [
            ({"links__4__position": "1"}, "eabcd"),
            ({"links__0__position": "6"}, "abcde"),
            ({"links__0__position": "3"}, "bcade"),
            ({"links__0__position": ""}, "cadeb"),
            ({"links__1__position": "1", "links__2__position": "1"}, "adceb"),
            ({"links__3__position": "4"}, "adceb"),
        ]:
            with self.subTest(changes):
                self.saved(**changes)
                self.assertEqual(self.order(), order)
                self.assertEqual([link.position for link in stored().links.all()], [1, 2, 3, 4, 5])

    def test_numbers_that_a_script_gave_are_kept_as_they_are(self):
        self.saved(**{f"links__{row}__position": str(number) for row, number in enumerate((3, 1, 5, 2, 4))})
        self.assertEqual(self.order(), "bdaec")
        self.assertEqual([link.position for link in stored().links.all()], [1, 2, 3, 4, 5])

    def test_rows_that_share_a_number_keep_it_until_one_is_moved(self):
        Link.objects.update(position=7)
        self.saved(links__2__text="C")
        self.assertEqual((self.order(), set(Link.objects.values_list("position", flat=True))), ("abCde", {7}))
        self.saved(links__4__position="6")
        self.assertEqual(self.order(), "eabCd")

    def test_a_new_row_goes_where_its_number_says_and_a_deleted_one_is_gone(self):
        row = {"links__5__text": "x", "links__5__url": "x", "links__5__position": "2", "links__3__DELETE": "on"}
        self.assertRedirects(save(self.client, f"{self.url}?links=1", **row), LIST)
        self.assertEqual(self.order(), "axbce")

    def test_an_impossible_number_is_refused(self):
        for number in ("-1", "9999999999", "x"):
            with self.subTest(number):
                self.assertEqual(len(errors(self.save(links__0__position=number))), 1)

    def test_people_and_sponsors_are_moved_too_and_the_page_follows(self):
        for name in ("ann", "bo"):
            add_credit(self.episode, name, name.title(), position=len(name))
            add_placement(self.episode, name.title(), position=len(name))
        self.saved(credits__1__position="1", placements__1__position="1")
        page = page_of(stored()).decode()
        self.assertLess(page.index("Ann"), page.index("Bo"))


class NewRowsTests(RowsTestCase):
    def test_without_script_a_save_comes_back_to_three_empty_rows_of_a_kind(self):
        for kind in ("links", "credits", "placements"):
            with self.subTest(kind):
                values = form_values(self.client, self.url)
                response = self.client.post(self.url, {**values, "title": kind, "_continue": kind})
                self.assertRedirects(response, f"{self.url}?{kind}=3#{kind}-group")
                self.assertEqual(stored().title, kind)
                back = form_values(self.client, response["Location"])
                self.assertEqual(back[f"{kind}-TOTAL_FORMS"], "3")
        add = f"{LIST}add/"
        values = form_values(self.client, add) | {"number": "002", "title": "New", "_continue": "links"}
        response = self.client.post(add, values)
        self.assertRedirects(response, f"{change_url(stored('002'))}?links=3#links-group")

    def test_the_ordinary_button_comes_back_without_rows(self):
        values = form_values(self.client, self.url)
        response = self.client.post(self.url, {**values, "_continue": "Save and continue editing"})
        self.assertRedirects(response, self.url)

    def test_empty_rows_are_never_saved_also_after_they_were_moved(self):
        url = f"{self.url}?links=3&credits=2&placements=2"
        self.assertRedirects(save(self.client, url), LIST)
        self.assertRedirects(save(self.client, url, links__0__position="3", placements__1__position="1"), LIST)
        self.assertEqual([model.objects.count() for model in (Link, Credit, Placement)], [0, 0, 0])
        self.assertIsNone(stored().changed_at)

    def test_the_address_asks_for_twenty_rows_at_most_and_for_no_nonsense(self):
        for asked, total in (("3", "3"), ("999", "20"), ("9" * 5000, "0"), ("-1", "0"), ("²", "0"), ("", "0")):
            with self.subTest(asked[:10]):
                response = self.client.get(self.url, {"links": asked})
                self.assertContains(response, f'name="links-TOTAL_FORMS" value="{total}"')

    def test_only_who_may_add_a_row_is_offered_one(self):
        offered = {}
        for role in Role:
            self.client.force_login(make_member(f"{role}", self.show, role))
            page = self.client.get(self.url, {"links": "1", "placements": "1"}).content.decode()
            kinds = re.findall('name="_continue" value="(links|credits|placements)"', page)
            self.assertEqual({kind for kind in kinds if f'name="{kind}-__prefix__-position"' not in page}, set())
            offered[role.value] = kinds
        self.assertEqual(
            offered,
            {
                "viewer": [],
                "writer": ["links", "credits"],
                "ad_manager": ["placements"],
                "producer": ["links", "credits", "placements"],
                "owner": ["links", "credits", "placements"],
            },
        )
        self.client.force_login(make_member("bob", make_show("lamp-talk", "LT")))
        self.assertRedirects(self.client.get(self.url, {"links": "1"}), "/admin/")
        self.client.logout()
        self.assertEqual(self.client.get(self.url, {"links": "1"}).status_code, 302)


class TypedPeopleTests(RowsTestCase):
    """`host` is a select that finds only with script: a name or a slug that the show knows is enough."""

    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.ann = add_credit(make_episode(cls.show, "002"), "ann", "Ann Höst").host

    def credit(self, **typed: str) -> Any:
        row = {f"credits__0__{name}": value for name, value in typed.items()}
        return save(self.client, f"{self.url}?credits=1", **row)

    def test_a_name_or_a_slug_that_the_show_knows_finds_the_person(self):
        for typed, name in [
            ({"name": "Ann Höst"}, "Ann Höst"),
            ({"name": "ann"}, "Ann Höst"),
            ({"name": "  ANN  HO\u0308ST "}, "Ann Höst"),
            ({"slug": "ann"}, "Ann Höst"),
            ({"slug": "ANN"}, "Ann Höst"),
            ({"slug": "ann", "name": "Captain Ann"}, "Captain Ann"),
        ]:
            with self.subTest(typed):
                self.assertRedirects(self.credit(**typed), LIST)
                row = self.episode.credits.values_list("host", "name", "slug")
                self.assertEqual(row.get(), (self.ann.pk, name, "ann"))
                self.episode.credits.all().delete()
        self.assertEqual(HostName.objects.count(), 1)

    def test_whom_the_show_does_not_know_is_an_error_beside_the_box(self):
        other = make_show("lamp-talk", "LT")
        add_credit(make_episode(other), "zed", "Zed of Lamp Talk")
        for box, typed in (("name", "Zed of Lamp Talk"), ("slug", "zed"), ("name", "<b>" + "x" * 10_000)):
            with self.subTest(typed[:20]):
                response = self.credit(**{box: typed})
                self.assertEqual(len(errors(response)), 1)
                self.assertContains(response, "This show knows nobody by “")
                self.assertContains(response, f'class="box  field-{box} errors"')
        self.assertEqual(
            errors(self.credit(role="guest")), ["Choose somebody, or type a name or slug that this show knows."]
        )

    def test_two_people_of_one_name_are_told_apart_by_their_slugs(self):
        HostName.objects.create(show=self.show, host=Host.objects.create(name="Ann"), slug="ann-2", name="Ann Höst")
        found = errors(self.credit(name="ann höst"))
        self.assertEqual(
            found, ["This may be Ann Höst (ann) or Ann Höst (ann-2): type the slug of one in the box for it."]
        )
        self.assertRedirects(self.credit(slug="ann-2"), LIST)

    def test_a_refused_save_shows_who_was_found(self):
        response = save(self.client, f"{self.url}?credits=1", title="", credits__0__name="ann")
        self.assertContains(response, f'<option value="{self.ann.pk}" selected>Ann Höst</option>', html=True)
        self.assertContains(response, 'name="credits-0-slug" value="ann"')

    def test_another_person_is_typed_into_a_row(self):
        add_credit(make_episode(self.show, "003"), "bo", "Bo")
        add_credit(self.episode, "ann", "Ann Höst")
        self.assertEqual(len(errors(self.save(credits__0__host=""))), 1)
        self.saved(credits__0__host="", credits__0__name="Bo")
        self.assertEqual(self.episode.credits.values_list("name", "slug").get(), ("Bo", "bo"))

    def test_on_a_new_episode_too(self):
        values = {"number": "009", "title": "New", "credits__0__name": "ann"}
        self.assertRedirects(save(self.client, f"{LIST}add/?credits=1", **values), LIST)
        self.assertEqual(stored("009").credits.get().host, self.ann)


class TypedSponsorTests(RowsTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.oil = Sponsor.objects.create(name="Lamp Oil Ltd", slug="oil", kind="paid")
        make_offer(cls.oil, cls.show, promo_code="TIDE", words="Ten per cent off.", url="https://oil.example")

    def spot(self, name: str, **more: str) -> Any:
        return save(self.client, f"{self.url}?placements=1", placements__0__name=name, **more)

    def test_a_known_name_finds_the_sponsor_and_fills_the_row_as_the_script_does(self):
        FormerName.objects.create(sponsor=self.oil, name="Whale & Co")
        for typed in ("Lamp Oil Ltd", " lamp  OIL ltd", "Whale & Co", "whale & co"):
            with self.subTest(typed):
                self.assertRedirects(self.spot(typed), LIST)
                row = self.episode.placements.get()
                self.assertEqual(
                    (row.sponsor, row.name, row.promo_code, row.words, row.url, row.kind),
                    (self.oil, "Lamp Oil Ltd", "TIDE", "Ten per cent off.", "https://oil.example", "paid"),
                )
                row.delete()
        self.assertRedirects(self.spot("Lamp Oil Ltd", placements__0__words="Our own."), LIST)
        self.assertEqual(self.episode.placements.values_list("words", "promo_code").get(), ("Our own.", ""))

    def test_an_unknown_or_ambiguous_name_is_an_error_beside_the_box(self):
        response = self.spot("Nobody <b>")
        self.assertEqual(
            errors(response),
            ["No sponsor is called “Nobody &lt;b&gt;”. Choose one in the box before, or add them there."],
        )
        self.assertContains(response, 'class="box  field-name errors"')
        Sponsor.objects.create(name="LAMP OIL LTD", slug="oil-2")
        self.assertEqual(
            errors(self.spot("lamp oil ltd")), ["This may be LAMP OIL LTD or Lamp Oil Ltd: type one exactly."]
        )
        self.assertRedirects(self.spot("LAMP OIL LTD"), LIST)

    def test_a_spot_without_a_sponsor_says_what_it_needs(self):
        found = errors(self.spot("", placements__0__words="x"))
        self.assertEqual(found, ["Choose a sponsor, or type the name of one."])

    def test_a_stored_campaign_that_somebody_could_not_choose_does_not_keep_them_from_saving(self):
        other = make_show("lamp-talk", "LT")
        row = add_placement(self.episode, "Lamp Oil Ltd")
        row.offer = make_offer(self.oil, other, promo_code="THEIRS")
        row.save()
        self.saved(title="Changed")
        self.assertEqual((stored().title, stored().placements.get().offer), ("Changed", row.offer))


class CostTests(RowsTestCase):
    def fill(self, number: str, rows: int) -> Episode:
        notes = make_notes(
            number=number,
            links=tuple(NotesLink(f"https://{n}.example", f"Page {n}") for n in range(rows)),
            credits=tuple(NotesCredit("host", f"Host {n}", f"h{n}") for n in range(rows)),
            placements=tuple(NotesPlacement(f"Sponsor {n}", "x", "y") for n in range(rows)),
        )
        import_notes(self.show, notes)
        return stored(number)

    def cost(self, episode: Episode, **changes: str) -> int:
        """Queries of a save, once its history has begun."""
        save(self.client, change_url(episode), title="Kept")
        values = form_values(self.client, change_url(episode)) | {"_save": "Save", **changes}
        with CaptureQueriesContext(connection) as queries:
            self.assertEqual(self.client.post(change_url(episode), values).status_code, 302)
        return len(queries)

    def test_a_save_costs_the_same_with_many_rows(self):
        few, many = self.fill("002", 2), self.fill("003", 40)
        self.assertEqual(self.cost(few), self.cost(many))
        changes = {"links-1-text": "Changed", "credits-1-role": "guest", "placements-1-words": "Changed"}
        self.assertEqual(self.cost(few, **changes), self.cost(many, **changes))

    def test_forty_rows_make_room_at_the_price_of_two(self):
        few, many = self.fill("002", 2), self.fill("003", 40)
        moved = self.cost(few, **{"links-1-position": "1"})
        self.assertEqual(self.cost(many, **{"links-39-position": "1"}), moved)


class BoxTests(TestCase):
    def test_boxes_are_those_that_djangos_templates_write(self):
        """Text that a page may contain, and every kind of attribute."""
        hostile = " \r\n<b>&amp;\"'\x01\u202e\u2028</b>"
        fields = {**LinkForm().fields, **PlacementForm().fields}
        renderer, seen = BoxRenderer(), set()
        for name, field in fields.items():
            for value in (None, "", 0, hostile, "paid", "text"):
                attrs = {"id": name, "title": hostile, "hidden": True, "disabled": False}
                context = field.widget.get_context(name, value, attrs)
                seen.add(field.widget.template_name)
                with self.subTest(name=name, value=value):
                    ours = renderer.render(field.widget.template_name, context)
                    self.assertHTMLEqual(ours, DjangoTemplates().render(field.widget.template_name, context))
        self.assertEqual(len(seen), 4)
