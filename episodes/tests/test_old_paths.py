"""What sources tell of old addresses is remembered in one go, and takes nothing away from what answers today."""

import hashlib

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

    def test_what_no_index_holds_is_left_out_and_the_rest_is_not(self):
        noise = "".join(hashlib.sha256(str(n).encode()).hexdigest() for n in range(200))
        new = OldPath.objects.remember_all(self.show, {f"/{noise}/1": "/1", "/old": "/1", f"/{'ä' * 1000}": "/1"})
        self.assertEqual((new, self.rows()), ((1, {}), {"/old": "/1"}))

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


class NetworkTests(TestCase):
    """What was published on the network's own host leads to the show that it was about."""

    @classmethod
    def setUpTestData(cls):
        cls.tide = make_show(hostname="tide.example", site_url="https://tide.example")
        cls.lamp = make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.empty = make_show("unheard-of", "UO", title="Unheard Of", hostname="unheard.example")
        nowhere = make_show("nowhere", "NW", title="Nowhere", site_url="")
        for show in (cls.tide, cls.lamp, nowhere):
            make_episode(show, "001")
        make_episode(cls.tide, "650", slug="the-650")
        make_episode(cls.tide, "900", published=False)
        OldPath.objects.remember_all(cls.tide, {"/650": "/the-650", "/124162/a-title-tr-1/": "/1", "/both": "/1"})
        OldPath.objects.remember_all(cls.tide, {"/Case": "/1", "/episodes/first tide": "/1", "/show/old-name/1": "/1"})
        OldPath.objects.remember_all(cls.lamp, {"/both": "/1", "/case": "/1", "/lamp?": "/1"})
        OldPath.objects.create(show=cls.lamp, path="/removed", status=410)
        OldPath.objects.remember_all(cls.empty, {"/secret": "/1"})
        OldPath.objects.remember_all(nowhere, {"/nowhere-else": "/1"})

    def get(self, path, host="network.example", **settings):
        path, _, query = path.partition("?")
        with self.settings(NETWORK_URL="https://network.example", **settings):
            answer = Client(headers={"host": host}).get("/", PATH_INFO=path, QUERY_STRING=query)
        return answer.status_code, answer.get("Location")

    def test_an_old_path_of_one_show_leads_there_in_one_hop(self):
        tide, lamp = "http://tide.example", "https://lamp-talk.example"
        for path, expected in [
            ("/124162/a-title-tr-1/", (301, f"{tide}/1")),
            ("/124162/A-Title-TR-1", (301, f"{tide}/1")),
            ("//124162//a-title-tr-1//?t=81", (301, f"{tide}/1?t=81")),
            ("/650", (301, f"{tide}/the-650")),
            ("/episodes/first tide/", (301, f"{tide}/1")),
            ("/lamp", (301, f"{lamp}/1")),
            ("/removed", (410, None)),
            # Two shows have it; each letter case is one show's.
            ("/both", (404, None)),
            ("/Case", (301, f"{tide}/1")),
            ("/case", (301, f"{lamp}/1")),
            ("/CASE", (404, None)),
            # Nothing public is told of shows that have published nothing, nor led to where nobody answers.
            ("/secret", (404, None)),
            ("/nowhere-else", (404, None)),
            ("/1", (404, None)),
            ("/never", (404, None)),
            ("/a\0", (404, None)),
            ("/admin/650", (302, "/admin/login/?next=/admin/650")),
            ("//evil.example/", (404, None)),
            ("/https://evil.example", (404, None)),
        ]:
            with self.subTest(path):
                self.assertEqual(self.get(path), expected)

    def test_what_networks_print_of_shows_and_episodes_needs_no_row(self):
        tide, lamp = "http://tide.example", "https://lamp-talk.example"
        for path, expected in [
            ("/show/tide-radio", (301, f"{tide}/")),
            ("/show/tide-radio/", (301, f"{tide}/")),
            ("/Show/Tide-Radio/001/?t=810", (301, f"{tide}/1?t=810")),
            ("/show/lamp-talk/1", (301, f"{lamp}/1")),
            ("/show/tide-radio/650", (301, f"{tide}/the-650")),
            ("/show/tide-radio/THE-650", (301, f"{tide}/the-650")),
            ("/show/old-name/1", (301, f"{tide}/1")),
            ("/show/tide-radio/900", (404, None)),
            ("/show/tide-radio/2", (404, None)),
            ("/show/tide-radio/1/2", (404, None)),
            ("/show/unheard-of", (404, None)),
            ("/show/nowhere/1", (404, None)),
            ("/show/none/1", (404, None)),
            ("/show", (404, None)),
            ("/show/", (404, None)),
        ]:
            with self.subTest(path):
                self.assertEqual(self.get(path), expected)

    def test_a_shows_own_host_knows_what_networks_print_of_it(self):
        for path, expected in [
            ("/show/tide-radio", (301, "/")),
            ("/show/tide-radio/001", (301, "/1")),
            ("//Show/Tide-radio/650/?t=1", (301, "/the-650?t=1")),
            ("/show/tide-radio/900", (404, None)),
            ("/show/lamp-talk/1", (404, None)),
            ("/secret", (404, None)),
        ]:
            with self.subTest(path):
                self.assertEqual(self.get(path, host="tide.example"), expected)

    def test_on_a_developers_machine_it_stays_there(self):
        with self.settings(NETWORK_URL="http://network.localhost:8000"):
            answer = Client(headers={"host": "network.localhost:8000"}).get("/show/tide-radio/650")
        self.assertEqual(answer["Location"], "http://tide-radio.localhost:8000/the-650")

    def test_only_the_networks_host_leads_to_other_shows(self):
        for host in ("lamp-talk.localhost", "unknown.example"):
            self.assertEqual(self.get("/650", host=host), (404, None), host)
        with self.settings(NETWORK_URL="https://tide.example"):
            self.assertEqual(Client(headers={"host": "tide.example"}).get("/removed").status_code, 404)

    def test_what_is_asked_of_the_database_does_not_grow(self):
        with self.settings(NETWORK_URL="https://network.example"):
            for path, queries in [("/650", 2), ("/never", 2), ("/show/tide-radio/650", 6), ("/admin/x", 1)]:
                with self.subTest(path), self.assertNumQueries(queries):
                    Client(headers={"host": "network.example"}).get(path)

    def test_where_it_leads_is_a_page(self):
        for path in ("/124162/a-title-tr-1/", "/show/tide-radio/650", "/show/tide-radio"):
            _, location = self.get(path)
            host, _, path = location.removeprefix("http://").partition("/")
            self.assertEqual(self.get(f"/{path}", host=host), (200, None))
