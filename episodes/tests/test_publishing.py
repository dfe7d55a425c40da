"""The publish step: what it lists, what stops it, and which moment it takes."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from django.test import Client, TestCase
from reversion.models import Revision, Version

from episodes.models import Credit, DeskRules, Episode, Placement
from episodes.private_addresses import leads_behind_a_login
from episodes.publishing import CHECKS, facts_of, findings
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from episodes.tests.test_admin import BY_SCRIPT, LIST, change_url, errors, form_values, publish, save, unpublish
from lupcms.shows.models import Role, Show
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import Offer

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

# 10:00 in Los Angeles, on the day of the factories' campaigns.
NOW = datetime(2024, 5, 2, 17, tzinfo=UTC)


def clock(moment: datetime):
    return patch("django.utils.timezone.now", lambda: moment)


def whole(show: Show, number: str = "002", **fields) -> Episode:
    """A draft of which nothing is missing, and nothing odd."""
    defaults = {"title": "High water", "summary": "The moon did it.", "enclosure_url": "https://cdn.example/2.mp3"}
    episode = make_episode(show, number, published=False, air_date=None, **defaults | fields)
    add_link(episode)
    add_credit(episode)
    episode.tags.add("tide")
    return episode


class CheckTests(TestCase):
    """Each check: silent about a whole episode, and what it says when that one thing is wrong."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.first = make_episode(cls.show, "001", summary="x", enclosure_url="https://cdn.example/1.mp3")
        cls.first.tags.add("tide", "lighthouse")
        cls.episode = whole(cls.show)

    def found(self, at: datetime = NOW, now: datetime = NOW) -> dict[str, list[str]]:
        with clock(now):
            rows = findings(facts_of(self.episode, at))
        said: dict[str, list[str]] = {}
        for row in rows:
            said.setdefault(row.check.name, []).append(row.text)
        return said

    def only(self, name: str, *texts: str, **moments: datetime) -> None:
        self.assertEqual(self.found(**moments), {name: list(texts)})

    def test_of_a_whole_episode_nothing_is_said(self):
        self.assertEqual(self.found(), {})

    def test_what_the_episode_itself_lacks(self):
        for field, name, text in [
            ("title", "no-title", "It has no title."),
            ("summary", "no-summary", "It says nothing about itself: write a sentence under “About this episode”."),
            ("enclosure_url", "no-audio", "No feed will have it: it has no audio."),
        ]:
            with self.subTest(name):
                before = getattr(self.episode, field)
                Episode.objects.filter(pk=self.episode.pk).update(**{field: ""})
                self.only(name, text)
                Episode.objects.filter(pk=self.episode.pk).update(**{field: before})

    def test_no_hosts_no_links_no_tags(self):
        self.episode.credits.update(role=Credit.Role.GUEST)
        self.only("no-hosts", "It has no host.")
        self.episode.credits.update(role=Credit.Role.HOST)
        self.episode.links.all().delete()
        self.only("no-links", "It has no links.")
        add_link(self.episode)
        self.episode.tags.clear()
        self.only("untagged", "It has no tags.")

    def test_a_tag_used_once_that_resembles_another(self):
        self.episode.tags.add("lighthouses", "nobody else")
        self.only("rare-tag", "No other episode has the tag “lighthouses”; “lighthouse” resembles it, on 1 episode.")
        for number in ("p1", "p2"):
            make_episode(self.show, number, title=number).tags.add("lighthouxe")
        self.only("rare-tag", "No other episode has the tag “lighthouses”; “lighthouxe” resembles it, on 2 episodes.")
        self.first.tags.add("lighthouses")
        self.assertEqual(self.found(), {})

    def test_a_gap_in_the_numbers(self):
        for number, expected in [
            ("003", "The last number before 003 is 001: 002 is missing."),
            ("005", "The last number before 005 is 001: 002 to 004 is missing."),
        ]:
            Episode.objects.filter(pk=self.episode.pk).update(number=number)
            self.only("number-gap", expected)
        for number in ("p07", "regatta", "000"):
            Episode.objects.filter(pk=self.episode.pk).update(number=number)
            self.assertEqual(self.found(), {}, number)
        # One that has the number itself is not before it.
        make_episode(self.show, "3", title="Three")
        Episode.objects.filter(pk=self.episode.pk).update(number="003")
        self.assertEqual(set(self.found()), {"number-gap", "number-twice"})

    def test_a_number_in_another_spelling(self):
        Episode.objects.filter(pk=self.episode.pk).update(number="1", slug="other")
        self.only("number-twice", "There is an episode 001 already: “The first tide”.")

    def test_the_title_or_the_audio_of_another_episode(self):
        Episode.objects.filter(pk=self.episode.pk).update(title=" the FIRST tide")
        self.only("duplicate", "Episode 001 has the same title.")
        Episode.objects.filter(pk=self.episode.pk).update(title="x", enclosure_url=self.first.enclosure_url)
        self.only("duplicate", "Episode 001 has the same audio.")

    def test_a_moment_in_the_past(self):
        text = "This moment is past: it appears at once, below what was published since."
        self.only("past", text, at=NOW - timedelta(minutes=2))
        self.assertEqual(self.found(at=NOW - timedelta(seconds=59)), {})
        self.assertEqual(self.found(at=NOW + timedelta(days=1)), {})
        Episode.objects.filter(pk=self.episode.pk).update(published_at=NOW, air_date=date(2024, 5, 2))
        self.assertEqual(self.found(at=NOW - timedelta(days=1)), {})

    def test_the_same_link_twice(self):
        add_link(self.episode, "https://example.org/b", position=2)
        self.assertEqual(self.found(), {})
        add_link(self.episode, position=3)
        self.only("same-link", "Links 1 and 3 lead to the same address: https://example.org/a")

    def test_an_address_without_https(self):
        add_link(self.episode, "http://a.example", position=2)
        add_link(self.episode, "http://b.example", position=3)
        add_link(self.episode, "c.example", position=4)
        add_link(self.episode, "mailto:d@example.org", position=5)
        add_placement(self.episode, url="lamps.example")
        add_placement(self.episode, "Rope", url="mailto:rope@example.org", position=2)
        self.only(
            "no-https",
            "Link 2 begins with http://, not https://: http://a.example. So does 1 other link.",
            "Link 4 leads nowhere, for want of https://: c.example",
            "Lamp Oil Ltd: Nobody can follow this address: it has no https://. Write https://lamps.example.",
        )

    def test_a_link_that_only_its_writer_can_open(self):
        add_link(self.episode, "https://app.fireside.fm/podcasts/7/episodes/8/edit", position=2)
        self.only(
            "private-link",
            "Link 2 leads to a desk or a machine of ours, which no visitor can open: "
            "https://app.fireside.fm/podcasts/7/episodes/8/edit",
        )

    def test_a_booked_sponsor_is_absent_and_one_that_was_cut_short_is_owed(self):
        elsewhere = add_placement(make_episode(self.show, "x", title="Other"), "Rope")
        campaign = make_campaign(elsewhere.sponsor, self.show, spots=2)
        self.only("booked-absent", "Rope booked spots until 31 May 2024, is owed 2, and is not here.")
        later = make_campaign(elsewhere.sponsor, self.show, spots=3, ends_on=date(2024, 6, 30))
        self.only("booked-absent", "Rope booked spots until 31 May 2024, is owed 2, and is not here.")
        later.delete()
        campaign.ends_on = date(2024, 5, 2)
        campaign.save()
        self.only("booked-absent", "Rope booked spots until 2 May 2024, is owed 2, and is not here.")
        elsewhere.campaign = campaign
        elsewhere.save()
        campaign.ends_on = date(2024, 5, 1)
        campaign.save()
        self.only("owed", "Rope is still owed 1 spot of a campaign that ended on 1 May 2024.")
        campaign.spots = 1
        campaign.save()
        self.assertEqual(self.found(), {})

    def test_a_campaign_of_another_show_or_of_another_time_is_not_missed(self):
        rope = add_placement(make_episode(self.show, "x", title="Other"), "Rope").sponsor
        make_campaign(rope, make_show("lamp-talk", "LT"))
        make_campaign(rope, self.show, starts_on=date(2024, 6, 1), ends_on=date(2024, 6, 30))
        self.assertEqual(self.found(), {})
        june = datetime(2024, 6, 1, 7, tzinfo=UTC)
        self.assertEqual(list(self.found(at=june)), ["booked-absent"])
        self.assertEqual(self.found(at=june - timedelta(seconds=1)), {})

    def test_a_spot_that_counts_for_no_campaign(self):
        spot = add_placement(self.episode, "Rope")
        campaign = make_campaign(spot.sponsor, self.show)
        self.only(
            "owed",
            "Rope: this spot counts for no campaign, and 4 spots are owed until 31 May 2024. "
            "Choose the campaign under “More”.",
        )
        spot.campaign = campaign
        spot.save()
        self.assertEqual(self.found(), {})

    def test_the_same_sponsor_twice(self):
        add_placement(self.episode, "Rope", position=1)
        self.assertEqual(self.found(), {})
        add_placement(self.episode, "Rope", position=2)
        self.only("sponsor-twice", "Rope stands here more than once.")

    def test_a_sponsor_without_words(self):
        add_placement(self.episode, "Rope", words=" ")
        self.only("no-words", "Rope has no words.")

    def test_a_code_that_has_ended_by_then_or_not_begun(self):
        spot = add_placement(self.episode, "Rope", promo_code="OLD")
        offer = make_offer(spot.sponsor, self.show, promo_code="OLD", valid_until=date(2024, 5, 2))
        spot.offer = offer
        spot.save()
        self.assertEqual(self.found(), {})
        tomorrow = {"at": NOW + timedelta(days=1)}
        self.only("code", "Rope: the code “OLD” ended on 2 May 2024.", **tomorrow)
        newer = make_offer(spot.sponsor, self.show, promo_code="NEW")
        self.only("code", "Rope: the code “OLD” ended on 2 May 2024. “NEW” counts instead.", **tomorrow)
        newer.delete()
        for until in (None, date(2024, 5, 31)):
            offer.valid_from, offer.valid_until = date(2024, 5, 9), until
            offer.save()
            self.only("code", "Rope: the code “OLD” begins on 9 May 2024.")

    def test_words_that_differ_from_the_offer(self):
        spot = add_placement(self.episode, "Rope", words="Ten per cent off. Today.")
        spot.offer = make_offer(spot.sponsor, self.show, words="Ten per cent off.\r\n Today.")
        spot.save()
        self.assertEqual(self.found()["other-words"], ["Rope: words differ from the offer."])
        Placement.objects.update(words="Ten per cent off.  Today.")
        self.assertEqual(self.found(), {})
        Placement.objects.update(promo_code="TYDE", url="https://oil.example/tide", words="Nine.")
        self.only("other-words", "Rope: words, code and address differ from the offer.")
        Offer.objects.update(words="", promo_code="", url="https://oil.example/tide")
        self.assertEqual(self.found(), {})

    def test_every_check_is_tried_here(self):
        text = Path(__file__).read_text()
        for name in CHECKS:
            self.assertIn(f'"{name}"', text)

    def test_what_stops_comes_first_then_what_is_missing(self):
        self.episode.links.all().delete()
        Episode.objects.filter(pk=self.episode.pk).update(number="004")
        with clock(NOW):
            facts = facts_of(self.episode, NOW)
        self.assertEqual([row.check.name for row in findings(facts)], ["no-links", "number-gap"])
        rows = findings(facts, ["number-gap", "no such check"])
        self.assertEqual([(row.check.name, row.blocks) for row in rows], [("number-gap", True), ("no-links", False)])

    def test_more_rows_and_episodes_cost_no_query_more(self):
        add_placement(self.episode, "Rope")
        with self.assertNumQueries(10):
            findings(facts_of(self.episode, NOW))
        for number in range(20):
            add_link(self.episode, f"http://{number}.example")
            add_placement(self.episode, f"Sponsor {number}")
            make_campaign(add_placement(make_episode(self.show, f"x{number}"), f"Other {number}").sponsor, self.show)
            self.episode.tags.add(f"tag {number}")
        with self.assertNumQueries(10):
            findings(facts_of(self.episode, NOW))


