"""A spot: what it is filled with, what its page says of it later, and what is remembered of it."""

from datetime import UTC, date, datetime, timedelta
from unittest.mock import patch

import pytest
from django.core import mail
from django.test import TestCase
from django.utils import timezone
from reversion.models import Revision

from episodes import derived
from episodes.exporters.notes import page_of
from episodes.models import Episode, Placement
from episodes.models.history import Change, later_changes, removals
from episodes.notes import Placement as NotesPlacement
from episodes.prefill import suggested
from episodes.tests.factories import (
    add_placement,
    import_notes,
    make_campaign,
    make_episode,
    make_member,
    make_notes,
    make_offer,
    make_recipient,
    make_show,
)
from episodes.tests.test_admin import change_url, errors, publish, save, unpublish
from lupcms.shows.models import Role
from sponsors.models import Kind, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

DAY = date(2024, 5, 2)
PREFILL = "/admin/episodes/episode/prefill/"


def at(text: str):
    """The moment it is."""
    return patch("django.utils.timezone.now", lambda: datetime.fromisoformat(text).astimezone(UTC))


def changes(placement: Placement) -> list[Change]:
    return later_changes([placement], placement.sponsor.keys)[placement.pk]


class SuggestionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.sponsor = Sponsor.objects.create(name="Oil", slug="oil", url="https://oil.example", kind=Kind.PAID)

    def test_nothing_is_known_but_the_sponsor(self):
        self.assertEqual(
            suggested(self.sponsor, self.show, DAY), ("Oil", "https://oil.example", "", "", "paid", None, None)
        )

    def test_the_latest_spot_on_this_show_is_said_again(self):
        for number, code in (("001", "OLD"), ("002", "NEW")):
            episode = make_episode(self.show, number, air_date=date(2024, 4, int(number)))
            add_placement(episode, "Oil", promo_code=code, kind=Kind.AFFILIATE)
        add_placement(make_episode(self.other), "Oil", promo_code="ELSEWHERE")
        found = suggested(self.sponsor, self.show, DAY)
        self.assertEqual((found.promo_code, found.words, found.offer), ("NEW", "Ten per cent off.", None))
        self.assertEqual(found.kind, "paid")
        Sponsor.objects.update(kind=Kind.UNKNOWN)
        self.sponsor.refresh_from_db()
        self.assertEqual(suggested(self.sponsor, self.show, DAY).kind, "affiliate")

    def test_an_offer_that_counts_on_the_day_goes_before_the_latest_spot(self):
        add_placement(make_episode(self.show), "Oil", promo_code="OLD")
        live = make_offer(self.sponsor, self.show, promo_code="LIVE", valid_from=DAY, valid_until=DAY)
        make_offer(self.sponsor, self.other, promo_code="ELSEWHERE")
        self.assertEqual(suggested(self.sponsor, self.show, DAY).offer, live)
        for day in (DAY - timedelta(days=1), DAY + timedelta(days=1)):
            self.assertEqual(suggested(self.sponsor, self.show, day).promo_code, "OLD")

    def test_the_campaign_that_is_owed_a_spot_goes_first_and_its_offer_with_it(self):
        make_offer(self.sponsor, self.show, promo_code="ANY", valid_until=DAY)
        offer = make_offer(self.sponsor, self.show, promo_code="BOOKED")
        done = make_campaign(self.sponsor, self.show, spots=1, ends_on=DAY)
        add_placement(make_episode(self.show), "Oil", campaign=done)
        owed = make_campaign(self.sponsor, self.show, offer=offer)
        make_campaign(self.sponsor, self.other, ends_on=DAY)
        found = suggested(self.sponsor, self.show, DAY)
        self.assertEqual((found.campaign, found.offer, found.promo_code), (owed, offer, "BOOKED"))
        owed.delete()
        self.assertEqual(suggested(self.sponsor, self.show, DAY).campaign, done)

    def test_a_campaigns_offer_that_has_ended_is_not_suggested(self):
        ended = make_offer(self.sponsor, self.show, promo_code="ENDED", valid_until=DAY - timedelta(days=1))
        live = make_offer(self.sponsor, self.show, promo_code="LIVE")
        campaign = make_campaign(self.sponsor, self.show, offer=ended)
        found = suggested(self.sponsor, self.show, DAY)
        self.assertEqual((found.campaign, found.offer), (campaign, live))

    def test_a_campaigns_offer_that_counts_elsewhere_is_not_told_here(self):
        theirs = make_offer(self.sponsor, self.other, promo_code="THEIRS")
        campaign = make_campaign(self.sponsor, self.show, self.other, offer=theirs)
        found = suggested(self.sponsor, self.show, DAY)
        self.assertEqual((found.campaign, found.offer, found.promo_code), (campaign, None, ""))


class FormTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.episode = make_episode(cls.show)
        cls.sponsor = Sponsor.objects.create(name="Oil", slug="oil", kind=Kind.PAID)
        cls.offer = make_offer(cls.sponsor, cls.show)
        cls.campaign = make_campaign(cls.sponsor, cls.show, offer=cls.offer)

    def setUp(self):
        self.client.force_login(self.alice)

    def add(self, **fields: str):
        row = {f"placements__0__{name}": value for name, value in fields.items()}
        row |= {"placements__TOTAL_FORMS": "1", "placements__0__sponsor": str(self.sponsor.pk)}
        return save(self.client, change_url(self.episode), **row)

    def test_a_row_with_nothing_but_a_sponsor_says_what_was_booked(self):
        self.add(kind="unknown")
        row = self.episode.placements.get()
        self.assertEqual((row.campaign, row.offer, row.kind, row.name), (self.campaign, self.offer, "paid", "Oil"))
        self.assertEqual((row.words, row.promo_code), ("Ten per cent off.", "TIDE"))
        self.assertEqual(row.words_html, "Ten per cent off.")

    def test_what_the_producer_wrote_stays_and_what_they_emptied_stays_empty(self):
        self.add(kind="partner", words="Our own words.")
        row = self.episode.placements.get()
        self.assertEqual((row.words, row.promo_code, row.url, row.kind), ("Our own words.", "", "", "partner"))
        self.assertEqual((row.campaign, row.name), (None, "Oil"))

    def test_paragraphs_of_an_offer_become_the_one_line_of_a_spot(self):
        self.offer.words = "Ten per cent off.\r\n\r\nFor *new* customers."
        self.offer.save()
        self.add(kind="unknown")
        self.assertEqual(self.episode.placements.get().words, "Ten per cent off. For *new* customers.")

    def test_a_refused_row_shows_what_it_was_filled_with(self):
        self.offer.words = "[Ten per cent](https://oil.example) off."
        self.offer.save()
        response = self.add(kind="unknown")
        self.assertEqual(len(errors(response)), 1)
        page = response.content.decode()
        for text in (
            "[Ten per cent](https://oil.example) off.</textarea>",
            'value="TIDE"',
            'value="https://oil.example"',
        ):
            self.assertIn(text, page)
        for chosen in (self.campaign, self.offer):
            self.assertIn(f'<option value="{chosen.pk}" selected>{chosen}</option>', page)
        self.assertFalse(self.episode.placements.exists())

    def test_a_campaign_brings_its_offer_and_another_sponsors_is_refused(self):
        self.add(kind="paid", words="Ours.", campaign=str(self.campaign.pk))
        self.assertEqual(self.episode.placements.get().offer, self.offer)
        rope = Sponsor.objects.create(name="Rope", slug="rope")
        theirs = make_campaign(rope, self.show)
        response = save(self.client, change_url(self.episode), placements__0__campaign=str(theirs.pk))
        self.assertEqual(errors(response), ["This campaign is Rope’s: choose one of Oil’s, or none."])

    def test_choosing_a_sponsor_asks_for_what_is_likely(self):
        asked = {"sponsor": self.sponsor.pk, "episode": self.episode.pk}
        answer = self.client.get(PREFILL, asked).json()
        self.assertEqual(answer["promo_code"], "TIDE")
        self.assertEqual(answer["campaign"], {"id": self.campaign.pk, "text": str(self.campaign)})
        later = self.client.get(PREFILL, {"sponsor": self.sponsor.pk, "show": self.show.pk, "day": "2024-06-01"}).json()
        self.assertEqual((later["campaign"], later["promo_code"]), (None, "TIDE"))
        self.assertEqual(self.client.get(PREFILL, {"sponsor": self.sponsor.pk}).status_code, 400)

    def test_what_is_published_is_told_to_the_sponsor_after_the_save(self):
        make_recipient(self.sponsor, self.show, email="rita@oil.example", wants_mail=True)
        draft = make_episode(self.show, "002", published=False, air_date=None)
        add_placement(draft, "Oil")
        now = timezone.localtime(timezone=self.show.zone) + timedelta(seconds=1)
        with at((now + timedelta(seconds=2)).isoformat()), self.captureOnCommitCallbacks(execute=True):
            publish(self.client, draft)
        (message,) = mail.outbox
        self.assertEqual(
            (message.to, message.subject), (["rita@oil.example"], "Published: TR 002: The first tide (Tide Radio)")
        )

    def test_only_who_places_sponsors_on_the_show_is_answered(self):
        vera, adam = make_member("vera", self.show, Role.VIEWER), make_member("adam", self.show, Role.AD_MANAGER)
        for user, status in ((self.bob, 400), (vera, 400), (adam, 200)):
            self.client.force_login(user)
            for asked in ({"episode": self.episode.pk}, {"show": self.show.pk}):
                with self.subTest(user=user, asked=asked):
                    answer = self.client.get(PREFILL, {"sponsor": self.sponsor.pk, **asked})
                    self.assertEqual(answer.status_code, status)


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.sponsor = Sponsor.objects.create(name="Oil", slug="oil")
        cls.episode = make_episode(cls.show)

    def page(self) -> str:
        return self.client.get("/1").content.decode()

    def test_an_offer_that_counts_is_not_spoken_of(self):
        offer = make_offer(self.sponsor, self.show, valid_until=date(2024, 5, 31))
        add_placement(self.episode, "Oil", offer=offer)
        with at("2024-05-31T23:30:00-07:00"):
            page = self.page()
            self.assertNotIn("ended", page)
            self.assertNotIn("As published", page)
        with at("2024-06-01T00:00:00-07:00"):
            self.assertIn("This offer ended on 31 May 2024.", self.page())

    def test_an_ended_offer_says_what_counts_today(self):
        ended = make_offer(self.sponsor, self.show, valid_until=date(2024, 5, 31))
        add_placement(self.episode, "Oil", offer=ended)
        make_offer(self.sponsor, make_show("lamp-talk", "LT", title="Lamp Talk"), promo_code="ELSEWHERE")
        make_offer(self.sponsor, self.show, promo_code="LATER", valid_from=date(2999, 1, 1))
        self.assertNotIn("What counts today", self.page())
        make_offer(self.sponsor, self.show, promo_code="TODAY", words="A fifth off.")
        page = self.page()
        self.assertIn('What counts today: <code>TODAY</code> <span dir="auto">A fifth off.</span>', page)
        self.assertIn("<s><code>TIDE</code></s>", page)
        self.assertNotIn("ticket", page)
        self.assertNotIn("ELSEWHERE", page)
        self.assertNotIn("LATER", page)

    def test_an_archives_code_says_when_it_was_published_and_nothing_more(self):
        add_placement(self.episode, "Oil")
        self.assertIn("As published on 2 May 2024.", self.page())
        self.assertNotIn("What counts today", self.page())
        make_offer(self.sponsor, self.show, promo_code="NEW", words="")
        self.assertIn("As published on 2 May 2024. What counts today: <code>NEW</code>", self.page())

    def test_an_archives_code_that_is_an_offers_has_its_end_or_counts_today(self):
        add_placement(self.episode, "Oil")
        make_offer(self.sponsor, self.show, valid_until=date(2024, 6, 30))
        self.assertIn("This offer ended on 30 June 2024.", self.page())
        make_offer(self.sponsor, self.show, promo_code="NEW", valid_until=date(2999, 1, 1))
        self.assertIn("ended on 30 June 2024. What counts today: <code>NEW</code>", self.page())
        make_offer(self.sponsor, self.show)
        self.assertIn("As published on 2 May 2024. What counts today: <code>TIDE</code>", self.page())

    def test_a_spot_without_a_code_claims_nothing(self):
        add_placement(self.episode, "Oil", promo_code="")
        make_offer(self.sponsor, self.show, promo_code="NEW")
        page = self.page()
        self.assertNotIn("As published", page)
        self.assertNotIn("NEW", page)
        self.assertNotIn("Paid", page)

    def test_the_kind_is_said_where_it_is_known(self):
        for kind, words in [
            ("paid", "Paid"),
            ("affiliate", "Affiliate: the show gets a share"),
            ("partner", "Partner"),
            ("house", "Own promotion"),
        ]:
            Placement.objects.all().delete()
            add_placement(self.episode, "Oil", kind=kind)
            self.assertIn(f'<p class="facts">{words}</p>', self.page().replace("\n</p>", "</p>"))

    def test_the_page_does_not_follow_its_sponsor_or_a_living_offer(self):
        offer = make_offer(self.sponsor, self.show)
        add_placement(self.episode, "Oil", offer=offer)
        page, notes = self.page(), page_of(self.episode)
        offer.words, offer.url, offer.promo_code = "Other words.", "https://other.example", "OTHER"
        offer.save()
        sponsor = self.sponsor
        sponsor.name, sponsor.slug = "Petroleum", "petroleum"
        sponsor.save()
        sponsor.rename("Oil", "oil")
        Sponsor.objects.create(name="Lamps", slug="lamps").absorb(sponsor)
        self.assertEqual(self.page(), page)
        self.assertEqual(page_of(Episode.objects.get()), notes)
        self.assertIn('href="/sponsors/oil"', page)
        self.assertRedirects(self.client.get("/sponsors/oil"), "/sponsors/lamps", 301)

    def test_correcting_a_spot_leaves_the_sponsors_address_of_its_day(self):
        spot = add_placement(self.episode, "Oil")
        self.sponsor.slug = "petroleum"
        self.sponsor.save()
        spot = Placement.objects.get(pk=spot.pk)
        spot.words = "Other words."
        spot.save()
        self.assertEqual(spot.get_sponsor_url(), "/sponsors/oil")
        spot.sponsor = Sponsor.objects.create(name="Lamps", slug="lamps")
        spot.save()
        self.assertEqual(spot.get_sponsor_url(), "/sponsors/lamps")


