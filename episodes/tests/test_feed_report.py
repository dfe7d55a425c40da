"""Feed health of our own shows: the command, and the page in the admin."""

import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.management import CommandError, call_command
from django.test import TestCase
from django.utils import timezone

from episodes.models import Episode
from episodes.tests.factories import make_episode, make_member, make_show
from lupcms.shows.models import Role, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in

FEEDS = Path(__file__).parent / "feeds"
GOLDEN = (FEEDS / "golden.xml").read_text()
CHOOSE = "/admin/episodes/episode/feed-health/"

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


def feed_of(show, *, broken: bool = False) -> bytes:
    """A feed of the show's episodes, good but for lengths of 0 where it is `broken`."""
    item = GOLDEN[GOLDEN.rindex("<item>") : GOLDEN.rindex("</item>") + 7]
    items = [
        item.replace(">trailer</guid>", f">{episode.guid}</guid>")
        .replace("tide.example/trailer", f"tide.example/{episode.slug}")
        .replace("trailer.mp3", f"{episode.slug}.mp3")
        .replace('"480000"', '"0"' if broken else '"480000"')
        for episode in show.episodes.in_feed()
    ]
    feed = re.sub(r"<item>.*</item>", lambda _: "".join(items), GOLDEN, flags=re.DOTALL)
    return feed.replace("https://tide.example/rss", f"{show.site_url}/rss").encode()


def serve(data: bytes):
    return patch("episodes.feeds.report.feed_bytes", return_value=data)


def make_aired(show, number, **fields):
    fields = {"enclosure_url": f"https://media.example/{number}.mp3"} | fields
    return make_episode(show, number, **fields)


