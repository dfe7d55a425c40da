"""What of a campaign has been delivered, counted on rows and on one."""

from datetime import UTC, date, datetime, timedelta

from django.test import TestCase
from django.utils import timezone

from episodes.models import Episode
from episodes.tests.factories import add_placement, make_campaign, make_episode, make_show
from sponsors.models import Campaign, Delivery

MAY = date(2024, 5, 1), date(2024, 5, 31)


class DeliveryTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.sponsor = add_placement(make_episode(cls.show, "0")).sponsor
        cls.campaign = make_campaign(cls.sponsor, cls.show, cls.other, spots=4)

    def place(self, number: str, show=None, **fields) -> Episode:
        episode = make_episode(show or self.show, number, **fields)
        add_placement(episode, campaign=self.campaign)
        return episode

    def schedule(self, number: str, air_date: date) -> Episode:
        return self.place(number, air_date=air_date, published_at=timezone.now() + timedelta(days=3))

    def delivery(self, day: date = MAY[1]) -> Delivery:
        """Asked of one campaign and of rows."""
        with self.assertNumQueries(1):
            one = Campaign.objects.get(pk=self.campaign.pk)
        with self.assertNumQueries(1):
            found = one.delivery(day)
        counted = Campaign.objects.with_delivery().get(pk=self.campaign.pk)
        with self.assertNumQueries(0):
            self.assertEqual(counted.delivery(day), found)
        return found

    def assert_delivery(self, **numbers) -> None:
        expected = {"booked": 4, "published": 0, "scheduled": 0, "late": 0, "is_over": False}
        self.assertEqual(self.delivery(), Delivery(**expected | numbers))

    def test_nothing_is_delivered_before_anything_is_placed(self):
        self.assert_delivery()
        self.assertEqual(self.delivery().owed, 4)

    def test_a_draft_counts_nowhere(self):
        self.place("1", published=False)
        self.place("2", published=False, air_date=date(2024, 7, 1))
        self.assert_delivery()

    def test_published_and_scheduled_spots_of_both_shows_are_delivered(self):
        self.place("1")
        self.place("1", self.other)
        self.schedule("2", date(2024, 5, 30))
        self.assert_delivery(published=2, scheduled=1)
        self.assertEqual(self.delivery().owed, 1)

    def test_two_spots_in_one_episode_are_two(self):
        episode = self.place("1")
        add_placement(episode, campaign=self.campaign, position=2)
        self.assert_delivery(published=2)

    def test_rows_found_by_their_shows_count_a_spot_once(self):
        self.place("1")
        self.schedule("2", date(2024, 6, 2))
        found = Campaign.objects.filter(shows__in=[self.show, self.other]).with_delivery()
        self.assertEqual([row.delivery(MAY[1]) for row in found], [self.delivery()])

    def test_what_airs_after_the_last_day_is_late_and_counts(self):
        self.place("1", air_date=date(2024, 5, 31))
        self.place("2", air_date=date(2024, 6, 1))
        self.schedule("3", date(2024, 6, 2))
        self.assert_delivery(published=2, scheduled=1, late=2)

    def test_more_than_was_booked_owes_nothing(self):
        for number in range(1, 7):
            self.place(str(number))
        self.assert_delivery(published=6)
        self.assertEqual(self.delivery().owed, 0)
        self.assertFalse(self.delivery(date(2024, 6, 1)).is_overdue)

    def test_a_spot_of_another_campaign_does_not_count(self):
        add_placement(make_episode(self.show, "1"), campaign=make_campaign(self.sponsor, self.show))
        self.assert_delivery()

    def test_a_scheduled_spot_is_published_at_its_moment(self):
        self.place("1", published_at=datetime(2024, 5, 20, 12, tzinfo=UTC), air_date=date(2024, 5, 20))
        for at, published in [
            (datetime(2024, 5, 20, 11, 59, tzinfo=UTC), 0),
            (datetime(2024, 5, 20, 12, tzinfo=UTC), 1),
        ]:
            row = Campaign.objects.with_delivery(at).get(pk=self.campaign.pk)
            self.assertEqual((row.published_count, row.scheduled_count), (published, 1 - published))

    def test_it_is_over_when_its_last_day_is_over_where_the_show_is_made(self):
        """On 31 May at 23:30 in Los Angeles it is 1 June elsewhere."""
        half_past_eleven, midnight = datetime(2024, 6, 1, 6, 30, tzinfo=UTC), datetime(2024, 6, 1, 7, tzinfo=UTC)
        self.assertFalse(self.delivery(self.show.today(half_past_eleven)).is_over)
        self.assertTrue(self.delivery(self.show.today(midnight)).is_overdue)
        episode = make_episode(
            self.show, "1", air_date=self.show.today(half_past_eleven), published_at=half_past_eleven
        )
        add_placement(episode, campaign=self.campaign)
        self.assert_delivery(published=1)

    def test_rows_are_found_by_the_states_that_a_row_has(self):
        first, last = MAY
        spots = make_campaign(self.sponsor, self.show, spots=1)
        add_placement(make_episode(self.show, "1"), campaign=spots)
        for day, running, upcoming, over, overdue in [
            (first - timedelta(days=1), 0, 2, 0, 0),
            (first, 2, 0, 0, 0),
            (last, 2, 0, 0, 0),
            (last + timedelta(days=1), 0, 0, 2, 1),
        ]:
            found = [
                getattr(Campaign.objects.all(), name)(day).count()
                for name in ("running", "upcoming", "over", "overdue")
            ]
            self.assertEqual(found, [running, upcoming, over, overdue], day)
            late = {campaign for campaign in Campaign.objects.all() if campaign.delivery(day).is_overdue}
            self.assertEqual(set(Campaign.objects.with_delivery().overdue(day)), late)
            self.assertEqual(Campaign.objects.live(self.other, day).count(), bool(running))

    def test_it_is_behind_by_what_an_even_pace_would_have_delivered(self):
        """Four spots in 31 days: the first is due on the eighth day, the last on the last."""
        first, last = MAY
        days = [first - timedelta(days=1), date(2024, 5, 7), date(2024, 5, 8), date(2024, 5, 30), last]
        after = last + timedelta(days=300)
        self.assertEqual([self.campaign.behind(day) for day in (*days, after)], [0, 0, 1, 3, 4, 4])
        self.place("1")
        self.schedule("2", date(2024, 5, 20))
        self.assertEqual([self.campaign.behind(day) for day in (*days, after)], [0, 0, 0, 1, 2, 2])
        self.assertEqual(self.delivery(after).owed, self.campaign.behind(after))
        self.assertEqual(list(Campaign.objects.owing()), [self.campaign])
        self.place("3")
        self.place("4")
        self.assertEqual(list(Campaign.objects.owing()), [])
