"""Private addresses at the desk: said once, renewed, revoked, and only by those who place sponsors there."""

import re
from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.test import Client, TestCase
from django.utils import timezone

from episodes.tests.factories import make_member, make_recipient, make_show
from episodes.tests.test_admin import errors, form_values
from lupcms.shows.models import Membership, Role
from sponsors.models import Recipient, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/sponsors/recipient/"


class RecipientTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hostname="tide-radio.example")
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk", hostname="lamp-talk.example")
        cls.sponsor = Sponsor.objects.named("Lamp Oil Ltd")
        cls.alice = make_member("alice", cls.show)
        cls.bob = make_member("bob", cls.other)
        cls.rita, cls.token = make_recipient(cls.sponsor, cls.show, email="rita@oil.example", wants_mail=True)
        cls.url = f"{LIST}{cls.rita.pk}/change/"

    def setUp(self):
        self.client = Client(headers={"host": "tide-radio.example"})
        self.client.force_login(self.alice)

    def add(self, *shows: int, **fields: str):
        values = {"sponsor": self.sponsor.pk, "name": "Sam", "shows": shows or [self.show.pk]}
        return self.client.post(f"{LIST}add/", {**values, **fields, "_save": "Save"})

    def act(self, action: str, recipient: Recipient | None = None):
        recipient = recipient or self.rita
        asked = {"CHANGE_FORM-action": action, "_selected_action": recipient.pk, "index": "0"}
        return self.client.post(f"{LIST}{recipient.pk}/change/", asked)

    def said_token(self, page: str) -> str:
        found = re.search(r'<a href="http://tide-radio\.example/sponsors/private/([\w-]{32})">', page)
        self.assertTrue(found, page)
        return found[1]

    def assert_said_nowhere(self, token: str) -> None:
        """Nothing that the desk shows or keeps has the token, nor its digest."""
        for path in (LIST, f"{LIST}{Recipient.objects.last().pk}/change/", "/admin/", f"{LIST}?q=Sam"):
            self.assertNotContains(self.client.get(path), token)
        kept = " ".join(f"{entry.object_repr} {entry.change_message}" for entry in LogEntry.objects.all())
        self.assertNotIn(token, kept)

    def test_a_new_address_is_said_once(self):
        self.assertRedirects(self.add(), LIST, fetch_redirect_response=False)
        sam = Recipient.objects.get(name="Sam")
        self.assertEqual(sam.issued_by, self.alice)
        self.assertEqual(timezone.now().date(), sam.issued_at.date())
        token = self.said_token(self.client.get(LIST).content.decode())
        self.assertEqual(Recipient.objects.holding(token), sam)
        self.assert_said_nowhere(token)
        self.assert_said_nowhere(sam.token_digest)

    def test_a_renewed_address_ends_the_old_one(self):
        self.rita.revoked_at = timezone.now()
        self.rita.save()
        self.assertRedirects(self.act("renew"), self.url, fetch_redirect_response=False)
        token = self.said_token(self.client.get(self.url).content.decode())
        self.assertIsNone(Recipient.objects.holding(self.token))
        self.assertEqual(Recipient.objects.holding(token), self.rita)
        self.assertEqual(Recipient.objects.get().issued_by, self.alice)
        self.assertEqual([entry.get_change_message() for entry in LogEntry.objects.all()], ["Address renewed."])
        self.assert_said_nowhere(token)

    def test_an_address_is_in_no_session_however_long_the_names(self):
        odd = "".join(chr(0x4E00 + number * 7919 % 20_000) for number in range(850))
        sponsor = Sponsor.objects.create(name=odd, slug="odd")
        self.add(sponsor=sponsor.pk, name=odd[:200])
        kept = [session.get_decoded() for session in Session.objects.all()]
        token = self.said_token(self.client.get(LIST).content.decode())
        self.assertTrue(kept)
        self.assertNotIn(token, str(kept))

    def test_who_sees_no_show_any_more_gets_an_address_too(self):
        recipient, _ = make_recipient(self.sponsor)
        self.assertEqual(self.act("renew", recipient).status_code, 302)

    def test_a_revoked_address_leads_nowhere(self):
        for _ in range(2):
            self.assertRedirects(self.act("revoke"), self.url, fetch_redirect_response=False)
        self.assertIsNone(Recipient.objects.holding(self.token))
        self.assertEqual([entry.get_change_message() for entry in LogEntry.objects.all()], ["Address revoked."])
        self.assertContains(self.client.get(LIST), "Revoked on")

    def test_an_edit_keeps_address_and_sponsor(self):
        rope = Sponsor.objects.named("Rope & Sons")
        values = form_values(self.client, self.url)
        self.assertNotIn("sponsor", values)
        asked = {**values, "shows": self.show.pk, "name": "Rita again", "sponsor": rope.pk, "token_digest": "x"}
        self.assertRedirects(self.client.post(self.url, {**asked, "_save": "Save"}), LIST)
        rita = Recipient.objects.holding(self.token)
        self.assertEqual((rita.name, rita.sponsor), ("Rita again", self.sponsor))

    def test_mail_needs_an_address(self):
        self.assertIn("Give an e-mail address to send mail to.", errors(self.add(wants_mail="on")))

    def test_recipients_are_made_for_my_shows_only(self):
        self.client.force_login(self.bob)
        for shows in ([self.show.pk], [self.show.pk, self.other.pk]):
            self.assertIn("Select a valid choice.", errors(self.add(*shows))[0])
        self.assertIn("Select a valid choice.", errors(self.add(self.other.pk, sponsor="999"))[0])
        self.assertEqual(Recipient.objects.count(), 1)

    def test_another_shows_editor_finds_nothing(self):
        self.client.force_login(self.bob)
        self.assertNotContains(self.client.get(LIST), "Rita")
        for action in ("renew", "revoke"):
            self.act(action)
        self.assertEqual(Recipient.objects.holding(self.token), self.rita)

    def test_who_sees_two_shows_is_nobodys_alone(self):
        self.rita.shows.add(self.other)
        self.assertContains(self.client.get(LIST), "Lamp Talk, Tide Radio")
        for action in ("renew", "revoke"):
            self.assertEqual(self.act(action).status_code, 403)
        self.assertEqual(self.client.post(f"{LIST}{self.rita.pk}/delete/", {"post": "yes"}).status_code, 403)
        self.assertEqual(Recipient.objects.holding(self.token), self.rita)
        Membership.objects.create(user=self.alice, show=self.other, role=Role.AD_MANAGER)
        self.assertEqual(self.act("revoke").status_code, 302)

    def test_a_writer_looks_only(self):
        self.client.force_login(make_member("will", self.show, Role.WRITER))
        self.assertContains(self.client.get(LIST), "Rita")
        self.act("renew")
        self.act("revoke")
        self.assertEqual(self.add().status_code, 403)
        self.assertEqual(Recipient.objects.holding(self.token), self.rita)

    def test_the_list_says_when_it_was_last_opened_at_a_constant_cost(self):
        Recipient.objects.update(last_seen_on=date(2024, 5, 2))
        self.assertContains(self.client.get(LIST), "2 May 2024")
        for _ in range(2):
            with self.assertNumQueries(11):
                self.client.get(LIST)
            for number in range(20):
                make_recipient(Sponsor.objects.named(f"S{number}"), self.show)
