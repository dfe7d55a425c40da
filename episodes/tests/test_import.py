"""What an import writes, keeps and reports (law 2)."""

import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from django.core.management import call_command
from django.db import DataError
from django.test import TestCase
from django.utils import timezone

from episodes.exporters.notes import notes_of, page_of
from episodes.importers import save as save_module
from episodes.importers.fields import EDITED, NOTHING, PUBLISHED
from episodes.importers.known import Known
from episodes.importers.notes import import_page, record_of_page
from episodes.models import Credit, Episode, EpisodeTag, Link, Placement, Tag
from episodes.notes import Credit as NotesCredit
from episodes.notes import Link as NotesLink
from episodes.notes import Notes, render
from episodes.notes import Placement as NotesPlacement
from episodes.tests.factories import add_credit, import_notes, make_episode, make_notes, make_show
from hosts.models import Host, HostName
from lupcms.shows.models import Show
from sponsors.models import Sponsor

ROOT = Path(__file__).parents[2]


def stored(show: Show, number: str = "001") -> Episode:
    return Episode.objects.with_entries().get(show=show, number=number)


class FirstImportTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def test_everything_on_the_page_is_in_the_database_and_comes_back(self):
        notes = make_notes()
        outcome = import_notes(self.show, notes)
        self.assertTrue(outcome.created)
        self.assertEqual(notes_of(stored(self.show)), notes)
        self.assertEqual(page_of(stored(self.show)), render(notes))

    def test_the_audience_sees_it_from_midnight_of_the_air_date_in_the_zone_of_the_show(self):
        import_notes(self.show, make_notes())
        episode = stored(self.show)
        self.assertEqual(episode.published_at, datetime(2024, 5, 2, 7, tzinfo=UTC))
        self.assertTrue(episode.published_at_is_estimated)
        self.assertIsNone(episode.guid)

    def test_midnight_that_does_not_exist_is_the_first_moment_of_the_day(self):
        show = make_show("cairo", "CAI", time_zone="Africa/Cairo")
        import_notes(show, make_notes(acronym="CAI", air_date=date(2024, 4, 26)))
        local = stored(show).published_at.astimezone(show.zone)
        self.assertEqual((local.date(), local.hour), (date(2024, 4, 26), 1))

    def test_an_air_date_ahead_is_scheduled(self):
        import_notes(self.show, make_notes(air_date=date(2999, 1, 1)))
        self.assertEqual(stored(self.show).state, "scheduled")

    def test_sponsors_are_known_by_their_exact_name(self):
        Sponsor.objects.create(name="lamp oil ltd", slug="lamp-oil")
        import_notes(self.show, make_notes())
        import_notes(self.show, make_notes(number="002"))
        self.assertEqual(
            sorted(Sponsor.objects.values_list("name", "slug")),
            [("Lamp Oil Ltd", "lamp-oil-ltd"), ("Rope & Sons", "rope-sons"), ("lamp oil ltd", "lamp-oil")],
        )

    def test_a_sponsor_whose_name_has_no_letters_gets_a_slug_too(self):
        import_notes(self.show, make_notes(placements=(NotesPlacement("⚡", ""), NotesPlacement("💥", ""))))
        self.assertEqual(sorted(Sponsor.objects.values_list("slug", flat=True)), ["sponsor", "sponsor-2"])

    def test_one_host_stands_behind_the_same_slug_and_name_on_two_shows(self):
        other = make_show("lamp-talk", "LT")
        import_notes(self.show, make_notes())
        import_notes(
            other,
            make_notes(
                acronym="LT", credits=(NotesCredit("guest", "Ann Host", "ann"), NotesCredit("guest", "Gil Gray", "gil"))
            ),
        )
        self.assertEqual(sorted(Host.objects.values_list("name", flat=True)), ["Ann Host", "Gil Gray", "Gil Guest"])
        self.assertEqual(HostName.objects.get(show=other, slug="ann").host.names.count(), 2)

    def test_the_same_person_can_be_credited_twice_and_a_link_can_stand_twice(self):
        notes = make_notes(
            credits=(NotesCredit("host", "Ann Host", "ann"), NotesCredit("guest", "Ann Host", "ann")),
            links=(NotesLink("https://a.example", "A"), NotesLink("https://a.example", "A")),
            placements=(NotesPlacement("X", "https://x.example", "Y"),) * 2,
        )
        import_notes(self.show, notes)
        self.assertEqual(notes_of(stored(self.show)), notes)

    def test_numbers_that_share_an_address_get_one_each(self):
        for number in ("001", "1", "01", "p1", "P1", "about", "rss.md", "."):
            import_notes(self.show, make_notes(number=number))
        self.assertEqual(
            dict(Episode.objects.values_list("number", "slug")),
            {
                "001": "1",
                "1": "episode-1",
                "01": "01",
                "p1": "p1",
                "P1": "episode-P1",
                "about": "episode-about",
                "rss.md": "episode-rss-md",
                ".": "episode--",
            },
        )

    def test_markdown_is_rendered_and_sanitised_when_it_is_saved(self):
        import_notes(
            self.show,
            make_notes(
                summary="A *tide* <script>x</script>",
                links=(NotesLink("https://a.example", "`A` [b]", description="see https://b.example"),),
                placements=(NotesPlacement("X", "https://x.example", "**Save**"),),
            ),
        )
        episode = stored(self.show)
        self.assertEqual(episode.summary_html, "<p>A <em>tide</em> &lt;script&gt;x&lt;/script&gt;</p>")
        self.assertEqual(episode.links.all()[0].text_html, "<code>A</code> [b]")
        self.assertIn('href="https://b.example"', episode.links.all()[0].description_html)
        self.assertEqual(episode.placements.all()[0].words_html, "<strong>Save</strong>")


