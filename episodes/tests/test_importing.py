"""Many sources, one engine: which is believed, what is kept, and that their order does not matter."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reversion.models import Version

from episodes.importers import report
from episodes.importers.fields import EDITED, PUBLISHED, SAME_GUID, SAME_NUMBER, Standing, decide, digest
from episodes.importers.record import Chapter, Credit, Enclosure, Link, Record, Source
from episodes.importers.runs import Run, importing
from episodes.models import Credit as CreditRow
from episodes.models import Episode, ImportEntry, ImportRun, Placement
from episodes.notes import Placement as Spot
from episodes.tests.factories import add_link, import_notes, make_episode, make_member, make_notes, make_show
from hosts.models import Host, HostName
from lupcms.shows.models import OldPath, Show
from sponsors.models import Sponsor

MOMENT = datetime(2024, 5, 3, 1, 30, tzinfo=UTC)


def make_record(source: Source = Source.RSS, **fields: Any) -> Record:
    """Something in every field."""
    defaults = {
        "place": "item 1",
        "number": "1",
        "title": "The first tide",
        "published_at": MOMENT,
        "duration_seconds": 3661,
        "player_url": "https://player.example/1",
        "video_url": "https://video.example/1",
        "summary": "We look at the water.",
        "credits": (Credit("host", "Ann Host", "ann"), Credit("producer", "Pat", "pat")),
        "placements": (Spot("Lamp Oil Ltd", "https://oil.example", "Ten per cent off.", "TIDE"),),
        "links": (Link("https://example.org/a", "A page", heading="Pages"), Link("https://example.org/b", "Another")),
        "tags": ("tide tables", "lamps"),
        "guid": "D39FBEB3-7109-49a7-b881-21e51a8f179a",
        "enclosure": Enclosure("https://audio.example/1.mp3", 42805260, "audio/mpeg"),
        "season": 2,
        "episode_type": "bonus",
        "explicit": True,
        "chapters": (Chapter(Decimal(0), "Begin"), Chapter(Decimal("61.5"), "Go on")),
        "old_paths": ("/show/tide-radio/1", "/124162/the-first-tide/"),
    }
    return Record(**{"source": source} | defaults | fields)


def take(show: Show, *records: Record, **options: Any) -> list[str]:
    """The verdicts of one run of each record's source."""
    verdicts = []
    for record in records:
        with importing(show, record.source, "somewhere", **options) as run:
            verdicts.append(run.take(record).verdict)
    return verdicts


def content(show: Show) -> list[dict[str, Any]]:
    """All that the episodes of a show say, their rows included, without keys."""
    episodes = Episode.objects.filter(show=show).with_entries().prefetch_related("chapters").order_by("number")
    hidden = {"id", "show_id", "imported", "changed_at", "episode_id", "host_id", "sponsor_id"}
    found = []
    for episode in episodes:
        rows = [episode, *episode.links.all(), *episode.credits.all(), *episode.placements.all()]
        said = [
            {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.attname not in hidden}
            for row in [*rows, *episode.chapters.all()]
        ]
        found.append({"rows": said, "tags": sorted(tag.name for tag in episode.tags.all())})
    return found


class FirstTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def test_everything_that_a_source_says_is_in_the_episode(self):
        self.assertEqual(take(self.show, make_record()), ["created"])
        episode = Episode.objects.get()
        self.assertEqual(
            (episode.number, episode.slug, episode.title, episode.air_date, episode.published_at),
            ("1", "1", "The first tide", date(2024, 5, 2), MOMENT),
        )
        self.assertFalse(episode.published_at_is_estimated)
        self.assertEqual(
            (episode.guid, episode.enclosure_url, episode.enclosure_length, episode.enclosure_type),
            ("D39FBEB3-7109-49a7-b881-21e51a8f179a", "https://audio.example/1.mp3", 42805260, "audio/mpeg"),
        )
        self.assertEqual(
            (episode.season, episode.episode_type, episode.explicit, episode.video_url, episode.duration_seconds),
            (2, "bonus", True, "https://video.example/1", 3661),
        )
        self.assertEqual(
            list(episode.credits.values_list("role", "name", "slug")),
            [("host", "Ann Host", "ann"), ("producer", "Pat", "pat")],
        )
        self.assertEqual(list(episode.links.values_list("text", "heading")), [("A page", "Pages"), ("Another", "")])
        self.assertEqual(list(episode.placements.values_list("name", "promo_code")), [("Lamp Oil Ltd", "TIDE")])
        self.assertEqual(
            list(episode.chapters.values_list("starts_at_seconds", "title")),
            [(Decimal(0), "Begin"), (Decimal("61.5"), "Go on")],
        )
        self.assertEqual(sorted(tag.name for tag in episode.tags.all()), ["lamps", "tide tables"])
        self.assertIn("Ten per cent off.", episode.feed_html)
        self.assertEqual(
            dict(OldPath.objects.values_list("path", "target")),
            {"/show/tide-radio/1": "/1", "/124162/the-first-tide": "/1"},
        )

    def test_twice_is_unchanged_and_leaves_no_trace(self):
        take(self.show, make_record())
        before = content(self.show)
        self.assertEqual(take(self.show, make_record()), ["unchanged"])
        self.assertEqual(content(self.show), before)
        self.assertIsNone(Episode.objects.get().changed_at)
        first, second = ImportRun.objects.order_by("pk")
        self.assertEqual((first.entries.count(), second.entries.count(), second.counts["unchanged"]), (1, 0, 1))

    def test_the_first_record_costs_no_more_queries_than_the_hundredth(self):
        with importing(self.show, Source.RSS, "feed") as run:
            run.take(make_record())
            counts = []
            for n in range(2, 6):
                with CaptureQueriesContext(
                    connection,
                ) as queries:
                    run.take(make_record(number=str(n), guid=str(n), title=str(n)))
                counts.append(len(queries))
        self.assertEqual(counts, [12] * 4)

    def test_what_has_no_date_is_a_draft_until_a_source_knows_one(self):
        take(self.show, make_record(published_at=None))
        self.assertEqual(Episode.objects.get().state, "draft")
        take(self.show, make_record(Source.SITE, air_date=date(2024, 5, 2), published_at=None))
        self.assertEqual(Episode.objects.get().state, "published")

    def test_what_has_no_number_is_called_as_its_address_ends(self):
        take(self.show, make_record(number="", slug="pocket-office-1", guid=""))
        self.assertEqual(Episode.objects.values_list("number", "slug").get(), ("pocket-office-1", "pocket-office-1"))
        self.assertEqual(take(self.show, make_record(number="", slug="pocket-office-1", guid="")), ["unchanged"])

    def test_a_dry_run_says_what_the_real_one_will_and_writes_nothing(self):
        records = [make_record(), make_record(number="2", guid="2", title="Another"), make_record(place="item 3")]
        for dry_run in (True, False):
            with importing(self.show, Source.RSS, "feed", dry_run=dry_run) as run:
                verdicts = [run.take(record).verdict for record in records]
            self.assertEqual(verdicts, ["created", "created", "ambiguous"])
            if dry_run:
                self.assertEqual(
                    (Episode.objects.count(), ImportRun.objects.count(), HostName.objects.count()), (0, 0, 0)
                )
        self.assertEqual(Episode.objects.count(), 2)

    def test_what_cannot_be_stored_is_told_with_its_field_and_nothing_of_it_stays(self):
        for fields, why in [
            ({"title": "Two\nlines"}, "title: "),
            ({"links": (Link("https://a.example", "A\x00"),)}, "text: "),
            ({"season": -1}, "season: "),
            ({"tags": ("x" * 300,)}, "Tags: the tag"),
        ]:
            with self.subTest(fields), importing(self.show, Source.RSS, "feed") as run:
                entry = run.take(make_record(**fields))
                self.assertEqual(entry.verdict, "failed")
                self.assertIn(why, entry.differences[0]["why"])
                self.assertFalse(Episode.objects.exists())

    def test_what_cannot_be_stored_is_tried_once_and_looks_up_nothing_again(self):
        with importing(self.show, Source.RSS, "feed") as run:
            run.take(make_record())
            run.take(make_record(number="3", guid="33", title="Three\nlines"))
            with CaptureQueriesContext(connection) as queries:
                run.take(make_record(number="2", guid="2", title="Two\nlines"))
            self.assertEqual(len(queries), 3, "a savepoint, back to it, and its end")
            again = run.take(make_record(number="2", guid="2", title="Two", place="item 2"))
        self.assertEqual(again.verdict, "created", "what failed did not come first")
        self.assertEqual(Episode.objects.get(number="2").slug, "2", "no address went with what was taken back")

    def test_names_of_files_that_are_no_text_are_kept_as_far_as_they_are(self):
        take(self.show, make_record(place="caf\udce9.md"))
        with importing(self.show, Source.RSS, "/old/caf\udce9") as run:
            run.fail("caf\udce9.md", "It is empty.")
        self.assertEqual(
            (run.row.origin, [str(entry) for entry in ImportEntry.objects.all()]),
            ("/old/caf?", ["TR 1: Created", "caf?.md: Not read"]),
        )

    def test_a_code_without_words_gets_some_so_that_a_page_can_print_it(self):
        record = make_record(placements=(Spot("Oil", "https://oil.example", "", "TIDE"),))
        self.assertEqual(take(self.show, record, record), ["created", "unchanged"])
        self.assertEqual(Placement.objects.values_list("words", "promo_code").get(), ("Promo Code: TIDE", "TIDE"))

    def test_an_address_that_is_none_is_left_out_and_told(self):
        with importing(self.show, Source.RSS, "feed") as run:
            entry = run.take(make_record(enclosure=Enclosure("not an address"), video_url="javascript:x"))
        self.assertEqual(Episode.objects.values_list("enclosure_url", "video_url").get(), ("", ""))
        self.assertEqual(
            [(found["field"], found["said"]) for found in entry.differences],
            [("video_url", "javascript:x"), ("enclosure", "not an address")],
        )