@pytest.mark.parametrize(
    ("url", "is_private"),
    [
        ("https://app.fireside.fm/podcasts/1/episodes/2/edit", True),
        ("https://example.org/wp-admin/post.php?post=1", True),
        ("https://example.org/admin", True),
        ("https://example.org/administration", False),
        ("http://localhost:8000/", True),
        ("http://nas/", True),
        ("http://nas.local/", True),
        ("http://192.168.1.7/", True),
        ("http://[fd00::1]/", True),
        ("http://[::1", False),
        ("https://93.184.216.34/", False),
        ("https://[2606:4700::1111]/", False),
        ("https://github.com/a/b/edit/main/x.md", False),
        ("https://fireside.fm/", False),
        ("mailto:a@localhost", False),
        ("", False),
    ],
)
def test_which_addresses_nobody_else_can_open(url, is_private):
    assert leads_behind_a_login(url) == is_private


class StepTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        make_episode(cls.show, "001", title="Another")
        cls.episode = whole(cls.show)
        cls.url = f"{LIST}{cls.episode.pk}/publish/"

    def setUp(self):
        self.client.force_login(self.alice)

    def stored(self) -> Episode:
        return Episode.objects.get(pk=self.episode.pk)

    def look(self, **query):
        return self.client.get(self.url, query)

    def test_published_now_it_is_public_at_once_and_airs_today(self):
        with clock(datetime(2024, 7, 2, 6, 30, 15, tzinfo=UTC)):
            response = publish(self.client, self.episode)
            self.assertRedirects(response, change_url(self.episode))
            self.assertEqual(self.client.get("/2", headers={"host": "tide-radio.localhost"}).status_code, 200)
        after = self.stored()
        self.assertEqual(after.published_at, datetime(2024, 7, 2, 6, 30, 15, tzinfo=UTC))
        self.assertEqual(after.air_date, date(2024, 7, 1))

    def test_the_clock_of_the_show_counts_and_is_named(self):
        page = self.look(day="2199-07-01", time="23:30")
        self.assertContains(page, "Times are in America/Los_Angeles, UTC−07:00 then.")
        self.assertContains(page, "Schedule for Monday, 1 July 2199, 23:30 PDT")
        response = publish(self.client, self.episode, "2199-07-01 23:30")
        self.assertRedirects(response, change_url(self.episode))
        self.assertEqual(self.stored().published_at, datetime(2199, 7, 2, 6, 30, tzinfo=UTC))
        self.assertEqual(self.stored().air_date, date(2199, 7, 1))
        self.assertContains(self.client.get(LIST), "scheduled, 1 July 2199, 23:30 PDT")

    def test_a_time_that_does_not_exist_or_exists_twice_is_asked_about(self):
        for day, time, question, choices in [
            ("2024-03-10", "02:30", "does not exist", ["01:30 PST", "03:30 PDT"]),
            ("2024-11-03", "01:30", "exists twice", ["01:30 PDT", "01:30 PST"]),
        ]:
            with self.subTest(day):
                page = self.look(day=day, time=time)
                self.assertContains(page, question)
                self.assertNotContains(page, 'type="submit" class="default"')
                for choice in choices:
                    self.assertContains(page, choice)
                publish(self.client, self.episode, f"{day} {time}")
                self.assertIsNone(self.stored().published_at)
        chosen = self.look(at="2024-11-03T01:30:00-08:00")
        self.assertContains(chosen, "Publish for Sunday, 3 November 2024, 01:30 PST")

    def test_each_of_two_times_is_itself(self):
        for offset, hour in (("-07:00", 8), ("-08:00", 9)):
            values = form_values(self.client, f"{self.url}?at=2024-11-03T01:30:00{offset}")
            self.client.post(self.url, values)
            self.assertEqual(self.stored().published_at, datetime(2024, 11, 3, hour, 30, tzinfo=UTC))
            form = self.client.get(change_url(self.episode)).content.decode()
            self.assertIn(f"3 November 2024, 01:30 {'PDT' if hour == 8 else 'PST'}", form)

    def test_a_day_without_a_midnight_airs_on_the_day_that_was_chosen(self):
        Show.objects.update(time_zone="America/Santiago")
        page = self.look(day="2026-09-06", time="00:00")
        self.assertContains(page, "5 September 2026, 23:00 -04")
        self.assertContains(page, "6 September 2026, 01:00 -03")
        for at, day in (("2026-09-06T03:00:00Z", 5), ("2026-09-06T04:00:00Z", 6)):
            self.client.post(self.url, form_values(self.client, f"{self.url}?at={at}"))
            self.assertEqual(self.stored().air_date, date(2026, 9, day))

    def test_a_day_ahead_of_most_of_the_world(self):
        Show.objects.update(time_zone="Pacific/Kiritimati")
        publish(self.client, self.episode, "2026-01-01 00:00")
        self.assertEqual(self.stored().published_at, datetime(2025, 12, 31, 10, tzinfo=UTC))
        self.assertEqual(self.stored().air_date, date(2026, 1, 1))

    def test_what_is_no_moment_is_said_so_and_does_nothing(self):
        for query in (
            {"at": "x"},
            {"at": "2024-05-02T10:00"},
            {"at": "9999-12-31T23:59:59-23:00"},
            {"at": "0001-01-01T00:00+23:00"},
            {"day": "9999-12-31", "time": "23:59"},
            {"day": "0001-01-01", "time": "00:00"},
            {"day": "soon", "time": "\0"},
            {"day": "2024-05-02"},
        ):
            with self.subTest(query):
                page = self.look(**query)
                self.assertNotContains(page, 'type="submit" class="default"')
                values = {"version": page.context["step"].version, "seen": "", **query}
                self.assertContains(self.client.post(self.url, values), "Choose a moment that exists.")
        self.assertIsNone(self.stored().published_at)

    def test_a_planned_day_that_is_another_one_is_asked_about(self):
        Episode.objects.filter(pk=self.episode.pk).update(air_date=date(2024, 4, 30))
        with clock(NOW - timedelta(days=4)):
            self.assertContains(self.look(), 'value="2024-04-30"')
        response = publish(self.client, self.episode, "2024-05-02 10:00")
        self.assertContains(response, "Choose the day that its page says it aired.")
        self.assertIsNone(self.stored().published_at)
        for answer, day in (("planned", date(2024, 4, 30)), ("own", date(2024, 5, 2))):
            Episode.objects.filter(pk=self.episode.pk).update(air_date=date(2024, 4, 30), published_at=None)
            publish(self.client, self.episode, "2024-05-02 10:00", air=answer)
            self.assertEqual(self.stored().air_date, day)

    def test_a_day_that_was_the_day_of_publication_moves_with_it(self):
        publish(self.client, self.episode, "2024-05-02 10:00")
        publish(self.client, self.episode, "2024-05-03 11:00")
        self.assertEqual(self.stored().air_date, date(2024, 5, 3))
        page = self.look()
        self.assertContains(page, "Friday, 3 May 2024, 11:00 PDT")
        self.assertNotContains(page, 'type="submit" class="default"')

    def test_what_the_owner_marked_stops_it(self):
        DeskRules.objects.create(show=self.show, blocking=["no-links"])
        values = form_values(self.client, self.url)
        self.episode.links.all().delete()
        page = self.look()
        self.assertContains(page, "Stops it")
        self.assertContains(page, f'href="{change_url(self.episode)}#links-group"')
        self.assertNotContains(page, "Publish now")
        self.assertContains(self.client.post(self.url, values), "Mend what stops it first.")
        self.assertIsNone(self.stored().published_at)
        add_link(self.episode)
        publish(self.client, self.episode)
        self.assertTrue(self.stored().is_published())
        # What is public already may be dated anew.
        self.episode.links.all().delete()
        publish(self.client, self.episode, "2024-05-02 10:00")
        self.assertEqual(self.stored().air_date, date(2024, 5, 2))

    def test_what_is_scheduled_may_wait_longer_but_not_come_sooner_where_something_stops_it(self):
        publish(self.client, self.episode, "2199-05-02 10:00")
        DeskRules.objects.create(show=self.show, blocking=["no-links"])
        self.episode.links.all().delete()
        publish(self.client, self.episode, "2199-05-01 10:00")
        publish(self.client, self.episode)
        self.assertEqual(self.stored().air_date, date(2199, 5, 2))
        publish(self.client, self.episode, "2199-05-03 10:00")
        self.assertEqual(self.stored().air_date, date(2199, 5, 3))

    def test_what_does_not_stop_it_is_listed_and_published(self):
        self.episode.links.all().delete()
        self.assertContains(self.look(), "It has no links.")
        publish(self.client, self.episode)
        self.assertTrue(self.stored().is_published())

    def test_two_who_publish_at_once_publish_once(self):
        values = form_values(self.client, self.url)
        publish(self.client, self.episode, "2024-05-02 10:00")
        response = self.client.post(self.url, values)
        self.assertContains(response, "Somebody else was quicker. It is now: Published on Thursday, 2 May 2024, 10:00")
        self.assertEqual(self.stored().air_date, date(2024, 5, 2))

    def test_a_change_meanwhile_is_looked_at_first(self):
        values = form_values(self.client, self.url)
        save(self.client, change_url(self.episode), title="Changed by Will")
        response = self.client.post(self.url, values)
        self.assertContains(response, "Somebody changed the episode meanwhile.")
        self.assertContains(response, "Changed by Will")
        self.assertIsNone(self.stored().published_at)

    def test_what_became_odd_meanwhile_is_looked_at_first(self):
        values = form_values(self.client, self.url)
        with clock(NOW):
            make_campaign(add_placement(make_episode(self.show, "x"), "Rope").sponsor, self.show)
            response = self.client.post(self.url, values)
            self.assertContains(response, "More is missing or odd than when you looked")
            self.assertContains(response, "Rope booked spots until")
            self.assertIsNone(self.stored().published_at)

    def test_unpublish_takes_it_back_and_keeps_its_day(self):
        add_placement(self.episode, "Rope")
        publish(self.client, self.episode, "2024-05-02 10:00")
        page = self.client.get(f"{LIST}{self.episode.pk}/unpublish/")
        self.assertContains(page, "Its page, /2, is not found any more")
        self.assertContains(page, "Its 1 sponsor no longer counts as delivered.")
        self.assertTrue(self.stored().is_published())
        self.assertRedirects(unpublish(self.client, self.episode), change_url(self.episode))
        after = self.stored()
        self.assertEqual((after.state, after.air_date), ("draft", date(2024, 5, 2)))
        self.assertEqual(self.client.get("/2", headers={"host": "tide-radio.localhost"}).status_code, 404)
        self.assertContains(self.look(), "the day of publication")
        self.assertRedirects(self.client.get(f"{LIST}{self.episode.pk}/unpublish/"), change_url(self.episode))

    def test_unpublishing_what_was_changed_meanwhile_is_asked_again(self):
        publish(self.client, self.episode, "2024-05-02 10:00")
        url = f"{LIST}{self.episode.pk}/unpublish/"
        values = form_values(self.client, url)
        publish(self.client, self.episode, "2024-05-03 10:00")
        self.assertContains(self.client.post(url, values), "Somebody else was quicker.")
        self.assertTrue(self.stored().is_published())

    def test_each_step_is_kept_in_the_history_and_told(self):
        with patch("episodes.saving.websub.changed") as told, patch("episodes.saving.announce") as announced:
            for step in (publish, unpublish):
                count = Revision.objects.count()
                with self.captureOnCommitCallbacks(execute=True):
                    step(self.client, self.episode)
                self.assertGreater(Revision.objects.count(), count)
                self.assertEqual(Revision.objects.latest("pk").user, self.alice)
        told.assert_called_with(self.show)
        self.assertEqual((told.call_count, announced.call_count), (2, 2))

    def test_who_may_publish(self):
        bob = make_member("bob", make_show("lamp-talk", "LT"))
        vera, adam = make_member("vera", self.show, Role.VIEWER), make_member("adam", self.show, Role.AD_MANAGER)
        will = make_member("will", self.show, Role.WRITER)
        for path in ("publish", "unpublish"):
            url = f"{LIST}{self.episode.pk}/{path}/"
            for user, status in ((None, 302), (bob, 404), (vera, 403), (adam, 403)):
                # Without an account a form is asked to sign in again, and is not refused: see test_conflicts.
                client = Client(headers=BY_SCRIPT)
                if user:
                    client.force_login(user)
                values = {"version": f"None / {None}", "at": "now", "seen": ""}
                for response in (client.get(url), client.post(url, values)):
                    with self.subTest(path=path, user=user):
                        self.assertEqual(response.status_code, status)
                        self.assertNotIn("High water", response.content.decode())
        self.assertIsNone(self.stored().published_at)
        self.client.force_login(will)
        publish(self.client, self.episode)
        self.assertTrue(self.stored().is_published())
        self.assertEqual(self.client.get(f"{LIST}{'9' * 30}/publish/").status_code, 404)
        self.assertEqual(self.client.put(self.url).status_code, 405)

    def test_the_page_costs_the_same_with_many_rows(self):
        make_episode(self.show, "000")
        self.look()
        with self.assertNumQueries(19):
            self.look()
        for number in range(30):
            add_link(self.episode, f"http://{number}.example", position=number)
            make_episode(self.show, f"{number + 10:03}")
        with self.assertNumQueries(19):
            self.look()


class BarTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = whole(cls.show)

    def press(self, button: str, **changes: str):
        values = form_values(self.client, change_url(self.episode)) | changes
        return self.client.post(change_url(self.episode), {**values, button: "x"})

    def buttons(self) -> list[str]:
        page = self.client.get(change_url(self.episode)).content.decode()
        names = {"_save", "_publish", "_review", "_unreview"}
        return sorted(name for name in names if f'name="{name}"' in page) + ["unpublish"] * ("/unpublish/" in page)

    def test_publish_saves_the_form_and_leads_to_the_step(self):
        self.client.force_login(self.alice)
        self.assertEqual(self.buttons(), ["_publish", "_review", "_save"])
        response = self.press("_publish", title="Higher water")
        self.assertRedirects(response, f"{LIST}{self.episode.pk}/publish/")
        self.assertEqual(Episode.objects.get().title, "Higher water")
        self.assertEqual(errors(self.press("_publish", title="")), ["This field is required."])
        publish(self.client, self.episode)
        self.assertEqual(self.buttons(), ["_publish", "_save", "unpublish"])

    def test_a_new_episode_goes_on_to_the_step_at_once(self):
        self.client.force_login(self.alice)
        values = form_values(self.client, f"{LIST}add/")
        response = self.client.post(f"{LIST}add/", {**values, "title": "New", "_publish": "Publish…"})
        self.assertRedirects(response, f"{LIST}{Episode.objects.get(title='New').pk}/publish/")

    def test_a_draft_is_read_before_it_is_published(self):
        self.client.force_login(self.alice)
        self.press("_review", title="Read me")
        self.assertEqual(Episode.objects.get().state, "in review")
        self.assertEqual(self.buttons(), ["_publish", "_save", "_unreview"])
        self.assertContains(self.client.get(f"{LIST}?state=in-review"), "Read me")
        self.press("_save", title="Read me again")
        self.assertEqual(Episode.objects.get().state, "in review")
        self.press("_unreview")
        self.assertEqual(Episode.objects.get().state, "draft")
        self.client.get(LIST)  # It says what was saved.
        self.assertNotContains(self.client.get(f"{LIST}?state=in-review"), "Read me")
        self.press("_review")
        publish(self.client, self.episode)
        self.assertEqual(Episode.objects.get().state, "published")
        self.press("_review")
        self.assertEqual(Episode.objects.get().state, "published")

    def test_a_review_is_kept_in_the_history_though_nothing_else_changes(self):
        self.client.force_login(self.alice)
        for button, state in (("_review", True), ("_unreview", False)):
            self.press(button)
            last = Version.objects.get_for_object(self.episode).first()
            self.assertEqual((last.field_dict["is_in_review"], last.revision.user), (state, self.alice))

    def test_who_places_sponsors_has_no_other_button(self):
        self.client.force_login(make_member("adam", self.show, Role.AD_MANAGER))
        add_placement(self.episode)
        self.assertEqual(self.buttons(), ["_save"])
        self.press("_review")
        self.assertEqual(Episode.objects.get().state, "draft")
        self.assertEqual(self.client.post(change_url(self.episode), {"_publish": "x"}).status_code, 200)


