"""Every address that was ever printed leads somewhere, and none to another host."""

import re
from urllib.parse import unquote

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.test import Client, TestCase

from episodes import demo
from episodes.models import Episode, Tag
from episodes.notes import Credit as NotesCredit
from episodes.tests.factories import ARCHIVE, import_notes, make_episode, make_member, make_notes, make_show
from hosts.models import HostName
from lupcms.shows.models import OldPath, Show
from lupcms.shows.paths import fold

ODD_TAGS = (
    "#!++",
    ".net",
    "/",
    "/boot",
    "50%",
    "a/",
    "a//b",
    "azure sphere",
    "c",
    "c#",
    "c++",
    "é",
    "what?",
    "😀",
    "“x”",
)


class AddressTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        import_notes(
            cls.show,
            make_notes(
                tags=tuple(sorted(ODD_TAGS)),
                credits=(NotesCredit("host", "Ann Host", "ann"), NotesCredit("guest", "Ann H", "AnnHost")),
            ),
        )
        names = HostName.objects.filter(show=cls.show)
        names.filter(slug="AnnHost").update(host=names.get(slug="ann").host, is_main=False)
        make_episode(cls.show, "p03")
        make_episode(cls.show, "900", published=False)
        OldPath.objects.remember(cls.show, "/old/path", "/1")
        OldPath.objects.remember(cls.show, "/articles/32bit", "/p03")
        OldPath.objects.remember(cls.show, "/mumble", "/p03")
        OldPath.objects.remember(cls.show, "/Case", "/1")
        OldPath.objects.remember(cls.show, "/case", "/p03")
        OldPath.objects.remember(cls.show, "/show/tide-radio/p03", "/p03")
        OldPath.objects.remember(cls.show, "/124162/the-first-tide-tr-p03/", "/p03")
        OldPath.objects.create(show=cls.show, path="/removed", status=410)
        other = make_show("lamp-talk", "LT")
        OldPath.objects.create(show=other, path="/theirs", target="/1")
        import_notes(
            other, make_notes(acronym="LT", tags=("theirs",), credits=(NotesCredit("host", "Their Host", "their"),))
        )
        Tag.objects.create(name="dotnet", alias_of=Tag.objects.get(name=".net"))
        Tag.objects.create(name="unused")

    def get(self, path: str):
        """The raw path of a request line; the test client would read a host in `//`."""
        path, _, query = path.partition("?")
        return self.client.get("/", PATH_INFO=unquote(path, "latin-1"), QUERY_STRING=query)

    def test_addresses(self):
        for path, status, target in [
            ("/", 200, None),
            ("/1", 200, None),
            ("/1?t=810", 200, None),
            ("/001", 301, "/1"),
            ("/0001", 301, "/1"),
            ("/001?t=810", 301, "/1?t=810"),
            ("/1/", 301, "/1"),
            ("//1", 301, "/1"),
            ("///1//", 301, "/1"),
            ("//001", 301, "/1"),
            ("/p03", 200, None),
            ("/P03", 301, "/p03"),
            ("/P03/", 301, "/p03"),
            ("/1.md", 200, None),
            ("/001.md", 301, "/1.md"),
            ("/P03.md", 301, "/p03.md"),
            ("/900", 404, None),
            ("/900.md", 404, None),
            ("/2", 404, None),
            ("/hosts", 200, None),
            ("/hosts/", 301, "/hosts"),
            ("/Hosts", 301, "/hosts"),
            ("/hosts/ann", 200, None),
            ("/hosts/Ann", 301, "/hosts/ann"),
            ("/hosts/AnnHost", 301, "/hosts/ann"),
            ("/hosts/ann/", 301, "/hosts/ann"),
            ("//hosts/ann", 301, "/hosts/ann"),
            ("//HOSTS//ann", 301, "/hosts/ann"),
            ("/guests", 301, "/hosts"),
            ("/guests/ann", 301, "/hosts/ann"),
            ("/guests/annhost", 301, "/hosts/ann"),
            ("/hosts/nobody", 404, None),
            ("/guests/nobody", 404, None),
            ("/hosts/their", 404, None),
            ("/sponsors", 200, None),
            ("/sponsors/lamp-oil-ltd", 200, None),
            ("/sponsors/Lamp-Oil-LTD", 301, "/sponsors/lamp-oil-ltd"),
            ("/sponsors/nobody", 404, None),
            ("/tags/azure%20sphere", 200, None),
            ("/tags/Azure%20Sphere", 301, "/tags/azure%20sphere"),
            ("/tags/azure%20sphere/", 301, "/tags/azure%20sphere"),
            ("//tags/c", 301, "/tags/c"),
            ("/TAGS/c", 301, "/tags/c"),
            ("/tags/c++", 200, None),
            ("/tags/c%2B%2B", 200, None),
            ("/tags/C++", 301, "/tags/c++"),
            ("/tags/c%23", 200, None),
            ("/tags/.net", 200, None),
            ("/tags/%2Fboot", 200, None),
            ("/tags//boot", 200, None),
            ("/tags/%2F", 200, None),
            ("/tags/a%2F", 200, None),
            ("/tags/a/", 200, None),
            ("/tags/a//b", 200, None),
            ("/tags/%23!++", 200, None),
            ("/tags/50%25", 200, None),
            ("/tags/what%3F", 200, None),
            ("/tags/%C3%A9", 200, None),
            ("/tags/%F0%9F%98%80", 200, None),
            ("/tags/%E2%80%9Cx%E2%80%9D", 200, None),
            ("/tags/dotnet", 301, "/tags/.net"),
            ("/tags/DotNet", 301, "/tags/.net"),
            ("/tags/%C3%89", 301, "/tags/%C3%A9"),
            ("/tags/unused", 404, None),
            ("/tags/theirs", 404, None),
            ("/tags/nothing", 404, None),
            ("/tags/", 301, "/tags"),
            ("/tags/%ff", 404, None),
            ("/old/path", 301, "/1"),
            ("/old/path/", 301, "/1"),
            ("//old//path?x=1", 301, "/1?x=1"),
            ("/articles/32bit", 301, "/p03"),
            ("/removed", 410, None),
            ("/Removed/", 410, None),
            ("/Case", 301, "/1"),
            ("/case", 301, "/p03"),
            ("/CASE", 301, "/1"),
            ("/theirs", 404, None),
            ("/admin", 301, "/admin/"),
            ("/favicon.ico", 302, "/static/favicon.svg"),
            ("//evil.example", 404, None),
            ("//evil.example/1", 404, None),
            ("//evil.example/%2e%2e", 404, None),
            ("/%2f%2fevil.example", 404, None),
            ("/\\evil.example", 404, None),
            ("/%5cevil.example/", 404, None),
            ("/https:%2f%2fevil.example", 404, None),
            ("/1%0d%0aSet-Cookie:x=1", 404, None),
            ("/1%00", 404, None),
            ("/tags/c%00", 404, None),
            ("/hosts/ann%00", 404, None),
            ("/%F0%9F%98%80", 404, None),
            ("/" + "9" * 5000, 404, None),
            ("/" + "/" * 5000, 301, "/"),
            ("/_", 404, None),
            ("/%25", 404, None),
            # What an old host printed: seconds, people under other slugs, tags in every spelling, words that moved.
            ("/1?t=810&utm_source=a%20b", 200, None),
            ("/p03?t=1", 200, None),
            ("/P03?t=1", 301, "/p03?t=1"),
            ("//P03/?t=1", 301, "/p03?t=1"),
            ("/1/?t=810", 301, "/1?t=810"),
            ("/001.md?raw=1", 301, "/1.md?raw=1"),
            ("//guests/annhost", 301, "/hosts/ann"),
            ("/GUESTS/Ann/", 301, "/hosts/ann"),
            ("//tags/azure%20sphere", 301, "/tags/azure%20sphere"),
            ("/tags/azure+sphere", 404, None),
            ("/tags/AZURE%20sphere?page=2", 301, "/tags/azure%20sphere?page=2"),
            ("/tags/%20azure%20sphere", 404, None),
            ("/tags/C%2b%2B", 301, "/tags/c++"),
            ("/tags/c%252B%252B", 404, None),
            ("/tags/%2fboot/", 404, None),
            ("/mumble", 301, "/p03"),
            ("/Mumble", 301, "/p03"),
            ("//MUMBLE/", 301, "/p03"),
            ("/mumble?from=ad", 301, "/p03?from=ad"),
            ("/articles", 404, None),
            ("/articles/32bit/", 301, "/p03"),
            ("/Articles/32bit", 301, "/p03"),
            ("/articles/32BIT", 301, "/p03"),
            # Other families of addresses for the same episodes: moved where an old path says so, else suggestions.
            ("/show/linux-unplugged/1/", 404, None),
            ("/show/tide-radio/p03", 301, "/p03"),
            ("/show/tide-radio/p03/", 301, "/p03"),
            ("/Show/Tide-Radio//P03/?t=1", 301, "/p03?t=1"),
            ("/124162/the-first-tide-tr-p03/", 301, "/p03"),
            ("/tide-radio/2024/episode-001/", 404, None),
            ("/episodepage/the-first-tide", 404, None),
            ("/people/ann", 404, None),
            # No way out of the host, nor up the tree.
            ("//evil.example//", 404, None),
            ("///evil.example/%2f..", 404, None),
            ("/%09/evil.example", 404, None),
            ("/%09//evil.example//", 404, None),
            ("/%0a/evil.example/", 404, None),
            ("/\\\\evil.example//", 404, None),
            ("//evil.example%5c@1/", 404, None),
            ("//1@evil.example/", 404, None),
            ("//1?next=//evil.example/", 301, "/1?next=//evil.example/"),
            ("//1?%0d%0aSet-Cookie:x=1", 301, "/1?%0d%0aSet-Cookie:x=1"),
            ("/http://evil.example/", 404, None),
            ("/%2e%2e/1", 404, None),
            ("/../1", 404, None),
            ("/./1", 404, None),
            ("/1/..", 404, None),
            ("/hosts/../1", 404, None),
            ("/hosts%2Fann", 200, None),
            ("/hosts%2F%2Fann", 301, "/hosts/ann"),
            ("/%2F1", 301, "/1"),
            ("/1%2F", 301, "/1"),
            ("/1%20", 404, None),
            ("/1;x=1", 404, None),
            ("/1%E2%80%AE", 404, None),
            ("/%C0%AE%C0%AE/1", 404, None),
            ("/.env", 404, None),
            ("/wp-login.php", 404, None),
            ("/.well-known/security.txt", 404, None),
        ]:
            with self.subTest(path[:80]):
                response = self.get(path)
                self.assertEqual((response.status_code, response.get("Location")), (status, target))

    def test_a_redirect_never_leads_to_another_host_and_ends_after_one_step(self):
        for path in ("///1", "//hosts/AnnHost/", "/TAGS/C++/", "/P03/", "/guests/ann/", "//001/"):
            location = self.get(path)["Location"]
            self.assertRegex(location, r"^/[^/]")
            self.assertEqual(self.get(location).status_code, 200, path)

    def test_an_old_path_follows_later_moves(self):
        OldPath.objects.remember(self.show, "/1", "/first")
        OldPath.objects.remember(self.show, "/first", "/1")
        paths = OldPath.objects.filter(show=self.show, status=301).exclude(target="/p03")
        self.assertEqual(dict(paths.values_list("path", "target")), {"/old/path": "/1", "/Case": "/1", "/first": "/1"})

    def test_errors_are_pages(self):
        self.assertContains(self.client.get("/nowhere"), "Nothing is published here", status_code=404)

    def test_only_published_episodes_count(self):
        import_notes(
            self.show,
            make_notes(number="901", tags=("secret tag",), credits=(NotesCredit("host", "Secret Host", "secret"),)),
        )
        Episode.objects.filter(number="901").update(published_at=None)
        for path in ("/tags/secret%20tag", "/hosts/secret", "/hosts/SECRET", "/guests/Secret", "/tags/Secret%20tag"):
            self.assertEqual(self.get(path).status_code, 404, path)
        self.client.force_login(make_member("alice", self.show))
        self.assertNotContains(self.get("/hosts"), "Secret Host")
        self.assertNotContains(self.get("/hosts"), "Their Host")

    def test_a_person_with_two_slugs_is_listed_once(self):
        page = self.get("/hosts").content.decode()
        self.assertEqual(page.count('href="/hosts/'), 1)
        self.assertIn('href="/hosts/ann"', page)

    def test_an_alias_leads_to_its_tag_in_one_step(self):
        alias, tag = Tag.objects.get(name="dotnet"), Tag.objects.get(name=".net")
        for wrong in (Tag(name="x", alias_of=alias), tag):
            wrong.alias_of = alias if wrong is not tag else Tag.objects.get(name="c")
            with self.assertRaises(ValidationError):
                wrong.full_clean()

    def test_lists_cost_the_same_with_many_episodes(self):
        pages = {"/hosts/ann": 6, "/sponsors/lamp-oil-ltd": 6, "/tags/c": 4, "/hosts": 3, "/sponsors": 6}
        for _ in range(2):
            for path, queries in pages.items():
                with self.subTest(path), self.assertNumQueries(queries):
                    self.assertEqual(self.get(path).status_code, 200)
            for number in range(100, 160):
                import_notes(
                    self.show,
                    make_notes(
                        number=str(number),
                        tags=("c",),
                        credits=(
                            NotesCredit("host", "Ann Host", "ann"),
                            NotesCredit("host", f"Host {number}", f"h{number}"),
                        ),
                    ),
                )
        self.assertContains(self.get("/hosts/ann"), "Page 1 of 2")