class BeliefTests(TestCase):
    """A better source replaces what a lesser one left, and never what a person wrote."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def differences(self, record: Record, **options: Any) -> dict[str, str]:
        with importing(self.show, record.source, "somewhere", **options) as run:
            entry = run.take(record)
        return {found["field"]: found["did"] for found in entry.differences}

    def test_a_feed_fills_what_a_notes_page_cannot_say_and_changes_nothing_that_it_says(self):
        notes = make_notes()
        import_notes(self.show, notes)
        found = self.differences(make_record(title="Another title", number="1"))
        self.assertEqual(
            found,
            {
                "title": "outranked",
                "published_at": "filled",
                "player_url": "filled",
                "video_url": "filled",
                "crew": "filled",
                "people": "outranked",
                "sponsors": "outranked",
                "links": "outranked",
                "tags": "outranked",
                "guid": "filled",
                "enclosure": "filled",
                "season": "filled",
                "episode_type": "filled",
                "explicit": "filled",
                "chapters": "filled",
            },
        )
        episode = Episode.objects.get()
        self.assertEqual((episode.title, episode.number, episode.published_at), ("The first tide", "001", MOMENT))

    def test_what_a_feed_no_longer_says_is_nothing_to_tell(self):
        take(self.show, make_record())
        before = content(self.show)
        for _ in range(2):
            self.assertEqual(self.differences(make_record(summary="", tags=(), links=())), {})
        self.assertEqual(self.differences(make_record()), {})
        self.assertEqual(content(self.show), before)

    def test_overwrite_lets_a_lesser_source_win_but_over_no_published_placement(self):
        import_notes(self.show, make_notes(number="1"))
        found = self.differences(make_record(title="Theirs"), overwrite=True)
        self.assertEqual((found["title"], found["sponsors"]), ("updated", "kept"))
        episode = Episode.objects.get()
        self.assertEqual((episode.title, episode.placements.count()), ("Theirs", 2))

    def test_what_a_person_emptied_stays_empty_for_every_source(self):
        for source in Source:
            with self.subTest(source):
                Episode.objects.all().delete()
                take(self.show, make_record(Source.RSS))
                Episode.objects.update(summary="", video_url="", season=None)
                found = self.differences(make_record(source, summary="New", video_url="https://n.example", season=7))
                kept = {name: did for name, did in found.items() if name in ("about", "video_url", "season")}
                self.assertEqual(kept, dict.fromkeys(("about", "video_url", "season"), "kept"))

    def test_a_source_that_changes_its_own_guid_is_not_followed(self):
        here, imported = make_record(guid="a"), {"guid": ["rss", digest("guid", "a")]}
        found, _ = decide(here, make_record(guid="A"), Standing(imported), overwrite=True)
        self.assertIn(("guid", SAME_GUID), [(one.field, one.why) for one in found])

    def test_headings_that_a_person_took_away_do_not_come_back(self):
        take(self.show, make_record())
        Episode.objects.get().links.update(heading="")
        for _ in range(3):
            take(self.show, make_record())
            self.assertEqual(set(Episode.objects.get().links.values_list("heading", flat=True)), {""})

    def test_what_is_said_to_be_clean_is_not_what_nobody_says(self):
        take(self.show, make_record(explicit=False))
        self.assertIs(Episode.objects.get().explicit, False)

    def test_chapters_are_compared_as_they_are_stored(self):
        record = make_record(chapters=(Chapter(Decimal("0.0004"), "Begin"), Chapter(Decimal("61.50049"), "Go on")))
        take(self.show, record)
        self.assertEqual(take(self.show, record), ["unchanged"])

    def test_a_guid_made_here_to_that_of_the_feed_and_no_other_ever_changes(self):
        take(self.show, make_record(Source.SITE, guid="A"))
        self.assertEqual(self.differences(make_record(Source.RSS, guid="a"))["guid"], "updated")
        self.assertEqual(Episode.objects.get().guid, "a")
        for source, overwrite in [(Source.JSON, False), (Source.SITE, True)]:
            self.assertIn(
                self.differences(make_record(source, guid="B"), overwrite=overwrite)["guid"], ("kept", "outranked")
            )
        self.assertEqual(Episode.objects.get().guid, "a")

    def test_a_feed_whose_guid_changed_is_told_and_not_followed(self):
        take(self.show, make_record(guid="a"))
        with importing(self.show, Source.RSS, "feed") as run:
            entry = run.take(make_record(guid="A", summary="New"))
        self.assertEqual((entry.verdict, Episode.objects.get().guid), ("ambiguous", "a"))
        self.assertIn("has the GUID changed at the old host?", entry.differences[0]["why"])

    def test_a_guid_made_here_stays_and_is_told(self):
        make_episode(self.show, "1", guid="mine")
        with importing(self.show, Source.RSS, "feed") as run:
            entry = run.take(make_record())
        kept = {found["field"]: found["why"] for found in entry.differences}
        self.assertEqual(kept["guid"], SAME_GUID)
        self.assertEqual(Episode.objects.get().guid, "mine")

    def test_a_draft_of_a_person_is_not_published_by_an_import(self):
        make_episode(self.show, "1", published=False, air_date=None)
        self.assertEqual(self.differences(make_record())["published_at"], "kept")
        self.assertEqual(Episode.objects.get().state, "draft")

    def test_what_a_person_edited_is_kept_in_every_field_and_gives_way_to_overwrite(self):
        record = make_record()
        for field, edit, other in [
            ("title", lambda: Episode.objects.update(title="Mine"), {"title": "Theirs"}),
            (
                "video_url",
                lambda: Episode.objects.update(video_url="https://mine.example"),
                {"video_url": "https://v.example"},
            ),
            ("season", lambda: Episode.objects.update(season=9), {"season": 8}),
            ("enclosure", lambda: Episode.objects.update(enclosure_length=1), {}),
            ("chapters", lambda: Episode.objects.get().chapters.all().delete(), {}),
            ("published_at", lambda: Episode.objects.update(published_at=datetime(2024, 1, 1, tzinfo=UTC)), {}),
            ("crew", lambda: Episode.objects.get().credits.filter(role="producer").delete(), {}),
            ("explicit", lambda: Episode.objects.update(explicit=False), {}),
        ]:
            with self.subTest(field):
                Episode.objects.all().delete()
                take(self.show, record)
                edit()
                before = content(self.show)
                with importing(self.show, Source.RSS, "feed") as run:
                    entry = run.take(replace(record, **other))
                self.assertEqual(
                    [(one["field"], one["did"], one["why"]) for one in entry.differences], [(field, "kept", EDITED)]
                )
                self.assertEqual((entry.verdict, content(self.show)), ("kept", before))
                self.assertEqual(self.differences(replace(record, **other), overwrite=True), {field: "updated"})

    def test_headings_of_a_person_survive_every_source(self):
        import_notes(self.show, make_notes())
        Episode.objects.get().links.filter(position=1).update(heading="Mine")
        take(self.show, make_record())
        import_notes(self.show, make_notes(links=(*make_notes().links, Link("https://c.example", "C"))), overwrite=True)
        self.assertEqual(list(Episode.objects.get().links.values_list("heading", flat=True)), ["Mine", "", ""])

    def test_published_placements_give_way_to_a_better_source_only_while_they_are_as_the_lesser_left_them(self):
        take(self.show, make_record(Source.SITE, placements=(Spot("Lamp Oil", "https://oil.example"),)))
        key = Placement.objects.get().pk
        self.assertEqual(self.differences(make_record())["sponsors"], "updated")
        self.assertEqual(Placement.objects.values_list("pk", "name", "promo_code").get(), (key, "Lamp Oil Ltd", "TIDE"))
        Placement.objects.update(words="As we said it.")
        for overwrite in (False, True):
            with importing(self.show, Source.NOTES, "page", overwrite=overwrite) as run:
                entry = run.take(
                    make_record(Source.NOTES, placements=(Spot("Lamp Oil Ltd", "https://oil.example", "Others."),))
                )
            self.assertIn(("sponsors", PUBLISHED), [(found["field"], found["why"]) for found in entry.differences])
        self.assertEqual(Placement.objects.get().words, "As we said it.")

    def test_the_name_of_a_person_follows_the_better_source_until_somebody_changes_it(self):
        take(self.show, make_record(Source.SITE, credits=(Credit("host", "ann", "ann"),)))
        take(self.show, make_record(Source.RSS))
        self.assertEqual(HostName.objects.get(slug="ann").name, "Ann Host")
        HostName.objects.update(name="Ann H.")
        import_notes(self.show, make_notes())
        self.assertEqual(HostName.objects.get(slug="ann").name, "Ann H.")


class PeopleTests(TestCase):
    """Sources give one person several slugs."""

    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")

    def known(self) -> list[tuple[str, str, bool]]:
        """Show, slug and whether it is that of the page, of everybody in one line a host."""
        return sorted(
            [
                sorted(host.names.values_list("show__acronym", "slug", "is_main"))
                for host in Host.objects.prefetch_related("names")
            ]
        )

    def test_the_same_name_in_one_episode_is_one_person_in_any_order_and_the_better_source_has_the_page(self):
        ours = make_record(Source.SITE, credits=(Credit("host", "Ann Host", "annie"),))
        notes = make_record(Source.NOTES, credits=(Credit("host", "Ann Host", "ann"),))
        for records in ([ours, notes], [notes, ours]):
            with self.subTest(first=records[0].source), transaction.atomic():
                take(self.show, *records)
                self.assertEqual(self.known(), [[("TR", "ann", True), ("TR", "annie", False)]])
                transaction.set_rollback(True)

    def test_blanks_around_a_name_are_of_the_credit_and_not_of_the_person(self):
        ours = make_record(Source.SITE, credits=(Credit("host", "Ann Host", "annie"),))
        notes = make_record(Source.NOTES, credits=(Credit("host", "Ann Host ", "ann"),))
        for records in ([ours, notes], [notes, ours]):
            with self.subTest(first=records[0].source), transaction.atomic():
                take(self.show, *records)
                self.assertEqual(list(Host.objects.values_list("name", flat=True)), ["Ann Host"])
                self.assertEqual(CreditRow.objects.get().name, "Ann Host ")
                transaction.set_rollback(True)

    def test_who_is_the_same_as_two_makes_them_one(self):
        other = make_record(Source.NOTES, credits=(Credit("host", "Ann Host", "annie"),))
        notes = make_record(Source.NOTES, credits=(Credit("host", "Ann Host", "ann"),))
        ours = make_record(Source.SITE, credits=(Credit("host", "Ann Host", "annie"),))
        for records in (
            [(self.other, other), (self.show, notes), (self.show, ours)],
            [(self.show, ours), (self.show, notes), (self.other, other)],
        ):
            with self.subTest(first=records[0][0]), transaction.atomic():
                for show, record in records:
                    take(show, record)
                self.assertEqual(self.known(), [[("LT", "annie", True), ("TR", "ann", True), ("TR", "annie", False)]])
                self.assertEqual(
                    sorted(CreditRow.objects.values_list("slug", "host__names__slug").distinct()),
                    [(slug, other) for slug in ("ann", "annie") for other in ("ann", "annie")],
                )
                transaction.set_rollback(True)

    def test_another_name_of_the_same_slug_elsewhere_is_somebody_else(self):
        take(self.other, make_record(credits=(Credit("host", "Ann Other", "ann"),)))
        take(self.show, make_record(credits=(Credit("host", "Ann Host", "ann"),)))
        self.assertEqual(self.known(), [[("LT", "ann", True)], [("TR", "ann", True)]])

    def test_a_page_that_a_producer_has_chosen_stays(self):
        take(self.show, make_record(Source.SITE, credits=(Credit("host", "Ann Host", "annie"),)))
        notes = make_record(Source.NOTES, credits=(Credit("host", "Ann Host", "ann"),))
        take(self.show, notes)
        HostName.objects.get(slug="annie").take_page()
        take(self.show, notes)
        self.assertEqual(self.known(), [[("TR", "ann", False), ("TR", "annie", True)]])

    def test_whom_somebody_removed_is_not_made_again(self):
        take(self.show, make_record(Source.SITE, placements=(Spot("Lniode", "https://l.example"),)))
        Placement.objects.all().delete()
        Sponsor.objects.all().delete()
        take(self.show, make_record(Source.SITE, placements=(Spot("Lniode", "https://l.example"),), title="New"))
        self.assertFalse(Sponsor.objects.exists())

    def test_a_sponsor_that_a_lesser_source_calls_otherwise_is_known_in_any_order_with_the_better_address(self):
        ours = make_record(
            Source.SITE, placements=(Spot("Oil", "https://site.example"), Spot("Rope", "https://r.example"))
        )
        notes = make_record(Source.NOTES, placements=(Spot("Oil", "https://notes.example", "Words."),))
        for records in ([ours, notes], [notes, ours]):
            with self.subTest(first=records[0].source), transaction.atomic():
                take(self.show, *records)
                self.assertEqual(
                    sorted(Sponsor.objects.values_list("name", "url")),
                    [("Oil", "https://notes.example"), ("Rope", "https://r.example")],
                )
                transaction.set_rollback(True)


class MatchingTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def why(self, record: Record) -> str:
        with importing(self.show, record.source, "somewhere") as run:
            entry = run.take(record)
        self.assertEqual(entry.verdict, "ambiguous")
        return str(entry.differences[0]["why"])

    def test_an_episode_is_found_by_guid_then_number_then_title_and_day(self):
        take(self.show, make_record(Source.SITE))
        pk = Episode.objects.get().pk
        for fields in [
            {"number": "", "title": "Renamed"},
            {"guid": "", "number": "0001"},
            {"guid": "", "number": "", "slug": "the-first-tide", "title": "the  FIRST tide"},
            {"guid": "", "number": "", "published_at": datetime(2024, 5, 4, 1, tzinfo=UTC)},
        ]:
            with self.subTest(fields):
                self.assertIn(take(self.show, make_record(**fields))[0], ("updated", "unchanged", "kept"))
                self.assertEqual(Episode.objects.get().pk, pk)

    def test_a_title_of_another_day_or_of_two_episodes_is_no_match(self):
        take(self.show, make_record(number="1", guid="1"), make_record(number="2", guid="2"))
        self.assertIn("1, 2", self.why(make_record(number="", guid="", slug="")))
        far = make_record(number="", guid="", slug="", published_at=datetime(2024, 6, 1, tzinfo=UTC))
        self.assertEqual(take(self.show, far), ["created"])

    def test_two_guids_of_one_source_are_two_episodes_whatever_their_titles_and_day(self):
        bonus = make_record(number="", slug="", guid="a", title="Bonus")
        self.assertEqual(take(self.show, bonus, replace(bonus, guid="b")), ["created", "created"])

    def test_two_without_a_title_are_not_one(self):
        untitled = make_record(number="", slug="", guid="a", title=" ")
        self.assertEqual(take(self.show, untitled, replace(untitled, source=Source.SITE, guid="")), ["created"] * 2)

    def test_a_number_that_a_person_gave_is_no_guess(self):
        make_episode(self.show, "5", title="The first tide", guid=None)
        self.assertEqual(take(self.show, make_record(number="9", air_date=date(2024, 5, 2))), ["created"])

    def test_a_number_that_may_be_either_of_two_is_neither(self):
        page = make_record(Source.NOTES, guid="", title="One")
        take(self.show, replace(page, number="001"), replace(page, number="01", title="Two"))
        self.assertEqual(take(self.show, make_record(number="1", title="Three")), ["created"])

    def test_a_guid_of_one_and_a_number_of_another_is_ambiguous(self):
        take(self.show, make_record(number="1", guid="1"), make_record(number="2", guid="2", title="Second"))
        before = content(self.show)
        self.assertIn(
            "its GUID is that of 1 here, its number that of 2: mend", self.why(make_record(number="2", guid="1"))
        )
        self.assertEqual(content(self.show), before)

    def test_the_feed_of_another_show_is_not_mixed_in_by_number_alone(self):
        import_notes(self.show, make_notes())
        before = content(self.show)
        there = make_record(number="1", title="Lamps of the north", published_at=datetime(2019, 5, 2, tzinfo=UTC))
        self.assertIn("is it of another show?", self.why(there))
        self.assertEqual(content(self.show), before)
        for fields in ({"title": "the first  TIDE"}, {"published_at": MOMENT}):
            self.assertEqual(take(self.show, replace(there, **fields, guid="")), ["updated"], fields)

    def test_two_of_one_number_in_a_feed_are_not_mixed(self):
        with importing(self.show, Source.RSS, "feed") as run:
            verdicts = [run.take(make_record(guid=guid, place=guid)).verdict for guid in ("one", "two")]
        self.assertEqual(verdicts, ["created", "ambiguous"])
        self.assertEqual(self.why(make_record(guid="two")).partition(" has ")[0], "1")

    def test_a_number_made_of_an_address_gives_way_and_the_address_leads_on(self):
        take(self.show, make_record(number="", slug="the-first-tide", guid=""))
        import_notes(self.show, make_notes(number="007"))
        self.assertEqual(Episode.objects.values_list("number", "slug").get(), ("007", "7"))
        self.assertEqual(
            dict(OldPath.objects.filter(path="/the-first-tide").values_list("path", "target")),
            {"/the-first-tide": "/7"},
        )
        self.assertEqual(OldPath.objects.get(path="/show/tide-radio/1").target, "/7")

    def test_a_number_never_changes_to_another_one(self):
        take(self.show, make_record(Source.SITE, number="1"))
        with importing(self.show, Source.RSS, "feed") as run:
            entry = run.take(make_record(number="9"))
        self.assertIn(("number", SAME_NUMBER), [(found["field"], found["why"]) for found in entry.differences])
        self.assertEqual(Episode.objects.get().slug, "1")


class RunTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)

    def test_a_run_keeps_who_when_from_where_and_what_became_of_each(self):
        take(self.show, make_record(Source.SITE, title="Old"))
        Episode.objects.update(summary="Mine")
        with importing(self.show, Source.RSS, "https://old.example/rss", by=self.alice) as run:
            run.take(make_record(summary="Theirs", doubts=("A player was left out.",)))
            run.take(make_record(number="2", guid="2", title="Second", original="<p>x</p>"))
            run.fail("item 3", "It has no title.")
        stored = ImportRun.objects.first()
        self.assertEqual((stored.source, stored.origin, stored.by), ("rss", "https://old.example/rss", self.alice))
        self.assertLess(stored.started_at, stored.finished_at)
        self.assertEqual(
            stored.counts, {"created": 1, "updated": 1, "unchanged": 0, "kept": 1, "ambiguous": 0, "failed": 1}
        )
        self.assertEqual(
            list(stored.entries.values_list("code", "place", "verdict", "original")),
            [
                ("TR 1", "item 1", "updated", ""),
                ("TR 2", "item 1", "created", "<p>x</p>"),
                ("", "item 3", "failed", ""),
            ],
        )
        lines = list(report.lines(stored))
        self.assertEqual(
            lines[1:],
            [
                "TR 1: updated",
                "  updated title (Old | The first tide)",
                "  kept About this episode: edited here since the last import (Mine | Theirs)",
                "  A player was left out.",
                "TR 2: created",
                "item 3: failed",
                "  It has no title.",
                "created 1, updated 1, unchanged 0, kept 1, failed 1",
            ],
        )

    def test_a_run_that_breaks_off_is_left_open_with_all_that_it_did(self):
        def broken() -> None:
            with importing(self.show, Source.RSS, "feed") as run:
                for n in range(150):
                    run.take(make_record(number=str(n), guid=str(n), title=str(n), old_paths=(f"/old/{n}",)))
                raise KeyboardInterrupt

        self.assertRaises(KeyboardInterrupt, broken)
        stored = ImportRun.objects.get()
        self.assertIsNone(stored.finished_at)
        self.assertEqual((Episode.objects.count(), stored.entries.count(), stored.counts["created"]), (150, 150, 150))
        self.assertEqual(OldPath.objects.count(), 150)
        self.assertIn("It broke off, or is still running.", list(report.lines(stored)))

    def weekly(
        self, summary: str = "Theirs", source: Source = Source.RSS, *, dry_run: bool = False
    ) -> ImportRun | None:
        with importing(self.show, source, "feed", dry_run=dry_run) as run:
            said = run.take(make_record(source, summary=summary))
            run.fail("item 3", "It has no title.")
        self.assertEqual(said.verdict, "kept")
        return run.row

    def told(self, run: ImportRun) -> list[str]:
        return [entry.code or entry.place for entry in run.entries.all()]

    def test_what_an_earlier_import_of_the_source_told_is_counted_and_not_kept_again(self):
        take(self.show, make_record())
        Episode.objects.update(summary="Mine")
        first = self.weekly()
        self.assertEqual(self.told(first), ["TR 1", "item 3"])
        self.told_before(first.counts, 0)
        second, third = self.weekly(), self.weekly()
        self.assertEqual((self.told(second), self.told(third)), ([], []))
        for run in (second, third):
            self.told_before(run.counts, 2)
            self.assertEqual((run.counts["kept"], run.counts["failed"]), (1, 1))
        self.assertIn("2 episodes as an earlier import of the source told it.", list(report.lines(third)))
        # What the source or a person says anew is told, and what another source says.
        self.assertEqual(self.told(self.weekly("Theirs, longer")), ["TR 1"])
        self.assertEqual(self.told(self.weekly("Theirs")), ["TR 1"])
        Episode.objects.update(summary="Mine, longer")
        self.assertEqual(self.told(self.weekly()), ["TR 1"])
        self.assertEqual(self.told(self.weekly(source=Source.SITE)), ["TR 1", "item 3"])

    def told_before(self, counts: dict[str, int], number: int) -> None:
        self.assertEqual(counts.get("told before", 0), number)

    def test_what_is_written_is_told_each_time(self):
        take(self.show, make_record())
        for summary in ("One", "Two", "One", "Two"):
            take(self.show, make_record(summary=summary))
            self.assertEqual(self.told(ImportRun.objects.first()), ["TR 1"], summary)

    def test_a_dry_run_asks_nobody_what_was_told(self):
        take(self.show, make_record())
        Episode.objects.update(summary="Mine")
        self.weekly()
        self.assertIsNone(self.weekly(dry_run=True))
        self.assertEqual(ImportRun.objects.count(), 2)

    def test_what_was_told_of_another_show_is_told_of_this_one(self):
        other = make_show("lamp-talk", "LT")
        for show in (other, self.show):
            with importing(show, Source.RSS, "feed") as run:
                run.fail("item 3", "It has no title.")
            self.assertEqual(self.told(run.row), ["item 3"])

    def test_one_that_is_six_hours_old_and_not_finished_broke_off(self):
        row = ImportRun.objects.create(show=self.show, source="rss", origin="feed")
        self.assertFalse(row.has_broken_off())
        row.started_at -= timedelta(hours=7)
        self.assertTrue(row.has_broken_off())
        self.assertEqual(list(report.lines(row))[-1], "It broke off.")
        row.finished_at = row.started_at
        self.assertFalse(row.has_broken_off())

    def test_a_run_that_is_killed_at_its_second_item_is_seen(self):
        with importing(self.show, Source.RSS, "feed") as run:
            self.assertFalse(ImportRun.objects.exists())
            run.take(make_record())
            self.assertEqual(ImportRun.objects.values_list("origin", "finished_at").get(), ("feed", None))

    def test_an_episode_that_is_deleted_during_the_run_costs_nobody_their_entry(self):
        with importing(self.show, Source.RSS, "feed") as run:
            run.take(make_record())
            Episode.objects.all().delete()
            run.take(make_record(number="2", guid="2", title="Second"))
        self.assertEqual(
            list(ImportEntry.objects.values_list("episode__number", "code")), [(None, "TR 1"), ("2", "TR 2")]
        )

    def test_what_a_person_wrote_and_overwrite_took_can_be_had_again(self):
        take(self.show, make_record())
        episode = Episode.objects.get()
        episode.summary = "Mine"
        episode.save()
        take(self.show, make_record(), overwrite=True)
        episode.refresh_from_db()
        self.assertEqual(episode.summary, "We look at the water.")
        self.assertEqual(Version.objects.get_for_object(episode).first().field_dict["summary"], "Mine")

    def test_an_episode_that_is_gone_leaves_its_entries(self):
        take(self.show, make_record())
        Episode.objects.all().delete()
        self.assertEqual(ImportEntry.objects.values_list("episode", "code").get(), (None, "TR 1"))


TEXT = st.sampled_from(["", "The first tide", "Another tide"])
NAMES = ["Ann Host", "Ben Guest"]


@st.composite
def records(draw: st.DrawFn, source: Source) -> Record:
    """What one source says of episode 1: anything, or nothing, in each field."""
    people = st.builds(
        Credit, st.sampled_from(["host", "guest", "editor"]), st.sampled_from(NAMES), st.sampled_from(["ann", "ben"])
    )
    spots = st.builds(
        Spot,
        st.sampled_from(["Oil", "Rope"]),
        st.sampled_from(["https://o.example", "https://r.example"]),
        TEXT,
        st.sampled_from(["", "TIDE"]),
    )
    links = st.builds(
        Link,
        st.sampled_from(["https://a.example", "https://b.example"]),
        st.sampled_from(["A", "B"]),
        description=st.sampled_from(["", "Read it."]),
        heading=st.sampled_from(["", "", "Topic"]),
    )
    chapters = st.builds(Chapter, st.sampled_from([Decimal(0), Decimal("1.5")]), st.sampled_from(["Begin", "End"]))
    is_notes = source == Source.NOTES
    if is_notes:
        links = links.map(lambda link: replace(link, heading=""))
        people = people.filter(lambda credit: credit.role != "editor")
    day = st.sampled_from([date(2024, 5, 2), date(2024, 5, 3)])
    return Record(
        source=source,
        place="1",
        number=draw(st.sampled_from(["1", "01", "001"])),
        title=draw(TEXT),
        air_date=draw(day if is_notes else st.none() | day),
        published_at=None
        if is_notes
        else draw(st.none() | st.sampled_from([MOMENT, datetime(2024, 5, 3, 5, tzinfo=UTC)])),
        duration_seconds=draw(st.sampled_from([None, 10, 20])),
        player_url=draw(st.sampled_from(["", "https://player.example/1"])),
        video_url="" if is_notes else draw(st.sampled_from(["", "https://v.example/1", "https://v.example/2"])),
        summary=draw(TEXT),
        credits=tuple(draw(st.lists(people, max_size=3))),
        placements=tuple(draw(st.lists(spots, max_size=3))),
        links=tuple(draw(st.lists(links, max_size=3))),
        tags=tuple(draw(st.lists(st.sampled_from(["a", "b", "c"]), max_size=3))),
        guid="" if is_notes else draw(st.sampled_from(["", "g", "G"])),
        enclosure=None
        if is_notes
        else draw(
            st.none()
            | st.builds(
                Enclosure,
                st.sampled_from(["https://x.example/1.mp3", "https://y.example/1.mp3"]),
                st.sampled_from([None, 5]),
            )
        ),
        season=None if is_notes else draw(st.sampled_from([None, 1, 2])),
        episode_type="" if is_notes else draw(st.sampled_from(["", "full", "bonus"])),
        explicit=None if is_notes else draw(st.sampled_from([None, True, False])),
        chapters=()
        if is_notes
        else tuple(draw(st.lists(chapters, max_size=2, unique_by=lambda row: row.starts_at_seconds))),
    )


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_every_order_of_sources_ends_in_the_same_and_twice_changes_nothing(data: st.DataObject):
    said = [data.draw(records(source)) for source in Source]
    results = []
    for order in (said, data.draw(st.permutations(said))):
        with transaction.atomic():
            show = make_show()
            take(show, *order)
            results.append(content(show))
            assert set(take(show, *order)) == {"unchanged"}
            assert content(show) == results[-1]
            transaction.set_rollback(True)
    assert results[0] == results[1]


def test_a_run_takes_what_somebody_else_has_saved_meanwhile(db):
    show = make_show()
    run = Run(show, Source.RSS, "feed")
    assert run.known.find(show, make_record()) is None
    add_link(make_episode(show, "1", guid=None))
    assert run.take(make_record()).verdict == "updated"
