"""The history: each save is a difference that people can read, and everything can be had again."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import reversion
from django.test import Client, TestCase
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from reversion.models import Version

from episodes import derived
from episodes.chapters import replace_chapters
from episodes.exporters.notes import page_of
from episodes.formats.chapters import Chapter
from episodes.models import ClickCount, Correction, Credit, Episode, EpisodeTag, Link, Placement, Tag, history
from episodes.models.history import KEPT, ROWS
from episodes.restoring import planned, restore
from episodes.saving import saved
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_show,
)
from episodes.tests.test_admin import LIST, change_url, save
from episodes.versions import difference, episodes_of, full_text, stored, with_rows
from hosts.models import Host
from lupcms.shows.models import OldPath, Role, Show, User
from lupcms.tests.browser import Visitor, accessibility_problems, needs_chromium, needs_npm, sign_in
from sponsors.models import ShortLink, Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.


def versions_of(episode: Episode) -> list[Version]:
    """Oldest first."""
    return list(Version.objects.get_for_object(episode).order_by("pk"))


def history_url(episode: Episode) -> str:
    return f"{LIST}{episode.pk}/history/"


def version_url(version: Version) -> str:
    return f"{LIST}{version.object_id}/history/{version.pk}/"


def restore_by(client: Client, version: Version) -> Any:
    seen = re.search(r'name="seen" value="(\w+)"', client.get(version_url(version)).content.decode())
    return client.post(version_url(version), {"seen": seen[1] if seen else ""})


def text(html: bytes | str) -> str:
    html = html.decode() if isinstance(html, bytes) else html
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", "", html))


def everything(episode: Episode) -> Any:
    """All that the history keeps of an episode and its rows, keys included; tags and chapters by what they say."""
    fresh = Episode.objects.get(pk=episode.pk)
    found: dict[str, Any] = {"page": page_of(Episode.objects.with_entries().get(pk=fresh.pk))}
    found |= {name: str(getattr(fresh, name)) for name in KEPT[Episode] if name not in history.NOTED}
    for accessor in ("links", "credits", "placements", "chapters"):
        found[accessor] = list(getattr(fresh, accessor).values_list(*KEPT[ROWS[accessor]]))
    return found | {"tags": sorted(fresh.tags.values_list("name", flat=True))}


class Scene(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show, summary="We look at the water.")
        cls.link = add_link(cls.episode)
        cls.credit = add_credit(cls.episode)
        cls.spot = add_placement(cls.episode)
        cls.episode.tags.set(["lamps", "oil"])
        replace_chapters(cls.episode, [Chapter(0, "Hello")])
        saved(cls.episode, cls.alice, is_new=True)
        cls.first = versions_of(cls.episode)[0]

    def setUp(self):
        self.client.force_login(self.alice)

    def change(self, **fields: Any) -> None:
        Episode.objects.filter(pk=self.episode.pk).update(**fields)
        saved(Episode.objects.get(pk=self.episode.pk), self.alice)


class KeepingTests(Scene):
    def test_a_version_is_what_reversion_would_have_kept(self):
        Link.objects.filter(pk=self.link.pk).update(text="Grüße \u2028 “🚢”")
        self.change(summary="Line one\r\nand “two” 🚢", published_at=datetime(2024, 5, 2, 1, 2, 3, 456789, UTC))
        kept = versions_of(self.episode)[-1].revision.version_set.order_by("pk")
        with reversion.create_revision():
            reversion.add_to_revision(Episode.objects.get(pk=self.episode.pk))
        theirs = versions_of(self.episode)[-1].revision.version_set.order_by("pk")

        def told(versions: Any) -> list[Any]:
            names = ("content_type", "object_id", "db", "format", "serialized_data", "object_repr")
            return sorted(versions.values_list(*names))

        self.assertEqual(told(kept), told(theirs))
        self.assertEqual(len(kept), 7)


class HistoryPageTests(Scene):
    def test_a_draft_without_a_day_says_so(self):
        self.change(published_at=None, air_date=None)
        self.change(title="Some day")
        page = self.page()
        self.assertIn("Air Date: none yet", page)
        self.assertNotIn("0001", page)

    def page(self, **query: str) -> str:
        response = self.client.get(history_url(self.episode), query)
        self.assertEqual(response.status_code, 200)
        return response.content.decode()

    def test_each_save_says_who_when_and_what_changed_in_the_show_zone(self):
        save(self.client, change_url(self.episode), summary="We look at the lamp.", season="3", tags="lamps, wick")
        page = self.page()
        seen = text(page)
        self.assertIn("− We look at the water.", seen)
        self.assertIn("+ We look at the lamp.", seen)
        self.assertIn("<b>lamp</b>", page)
        self.assertIn("Season: empty →became 3", seen)
        self.assertIn("− [oil]", seen)
        self.assertIn("+ [wick]", seen)
        self.assertRegex(seen, r"Saved \d+ \w+ \d{4}, \d\d:\d\d P[SD]T by alice")
        self.assertIn("The first that is kept.", seen)

    def test_what_no_page_carries_is_told_too(self):
        Link.objects.filter(pk=self.link.pk).update(heading="Of lamps")
        Placement.objects.filter(pk=self.spot.pk).update(
            kind="paid", starts_at_seconds=30, campaign=make_campaign(self.spot.sponsor, self.show)
        )
        replace_chapters(self.episode, [Chapter(0, "Good evening")])
        self.change(published_at=None)
        seen = text(self.page())
        for words in ("Heading “Of lamps” above “A page”", "Spot of Lamp Oil Ltd: paid", "second 30", "Good evening"):
            self.assertIn(words, seen)
        self.assertIn("Published at: 2 May 2024, 00:00 PDT →became empty", seen)

    def test_an_hour_that_exists_twice_is_told_with_its_zone(self):
        self.change(published_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC))
        self.assertIn("became 1 November 2026, 01:30 PST", text(self.page()))

    def test_what_an_import_changed_is_there_before_anybody_keeps_it(self):
        Link.objects.filter(pk=self.link.pk).update(text="By an import")
        derived.touch(self.episode)
        self.assertIn("by an import or another program", text(self.page()))
        self.assertIn("By an import", text(self.page()))
        save(self.client, change_url(self.episode), title="By Alice")
        seen = text(self.page())
        self.assertIn("Found changed", seen)
        self.assertEqual(len(versions_of(self.episode)), 3)

    def test_an_episode_that_nobody_has_saved_has_no_history(self):
        response = self.client.get(history_url(make_episode(self.show, "002")))
        self.assertContains(response, "the first save at the desk begins the history")

    def test_hostile_text_is_text(self):
        self.change(title="<script>alert(1)</script>", summary="<img src=x>\x01\u202e</ins>")
        for url in (history_url(self.episode), version_url(versions_of(self.episode)[-1])):
            page = self.client.get(url).content.decode()
            self.assertNotIn("<script>alert", page)
            self.assertNotIn("<img", page)

    def test_queries_and_time_are_the_same_with_200_saves_of_122_links(self):
        Link.objects.bulk_create(
            Link(episode=self.episode, url=f"https://example.org/{n}", text=f"{n}") for n in range(122)
        )
        self.episode.tags.set([f"tag {n}" for n in range(40)])
        for n in range(12):
            self.change(title=f"Title {n}")
        self.page()
        with self.assertNumQueries(13):
            self.page()
        last = versions_of(self.episode)[-1]
        rows = list(last.revision.version_set.all())
        for _ in range(188):
            revision = last.revision
            revision.pk = None
            revision.save()
            for row in rows:
                row.pk, row.revision = None, revision
            Version.objects.bulk_create(rows)
        with self.assertNumQueries(13):
            self.page()
        self.assertIn("Page 20 of 21", text(self.page(p="20")))


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("A word, and. " * 900, "A wrong, and. " + "A word, and. " * 899),
        ("a\nb\n" * 900, "a\nc\n" * 900),
        ("x\n" * 900, "y " * 900),
    ],
)
def test_long_texts_are_compared_where_they_begin_and_end(was, now):
    """What costs the product of both lengths many times over, minutes here, is not looked for."""
    show = Show(acronym="TR", time_zone="UTC")
    versions = [with_rows(Episode(show=show, number="1", summary=text), _no_rows(), []) for text in (was, now)]
    assert difference(*versions)


def _no_rows() -> dict[str, list[Any]]:
    return {name: [] for name in ROWS if name != "tagged_items"}


class KeepTests(Scene):
    def test_a_save_costs_the_same_with_many_rows_and_tags(self):
        history.keep(self.episode)
        with self.assertNumQueries(9):
            history.keep(self.episode)
        for n in range(30):
            add_link(self.episode, f"https://example.org/{n}")
        self.episode.tags.set([f"tag {n}" for n in range(30)])
        with self.assertNumQueries(9):
            history.keep(self.episode)

    def test_a_version_has_its_rows_in_their_order(self):
        add_link(self.episode, "https://example.org/first", position=0)
        self.change(title="Later")
        last = versions_of(self.episode)[-1]
        links = episodes_of([last])[last.pk].links.all()
        self.assertEqual([link.url for link in links], ["https://example.org/first", "https://example.org/a"])

    def test_what_differs_beside_the_page_stands_without_what_is_between(self):
        replace_chapters(self.episode, [Chapter(0, "A"), Chapter(60, "B"), Chapter(120, "C")])
        was = stored(self.episode)
        replace_chapters(self.episode, [Chapter(0, "A!"), Chapter(60, "B"), Chapter(120, "C!")])
        self.assertEqual([line.sign for line in difference(was, stored(self.episode)).rows], ["-", "+", "-", "+"])

    def test_of_a_line_that_is_another_altogether_no_word_is_marked(self):
        was = stored(self.episode)
        for summary, is_marked in (("We look at the lamp.", True), ("Nobody knows why it went dark that night", False)):
            Episode.objects.filter(pk=self.episode.pk).update(summary=summary)
            lines = difference(was, stored(self.episode)).page
            self.assertEqual(any(piece.is_new for line in lines for piece in line.pieces), is_marked, summary)

    def test_a_player_that_the_page_prints_is_told_once(self):
        was = stored(self.episode)
        for url, fields in (
            ("https://player.fireside.fm/v2/abcdefgh+ijklmnop?theme=dark", 0),
            ("https://player.example/1", 1),
        ):
            Episode.objects.filter(pk=self.episode.pk).update(player_url=url)
            found = difference(was, stored(self.episode))
            self.assertEqual((bool(found.page), len(found.fields)), (not fields, fields), url)

    def test_a_video_is_kept_told_and_restored(self):
        self.change(video_url="https://youtu.be/1")
        self.change(video_url="https://youtu.be/2")
        first, before, last = (episodes_of([save])[save.pk] for save in versions_of(self.episode))
        change = ("video address", "https://youtu.be/1", "https://youtu.be/2")
        self.assertEqual([tuple(field) for field in difference(before, last).fields], [change])
        self.assertEqual(first.video_url, "")
        self.assertEqual(restore_by(self.client, versions_of(self.episode)[1]).status_code, 302)
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).video_url, "https://youtu.be/1")

    def test_a_version_from_before_a_field_was_added_still_opens(self):
        data = self.first.serialized_data.replace('"is_in_review": false, ', "").replace(
            '"season": null, ', '"gone": 1, '
        )
        self.assertNotEqual(data, self.first.serialized_data)
        Version.objects.filter(pk=self.first.pk).update(serialized_data=data)
        self.change(title="Later")
        self.assertContains(self.client.get(history_url(self.episode)), "Later")
        self.assertEqual(restore_by(self.client, versions_of(self.episode)[0]).status_code, 302)
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).title, "The first tide")

    def test_tags_of_versions_that_were_called_by_sentences_are_read(self):
        for version in self.first.revision.version_set.filter(content_type__model="episodetag"):
            version.object_repr = f"{self.first.object_repr} tagged with {version.object_repr}"
            version.save()
        names = [tag.name for tag in episodes_of([self.first])[self.first.pk].tags.all()]
        self.assertEqual(names, ["lamps", "oil"])


class RestoreTests(Scene):
    def test_an_address_that_is_a_short_link_now_stays_the_sponsors(self):
        Episode.objects.filter(pk=self.episode.pk).update(slug="oil")
        saved(Episode.objects.get(pk=self.episode.pk), self.alice)
        version = versions_of(self.episode)[-1]
        self.change(slug="1")
        ShortLink.objects.create(show=self.show, word="oil", sponsor=self.spot.sponsor)
        self.assertContains(self.client.get(version_url(version)), "The address /oil is another page’s now")
        self.assertEqual(restore_by(self.client, version).status_code, 302)
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).slug, "1")

    def test_tags_that_came_later_go_and_what_an_import_left_stays_known(self):
        self.episode.tags.add("wick")
        self.change(imported={"links": ["notes", "x"]})
        self.assertEqual(restore_by(self.client, self.first).status_code, 302)
        episode = Episode.objects.get(pk=self.episode.pk)
        self.assertEqual(sorted(tag.name for tag in episode.tags.all()), ["lamps", "oil"])
        self.assertEqual(episode.imported, {"links": ["notes", "x"]})

    def test_a_row_that_another_episode_has_now_is_left_to_it(self):
        other = make_episode(self.show, "002")
        Link.objects.filter(pk=self.link.pk).update(episode=other)
        self.assertEqual(restore_by(self.client, self.first).status_code, 302)
        self.assertEqual(self.episode.links.get().url, self.link.url)
        self.assertEqual(other.links.get(), self.link)

    def test_what_an_import_wrote_is_kept_before_it_is_restored_over(self):
        Episode.objects.filter(pk=self.episode.pk).update(title="By an import")
        derived.touch(Episode.objects.get(pk=self.episode.pk))
        self.assertEqual(restore_by(self.client, self.first).status_code, 302)
        titles = [version.field_dict["title"] for version in versions_of(self.episode)]
        self.assertEqual(titles, ["The first tide", "By an import", "The first tide"])

    def test_a_file_that_is_gone_takes_no_address_elsewhere_with_it(self):
        was, now = stored(self.episode), stored(self.episode)
        was.audio.name, was.enclosure_url = "audio/gone.mp3", "https://cdn.example/1.mp3"
        episode = planned(was, now).episode
        self.assertEqual((episode.audio.name, episode.enclosure_url), ("", "https://cdn.example/1.mp3"))

    def test_an_episode_whose_links_sponsors_people_and_tags_were_deleted_is_itself_again(self):
        before = everything(self.episode)
        self.episode.links.all().delete()
        self.episode.placements.all().delete()
        self.episode.credits.all().delete()
        self.episode.chapters.all().delete()
        EpisodeTag.objects.all().delete()
        Tag.objects.all().delete()
        self.change(title="Bare", summary="", season=7)
        self.assertRedirects(
            restore_by(self.client, self.first), change_url(self.episode), fetch_redirect_response=False
        )
        self.assertEqual(everything(self.episode), before)
        self.assertIn("<p>We look at the water.</p>", Episode.objects.get().summary_html)
        self.assertEqual(Placement.objects.get().words_html, "Ten per cent off.")
        last = versions_of(self.episode)[-1].revision
        self.assertEqual(last.user, self.alice)
        self.assertRegex(last.comment, r"^Restored the version of .* P[SD]T$")

    def test_clicks_and_corrections_stay_with_a_spot_that_stood_on(self):
        ClickCount.objects.create(placement=self.spot, day=date(2024, 5, 2), count=3)
        correction = Correction.objects.create(
            sponsor=self.spot.sponsor, show=self.show, placement=self.spot, about="x", message="x"
        )
        Placement.objects.filter(pk=self.spot.pk).update(words="Changed.")
        self.change(title="Later")
        restore_by(self.client, self.first)
        self.assertEqual(Placement.objects.get().words, "Ten per cent off.")
        self.assertEqual(ClickCount.objects.get().placement_id, self.spot.pk)
        correction.refresh_from_db()
        self.assertEqual(correction.placement_id, self.spot.pk)

    def test_a_sponsor_and_a_host_who_are_gone_are_made_again_by_name_and_words_stay(self):
        campaign = make_campaign(self.spot.sponsor, self.show)
        Placement.objects.filter(pk=self.spot.pk).update(campaign=campaign)
        self.change(title="With a campaign")
        kept = versions_of(self.episode)[-1]
        self.episode.placements.all().delete()
        self.episode.credits.all().delete()
        campaign.delete()
        Sponsor.objects.all().delete()
        Host.objects.all().delete()
        self.change(title="Bare")
        page = text(self.client.get(version_url(kept)).content)
        for words in ("The sponsor “Lamp Oil Ltd” is gone", "The host “Ann Host” is gone", "The campaign of the spot"):
            self.assertIn(words, page)
        restore_by(self.client, kept)
        spot = Placement.objects.get()
        self.assertEqual((spot.sponsor.name, spot.words, spot.campaign), ("Lamp Oil Ltd", "Ten per cent off.", None))
        self.assertEqual(Credit.objects.get().host.name, "Ann Host")

    def test_a_guid_never_changes_once_it_is_set(self):
        guid = self.episode.guid
        Version.objects.filter(pk=self.first.pk).update(
            serialized_data=self.first.serialized_data.replace(str(guid), "of-then")
        )
        self.change(title="Later")
        restore_by(self.client, versions_of(self.episode)[0])
        self.assertEqual(Episode.objects.get().guid, guid)

    def test_a_number_that_another_episode_has_now_is_refused_in_words(self):
        self.change(number="009", slug="9")
        make_episode(self.show, "001", title="Usurper")
        response = self.client.get(version_url(self.first))
        self.assertContains(response, "Another episode has the number 001 now: 001: Usurper.")
        self.assertNotContains(response, 'value="Restore this version"')
        self.client.post(version_url(self.first), {"seen": history.fingerprint(stored(self.episode))})
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).number, "009")

    def test_an_address_that_another_page_has_now_stays_theirs(self):
        self.change(slug="lamps")
        kept = versions_of(self.episode)[-1]
        self.change(slug="1")
        make_episode(self.show, "002", slug="LAMPS")
        self.change(title="Later")
        self.assertContains(self.client.get(version_url(kept)), "another page’s now")
        restore_by(self.client, kept)
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).slug, "1")

    def test_a_renamed_address_leads_to_the_restored_one(self):
        self.change(slug="lamps")
        restore_by(self.client, self.first)
        self.assertEqual(OldPath.objects.get(path="/lamps").target, "/1")

    def test_a_file_that_is_gone_is_not_restored(self):
        self.change(audio="audio/gone.mp3", enclosure_url="https://tide-radio.example/media/audio/gone.mp3")
        kept = versions_of(self.episode)[-1]
        self.change(audio="", enclosure_url="https://elsewhere.example/a.mp3")
        self.assertContains(self.client.get(version_url(kept)), "The audio file of then is gone")
        restore_by(self.client, kept)
        episode = Episode.objects.get()
        self.assertEqual((episode.audio.name, episode.enclosure_url), ("", "https://elsewhere.example/a.mp3"))

    def test_it_is_said_that_a_page_goes_offline(self):
        self.change(published_at=None)
        draft = versions_of(self.episode)[-1]
        self.change(published_at=timezone.now() - timedelta(days=1))
        self.assertContains(self.client.get(version_url(draft)), "its page goes offline")

    def test_what_somebody_saved_meanwhile_is_not_overwritten_unseen(self):
        self.change(title="Second")
        self.client.get(version_url(self.first))
        seen = history.fingerprint(Episode.objects.get())
        self.change(title="Third")
        self.client.post(version_url(self.first), {"seen": seen})
        self.assertEqual(Episode.objects.get().title, "Third")

    def test_spots_are_restored_by_those_who_place_sponsors(self):
        Placement.objects.filter(pk=self.spot.pk).update(words="Changed.")
        self.change(title="Later")
        self.client.force_login(make_member("will", self.show, Role.WRITER))
        self.assertContains(self.client.get(version_url(self.first)), "its spots stay as they are now")
        restore_by(self.client, self.first)
        self.assertEqual(Placement.objects.get().words, "Changed.")
        self.assertEqual(Episode.objects.get().title, "The first tide")


class NoSecondDoorTests(Scene):
    def restored_time(self, then: datetime | None, now: datetime | None) -> datetime | None:
        Episode.objects.filter(pk=self.episode.pk).update(published_at=then)
        history.keep(self.episode)
        kept = Version.objects.get_for_object(self.episode).first()
        Episode.objects.filter(pk=self.episode.pk).update(published_at=now)
        current = stored(self.episode)
        plan = planned(episodes_of([kept])[kept.pk], current)
        restore(plan, current, self.alice, "Restored")
        time = Episode.objects.get(pk=self.episode.pk).published_at
        self.assertEqual(any("only the publish step" in note for note in plan.notes), time != then)
        return time

    def test_no_version_makes_an_episode_public_or_public_sooner(self):
        past, soon, later = (timezone.now().replace(microsecond=0) + timedelta(days=n) for n in (-9, 1, 9))
        for then, now, expected in [
            (past, None, None),
            (soon, None, None),
            (past, later, later),
            (soon, later, later),
            (later, soon, later),
            (past - timedelta(1), past, past - timedelta(1)),
            (None, past, None),
            (None, soon, None),
        ]:
            with self.subTest(then=then, now=now):
                self.assertEqual(self.restored_time(then, now), expected)


class DeletedTests(Scene):
    def delete(self, *episodes: Episode) -> None:
        data = {"action": "delete_selected", "_selected_action": [one.pk for one in episodes], "post": "yes"}
        self.assertEqual(self.client.post(LIST, data).status_code, 302)

    def recover(self) -> Any:
        return self.client.post(f"{LIST}deleted/{self.episode.pk}/")

    def test_a_deleted_episode_is_listed_and_recovered_byte_for_byte(self):
        Link.objects.filter(pk=self.link.pk).update(heading="Not kept by any save")
        before = everything(self.episode)
        self.client.post(f"{LIST}{self.episode.pk}/delete/", {"post": "yes"})
        self.assertFalse(Episode.objects.exists())
        listed = text(self.client.get(f"{LIST}deleted/").content)
        self.assertRegex(listed, r"Tide Radio 001: The first tide \d+ \w+ \d{4}, \d\d:\d\d \w+ alice")
        self.assertContains(self.client.get(f"{LIST}deleted/{self.episode.pk}/"), "We look at the water.")
        self.assertRedirects(self.recover(), change_url(self.episode), fetch_redirect_response=False)
        self.assertEqual(everything(self.episode), before)
        # The first page after it says that it is back.
        self.client.get(LIST)
        self.assertNotContains(self.client.get(f"{LIST}deleted/"), "The first tide")
        self.assertEqual([v.revision.comment for v in versions_of(self.episode)], ["", "Deleted", "Recovered"])
        self.assertRedirects(self.recover(), change_url(self.episode), fetch_redirect_response=False)

    def test_the_confirmation_says_what_goes_for_good(self):
        for response in (
            self.client.get(f"{LIST}{self.episode.pk}/delete/"),
            self.client.post(LIST, {"action": "delete_selected", "_selected_action": [self.episode.pk]}),
        ):
            self.assertContains(response, "Clicks, numbers of downloads, transcripts and private previews go for good")

    def test_deleting_many_keeps_each_and_costs_no_more_for_it(self):
        def kept(count: int, first: int) -> int:
            episodes = [make_episode(self.show, f"{first + n}") for n in range(count)]
            for one in episodes:
                add_link(one, f"https://example.org/{one.pk}")
            with self.assertNumQueries(8):
                history.keep_all(episodes, self.alice, "Deleted")
            self.delete(*episodes)
            return len(episodes)

        history.keep(self.episode)
        self.assertEqual(kept(1, 100) + kept(50, 200), 51)
        self.episode = Episode(pk=history.deleted(Episode).first().object_id)
        with self.assertNumQueries(8):
            self.client.get(f"{LIST}deleted/")
        self.recover()
        self.assertEqual(Episode.objects.get(pk=self.episode.pk).links.count(), 1)

    def test_a_number_that_is_taken_meanwhile_is_said(self):
        self.delete(self.episode)
        make_episode(self.show, "001", title="Usurper")
        self.assertContains(self.recover(), "Another episode has the number 001 now")

    def test_an_address_and_a_guid_that_are_taken_meanwhile_are_replaced(self):
        self.delete(self.episode)
        make_episode(self.show, "002", slug="1", guid=self.episode.guid)
        self.assertEqual(self.recover().status_code, 302)
        episode = Episode.objects.get(number="001")
        self.assertEqual(episode.slug, "001")
        self.assertNotEqual(episode.guid, self.episode.guid)

    def test_who_sees_and_recovers_what(self):
        self.delete(self.episode)
        addresses = (f"{LIST}deleted/", f"{LIST}deleted/{self.episode.pk}/")
        found = {}
        bob = make_member("bob", make_show("other", "OT"))
        people = {
            name: make_member(name, self.show, Role(name)) for name in ("viewer", "writer", "ad_manager", "owner")
        }
        for name, user in {"nobody": None, "bob": bob, **people}.items():
            client = Client()
            if user:
                client.force_login(user)
            found[name] = [client.get(address).status_code for address in addresses]
            self.assertNotIn(b"The first tide", client.get(addresses[0]).content if name != "owner" else b"")
            if name != "owner":
                self.assertNotEqual(client.post(addresses[1]).status_code, 200)
                self.assertFalse(Episode.objects.exists(), name)
        self.assertEqual(
            found,
            {
                "nobody": [302, 302],
                "bob": [200, 404],
                "viewer": [403, 404],
                "writer": [403, 404],
                "ad_manager": [403, 404],
                "owner": [200, 200],
            },
        )


class PermissionTests(Scene):
    def test_who_reads_and_restores_what(self):
        self.change(title="Later")
        bob = make_member("bob", make_show("other", "OT"))
        people = {name: make_member(name, self.show, Role(name)) for name in ("viewer", "writer", "ad_manager")}
        found = {}
        for name, user in {"nobody": None, "bob": bob, **people}.items():
            client = Client()
            if user:
                client.force_login(user)
            found[name] = (
                client.get(history_url(self.episode)).status_code,
                client.get(version_url(self.first)).status_code,
                client.post(version_url(self.first), {"seen": history.fingerprint(Episode.objects.get())}).status_code,
                Episode.objects.get().title,
            )
        self.assertEqual(
            found,
            {
                "nobody": (302, 302, 403, "Later"),
                "bob": (302, 404, 404, "Later"),
                "viewer": (200, 200, 403, "Later"),
                "writer": (200, 200, 302, "The first tide"),
                "ad_manager": (200, 200, 403, "The first tide"),
            },
        )

    def test_a_version_of_another_episode_is_not_found(self):
        other = make_episode(self.show, "002")
        self.assertEqual(self.client.get(f"{LIST}{other.pk}/history/{self.first.pk}/").status_code, 404)


def noon(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), UTC)


WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "Zs", "P"]), min_size=1, max_size=12)
EDITS = st.one_of(
    st.tuples(st.sampled_from(["title", "summary"]), WORDS),
    st.tuples(st.just("season"), st.none() | st.integers(1, 9)),
    st.tuples(st.just("published_at"), st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)).map(noon)),
    st.tuples(st.just("number"), st.integers(1, 999).map(str)),
    st.tuples(st.sampled_from(["add link", "drop links", "turn links", "add spot", "drop sponsors"]), WORDS),
    st.tuples(st.just("tags"), st.lists(st.sampled_from(["a", "b", "c#", "d"]), unique=True)),
    st.tuples(st.just("drop tags"), st.just("")),
    st.tuples(st.just("chapters"), st.lists(WORDS, max_size=3)),
)


def edit(episode: Episode, what: str, value: Any) -> None:
    if what == "add link":
        Link.objects.create(episode=episode, url="https://example.org/", text=value, heading=value, position=1)
    elif what == "drop links":
        Link.objects.filter(pk=episode.links.values_list("pk", flat=True).first()).delete()
    elif what == "turn links":
        rows = list(episode.links.all())
        for position, row in enumerate(reversed(rows), 1):
            Link.objects.filter(pk=row.pk).update(position=position)
    elif what == "add spot":
        add_placement(episode, "Lamp Oil Ltd", words=value, kind="paid", starts_at_seconds=4)
    elif what == "drop sponsors":
        episode.placements.all().delete()
    elif what == "tags":
        episode.tags.set(value)
    elif what == "drop tags":
        EpisodeTag.objects.all().delete()
        Tag.objects.all().delete()
    elif what == "chapters":
        replace_chapters(episode, [Chapter(1000 * n, title) for n, title in enumerate(value)])
    else:
        setattr(episode, what, value)
        episode.save()


class PropertyTests(HypothesisTestCase):
    @settings(max_examples=10, deadline=None)
    @given(st.lists(EDITS, min_size=1, max_size=7), st.data())
    def test_after_any_edits_each_version_can_be_had_again_exactly(self, edits, data):
        show = make_show()
        by = User.objects.create(username="alice")
        episode = make_episode(show)
        saved(episode, by, is_new=True)
        kept = [everything(episode)]
        for what, value in edits:
            edit(Episode.objects.get(pk=episode.pk), what, value)
            saved(Episode.objects.get(pk=episode.pk), by)
            kept.append(everything(episode))
        k = data.draw(st.integers(0, len(edits)))
        version = versions_of(episode)[k]
        was = episodes_of([version])[version.pk]
        if was.published_at:
            # What is a draft now stays one, whatever it was.
            Episode.objects.update(published_at=was.published_at, is_in_review=False)
        restore(planned(was, stored(episode)), stored(episode), by, "Restored")
        assert everything(episode) == kept[k]
        assert not difference(was, stored(episode))
        assert full_text(was) == full_text(stored(episode))
        history.keep(episode, by, history.DELETED)
        Episode.objects.all().delete()
        last = history.deleted(Episode).get()
        restore(planned(episodes_of([last])[last.pk], None), None, by, "Recovered")
        assert everything(episode) == kept[k]


@pytest.mark.django_db(transaction=True)
@needs_chromium
@needs_npm
def test_restore_in_chromium_of_an_episode_whose_links_sponsors_and_tags_were_deleted(live_server, browser):
    show = make_show()
    alice = make_member("alice", show)
    episode = make_episode(show)
    add_link(episode)
    add_credit(episode)
    add_placement(episode)
    episode.tags.set(["lamps"])
    saved(episode, alice, is_new=True)
    before = everything(episode)
    episode.links.all().delete()
    episode.placements.all().delete()
    Sponsor.objects.all().delete()
    Tag.objects.all().delete()
    saved(Episode.objects.get(), alice)
    context = browser.new_context(viewport={"width": 390, "height": 800}, java_script_enabled=True)
    visitor = Visitor(context)
    sign_in(visitor, live_server.url, alice)
    page = visitor.page
    page.goto(live_server.url + change_url(episode))
    page.get_by_role("link", name="History").click()
    for _ in range(2):
        assert accessibility_problems(page, ("serious", "critical")) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if page.get_by_role("link", name="All of it as it was then").count():
            page.get_by_role("link", name="All of it as it was then").last.click()
    page.get_by_role("button", name="Restore this version").press("Enter")
    page.get_by_text("What stood before is in the history, too.").wait_for()
    after = everything(episode)
    # Only the sponsor is another: it is made again, by its name.
    assert after["page"] == before["page"]
    assert (after["links"], after["credits"], after["tags"]) == (before["links"], before["credits"], before["tags"])
    assert Placement.objects.get().sponsor == Sponsor.objects.get(name="Lamp Oil Ltd")
    assert visitor.complaints == []
    context.close()
