"""The start page of the desk: what awaits a member on each show, and nothing of what they may not do."""

from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.test import TestCase
from django.utils import timezone
from reversion.models import Revision

from episodes.admin.start import Desk, desks
from episodes.models import Correction, ImportRun, InboxLink, history
from episodes.tests.factories import (
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from lupcms.shows.models import Membership, Role, Show, User
from sponsors.models import Campaign, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

START = "/admin/"


def fill(show: Show, sponsor: Sponsor, times: int = 1) -> None:
    """So many of everything that the page lists."""
    today = show.today()
    for n in range(times):
        make_episode(show, f"d{n}", published=False, title=f"Draft {n}")
        ahead = make_episode(show, f"s{n}", published_at=timezone.now() + timedelta(days=n + 1), title=f"Ahead {n}")
        history.keep(ahead)
        InboxLink.objects.create(show=show, url=f"https://{n}.example")
        Correction.objects.create(show=show, sponsor=sponsor, about=f"Spot {n}", message="It is wrong.")
        make_campaign(sponsor, show, starts_on=today - timedelta(days=30), ends_on=today - timedelta(days=n + 1))
        make_offer(sponsor, show, promo_code=f"CODE{n}", valid_until=today + timedelta(days=n % 14))


class StartTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(time_zone="America/St_Johns")
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice = make_member("alice", cls.show)
        cls.sponsor = Sponsor.objects.named("Lamp Oil Ltd")
        cls.others = Sponsor.objects.named("Secret Sponsor")

    def setUp(self):
        self.client.force_login(self.alice)

    def start(self) -> Any:
        response = self.client.get(START)
        self.assertEqual(response.status_code, 200)
        return response

    def desks(self) -> list[Desk]:
        return desks(self.start().wsgi_request)

    def as_role(self, role: Role) -> Any:
        self.client.force_login(make_member(role, self.show, role))
        return self.start()

    def test_drafts_come_with_their_age_and_what_is_in_review_is_marked(self):
        old = make_episode(self.show, "001", published=False, title="Old")
        make_episode(self.show, "002", published=False, title="", is_in_review=True)
        make_episode(self.show, "003")
        history.keep(old)
        Revision.objects.update(date_created=timezone.now() - timedelta(days=22))
        page = self.start()
        drafts = [(row.episode.number, row.saved_at is not None) for row in self.desks()[0].drafts.all]
        self.assertEqual(drafts, [("001", True), ("002", False)])
        self.assertContains(page, "Saved 3\xa0weeks ago")
        self.assertContains(page, "In review", 1)
        self.assertContains(page, "002: Untitled")

    def test_scheduled_ones_have_their_moment_in_the_zone_of_the_show(self):
        at = datetime(2040, 7, 1, 12, 30, tzinfo=ZoneInfo("UTC"))
        make_episode(self.show, "001", published_at=at)
        page = self.start()
        self.assertContains(page, "Sunday, 1 July 2040, 10:00 America/St_Johns")
        self.assertEqual([row.number for row in self.desks()[0].scheduled.all], ["001"])

    def test_a_long_list_is_cut_and_says_so(self):
        fill(self.show, self.sponsor, 9)
        page = self.start()
        self.assertContains(page, "and 3 more", 5)
        self.assertContains(page, "?state=draft&amp;show__id__exact=")
        for path in (
            f"episodes/episode/?state=draft&show__id__exact={self.show.pk}",
            f"episodes/correction/?state__exact=open&show__id__exact={self.show.pk}",
            f"sponsors/campaign/?show={self.show.pk}",
            f"sponsors/offer/?show={self.show.pk}&state=ending",
        ):
            listed = self.client.get(START + path)
            self.assertEqual((listed.status_code, listed.context["cl"].result_count), (200, 9), path)

    def test_the_show_with_the_newest_activity_comes_first(self):
        Membership.objects.create(user=self.alice, show=self.other, role=Role.WRITER)
        third = make_show("third", "TH", title="A third")
        Membership.objects.create(user=self.alice, show=third, role=Role.VIEWER)
        make_episode(self.show, "001")
        make_episode(self.show, "002", published_at=timezone.now() + timedelta(days=9))
        make_episode(self.other, "001", published_at=timezone.now() - timedelta(days=1))
        self.assertEqual([desk.show for desk in self.desks()], [self.other, self.show, third])
        history.keep(make_episode(third, "001", published=False))
        self.assertEqual([desk.show for desk in self.desks()], [third, self.other, self.show])

    def test_a_member_sees_nothing_of_other_shows(self):
        fill(self.other, self.others)
        make_campaign(self.others, self.other)
        page = self.start()
        for words in ("Lamp Talk", "Secret Sponsor", "Draft 0", "Ahead 0", "Spot 0", "CODE0"):
            self.assertNotContains(page, words)
        self.client.force_login(make_member("bob", self.other))
        for words in ("Lamp Talk", "Secret Sponsor", "Draft 0", "Ahead 0", "Spot 0", "CODE0"):
            self.assertContains(self.start(), words)

    def test_what_counts_on_two_shows_awaits_only_on_those_of_the_member(self):
        today = self.show.today()
        make_offer(self.sponsor, self.show, self.other, valid_until=today, promo_code="BOTH")
        make_campaign(self.sponsor, self.show, self.other)
        (desk,) = self.desks()
        self.assertEqual((len(desk.ending.all), len(desk.owed.all)), (1, 1))

    def test_what_a_role_may_not_do_is_not_there(self):
        fill(self.show, self.sponsor)
        written, placed = ("New episode", "Inbox <b>1</b>"), ("Spot 0", "Late", "CODE0")
        for role, there, absent in [
            (Role.VIEWER, (), written + placed),
            (Role.WRITER, written, placed),
            (Role.AD_MANAGER, placed, written),
            (Role.PRODUCER, written + placed, ()),
        ]:
            page = self.as_role(role)
            for words in ("Draft 0", "Ahead 0", "Feed health", "Public page", *there):
                with self.subTest(role=role, words=words):
                    self.assertContains(page, words)
            for words in absent:
                with self.subTest(role=role, words=words):
                    self.assertNotContains(page, words)

    def test_every_link_of_the_page_leads_somewhere(self):
        fill(self.show, self.sponsor)
        for role in (Role.VIEWER, Role.WRITER, Role.AD_MANAGER, Role.OWNER):
            page = self.as_role(role).content.decode().partition('id="content-related"')[0]
            for path in sorted({part.split('"')[0] for part in page.split('href="/admin/')[1:]}):
                if not path.startswith("password_change"):
                    answer = self.client.get(START + path.replace("&amp;", "&"))
                    self.assertEqual(answer.status_code, 200, (role, path))

    def test_a_campaign_that_keeps_its_pace_owes_nothing_yet(self):
        today = self.show.today()
        campaign = make_campaign(
            self.sponsor, self.show, starts_on=today - timedelta(days=9), ends_on=today + timedelta(days=10), spots=4
        )
        self.assertEqual([row.owed for row in self.desks()[0].owed.all], [4])
        for number in ("001", "002"):
            add_placement(make_episode(self.show, number), campaign=campaign)
        self.assertEqual(self.desks()[0].owed.all, [])
        Campaign.objects.update(ends_on=today - timedelta(days=1))
        (row,) = self.desks()[0].owed.all
        self.assertEqual((row.owed, row.is_over), (2, True))
        for number in ("003", "004"):
            add_placement(make_episode(self.show, number), campaign=campaign)
        self.assertEqual(self.desks()[0].owed.all, [])

    def test_offers_end_by_the_day_of_their_show(self):
        """It is 1 May in Kiritimati and still 30 April in Los Angeles."""
        with patch("django.utils.timezone.now", return_value=datetime(2024, 4, 30, 12, tzinfo=ZoneInfo("UTC"))):
            Show.objects.filter(pk=self.show.pk).update(time_zone="Pacific/Kiritimati")
            Membership.objects.create(user=self.alice, show=self.other, role=Role.OWNER)
            for day in (date(2024, 4, 30), date(2024, 5, 14), date(2024, 5, 15), date(2024, 5, 16)):
                make_offer(self.sponsor, self.show, self.other, valid_until=day)
            ending = {desk.show: [row.offer.valid_until.day for row in desk.ending.all] for desk in self.desks()}
        self.assertEqual(ending, {self.show: [14, 15], self.other: [30, 14]})

    def test_without_a_show_the_page_says_what_to_do(self):
        self.client.force_login(User.objects.create(username="nina", is_staff=True))
        self.assertContains(self.start(), "You are a member of no show.")
        self.assertNotContains(self.start(), "/admin/shows/show/add/")
        Show.objects.all().delete()
        self.client.force_login(User.objects.create_superuser("root"))
        self.assertContains(self.start(), '<a href="/admin/shows/show/add/">Make the first one</a>')

    def test_what_an_import_left_to_look_at_is_counted_for_those_who_can_mend_it(self):
        cache.clear()
        make_episode(self.show, "001", guid=None, enclosure_url="https://cdn.example/1.mp3")
        add_placement(make_episode(self.show, "002", enclosure_url="https://cdn.example/2.mp3"), promo_code="")
        self.assertNotContains(self.start(), "After an import")
        ImportRun.objects.create(show=self.show, source="rss", origin="https://old.example/rss")
        self.assertContains(self.start(), "After an import <b>2</b>")
        for role, said in ((Role.WRITER, 1), (Role.AD_MANAGER, 1), (Role.VIEWER, 0)):
            self.assertContains(self.as_role(role), f"After an import <b>{said}</b>", said)

    def test_everything_else_stays_in_reach(self):
        page = self.start()
        for path in ("episodes/episode", "episodes/tag", "hosts/host", "sponsors/sponsor", "shows/show"):
            self.assertContains(page, f'href="/admin/{path}/"')
        self.assertNotContains(self.client.get("/admin/episodes/"), "New episode")

    def test_whoever_is_not_signed_in_signs_in(self):
        self.client.logout()
        self.assertRedirects(self.client.get(START), "/admin/login/?next=/admin/")

    def test_the_page_costs_the_same_with_1_or_20_of_everything_and_with_1_or_3_shows(self):
        fill(self.show, self.sponsor)
        self.start()
        with self.assertNumQueries(18):
            self.start()
        fill(self.other, self.others, 20)
        third = make_show("third", "TH", title="A third")
        fill(third, self.sponsor, 20)
        for show in (self.other, third):
            Membership.objects.create(user=self.alice, show=show, role=Role.OWNER)
        with self.assertNumQueries(18):
            self.assertContains(self.start(), "New episode", 3)
