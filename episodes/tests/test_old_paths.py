"""What sources tell of old addresses is remembered in one go, and takes nothing away from what answers today."""

import pytest
from django.test import Client, TestCase
from hypothesis import given
from hypothesis import strategies as st

from episodes.tests.factories import make_episode, make_show
from lupcms.shows.models import OldPath
from lupcms.shows.paths import fold, is_built_in, tidy
from sponsors.models import ShortLink, Sponsor


class RememberAllTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("lamp-talk", "LT")
        for number in ("001", "002", "p03"):
            make_episode(cls.show, number)
        ShortLink.objects.create(show=cls.show, word="batteries", sponsor=Sponsor.objects.named("Cell"))
        ShortLink.objects.create(show=cls.other, word="oil", sponsor=Sponsor.objects.named("Oil"))

    def rows(self):
        return dict(OldPath.objects.filter(show=self.show).values_list("path", "target"))

    def test_what_is_printed_is_stored_as_it_is_looked_up(self):
        new = OldPath.objects.remember_all(
            self.show,
            {
                "/124162/the-first-tide-tr-1/": "/1",
                "//show//tide-radio/1?t=810#notes": "/1",
                "/episodes/the%20first%20tide": "/1",
                "episode-1.html": "/1",
                "/Articles/32bit": "/p03",
                "/é": "/2",
            },
        )
        self.assertEqual(new, (6, {}))
        self.assertEqual(
            self.rows(),
            {
                "/124162/the-first-tide-tr-1": "/1",
                "/show/tide-radio/1": "/1",
                "/episodes/the first tide": "/1",
                "/episode-1.html": "/1",
                "/articles/32bit": "/p03",
                "/é": "/2",
            },
        )
        client = Client(headers={"host": "tide-radio.localhost"})
        for path in ("/124162/the-first-tide-tr-1/", "/124162/the-first-tide-tr-1", "/episodes/the%20first%20tide?t=1"):
            answer = client.get(path)
            self.assertEqual((answer.status_code, answer["Location"].partition("?")[0]), (301, "/1"), path)

    def test_what_answers_already_is_not_taken(self):
        OldPath.objects.create(show=self.show, path="/removed", status=410)
        OldPath.objects.create(show=self.show, path="/by-hand", target="/2")
        OldPath.objects.create(show=self.other, path="/theirs", target="/1")
        paths = (
            "/1 /001 /P03 /2/ / /rss /About /hosts /tags/ /admin/login /media/audio/x /batteries /Batteries/ "
            "/removed /by-hand /a%00 /theirs /oil /episodes/first"
        )
        new = OldPath.objects.remember_all(self.show, dict.fromkeys(paths.split(), "/1"))
        self.assertEqual(new, (3, {"/removed": "", "/by-hand": "/2"}))
        self.assertEqual(
            self.rows(),
            {"/removed": "", "/by-hand": "/2", "/theirs": "/1", "/oil": "/1", "/episodes/first": "/1"},
        )

    def test_chains_are_one_hop(self):
        OldPath.objects.create(show=self.show, path="/first", target="/1")
        OldPath.objects.create(show=self.show, path="/oldest", target="/older")
        # An episode lives here again: where its old row led is of no account.
        OldPath.objects.create(show=self.show, path="/2", target="/1")
        OldPath.objects.remember_all(
            self.show, {"/a": "/b", "/b": "/first", "/older": "/p03", "/c": "/2", "/x": "/y", "/y": "/x"}
        )
        self.assertEqual(
            self.rows(),
            {
                "/first": "/1",
                "/a": "/1",
                "/b": "/1",
                "/oldest": "/p03",
                "/older": "/p03",
                "/2": "/1",
                "/c": "/2",
            },
        )

    def test_twice_is_once_and_costs_one_query(self):
        moves = {f"/old/{n}": "/1" for n in range(150)}
        with self.assertNumQueries(4):
            self.assertEqual(OldPath.objects.remember_all(self.show, moves), (150, {}))
        with self.assertNumQueries(1):
            self.assertEqual(OldPath.objects.remember_all(self.show, moves), (0, {}))
        with self.assertNumQueries(0):
            self.assertEqual(OldPath.objects.remember_all(self.show, {}), (0, {}))

    def test_thousands_at_once(self):
        moves = {f"/old/{n}": "/1" for n in range(1000)}
        self.assertEqual(OldPath.objects.remember_all(self.show, moves), (1000, {}))
        self.assertEqual(len(self.rows()), 1000)


@pytest.mark.parametrize(
    ("printed", "stored"),
    [
        ("", "/"),
        ("/", "/"),
        ("/650/", "/650"),
        ("//650", "/650"),
        ("/a%20b", "/a b"),
        ("/a b", "/a b"),
        ("/a?t=1", "/a"),
        ("/a#b?c", "/a"),
        ("/Show/X", "/Show/X"),
        ("/TAGS/c%23", "/tags/c#"),
        ("/%2F%2Fevil.example/", "/evil.example"),
    ],
)
def test_tidy(printed, stored):
    assert tidy(printed) == stored


@given(st.text("/aA%2Fé ?#.", max_size=12))
def test_a_tidy_path_is_one_that_a_row_may_have(printed):
    path = tidy(printed)
    assert path.startswith("/")
    assert not path.startswith("//")
    assert fold(path) == path


@pytest.mark.parametrize(
    ("path", "expected"),
    [("/", True), ("/rss", True), ("/RSS", True), ("/admin/x", True), ("/episodes/x", False), ("/x", False)],
)
def test_built_in(path, expected):
    assert is_built_in(path) is expected
