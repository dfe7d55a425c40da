"""“This is wrong” at the desk: found, answered, told, and by nobody of another show."""

import pytest
from django.core import mail
from django.test import TestCase

from episodes.models import Correction
from episodes.tests.factories import add_placement, make_episode, make_member, make_recipient, make_show
from episodes.tests.test_admin import errors, form_values
from lupcms.shows.models import Role

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/correction/"


class CorrectionTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk")
        add_placement(make_episode(cls.show), "Rope & Sons")
        cls.placement = add_placement(cls.show.episodes.get(), position=2)
        cls.rita, cls.token = make_recipient(cls.placement.sponsor, cls.show, email="rita@oil.example", wants_mail=True)
        cls.correction = cls.make("TR 001, Lamp Oil Ltd", recipient=cls.rita, message="The code is LAMP.\nNot TIDE.")
        cls.url = f"{LIST}{cls.correction.pk}/change/"
        cls.alice = make_member("alice", cls.show)
        cls.bob = make_member("bob", cls.other)

    @classmethod
    def make(cls, about: str, **fields) -> Correction:
        known = {"sponsor": cls.placement.sponsor, "show": cls.show, "placement": cls.placement, "message": "Wrong."}
        return Correction.objects.create(about=about, **known | fields)

    def setUp(self):
        self.client.force_login(self.alice)

    def answer(self, state: str, answer: str = "", **more: str):
        values = {**form_values(self.client, self.url), "state": state, "answer": answer, **more}
        with self.captureOnCommitCallbacks(execute=True):
            response = self.client.post(self.url, {**values, "_save": "Save"})
        self.correction.refresh_from_db()
        return response

    def test_the_form_says_who_sent_what_and_where_it_stands(self):
        page = self.client.get(self.url)
        self.assertContains(page, "The code is LAMP.<br>Not TIDE.")
        self.assertContains(page, "Rita at the sponsor")
        self.assertContains(page, f'href="/admin/episodes/episode/{self.placement.episode_id}/change/"')
        self.assertContains(page, 'href="/1#sponsor-2"')
        self.assertNotContains(page, self.token)

    def test_what_was_sent_cannot_be_changed(self):
        self.answer("open", message="All is well.", about="x", show=str(self.other.pk))
        self.assertEqual(self.correction.message, "The code is LAMP.\nNot TIDE.")
        self.assertEqual((self.correction.about, self.correction.show), ("TR 001, Lamp Oil Ltd", self.show))

    def test_an_answer_is_kept_and_told(self):
        self.assertRedirects(self.answer("done", "It says LAMP now."), LIST)
        self.assertEqual((self.correction.state, self.correction.answered_by), ("done", self.alice))
        self.assertIsNotNone(self.correction.answered_at)
        (message,) = mail.outbox
        self.assertEqual((message.to, message.subject), (["rita@oil.example"], "Answered: TR 001, Lamp Oil Ltd"))
        self.assertNotIn("private", message.body)
        self.answer("done", "It says LAMP now.")
        self.assertEqual(len(mail.outbox), 1)

    def test_whoever_wants_no_mail_gets_none(self):
        self.rita.wants_mail = False
        self.rita.save()
        self.answer("done", "It says LAMP now.")
        self.assertEqual(mail.outbox, [])

    def test_done_and_declined_need_an_answer(self):
        for state in ("done", "declined"):
            self.assertEqual(errors(self.answer(state, "  ")), ["Say what was done, or why not."])
        self.assertEqual(self.correction.state, "open")
        self.assertEqual(mail.outbox, [])

    def test_reopening_takes_the_answer_back(self):
        self.answer("declined", "It was TIDE.")
        self.answer("open", "It was TIDE.")
        self.assertEqual((self.correction.answered_at, self.correction.answered_by), (None, None))
        self.assertEqual(len(mail.outbox), 1)

    def test_open_ones_stand_first(self):
        for about, state in (("Older", "open"), ("Answered", "done"), ("Newest", "open")):
            self.make(about, state=state)
        self.correction.state = "declined"
        self.correction.save()
        found = self.client.get(LIST).context["cl"].result_list
        self.assertEqual([row.about for row in found], ["Newest", "Older", "Answered", "TR 001, Lamp Oil Ltd"])
        found = self.client.get(f"{LIST}?state__exact=done").context["cl"].result_list
        self.assertEqual([row.about for row in found], ["Answered"])

    def test_it_outlives_its_spot(self):
        self.placement.delete()
        page = self.client.get(self.url)
        self.assertContains(page, "The spot was taken out of its episode.")
        self.assertNotContains(page, "#sponsor-")
        self.assertRedirects(self.answer("done", "We took it out."), LIST)

    def test_a_spot_that_is_not_public_has_no_link(self):
        self.show.episodes.update(published_at=None)
        self.assertNotContains(self.client.get(self.url), "#sponsor-")

    def test_another_shows_editor_finds_nothing(self):
        self.client.force_login(self.bob)
        self.assertNotContains(self.client.get(LIST), "Lamp Oil")
        self.assertEqual(self.client.get(self.url).status_code, 302)
        self.client.post(self.url, {"state": "done", "answer": "x", "_save": "Save"})
        self.assertEqual(Correction.objects.get().state, "open")

    def test_a_writer_looks_and_an_ad_manager_answers(self):
        self.client.force_login(make_member("will", self.show, Role.WRITER))
        self.assertContains(self.client.get(self.url), "The code is LAMP.")
        self.assertEqual(self.client.post(self.url, {"state": "done", "answer": "x"}).status_code, 403)
        self.client.force_login(make_member("adam", self.show, Role.AD_MANAGER))
        self.assertRedirects(self.answer("done", "Yes."), LIST)
        self.assertEqual(self.client.post(f"{LIST}{self.correction.pk}/delete/", {"post": "yes"}).status_code, 403)

    def test_nobody_writes_one_here(self):
        self.assertEqual(self.client.get(f"{LIST}add/").status_code, 403)

    def test_the_list_costs_the_same_with_many(self):
        for number in range(2):
            with self.assertNumQueries(10):
                self.client.get(LIST)
            for n in range(20):
                self.make(f"{number}-{n}")
