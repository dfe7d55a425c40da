"""The producers' side: what the forms say and refuse, who may do what, and what the lists cost."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from episodes.models import Placement
from episodes.tests.factories import (
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_recipient,
    make_show,
)
from episodes.tests.test_admin import errors, form_values, save
from lupcms.shows.models import Membership, Role, User
from sponsors.models import Campaign, Offer, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

SPONSORS, OFFERS, CAMPAIGNS = (f"/admin/sponsors/{name}/" for name in ("sponsor", "offer", "campaign"))


def said(response: Any) -> list[str]:
    """The messages on the page that follows."""
    found = re.findall(r'<ul class="messagelist">(.*?)</ul>', response.content.decode(), re.S)
    return [re.sub("<[^>]+>", "", text).strip() for text in re.findall("<li[^>]*>(.*?)</li>", " ".join(found), re.S)]


def cells(response: Any, name: str) -> list[str]:
    """A column of a list."""
    found = re.findall(rf'<t[dh] class="field-{name}[^"]*">(.*?)</t[dh]>', response.content.decode(), re.S)
    return [re.sub("<[^>]+>", "", text).strip() for text in found]


class DeskTestCase(TestCase):
    """Alice produces this show and Bob another; Adam, Will and Vera sell, write and look here; Mia has both."""

    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.today = cls.show.today()
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.adam = make_member("adam", cls.show, Role.AD_MANAGER)
        cls.will = make_member("will", cls.show, Role.WRITER)
        cls.vera = make_member("vera", cls.show, Role.VIEWER)
        cls.mia = make_member("mia", cls.show)
        Membership.objects.create(user=cls.mia, show=cls.other, role=Role.AD_MANAGER)
        cls.oil, cls.rope = Sponsor.objects.named("Oil"), Sponsor.objects.named("Rope")

    def setUp(self):
        self.client.force_login(self.alice)

    def post(self, url: str, /, **changes: Any) -> Any:
        """Save a form as a browser would, and follow."""
        values = form_values(self.client, url)
        return self.client.post(url, {**values, **changes, "_save": "Save"}, follow=True)

    def act(self, url: str, action: str, *rows: Any, **values: Any) -> Any:
        return self.client.post(
            url, {"action": action, "_selected_action": [row.pk for row in rows], **values}, follow=True
        )

    def assert_constant_queries(self, url: str, count: int, make: Any) -> None:
        """The list costs `count` queries with one row more and with many."""
        for times in (1, 20):
            for _ in range(times):
                make()
            with self.assertNumQueries(count):
                self.client.get(url)

    def assert_may(self, url: str, values: dict[str, Any], expected: dict[str, str]) -> None:
        """What each sees at a form's address, `none`, `look` or `save`; posting by hand does no more."""
        for username, may in expected.items():
            self.client.force_login(User.objects.get(username=username))
            page = self.client.get(url)
            seen = "none" if page.status_code in (302, 403, 404) else "look"
            seen = "save" if b'name="_save"' in page.content else seen
            self.assertEqual(seen, may, username)
            if may != "save":
                status = self.client.post(url, values).status_code
                self.assertIn(status, (302, 403) if may == "none" else (403,), username)


class MergeTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.lamp = Sponsor.objects.named("Lamp")
        cls.placement = add_placement(make_episode(cls.show), "Oil")
        add_placement(make_episode(cls.show, "002"), "Rope")
        make_offer(cls.oil, cls.show)
        make_offer(cls.oil, cls.show)
        make_recipient(cls.rope, cls.show)

    def test_the_page_says_in_numbers_what_each_one_has(self):
        page = self.act(SPONSORS, "merge", self.oil, self.rope)
        self.assertContains(page, "no published page changes")
        rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page.content.decode(), re.S)
        numbers = [re.findall(r"<td>(.*?)</td>", row) for row in rows]
        self.assertEqual(numbers, [["/sponsors/oil", *"1200001"], ["/sponsors/rope", *"1001001"]])
        self.assertContains(page, 'type="radio"', 2)
        self.assertEqual(Sponsor.objects.count(), 3)

    def test_a_merge_is_reported_in_numbers_and_logged_on_the_one_that_stays(self):
        before = Placement.objects.filter(pk=self.placement.pk).values().get()
        page = self.act(SPONSORS, "merge", self.oil, self.rope, self.lamp, confirmed="yes", stays=self.rope.pk)
        self.assertEqual(
            said(page),
            [
                "“Lamp” and “Oil” merged into “Rope”, which has now what belonged to them: 1 placement, 2 offers. "
                "1 address now leads to its page, and no published page has changed."
            ],
        )
        self.assertEqual(list(Sponsor.objects.all()), [self.rope])
        self.assertEqual(Placement.objects.values().get(pk=self.placement.pk), before | {"sponsor_id": self.rope.pk})
        entry = LogEntry.objects.get()
        self.assertEqual((entry.object_id, entry.user), (str(self.rope.pk), self.alice))
        self.assertIn("Merged “Lamp” and “Oil” into it: 1 placement, 2 offers.", entry.get_change_message())

    def test_one_must_be_chosen_and_two_selected(self):
        page = self.act(SPONSORS, "merge", self.oil, self.rope, confirmed="yes")
        self.assertContains(page, "Nothing has been merged.")
        page = self.act(SPONSORS, "merge", self.oil, self.rope, confirmed="yes", stays=self.lamp.pk)
        self.assertContains(page, "Nothing has been merged.")
        page = self.act(SPONSORS, "merge", self.oil)
        self.assertEqual(said(page), ["Select two sponsors or more to merge them."])
        self.assertEqual(Sponsor.objects.count(), 3)

    def test_a_sponsor_that_another_show_uses_can_only_stay(self):
        theirs = Sponsor.objects.named("Theirs")
        uses = [
            lambda: add_placement(make_episode(self.other), "Oil"),
            lambda: make_campaign(self.oil, self.other),
            lambda: make_recipient(self.oil, self.other),
            lambda: self.oil.short_links.create(show=self.other, word="oil"),
            lambda: self.oil.corrections.create(show=self.other, about="LT 001, Oil", message="Wrong."),
        ]
        for use in uses:
            row = use()
            page = self.act(SPONSORS, "merge", self.oil, self.rope, stays=self.rope.pk)
            self.assertContains(page, "Another show uses it, so it cannot go.", 1)
            self.assertContains(page, 'type="radio"', 1)
            row = row[0] if isinstance(row, tuple) else row
            row.delete()
        make_offer(self.oil, self.other)
        self.act(SPONSORS, "merge", self.oil, self.rope, stays=self.oil.pk)
        self.assertFalse(Sponsor.objects.filter(pk=self.rope.pk).exists())
        make_offer(theirs, self.other)
        page = self.act(SPONSORS, "merge", theirs, self.lamp, stays=theirs.pk)
        self.assertContains(page, "These cannot be merged by you")
        self.assertContains(page, "No show of yours uses it, so it is not yours to change.")
        self.assertTrue(Sponsor.objects.filter(pk=self.lamp.pk).exists())

    def test_only_those_who_change_and_delete_sponsors_may_merge(self):
        for user in (self.adam, self.will, self.vera):
            self.client.force_login(user)
            self.assertNotContains(self.client.get(SPONSORS), "Merge…")
            self.act(SPONSORS, "merge", self.oil, self.rope, confirmed="yes", stays=self.rope.pk)
        self.assertEqual(Sponsor.objects.count(), 3)


