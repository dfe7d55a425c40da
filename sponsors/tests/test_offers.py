"""How an offer stands on a day: in one word, in the database, and in the words of pages and of the desk."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest
from django.template.loader import render_to_string
from django.test import TestCase
from django.utils import translation
from django.utils.html import strip_tags

from episodes.tests.factories import make_offer, make_show
from sponsors.admin.offer import in_words
from sponsors.models import Offer, Sponsor

TODAY = date(2026, 11, 25)
# Those of rows; “live” on rows is every one between the first and the last day.
STATES = ("upcoming", "ending", "unconfirmed", "ended")


def days(count: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(count)


def said(offer: Offer) -> str:
    """What visitors read of it today."""
    page = render_to_string("sponsors/_standing.html", {"standing": offer.standing(TODAY)})
    return " ".join(strip_tags(page).split())


# First day, last day, confirmed on; the state, and what is said of it.
STANDINGS = [
    (days(1), None, None, "upcoming", "From 26 November 2026"),
    (days(1), days(1), None, "upcoming", "From 26 November 2026"),
    (days(1), None, days(-1), "upcoming", "From 26 November 2026"),
    (TODAY, None, None, "live", "Since 25 November 2026"),
    (TODAY, TODAY, None, "ending", "Ends today"),
    (None, TODAY, None, "ending", "Ends today"),
    (None, days(1), None, "ending", "Ends in 1 day"),
    (None, days(13), None, "ending", "Ends in 13 days"),
    (None, days(14), None, "ending", "Ends in 14 days"),
    (None, days(15), None, "live", "Until 10 December 2026"),
    (None, days(-1), None, "ended", "Ended on 24 November 2026"),
    (days(-30), days(-1), TODAY, "ended", "Ended on 24 November 2026"),
    (None, None, None, "unconfirmed", "Not confirmed yet"),
    (None, None, TODAY, "live", "Confirmed today"),
    (None, None, days(-1), "live", "Confirmed yesterday"),
    (None, None, days(-2), "live", "Confirmed 2 days ago"),
    (None, None, days(-89), "live", "Confirmed 89 days ago"),
    (None, None, days(-90), "unconfirmed", "Not confirmed since 27 August 2026"),
    (None, None, days(-91), "unconfirmed", "Not confirmed since 26 August 2026"),
    # It began later than somebody tried it, and nobody has since.
    (days(-10), None, days(-20), "live", "Since 15 November 2026"),
    (days(-10), None, days(-10), "live", "Confirmed 10 days ago"),
    (days(-89), None, None, "live", "Since 28 August 2026"),
    (days(-90), None, None, "unconfirmed", "Not confirmed since 27 August 2026"),
    (days(-200), None, days(-5), "live", "Confirmed 5 days ago"),
    # Somebody mistyped the day.
    (None, None, days(1), "unconfirmed", "Not confirmed yet"),
    (days(-5), None, days(1), "live", "Since 20 November 2026"),
    # A known end counts more than who tried it, and when.
    (days(-400), days(300), None, "live", "Until 21 September 2027"),
    (None, days(300), days(-200), "live", "Until 21 September 2027"),
]


@pytest.mark.parametrize(("first", "last", "confirmed", "state", "words"), STANDINGS)
def test_a_standing_has_one_state_and_is_said_in_a_few_words(first, last, confirmed, state, words):
    offer = Offer(valid_from=first, valid_until=last, last_verified_on=confirmed)
    standing = offer.standing(TODAY)
    assert standing.state == state
    assert standing.is_live == (state not in ("upcoming", "ended"))
    assert said(offer) == words


def test_days_are_counted_from_the_day_that_asks():
    offer = Offer(valid_from=days(-40), valid_until=days(5), last_verified_on=days(-3))
    standing = offer.standing(TODAY)
    assert (standing.days_left, standing.confirmed_on, standing.confirmed_days) == (5, days(-3), 3)
    earlier = offer.standing(days(-10))
    assert (earlier.days_left, earlier.confirmed_on, earlier.confirmed_days) == (15, days(-40), 30)
    nothing = Offer().standing(TODAY)
    assert (nothing.days_left, nothing.confirmed_on, nothing.confirmed_days) == (None, None, None)


@pytest.mark.parametrize(
    ("last", "confirmed", "words"),
    [
        (TODAY, None, "Endet heute"),
        (days(1), None, "Endet in 1 Tag"),
        (days(5), None, "Endet in 5 Tagen"),
        (days(40), None, "Bis 4. Januar 2027"),
        (days(-1), None, "Endete am 24. November 2026"),
        (None, days(-3), "Vor 3 Tagen geprüft"),
        (None, days(-100), "Seit 17. August 2026 nicht geprüft"),
    ],
)
def test_a_german_show_says_it_in_german(last, confirmed, words):
    with translation.override("de"):
        assert said(Offer(valid_until=last, last_verified_on=confirmed)) == words


@pytest.mark.parametrize(
    ("first", "last", "confirmed", "words"),
    [
        (days(1), None, None, "From 26 November 2026"),
        (None, days(-1), None, "Ended 24 November 2026"),
        (None, TODAY, None, "Ends today"),
        (None, days(1), None, "Ends in 1 day"),
        (days(-5), days(14), None, "Ends in 14 days"),
        (None, days(15), None, "Live"),
        (None, None, days(-89), "Live"),
        (days(-89), None, None, "Live"),
        (None, None, days(-90), "Unconfirmed since 27 August 2026"),
        (days(-90), None, days(-100), "Unconfirmed since 27 August 2026"),
        (None, None, None, "Unconfirmed"),
    ],
)
def test_the_desk_says_what_is_to_be_done(first, last, confirmed, words):
    offer = Offer(valid_from=first, valid_until=last, last_verified_on=confirmed)
    assert in_words(offer.standing(TODAY)) == words


class OffersOfADayTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, sponsor = make_show(), Sponsor.objects.named("Lamp Oil Ltd")
        choices = (TODAY, None, days(1), days(-1))
        cls.offers = [
            make_offer(sponsor, cls.show, valid_from=first, valid_until=last)
            for first, last in product(choices, choices)
            if first is None or last is None or first <= last
        ]

    def test_rows_and_row_agree_for_every_combination_of_dates_around_every_edge(self):
        edges = [None, *map(days, (-91, -90, -89, -1, 0, 1))]
        Offer.objects.bulk_create(
            Offer(sponsor=Sponsor.objects.get(), valid_from=first, valid_until=last, last_verified_on=tried)
            for first, last, tried in product(edges, [*edges, days(13), days(14), days(15)], edges)
            if first is None or last is None or first <= last
        )
        rows = Offer.objects.all()
        standings = [offer.standing(TODAY) for offer in rows]
        rules = {
            "live": lambda standing: standing.is_live,
            "begun": lambda standing: standing.state != "upcoming",
            **{state: lambda standing, state=state: standing.state == state for state in STATES},
        }
        for name, rule in rules.items():
            expected = {standing.offer for standing in standings if rule(standing)}
            self.assertEqual(set(getattr(rows, name)(TODAY)), expected, name)
            self.assertTrue(expected, name)

    def test_those_that_end_soon_come_first_and_then_the_newest(self):
        live = Offer.objects.on(self.show).live(TODAY).soonest_first()
        self.assertEqual(
            [(offer.valid_until, offer.valid_from) for offer in live],
            [
                (TODAY, TODAY),
                (TODAY, days(-1)),
                (TODAY, None),
                (days(1), TODAY),
                (days(1), days(-1)),
                (days(1), None),
                (None, TODAY),
                (None, days(-1)),
                (None, None),
            ],
        )

    def test_an_offer_counts_on_its_last_day_where_the_show_is_made(self):
        """On 31 May at 23:30 in Los Angeles it is 1 June elsewhere."""
        offer = Offer(valid_until=date(2026, 5, 31))
        half_past_eleven = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
        self.assertEqual(offer.standing(self.show.today(half_past_eleven)).days_left, 0)
        midnight = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
        self.assertEqual(offer.standing(self.show.today(midnight)).state, "ended")

    def test_another_shows_offers_are_not_on_this_one(self):
        other = make_show("lamp-talk", "LT")
        theirs = make_offer(Sponsor.objects.get(), other)
        self.assertEqual(list(Offer.objects.on(other)), [theirs])
        self.assertEqual(Offer.objects.on(self.show).count(), len(self.offers))
