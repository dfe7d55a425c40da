"""What search engines are told: every public address of this show, nothing else, and when it last changed."""

import re
from datetime import UTC, datetime, timedelta
from unittest import mock
from urllib.parse import unquote
from xml.etree import ElementTree

from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from episodes import sitemaps
from episodes.models import Episode, Tag
from episodes.notes import Credit as NotesCredit
from episodes.notes import Placement as NotesPlacement
from episodes.tests.factories import import_notes, make_episode, make_member, make_notes, make_show
from hosts.models import HostName

SITE = "https://tide.example/radio"
NAMESPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
QUERIES = {
    "/robots.txt": 1,
    "/sitemap.xml": 11,
    "/sitemap-pages.xml": 6,
    "/sitemap-episodes.xml": 3,
    "/sitemap-hosts.xml": 3,
    "/sitemap-sponsors.xml": 3,
    "/sitemap-tags.xml": 3,
}


def entries(response) -> list[tuple[str, str]]:
    """Address and last change of each entry."""
    root = ElementTree.fromstring(response.content)
    return [
        (entry.findtext(f"{NAMESPACE}loc"), (entry.findtext(f"{NAMESPACE}lastmod") or "").strip()) for entry in root
    ]


class SitemapTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(site_url=SITE)
        for number, tags in (("001", ("/boot", "c++", "once")), ("002", ("/boot", "c++", "dotnet"))):
            import_notes(cls.show, make_notes(number=number, tags=tags))
        import_notes(cls.show, make_notes(number="003", tags=("dotnet",), credits=(), placements=()))
        Tag.objects.filter(name="dotnet").update(alias_of=Tag.objects.get(name="c++"))
        Episode.objects.filter(number="002").update(changed_at=datetime(2025, 1, 2, 12, tzinfo=UTC))
        HostName.objects.create(show=cls.show, host=HostName.objects.get(slug="ann").host, slug="annhost", name="Ann")
        # What must not be seen: a draft, a scheduled episode, and another show, with hosts, sponsors and tags alike.
        for number, moment in (("900", None), ("901", timezone.now() + timedelta(days=1))):
            import_notes(
                cls.show,
                make_notes(
                    number=number,
                    tags=("once", "secret"),
                    credits=(NotesCredit("host", "Secret Host", "secret"), NotesCredit("host", "Ann Host", "ann")),
                    placements=(NotesPlacement("Secret Ltd", "https://s.example"),),
                ),
            )
            secret = Episode.objects.filter(number=number)
            secret.update(published_at=moment, changed_at=datetime(2026, 1, 1, tzinfo=UTC))
        cls.other = make_show("lamp-talk", "LT", site_url="")
        for number in ("500", "501"):
            import_notes(
                cls.other,
                make_notes(
                    acronym="LT",
                    number=number,
                    tags=("theirs", "once"),
                    credits=(NotesCredit("host", "Their Host", "their"),),
                    placements=(NotesPlacement("Their Ltd", "https://t.example"),),
                ),
            )

    def test_every_public_address_is_listed_with_its_last_change(self):
        new, old = "2025-01-02", "2024-05-02"
        found = {name: entries(self.client.get(f"/sitemap-{name}.xml")) for name in sitemaps.SECTIONS}
        built_in = [reverse(name) for name in sitemaps.PAGES]
        self.assertEqual(
            found,
            {
                "pages": [(f"{SITE}{path}", "") for path in built_in if path != "/about"],
                "episodes": [(f"{SITE}/1", old), (f"{SITE}/2", new), (f"{SITE}/3", old)],
                "hosts": [(f"{SITE}/hosts/ann", new), (f"{SITE}/hosts/gil", new)],
                "sponsors": [(f"{SITE}/sponsors/lamp-oil-ltd", new), (f"{SITE}/sponsors/rope-sons", new)],
                "tags": [(f"{SITE}/tags/%2Fboot", new), (f"{SITE}/tags/c++", new)],
            },
        )

    def test_every_listed_address_answers(self):
        files = [address for address, _ in entries(self.client.get("/sitemap.xml"))]
        pages = [address for file in files for address, _ in entries(self.client.get(file.removeprefix(SITE)))]
        self.assertGreater(len(pages), 8)
        for address in files + pages:
            path = unquote(address.removeprefix(SITE), "latin-1")
            self.assertEqual(self.client.get("/", PATH_INFO=path).status_code, 200, address)

    def test_the_index_names_the_files_that_have_something_in_them(self):
        names = [f"{SITE}/sitemap-{name}.xml" for name in ("pages", "episodes", "hosts", "sponsors", "tags")]
        self.assertEqual(entries(self.client.get("/sitemap.xml")), [(name, "") for name in names])
        Episode.objects.update(published_at=None)
        self.assertEqual(entries(self.client.get("/sitemap.xml")), [(names[0], "")])
        self.assertEqual(entries(self.client.get("/sitemap-pages.xml")), [(f"{SITE}/", "")])

    def test_a_long_section_has_pages(self):
        with mock.patch.object(sitemaps.ShowSitemap, "limit", 2):
            files = [address for address, _ in entries(self.client.get("/sitemap.xml"))]
            self.assertIn(f"{SITE}/sitemap-episodes.xml?p=2", files)
            self.assertNotIn(f"{SITE}/sitemap-episodes.xml?p=3", files)
            second = entries(self.client.get("/sitemap-episodes.xml?p=2"))
            self.assertEqual([address for address, _ in second], [f"{SITE}/3"])
            for page in ("3", "0", "-1", "x", "9" * 5000):
                self.assertEqual(self.client.get(f"/sitemap-episodes.xml?p={page}").status_code, 404, page[:9])

    def test_a_show_without_a_site_url_has_no_sitemap(self):
        client = Client(headers={"host": "lamp-talk.localhost"})
        for path in ("/sitemap.xml", "/sitemap-episodes.xml"):
            self.assertEqual(client.get(path).status_code, 404, path)
        self.assertEqual(client.get("/robots.txt").content, b"User-agent: *\nDisallow: /admin/\nDisallow: /go/\n")

    def test_an_unknown_section_is_404(self):
        for path in ("/sitemap-secret.xml", "/sitemap-.xml", "/sitemap-episodes", "/sitemap-episodes.xml/x"):
            self.assertEqual(self.client.get(path).status_code, 404, path)

    def test_robots_may_read_all_but_the_admin_and_ways_out(self):
        response = self.client.get("/robots.txt")
        self.assertEqual(response["Content-Type"], "text/plain; charset=utf-8")
        self.assertEqual(
            response.content.decode(),
            f"User-agent: *\nDisallow: /admin/\nDisallow: /go/\n\nSitemap: {SITE}/sitemap.xml\n",
        )

    def test_an_about_page_is_listed_where_there_is_something_to_say(self):
        self.show.description = "About the tide."
        with mock.patch.dict(sitemaps.PAGES, {"hosts:index": sitemaps.PAGES["shows:about"]}, clear=True):
            self.assertEqual(sitemaps.PageSitemap(self.show).items(), ["/hosts"])
            self.show.description = ""
            self.assertEqual(sitemaps.PageSitemap(self.show).items(), [])

    def test_the_answer_is_the_same_for_everyone_and_may_be_kept_for_an_hour(self):
        self.client.force_login(make_member("alice", self.show))
        for path in QUERIES:
            mine, theirs = self.client.get(path), Client().get(path, headers={"host": "tide-radio.localhost"})
            self.assertEqual(mine.content, theirs.content, path)
            self.assertEqual(mine["Cache-Control"], "public, max-age=3600")
            self.assertFalse(mine.cookies)
            self.assertNotIn("Cookie", mine.get("Vary", ""))
            self.assertIsNone(re.search(rb"testserver|secret|once|their", mine.content, re.IGNORECASE))

    def test_queries_are_the_same_with_many_rows(self):
        for path, queries in QUERIES.items():
            with self.subTest(path), self.assertNumQueries(queries):
                self.client.get(path)
        for number in range(100, 130):
            import_notes(
                self.show,
                make_notes(
                    number=str(number),
                    tags=("c++", *(f"tag {number // 2} {n}" for n in range(5))),
                    credits=(NotesCredit("guest", f"Guest {number}", f"g{number}"),),
                    placements=(NotesPlacement(f"Sponsor {number}", "https://s.example"),),
                ),
            )
        Episode.objects.bulk_create(
            Episode(
                show=self.show, number=str(n), slug=str(n), published_at=timezone.now(), air_date=timezone.localdate()
            )
            for n in range(1000, 1600)
        )
        for path, queries in QUERIES.items():
            with self.subTest(path), self.assertNumQueries(queries):
                response = self.client.get(path)
        self.assertEqual(len(entries(response)), 2 + 15 * 5)
        self.assertEqual(len(entries(self.client.get("/sitemap-episodes.xml"))), 633)


class FewRowsTests(TestCase):
    def test_an_empty_show_has_its_home_page(self):
        make_episode(make_show(), published=False)
        self.assertEqual(
            entries(self.client.get("/sitemap.xml")), [("https://tide-radio.example/sitemap-pages.xml", "")]
        )
        self.assertEqual(entries(self.client.get("/sitemap-pages.xml")), [("https://tide-radio.example/", "")])
        self.assertEqual(entries(self.client.get("/sitemap-tags.xml")), [])
