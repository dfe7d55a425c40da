"""How offers stand on a day: the rule on one and the rule on rows agree."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

from django.test import TestCase

from episodes.tests.factories import make_offer, make_show
from sponsors.admin.offer import in_words
from sponsors.models import Offer, Sponsor

TODAY = date(2026, 6, 15)


def day(offset: int | None) -> date | None:
    return None if offset is None else TODAY + timedelta(days=offset)


class StateTests(TestCase):
    def test_rows_and_row_agree_for_every_combination_of_dates_around_every_edge(self):
        sponsor = Sponsor.objects.named("Oil")
        edges = [None, -91, -90, -89, -1, 0, 1]
        Offer.objects.bulk_create(
            Offer(sponsor=sponsor, valid_from=day(first), valid_until=day(last), last_verified_on=day(tried))
            for first, last, tried in product(edges, [*edges, 13, 14, 15], edges)
            if first is None or last is None or first <= last
        )
        states = {offer.pk: offer.standing(TODAY) for offer in Offer.objects.all()}
        self.assertEqual(
            {standing.state for standing in states.values()}, {"upcoming", "live", "ending", "unconfirmed", "ended"}
        )
        rows = Offer.objects.all()
        for name in ("upcoming", "ending", "unconfirmed", "ended"):
            found = set(getattr(rows, name)(TODAY).values_list("pk", flat=True))
            self.assertEqual(found, {pk for pk, standing in states.items() if standing.state == name}, name)
        live = set(rows.live(TODAY).values_list("pk", flat=True))
        self.assertEqual(live, {pk for pk, standing in states.items() if standing.is_live})

    def test_a_state_is_said_in_words(self):
        for words, first, last, tried in [
            ("From 16 June 2026", 1, None, None),
            ("Ended 14 June 2026", None, -1, None),
            ("Ends today", None, 0, None),
            ("Ends in 1 day", None, 1, None),
            ("Ends in 14 days", -5, 14, None),
            ("Live", None, 15, None),
            ("Live", None, None, -89),
            ("Live", -89, None, None),
            ("Unconfirmed since 17 March 2026", None, None, -90),
            ("Unconfirmed since 17 March 2026", -90, None, -100),
            ("Unconfirmed", None, None, None),
        ]:
            offer = Offer(valid_from=day(first), valid_until=day(last), last_verified_on=day(tried))
            self.assertEqual(in_words(offer.standing(TODAY)), words, (first, last, tried))

    def test_an_offer_counts_on_its_last_day_where_the_show_is_made(self):
        """On 31 May at 23:30 in Los Angeles it is 1 June elsewhere."""
        show = make_show()
        offer = make_offer(Sponsor.objects.named("Oil"), show, valid_until=date(2026, 5, 31))
        half_past_eleven = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
        self.assertEqual(in_words(offer.standing(show.today(half_past_eleven))), "Ends today")
        midnight = datetime(2026, 6, 1, 7, 0, tzinfo=UTC)
        self.assertEqual(in_words(offer.standing(show.today(midnight))), "Ended 31 May 2026")