class SecondImportTests(TestCase):
    """A page comes again, and the database may have been edited in between."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.notes = make_notes()
        import_notes(cls.show, cls.notes)

    def again(self, overwrite: bool = False, **changes: object) -> tuple[list[str], dict[str, str]]:
        outcome = import_notes(self.show, replace(self.notes, **changes), overwrite=overwrite)
        self.assertFalse(outcome.created)
        return outcome.updated, outcome.kept

    def rows(self) -> dict[str, list[int]]:
        return {
            model.__name__: sorted(model.objects.values_list("pk", flat=True))
            for model in (Link, Credit, Placement, EpisodeTag, Tag, Host, Sponsor)
        }

    def test_the_same_page_changes_nothing(self):
        before = self.rows()
        with self.assertNumQueries(7):
            self.assertEqual(self.again(), ([], {}))
        self.assertEqual(self.rows(), before)
        self.assertIsNone(stored(self.show).changed_at)

    def test_the_last_change_is_the_last_update_and_nothing_that_was_kept(self):
        before = timezone.now()
        self.again(links=self.notes.links[1:])
        changed = stored(self.show).changed_at
        self.assertLess(before, changed)
        Episode.objects.update(summary="Mine")
        self.assertEqual(self.again(links=self.notes.links[1:], summary="Theirs"), ([], {"about": EDITED}))
        self.assertEqual(stored(self.show).last_changed_at, changed)

    def test_each_section_follows_the_page_where_nobody_edited_it(self):
        for section, changes in {
            "heading": {"title": "Another tide", "duration_seconds": 1},
            "about": {"summary": "New words."},
            "people": {"credits": self.notes.credits[:1]},
            "links": {"links": self.notes.links[1:]},
            "tags": {"tags": ("lamps", "zebra")},
        }.items():
            with self.subTest(section):
                self.notes = replace(self.notes, **changes)
                self.assertEqual(self.again(), (list(changes) if section == "heading" else [section], {}))
                self.assertEqual(notes_of(stored(self.show)), self.notes)

    def test_a_new_air_date_moves_an_estimated_moment_and_no_other(self):
        self.again(air_date=date(2024, 5, 3))
        self.assertEqual(stored(self.show).published_at, self.show.midnight(date(2024, 5, 3)))
        exact = datetime(2024, 5, 3, 18, tzinfo=UTC)
        Episode.objects.update(published_at=exact, published_at_is_estimated=False)
        self.again(air_date=date(2024, 5, 4))
        self.assertEqual(stored(self.show).published_at, exact)

    def test_rows_are_matched_and_keep_their_primary_keys(self):
        first, second = Link.objects.order_by("position").values_list("pk", flat=True)
        Link.objects.filter(pk=second).update(heading="Topic")
        self.again(
            links=(
                NotesLink("https://example.org/new", "New"),
                NotesLink("https://example.org/b2", "Another"),
                NotesLink("https://example.org/a", "A page", description="Read it twice."),
            )
        )
        rows = list(Link.objects.order_by("position").values_list("pk", "url", "heading", "description"))
        self.assertEqual(
            rows[1:],
            [(second, "https://example.org/b2", "Topic", ""), (first, "https://example.org/a", "", "Read it twice.")],
        )
        self.assertNotIn(rows[0][0], (first, second))

    def test_a_section_that_a_person_edited_is_kept_and_named(self):
        for section, edit, changes in [
            ("title", lambda: Episode.objects.update(title="Mine"), {"title": "Theirs"}),
            ("about", lambda: Episode.objects.update(summary="Mine"), {"summary": "Theirs"}),
            ("people", lambda: Credit.objects.update(name="Mine"), {"credits": self.notes.credits[:1]}),
            ("links", lambda: Link.objects.update(description="Mine"), {"links": self.notes.links[1:]}),
            ("tags", lambda: EpisodeTag.objects.all()[0].delete(), {"tags": ("theirs",)}),
        ]:
            with self.subTest(section):
                edit()
                before = notes_of(stored(self.show))
                updated, kept = self.again(**changes)
                self.assertEqual(kept[section], EDITED)
                self.assertNotIn(section, updated)
                self.assertEqual(notes_of(stored(self.show)), before)

    def test_an_edit_is_kept_and_reported_when_the_same_page_comes_again(self):
        Episode.objects.update(summary="Mine")
        self.assertEqual(self.again(), ([], {"about": EDITED}))
        self.assertEqual(stored(self.show).summary, "Mine")

    def test_an_edit_that_the_page_has_made_too_is_no_conflict_any_more(self):
        Episode.objects.update(summary="Both")
        self.assertEqual(self.again(summary="Both"), ([], {}))
        self.assertEqual(self.again(summary="The page goes on"), (["about"], {}))

    def test_overwrite_lets_the_page_win(self):
        Episode.objects.update(summary="Mine")
        self.assertEqual(self.again(summary="Theirs", overwrite=True), (["about"], {}))
        self.assertEqual(stored(self.show).summary, "Theirs")

    def test_none_deletes_nothing_even_with_overwrite(self):
        empty = {"summary": "", "credits": (), "placements": (), "links": (), "tags": (), "site_url": ""}
        for overwrite in (False, True):
            updated, kept = self.again(**empty, overwrite=overwrite)
            self.assertEqual(
                (updated, kept), ([], dict.fromkeys(("about", "people", "sponsors", "links", "tags"), NOTHING))
            )
        self.assertEqual(notes_of(stored(self.show)), self.notes)

    def test_a_page_without_a_player_says_nothing_of_the_player(self):
        player = "https://player.fireside.fm/v2/AAAAAAAA+BBBBBBBB?theme=dark"
        self.again(player_url=player)
        self.assertEqual(self.again(player_url=""), ([], {}))
        self.assertEqual(stored(self.show).player_url, player)

    def test_a_player_and_a_duration_that_a_page_cannot_print_survive_a_new_title(self):
        Episode.objects.update(player_url="https://audio.example/1.mp3")
        self.assertEqual(self.again(title="New")[0], ["title"])
        self.assertEqual(stored(self.show).player_url, "https://audio.example/1.mp3")
        import_notes(self.show, make_notes(number="002", duration_seconds=0))
        Episode.objects.filter(number="002").update(duration_seconds=None)
        import_notes(self.show, make_notes(number="002", duration_seconds=0, title="New"))
        self.assertIsNone(stored(self.show, "002").duration_seconds)
        self.assertEqual(self.again(title="New", duration_seconds=0), ([], {}))

    def test_what_was_recorded_nowhere_is_filled_in_later(self):
        import_notes(self.show, make_notes(number="002", placements=(), links=(), summary=""))
        outcome = import_notes(self.show, make_notes(number="002"))
        self.assertEqual(outcome.updated, ["about", "sponsors", "links"])

    def test_published_placements_never_change_even_with_overwrite(self):
        oil, rope = self.notes.placements
        before = list(Placement.objects.values())
        for placements in [
            (replace(oil, words="Twenty per cent off!"), rope),
            (replace(oil, promo_code="NEW"), rope),
            (replace(oil, url="https://other.example"), rope),
            (replace(oil, name="Lamp Oil Inc"), rope),
            (oil,),
            (rope, oil),
        ]:
            for overwrite in (False, True):
                self.assertEqual(self.again(placements=placements, overwrite=overwrite), ([], {"sponsors": PUBLISHED}))
        self.assertEqual(list(Placement.objects.values()), before)

    def test_a_placement_can_be_added_to_published_ones(self):
        oil, rope = self.notes.placements
        known = set(Placement.objects.values_list("pk", flat=True))
        added = NotesPlacement("Bell Foundry", "https://bell.example", "Ring.")
        self.assertEqual(self.again(placements=(oil, added, rope)), (["sponsors"], {}))
        self.assertEqual(notes_of(stored(self.show)).placements, (oil, added, rope))
        self.assertLess(known, set(Placement.objects.values_list("pk", flat=True)))

    def test_published_rows_only_move_when_another_is_added(self):
        """Also in what the page does not print: a code without words, the sponsor behind a published name."""
        oil = Placement.objects.earliest("position")
        Sponsor.objects.filter(pk=oil.sponsor_id).update(name="Lamp Oil Inc")
        import_notes(self.show, make_notes(number="003", placements=(NotesPlacement("Bell", "https://b.example"),)))
        Placement.objects.filter(name="Bell").update(promo_code="UNSAID")
        before = list(Placement.objects.order_by("pk").values())
        added = NotesPlacement("New One", "https://n.example")
        self.assertEqual(self.again(placements=(*self.notes.placements, added))[0], ["sponsors"])
        notes = make_notes(number="003", placements=(NotesPlacement("Bell", "https://b.example"), added))
        self.assertEqual(import_notes(self.show, notes).updated, ["sponsors"])
        self.assertEqual(list(Placement.objects.order_by("pk").values())[: len(before)], before)

    def test_a_published_placement_that_a_person_removed_stays_removed(self):
        Placement.objects.get(name="Rope & Sons").delete()
        self.assertEqual(self.again(), ([], {"sponsors": EDITED}))

    def test_placements_of_a_scheduled_episode_follow_the_page(self):
        notes = make_notes(number="900", air_date=date(2999, 1, 1))
        import_notes(self.show, notes)
        keys = list(Placement.objects.filter(episode__number="900").values_list("pk", flat=True))
        oil, rope = notes.placements
        changed = replace(notes, placements=(replace(oil, words="New words."), rope))
        self.assertEqual(import_notes(self.show, changed).updated, ["sponsors"])
        self.assertEqual(list(Placement.objects.filter(episode__number="900").values_list("pk", flat=True)), keys)
        self.assertEqual(Placement.objects.get(words="New words.").words_html, "New words.")

    def test_what_a_person_emptied_stays_empty(self):
        for section, empty in {
            "about": lambda: Episode.objects.update(summary=""),
            "people": lambda: Credit.objects.all().delete(),
            "sponsors": lambda: Placement.objects.all().delete(),
            "links": lambda: Link.objects.all().delete(),
            "tags": lambda: EpisodeTag.objects.all().delete(),
        }.items():
            with self.subTest(section):
                empty()
                self.assertEqual(self.again()[1].get(section), EDITED)
        self.assertEqual(self.again(overwrite=True)[0], ["about", "people", "sponsors", "links", "tags"])

    def test_an_episode_that_somebody_else_has_just_made_is_found(self):
        """Two imports at once: what the first has looked up is out of date."""
        known = Known()
        notes = make_notes(number="077")
        self.assertIsNone(known.find(self.show, record_of_page(notes, "page")))
        import_notes(self.show, notes)
        with TemporaryDirectory() as folder:
            outcome = import_page(write(Path(folder), notes), known)
        self.assertEqual((outcome.created, outcome.updated, outcome.kept), (False, [], {}))

    def test_what_the_page_cannot_say_survives(self):
        add_credit(stored(self.show), "pat", "Pat", role="producer", position=3)
        Placement.objects.update(kind="paid", starts_at_seconds=60)
        self.again(credits=self.notes.credits[:1])
        self.assertEqual(list(Credit.objects.order_by("pk").values_list("role", flat=True)), ["host", "producer"])
        self.assertEqual(set(Placement.objects.values_list("kind", "starts_at_seconds")), {("paid", 60)})

    def test_a_new_site_url_or_acronym_of_the_show_is_not_an_edit_of_its_episodes(self):
        Show.objects.update(site_url="https://new.example", acronym="NEW")
        self.show.refresh_from_db()
        moved = replace(self.notes, site_url="https://new.example", acronym="NEW")
        self.assertEqual(import_notes(self.show, replace(moved, summary="New")).updated, ["about"])

    def test_an_episode_made_here_is_not_taken_over_by_a_page(self):
        episode = make_episode(self.show, "050", summary="Mine")
        outcome = import_notes(self.show, make_notes(number="050", summary="Theirs", title="Theirs"))
        self.assertEqual(outcome.kept, {"title": EDITED, "about": EDITED})
        self.assertEqual(outcome.updated, ["duration_seconds", "people", "sponsors", "links", "tags"])
        episode.refresh_from_db()
        self.assertEqual((episode.title, episode.summary), ("The first tide", "Mine"))
        self.assertTrue(episode.guid)

    def test_a_draft_without_a_date_stays_a_draft(self):
        make_episode(self.show, "051", published=False, air_date=None)
        import_notes(self.show, make_notes(number="051"), overwrite=True)
        self.assertEqual(stored(self.show, "051").state, "draft")


def write(folder: Path, notes: Notes, show: str = "tide-radio") -> Path:
    path = folder / show / str(notes.air_date.year) / f"episode-{notes.number}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(render(notes))
    return path


def run(*arguments: object, **options: object) -> tuple[int, list[str], list[str]]:
    """The command's exit status, and the lines of its two streams."""
    out, err = StringIO(), StringIO()
    try:
        call_command("import_notes", *map(str, arguments), stdout=out, stderr=err, **options)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue().splitlines(), err.getvalue().splitlines()
    return 0, out.getvalue().splitlines(), err.getvalue().splitlines()


