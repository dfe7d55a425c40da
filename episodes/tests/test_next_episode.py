"""A new episode begins with what its show knows."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.test import TestCase

from episodes.models import Credit, DeskRules, Episode
from episodes.next_episode import next_number, usual_day, usual_slot
from episodes.tests.factories import (
    add_credit,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from episodes.tests.test_admin import LIST, change_url, errors, form_values, save
from lupcms.shows.models import Membership, Role
from sponsors.models import Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

THURSDAYS = [date(2024, 5, 2) - timedelta(weeks=week) for week in range(10)]


@pytest.mark.parametrize(
    ("last", "others", "expected", "skipped"),
    [
        ([], [], "1", []),
        (["245", "244"], [], "246", []),
        (["001"], [], "002", []),
        (["009", "008"], [], "010", []),
        (["100", "099"], [], "101", []),
        (["99", "98"], [], "100", []),
        (["p03", "p02", "p01"], [], "p04", []),
        # A special between, and a series that came later.
        (["028", "p01", "027", "026"], [], "029", []),
        (["p02", "p01", "028"], [], "p03", []),
        (["regatta", "028", "027"], [], "029", []),
        (["regatta"], [], "1", []),
        # Taken, also in another spelling.
        (["028"], ["029", "30", "P1"], "031", ["029", "30"]),
        (["p1"], ["P2"], "p3", ["P2"]),
        (["s02e05"], [], "s02e06", []),
        # Longer than any count.
        (["9" * 5000], [], "1", []),
        (["999999999"], [], "1000000000", []),
    ],
)
def test_the_next_number_goes_on_with_the_series_of_the_last_ones(last, others, expected, skipped):
    assert next_number(last, {*last, *others}) == (expected, skipped)


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        (THURSDAYS, date(2024, 5, 3), date(2024, 5, 9)),
        (THURSDAYS, date(2024, 5, 9), date(2024, 5, 9)),
        # One was left out; then the next Thursday.
        (THURSDAYS, date(2024, 5, 10), date(2024, 5, 16)),
        # Every other Thursday, and a special on a Saturday between.
        (THURSDAYS[::2], date(2024, 5, 3), date(2024, 5, 16)),
        ([date(2024, 5, 4), *THURSDAYS[::2]], date(2024, 5, 5), date(2024, 5, 16)),
        # The next one is scheduled already.
        ([date(2024, 5, 9), *THURSDAYS], date(2024, 5, 3), date(2024, 5, 16)),
        # Each day; no weekday; too few to say.
        ([date(2024, 5, 2) - timedelta(days=n) for n in range(10)], date(2024, 5, 2), date(2024, 5, 3)),
        ([date(2024, 5, 2), date(2024, 4, 22), date(2024, 4, 13)], date(2024, 5, 2), date(2024, 5, 12)),
        # Several a day have no weekday either.
        ([date(2024, 5, 2)] * 3, date(2024, 5, 2), date(2024, 5, 3)),
        (THURSDAYS[:1], date(2024, 6, 1), date(2024, 6, 1)),
        ([], date(2024, 6, 1), date(2024, 6, 1)),
    ],
)
def test_the_next_day_is_the_usual_weekday(days, today, expected):
    assert usual_day(days, today) == expected


def test_a_day_that_is_taken_is_left_to_the_other():
    assert usual_day(THURSDAYS, date(2024, 5, 3), {date(2024, 5, 9)}) == date(2024, 5, 16)


def now(text: str):
    return patch("django.utils.timezone.now", lambda: datetime.fromisoformat(text).astimezone(UTC))


class NewEpisodeTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        for week, number in enumerate(("001", "002", "003")):
            day = date(2024, 5, 2) + timedelta(weeks=week)
            at = cls.show.midnight(day) + timedelta(hours=10)
            episode = make_episode(cls.show, number, air_date=day, published_at=at, season=3, explicit=True)
            add_credit(episode, "zed", "Zed", position=1)
            add_credit(episode, "ann", "Ann Host", position=2)
        add_credit(episode, "gil", "Gil Guest", role=Credit.Role.GUEST, position=3)
        add_credit(episode, "eve", "Eve Once", position=4)
        cls.oil = add_placement(episode).sponsor
        cls.offer = make_offer(cls.oil, cls.show, promo_code="MORE", words="More\n\noil.")
        cls.campaign = make_campaign(cls.oil, cls.show, offer=cls.offer)
        DeskRules.objects.create(show=cls.show, default_tags="c++, tide")

    def setUp(self):
        self.client.force_login(self.alice)
        # Monday; the last one aired on Thursday the 16th.
        moment = now("2024-05-20 12:00-07:00")
        moment.start()
        self.addCleanup(moment.stop)

    def new(self, **query):
        return self.client.get(f"{LIST}add/", query)

    def test_what_is_usual_is_filled_in_and_saved_untouched(self):
        response = save(self.client, f"{LIST}add/", title="High water")
        self.assertRedirects(response, LIST)
        episode = Episode.objects.get(title="High water")
        self.assertEqual((episode.number, episode.season, episode.explicit), ("004", 3, True))
        self.assertEqual(sorted(tag.name for tag in episode.tags.all()), ["c++", "tide"])
        self.assertEqual(
            list(episode.credits.values_list("position", "role", "name", "slug")),
            [(1, "host", "Zed", "zed"), (2, "host", "Ann Host", "ann")],
        )
        (spot,) = episode.placements.all()
        self.assertEqual(
            (spot.sponsor, spot.campaign, spot.offer, spot.promo_code, spot.words),
            (self.oil, self.campaign, self.offer, "MORE", "More oil."),
        )
        self.assertEqual((episode.state, episode.air_date), ("draft", None))

    def test_who_hosted_half_of_the_last_ones_hosts_the_next(self):
        add_credit(Episode.objects.get(number="003"), "bo", "Bo Half", position=5)
        make_episode(self.show, "000", air_date=date(2024, 4, 25), published_at=self.show.midnight(date(2024, 4, 25)))
        self.assertNotContains(self.new(), "Bo Half")
        add_credit(Episode.objects.get(number="002"), "bo", "Bo Half", position=3)
        self.assertContains(self.new(), "Bo Half")

    def test_a_filled_row_that_is_taken_out_or_emptied_is_not_saved(self):
        values = form_values(self.client, f"{LIST}add/")
        values |= {"title": "High water", "credits-0-DELETE": "on", "credits-1-host": ""}
        values |= {name: "" for name in values if name.startswith("credits-1-") and name != "credits-1-role"}
        self.assertEqual(self.client.post(f"{LIST}add/", values).status_code, 302)
        self.assertEqual(Episode.objects.get(title="High water").credits.count(), 0)

    def test_a_refused_save_keeps_the_rows_as_they_were_filled(self):
        response = save(self.client, f"{LIST}add/", title="")
        self.assertEqual(errors(response), ["This field is required."])
        self.assertContains(response, 'value="MORE"', 1)
        self.assertContains(response, 'value="Zed"', 1)

    def test_sponsors_are_those_that_are_owed_a_spot_on_the_likely_day(self):
        self.assertContains(self.new(), "owed a spot on Thursday, 23 May 2024")
        self.campaign.ends_on = date(2024, 5, 22)
        self.campaign.save()
        self.assertNotContains(self.new(), "MORE")
        self.campaign.ends_on = date(2024, 5, 23)
        self.campaign.spots = 1
        self.campaign.save()
        self.assertContains(self.new(), "MORE")
        self.oil.placements.update(campaign=self.campaign)
        self.assertNotContains(self.new(), "MORE")

    def test_a_writer_gets_no_rows_of_sponsors(self):
        will = make_member("will", self.show, Role.WRITER)
        self.client.force_login(will)
        page = self.new()
        self.assertContains(page, 'value="Zed"')
        self.assertNotContains(page, "MORE")
        self.assertRedirects(save(self.client, f"{LIST}add/", title="High water"), LIST)
        self.assertFalse(Episode.objects.get(title="High water").placements.exists())

    def test_a_draft_that_somebody_began_is_pointed_out_and_its_number_skipped(self):
        begun = make_episode(self.show, "004", title="Begun by Will", published=False)
        page = self.new()
        self.assertContains(page, f'004 was begun already: <a href="{change_url(begun)}">Begun by Will</a>')
        self.assertEqual(form_values(self.client, f"{LIST}add/")["number"], "005")

    def test_two_who_begin_at_once_are_led_to_each_other(self):
        values = form_values(self.client, f"{LIST}add/")
        first = make_episode(self.show, "004", title="The quicker", published=False)
        response = self.client.post(f"{LIST}add/", {**values, "title": "The slower"})
        self.assertContains(response, f'with this number: <a href="{change_url(first)}">The quicker</a>')
        self.assertContains(response, 'value="The slower"')

    def test_with_several_shows_the_show_is_chosen_first(self):
        other = make_show("lamp-talk", "LT", title="Lamp Talk")
        make_episode(other, "77")
        Membership.objects.create(user=self.alice, show=other, role=Role.PRODUCER)
        page = self.new()
        self.assertContains(page, f'<a href="?show={self.show.pk}">New TR episode</a>')
        self.assertNotContains(page, "MORE")
        self.assertContains(self.client.get(LIST), f'{LIST}add/?show={other.pk}" class="addlink">New LT episode')
        self.assertEqual(form_values(self.client, f"{LIST}add/?show={other.pk}")["number"], "78")
        self.assertEqual(form_values(self.client, f"{LIST}add/?show={self.show.pk}")["number"], "004")

    def test_nothing_is_told_of_a_show_that_somebody_else_makes(self):
        bob = make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk"))
        Membership.objects.create(user=bob, show=make_show("third", "TH"), role=Role.PRODUCER)
        vera = make_member("vera", self.show, Role.VIEWER)
        Membership.objects.create(user=vera, show=make_show("fourth", "FO"), role=Role.WRITER)
        for user in (bob, vera):
            self.client.force_login(user)
            for show in (self.show.pk, "x", "²", "9" * 30, "-1"):
                page = self.new(show=show)
                self.assertEqual(page.status_code, 200)
                for word in ("MORE", "Zed", "c++"):
                    self.assertNotContains(page, word)
        self.client.logout()
        self.assertEqual(self.new(show=self.show.pk).status_code, 302)

    def test_a_show_without_episodes_begins_at_one(self):
        Episode.objects.all().delete()
        self.assertEqual(form_values(self.client, f"{LIST}add/")["number"], "1")

    def test_an_episode_at_the_end_of_the_calendar_breaks_nothing(self):
        last = date(9999, 12, 31)
        Episode.objects.filter(number="003").update(air_date=last, published_at=datetime(9999, 12, 31, tzinfo=UTC))
        self.assertEqual(self.new().status_code, 200)

    def test_more_hosts_and_episodes_cost_no_query_more(self):
        self.new()
        with self.assertNumQueries(19):
            self.new()
        for number in range(10, 20):
            episode = make_episode(self.show, f"{number:03}")
            for host in range(6):
                add_credit(episode, f"h{host}", f"Host {host}")
        with self.assertNumQueries(19):
            self.assertContains(self.new(), 'value="Host 5"')

    def test_the_usual_slot_is_the_usual_minute_of_the_usual_weekday(self):
        draft = make_episode(self.show, "004", published=False, air_date=None)

        def slot(text: str) -> str:
            return str(usual_slot(draft, datetime.fromisoformat(text)))

        self.assertEqual(slot("2024-05-20 12:00-07:00"), "2024-05-23 10:00:00")
        self.assertEqual(slot("2024-05-23 09:59-07:00"), "2024-05-23 10:00:00")
        self.assertEqual(slot("2024-05-23 10:00-07:00"), "2024-05-30 10:00:00")
        make_episode(self.show, "005", published_at=datetime(2024, 5, 24, 1, tzinfo=UTC), air_date=date(2024, 5, 23))
        self.assertEqual(slot("2024-05-20 12:00-07:00"), "2024-05-30 10:00:00")
        draft.air_date = date(2024, 6, 1)
        self.assertEqual(slot("2024-05-20 12:00-07:00"), "2024-06-01 10:00:00")
        # A planned day that is over says nothing any more.
        draft.air_date = date(2024, 5, 19)
        self.assertEqual(slot("2024-05-20 12:00-07:00"), "2024-05-30 10:00:00")
        # One alone makes nothing usual.
        Episode.objects.exclude(number="001").update(published_at_is_estimated=True)
        self.assertEqual(slot("2024-05-20 12:00-07:00"), "None")
        Episode.objects.update(published_at_is_estimated=True)
        self.assertEqual(slot("2024-05-20 12:00-07:00"), "None")

    def test_sponsors_that_share_a_campaign_day_come_in_the_order_of_its_end(self):
        rope = Sponsor.objects.create(name="Rope", slug="rope")
        make_campaign(rope, self.show, ends_on=date(2024, 5, 25))
        values = form_values(self.client, f"{LIST}add/")
        names = [values[f"placements-{row}-name"] for row in range(2)]
        self.assertEqual(names, ["Rope", "Lamp Oil Ltd"])