class OnItsMinuteTests(TestCase):
    """A scheduled episode appears at its moment: nobody visits in between, and no job runs."""

    def test_on_page_lists_feeds_and_sitemap_also_for_whoever_asks_what_is_new(self):
        show, at = make_show(), datetime(2030, 5, 2, 17, tzinfo=UTC)
        make_episode(show, "001", title="Another", enclosure_url="https://cdn.example/1.mp3")
        make_episode(show, "077", title="Just now", enclosure_url="https://cdn.example/2.mp3", published_at=at)
        visitor = Client(headers={"host": "tide-radio.localhost"})
        for path, sign in (
            ("/77", "Just now"),
            ("/77.md", "Just now"),
            ("/", "Just now"),
            ("/episodes", "Just now"),
            ("/rss", "Just now"),
            ("/json", "Just now"),
            ("/sitemap-episodes.xml", "https://tide-radio.example/77</loc>"),
        ):
            with self.subTest(path):
                with clock(at - timedelta(seconds=1)):
                    before = visitor.get(path)
                self.assertNotIn(sign, before.content.decode())
                for header, name in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
                    asked = {name: before[header]} if header in before else {}
                    with clock(at):
                        after = visitor.get(path, headers=asked)
                    self.assertEqual(after.status_code, 200)
                    self.assertIn(sign, after.content.decode())


class RulesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.olga, cls.alice = make_member("olga", cls.show, Role.OWNER), make_member("alice", cls.show)
        cls.bob = make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk"), Role.OWNER)
        cls.add = "/admin/episodes/deskrules/add/"

    def test_the_owner_says_what_stops_a_publication_and_what_tags_a_new_episode_has(self):
        self.client.force_login(self.olga)
        self.assertContains(self.client.get(self.add), f'<option value="{self.show.pk}" selected>Tide Radio')
        values = {"show": self.show.pk, "default_tags": "tide,  c++ , tide", "blocking": ["no-links", "past"]}
        self.assertEqual(self.client.post(self.add, values).status_code, 302)
        rules = DeskRules.objects.get()
        self.assertEqual((rules.show, rules.default_tags), (self.show, "c++, tide"))
        self.assertEqual(rules.blocking, ["no-links", "past"])
        url = f"/admin/episodes/deskrules/{rules.pk}/change/"
        self.assertEqual(self.client.post(url, {"default_tags": "", "blocking": ["no-such"]}).status_code, 200)
        self.assertEqual(self.client.post(url, {"default_tags": ""}).status_code, 302)
        rules.refresh_from_db()
        self.assertEqual((rules.show, rules.default_tags, rules.blocking), (self.show, "", []))
        self.assertContains(self.client.get("/admin/episodes/deskrules/"), "Nothing")

    def test_they_are_nobody_elses(self):
        DeskRules.objects.create(show=self.show, default_tags="secret tag")
        for user in (self.alice, self.bob, make_member("vera", self.show, Role.VIEWER)):
            self.client.force_login(user)
            for url in ("/admin/episodes/deskrules/", f"/admin/episodes/deskrules/{self.show.pk}/change/", self.add):
                response = self.client.get(url)
                self.assertNotIn("secret tag", response.content.decode())
                self.assertNotIn("Tide Radio", response.content.decode())
        self.client.force_login(self.alice)
        self.assertEqual(self.client.get("/admin/episodes/deskrules/").status_code, 403)
        self.client.force_login(self.bob)
        response = self.client.post(self.add, {"show": self.show.pk, "default_tags": "mine"})
        self.assertEqual(response.status_code, 200)
        self.assertEqual(DeskRules.objects.get().default_tags, "secret tag")