@pytest.mark.parametrize(
    ("path", "folded"),
    [
        ("/", "/"),
        ("//", "/"),
        ("/1", "/1"),
        ("//evil.example", "/evil.example"),
        ("/a//b/", "/a/b"),
        ("/Tags/C", "/tags/C"),
        ("/Episode", "/Episode"),
    ],
)
def test_fold(path, folded):
    assert fold(path) == folded
    assert fold(folded) == folded


def printed_addresses() -> list[tuple[Show, str]]:
    """What the notes pages of everything published print of their own site, and the public pages' links within it."""
    found = []
    for episode in Episode.objects.published().select_related("show"):
        host = {"host": f"{episode.show.slug}.localhost"}
        notes = Client(headers=host).get(f"{episode.get_absolute_url()}.md").content.decode()
        own = re.findall(rf"\]\({re.escape(episode.show.site_url)}(/(?:[^()\s]|\([^()]*\))*)\)", notes)
        page = Client(headers=host).get(episode.get_absolute_url()).content.decode()
        own += [path.replace("&amp;", "&").replace("&#x27;", "'") for path in re.findall(r'href="(/[^"]*)"', page)]
        found += [(episode.show, path) for path in own if not path.startswith("/static/")]
    return sorted(set(found), key=lambda pair: (pair[0].pk, pair[1]))


