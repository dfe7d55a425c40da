"""A guest's preview address: who makes and revokes it, what is seen behind it, and what is not."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, TestCase
from django.utils import timezone

from episodes import audio
from episodes.models import Episode, Preview
from episodes.tests.factories import add_link, add_placement, make_episode, make_member, make_show
from episodes.tests.sounds import mp3
from lupcms.shows.models import Role, Show

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

HERE = {"host": "tide-radio.localhost"}


class GuestTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hostname="tide-radio.localhost")
        cls.other = make_show("lamp-talk", "LT", title="Lamp Talk", hostname="lamp-talk.localhost")
        cls.alice = make_member("alice", cls.show, Role.WRITER)
        cls.episode = make_episode(cls.show, title="Secret water", published=False)
        add_link(cls.episode, text="A secret page")
        cls.placement = add_placement(cls.episode)
        cls.desk = f"/admin/episodes/episode/{cls.episode.pk}/previews/"

    def setUp(self):
        self.client.force_login(self.alice)
        self.client.defaults["HTTP_HOST"] = HERE["host"]
        self.guest = Client(headers=HERE)

    def issue(self, name: str = "Gil Guest") -> str:
        """The path that the desk says once."""
        page = self.client.post(self.desk, {"name": name}, follow=True).content.decode()
        found = re.search(r'<a href="http://tide-radio\.localhost(/preview/[\w-]{32})">http', page)
        assert found, page
        return found[1]


class DeskTests(GuestTestCase):
    def test_an_address_is_made_said_once_and_revoked(self):
        path = self.issue()
        preview = Preview.objects.get()
        self.assertEqual((preview.episode, preview.name, preview.issued_by), (self.episode, "Gil Guest", self.alice))
        self.assertEqual(self.guest.get(path).status_code, 200)
        page = self.client.get(self.desk).content.decode()
        self.assertNotIn(path, page)
        self.assertIn("Gil Guest", page)
        today = timezone.localdate()
        self.assertIn(f"<td>{today.day} {today:%B %Y}</td>", page)
        page = self.client.post(self.desk, {"revoke": preview.pk}, follow=True).content.decode()
        self.assertIn("The address for Gil Guest leads nowhere now.", page)
        self.assertIn("No address is active.", page)
        self.assertEqual(self.guest.get(path).status_code, 404)

    def test_an_address_needs_a_name(self):
        response = self.client.post(self.desk, {"name": " "})
        self.assertContains(response, "Say who gets the address")
        self.assertFalse(Preview.objects.exists())

    def test_what_is_no_address_revokes_nothing(self):
        self.issue()
        theirs = Preview(episode=make_episode(self.other, published=False), name="Theirs")
        theirs.issue(self.alice)
        theirs.save()
        for asked in ("", "x", "9" * 30, "²", str(theirs.pk), "-1"):
            with self.subTest(asked=asked):
                self.assertRedirects(self.client.post(self.desk, {"revoke": asked}), self.desk)
        self.assertEqual(Preview.objects.active().count(), 2)

    def test_a_published_episode_needs_no_address(self):
        Episode.objects.update(published_at=timezone.now())
        self.assertNotContains(self.client.get(self.desk), "Make an address")
        self.client.post(self.desk, {"name": "Gil"})
        self.assertFalse(Preview.objects.exists())

    def test_only_who_may_write_makes_and_revokes(self):
        path, preview = self.issue(), Preview.objects.get()
        for name, role, show, status in [
            ("vera", Role.VIEWER, self.show, 403),
            ("ada", Role.AD_MANAGER, self.show, 403),
            ("bob", Role.OWNER, self.other, 404),
            ("olga", Role.OWNER, self.show, 200),
        ]:
            with self.subTest(name=name):
                self.client.force_login(make_member(name, show, role))
                self.assertEqual(self.client.get(self.desk).status_code, status)
                if status != 200:
                    for values in ({"name": "x"}, {"revoke": preview.pk}):
                        self.assertEqual(self.client.post(self.desk, values).status_code, status)
                link = (
                    f'href="{self.desk}"' in self.client.get(self.desk.replace("previews", "change")).content.decode()
                )
                self.assertEqual(link, status == 200)
        self.client.logout()
        self.assertContains(self.client.post(self.desk, {"name": "x"}), "Sign in", status_code=403)
        self.assertEqual(Preview.objects.active().count(), 1)
        self.assertEqual(self.guest.get(path).status_code, 200)

    def test_the_list_takes_a_constant_number_of_queries(self):
        for names in (["Gil"], ["Nia", "Ned", "Nan"]):
            for name in names:
                self.issue(name)
            with self.assertNumQueries(8):
                self.client.get(self.desk)


class PageTests(GuestTestCase):
    def test_a_guest_reads_the_saved_draft_under_a_band(self):
        path = self.issue()
        with self.assertNumQueries(13):
            response = self.guest.get(path)
        page = response.content.decode()
        self.assertIn("<strong>Preview, not published yet</strong>", page)
        for words in ("Secret water</h1>", "A secret page", "Ten per cent off.", f'href="{self.placement.url}"'):
            self.assertIn(words, page)
        head = page.partition("</head>")[0]
        self.assertIn('<meta name="robots" content="noindex, nofollow">', head)
        for name in ("og:", "canonical", "ld+json", "oembed"):
            self.assertNotIn(name, head)
        self.assertEqual(response["Cache-Control"], "no-store, private")
        self.assertEqual(response["X-Robots-Tag"], "noindex, nofollow")
        self.assertEqual(response["Referrer-Policy"], "no-referrer")
        self.assertNotIn("Set-Cookie", response)
        self.assertEqual(self.guest.post(path).status_code, 405)

    def test_it_speaks_the_language_of_the_show(self):
        Show.objects.filter(pk=self.show.pk).update(language="de")
        self.assertContains(self.guest.get(self.issue()), "Vorschau, noch nicht veröffentlicht")

    def test_a_scheduled_episode_is_still_private(self):
        path = self.issue()
        Episode.objects.update(published_at=timezone.now() + timedelta(days=1))
        self.assertContains(self.guest.get(path), "not published yet")

    def test_once_published_it_leads_to_the_page(self):
        path = self.issue()
        Episode.objects.update(published_at=timezone.now())
        for address in (path, f"{path}/audio"):
            response = self.guest.get(address)
            self.assertRedirects(response, "/1", fetch_redirect_response=False)
            self.assertEqual(response.status_code, 302)
            self.assertEqual(response["Cache-Control"], "no-store, private")

    def test_a_wrong_a_revoked_and_another_hosts_address_are_the_same_404(self):
        path = self.issue()
        wrong = self.guest.get("/preview/guessed")
        elsewhere = Client(headers={"host": "lamp-talk.localhost"})
        theirs, here = elsewhere.get("/preview/guessed"), elsewhere.get(path)
        self.assertEqual((here.status_code, here.content), (404, theirs.content))
        Preview.objects.update(revoked_at=timezone.now())
        revoked = self.guest.get(path)
        self.assertEqual((wrong.status_code, revoked.status_code), (404, 404))
        self.assertEqual(revoked.content, wrong.content)
        self.assertEqual(revoked["Cache-Control"], "no-store, private")
        self.assertNotIn(b"Secret", revoked.content)

    def test_an_upload_is_heard_by_token_and_by_nobody_else(self):
        audio.attach(self.episode, SimpleUploadedFile("x.mp3", mp3(3)))
        self.episode.save()
        path = self.issue()
        self.assertContains(self.guest.get(path), f'src="{path}/audio"')
        heard = self.guest.get(f"{path}/audio", headers={"range": "bytes=0-9"})
        self.assertEqual((heard.status_code, heard["Content-Type"]), (206, "audio/mpeg"))
        self.assertEqual(b"".join(heard.streaming_content), mp3(3)[:10])
        self.assertEqual(heard["Cache-Control"], "no-store, private")
        self.assertEqual(self.guest.get(self.episode.audio.url).status_code, 404)
        Preview.objects.update(revoked_at=timezone.now())
        self.assertEqual(self.guest.get(f"{path}/audio").status_code, 404)

    def test_an_episode_without_an_upload_has_no_audio_there(self):
        self.assertEqual(self.guest.get(f"{self.issue()}/audio").status_code, 404)

    def test_nothing_public_knows_the_draft(self):
        path = self.issue()
        Episode.objects.update(enclosure_url="https://a.example/a.mp3")
        make_episode(self.show, "002")
        for address in (
            "/",
            "/episodes",
            "/rss",
            "/json",
            "/llms.txt",
            "/robots.txt",
            "/sitemap.xml",
            "/sitemap-episodes.xml",
        ):
            with self.subTest(address=address):
                page = self.guest.get(address).content.decode()
                self.assertNotIn("Secret water", page)
                self.assertNotIn("preview", page.replace("max-image-preview", ""))
        self.assertNotIn(path, self.guest.get("/1").content.decode())

    def test_another_spelling_of_the_address_leads_to_it_and_is_kept_by_nobody(self):
        path = self.issue()
        way = self.guest.get(f"/Preview/{path.removeprefix('/preview')}//")
        self.assertEqual((way.status_code, way["Location"]), (301, path))
        self.assertEqual(way["Referrer-Policy"], "no-referrer")
        self.assertEqual(way["Cache-Control"], "no-store, private")