@pytest.mark.django_db
class TestCommand:
    def test_makes_unknown_shows_only_when_asked(self, tmp_path):
        path = write(tmp_path, make_notes())
        expected = f"{path}:1: heading: no show has the acronym TR; make it first, or use --create-shows"
        assert run(tmp_path) == (1, ["created 0, updated 0, unchanged 0, kept 0, failed 1"], [expected])
        assert run(tmp_path, "--create-shows") == (0, ["created 1, updated 0, unchanged 0, kept 0, failed 0"], [])
        show = Show.objects.get()
        assert (show.slug, show.acronym, show.title, show.site_url) == (
            "tide-radio",
            "TR",
            "Tide Radio",
            "https://tide-radio.example",
        )

    def test_twice_in_a_row_is_unchanged(self, tmp_path):
        for number in ("001", "002", "p1"):
            write(tmp_path, make_notes(number=number))
        assert run(tmp_path, "--create-shows")[1] == ["created 3, updated 0, unchanged 0, kept 0, failed 0"]
        assert run(tmp_path)[1] == ["created 0, updated 0, unchanged 3, kept 0, failed 0"]

    def test_a_show_takes_its_site_url_from_its_first_page_that_prints_one(self, tmp_path):
        write(tmp_path, make_notes(credits=(), tags=(), site_url=""))
        write(tmp_path, make_notes(number="002"))
        assert run(tmp_path, "--create-shows")[0] == 0
        assert Show.objects.get().site_url == "https://tide-radio.example"

    def test_a_page_of_another_site_is_refused_with_its_line(self, tmp_path):
        make_show()
        path = write(tmp_path, make_notes(site_url="https://elsewhere.example"))
        status, _, errors = run(tmp_path)
        assert status == 1
        assert errors == [
            f"{path}:11: Your hosts: the page's site is https://elsewhere.example, "
            "the site URL of Tide Radio is https://tide-radio.example"
        ]

    def test_a_hostile_site_is_not_taken_over(self, tmp_path):
        write(tmp_path, make_notes(site_url="javascript:alert`1`"))
        status, _, errors = run(tmp_path, "--create-shows")
        assert status == 1
        assert "Write the address with https://" in errors[0]
        assert not Show.objects.exists()

    def test_one_bad_page_is_reported_and_the_rest_goes_on(self, tmp_path):
        make_show()
        bad = write(tmp_path, make_notes(number="001"))
        bad.write_bytes(bad.read_bytes().replace(b"* Duration: 61", b"* Duration: x"))
        write(tmp_path, make_notes(number="002"))
        status, out, errors = run(tmp_path)
        assert (status, out) == (1, ["created 1, updated 0, unchanged 0, kept 0, failed 1"])
        assert errors == [f"{bad}:4: heading: expected `* Duration: M mins S secs` with S below 60"]

    def test_nothing_of_a_failed_page_is_saved(self, tmp_path):
        make_show()
        write(tmp_path, make_notes(tags=("x" * 300,)))
        assert run(tmp_path)[0] == 1
        for model in (Episode, Link, Sponsor, Host, Tag):
            assert not model.objects.exists()

    def test_a_failed_page_leaves_no_trace_in_what_the_import_remembers(self, tmp_path, monkeypatch):
        """The page after a failed one makes the people that the failed one would have made."""
        make_show()
        write(tmp_path, make_notes(number="001"))
        write(tmp_path, make_notes(number="002"))
        write_tags, calls = save_module._write_tags, iter(range(100))

        def fail_at_first(*arguments):
            write_tags(*arguments)
            if next(calls) < 3:
                raise DataError("too much of it")

        monkeypatch.setattr(save_module, "_write_tags", fail_at_first)
        status, out, errors = run(tmp_path)
        assert (status, out[-1]) == (1, "created 1, updated 0, unchanged 0, kept 0, failed 1")
        assert "episode-001.md:1: heading: the database refused it: too much of it" in errors[0]
        assert Tag.objects.count() == 3

    def test_a_day_before_the_calendar_is_out_of_range(self, tmp_path):
        make_show(time_zone="Asia/Tokyo")
        write(tmp_path, make_notes(air_date=date(1, 1, 1)))
        assert "episode-001.md:1: heading: the air date is out of range" in run(tmp_path)[2][0]

    def test_what_was_kept_is_named(self, tmp_path):
        write(tmp_path, make_notes())
        run(tmp_path, "--create-shows")
        Episode.objects.update(summary="Mine")
        write(tmp_path, make_notes(title="New title"))
        assert run(tmp_path)[:2] == (
            0,
            [
                "TR 001: kept About this episode: edited here since the last import",
                "created 0, updated 1, unchanged 0, kept 1, failed 0",
            ],
        )

    def test_a_dry_run_reports_and_writes_nothing(self, tmp_path):
        write(tmp_path, make_notes())
        write(tmp_path, make_notes(number="002"))
        assert run(tmp_path, "--create-shows", "--dry-run") == (
            0,
            ["A dry run: nothing was written.", "created 2, updated 0, unchanged 0, kept 0, failed 0"],
            [],
        )
        assert not Show.objects.exists()
        assert not Sponsor.objects.exists()

    def test_a_copied_page_with_a_forgotten_heading_does_not_overwrite_last_weeks(self, tmp_path):
        make_show()
        path = write(tmp_path, make_notes()).rename(tmp_path / "episode-002.md")
        assert run(path)[2] == [f"{path}:1: heading: the file is episode-002.md, but its heading has the number 001"]

    def test_an_old_page_without_acronym_belongs_to_the_show_of_its_folder(self, tmp_path):
        show = make_show()
        write(tmp_path, make_notes(acronym=""))
        assert run(tmp_path)[0] == 0
        assert page_of(stored(show)) == render(make_notes())

    def test_an_old_page_that_comes_first_takes_the_acronym_of_its_neighbours(self, tmp_path):
        write(tmp_path, make_notes(acronym=""))
        write(tmp_path, make_notes(number="002"))
        assert run(tmp_path, "--create-shows")[:2] == (0, ["created 2, updated 0, unchanged 0, kept 0, failed 0"])
        assert Show.objects.get().acronym == "TR"

    def test_an_archive_with_two_pages_of_one_episode_is_told(self, tmp_path):
        make_show()
        first = write(tmp_path, make_notes())
        second = write(tmp_path, make_notes(air_date=date(2025, 1, 1)))
        status, out, errors = run(tmp_path)
        assert (status, out) == (1, ["created 1, updated 0, unchanged 0, kept 0, failed 1"])
        assert errors == [f"{second}:1: heading: {first} is the same episode; an archive has one page of each"]

    def test_a_dry_run_over_several_shows_counts_as_the_real_one_will(self, tmp_path):
        for slug, acronym in (("aa", "AA"), ("bb", "BB"), ("cc", "CC")):
            for number in ("001", "002"):
                write(tmp_path, make_notes(acronym=acronym, number=number), slug)
        assert run(tmp_path, "--create-shows", "--dry-run")[1][-1].startswith("created 6, ")
        assert run(tmp_path, "--create-shows")[1][-1].startswith("created 6, ")

    def test_an_episode_deleted_during_the_import_is_made_again(self, tmp_path):
        show = make_show()
        known = Known()
        path = write(tmp_path, make_notes())
        import_page(path, known)
        show.episodes.all().delete()
        assert import_page(path, known).created

    def test_a_later_folder_may_bring_a_later_copy(self, tmp_path):
        make_show()
        write(tmp_path / "old", make_notes())
        write(tmp_path / "new", make_notes(title="New"))
        assert run(tmp_path / "old", tmp_path / "new")[1] == ["created 1, updated 1, unchanged 0, kept 0, failed 0"]

    def test_two_imports_at_once_lose_nothing(self, tmp_path):
        """Real processes on one SQLite file; the people, sponsors and tags of their pages are the same."""
        environment = {"SECRET_KEY": "x", "ENV_FILE": "/dev/null", "DATABASE_URL": f"sqlite:///{tmp_path}/two.sqlite3"}
        environment |= {"PATH": os.environ["PATH"]}
        for number in range(80):
            write(tmp_path / str(number % 2), make_notes(number=f"{number:03}"))
        manage = [sys.executable, "manage.py"]
        subprocess.run([*manage, "migrate", "-v0"], env=environment, cwd=ROOT, check=True)
        both = [
            subprocess.Popen(
                [*manage, "import_notes", "--create-shows", str(tmp_path / half)],
                env=environment,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            for half in "01"
        ]
        for process in both:
            assert process.communicate()[0] == "created 40, updated 0, unchanged 0, kept 0, failed 0\n"

    def test_a_path_that_does_not_exist_stops_the_command_at_once(self, tmp_path):
        with pytest.raises(Exception, match=r"nowhere: there is no such file or folder\."):
            call_command("import_notes", tmp_path / "nowhere")

    def test_only_files_named_like_pages_are_found_in_a_folder(self, tmp_path):
        make_show()
        write(tmp_path, make_notes())
        (tmp_path / "README.md").write_text("Not a page.")
        (tmp_path / "episode-002.md").mkdir()
        assert run(tmp_path)[1] == ["created 1, updated 0, unchanged 0, kept 0, failed 0"]

    def test_progress_is_shown_on_a_terminal_only(self, tmp_path, capfd):
        make_show()
        write(tmp_path, make_notes())
        run(tmp_path)
        assert capfd.readouterr() == ("", "")


@pytest.mark.django_db
def test_scheduled_episodes_become_public_without_a_write():
    show = make_show()
    import_notes(show, make_notes(air_date=date(2999, 1, 1)))
    episode = stored(show)
    moment = episode.published_at
    assert not episode.is_published(timezone.now())
    assert episode.is_published(moment)
    assert list(Episode.objects.published(moment)) == [episode]
    assert not Episode.objects.published(moment - timezone.timedelta(seconds=1)).exists()
