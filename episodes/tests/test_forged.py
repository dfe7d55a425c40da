"""What no page of the desk sends, and a program may."""

import pytest
from django.test import TestCase
from django.urls import reverse

from episodes.tests.factories import make_episode, make_member, make_show

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

# Longer than a column, longer than Python reads, digits that are no ASCII, and what no text in PostgreSQL can have.
KEYS = ["9" * 40, "9" * 5000, "²", "٣", "-1", "1\0"]


class ForgedKeyTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show, published=False)
        cls.alice = make_member("alice", cls.show)
        cls.alice.is_staff = True
        cls.alice.save()

    def setUp(self):
        self.client.force_login(self.alice)

    def test_what_is_no_number_and_no_duration_is_said_in_the_preview(self):
        url = reverse("admin:episodes_episode_preview", args=[self.episode.pk])
        rows = {
            f"{name}-{kind}_FORMS": 0 for name in ("links", "credits", "placements") for kind in ("TOTAL", "INITIAL")
        }
        for sent in ({"number": "1/2"}, {"number": '"><'}, {"number": "9" * 5000}, {"duration_seconds": "9" * 18}):
            with self.subTest(sent=[*sent]):
                response = self.client.post(url, {"number": "001", "title": "x"} | rows | sent)
                self.assertContains(response, "x")

    def test_a_key_that_no_row_can_have_is_nobodys(self):
        form = {"number": "9\0", "title": "x"}
        for key in KEYS:
            for method, name, args, sent, status in (
                ("post", "episode_read_paste", [], {"text": "https://example.org", "episode": key}, 404),
                ("post", "episode_read_paste", [], {"text": "https://example.org", "show": key}, 404),
                ("get", "episode_add", [], {"show": key}, 200),
                ("post", "episode_add", [], form | {"show": key}, 200),
                ("post", "episode_add", [], form | {"show": self.show.pk}, 200),
                ("post", "episode_preview_new", [], form | {"show": key}, 200),
                ("post", "episode_change", [key], form, 302),
                ("post", "episode_guests", [self.episode.pk], {"revoke": key}, 302),
                ("get", "tag_suggestions", [], {"q": "a", "show": key}, 200),
                ("get", "inboxlink_collect", [], {"added": key}, 200),
            ):
                with self.subTest(name, key=key[:9], sent=[*sent]):
                    url = reverse(f"admin:episodes_{name}", args=args)
                    self.assertEqual(getattr(self.client, method)(url, sent).status_code, status)
