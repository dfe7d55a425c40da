"""What a page that is not there suggests: what is near, published, and of this show."""

from datetime import timedelta
from unittest import mock

from django.db import OperationalError
from django.test import Client, TestCase
from django.utils import timezone

from episodes import suggestions as module
from episodes.models import Episode, EpisodeTag, Tag
from episodes.notes import Credit as NotesCredit
from episodes.notes import Placement as NotesPlacement
from episodes.suggestions import suggestions
from episodes.tests.factories import import_notes, make_episode, make_member, make_notes, make_show
from hosts.models import HostName

HOSTILE = [
    "/" + "9" * 5000,
    "/" + "a" * 5000,
    "/" + "a-" * 2500,
    "/" + "/" * 5000,
    "/tags/" + "l" * 5000,
    "/tags/" + "%" * 300,
    "/tags/_",
    "/tags/\\",
    "/hosts/%_\\'\"",
    "/hosts/\0ann",
    "/sponsors/\0",
    "/\0245",
    "/\u202e542",
    "/tags/\u202espmal",
    "/tags/\U0001f600\u200d",
    "/²",
    "/٣",
    "/<script>alert(1)</script>",
    "/tags/<script>alert(1)</script>",
    "/..",
    "/.",
    "/tags/",
    "/hosts//",
    "/guests",
]


class SuggestionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        import_notes(
            cls.show,
            make_notes(
                number="245",
                title="Microsoft of Things",
                tags=("/boot", "azure sphere", "c", "lamps", "linux kernel", "Linux kernels"),
                credits=(NotesCredit("host", "Ann Hosting", "annhost"), NotesCredit("guest", "Zed", "annhosting")),
            ),
        )
        for number, title in (("243", "Things to Come"), ("247", "The Kernel Itself"), ("p03", "A Pilot")):
            make_episode(cls.show, number, title=title)
        names = HostName.objects.filter(show=cls.show)
        HostName.objects.create(show=cls.show, slug="annahost", name="Ann", host=names.get(slug="annhost").host)
        Tag.objects.create(name="lamp", alias_of=Tag.objects.get(name="lamps"))
        # What must not be seen is nearer than anything else.
        for show, number, moment in (
            (cls.show, "246", None),
            (cls.show, "244", timezone.now() + timedelta(days=1)),
            (make_show("lamp-talk", "LT"), "2450", timezone.now()),
        ):
            import_notes(
                show,
                make_notes(
                    acronym=show.acronym,
                    number=number,
                    title="Secret Things",
                    site_url=show.site_url,
                    tags=("azure spher", "lampz", "secrets"),
                    credits=(NotesCredit("host", "Ann Hosts", "annhosts"), NotesCredit("host", "Secret", "secret")),
                    placements=(NotesPlacement("Lamp Oil", "https://s.example"),),
                ),
            )
            Episode.objects.filter(show=show, number=number).update(published_at=moment)

    def urls(self, path: str) -> list[str]:
        return [suggestion.url for suggestion in suggestions(self.show, path)]

    def test_what_is_near(self):
        for path, urls in [
            # The episode of a number, or the next ones below and above.
            ("/2450", ["/247"]),
            ("/246", ["/245", "/247"]),
            ("/1", ["/243"]),
            ("/linux-245", ["/245"]),
            ("/ep245", ["/245"]),
            ("/LUP245", ["/245"]),
            ("/245.html", ["/245"]),
            ("/245/transcript", ["/245"]),
            ("/episodes/0245", ["/245"]),
            ("/show/linux-unplugged/245/", ["/245"]),
            ("/124162/microsoft-of-things-tr-245/", ["/245"]),
            ("/2fa", []),
            # Words of titles, the newest first; the acronym says nothing.
            ("/things", ["/243", "/245"]),
            ("/blog/THE-kernel.html", ["/247"]),
            ("/tr-microsoft-things", ["/245"]),
            ("/microsoft-kernel", []),
            ("/kernel-245", ["/245", "/247"]),
            ("/to", []),
            ("/", []),
            # People by slug and by name, each at their one address.
            ("/hosts/annhostt", ["/hosts/annhost", "/hosts/annhosting"]),
            ("/guests/Ann-Hosting", ["/hosts/annhosting", "/hosts/annhost"]),
            ("/hosts/secret", []),
            ("/hosts", []),
            # Tags, whatever is in them; aliases lead elsewhere already.
            ("/tags/azure%20sphere", ["/tags/azure%20sphere"]),
            ("/tags/azure+sphere", ["/tags/azure%20sphere"]),
            ("/Tags/azure-spheres", ["/tags/azure%20sphere"]),
            ("/tags/linux-kernel", ["/tags/linux%20kernel", "/tags/Linux%20kernels"]),
            ("/tags//boots", ["/tags/%2Fboot"]),
            ("/tags/lamp", ["/tags/lamps"]),
            ("/tags/secrets", []),
            ("/tags/zebra", []),
            # Sponsors.
            ("/sponsors/lamp-oil", ["/sponsors/lamp-oil-ltd"]),
            ("/sponsors/Rope%20and%20Sons", ["/sponsors/rope-sons"]),
            ("/sponsors/nobody", []),
        ]:
            with self.subTest(path):
                self.assertEqual(self.urls(path), urls)

    def test_a_suggestion_is_named_as_people_call_it(self):
        self.assertEqual(suggestions(self.show, "/ep245"), [("TR 245: Microsoft of Things", "/245")])
        self.assertEqual(suggestions(self.show, "/tags/azure-sphere"), [("azure sphere", "/tags/azure%20sphere")])
        self.assertEqual(suggestions(self.show, "/guests/annhosting")[0], ("Zed", "/hosts/annhosting"))

    def test_at_most_five(self):
        for number in range(300, 310):
            make_episode(self.show, str(number), title="Things again")
        self.assertEqual(self.urls("/things-309"), ["/309", "/308", "/307", "/306", "/305"])
        self.assertEqual(self.urls("/things-245"), ["/245", "/309", "/308", "/307", "/306"])

    def test_an_episode_without_a_title_has_a_name(self):
        Episode.objects.filter(number="245").update(title="")
        self.assertIn("TR 245: Untitled", [near.title for near in suggestions(self.show, "/ep245")])

    def test_the_page_leads_on(self):
        page = self.client.get("/ep245")
        self.assertContains(
            page, '<a href="/245" dir="auto">TR 245: Microsoft of Things</a>', status_code=404, html=True
        )
        self.assertContains(page, '<a href="/">Home</a>', status_code=404, html=True)
        self.assertContains(self.client.get("/hosts/zebra"), "<h1>Nothing is published here</h1>", status_code=404)

    def test_the_page_is_the_same_for_everyone(self):
        self.client.force_login(make_member("alice", self.show))
        mine, theirs = self.client.get("/2450"), Client().get("/2450")
        self.assertEqual(mine.content, theirs.content)
        self.assertFalse(mine.cookies)
        self.assertNotIn("Cookie", mine.get("Vary", ""))

    def test_only_a_shows_visitors_get_suggestions(self):
        with mock.patch("lupcms.urls.suggestions") as asked:
            for path, host in (("/admin/r/245/245/", "localhost"), ("/245", "evil.example")):
                self.assertEqual(Client(headers={"host": host}).get(path).status_code, 404)
            asked.assert_not_called()
            self.client.get("/ep245")
            asked.assert_called_once_with(self.show, "/ep245")

    def test_without_the_database_the_page_suggests_nothing(self):
        with mock.patch.object(module, "_numbered", side_effect=OperationalError("gone")) as asked:
            response = self.client.get("/ep245")
        asked.assert_called_once()
        self.assertContains(response, "Nothing is published here", status_code=404)
        self.assertNotContains(response, "This is near", status_code=404)

    def test_a_hostile_address_costs_little_and_is_not_repeated(self):
        for path in HOSTILE:
            with self.subTest(path[:40]):
                self.assertNotIn("/hosts/secret", self.urls(path))
                response = self.client.get("/", PATH_INFO=path.encode().decode("latin-1"))
                self.assertIn(response.status_code, (301, 404))
                page = response.content.decode()
                self.assertLess(len(page), 3000)
                for said in ("<script>", "\u202e", "\0", "aaaa", "9999"):
                    self.assertNotIn(said, page)
        self.assertEqual(self.client.get("/", PATH_INFO="/ep%ff245").status_code, 404)

    def test_a_hostile_title_stays_text(self):
        Episode.objects.filter(number="245").update(title="<script>alert(1)</script>")
        page = self.client.get("/ep245").content.decode()
        self.assertIn("TR 245: &lt;script&gt;", page)
        self.assertNotIn("<script>", page)

    def test_queries_and_rows_are_few_with_long_lists(self):
        costs = {
            "/ep245": 2,
            "/2450": 2,
            "/things": 1,
            "/things-2450": 3,
            "/hosts/annhostt": 1,
            "/tags/linux": 1,
            "/sponsors/lamp": 1,
            "/": 0,
        }
        for path, queries in costs.items():
            with self.subTest(path), self.assertNumQueries(queries):
                suggestions(self.show, path)
        episode = Episode.objects.get(number="245")
        tags = Tag.objects.bulk_create(Tag(name=f"linux {n:04}{'x' * (n % 60)}") for n in range(1000))
        EpisodeTag.objects.bulk_create(EpisodeTag(content_object=episode, tag=tag) for tag in tags)
        Episode.objects.bulk_create(
            Episode(
                show=self.show,
                number=str(n),
                slug=str(n),
                title="Things",
                published_at=timezone.now(),
                air_date=timezone.localdate(),
            )
            for n in range(1000, 1600)
        )
        for path, queries in costs.items():
            with self.subTest(path), self.assertNumQueries(queries):
                suggestions(self.show, path)
        with mock.patch.object(module, "get_close_matches", return_value=[]) as compared:
            suggestions(self.show, "/tags/linux")
        self.assertEqual(len(compared.call_args.args[1]), module.CANDIDATES)
        self.assertEqual(self.urls("/tags/linux-0960")[0], "/tags/linux%200960")
