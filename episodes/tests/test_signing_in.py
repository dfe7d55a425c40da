"""Whoever is signed out while they write loses nothing, and nobody else gains anything."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import timezone

from episodes.models import Episode
from episodes.tests.factories import add_link, make_episode, make_member, make_show
from episodes.tests.test_admin import LIST, change_url, form_values
from lupcms.shows.models import Role
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

PASSWORD = "correct horse battery"


def member(username: str, show: Any, role: Role = Role.PRODUCER) -> Any:
    user = make_member(username, show, role)
    user.set_password(PASSWORD)
    user.save()
    return user


def hidden(response: Any) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', response.content.decode())
    return {name: unescape(value) for name, value in found}


class SignedOutTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = member("alice", cls.show)
        cls.episode = make_episode(cls.show)
        add_link(cls.episode)
        cls.url = change_url(cls.episode)

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.client.force_login(self.alice)
        self.values = form_values(self.client, self.url) | {"title": "Written <late>", "summary": "One\r\n\r\nTwo"}
        self.values["_save"] = "Save"

    def sign_out(self) -> None:
        Session.objects.all().delete()

    def post(self, values: dict[str, Any], **headers: str) -> Any:
        return self.client.post(self.url, values, headers=headers)

    def title(self) -> str:
        return Episode.objects.get().title

    def test_a_save_after_the_session_ended_is_done_on_signing_in(self):
        self.sign_out()
        response = self.post(self.values)
        self.assertEqual(response.status_code, 403)
        self.assertContains(response, "Nothing is lost", status_code=403)
        self.assertContains(response, "Written &lt;late&gt;", status_code=403)
        self.assertEqual(self.title(), "The first tide")
        signed_in = hidden(response) | {"sign-in-username": "alice", "sign-in-password": PASSWORD}
        self.assertRedirects(self.post(signed_in), LIST)
        episode = Episode.objects.get()
        self.assertEqual((episode.title, episode.summary), ("Written <late>", "One\n\nTwo"))

    def test_a_wrong_password_loses_nothing_and_stands_nowhere(self):
        self.sign_out()
        response = self.post(
            hidden(self.post(self.values)) | {"sign-in-username": "alice", "sign-in-password": "wr0ng!"}
        )
        self.assertContains(response, "Please enter the correct", status_code=403)
        self.assertNotContains(response, "wr0ng!", status_code=403)
        # Nor in the report of an error.
        self.assertEqual(response.wsgi_request.sensitive_post_parameters, "__ALL__")
        self.assertEqual(hidden(response)["title"], "Written <late>")
        signed_in = hidden(response) | {"sign-in-username": "alice", "sign-in-password": PASSWORD}
        self.assertEqual(self.post(signed_in).status_code, 302)
        self.assertEqual(self.title(), "Written <late>")

    def test_permissions_decide_for_whoever_signs_in(self):
        member("vera", self.show, Role.VIEWER)
        self.sign_out()
        signed_in = hidden(self.post(self.values)) | {"sign-in-username": "vera", "sign-in-password": PASSWORD}
        self.assertEqual(self.post(signed_in).status_code, 403)
        self.assertEqual(self.title(), "The first tide")

    def test_another_site_gets_nobody_signed_in_and_nothing_carried(self):
        self.sign_out()
        attack = {**self.values, "sign-in-username": "alice", "sign-in-password": PASSWORD}
        for values, headers in (
            (attack, {"Origin": "https://evil.example"}),
            ({**attack, "csrfmiddlewaretoken": "x"}, {"Origin": "https://evil.example"}),
            ({**attack, "csrfmiddlewaretoken": "x"}, {"Referer": "https://evil.example/admin/"}),
            ({**attack, "csrfmiddlewaretoken": "x"}, {"Origin": "null"}),
            ({**attack, "csrfmiddlewaretoken": "x"}, {}),
        ):
            response = self.post(values, **headers)
            self.assertEqual(response.status_code, 403)
            self.assertNotIn(b"Written", response.content)
            self.assertNotIn("_auth_user_id", self.client.session)
        self.assertEqual(self.title(), "The first tide")

    def test_an_old_token_of_our_own_page_is_sent_again_by_a_press(self):
        for header in ({"Referer": f"http://testserver{self.url}"}, {"Origin": "http://testserver"}):
            response = self.post({**self.values, "csrfmiddlewaretoken": "a" * 32}, **header)
            self.assertContains(response, "Send it again", status_code=403)
        self.assertEqual(self.title(), "The first tide")
        self.assertEqual(self.post(hidden(response), Origin="http://testserver").status_code, 302)
        self.assertEqual(self.title(), "Written <late>")

    def test_without_any_cookie_it_is_sent_again_and_then_signed_in(self):
        self.client.cookies.clear()
        again = self.post(self.values, Origin="http://testserver")
        self.assertContains(again, "Send it again", status_code=403)
        response = self.post(hidden(again), Origin="http://testserver")
        self.assertContains(response, "Sign in and save", status_code=403)
        signed_in = hidden(response) | {"sign-in-username": "alice", "sign-in-password": PASSWORD}
        self.assertEqual(self.post(signed_in).status_code, 302)
        self.assertEqual(self.title(), "Written <late>")

    def test_forms_with_passwords_are_not_carried(self):
        self.sign_out()
        token = self.values["csrfmiddlewaretoken"]
        url = "/admin/password_change/"
        response = self.client.post(url, {"csrfmiddlewaretoken": token, "old_password": "s3cret!"})
        self.assertRedirects(response, f"/admin/login/?next={url}")
        response = self.client.post("/admin/login/", {"username": "a", "password": "s3cret!"})
        self.assertNotContains(response, "s3cret!", status_code=403)

    def test_who_is_signed_out_need_not_sign_in_to_sign_out(self):
        self.sign_out()
        response = self.client.post("/admin/logout/", {"csrfmiddlewaretoken": self.values["csrfmiddlewaretoken"]})
        self.assertNotEqual(response.status_code, 403)
        self.assertNotContains(response, "sign-in-password", status_code=response.status_code)

    def test_a_file_is_named_and_122_links_are_carried(self):
        self.sign_out()
        many = {f"links-{n}-text": "x" for n in range(1, 123)} | {f"links-{n}-url": "y" for n in range(1, 123)}
        response = self.post({**self.values, **many, "audio": SimpleUploadedFile("tide.mp3", b"x")})
        self.assertContains(response, "tide.mp3", status_code=403)
        self.assertEqual(set(self.values | many) - set(hidden(response)), set())

    def test_looking_asks_to_sign_in_as_ever_and_each_save_renews_the_session(self):
        Session.objects.update(expire_date=timezone.now() + timedelta(hours=1))
        self.client.get(LIST)
        self.assertLess((Session.objects.get().expire_date - timezone.now()).days, 1)
        self.post(self.values)
        self.assertEqual((Session.objects.get().expire_date - timezone.now()).days, 13)
        self.sign_out()
        self.assertRedirects(self.client.get(self.url), f"/admin/login/?next={self.url}")


@pytest.mark.django_db(transaction=True)
@needs_chromium
@needs_npm
@pytest.mark.parametrize("script", [True, False])
def test_in_chromium_an_ended_session_and_a_sign_in_in_another_tab_lose_nothing(live_server, browser, script):
    show = make_show()
    member("alice", show)
    episode = make_episode(show)
    context = browser.new_context(java_script_enabled=script, viewport={"width": 390, "height": 800})
    visitor = Visitor(context)
    page = visitor.page

    def sign_in(tab: Any, prefix: str = "", button: str = "Log in") -> None:
        tab.locator(f"[name={prefix}username]").fill("alice")
        tab.locator(f"[name={prefix}password]").fill(PASSWORD)
        tab.get_by_role("button", name=button).click()

    url = live_server.url + change_url(episode)
    page.goto(url)
    sign_in(page)
    page.get_by_label("Title:").first.fill("Written before lunch")
    Session.objects.all().delete()
    page.get_by_role("button", name="Save", exact=True).click()
    assert not script or accessibility_problems(page, ("serious", "critical")) == []
    sign_in(page, "sign-in-", "Sign in and save")
    page.get_by_text("was changed successfully").wait_for()
    episode.refresh_from_db()
    assert episode.title == "Written before lunch"

    page.goto(url)
    page.get_by_label("Title:").first.fill("Written after lunch")
    Session.objects.all().delete()
    tab = context.new_page()
    tab.goto(url)
    sign_in(tab)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Send it again").click()
    page.get_by_text("was changed successfully").wait_for()
    episode.refresh_from_db()
    assert episode.title == "Written after lunch"
    assert [text for text in visitor.complaints if "403" not in text] == []
    context.close()