def answers(show: Show, path: str) -> int:
    client = Client(headers={"host": f"{show.slug}.localhost"})
    for _ in range(2):
        path, _, query = path.partition("?")
        response = client.get("/", PATH_INFO=unquote(path, "latin-1"), QUERY_STRING=query)
        if response.streaming:
            response.getvalue()  # To its end, where the file is closed.
        if response.status_code != 301:
            break
        path = response["Location"]
    return response.status_code


@pytest.mark.django_db
def test_every_address_that_the_demo_prints_answers():
    demo.load()
    addresses = printed_addresses()
    assert len(addresses) > 300
    # Pages that the demo's texts mention and no show has.
    found = {path: answers(show, path) for show, path in addresses if not path.startswith("/lamp-room")}
    # A sponsor's link is answered by leaving the site.
    assert {path: status for path, status in found.items() if status != (302 if path.startswith("/go/") else 200)} == {}


@pytest.mark.django_db
@pytest.mark.skipif(not ARCHIVE.exists(), reason="the sample archive is not beside the project")
def test_every_address_that_the_archive_prints_answers():
    """People and tags all answer; what is left are pages of the old host, and episodes that the sample lacks."""
    call_command("import_notes", str(ARCHIVE / "notes"), "--create-shows", verbosity=0)
    missing = {path for show, path in printed_addresses() if answers(show, path) != 200}
    assert not {path for path in missing if path.startswith(("/tags/", "/hosts/", "/guests/", "/sponsors/"))}
    assert {re.sub(r"^/\d+$", "/<number>", path.partition("?")[0]) for path in missing} <= {
        "/<number>",
        "/articles",
        "/membership",
        "/subscribe",
        "/contact",
        "/rss",
    }
