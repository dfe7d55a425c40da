"""Mail to sponsors: who is told of what, once, whatever fails."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from io import StringIO
from threading import Barrier
from unittest import mock

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.core.management import call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone

from episodes import announcements
from episodes.announcements import announce, tell_of_answer
from episodes.models import Correction, Placement
from episodes.tests.factories import add_placement, make_episode, make_recipient, make_show
from sponsors.models import Sponsor

PUBLISHED = datetime(2024, 5, 2, 7, tzinfo=UTC)
REAL_SEND = EmailMessage.send


def make_rita(sponsor: Sponsor, *shows, name: str = "rita", **fields):
    """Somebody who has had an address since the day before."""
    issued_at = fields.pop("issued_at", PUBLISHED - timedelta(days=1))
    fields = {"email": f"{name}@oil.example", "wants_mail": True} | fields
    recipient, _ = make_recipient(sponsor, *shows, name=name, **fields)
    recipient.issued_at = issued_at
    recipient.save()
    return recipient


def told() -> list[tuple[str, ...]]:
    return sorted(tuple(message.to) for message in mail.outbox)


class AnnouncementTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show, published_at=PUBLISHED)
        cls.placement = add_placement(cls.episode)
        cls.sponsor = cls.placement.sponsor
        cls.rita = make_rita(cls.sponsor, cls.show)

    def setUp(self):
        now = mock.patch("django.utils.timezone.now", return_value=PUBLISHED + timedelta(hours=1))
        self.now = now.start()
        self.addCleanup(now.stop)

    def test_a_recipient_reads_what_was_published(self):
        add_placement(self.episode, "Rope & Sons", position=2)
        add_placement(self.episode, position=3, words="Twice as bright.\r\nNow.", promo_code="", url="")
        self.assertEqual(announce(), (1, 0))
        (message,) = mail.outbox
        self.assertEqual(message.to, ["rita@oil.example"])
        self.assertEqual(message.from_email, "lupcms@localhost")
        self.assertEqual(message.subject, "Published: TR 001: The first tide (Tide Radio)")
        self.assertEqual(
            message.body,
            """Tide Radio
TR 001: The first tide
Aired on 2 May 2024

https://tide-radio.example/1#sponsor-1
Lamp Oil Ltd
Ten per cent off.
Code: TIDE
Address: https://oil.example

