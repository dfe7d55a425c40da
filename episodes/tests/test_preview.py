"""The preview of a form: the page that a save would make, and no trace of it anywhere."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from episodes import audio
from episodes.chapters import replace_chapters
from episodes.feed_notes import kept_and_past
from episodes.formats.chapters import Chapter
from episodes.models import Episode
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from episodes.tests.sounds import mp3
from episodes.tests.test_admin import change_url, form_values
from hosts.models import Host
from lupcms.shows.models import Role, Show
from sponsors.models import Kind, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

NEW = "/admin/episodes/episode/preview/"
BAND = re.compile(r'<section class="band".*?</section>\s*', re.S)


def preview_url(episode: Episode) -> str:
    return f"/admin/episodes/episode/{episode.pk}/preview/"


def everything() -> dict[str, Any]:
    """Every row of every table, and every uploaded file."""
    rows: dict[str, Any] = {model._meta.label: list(model._base_manager.values()) for model in apps.get_models()}
    media = Path(settings.MEDIA_ROOT)
    return rows | {"media": sorted(str(path) for path in media.rglob("*"))}


def as_public(html: str, episode: Episode) -> str:
    """What a preview must differ in: links open outside and count no press, and an upload is heard by members."""
    html = html.replace(' target="_blank"', "")
    html = html.replace(f"/admin/episodes/episode/{episode.pk}/audio/", episode.audio.url if episode.audio else "")
    html = html.replace("http://tide-radio.localhost/", "/").replace("http://tide-radio.localhost", "")
    for placement in episode.placements.all():
        html = html.replace(f'href="/go/{placement.pk}"', f'href="{placement.url}"')
    html = html.replace(f'href="{episode.get_absolute_url()}?t=', 'href="?t=')
    # Between the two somebody saved.
    html = re.sub(r'"dateModified":"[^"]*",', "", html)
    return re.sub(r"\n\s*\n", "\n", html)


class PreviewTestCase(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hostname="tide-radio.localhost", colour="#114477")
        cls.alice = make_member("alice", cls.show)
        cls.before = make_episode(cls.show, "001")
        cls.episode = make_episode(
            cls.show, "002", title="Low water", published=False, summary="*Old* words.", air_date=None
        )
        cls.host = add_credit(cls.episode).host
        cls.sponsor = add_placement(cls.episode, kind=Kind.PAID).sponsor
        add_link(cls.episode, "https://example.org/gone", text="Gone", position=1)
        add_link(cls.episode, "https://example.org/kept", text="Kept", position=2)
        cls.episode.tags.add("lamps", "tides")

    def setUp(self):
        self.client.force_login(self.alice)
        self.client.defaults |= {"HTTP_HOST": "tide-radio.localhost", "HTTP_SEC_FETCH_MODE": "same-origin"}

    def posted(self, **changes: str) -> dict[str, str]:
        values = form_values(self.client, change_url(self.episode))
        return values | {name.replace("__", "-"): value for name, value in changes.items()}

    def preview(self, *, app: bool = False, **changes: str) -> str:
        response = self.client.post(preview_url(self.episode) + ("?as=app" if app else ""), self.posted(**changes))
        self.assertEqual(response.status_code, 200)
        return response.content.decode()


class SamePageTests(PreviewTestCase):
    def rich(self) -> dict[str, str]:
        """A form in which something of every kind was changed, added and taken out."""
        upload = SimpleUploadedFile("x.mp3", mp3(3))
        audio.attach(self.episode, upload)
        self.episode.published_at = datetime(2024, 5, 9, 10, tzinfo=UTC)
        self.episode.save()
        replace_chapters(self.episode, [Chapter(0, "Old")])
        oil = Sponsor.objects.create(name="Rope & Sons", slug="rope-sons", kind="paid")
        make_offer(oil, self.show, promo_code="ROPE", words="Rope *by the fathom*.", url="https://rope.example")
        new_host = Host.objects.create(name="Nia New")
        ended = make_offer(
            self.sponsor, self.show, promo_code="TIDE", valid_until=self.show.today() - timedelta(days=9)
        )
        self.assertTrue(ended.pk)
        return self.posted(
            title="Slack “water” <b>",
            summary="New *words* with [a page](https://example.org/x) and [ours](/1).\n\n## A head\n\n- one\n- two",
            season="2",
            tags="tides, c++, /boot",
            chapters_text="00:00 Start\n01:00 Middle <https://example.org/m>\n02:00 End",
            links__TOTAL_FORMS="4",
            links__0__DELETE="on",
            links__1__text="Kept *still*",
            links__1__heading="Topic",
            links__2__text="Added",
            links__2__url="https://example.org/added",
            links__2__title_kind="text",
            links__2__description="With `code`.",
            links__3__text="No page",
            links__3__url="javascript:alert(1)",
            links__3__title_kind="text",
            links__3__position="1",
            credits__TOTAL_FORMS="2",
            credits__1__host=str(new_host.pk),
            credits__1__role="guest",
            credits__1__name="Nia N.",
            credits__1__slug="nia",
            placements__TOTAL_FORMS="2",
            placements__1__sponsor=str(oil.pk),
            placements__1__kind="unknown",
        )

    def test_it_is_the_page_that_is_public_after_a_save(self):
        values = self.rich()
        previewed = self.client.post(preview_url(self.episode), values).content.decode()
        self.assertRedirects(
            self.client.post(change_url(self.episode), {**values, "_save": "Save"}), "/admin/episodes/episode/"
        )
        episode = Episode.objects.get(pk=self.episode.pk)
        public = self.client.get("/2").content.decode()
        theme = re.compile(r'href="[^"]*\?v=114477"')
        self.assertIn("Rope &amp; Sons", public)
        self.assertIn("<code>ROPE</code>", public)
        self.assertNotIn("Gone", public)
        self.assertIn("This offer ended", public)
        self.maxDiff = None
        self.assertEqual(
            theme.sub("", as_public(previewed, episode)).splitlines(),
            theme.sub("", as_public(public, episode)).splitlines(),
        )

    def test_nothing_at_all_is_written(self):
        values = self.rich()
        before = everything()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            for path in (preview_url(self.episode), f"{preview_url(self.episode)}?as=app"):
                self.assertEqual(self.client.post(path, values).status_code, 200)
            new = {name: value for name, value in values.items() if not name.endswith("-id") and name != "guid"}
            new |= {f"{rows}-INITIAL_FORMS": "0" for rows in ("links", "credits", "placements")}
            new |= {"show": str(self.show.pk), "number": "003"}
            self.assertContains(self.client.post(NEW, new), "Added")
            chosen = {**values, "audio": SimpleUploadedFile("y.mp3", mp3(9))}
            self.assertEqual(self.client.post(preview_url(self.episode), chosen).status_code, 200)
        self.assertEqual(everything(), before)
        written = [query["sql"] for query in queries if re.match("INSERT|UPDATE|DELETE", query["sql"])]
        self.assertEqual(written, [])

    def test_a_draft_is_shown_as_if_it_were_published_now(self):
        page = self.preview()
        today = self.show.today()
        self.assertIn(f"{today.day} {today:%B %Y}", page)
        self.assertIn("The first tide", page)  # The episode before it.

    def test_a_scheduled_episode_is_shown_as_of_its_moment(self):
        at = timezone.now().astimezone(self.show.zone) + timedelta(days=3)
        make_offer(self.sponsor, self.show, promo_code="TIDE", valid_until=at.date() - timedelta(days=1))
        Episode.objects.filter(pk=self.episode.pk).update(published_at=at, air_date=at.date())
        page = self.preview()
        self.assertIn(f"{at.day} {at:%B %Y}", page)
        self.assertIn("This offer ended", page)

    def test_an_episode_is_no_neighbour_of_itself(self):
        published = make_episode(self.show, "003", title="Itself")
        values = form_values(self.client, change_url(published)) | {"air_date": ""}
        page = self.client.post(preview_url(published), values).content.decode()
        self.assertNotIn("3: Itself</b>", page)

    def test_it_speaks_the_language_of_the_show(self):
        Show.objects.filter(pk=self.show.pk).update(language="de")
        self.assertIn("Über diese Folge", self.preview())

    def test_a_row_costs_no_query_but_that_of_its_constraint(self):
        def queries(count: int) -> int:
            rows = {"links-TOTAL_FORMS": str(2 + count)}
            for number in range(2, 2 + count):
                rows |= {f"links-{number}-url": "https://example.org/n", f"links-{number}-title_kind": "text"}
            values = self.posted() | rows
            with CaptureQueriesContext(connection) as found:
                self.client.post(preview_url(self.episode), values)
            return sum("SAVEPOINT" not in query["sql"] for query in found)

        self.assertEqual(queries(40) - queries(1), 39)


class UnfinishedTests(PreviewTestCase):
    def test_what_needs_a_look_is_said_and_the_rest_is_shown(self):
        page = self.preview(
            title="A new title",
            air_date="the day after",
            links__TOTAL_FORMS="3",
            links__1__url="",
            links__1__text="Without address",
            links__2__text="Nowhere",
            links__2__title_kind="text",
        )
        problems = re.findall("<li>(.*?)</li>", BAND.findall(page)[0])
        self.assertEqual(
            problems,
            [
                "Planned for: Enter a valid date.",
                "Link 2: Address: A link needs an address.",
                "Link 3: Address: A link needs an address.",
            ],
        )
        rest = BAND.sub("", page)
        self.assertIn("A new title</h1>", rest)
        self.assertIn("Gone", rest)
        self.assertNotIn("Nowhere", rest)

    def test_a_new_episode_needs_its_show_and_nothing_else(self):
        empty = {
            f"{rows}-{name}_FORMS": "0" for rows in ("links", "credits", "placements") for name in ("TOTAL", "INITIAL")
        }
        response = self.client.post(NEW, empty)
        self.assertContains(response, "Choose a show")
        page = self.client.post(NEW, {**empty, "show": self.show.pk, "title": "First words"}).content.decode()
        self.assertIn("First words</h1>", page)
        self.assertIn("Number: This field is required.", page)

    def test_what_is_no_form_is_no_error_of_the_server(self):
        for path in (NEW, preview_url(self.episode)):
            for values in ({}, {"show": "x\0"}, {"show": str(self.show.pk), "links-TOTAL_FORMS": "-1", "tags": "\0"}):
                with self.subTest(path=path, values=values):
                    self.assertEqual(self.client.post(path, values).status_code, 200)

    def test_no_script_of_the_form_reaches_the_page(self):
        evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
        for app in (False, True):
            page = self.preview(app=app, title=evil, summary=evil, links__1__text=evil, links__1__description=evil)
            found = re.findall(r'<script(?! src="/static/| type="application/ld)|<img', page)
            self.assertEqual(found, [])


class WhoTests(PreviewTestCase):
    def test_whoever_may_write_or_place_sponsors_sees_it_and_nobody_else(self):
        values = self.posted()
        other = make_show("lamp-talk", "LT", title="Lamp Talk")
        for name, role, show, status in [
            ("wim", Role.WRITER, self.show, 200),
            ("ada", Role.AD_MANAGER, self.show, 200),
            ("vera", Role.VIEWER, self.show, 403),
            ("bob", Role.OWNER, other, 404),
        ]:
            with self.subTest(name=name):
                self.client.force_login(make_member(name, show, role))
                response = self.client.post(preview_url(self.episode), values)
                self.assertEqual(response.status_code, status)
                self.assertEqual(b"Low water" in response.content, status == 200)
        self.client.logout()
        response = self.client.post(preview_url(self.episode), values)
        self.assertTrue(response["Location"].startswith("/admin/login/"))

    def test_nobody_writes_into_another_show(self):
        bob = make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk"))
        self.client.force_login(bob)
        empty = {
            f"{rows}-{name}_FORMS": "0" for rows in ("links", "credits", "placements") for name in ("TOTAL", "INITIAL")
        }
        response = self.client.post(NEW, {**empty, "show": self.show.pk, "number": "9", "title": "x"})
        self.assertContains(response, "Choose a show")
        self.assertNotContains(response, "Tide Radio")

    def test_an_ad_manager_sees_stored_words_and_new_sponsors(self):
        self.client.force_login(make_member("ada", self.show, Role.AD_MANAGER))
        page = self.preview(title="Not theirs to write", placements__0__name="New name")
        self.assertIn("Low water</h1>", page)
        self.assertIn("New name", page)
        self.assertIn('<a target="_blank" href="http://tide-radio.localhost/tags/lamps"', page)

    def test_it_is_posted_with_a_token_and_framed_by_nobody(self):
        self.assertEqual(self.client.get(preview_url(self.episode)).status_code, 405)
        response = self.client.post(preview_url(self.episode), self.posted())
        self.assertEqual(response["X-Frame-Options"], "DENY")
        self.assertIn("frame-ancestors 'none'", response["Content-Security-Policy"])
        self.assertIn("script-src 'self';", response["Content-Security-Policy"])
        self.assertIn("no-store", response["Cache-Control"])
        strict = self.client_class(enforce_csrf_checks=True, headers={"host": "tide-radio.localhost"})
        strict.force_login(self.alice)
        self.assertEqual(strict.post(preview_url(self.episode), {}).status_code, 403)

    def test_the_button_is_there_for_whoever_may_save(self):
        page = self.client.get(change_url(self.episode)).content.decode()
        self.assertIn(f'formaction="{preview_url(self.episode)}" formtarget="_blank"', page)
        self.assertContains(self.client.get("/admin/episodes/episode/add/"), f'formaction="{NEW}"')
        self.client.force_login(make_member("vera", self.show, Role.VIEWER))
        self.assertNotContains(self.client.get(change_url(self.episode)), "formaction")

    def test_the_colour_of_a_show_is_there_on_any_host_for_its_members(self):
        theme = f"/admin/episodes/episode/theme/{self.show.pk}/"
        self.assertIn(f'href="{theme}?v=114477"', self.preview())
        self.assertEqual(self.client.get(theme).content, self.client.get("/theme.css").content)
        self.client.force_login(make_member("bob", make_show("lamp-talk", "LT", title="Lamp Talk")))
        self.assertEqual(self.client.get(theme).status_code, 404)


class AppTests(PreviewTestCase):
    def test_short_notes_are_shown_whole(self):
        page = self.preview(app=True, summary="Twelve *words*.")
        self.assertIn("Twelve <em>words</em>.", page)
        self.assertIn("All of it is shown.", page)
        self.assertNotIn("apps may stop here", page)

    def test_what_falls_past_the_cut_is_marked_and_counted(self):
        page = self.preview(app=True, summary="tide " * 700, links__1__description="past " * 200)
        Episode.objects.filter(pk=self.episode.pk).update(summary="x")
        self.assertIn("4,000 bytes: apps may stop here", page)
        kept, past = page.split("apps may stop here")
        self.assertIn("tide tide", kept)
        self.assertIn("past past", past)
        self.assertRegex(page, r"What stands below the line is [\d,]+ too many")


HTML = st.lists(
    st.sampled_from(["<p>Wörter</p>", "<ul>\n<li>one<br><a href=\"https://a.example/?x=1&amp;y=2\">a</a></li>\n</ul>",
                     "<p>a &lt; b &amp; c</p>", "<h3>Kopf 🎧</h3>", "<p><strong>x <em>y</em></strong></p>"]),
    min_size=1, max_size=12,
).map("\n".join)  # fmt: skip


def _text(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


@given(HTML, st.integers(1, 900))
def test_no_character_is_lost_or_doubled_at_the_cut(html, size):
    kept, past = kept_and_past(html, size)
    assert _text(kept) + _text(past) == _text(html)
    assert len(_text(kept).encode()) <= size
    for half in (kept, past):
        for tag in ("p", "ul", "li", "a", "strong", "em", "h3"):
            assert len(re.findall(f"<{tag}[ >]", half)) == half.count(f"</{tag}>"), (tag, half)


def test_a_link_that_is_cut_leads_somewhere_on_both_sides():
    html = '<ul>\n<li>x <a href="https://a.example">long words</a></li>\n</ul>'
    assert kept_and_past(html, html.index("words")) == (
        '<ul>\n<li>x <a href="https://a.example">long </a></li></ul>',
        '<ul><li><a href="https://a.example">words</a></li>\n</ul>',
    )
