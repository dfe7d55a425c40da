"""Imports after people were at work: nothing that they did is undone, whatever the old host says meanwhile."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from django.test import TestCase

from episodes.importers.record import Credit, Enclosure, Link, Source
from episodes.models import Episode
from episodes.notes import Placement as Spot
from episodes.tests.factories import import_notes, make_episode, make_member, make_notes, make_show
from episodes.tests.test_admin import change_url, form_values, publish, save, unpublish
from episodes.tests.test_importing import content, make_record, take
from lupcms.shows.models import Role

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


class DeskTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show, Role.OWNER)

    def setUp(self):
        self.client.force_login(self.alice)

    def test_nothing_that_was_written_in_the_form_is_lost(self):
        take(self.show, make_record())
        url = change_url(Episode.objects.get())
        typed = {
            "title": "Mine",
            "summary": "My words.",
            "duration_seconds": "99",
            "player_url": "https://mine.example/player",
            "video_url": "https://mine.example/video",
            "enclosure_url": "https://mine.example/a.mp3",
            "enclosure_length": "7",
            "enclosure_type": "audio/ogg",
            "season": "9",
            "episode_type": "trailer",
            "explicit": "false",
            "tags": "mine, other",
            "air_date": "2024-05-09",
            "links-0-text": "My link",
            "links-0-heading": "My heading",
            "credits-0-name": "My Ann",
            "placements-0-words": "My words",
        }
        self.assertEqual(
            self.client.post(url, form_values(self.client, url) | typed | {"_save": "Save"}).status_code, 302
        )
        before = content(self.show)
        self.assertEqual((before[0]["rows"][0]["title"], before[0]["tags"]), ("Mine", ["mine", "other"]))
        for source in Source:
            others = make_record(
                source,
                title="Theirs",
                summary="Their words.",
                duration_seconds=5,
                player_url="https://theirs.example/player",
                video_url="https://theirs.example/video",
                enclosure=Enclosure("https://theirs.example/a.mp3", 1, "audio/mpeg"),
                season=3,
                episode_type="bonus",
                explicit=True,
                tags=("theirs",),
                links=(Link("https://theirs.example", "Their link", heading="Their heading"),),
                credits=(Credit("host", "Their Ann", "their-ann"),),
                placements=(Spot("Theirs", "https://theirs.example", "Their words.", "THEIRS"),),
            )
            self.assertEqual(take(self.show, others), ["kept"], source)
            self.assertEqual(content(self.show), before, source)

    def test_a_form_that_was_open_while_an_import_ran_does_not_undo_it(self):
        take(self.show, make_record(Source.SITE, summary="Old words."))
        url = change_url(Episode.objects.get())
        values = form_values(self.client, url)
        take(self.show, make_record(Source.RSS, summary="Words of the feed."))
        response = self.client.post(url, values | {"title": "Mine", "_save": "Save"})
        self.assertContains(response, "Words of the feed.")
        self.assertEqual(
            Episode.objects.values_list("title", "summary").get(), ("The first tide", "Words of the feed.")
        )

    def test_what_was_unpublished_at_the_desk_is_published_by_no_source(self):
        import_notes(self.show, make_notes(number="1"))
        unpublish(self.client, Episode.objects.get())
        import_notes(self.show, make_notes(number="1", air_date=date(2024, 5, 5)))
        take(self.show, *map(make_record, Source))
        for overwrite in (False, True):
            take(self.show, *map(make_record, reversed(Source)), overwrite=overwrite)
            self.assertEqual(Episode.objects.get().state, "draft")

    def test_what_was_published_anew_keeps_its_moment(self):
        take(self.show, make_record(Source.SITE))
        unpublish(self.client, Episode.objects.get())
        publish(self.client, Episode.objects.get(), "2024-05-02 10:00")
        moment = Episode.objects.get().published_at
        self.assertIsNotNone(moment)
        take(self.show, make_record(Source.RSS))
        self.assertEqual(Episode.objects.get().published_at, moment)

    def test_a_renamed_address_stays(self):
        import_notes(self.show, make_notes())
        save(self.client, change_url(Episode.objects.get()), slug="first")
        import_notes(self.show, make_notes(title="Another"))
        take(self.show, make_record())
        self.assertEqual(Episode.objects.values_list("number", "slug", "title").get(), ("001", "first", "Another"))
        self.assertEqual(self.client.get("/1", headers={"host": "tide-radio.localhost"}).url, "/first")

    def test_an_episode_with_another_number_is_no_second_one_when_its_page_comes_again(self):
        import_notes(self.show, make_notes())
        save(self.client, change_url(Episode.objects.get()), number="100", slug="100")
        import_notes(self.show, make_notes(title="Another"))
        self.assertEqual(Episode.objects.values_list("number", "slug", "title").get(), ("100", "100", "Another"))

    def test_a_number_that_was_given_on_is_that_of_the_episode_that_has_it(self):
        import_notes(self.show, make_notes())
        save(self.client, change_url(Episode.objects.get()), number="100", slug="100")
        make_episode(self.show, "001", title="Mine", guid=None)
        import_notes(self.show, make_notes(title="Another"))
        self.assertEqual(
            sorted(Episode.objects.values_list("number", "title")), [("001", "Mine"), ("100", "The first tide")]
        )


class OldHostTests(TestCase):
    """What the old host does between two imports, to a feed of three numbered episodes."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.feed = [make_record(number=str(n), guid=f"guid-{n}", title=f"Tide {n}", place=str(n)) for n in (1, 2, 3)]
        take(cls.show, *cls.feed)
        cls.before = content(cls.show)

    def again(self, *records):
        for overwrite in (True, False):
            verdicts = take(self.show, *records, overwrite=overwrite)
            self.assertEqual(content(self.show), self.before)
        return verdicts

    def test_half_of_the_items_or_none_takes_nothing_away(self):
        self.assertEqual(self.again(self.feed[1]), ["unchanged"])
        self.assertEqual(self.again(), [])

    def test_guids_in_another_letter_case_are_told(self):
        records = [replace(record, guid=record.guid.upper()) for record in self.feed]
        self.assertEqual(self.again(*records), ["ambiguous"] * 3)

    def test_a_guid_in_another_letter_case_is_told_also_where_nothing_has_a_number(self):
        bonus = make_record(number="", slug="", guid="bonus", title="Bonus")
        take(self.show, bonus)
        for title in ("Bonus", "Renamed"):
            self.assertEqual(take(self.show, replace(bonus, guid="BONUS", title=title)), ["ambiguous"])
        self.assertEqual(Episode.objects.count(), 4)

    def test_a_title_without_end_makes_an_address_with_one(self):
        take(self.show, make_record(number="", slug="", guid="long", title="Tide " * 5000))
        self.assertEqual(Episode.objects.get(guid="long").number, "-".join(["tide"] * 20))

    def test_two_guids_that_were_swapped_are_told(self):
        first, second, third = self.feed
        swapped = [replace(first, guid=second.guid), replace(second, guid=first.guid), third]
        self.assertEqual(self.again(*swapped), ["ambiguous", "ambiguous", "unchanged"])

    def test_numbers_that_all_moved_by_one_are_told(self):
        moved = [replace(record, number=str(int(record.number) + 1)) for record in self.feed]
        self.assertEqual(self.again(*moved), ["ambiguous", "ambiguous", "kept"])

    def test_a_number_that_was_given_to_another_episode_is_told(self):
        other = replace(self.feed[0], guid="guid-9", title="New", published_at=datetime(2025, 1, 1, tzinfo=UTC))
        self.assertEqual(self.again(other), ["ambiguous"])