class HistoryTests(TestCase):
    """From publication on a spot is a record: what is changed later is remembered."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)

    def setUp(self):
        self.client.force_login(self.alice)

    def test_a_change_of_an_imported_spot_is_kept_with_who_when_before_and_after(self):
        import_notes(self.show, make_notes())
        episode = Episode.objects.get()
        before = timezone.now()
        save(self.client, change_url(episode), placements__0__words="Half off.", placements__0__kind="paid")
        first, second = episode.placements.all()
        (change,) = changes(first)
        self.assertEqual(change.by, "alice")
        self.assertEqual(change.fields, [("words", "Ten per cent off.", "Half off."), ("kind", "Unknown", "Paid")])
        self.assertLessEqual(before, change.at)
        self.assertEqual(changes(second), [])

    def test_changes_before_publication_and_of_other_things_are_no_changes_of_the_record(self):
        episode = make_episode(self.show, published=False)
        add_placement(episode)
        save(self.client, change_url(episode), placements__0__words="Written again.")
        publish(self.client, episode, "2024-05-02 10:00")
        save(self.client, change_url(episode), placements__0__starts_at_seconds="810", title="New title")
        self.assertEqual(changes(episode.placements.get()), [])
        save(self.client, change_url(episode), placements__0__promo_code="OTHER")
        (change,) = changes(episode.placements.get())
        self.assertEqual(change.fields, [("promo code", "TIDE", "OTHER")])

    def test_what_an_import_wrote_in_between_is_remembered_before_the_next_change(self):
        import_notes(self.show, make_notes())
        episode = Episode.objects.get()
        save(self.client, change_url(episode), title="Another title")
        notes = make_notes(title="Another title")
        added = NotesPlacement("Late Sponsor", "https://late.example", "Late words.")
        import_notes(self.show, make_notes(title="Another title", placements=(*notes.placements, added)))
        save(self.client, change_url(episode), placements__2__words="Changed.")
        (change,) = changes(episode.placements.get(name="Late Sponsor"))
        self.assertEqual(change.fields, [("words", "Late words.", "Changed.")])

    def test_what_an_import_wrote_before_publication_is_no_change_of_the_record(self):
        episode = make_episode(self.show, published_at=timezone.now() + timedelta(hours=1))
        add_placement(episode, words="Not said yet.")
        save(self.client, change_url(episode), title="Scheduled")
        episode.placements.update(words="As it was said.")
        derived.touch(Episode.objects.get())
        with at((timezone.now() + timedelta(hours=2)).isoformat()):
            save(self.client, change_url(episode), title="A typo mended")
            self.assertEqual(changes(episode.placements.get()), [])
            save(self.client, change_url(episode), placements__0__words="Another word.")
        (change,) = changes(episode.placements.get())
        self.assertEqual(change.fields, [("words", "As it was said.", "Another word.")])

    def test_a_spot_that_was_taken_off_a_published_page_is_remembered(self):
        import_notes(self.show, make_notes())
        episode = Episode.objects.get()
        sponsor = episode.placements.first().sponsor_id
        save(self.client, change_url(episode), placements__0__DELETE="on")
        (removal,) = removals(Placement, {sponsor}, Episode.objects.all())
        self.assertEqual((removal.by, removal.episode), ("alice", episode))
        self.assertEqual(removal.promo_code, "TIDE")
        self.assertEqual(removals(Placement, {sponsor + 1}, Episode.objects.all()), [])
        self.assertEqual(removals(Placement, {sponsor}, Episode.objects.none()), [])

    def test_taking_an_episode_back_hides_no_change(self):
        for take_back in (unpublish, lambda client, episode: publish(client, episode, "2199-05-02 10:00")):
            with self.subTest(take_back=take_back):
                Episode.objects.all().delete()
                episode = make_episode(self.show)
                add_placement(episode, "Oil")
                taken_off = add_placement(episode, "Rope", position=2)
                take_back(self.client, episode)
                self.assertFalse(Episode.objects.get().is_published())
                save(self.client, change_url(episode), placements__0__words="Half off.", placements__1__DELETE="on")
                publish(self.client, episode, "2024-05-02 10:00", air="own")
                (change,) = changes(episode.placements.get())
                self.assertEqual(change.fields, [("words", "Ten per cent off.", "Half off.")])
                self.assertEqual(len(removals(Placement, {taken_off.sponsor_id}, Episode.objects.all())), 1)

    def test_a_spot_given_to_another_sponsor_is_taken_off_for_the_first_and_new_for_the_second(self):
        episode = make_episode(self.show)
        oil = add_placement(episode, "Oil").sponsor
        rope = Sponsor.objects.create(name="Rope", slug="rope")
        row = {
            "placements__0__sponsor": str(rope.pk),
            "placements__0__name": "Rope",
            "placements__0__promo_code": "ROPE",
        }
        save(self.client, change_url(episode), **row)
        (removal,) = removals(Placement, oil.keys, Episode.objects.all())
        self.assertEqual((removal.by, removal.name, removal.promo_code), ("alice", "Oil", "TIDE"))
        self.assertEqual(changes(episode.placements.get()), [])
        save(self.client, change_url(episode), placements__0__promo_code="ROPES")
        (change,) = changes(episode.placements.get())
        self.assertEqual(change.fields, [("promo code", "ROPE", "ROPES")])
        # A merge gives nothing away.
        rope.absorb(oil)
        self.assertEqual(removals(Placement, Sponsor.objects.get().keys, Episode.objects.all()), [])

    def test_a_save_that_changes_nothing_is_not_remembered_twice(self):
        episode = make_episode(self.show)
        add_placement(episode)
        save(self.client, change_url(episode), title="New title")
        count = Revision.objects.count()
        save(self.client, change_url(episode))
        self.assertEqual(Revision.objects.count(), count)
