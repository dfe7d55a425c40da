"""manage.py import_site: from a folder into the database."""

import io
import tempfile
from io import BytesIO
from pathlib import Path

from django.core.management import CommandError, call_command
from django.test import TestCase
from PIL import Image

from episodes.models import Credit, Episode, ImportRun
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_import_site import KITTIWAKE, NELL, page, site
from hosts.models import Host, HostName
from lupcms.shows.models import OldPath, Show
from sponsors.models import Sponsor


class FolderTestCase(TestCase):
    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.enterContext(self.settings(MEDIA_ROOT=str(self.folder / "media")))

    def site(self, **files):
        site(self.folder / "site", **files)

    def run_command(self, *arguments, exit_code=0):
        """What it prints and what it complains about."""
        said, complained = io.StringIO(), io.StringIO()
        try:
            call_command("import_site", str(self.folder / "site"), *arguments, stdout=said, stderr=complained)
            code = 0
        except SystemExit as left:
            code = left.code
        self.assertEqual(code, exit_code)
        return said.getvalue().splitlines(), complained.getvalue().splitlines()


class ImportSiteTests(FolderTestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show("tidal-radio", acronym="TR", title="Tidal Radio", site_url="https://tidal.example")

    def test_a_page_becomes_an_episode_with_people_sponsors_and_old_addresses(self):
        alice = make_member("alice", self.show)
        self.site(**{"show__tidal-radio__0007": page(youtube_link="https://youtu.be/1")})
        said, complained = self.run_command("--by", alice.username)
        self.assertEqual((said, complained), (["created 1, updated 0, unchanged 0, kept 0, failed 0"], []))
        episode = Episode.objects.get()
        self.assertEqual(
            [episode.number, episode.title, episode.guid, episode.published_at.isoformat(), episode.duration_seconds],
            ["7", "A Rope for Everything", "AbCdEf00-1111-4222-8333-444455556666", "2024-05-04T02:30:00+00:00", 3665],
        )
        self.assertEqual(
            [episode.enclosure_url, episode.enclosure_length, episode.enclosure_type, episode.video_url],
            ["https://audio.example/7.mp3", 12345, "audio/mpeg", "https://youtu.be/1"],
        )
        self.assertEqual(
            list(Credit.objects.values_list("role", "name", "slug")),
            [("host", "Nell Quay", "nell"), ("guest", "Ambrose Tern", "ambrose")],
        )
        (placement,) = episode.placements.all()
        self.assertEqual(
            (placement.name, placement.url, placement.words, placement.promo_code),
            ("Kittiwake Batteries", "https://kittiwake.example/tide", "", ""),
        )
        self.assertEqual(
            dict(OldPath.objects.values_list("path", "target")),
            dict.fromkeys(("/1234/a-rope-for-everything", "/show/tidal-radio/7", "/show/tidal-radio/0007"), "/7"),
        )
        self.assertEqual(Host.objects.get(name="Nell Quay").bio, "Sails alone.\n\n[Homepage](<https://nell.example/>)")
        self.assertIn('href="https://nell.example/"', Host.objects.get(name="Nell Quay").bio_html)
        sponsor = Sponsor.objects.get()
        self.assertEqual((sponsor.description, sponsor.imported["description"][0]), ("Use code TIDE today.", "site"))
        run = ImportRun.objects.get()
        self.assertEqual(
            (run.show, run.source, run.origin, run.by.username, run.counts["created"]),
            (self.show, "site", str(self.folder / "site"), "alice", 1),
        )

    def test_a_second_time_changes_nothing(self):
        self.site(**{"show__tidal-radio__0007": page()})
        self.run_command()
        before = self.everything()
        self.assertEqual(self.run_command()[0], ["created 0, updated 0, unchanged 1, kept 0, failed 0"])
        self.assertEqual(self.everything(), before)

    def everything(self):
        models = (Episode, Credit, Host, HostName, Sponsor, OldPath, Show)
        return {model: list(model.objects.order_by("pk").values()) for model in models}

    def test_a_dry_run_reports_and_writes_nothing(self):
        self.site(**{"show__tidal-radio__0007": page(hosts=["who"]), "show__other__0001": page(episode=1)})
        before = self.everything()
        said, _ = self.run_command("--dry-run", "--create-shows", "--report", "--all-people")
        self.assertEqual(self.everything(), before)
        self.assertFalse(ImportRun.objects.exists())
        self.assertIn("Made the show Other with the acronym TRA: look at its form.", said)
        self.assertIn("  No file in people/ says who who is: credited by that name.", said)
        self.assertEqual(
            said[-3:],
            [
                "A dry run: nothing was written.",
                "Doubtful: 1. --report and the admin say why.",
                "created 2, updated 0, unchanged 0, kept 0, failed 0",
            ],
        )

    def test_what_a_person_wrote_stays_and_what_is_empty_is_filled(self):
        make_episode(self.show, "007", title="My own title", summary="")
        host = Host.objects.create(name="Nell", bio="I write this myself.")
        HostName.objects.create(host=host, show=self.show, slug="nell", name="Nell")
        Sponsor.objects.create(name="Kittiwake Batteries", slug="kittiwake", description="Ours.")
        self.site(**{"show__tidal-radio__0007": page()})
        said, _ = self.run_command("--report")
        episode = Episode.objects.get()
        self.assertEqual((episode.title, episode.summary[:5]), ("My own title", "Knots"))
        host.refresh_from_db()
        self.assertEqual(host.bio, "I write this myself.")
        sponsor = Sponsor.objects.get()
        self.assertEqual((sponsor.description, sponsor.url), ("Ours.", "https://kittiwake.example/tide"))
        self.assertIn("  filled url of Kittiwake Batteries (nothing | https://kittiwake.example/tide)", said)
        self.run_command("--overwrite")
        self.assertEqual(Episode.objects.get().title, "A Rope for Everything")

    def test_somebody_known_by_another_slug_gets_the_bio(self):
        host = Host.objects.create(name="Nell Quay")
        HostName.objects.create(host=host, show=self.show, slug="nell-of-the-sea", name="Nell Quay")
        self.site(**{"show__tidal-radio__0007": page()})
        self.run_command()
        host.refresh_from_db()
        self.assertEqual(host.bio[:6], "Sails ")

    def test_only_those_whom_an_episode_names_are_made_unless_all_are_wanted(self):
        other = {
            "people__idle": NELL.replace("nell", "idle").replace("Nell Quay", "Idle Hand"),
            "sponsors__idle": KITTIWAKE.replace("kittiwake.example-tr", "idle").replace("Batteries", "Idle"),
        }
        self.site(**{"show__tidal-radio__0007": page(guests=[])}, **other)
        self.run_command()
        self.assertEqual(list(HostName.objects.values_list("slug", flat=True)), ["nell"])
        self.assertEqual(Sponsor.objects.count(), 1)
        self.run_command("--all-people")
        self.assertEqual(sorted(HostName.objects.values_list("slug", flat=True)), ["ambrose", "idle", "nell"])
        self.assertEqual(Host.objects.get(name="Idle Hand").bio[:6], "Sails ")
        self.assertEqual(Sponsor.objects.get(name="Kittiwake Idle").description, "Use code TIDE today.")

    def test_several_files_of_one_sponsor_are_one_sponsor(self):
        other = KITTIWAKE.replace("kittiwake.example-tr", "other.example-tr").replace("TIDE", "EBB")
        self.site(
            **{
                "show__tidal-radio__0007": page(sponsors=["kittiwake.example-tr", "other.example-tr"]),
                "sponsors__other.example-tr": other,
            }
        )
        self.run_command()
        self.assertEqual(Sponsor.objects.get().description, "Use code TIDE today.")
        self.assertEqual(Sponsor.objects.get().placements.count(), 2)

    def test_a_picture_is_stored_where_its_file_is_there_and_named_where_it_is_not(self):
        self.site(**{"show__tidal-radio__0007": page()})
        said, _ = self.run_command("--report")
        self.assertIn(
            "  kept pictures of people: the old site has them; give its folder of pictures with --static, or upload "
            "them (nothing | /images/people/nell.jpg)",
            said,
        )
        picture = BytesIO()
        Image.new("RGB", (400, 400), "teal").save(picture, "JPEG")
        file = self.folder / "static/images/people/nell.jpg"
        file.parent.mkdir(parents=True)
        file.write_bytes(picture.getvalue())
        self.run_command("--static", str(self.folder / "static"), "--dry-run")
        self.assertFalse(Host.objects.get(name="Nell Quay").picture)
        self.run_command("--static", str(self.folder / "static"))
        self.assertTrue(
            Host.objects.get(name="Nell Quay").picture.storage.exists(Host.objects.get(name="Nell Quay").picture.name)
        )

    def test_a_picture_that_is_none_or_lies_elsewhere_is_not_stored(self):
        outside = self.folder / "secret.jpg"
        Image.new("RGB", (9, 9)).save(outside)
        climbing = NELL.replace("/images/people/nell.jpg", "/../../secret.jpg")
        self.site(**{"show__tidal-radio__0007": page(guests=[]), "people__nell": climbing})
        self.run_command()
        self.assertFalse(Host.objects.get().picture)
        static = self.folder / "site/static/images/people"
        static.mkdir(parents=True)
        (static / "nell.jpg").write_text("words")
        (self.folder / "site/people/nell.md").write_text(NELL)
        said, _ = self.run_command("--report")
        self.assertIn(
            "  kept picture of Nell Quay: This is not a JPEG, PNG or WebP picture. Save it as one of them.",
            "\n".join(said),
        )
        self.assertFalse(Host.objects.get().picture)

    def test_bad_files_are_named_the_others_go_on_and_it_fails_at_the_end(self):
        self.site(
            **{
                "show__tidal-radio__0006": page(episode=6, episode_guid="", date="never"),
                "show__tidal-radio__0007": page(),
                "show__tidal-radio__0008": page(episode=8, draft=True),
                "people__bad": "no page",
            }
        )
        said, complained = self.run_command(exit_code=1)
        self.assertEqual(
            said,
            [
                "show/tidal-radio/0008.md: left out: a draft: publish it at the desk if it is to be public",
                "created 1, updated 0, unchanged 0, kept 0, failed 2",
            ],
        )
        self.assertEqual(
            complained,
            [
                "people/bad.md:1: expected a page that begins with {, +++ or ---",
                "show/tidal-radio/0006.md:12: failed",
                "  'never' is no date; write it like 2026-11-01T20:00:00+00:00",
            ],
        )
        self.assertEqual(list(Episode.objects.values_list("number", flat=True)), ["7"])

    def test_keys_that_nothing_holds_are_named_once_and_kept_with_the_run(self):
        self.site(**{f"show__tidal-radio__000{n}": page(episode=n, episode_guid="", mood="calm") for n in (1, 2)})
        said, _ = self.run_command()
        self.assertEqual(said[-2], "Not taken, as nothing here holds it: mood (2)")
        differences = [(one["field"], one["said"]) for one in ImportRun.objects.get().differences]
        self.assertIn(("other keys of pages", "mood (2)"), differences)


class ShowsOfASiteTests(FolderTestCase):
    INDEX = (
        '+++\ntitle = "Ebb & Flow"\ndescription = "Of tides."\n[links.shownotes]\nurl = "https://ebb.example/"\n+++\n'
    )

    def test_a_show_that_is_not_here_is_an_error_before_anything_is_written(self):
        make_show("tidal-radio", acronym="TR")
        self.site(**{"show__tidal-radio__0007": page(), "show__ebb__0001": page(episode=1)})
        with self.assertRaisesMessage(
            CommandError, "No show has the slug ebb: make it, use --create-shows, or name one with --show."
        ):
            self.run_command()
        self.assertFalse(Episode.objects.exists())

    def test_one_show_can_be_chosen(self):
        make_show("tidal-radio", acronym="TR")
        self.site(**{"show__tidal-radio__0007": page(), "show__ebb__0001": page(episode=1)})
        self.assertEqual(self.run_command("--show", "TR")[0], ["created 1, updated 0, unchanged 0, kept 0, failed 0"])
        self.assertEqual(Episode.objects.get().show.slug, "tidal-radio")

    def test_a_show_can_be_made_of_its_own_page(self):
        self.site(
            **{
                "show__ebb-and-flow___index": self.INDEX,
                "show__ebb-and-flow__0001": page(episode=1, sponsors=[]),
                "show__tidal-radio__0007": page(),
            }
        )
        said, _ = self.run_command("--create-shows")
        self.assertEqual(
            said[:4],
            [
                "Made the show Ebb & Flow with the acronym EAF: look at its form.",
                "Ebb & Flow: created 1, updated 0, unchanged 0, kept 0, failed 0",
                "Made the show Tidal Radio with the acronym TR: look at its form.",
                "Tidal Radio: created 1, updated 0, unchanged 0, kept 0, failed 0",
            ],
        )
        self.assertEqual(
            list(Show.objects.order_by("slug").values_list("slug", "acronym", "title", "description", "site_url")),
            [
                ("ebb-and-flow", "EAF", "Ebb & Flow", "Of tides.", "https://ebb.example"),
                ("tidal-radio", "TR", "Tidal Radio", "", ""),
            ],
        )

    def test_a_show_whose_page_is_bad_is_an_error_with_its_file(self):
        self.site(show__ebb___index=self.INDEX.replace("https", "gopher"), show__ebb__0001=page())
        with self.assertRaisesMessage(CommandError, "show/ebb/_index.md: site_url: Write the address with https://"):
            self.run_command("--create-shows")
        self.assertFalse(Show.objects.exists())

    def test_a_folder_that_is_no_site_is_an_error(self):
        make_show("tidal-radio", acronym="TR")
        with self.assertRaisesMessage(CommandError, "there is no such folder."):
            self.run_command()
        self.site()
        with self.assertRaisesMessage(CommandError, "there is no page like show/<show>/0245.md."):
            self.run_command()
        with self.assertRaisesMessage(CommandError, "there is no page in show/tidal-radio/, which is the slug of TR."):
            self.run_command("--show", "TR")
