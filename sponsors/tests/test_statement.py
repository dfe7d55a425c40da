"""A sponsor's own page: who may read it, what it says, and how it is told that something is wrong."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from io import StringIO
from unittest import mock

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.test import Client, TestCase, override_settings, skipUnlessDBFeature
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from reversion.models import Revision

from episodes.models import ClickCount, Correction, Downloads
from episodes.tests.factories import (
    add_placement,
    import_notes,
    make_campaign,
    make_episode,
    make_member,
    make_notes,
    make_offer,
    make_recipient,
    make_show,
)
from episodes.tests.test_admin import change_url, save, unpublish
from episodes.tests.test_placements import at
from lupcms.shows.models import Show
from sponsors.models import Kind, ShortLink, Sponsor
from sponsors.reports import COLUMNS, csv_of, last_month, report

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

MAY = {"from": "2024-05-01", "to": "2024-05-31"}


class StatementTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show, title="The first tide")
        cls.placement = add_placement(cls.episode, "Oil", kind=Kind.PAID, starts_at_seconds=810)
        cls.sponsor = cls.placement.sponsor
        cls.theirs = add_placement(cls.episode, "Rope", promo_code="ROPE", position=2)
        cls.elsewhere = add_placement(make_episode(cls.other, title="Lamps at night"), "Oil", promo_code="LAMPS")
        cls.recipient, token = make_recipient(cls.sponsor, cls.show)
        cls.url = f"/sponsors/private/{token}"

    def page(self, url: str | None = None, **asked: str) -> str:
        response = self.client.get(url or self.url, asked or MAY)
        self.assertEqual(response.status_code, 200)
        # A token may spell anything.
        return re.sub(r"(/sponsors/private/)[\w-]+", r"\1…", response.content.decode())

    def rows(self, **asked: str) -> list[dict[str, str]]:
        response = self.client.get(f"{self.url}/spots.csv", asked or MAY)
        return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


class KeyTests(StatementTestCase):
    def test_a_wrong_an_old_and_a_revoked_address_get_the_same_404(self):
        wrong = self.client.get("/sponsors/private/guessed")
        self.assertEqual(wrong.status_code, 404)
        old = self.url
        self.recipient.new_token()
        self.recipient.save()
        answers = [self.client.get(old)]
        recipient, token = make_recipient(self.sponsor, self.show)
        recipient.revoked_at = timezone.now()
        recipient.save()
        answers += [
            self.client.get(f"/sponsors/private/{token}"),
            self.client.get(f"/sponsors/private/{token}/spots.csv"),
        ]
        answers += [self.client.post(old, {"placement": self.placement.pk, "message": "Wrong."})]
        for answer in answers:
            self.assertEqual((answer.status_code, answer.content), (404, wrong.content))
            self.assertEqual(answer.headers, wrong.headers)
        self.assertFalse(Correction.objects.exists())

    def test_nothing_of_it_is_kept_indexed_or_told(self):
        for url in (self.url, f"{self.url}/spots.csv", "/sponsors/private/guessed"):
            response = self.client.get(url)
            self.assertEqual(response["Cache-Control"], "no-store, private")
            self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow")
            self.assertEqual(response["Referrer-Policy"], "no-referrer")
            self.assertFalse(response.cookies)
        for way in (f"{self.url}/", f"{self.url}/spots.csv/", self.url.replace("/s", "/S", 1)):
            response = self.client.get(way)
            self.assertEqual(response.status_code, 301, way)
            self.assertEqual(response["Cache-Control"], "no-store, private")
            self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow")
            self.assertEqual(response["Referrer-Policy"], "no-referrer")
        self.assertIn('<meta name="robots" content="noindex, nofollow">', self.page())

    def test_a_sponsors_address_shows_nothing_of_another_sponsor_or_show(self):
        page = self.page()
        self.assertIn("TIDE", page)
        self.assertNotIn("ROPE", page)
        self.assertNotIn("LAMPS", page)
        self.assertEqual(self.client.get(self.url, headers={"host": "lamp-talk.localhost"}).status_code, 404)
        _, token = make_recipient(self.theirs.sponsor, self.show, self.other)
        page = self.page(f"/sponsors/private/{token}")
        self.assertIn("ROPE", page)
        self.assertNotIn("TIDE", page)

    def test_a_show_that_is_not_theirs_cannot_be_asked_for(self):
        page = self.page(**MAY, show="lamp-talk")
        self.assertNotIn("LAMPS", page)
        self.assertIn("Select a valid choice", page)

    def test_the_token_is_stored_as_a_digest_only(self):
        token = self.url.rpartition("/")[2]
        self.assertGreaterEqual(len(token), 32)
        self.assertNotIn(token, str(list(type(self.recipient).objects.values())))

    def test_the_day_it_was_last_opened_is_known(self):
        self.page()
        self.recipient.refresh_from_db()
        self.assertEqual(self.recipient.last_seen_on, timezone.localdate())

    def test_it_is_read_also_while_nothing_can_be_written(self):
        error = OperationalError("database is locked")
        with mock.patch.object(QuerySet, "update", side_effect=error):
            self.assertIn("TIDE", self.page())

    def test_it_stands_on_the_networks_host_too(self):
        with self.settings(NETWORK_URL="http://network.example"):
            response = self.client.get(self.url, MAY, headers={"host": "network.example"})
        self.assertContains(response, "TIDE")


class ContentTests(StatementTestCase):
    def test_it_opens_on_last_month(self):
        with at("2024-06-01T00:00:00-07:00"):
            self.assertIn("TIDE", self.page(show=""))
        with at("2024-05-31T23:59:00-07:00"):
            page = self.page(show="")
        self.assertNotIn("TIDE", page)
        self.assertIn("Nothing ran in this period.", page)
        self.assertIn("1 April 2024 to 30 April 2024", page)

    def test_a_period_that_cannot_be_read_is_said_and_last_month_shown(self):
        page = self.page(**{"from": "2024-05-31", "to": "2024-05-01"})
        self.assertIn("The period ends before it begins.", page)
        self.assertIn("Enter a valid date", self.page(**{"from": "yesterday", "to": "2024-05-01"}))

    def test_a_spot_is_what_was_published_with_a_link_to_the_very_place(self):
        page = self.page()
        for text in (
            "2 May 2024",
            "TR 001: The first tide",
            "Ten per cent off.",
            "<code>TIDE</code>",
            "https://oil.example",
            "Paid",
            'href="https://tide-radio.example/1#sponsor-1"',
            ">13:30</a>",
        ):
            self.assertIn(text, page)
        self.assertIn('id="sponsor-1"', self.client.get("/1").content.decode())

    def test_the_spot_is_found_also_after_others_on_the_page(self):
        second = add_placement(self.episode, "Oil", promo_code="AGAIN", position=3)
        self.assertIn("/1#sponsor-3", self.page())
        self.assertIn('<li id="sponsor-3" dir="auto">', self.client.get("/1").content.decode())
        self.assertEqual([row["promo code"] for row in self.rows()], ["TIDE", second.promo_code])

    def test_what_is_not_counted_is_never_0(self):
        self.assertIn("not counted", self.page())
        self.assertEqual(self.rows()[0]["clicks"], "")
        Show.objects.filter(pk=self.show.pk).update(clicks_counted_since=date(2024, 5, 2))
        self.assertEqual(self.rows()[0]["clicks"], "0")
        Show.objects.filter(pk=self.show.pk).update(clicks_counted_since=date(2024, 5, 10))
        ClickCount.objects.create(placement=self.placement, day=date(2024, 5, 10), count=7)
        ClickCount.objects.create(placement=self.placement, day=date(2024, 6, 1), count=2)
        (row,) = self.rows()
        self.assertEqual((row["clicks"], row["clicks counted since"]), ("9", "2024-05-10"))
        self.assertIn("9 (counted since 10 May 2024)", self.page())
        Show.objects.filter(pk=self.show.pk).update(clicks_counted_since=None)
        self.assertEqual(self.rows()[0]["clicks"], "9")

    def test_what_will_be_counted_and_what_is_no_link_is_not_0_either(self):
        link = ShortLink.objects.create(show=self.show, word="oil", sponsor=self.sponsor)
        Show.objects.filter(pk=self.show.pk).update(clicks_counted_since=date(2999, 1, 1))
        page = self.page(**{"from": "2024-05-01", "to": "2999-12-31"})
        self.assertEqual((page.count("not counted"), page.count("counted since")), (2, 0))
        link.delete()
        Show.objects.filter(pk=self.show.pk).update(clicks_counted_since=date(2024, 5, 2))
        self.placement.url = "call us"
        self.placement.save()
        self.assertIn("not counted", self.page())

    def test_downloads_name_who_counted_them(self):
        Downloads.objects.create(episode=self.episode, days=7, count=1200, source="The old host")
        page, (row,) = self.page(), self.rows()
        self.assertIn("counted by The old host", page)
        self.assertEqual((row["downloads in 7 days"], row["downloads in 30 days"]), ("1200", ""))
        self.assertEqual(row["downloads counted by"], "The old host")

    def test_an_archive_may_be_incomplete_and_says_so(self):
        self.assertNotIn("archive", self.page())
        import_notes(self.show, make_notes(number="002", placements=(), air_date=date(2024, 5, 9)))
        add_placement(self.show.episodes.get(number="002"), "Oil", position=1)
        self.assertIn("may be incomplete", self.page())

    def test_a_later_change_is_shown_with_who_before_and_after(self):
        self.client.force_login(self.alice)
        save(self.client, change_url(self.episode), placements__0__words="Half off.")
        page = Client().get(self.url, MAY).content.decode()
        self.assertIn("(alice)", page)
        self.assertIn("<del>Ten per cent off.</del> <ins>Half off.</ins>", page)
        self.assertIn("by alice: words from “Ten per cent off.” to “Half off.”", self.rows()[0]["later changes"])

    @override_settings(NETWORK_URL="https://network.example", ALLOWED_HOSTS=["*"])
    def test_days_of_changes_are_those_of_the_show(self):
        """On 11 May at 6:30 in London it is 10 May in Los Angeles."""
        add_placement(self.episode, "Oil", position=3)
        self.client.force_login(self.alice)
        save(self.client, change_url(self.episode), placements__0__words="Half off.", placements__2__DELETE="on")
        Revision.objects.update(date_created=datetime(2024, 5, 11, 5, 30, tzinfo=UTC))
        page = Client().get(self.url, MAY, headers={"host": "network.example"}).content.decode()
        self.assertEqual(page.count(">10 May 2024</time> (alice)"), 2)
        changed, removed = self.rows()
        self.assertTrue(changed["later changes"].startswith("2024-05-10 by alice: words from "))
        self.assertEqual(removed["state"], "removed on 2024-05-10 by alice")

    def test_a_spot_that_was_taken_off_is_shown_also_after_a_merge(self):
        self.client.force_login(self.alice)
        save(self.client, change_url(self.episode), placements__0__DELETE="on")
        Sponsor.objects.create(name="Petroleum", slug="petroleum").absorb(self.sponsor)
        page, (row,) = self.page(), self.rows()
        self.assertIn("Taken off the page later", page)
        self.assertIn("spots.csv", page)
        self.assertEqual((row["promo code"], row["episode"]), ("TIDE", "TR 001"))
        self.assertIn("by alice", row["state"])

    def test_nothing_is_told_of_an_episode_that_was_taken_back(self):
        self.client.force_login(self.alice)
        save(self.client, change_url(self.episode), placements__0__DELETE="on")
        self.assertEqual(len(self.rows()), 1)
        unpublish(self.client, self.episode)
        self.assertEqual(self.rows(), [])

    def test_of_what_is_scheduled_day_and_show_are_told_and_nothing_else(self):
        later = timezone.now() + timedelta(days=400)
        ahead = make_episode(self.show, "009", title="Secret", published_at=later, air_date=date(2030, 1, 2))
        add_placement(ahead, "Oil", promo_code="AHEAD", words="Not said yet.")
        add_placement(make_episode(self.show, "010", published=False), "Oil", promo_code="DRAFT")
        told = [{"aired on": "2030-01-02", "show": "Tide Radio", "state": "scheduled"}]
        for asked, ran in ((MAY, 1), ({"from": "2030-01-01", "to": "2030-01-31"}, 0)):
            page = self.page(**asked)
            self.assertIn("2 January 2030", page)
            for secret in ("Secret", "009", "AHEAD", "Not said yet", "DRAFT"):
                self.assertNotIn(secret, page)
            rows = [{name: cell for name, cell in row.items() if cell} for row in self.rows(**asked)]
            self.assertEqual(rows[ran:], told)

    def test_campaigns_say_what_was_booked_delivered_and_is_owed(self):
        campaign = make_campaign(self.sponsor, self.show, spots=3)
        self.placement.campaign = campaign
        self.placement.save()
        make_campaign(self.sponsor, self.other, spots=77)
        page = self.page()
        self.assertIn("1 May 2024 – 31 May 2024", page)
        self.assertIn("<td>3</td><td>1</td><td>0</td><td><strong>2</strong></td>", page)
        self.assertNotIn("77", page)

    def test_offers_have_their_dates_and_spoken_links_their_uses(self):
        offer = make_offer(self.sponsor, self.show, promo_code="OFFER", valid_until=date(2030, 5, 31))
        make_offer(self.sponsor, self.other, promo_code="NOTHERE")
        link = ShortLink.objects.create(show=self.show, word="oil", sponsor=self.sponsor, offer=offer)
        link.counts.add_one(day=date(2024, 5, 3), short_link=link)
        link.counts.add_one(day=date(2024, 6, 3), short_link=link)
        page = self.page()
        self.assertIn("Until 31 May 2030", page)
        self.assertNotIn("NOTHERE", page)
        self.assertIn("followed 1 time<", page)

    def test_what_was_said_stands_under_the_words(self):
        cues = [
            [800_000, 809_000, "Nell", "And now to something else."],
            [810_000, 815_000, "Nell", "Oil for <lamps>,"],
            [815_000, 820_000, "", "ten per cent off."],
            [869_000, 880_000, "", "Back to the water."],
            [870_000, 880_000, "", "A minute later."],
        ]
        german = [[810_000, 815_000, "", "Öl"]]
        for language, said in (("de", german), ("en", cues), ("fr", german)):
            self.episode.transcripts.create(language=language, format="vtt", cues=said)
        spoken = '<dt>As spoken</dt><dd dir="auto">Oil for &lt;lamps&gt;, ten per cent off.{}</dd>'
        self.assertIn(spoken.format(" Back to the water."), self.page())
        self.placement.ends_at_seconds = 821
        self.placement.save()
        self.assertIn(spoken.format(""), self.page())
        self.placement.starts_at_seconds = self.placement.ends_at_seconds = None
        self.placement.save()
        self.assertNotIn("As spoken", self.page())

    def test_ten_spots_cost_what_one_does(self):
        make_campaign(self.sponsor, self.show)
        self.page()
        with self.assertNumQueries(20):
            self.page()
        for number in range(2, 11):
            episode = make_episode(self.show, f"{number:03}", air_date=date(2024, 5, number))
            placement = add_placement(episode, "Oil", starts_at_seconds=0)
            episode.transcripts.create(language="en", format="vtt", cues=[[0, 1000, "", f"Oil {number}"]])
            make_campaign(self.sponsor, self.show)
            make_offer(self.sponsor, self.show)
            ClickCount.objects.create(placement=placement, day=date(2024, 5, 10), count=7)
        with self.assertNumQueries(20):
            page = self.page()
        self.assertEqual(page.count('id="spot-'), 10)
        self.assertEqual(page.count("<dt>As spoken</dt>"), 9)

    def test_a_spreadsheet_of_a_period_that_cannot_be_read_is_none(self):
        for asked in ({"from": "x"}, {"from": "2024-05-31", "to": "2024-05-01"}, {"show": "lamp-talk"}):
            answer = self.client.get(f"{self.url}/spots.csv", asked)
            self.assertContains(answer, "cannot be read", status_code=400)
            self.assertEqual(answer["Cache-Control"], "no-store, private")


class CorrectionTests(StatementTestCase):
    def say(self, message: str = "The code is TIDES.", placement: object = None, url: str | None = None):
        spot = self.placement if placement is None else placement
        return Client().post(
            f"{url or self.url}?{'&'.join(f'{k}={v}' for k, v in MAY.items())}",
            {"placement": getattr(spot, "pk", spot), "message": message},
        )

    def test_what_is_wrong_reaches_the_producers_and_the_answer_the_sponsor(self):
        response = self.say()
        correction = Correction.objects.get()
        self.assertRedirects(response, f"{self.url}?from=2024-05-01&to=2024-05-31#correction-{correction.pk}", 302)
        self.assertEqual((correction.show, correction.sponsor, correction.state), (self.show, self.sponsor, "open"))
        self.assertEqual((correction.about, correction.recipient), ("TR 001, Oil", self.recipient))
        self.assertIn("Sent, not answered yet", self.page())
        correction.state, correction.answer = "done", "You are right: it is TIDES now."
        correction.save()
        page = self.page()
        self.assertIn("You are right: it is TIDES now.", page)
        self.assertIn("Done", page)

    def test_another_sponsors_spot_another_shows_and_a_draft_cannot_be_named(self):
        draft = add_placement(make_episode(self.show, "002", published=False), "Oil")
        for spot in (self.theirs, self.elsewhere, draft, "", "x", "9" * 40):
            with self.subTest(spot=spot):
                self.assertEqual(self.say(placement=spot).status_code, 400)
        self.assertFalse(Correction.objects.exists())

    def test_a_page_left_open_beyond_the_month_still_says_what_was_refused(self):
        with at("2024-06-30T23:50:00-07:00"):
            page = self.page(show="")
        asked = unescape(re.findall(r'<form method="post" action="([^"]*)">', page)[0])
        with at("2024-07-01T00:10:00-07:00"):
            response = Client().post(f"{self.url}{asked}", {"placement": self.placement.pk, "message": "x" * 2001})
        self.assertContains(response, "at most 2000 characters", status_code=400)
        self.assertContains(response, "x" * 2001, status_code=400)

    def test_a_spot_that_is_gone_is_said(self):
        self.assertContains(self.say(placement=self.theirs), "no longer on its page", status_code=400)
        self.assertNotIn("no longer on its page", self.page())

    def test_nothing_said_and_too_much_said_is_refused_and_kept_in_the_box(self):
        self.assertContains(self.say(" "), "Say what is wrong.", status_code=400)
        response = self.say("<x>" * 700)
        self.assertContains(response, "at most 2000 characters", status_code=400)
        self.assertContains(response, "&lt;x&gt;&lt;x&gt;", status_code=400)
        self.assertFalse(Correction.objects.exists())

    def test_pressing_twice_says_it_once(self):
        first, second = self.say(), self.say()
        self.assertEqual(first["Location"], second["Location"])
        self.assertEqual(Correction.objects.count(), 1)

    def test_more_than_twenty_a_day_are_refused(self):
        for number in range(20):
            self.assertEqual(self.say(f"Wrong {number}.").status_code, 302)
        self.assertContains(self.say("One more."), "a lot for one day", status_code=400)
        Correction.objects.update(sent_at=timezone.now() - timedelta(days=1, seconds=1))
        self.assertEqual(self.say("One more.").status_code, 302)

    @skipUnlessDBFeature("has_select_for_update")
    def test_what_is_sent_at_once_is_counted_one_after_the_other(self):
        with CaptureQueriesContext(connection) as queries:
            self.say()
        locking = [query["sql"] for query in queries if "FOR UPDATE" in query["sql"]]
        self.assertEqual(["sponsors_recipient" in sql for sql in locking], [True])

    def test_a_correction_outlives_its_spot_and_a_merge(self):
        self.say()
        self.placement.delete()
        Sponsor.objects.create(name="Petroleum", slug="petroleum").absorb(self.sponsor)
        self.assertIn("TR 001, Oil", self.page())

    def test_nobody_else_can_post_to_a_public_page(self):
        strict = Client(enforce_csrf_checks=True)
        for path in ("/", "/1", "/sponsors", "/sponsors/oil", "/sponsors/private", "/sponsors/private/"):
            self.assertEqual(strict.post(path).status_code, 405, path)
        for path in (f"{self.url}/spots.csv", f"{self.url}/", f"{self.url}/x", f"/{self.url}"):
            response = strict.post(path)
            self.assertEqual((response.status_code, response["Allow"]), (405, "GET, HEAD"), path)


class ReportTests(StatementTestCase):
    def test_last_month(self):
        self.assertEqual(last_month(date(2024, 3, 31)), (date(2024, 2, 1), date(2024, 2, 29)))
        self.assertEqual(last_month(date(2024, 1, 1)), (date(2023, 12, 1), date(2023, 12, 31)))

    def test_no_cell_begins_a_formula(self):
        for hostile in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1", "\t1", "\r1", "\n1"):
            self.placement.words = self.placement.name = self.placement.promo_code = hostile
            self.placement.save()
            found = report(self.sponsor, Show.objects.filter(pk=self.show.pk), date(2024, 5, 1), date(2024, 5, 31))
            ((_, row),) = [(0, row) for row in csv.DictReader(StringIO(csv_of(found), newline=""))]
            for column in ("words", "name", "promo code"):
                self.assertEqual(row[column], f"'{hostile}")

    def test_the_command_prints_the_same_rows(self):
        out = StringIO()
        options = {"first": date(2024, 5, 1), "last": date(2024, 5, 31), "stdout": out}
        call_command("sponsor_report", "oil", csv=True, **options)
        rows = list(csv.DictReader(StringIO(out.getvalue())))
        self.assertEqual(list(rows[0]), list(COLUMNS))
        self.assertEqual([row["promo code"] for row in rows], ["TIDE", "LAMPS"])
        out.truncate(0)
        out.seek(0)
        call_command("sponsor_report", "Oil", **options)
        self.assertIn("2024-05-02  TR 001", out.getvalue())
        self.assertIn("2 spots", out.getvalue().splitlines()[-1])

    def test_the_command_opens_on_the_month_of_the_page(self):
        with at("2024-05-31T18:00:00-07:00"):
            out = StringIO()
            call_command("sponsor_report", "oil", stdout=out)
            self.assertIn("2024-04-01 to 2024-04-30", out.getvalue())
            self.assertIn("1 April 2024 to 30 April 2024", self.page(show=""))

    def test_the_command_takes_one_end_of_a_period(self):
        for options, period in [
            ({"first": date(2024, 5, 31)}, "2024-05-31 to 2024-06-02"),
            ({"last": date(2024, 3, 15)}, "2024-03-01 to 2024-03-15"),
        ]:
            with at("2024-06-02T12:00:00-07:00"):
                out = StringIO()
                call_command("sponsor_report", "oil", stdout=out, **options)
                self.assertIn(period, out.getvalue())

    def test_the_command_says_what_it_does_not_know(self):
        with self.assertRaisesMessage(CommandError, "No sponsor is called “nobody”"):
            call_command("sponsor_report", "nobody")
        with self.assertRaisesMessage(CommandError, "The period ends before it begins."):
            call_command("sponsor_report", "oil", first=date(2024, 5, 2), last=date(2024, 5, 1))


def test_a_moment_of_the_test_is_the_moment_of_the_page():
    with at("2024-06-01T00:00:00-07:00"):
        assert timezone.now() == datetime(2024, 6, 1, 7, tzinfo=UTC)