class SponsorTests(DeskTestCase):
    def test_the_list_counts_what_counts_today_and_finds_the_last_published_spot(self):
        make_offer(self.oil, self.show)
        make_offer(self.oil, self.show, valid_until=self.today)
        make_offer(self.oil, self.show, valid_until=self.today - timedelta(days=1))
        make_offer(self.oil, self.other)
        add_placement(make_episode(self.show, "1"), "Oil")
        later = {"air_date": self.today + timedelta(days=9), "published_at": timezone.now() + timedelta(days=9)}
        add_placement(make_episode(self.show, "2", **later), "Oil")
        page = self.client.get(SPONSORS)
        self.assertEqual(cells(page, "offers_today"), ["2", "0"])
        self.assertEqual(cells(page, "last_aired_on"), ["2 May 2024", "-"])

    def test_the_list_costs_the_same_with_many(self):
        numbers = iter(range(100))

        def make() -> None:
            number = next(numbers)
            make_offer(add_placement(make_episode(self.show, str(number)), f"S{number}").sponsor, self.show)

        self.assert_constant_queries(SPONSORS, 10, make)

    def test_the_list_is_found_by_kind(self):
        Sponsor.objects.filter(pk=self.oil.pk).update(kind="paid")
        self.assertEqual(cells(self.client.get(SPONSORS, {"kind": "paid"}), "name"), ["Oil"])

    def test_an_odd_address_is_warned_of_and_a_program_refused(self):
        url = f"{SPONSORS}{self.oil.pk}/change/"
        text = "Nobody can follow this address: it has no https://. Write https://oil.example."
        page = self.post(url, url="oil.example")
        self.assertEqual(said(page)[-1], text)
        self.assertContains(self.client.get(url), f'<strong class="warned">{text}</strong>', 1)
        program = self.post(url, url="javascript:alert(1)")
        self.assertEqual(
            errors(program), ["This is a program and not an address. Write one that begins with https://."]
        )
        self.oil.refresh_from_db()
        self.assertEqual(self.oil.url, "oil.example")

    def test_a_lists_address_tells_nothing_of_rows_on_other_shows(self):
        campaign = make_campaign(self.oil, self.other)
        self.client.force_login(self.vera)
        for asked in (f"campaigns={campaign.pk}", "campaigns__isnull=False", "placements__in=1,2", "recipients__gt=0"):
            with self.subTest(asked=asked):
                self.assertEqual(self.client.get(f"{SPONSORS}?{asked}").status_code, 400)
        self.assertEqual(self.client.get(f"{SPONSORS}?pk={self.oil.pk}&kind__exact=unknown").status_code, 200)

    def test_its_page_is_linked_where_visitors_find_it(self):
        url = f"{SPONSORS}{self.oil.pk}/change/"
        here = {"host": "tide-radio.localhost"}
        make_offer(self.oil, self.show, valid_from=self.today + timedelta(days=2))
        make_offer(self.oil, valid_until=self.today)
        self.assertNotContains(self.client.get(url, headers=here), "viewsitelink")
        self.assertEqual(self.client.get("/sponsors/oil", headers=here).status_code, 404)
        make_offer(self.oil, self.show, valid_until=date(2024, 5, 31))
        self.assertContains(self.client.get(url, headers=here), '<a href="/sponsors/oil" class="viewsitelink">')
        self.assertEqual(self.client.get("/sponsors/oil", headers=here).status_code, 200)

    def test_a_name_or_address_of_another_is_refused_with_its_reason(self):
        save(self.client, f"{SPONSORS}{self.oil.pk}/change/", name="Lamp Oil")
        response = save(self.client, f"{SPONSORS}add/", name="Oil", slug="new")
        self.assertEqual(errors(response), ["Lamp Oil had this name, and pages published under it are theirs."])


class OfferTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.offer = make_offer(cls.oil, cls.show)
        cls.shared = make_offer(cls.oil, cls.show, cls.other, promo_code="SHARED")
        cls.url = f"{OFFERS}{cls.offer.pk}/change/"

    def test_a_new_offer_is_confirmed_today_by_whoever_makes_it(self):
        values = form_values(self.client, f"{OFFERS}add/")
        self.assertEqual(values["last_verified_on"], str(self.today))
        self.assertEqual(values["shows"], str(self.show.pk))
        self.post(f"{OFFERS}add/", sponsor=self.oil.pk, words="Half price.", promo_code="HALF")
        offer = Offer.objects.get(promo_code="HALF")
        self.assertEqual((offer.last_verified_on, offer.last_verified_by), (self.today, self.alice))
        self.client.force_login(self.adam)
        self.post(f"{OFFERS}{offer.pk}/change/", words="A third.")
        offer.refresh_from_db()
        self.assertEqual((offer.words, offer.last_verified_by), ("A third.", self.alice))

    def test_dates_the_wrong_way_round_are_an_error_at_the_last_day(self):
        response = save(self.client, self.url, valid_from="2026-05-02", valid_until="2026-05-01")
        self.assertEqual(errors(response), ["The offer ends before it begins."])
        self.assertEqual(
            response.context["adminform"].form.errors, {"valid_until": ["The offer ends before it begins."]}
        )

    def test_an_offer_needs_a_show_and_one_that_lost_it_is_an_administrators(self):
        self.client.force_login(self.alice)
        self.assertEqual(
            errors(self.client.post(self.url, {"sponsor": str(self.offer.sponsor_id)}))[0], "This field is required."
        )
        self.offer.shows.clear()
        self.assertEqual(self.client.get(self.url).status_code, 302)
        self.client.force_login(User.objects.create_superuser("admin"))
        self.assertEqual(self.client.get(self.url).status_code, 200)

    def test_warnings_lose_nothing_and_stand_beside_their_fields(self):
        make_offer(self.rope, self.show, promo_code="oil.example/tide")
        page = self.post(self.url, promo_code="oil.example/tide", url="http://oil.example", words=" x ")
        warnings = {
            "promo_code": "This looks like an address. A code is what listeners type; move the address to its own "
            "field. Rope uses this code too. Check whose it is.",
            "url": "This address is not encrypted. If the site also answers at https://, write that.",
        }
        self.assertEqual(said(page)[1:], list(warnings.values()))
        self.offer.refresh_from_db()
        self.assertEqual((self.offer.words, self.offer.url), (" x ", "http://oil.example"))
        form = self.client.get(self.url).content.decode()
        for field, text in warnings.items():
            row = form.partition(f'<div class="form-row field-{field}">')[2].partition('<div class="form-row')[0]
            self.assertIn(f'<strong class="warned">{text}</strong>', row, field)

    def test_a_program_is_refused(self):
        self.assertTrue(errors(self.post(self.url, url="JAVASCRIPT:alert(1)")))

    def test_nobody_learns_of_a_code_on_a_show_they_do_not_see(self):
        make_offer(self.rope, self.other, promo_code="TIDE")
        self.assertEqual(len(said(self.post(self.url, promo_code="tide"))), 1)
        self.client.force_login(self.mia)
        self.assertEqual(
            said(self.post(self.url, promo_code="Tide"))[1:], ["Rope uses this code too. Check whose it is."]
        )

    def test_the_list_says_states_and_shows_and_finds_by_them(self):
        Offer.objects.filter(pk=self.offer.pk).update(valid_until=self.today + timedelta(days=5))
        Offer.objects.filter(pk=self.shared.pk).update(last_verified_on=date(2026, 3, 3))
        ended = make_offer(self.rope, self.show, promo_code="OLD", valid_until=date(2024, 5, 31))
        page = self.client.get(OFFERS)
        self.assertEqual(
            list(zip(cells(page, "promo_code"), cells(page, "state"), cells(page, "on"), strict=True)),
            [
                ("OLD", "Ended 31 May 2024", "Tide Radio"),
                ("SHARED", "Unconfirmed since 3 March 2026", "Lamp Talk, Tide Radio"),
                ("TIDE", "Ends in 5 days", "Tide Radio"),
            ],
        )
        for state, codes in [
            ("live", ["SHARED", "TIDE"]),
            ("ending", ["TIDE"]),
            ("unconfirmed", ["SHARED"]),
            ("ended", ["OLD"]),
            ("upcoming", []),
            ("odd", ["OLD", "SHARED", "TIDE"]),
        ]:
            self.assertEqual(cells(self.client.get(OFFERS, {"state": state}), "promo_code"), codes, state)
        ended.shows.clear()
        self.assertEqual(cells(self.client.get(OFFERS, {"show": self.show.pk}), "promo_code"), ["SHARED", "TIDE"])

    def test_a_filter_offers_my_shows_only(self):
        self.client.force_login(self.mia)
        self.assertContains(self.client.get(OFFERS), f"?show={self.other.pk}")
        self.assertEqual(cells(self.client.get(OFFERS, {"show": self.other.pk}), "promo_code"), ["SHARED"])
        self.client.force_login(self.alice)
        self.assertNotContains(self.client.get(OFFERS), f"?show={self.other.pk}")
        self.assertEqual(cells(self.client.get(OFFERS, {"show": self.other.pk}), "promo_code"), ["SHARED", "TIDE"])

    def test_the_list_costs_the_same_with_many(self):
        self.assert_constant_queries(OFFERS, 11, lambda: make_offer(self.oil, self.show, self.other))

    def test_confirmed_today_leaves_what_also_counts_elsewhere(self):
        page = self.act(OFFERS, "confirm", self.offer, self.shared)
        self.assertEqual(
            said(page),
            [
                "Confirmed 1 offer today.",
                "Left 1 offer as they were: they also count on a show that is not yours.",
            ],
        )
        self.assertEqual(
            [(o.last_verified_on, o.last_verified_by) for o in Offer.objects.order_by("pk")],
            [(self.today, self.alice), (None, None)],
        )
        self.client.force_login(self.mia)
        self.assertEqual(said(self.act(OFFERS, "confirm", self.offer, self.shared)), ["Confirmed 2 offers today."])

    def test_an_offer_that_a_page_has_announced_is_not_deleted(self):
        announced = add_placement(make_episode(self.show), "Oil", offer=self.offer)
        draft = make_offer(self.oil, self.show, promo_code="DRAFT")
        add_placement(make_episode(self.show, "002", published=False), "Oil", offer=draft)
        page = self.client.get("/1").content
        self.assertNotContains(self.client.get(self.url), "/delete/")
        self.assertEqual(self.client.post(self.url.replace("change", "delete"), {"post": "yes"}).status_code, 403)
        self.act(OFFERS, "delete_selected", self.offer, draft, post="yes")
        self.act(OFFERS, "delete_selected", draft, post="yes")
        self.assertEqual(set(Offer.objects.all()), {self.offer, self.shared})
        announced.refresh_from_db()
        self.assertEqual((announced.offer, self.client.get("/1").content), (self.offer, page))

    def test_the_desks_day_is_the_one_where_the_offer_counts(self):
        """At 17:30 in Los Angeles it is tomorrow in UTC, and an offer confirmed tomorrow is not confirmed today."""
        ends = make_offer(self.oil, self.show, promo_code="ENDS", valid_until=date(2024, 5, 2))
        with patch("django.utils.timezone.now", lambda: datetime(2024, 5, 3, 0, 30, tzinfo=UTC)):
            self.act(OFFERS, "confirm", self.offer, ends)
            self.offer.refresh_from_db()
            self.assertEqual(self.offer.last_verified_on, date(2024, 5, 2))
            self.assertEqual(self.offer.standing(self.show.today()).confirmed_days, 0)
            self.assertContains(self.client.get(f"{OFFERS}add/"), 'value="2024-05-02"')
            self.assertIn("Ends today", cells(self.client.get(OFFERS), "state"))
            self.assertNotIn("ENDS", cells(self.client.get(OFFERS, {"state": "ended"}), "promo_code"))
            campaign = make_campaign(self.oil, self.show, ends_on=date(2024, 5, 2))
            self.assertEqual(cells(self.client.get(CAMPAIGNS), "state"), ["Running"])
            self.assertEqual(campaign.delivery(self.show.today()).is_overdue, False)

    def test_whoever_may_not_change_offers_confirms_none(self):
        for user in (self.will, self.vera, self.bob):
            self.client.force_login(user)
            self.act(OFFERS, "confirm", self.offer, self.shared)
        self.assertFalse(Offer.objects.exclude(last_verified_on=None).exists())

    def test_who_may_change_an_offer(self):
        one_show = {"alice": "save", "adam": "save", "mia": "save", "will": "look", "vera": "look", "bob": "none"}
        two_shows = {"alice": "look", "adam": "look", "mia": "save", "will": "look", "vera": "look", "bob": "look"}
        self.assert_may(self.url, {"sponsor": self.oil.pk, "words": "Hacked"}, one_show)
        self.assert_may(f"{OFFERS}{self.shared.pk}/change/", {"sponsor": self.oil.pk, "words": "Hacked"}, two_shows)
        self.assertFalse(Offer.objects.filter(words="Hacked").exists())
        for user, status in ((self.adam, 200), (self.will, 403), (self.vera, 403)):
            self.client.force_login(user)
            self.assertEqual(self.client.get(f"{OFFERS}add/").status_code, status)
        self.client.force_login(self.bob)
        self.assertEqual(cells(self.client.get(OFFERS), "promo_code"), ["SHARED"])

    def test_nobody_puts_an_offer_on_a_show_of_others(self):
        response = save(self.client, self.url, shows=[self.show.pk, self.other.pk])
        self.assertIn("not one of the available choices", " ".join(errors(response)))
        self.assertEqual(list(self.offer.shows.all()), [self.show])


