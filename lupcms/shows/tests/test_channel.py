"""What a show says of itself in its feed, and the form that asks for it."""

import uuid
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.forms import modelform_factory
from django.test import TestCase
from PIL import Image

from episodes.tests.factories import make_member, make_show
from lupcms.shows.admin import ShowForm
from lupcms.shows.channel import podcast_guid_of
from lupcms.shows.models import Role, Show

TAKEN = uuid.UUID("917393e3-1b1e-5cef-ace4-edaa54e1f810")


def png(side: int) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), "teal").save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize(
    ("url", "guid"),
    [
        ("https://mp3s.nashownotes.com/pc20rss.xml", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
        ("podnews.net/rss", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
        ("http://podnews.net/rss//", "9b024349-ccf0-5f69-a609-6b82873eab3c"),
    ],
)
def test_a_podcast_guid_is_that_of_the_namespaces_examples(url, guid):
    assert str(podcast_guid_of(url if "://" in url else f"https://{url}")) == guid


class PodcastGuidTests(TestCase):
    def test_a_show_gets_one_with_its_site_url_and_keeps_it(self):
        show = make_show(site_url="")
        self.assertIsNone(show.podcast_guid)
        show.site_url = "https://podnews.net"
        show.save()
        self.assertEqual(str(show.podcast_guid), "9b024349-ccf0-5f69-a609-6b82873eab3c")
        show.site_url = "https://tide-radio.example"
        show.save()
        self.assertEqual(str(Show.objects.get().podcast_guid), "9b024349-ccf0-5f69-a609-6b82873eab3c")

    def test_one_that_the_show_brings_stays(self):
        self.assertEqual(make_show(podcast_guid=TAKEN).podcast_guid, TAKEN)

    def test_two_shows_at_one_address_are_two_shows(self):
        one, other = make_show(), make_show("lamp-talk", "LT", site_url="https://tide-radio.example")
        self.assertIsNotNone(one.podcast_guid)
        self.assertIsNone(other.podcast_guid)


class ShowFormTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()

    def errors(self, **fields: str) -> dict[str, list[str]]:
        """Of a form with just these fields."""
        form = modelform_factory(Show, ShowForm, fields=list(fields))(fields, instance=self.show)
        return form.errors

    def test_a_measurement_prefix_ends_in_a_slash(self):
        self.assertEqual(self.errors(media_prefix="https://op3.dev/e/"), {})
        said = ["The audio’s address is put right behind it, so it must end in a slash."]
        self.assertEqual(self.errors(media_prefix="https://op3.dev/e"), {"media_prefix": said})

    def test_a_hub_has_an_address_that_feeds_can_print(self):
        self.assertEqual(self.errors(hub_url="https://hub.example/"), {})
        for hub in ("https://user:secret@hub.example/", "https://hub.example/ä"):
            self.assertEqual(list(self.errors(hub_url=hub)), ["hub_url"])

    def test_a_license_that_apps_do_not_know_needs_an_address(self):
        for slug in ("ARR", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0", "POD-V4V-1.0", ""):
            self.assertEqual(self.errors(license=slug, license_url=""), {}, slug)
        said = ["Apps do not know “CC-BY-SA-4.0”: give the address of its text."]
        self.assertEqual(self.errors(license="CC-BY-SA-4.0", license_url=""), {"license_url": said})
        address = "https://creativecommons.org/licenses/by-sa/4.0/"
        self.assertEqual(self.errors(license="CC-BY-SA-4.0", license_url=address), {})
        self.assertEqual(list(self.errors(license="", license_url=address)), ["license"])

    def test_an_update_rule_is_read(self):
        self.assertEqual(self.errors(update_rule="FREQ=WEEKLY;BYDAY=SU"), {})
        said = ["“BYDAY” cannot be “SUN”. Write a rule like FREQ=WEEKLY;BYDAY=SU."]
        self.assertEqual(self.errors(update_rule="FREQ=WEEKLY;BYDAY=SUN"), {"update_rule": said})

    def test_a_feed_may_say_its_own_address_and_does_not_move_in_a_circle(self):
        site = "https://tide-radio.example"
        said = [
            "This leads back to the show’s own host: apps would move in a circle. Its own is "
            "https://tide-radio.example/rss."
        ]
        for new, errors in (
            (f"{site}/rss", {}),
            ("https://elsewhere.example/rss", {}),
            ("", {}),
            (f"{site}/feed", {"new_feed_url": said}),
            ("https://www.tide-radio.example/rss", {"new_feed_url": said}),
            ("http://tide-radio.example/rss", {"new_feed_url": said}),
        ):
            self.assertEqual(self.errors(site_url=site, new_feed_url=new), errors, new)
        self.assertEqual(self.errors(new_feed_url=f"{site}/json"), {"new_feed_url": said})
        self.assertEqual(
            self.errors(hostname="tide.example", new_feed_url="https://tide.example/rss"), {"new_feed_url": said}
        )

    def test_a_podcast_guid_never_changes(self):
        said = {"podcast_guid": ["A podcast GUID never changes: apps would take the show for another one."]}
        self.assertEqual(self.errors(podcast_guid=str(TAKEN)), said)
        self.assertEqual(self.errors(podcast_guid=""), said)
        self.assertEqual(self.errors(podcast_guid=str(self.show.podcast_guid)), {})

    def test_a_category_is_one_of_apples(self):
        self.assertEqual(self.errors(category="News > Tech News", second_category="Technology"), {})
        self.assertEqual(list(self.errors(category="Technology > Tech News")), ["category"])
        self.assertEqual(list(self.errors(category="History", second_category="History")), ["second_category"])

    def test_a_button_for_support_has_a_text_and_an_address(self):
        self.assertEqual(list(self.errors(funding_text="Become a member", funding_url="")), ["funding_url"])
        self.assertEqual(list(self.errors(funding_text="", funding_url="https://x.example")), ["funding_text"])
        self.assertEqual(self.errors(funding_text="Join", funding_url="https://x.example"), {})


class ShowAdminTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.olga = make_member("olga", cls.show, Role.OWNER)
        cls.alice = make_member("alice", cls.show)
        cls.url = f"/admin/shows/show/{cls.show.pk}/change/"

    def test_an_owner_sees_every_field_of_the_channel(self):
        self.client.force_login(self.olga)
        page = self.client.get(self.url).content.decode()
        for name in [field.name for field in Show._meta.get_fields() if field.concrete and field.editable]:
            if name != "id":
                self.assertIn(f'name="{name}"', page)
        for heading in ("Feed", "For directories", "Rarely"):
            self.assertRegex(page, rf"<summary>\s*<h2[^>]*>\s*{heading}\s*</h2>\s*</summary>")

    def test_a_producer_reads_them_and_changes_none(self):
        Show.objects.update(category="News > Tech News")
        self.client.force_login(self.alice)
        page = self.client.get(self.url).content.decode()
        self.assertIn("News &gt; Tech News", page)
        self.assertNotIn('name="category"', page)

    def test_an_artwork_that_is_too_small_is_kept_and_said(self):
        self.client.force_login(self.olga)
        response = self.client.get(self.url)
        form = response.context["adminform"].form
        data = {name: form.initial.get(name) or "" for name in form.fields if name not in ("artwork", "explicit")}
        data |= {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
        for side, said in ((800, True), (1400, False)):
            artwork = SimpleUploadedFile("a.png", png(side))
            page = self.client.post(self.url, data | {"artwork": artwork}, follow=True).content.decode()
            self.assertIn("was changed successfully", page)
            self.assertEqual("This artwork is 800 pixels wide" in page, said)
            self.show.refresh_from_db()
            self.assertEqual(self.show.artwork.width, side)
        self.assertContains(self.client.get(self.url), "A JPEG of 1400 × 1400 pixels.")

    def test_without_artwork_the_form_says_so(self):
        self.client.force_login(self.olga)
        self.assertContains(self.client.get(self.url), "No artwork yet.")
        self.show.artwork = ContentFile(png(200), "a.png")
        self.show.save()
        self.assertContains(self.client.get(self.url), "This artwork is 200 pixels wide")