@pytest.fixture
def desk(live_server, browser, request):
    """Alice's window on a show that has a usual host, a booked sponsor and default tags."""
    show = make_show()
    today = show.today()
    for week in (1, 2):
        day = today - timedelta(weeks=week)
        at = show.midnight(day) + timedelta(hours=10)
        add_credit(make_episode(show, f"{8 - week:03}", title=f"Week {week}", air_date=day, published_at=at))
    sponsor = add_placement(make_episode(show, "x01", published=False), "Rope").sponsor
    make_campaign(sponsor, show, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=30))
    DeskRules.objects.create(show=show, default_tags="tide", blocking=["no-summary"])
    visitor = Visitor(browser.new_context(base_url=live_server.url, **request.param))
    sign_in(visitor, live_server.url, make_member("alice", show))
    yield visitor
    visitor.page.context.close()


PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}


@needs_chromium
@pytest.mark.django_db(transaction=True)
class TestInChromium:
    @pytest.mark.parametrize(
        "desk",
        [{"viewport": {"width": 1366, "height": 768}}, PHONE | {"java_script_enabled": False}],
        ids=["keyboard", "phone-without-script"],
        indirect=True,
    )
    def test_from_new_to_published_with_the_keyboard(self, desk):
        """The title and a sentence are typed; the rest is known."""
        page = desk.page
        page.goto("/admin/episodes/episode/add/")
        page.focus("#id_title")
        page.keyboard.type("High water")
        page.focus("[name=_publish]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/publish/")
        assert page.locator("li.blocks").inner_text().startswith("Stops it")
        assert page.locator(".submit-row input").count() == 0
        page.locator("li.blocks a").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/change/#id_summary")
        page.focus("#id_summary")
        page.keyboard.type("The moon did it.")
        page.focus("[name=_publish]")
        page.keyboard.press("Enter")
        page.wait_for_url("**/publish/#id_summary")
        width, window = page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= window
        page.locator(".submit-row input").focus()
        page.keyboard.press("Enter")
        page.wait_for_url("**/change/")
        episode = Episode.objects.get(title="High water")
        assert (episode.number, episode.state, episode.air_date) == ("008", "published", episode.show.today())
        assert [row.name for row in episode.credits.all()] == ["Ann Host"]
        assert [row.name for row in episode.placements.all()] == ["Rope"]
        assert [tag.name for tag in episode.tags.all()] == ["tide"]
        assert desk.complaints == []

    @needs_npm
    @pytest.mark.parametrize("desk", [{"color_scheme": "dark"}, PHONE], ids=["dark", "phone"], indirect=True)
    def test_axe_finds_nothing_serious(self, desk):
        episode = Episode.objects.get(number="x01")
        episode.air_date = date(2024, 5, 1)
        episode.save()
        published = Episode.objects.get(number="007")
        for path in (
            f"{episode.pk}/publish/",
            f"{episode.pk}/publish/?day=2024-11-03&time=01:30",
            f"{published.pk}/unpublish/",
        ):
            desk.page.goto(f"/admin/episodes/episode/{path}")
            assert accessibility_problems(desk.page, impacts=("serious", "critical")) == []
            width, window = desk.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
            assert width <= window
        assert desk.complaints == []