class CampaignTests(DeskTestCase):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.offer = make_offer(cls.oil, cls.show)
        cls.campaign = make_campaign(cls.oil, cls.show, spots=2)
        cls.shared = make_campaign(cls.oil, cls.show, cls.other)
        cls.url = f"{CAMPAIGNS}{cls.campaign.pk}/change/"
        cls.values = {"sponsor": cls.oil.pk, "spots": 9, "starts_on": "2026-01-01", "ends_on": "2026-02-01"}

    def test_a_campaign_is_booked_and_an_odd_one_warned_of(self):
        make_offer(self.oil, self.other, promo_code="LT", valid_until=date(2024, 5, 1))
        offer = Offer.objects.get(promo_code="LT")
        self.client.force_login(self.mia)
        values = {**self.values, "shows": [self.show.pk, self.other.pk], "offer": offer.pk}
        page = self.client.post(
            f"{CAMPAIGNS}add/", {**values, "starts_on": "2024-05-01", "ends_on": "2024-05-31"}, follow=True
        )
        campaign = Campaign.objects.get(offer=offer)
        self.assertEqual(set(campaign.shows.all()), {self.show, self.other})
        offered = (
            "This offer does not count on Tide Radio. Add the show to the offer, or choose another. "
            "This offer ends on 1 May 2024, before the campaign does. Ask the sponsor for a new one."
        )
        self.assertEqual(said(page)[1:], [offered, "The period has passed already. Check the year."])
        url = f"{CAMPAIGNS}{campaign.pk}/change/"
        self.assertContains(self.client.get(url), f'<strong class="warned">{offered}</strong>', 1)

    def test_another_shows_offer_cannot_be_booked(self):
        theirs = make_offer(self.oil, self.other)
        response = save(self.client, self.url, offer=str(theirs.pk))
        self.assertIn("Select a valid choice.", errors(response)[0])
        self.assertIsNone(Campaign.objects.get(pk=self.campaign.pk).offer)

    def test_wrong_dates_and_an_offer_of_another_sponsor_are_errors_at_their_fields(self):
        foreign = make_offer(self.rope, self.show)
        response = save(self.client, self.url, offer=str(foreign.pk), ends_on="2020-01-01")
        self.assertEqual(
            response.context["adminform"].form.errors,
            {"offer": ["This is an offer of another sponsor."], "ends_on": ["The campaign ends before it begins."]},
        )

    def test_the_list_says_in_numbers_what_is_owed(self):
        Campaign.objects.filter(pk=self.shared.pk).update(starts_on=self.today, ends_on=self.today)
        make_campaign(self.rope, self.show, starts_on=date(2099, 12, 1), ends_on=date(2099, 12, 2))
        done = make_campaign(self.rope, self.show, spots=1)
        add_placement(make_episode(self.show, "1", air_date=date(2024, 6, 1)), "Rope", campaign=done)
        add_placement(make_episode(self.show, "2"), "Oil", campaign=self.campaign)
        scheduled = make_episode(self.show, "3", published_at=timezone.now() + timedelta(days=1))
        add_placement(scheduled, "Oil", campaign=self.shared)
        page = self.client.get(CAMPAIGNS)
        columns = ("on", "booked", "published", "scheduled", "owed", "late", "state")
        rows = list(zip(*(cells(page, name) for name in columns), strict=True))
        self.assertEqual(
            rows,
            [
                ("Tide Radio", "4", "0", "0", "4", "0", "Begins 1 December 2099"),
                ("Lamp Talk, Tide Radio", "4", "0", "1", "3", "0", "Running"),
                ("Tide Radio", "1", "1", "0", "0", "1", "Done"),
                ("Tide Radio", "2", "1", "0", "1", "0", "Overdue: 1 owed"),
            ],
        )
        for state, found in [
            ("running", ["Running"]),
            ("overdue", ["Overdue: 1 owed"]),
            ("upcoming", ["Begins 1 December 2099"]),
            ("over", ["Done", "Overdue: 1 owed"]),
        ]:
            self.assertEqual(cells(self.client.get(CAMPAIGNS, {"state": state}), "state"), found)
        self.client.force_login(self.mia)
        for column in ("4", "5", "6", "8", "-8"):
            self.assertEqual(self.client.get(CAMPAIGNS, {"o": column, "show": self.other.pk}).status_code, 200)
        self.assertEqual(cells(self.client.get(CAMPAIGNS, {"show": self.other.pk}), "state"), ["Running"])

    def test_the_list_costs_the_same_with_many(self):
        self.assert_constant_queries(CAMPAIGNS, 11, lambda: make_campaign(self.oil, self.show, self.other))

    def test_the_box_that_finds_campaigns_has_the_newest_first(self):
        old, new = (make_campaign(self.oil, self.show, starts_on=date(2024, 5, day)) for day in (1, 2))
        asked = {"app_label": "episodes", "model_name": "placement", "field_name": "campaign"}
        found = self.client.get("/admin/autocomplete/", asked).json()["results"]
        self.assertEqual([row["id"] for row in found][:2], [str(new.pk), str(old.pk)])

    def test_the_form_lists_its_spots_on_shows_that_i_may_see(self):
        here = make_episode(self.show, "1", title="Here")
        there = make_episode(self.other, "1", title="Secret", published=False)
        for episode in (here, there):
            add_placement(episode, "Oil", campaign=self.shared)
        url = f"{CAMPAIGNS}{self.shared.pk}/change/"
        page = self.client.get(url)
        self.assertContains(page, f'href="/admin/episodes/episode/{here.pk}/change/"')
        self.assertContains(page, "2 May 2024")
        self.assertNotContains(page, f"/admin/episodes/episode/{there.pk}/")
        self.assertNotContains(page, "Secret")
        self.assertContains(page, "<dt>Published</dt><dd>1</dd>", html=True)
        with CaptureQueriesContext(
            connection,
        ) as few:
            self.client.get(url)
        for number in range(2, 12):
            add_placement(make_episode(self.show, str(number)), "Oil", campaign=self.shared)
        with self.assertNumQueries(len(few)):
            self.client.get(url)

    def test_spots_stay_when_their_campaign_goes_and_the_page_says_so(self):
        placement = add_placement(make_episode(self.show, "1"), "Oil", campaign=self.campaign)
        text = "What was placed stays"
        url = f"{CAMPAIGNS}{self.campaign.pk}/delete/"
        self.assertContains(self.client.get(url), text)
        self.assertContains(self.act(CAMPAIGNS, "delete_selected", self.campaign), text)
        self.act(CAMPAIGNS, "delete_selected", self.campaign, post="yes")
        self.assertFalse(Campaign.objects.filter(pk=self.campaign.pk).exists())
        placement.refresh_from_db()
        self.assertIsNone(placement.campaign)

    def test_who_may_change_a_campaign(self):
        one_show = {"alice": "save", "adam": "save", "mia": "save", "will": "look", "vera": "look", "bob": "none"}
        two_shows = {"alice": "look", "adam": "look", "mia": "save", "will": "look", "vera": "look", "bob": "look"}
        values = {**self.values, "shows": [self.other.pk]}
        self.assert_may(self.url, values, one_show)
        self.assert_may(f"{CAMPAIGNS}{self.shared.pk}/change/", values, two_shows)
        self.assertFalse(Campaign.objects.filter(spots=9).exists())
        for user in (self.will, self.vera):
            self.client.force_login(user)
            self.assertEqual(self.client.post(f"{CAMPAIGNS}add/", values).status_code, 403)
        self.client.force_login(self.bob)
        self.assertEqual(cells(self.client.get(CAMPAIGNS), "on"), ["Lamp Talk, Tide Radio"])
        for campaign in (self.campaign, self.shared):
            self.act(CAMPAIGNS, "delete_selected", campaign, post="yes")
            self.assertIn(
                self.client.post(f"{CAMPAIGNS}{campaign.pk}/delete/", {"post": "yes"}).status_code, (302, 403)
            )
        self.assertEqual(Campaign.objects.count(), 2)

    def test_nobody_books_on_a_show_of_others(self):
        response = self.client.post(f"{CAMPAIGNS}add/", {**self.values, "shows": [self.show.pk, self.other.pk]})
        self.assertIn("not one of the available choices", " ".join(errors(response)))
        self.assertEqual(Campaign.objects.count(), 2)
