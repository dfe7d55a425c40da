"""Downloads: what a file may look like, that all of it counts or nothing, and who may load one."""

from io import BytesIO, StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client, TestCase

from episodes.downloads import FileError, Loaded, load
from episodes.models import Downloads
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_admin import errors
from lupcms.shows.models import Membership, Role

LIST = "/admin/episodes/downloads/"


class _Cast(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk")
        for number in ("001", "002", "p03"):
            make_episode(cls.show, number)
        make_episode(cls.other, "004")

    def stored(self) -> dict[tuple[str, int], int]:
        return {(row.episode.number, row.days): row.count for row in Downloads.objects.select_related("episode")}


class LoadTests(_Cast):
    def load(self, text: str | bytes, **options) -> Loaded:
        return load(self.show, text if isinstance(text, bytes) else text.encode(), "Fireside", **options)

    def problems(self, text: str | bytes) -> list[str]:
        with self.assertRaises(FileError) as caught:
            self.load(text)
        self.assertEqual(self.stored(), {})
        return caught.exception.problems

    def test_all_forms_of_a_table_say_the_same(self):
        for text in (
            "number,days7,days30\n001,10,40\np03,7,\n",
            "\ufeffnumber;days7;days30\r\n001;10;40\r\np03;7;\r\n\r\n",
            'Title,DAYS30, Number ,Days7\n"The, first",40,001,10\n\n,,,\nx,,p03,7',
            "days30,number,days7\r40,1,10\r,p03,7\r",
        ):
            with self.subTest(text):
                Downloads.objects.all().delete()
                self.assertEqual(self.load(text), (3, 0, 0))
                self.assertEqual(self.stored(), {("001", 7): 10, ("001", 30): 40, ("p03", 7): 7})
                self.assertEqual(self.load(text), (0, 0, 3))
        self.assertEqual({row.source for row in Downloads.objects.all()}, {"Fireside"})

    def test_newer_numbers_replace_older_ones_and_leave_the_rest(self):
        self.load("number,days7\n001,10\n002,0\n")
        self.assertEqual(self.load("number,days7,days30\n001,11,40\n002,,\n"), (1, 1, 0))
        self.assertEqual(self.stored(), {("001", 7): 11, ("001", 30): 40, ("002", 7): 0})

    def test_a_dry_run_writes_nothing(self):
        self.assertEqual(self.load("number,days7\n001,10\n", dry_run=True), (1, 0, 0))
        self.assertEqual(self.stored(), {})

    def test_everything_that_is_wrong_is_said_and_nothing_is_written(self):
        lines = ["number,days7", "001,10", "004,1", "9,1", "p03,-1", "p03,1.5", 'p03,"1,234"', "p03,1,234", "002"]
        lines += ["001,3", ",7", "p03,many", "p03,٣", f"p03,{2**31}", f"p03,{'9' * 5000}"]
        digits = "is not a whole number in digits alone, like 1234."
        cells = "there are more or fewer cells than names; numbers have no separators."
        self.assertEqual(
            self.problems("\n".join(lines)),
            [
                "line 3: the show has no episode “004”.",
                "line 4: the show has no episode “9”.",
                f"line 5: “-1” {digits}",
                "line 6: this episode stands in line 5 too.",
                "line 7: this episode stands in line 5 too.",
                f"line 8: {cells}",
                f"line 9: {cells}",
                "line 10: this episode stands in line 2 too.",
                "line 11: the show has no episode “”.",
                *[f"line {line}: this episode stands in line 5 too." for line in (12, 13, 14, 15)],
            ],
        )

    def test_only_plain_numbers_count(self):
        for cell in ("-1", "1.5", "1.234", "1 234", "1e3", "+1", "many", "٣", "1_0", "0x1"):
            said = f"line 2: “{cell}” is not a whole number in digits alone, like 1234."
            self.assertEqual(self.problems(f"number;days7\n001;{cell}\n"), [said])
        for cell in (str(2**31), "9" * 5000):
            said = f"line 2: {cell[:20]} is more than anybody counts."
            self.assertEqual(self.problems(f"number;days7\n001;{cell}\n"), [said])

    def test_what_is_no_table_is_refused(self):
        names = "line 1: name the columns once each: number, and days7 or days30."
        for text in ("", "\n", "number\n001\n", "days7\n1\n", "number,days7,days7\n", "number,days8\n", "\x89PNG\r\n"):
            self.assertEqual(self.problems(text), [names])
        self.assertEqual(
            self.problems("number,days7\n001,1\nä,1\n".encode("latin-1")), ["line 3: the file is not UTF-8."]
        )
        self.assertEqual(self.problems('number,days7\n001,"1\n'), ["line 2: unexpected end of data."])

    def test_a_number_without_its_zeros_is_known_where_only_one_can_be_meant(self):
        make_episode(self.show, "02")
        self.assertEqual(self.load("number,days7\n1,5\n02,6\n"), (2, 0, 0))
        self.assertEqual(self.stored(), {("001", 7): 5, ("02", 7): 6})
        with self.assertRaises(FileError):
            self.load("number,days7\n2,5\n")

    def test_the_cost_does_not_grow_with_the_file(self):
        text = "number,days7,days30\n"
        for number in range(100, 160):
            make_episode(self.show, str(number))
            text += f"{number},1,2\n"
        with self.assertNumQueries(5):
            self.load(text)
        with self.assertNumQueries(4):
            self.load(text)


class CommandTests(_Cast):
    def run_with(self, text: str, *more: str, show: str = "TR", source: str = "Fireside") -> str:
        path = self.folder / "numbers.csv"
        path.write_text(text)
        out = StringIO()
        call_command("load_downloads", str(path), f"--show={show}", f"--source={source}", *more, stdout=out)
        return out.getvalue()

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path

    def test_it_says_in_numbers_what_it_did(self):
        text = "number,days7\n001,10\n"
        self.assertEqual(
            self.run_with(text, "--dry-run"), "A dry run: nothing was written.\ncreated 1, updated 0, unchanged 0\n"
        )
        self.assertEqual(self.run_with(text), "created 1, updated 0, unchanged 0\n")
        self.assertEqual(self.run_with(text), "created 0, updated 0, unchanged 1\n")

    def test_it_says_file_line_and_reason(self):
        with self.assertRaises(CommandError) as caught:
            self.run_with("number,days7\n9,1\n001,x\n")
        path = self.folder / "numbers.csv"
        self.assertEqual(
            str(caught.exception),
            f"{path}, line 2: the show has no episode “9”.\n"
            f"{path}, line 3: “x” is not a whole number in digits alone, like 1234.\nNothing was written.",
        )
        with self.assertRaisesMessage(CommandError, "No show has the acronym or slug XX."):
            self.run_with("", show="XX")
        with self.assertRaisesMessage(CommandError, "Name who counted."):
            self.run_with("", source=" ")
        with self.assertRaisesMessage(CommandError, "No such file"):
            call_command("load_downloads", "/nowhere", "--show=TR", "--source=x")


@pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.
class AdminTests(_Cast):
    @classmethod
    def setUpTestData(cls):
        super().setUpTestData()
        cls.alice = make_member("alice", cls.show)
        cls.bob = make_member("bob", cls.other)

    def setUp(self):
        self.client.force_login(self.alice)

    def upload(self, text: str, client: Client | None = None, **fields):
        file = BytesIO(text.encode())
        file.name = "numbers.csv"
        values = {"show": self.show.pk, "source": "Fireside", "file": file} | fields
        return (client or self.client).post(f"{LIST}load/", values)

    def test_a_file_is_loaded_and_listed(self):
        self.assertContains(self.client.get(LIST), f'href="{LIST}load/"')
        self.assertContains(self.client.get(f"{LIST}load/"), 'enctype="multipart/form-data"')
        self.assertRedirects(self.upload("number,days7\n001,10\n"), LIST, fetch_redirect_response=False)
        page = self.client.get(LIST)
        self.assertContains(page, "The numbers were loaded: created 1, updated 0, unchanged 0.")
        self.assertContains(page, "Fireside")

    def test_a_wrong_file_is_refused_with_lines_and_the_form_stays(self):
        response = self.upload("number,days7\n" + "9,1\n" * 25, source="My host")
        said = errors(response)
        self.assertEqual(said[0], "line 2: the show has no episode “9”.")
        self.assertEqual((len(said), said[-1]), (21, "and 5 more."))
        self.assertContains(response, 'value="My host"')
        self.assertContains(response, "Nothing was written.")
        self.assertEqual(self.stored(), {})

    def test_a_large_file_is_refused(self):
        self.assertEqual(errors(self.upload("number,days7\n" + "\n" * 2**20)), ["The file is larger than 1 MB."])
        self.assertEqual(errors(self.upload("")), ["The submitted file is empty."])

    def test_who_only_views_a_show_changes_none_of_its_numbers(self):
        Membership.objects.create(user=self.bob, show=self.show, role=Role.VIEWER)
        row = Downloads.objects.create(episode=self.show.episodes.first(), days=7, count=10, source="Fireside")
        self.client.force_login(self.bob)
        url = f"{LIST}{row.pk}/change/"
        self.assertNotContains(self.client.get(url), 'name="_save"')
        self.assertEqual(self.client.post(url, {"count": "999", "_save": "Save"}).status_code, 403)
        self.assertEqual(self.client.post(f"{LIST}{row.pk}/delete/", {"post": "yes"}).status_code, 403)
        self.assertEqual(Downloads.objects.get().count, 10)

    def test_nobody_loads_for_another_show(self):
        self.client.force_login(self.bob)
        self.assertIn("Select a valid choice.", errors(self.upload("number,days7\n001,10\n"))[0])
        self.assertEqual(self.stored(), {})

    def test_who_does_not_write_loads_nothing(self):
        row = Downloads.objects.create(episode=self.show.episodes.get(number="001"), days=7, count=10, source="x")
        for username, role in (("vera", Role.VIEWER), ("adam", Role.AD_MANAGER)):
            self.client.force_login(make_member(username, self.show, role))
            self.assertContains(self.client.get(LIST), "001")
            self.assertNotContains(self.client.get(LIST), "load/")
            self.assertEqual(self.client.get(f"{LIST}load/").status_code, 403)
            self.assertEqual(self.upload("number,days7\n001,11\n").status_code, 403)
            self.assertEqual(self.client.post(f"{LIST}{row.pk}/change/", {"count": "11"}).status_code, 403)
        self.client.logout()
        self.assertEqual(self.client.get(f"{LIST}load/").status_code, 302)

    def test_a_number_is_entered_by_hand(self):
        episode = self.show.episodes.get(number="002")
        values = {"episode": episode.pk, "days": "30", "count": "40", "source": "Fireside", "_save": "Save"}
        self.assertRedirects(self.client.post(f"{LIST}add/", values), LIST)
        self.assertEqual(self.stored(), {("002", 30): 40})
        self.assertIn("This episode has a number for these days.", errors(self.client.post(f"{LIST}add/", values)))
        theirs = self.other.episodes.get()
        self.assertIn(
            "Select a valid choice.", errors(self.client.post(f"{LIST}add/", {**values, "episode": theirs.pk}))[0]
        )

    def test_another_shows_editor_finds_nothing(self):
        row = Downloads.objects.create(episode=self.show.episodes.get(number="001"), days=7, count=10, source="x")
        self.client.force_login(self.bob)
        self.assertNotContains(self.client.get(LIST), "001")
        self.assertEqual(self.client.get(f"{LIST}{row.pk}/change/").status_code, 302)

    def test_the_list_costs_the_same_with_many(self):
        for number in range(200, 240, 20):
            with self.assertNumQueries(10):
                self.client.get(LIST)
            for n in range(20):
                episode = make_episode(self.show, str(number + n))
                Downloads.objects.create(episode=episode, days=7, count=10, source="x")