https://tide-radio.example/1#sponsor-3
Lamp Oil Ltd
Twice as bright.\r\nNow.
""",
        )

    def test_nobody_is_told_twice(self):
        for _ in range(3):
            announce()
        self.assertEqual(told(), [("rita@oil.example",)])
        self.placement.refresh_from_db()
        self.assertEqual(self.placement.announced_at, self.now())

    def test_a_spot_that_comes_later_is_told_of_alone(self):
        announce()
        add_placement(self.episode, position=2, words="Another.")
        announce()
        self.assertEqual(len(mail.outbox), 2)
        self.assertNotIn("Ten per cent off.", mail.outbox[1].body)
        self.assertIn("Another.", mail.outbox[1].body)

    def test_those_who_are_not_meant_are_not_told(self):
        other = make_show("lamp-talk", "LT")
        make_rita(Sponsor.objects.named("Rope & Sons"), self.show, name="another-sponsor")
        make_rita(self.sponsor, other, name="another-show")
        make_rita(self.sponsor, self.show, name="wants-none", wants_mail=False)
        make_rita(self.sponsor, self.show, name="came-later", issued_at=PUBLISHED + timedelta(minutes=1))
        revoked = make_rita(self.sponsor, self.show, name="revoked")
        revoked.revoked_at = PUBLISHED
        revoked.save()
        make_rita(self.sponsor, self.show, other, name="both-shows")
        announce()
        self.assertEqual(told(), [("both-shows@oil.example",), ("rita@oil.example",)])

    def test_only_what_was_published_lately_is_told(self):
        week = timedelta(days=7)
        for published_at, estimated, mails in [
            (None, False, 0),
            (self.now() + timedelta(minutes=1), False, 0),
            (self.now(), True, 0),
            (self.now() - week, False, 0),
            (self.now() - week + timedelta(minutes=1), False, 1),
        ]:
            self.episode.published_at, self.episode.published_at_is_estimated = published_at, estimated
            self.episode.save()
            self.rita.issued_at = self.now() - 2 * week
            self.rita.save()
            with self.subTest(published_at=published_at):
                self.assertEqual(announce(), (mails, 0))

    def test_a_scheduled_episode_is_told_of_when_its_moment_has_come(self):
        self.now.return_value = PUBLISHED - timedelta(minutes=1)
        self.assertEqual(announce(), (0, 0))
        self.now.return_value = PUBLISHED
        self.assertEqual(announce(), (1, 0))

    def test_where_nothing_can_be_sent_the_next_run_tries_again(self):
        with (
            mock.patch.object(EmailMessage, "send", side_effect=ConnectionRefusedError("rita@oil.example")),
            self.assertLogs("episodes.announcements", "ERROR") as logs,
        ):
            self.assertEqual(announce(), (0, 1))
        line = f"ERROR:episodes.announcements:Mail to recipient {self.rita.pk} was not sent: ConnectionRefusedError"
        self.assertEqual(logs.output, [line])
        self.assertEqual(announce(), (1, 0))
        self.assertEqual(announce(), (0, 0))

    def test_where_one_cannot_be_reached_the_others_are_told_once(self):
        for name in ("sam", "tom"):
            make_rita(self.sponsor, self.show, name=name)

        def send(message, **options):
            if message.to == ["sam@oil.example"]:
                raise OSError
            return REAL_SEND(message, **options)

        with mock.patch.object(EmailMessage, "send", send), self.assertLogs("episodes.announcements"):
            self.assertEqual(announce(), (2, 1))
        self.assertEqual(announce(), (0, 0))
        self.assertEqual(told(), [("rita@oil.example",), ("tom@oil.example",)])

    def test_no_title_breaks_a_header(self):
        for title in ("Two\nlines", "a\r\nBcc: evil@example.org", "\x85\u2028x\x0b\x0c", "ü😀\t"):
            mail.outbox.clear()
            Placement.objects.update(announced_at=None)
            self.episode.title = title
            self.episode.save()
            with self.subTest(title):
                self.assertEqual(announce(), (1, 0))
                sent = mail.outbox[0].message()
                self.assertEqual(
                    sent["Subject"], f"Published: TR 001: {' '.join(title.split())} (Tide Radio)".replace("  ", " ")
                )
                self.assertIsNone(sent["Bcc"])

    def test_odd_words_are_sent(self):
        Placement.objects.update(words="\r \u202e <b>", name="\x01\n\n", promo_code=" two words ")
        self.assertEqual(announce(), (1, 0))
        self.assertIn("two words", mail.outbox[0].message().get_content())

    def test_a_show_without_a_site_url_gives_no_address(self):
        self.show.site_url = ""
        self.show.save()
        announce()
        self.assertNotIn("/1#", mail.outbox[0].body)

    def test_the_command_says_it_in_numbers(self):
        out = StringIO()
        call_command("tell_sponsors", stdout=out)
        self.assertEqual(out.getvalue(), "sent 1, failed 0\n")
        Placement.objects.update(announced_at=None)
        with (
            mock.patch.object(EmailMessage, "send", side_effect=OSError),
            self.assertLogs("episodes.announcements"),
            self.assertRaises(SystemExit),
        ):
            call_command("tell_sponsors", stdout=out)
        self.assertEqual(out.getvalue(), "sent 1, failed 0\nsent 0, failed 1\n")

    def test_the_cost_does_not_grow_with_what_is_told(self):
        announce()
        for number in range(10, 30):
            make_episode(self.show, str(number), published_at=PUBLISHED)
        Placement.objects.bulk_create(
            Placement(
                episode=self.episode, sponsor=self.sponsor, name="x", slug="x", announced_at=PUBLISHED, position=n
            )
            for n in range(20)
        )
        with self.assertNumQueries(1):
            announce()

    def test_an_answer_is_told_to_who_asked(self):
        def correction(recipient):
            return Correction(sponsor=self.sponsor, show=self.show, recipient=recipient, about="TR 001,\nLamp Oil Ltd")

        tell_of_answer(correction(None))
        tell_of_answer(correction(make_rita(self.sponsor, self.show, name="quiet", wants_mail=False)))
        revoked = make_rita(self.sponsor, self.show, name="revoked")
        revoked.revoked_at = PUBLISHED
        tell_of_answer(correction(revoked))
        self.assertEqual(mail.outbox, [])
        tell_of_answer(correction(self.rita))
        (message,) = mail.outbox
        self.assertEqual((message.to, message.subject), (["rita@oil.example"], "Answered: TR 001, Lamp Oil Ltd"))
        self.assertIn("The answer stands on your page.", message.body)


@pytest.mark.django_db(transaction=True)
def test_two_processes_at_once_tell_once():
    show = make_show()
    now = timezone.now()
    for number in ("001", "002", "003"):
        episode = make_episode(show, number, published_at=now - timedelta(minutes=1))
        for position in (1, 2, 3):
            sponsor = add_placement(episode, position=position).sponsor
    make_rita(sponsor, show)
    start, untold = Barrier(4), announcements._untold

    def all_see_the_same():
        found = untold()
        start.wait(10)
        return found

    def run(_) -> announcements.Told:
        try:
            return announce()
        finally:
            connection.close()

    with mock.patch.object(announcements, "_untold", all_see_the_same), ThreadPoolExecutor(4) as threads:
        results = list(threads.map(run, range(4)))
    assert sum(result.sent for result in results) == len(mail.outbox) == 3
    assert all(message.body.count("Ten per cent off.") == 3 for message in mail.outbox)