def run(*arguments) -> tuple[int, list[str]]:
    """Exit status and lines."""
    out = StringIO()
    try:
        call_command("lint_feed", *map(str, arguments), stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


class CommandTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        make_aired(cls.show, "001", guid="first")

    def test_a_good_feed_of_a_show_exits_with_0(self):
        with serve(feed_of(self.show)):
            self.assertEqual(run("TR", "--strict"), (0, ["TR: 0 errors, 0 warnings, 0 notes."]))
            self.assertEqual(run("tide-radio")[0], 0)

    def test_a_line_a_problem_and_exit_1_on_errors(self):
        with serve(feed_of(self.show, broken=True)):
            status, lines = run("TR")
        self.assertEqual(status, 1)
        self.assertRegex(
            lines[0], r"^item 1 “The sea is coming” \(first\), line \d+: A48 error: The enclosure’s length"
        )
        self.assertEqual(lines[1:], ["TR: 1 error, 0 warnings, 0 notes."])

    def test_a_file_is_read_and_strict_counts_warnings(self):
        file = self.folder / "feed.xml"
        file.write_text(GOLDEN.replace('url="https://tide.example/join"', 'url="http://tide.example/join"'))
        status, lines = run(file)
        self.assertEqual((status, lines[-1]), (0, f"{file}: 0 errors, 1 warning, 0 notes."))
        self.assertEqual(run(file, "--strict")[0], 1)

    def test_the_feed_before_shows_what_changed(self):
        before = self.folder / "before.xml"
        before.write_bytes(feed_of(self.show))
        with serve(feed_of(self.show).replace(b">first<", b">FIRST<")):
            status, lines = run("TR", "--previous", before)
        self.assertEqual(status, 1)
        self.assertIn("A74 error: The GUID was first, in other letter case", lines[0])

    def test_what_is_not_there_is_said(self):
        for arguments, said in (
            (["no-such"], "There is no show and no file no-such."),
            (["TR", "--previous", "/no/such"], "/no/such: No such file or directory."),
            ([str(self.folder)], f"{self.folder}: Is a directory."),
            (["https://localhost/rss"], "https://localhost/rss was not read: its address is not public."),
        ):
            with self.assertRaisesMessage(CommandError, said), self.settings(ASK_OTHER_SERVERS=True):
                run(*arguments)
        make_show("mute", "MU", site_url="")
        with self.assertRaisesMessage(CommandError, "has no site URL, and so no feed."):
            run("MU")

    @pytest.fixture(autouse=True)
    def _folder(self, tmp_path):
        self.folder = tmp_path


class PageTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("bobs-show", "BS", title="Bob’s show")
        cls.good = make_aired(cls.show, "001", guid="first")
        cls.vera = make_member("vera", cls.show, Role.VIEWER)
        cls.bob = make_member("bob", cls.other)
        cls.url = f"{CHOOSE}{cls.show.pk}/"

    def setUp(self):
        self.client.force_login(self.vera)

    def page(self, data: bytes) -> str:
        with serve(data):
            response = self.client.get(self.url)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_the_list_of_episodes_leads_there(self):
        self.assertContains(self.client.get("/admin/episodes/episode/"), f'href="{CHOOSE}"')
        self.assertRedirects(self.client.get(CHOOSE), self.url, fetch_redirect_response=False)

    def test_who_has_several_shows_chooses(self):
        admin = User.objects.create(username="admin", is_superuser=True, is_staff=True)
        self.client.force_login(admin)
        page = self.client.get(CHOOSE)
        for show in (self.show, self.other):
            self.assertContains(page, f'href="{CHOOSE}{show.pk}/"')

    def test_a_good_feed_is_called_good(self):
        page = self.page(feed_of(self.show))
        self.assertIn("Nothing is wrong with the feed.", page)
        self.assertNotIn("in no feed", page)
        self.assertNotIn("Errors", page)

    def test_a_problem_says_what_to_do_and_leads_to_the_episode(self):
        page = self.page(feed_of(self.show, broken=True))
        self.assertIn(">Errors (1)</h2>", page)
        self.assertIn("The enclosure’s length is “0”: give the bytes of the file.", page)
        self.assertIn("A48, RSS 2.0", page)
        self.assertIn(f'<a href="/admin/episodes/episode/{self.good.pk}/change/">001: The first tide</a>', page)

    def test_text_from_a_feed_stays_text(self):
        evil = feed_of(self.show).replace(b"<ttl>60", b"<ttl>&lt;script&gt;alert(1)&lt;/script&gt;")
        self.assertIn("ttl is “&lt;script&gt;alert(1)&lt;/script&gt;”", self.page(evil))

    def test_published_episodes_that_no_feed_has_are_listed_with_the_reason(self):
        make_aired(self.show, "002", guid=None)
        make_aired(self.show, "003", guid=None, enclosure_url="")
        make_aired(self.show, "004", is_blocked=True)
        make_aired(self.show, "005", enclosure_url="", published=False)
        make_aired(self.show, "006", enclosure_url="", published_at=timezone.now() + timedelta(days=1))
        page = self.page(feed_of(self.show))
        self.assertIn("Published, and in no feed (3)", page)
        said = dict(re.findall(r"change/\">(\d{3}): The first tide</a></th><td>(.*?)</td>", page))
        self.assertEqual(
            said,
            {
                "002": "It has no GUID.",
                "003": "It has no GUID, it has no audio.",
                "004": "It is kept out of feeds.",
            },
        )

    def test_another_shows_member_finds_nothing(self):
        self.client.force_login(self.bob)
        with serve(feed_of(self.show)):
            self.assertEqual(self.client.get(self.url).status_code, 404)
        self.client.logout()
        self.assertEqual(self.client.get(self.url).status_code, 302)

    def test_it_is_read_and_nothing_else(self):
        self.assertEqual(self.client.post(self.url).status_code, 405)

    def test_a_show_without_an_address_has_no_feed(self):
        type(self.show).objects.update(site_url="")
        self.assertContains(self.client.get(self.url), "has no site URL, and so no feed")

    def test_the_queries_do_not_grow(self):
        for number in range(200, 240, 20):
            with serve(feed_of(self.show, broken=True)), self.assertNumQueries(8):
                self.client.get(self.url)
            for n in range(20):
                make_aired(self.show, str(number + n), is_blocked=n % 2 == 0)
        self.assertEqual(Episode.objects.count(), 41)


WINDOWS = {
    "light": {"viewport": {"width": 1366, "height": 768}},
    "dark": {"viewport": {"width": 1366, "height": 768}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}},
}


@needs_chromium
@needs_npm
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("window", WINDOWS)
def test_axe_finds_nothing_serious(live_server, browser, window):
    show = make_show()
    make_aired(show, "001", guid="first")
    make_aired(show, "002", guid=None)
    context = browser.new_context(base_url=live_server.url, **WINDOWS[window])
    visitor = Visitor(context)
    sign_in(visitor, live_server.url, make_member("vera", show, Role.VIEWER))
    feed = feed_of(show, broken=True).replace(b"</ttl>", b"0</ttl>").replace(b"<generator>By hand</generator>", b"")
    with serve(feed):
        visitor.page.goto(f"{CHOOSE}{show.pk}/")
    assert visitor.page.locator("h2").all_inner_texts() == [
        "Errors (1)",
        "Warnings (1)",
        "Notes (1)",
        "Published, and in no feed (1)",
    ]
    assert accessibility_problems(visitor.page, impacts=("serious", "critical")) == []
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= WINDOWS[window]["viewport"]["width"]
    assert visitor.complaints == []
    context.close()
