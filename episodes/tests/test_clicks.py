"""`/go`: it leads to the stored address, counts people, and keeps nothing of them."""

from datetime import UTC, date, datetime, timedelta
from unittest import mock

from django.db import InterfaceError, OperationalError
from django.test import Client, TestCase
from django.utils import timezone

from episodes.models import ClickCount
from episodes.tests.factories import add_placement, make_episode, make_show
from lupcms.shows.counts import DailyCountQuerySet
from lupcms.shows.tests.test_counts import FIREFOX


class GoTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(clicks_counted_since=date(2024, 5, 1))
        cls.episode = make_episode(cls.show)
        cls.placement = add_placement(cls.episode, url="https://oil.example/?from=tide&n=1")
        cls.path = f"/go/{cls.placement.pk}"

    def setUp(self):
        self.charlie = Client(headers={"User-Agent": FIREFOX})

    def counted(self) -> int:
        return sum(ClickCount.objects.values_list("count", flat=True))

    def test_it_leads_to_the_stored_address_and_counts(self):
        for _ in range(3):
            response = self.charlie.get(self.path)
        self.assertEqual(response.status_code, 302)
        self.assertEqual(response["Location"], "https://oil.example/?from=tide&n=1")
        self.assertEqual(response["Cache-Control"], "no-store")
        self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(response["Referrer-Policy"], "strict-origin-when-cross-origin")
        self.assertEqual(response.content, b"")
        self.assertFalse(response.cookies)
        self.assertEqual(
            list(ClickCount.objects.values_list("placement", "day", "count")),
            [(self.placement.pk, self.show.today(), 3)],
        )

    def test_the_day_is_the_shows(self):
        """23:30 in Los Angeles is the next morning in UTC."""
        with mock.patch("django.utils.timezone.now", return_value=datetime(2024, 7, 2, 6, 30, tzinfo=UTC)):
            self.charlie.get(self.path)
        self.assertEqual(ClickCount.objects.get().day, date(2024, 7, 1))

    def test_it_counts_from_the_shows_day_on(self):
        today = self.show.today()
        for since, counted in ((None, 0), (today + timedelta(days=1), 0), (today, 1)):
            self.show.clicks_counted_since = since
            self.show.save()
            with self.subTest(since):
                self.assertEqual(self.charlie.get(self.path)["Location"], self.placement.url)
                self.assertEqual(self.counted(), counted)

    def test_robots_and_head_are_led_and_not_counted(self):
        self.assertEqual(Client(headers={"User-Agent": "Googlebot/2.1"}).get(self.path).status_code, 302)
        self.assertEqual(self.charlie.head(self.path).status_code, 302)
        self.assertEqual(self.charlie.get(self.path, headers={"Sec-Purpose": "prefetch;prerender"}).status_code, 302)
        self.assertEqual(self.counted(), 0)

    def test_nothing_can_be_posted(self):
        self.assertEqual(self.charlie.post(self.path).status_code, 405)
        self.assertEqual(self.counted(), 0)

    def test_other_addresses_lead_nowhere(self):
        other = make_show("lamp-talk", "LT", clicks_counted_since=date(2024, 5, 1))
        theirs = add_placement(make_episode(other))
        draft = add_placement(make_episode(self.show, "002", published=False))
        ahead = timezone.now() + timedelta(hours=1)
        scheduled = add_placement(make_episode(self.show, "003", published_at=ahead))
        unknown = [theirs.pk, draft.pk, scheduled.pk, 0, 10**6, 10**30, "9" * 5000]
        for pk in [*unknown, -1, "x", f"{self.placement.pk}/x", f"{self.placement.pk}.md"]:
            with self.subTest(str(pk)[:40]):
                self.assertEqual(self.charlie.get(f"/go/{pk}").status_code, 404)
        self.assertEqual(self.counted(), 0)

    def test_only_an_address_of_the_web_is_followed(self):
        for url in (
            "mailto:a@oil.example",
            "javascript:alert(1)",
            "ftp://oil.example",
            "//oil.example",
            "/1",
            "",
            "oil",
        ):
            self.placement.url = url
            self.placement.save()
            with self.subTest(url):
                self.assertEqual(self.charlie.get(self.path).status_code, 404)
        self.assertEqual(self.counted(), 0)

    def test_a_page_leads_through_it_only_where_it_leads_on(self):
        other = add_placement(self.episode, "Ann", url="mailto:ann@oil.example")
        page = self.charlie.get("/1").content.decode()
        self.assertIn(f'<a href="{self.path}" rel="sponsored noopener">', page)
        self.assertIn('<bdi class="site">oil.example</bdi>', page)
        self.assertIn('<a href="mailto:ann@oil.example" rel="sponsored noopener">Ann</a>', page)
        self.assertNotIn(f"/go/{other.pk}", page)

    def test_an_odd_address_is_a_valid_header(self):
        for url, location in [
            ("https://oil.example/a b", "https://oil.example/a%20b"),
            ("HTTPS://oil.example/ö?q=ü#é", "HTTPS://oil.example/%C3%B6?q=%C3%BC#%C3%A9"),
            ("https://oil.example/\r\nSet-Cookie: a=b", "https://oil.example/%0D%0ASet-Cookie:%20a=b"),
            ("https://oil.example/\t\x01\x7f", "https://oil.example/%09%01%7F"),
            ('https://oil.example/%zz\\"<>', "https://oil.example/%zz%5C%22%3C%3E"),
            ("https://ölampe.example/", "https://%C3%B6lampe.example/"),
            ("http://[broken", "http://[broken"),
            ("https://", "https://"),
            ("https://oil.example/" + "a" * 5000, "https://oil.example/" + "a" * 5000),
        ]:
            self.placement.url = url
            self.placement.save()
            with self.subTest(url[:40]):
                response = self.charlie.get(self.path)
                self.assertEqual((response.status_code, response["Location"]), (302, location))

    def test_nothing_in_the_request_changes_where_it_leads(self):
        for query in ("url=https://evil.example", "next=//evil.example"):
            self.assertEqual(self.charlie.get(f"{self.path}?{query}")["Location"], self.placement.url)

    def test_other_forms_of_the_address_lead_there_too(self):
        for path in (f"/Go/{self.placement.pk}", f"/go/{self.placement.pk}/", f"//go//{self.placement.pk}"):
            response = self.client.get("/", PATH_INFO=path, headers={"User-Agent": FIREFOX})
            self.assertEqual((response.status_code, response["Location"]), (302, self.placement.url), path)
        self.assertEqual(self.counted(), 3)

    def test_where_nothing_can_be_written_the_visitor_goes_on(self):
        for error in (OperationalError("database is locked"), InterfaceError("gone")):
            with (
                mock.patch.object(DailyCountQuerySet, "_increment", side_effect=error),
                self.assertLogs("episodes.clicks", "WARNING") as logs,
            ):
                response = self.charlie.get(self.path, REMOTE_ADDR="203.0.113.9")
            self.assertEqual((response.status_code, response["Location"]), (302, self.placement.url))
            name = type(error).__name__
            line = f"WARNING:episodes.clicks:A press was not counted: placement {self.placement.pk}: {name}"
            self.assertEqual(logs.output, [line])

    def test_a_press_takes_three_queries(self):
        """The show, the placement, the count."""
        self.charlie.get(self.path)
        with self.assertNumQueries(3):
            self.charlie.get(self.path)
