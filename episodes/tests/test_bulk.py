"""One change to many episodes: what is shown before, what is done, and who may."""

from typing import Any
from unittest.mock import patch

import pytest
import reversion
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from reversion.models import Version

from episodes.exporters.notes import page_of
from episodes.models import Credit, Episode, EpisodeTag, Placement, Tag, history
from episodes.tests.factories import (
    add_credit,
    add_link,
    add_placement,
    make_campaign,
    make_episode,
    make_member,
    make_offer,
    make_show,
)
from hosts.models import Host, HostName
from lupcms.shows.models import Role
from sponsors.models import Sponsor

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/episode/"


class BulkTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(hub_url="https://hub.example"), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.alice, cls.bob = make_member("alice", cls.show), make_member("bob", cls.other)
        cls.vera = make_member("vera", cls.show, Role.VIEWER)
        cls.wim, cls.adam = make_member("wim", cls.show, Role.WRITER), make_member("adam", cls.show, Role.AD_MANAGER)
        cls.first, cls.second = make_episode(cls.show, "001"), make_episode(cls.show, "002", published=False)
        cls.theirs = make_episode(cls.other, "001", title="Theirs", published=False)
        cls.first.tags.add("tide")
        cls.ann = add_credit(cls.first).host
        cls.sponsor = add_placement(cls.first).sponsor

    def setUp(self):
        self.client.force_login(self.alice)

    def post(self, action: str, *episodes: Episode, path: str = LIST, **data: Any):
        selected = [episode.pk for episode in episodes or (self.first, self.second)]
        return self.client.post(path, {"action": action, "_selected_action": selected, **data}, follow=True)

    def show_then_confirm(self, action: str, *episodes: Episode, **data: Any) -> tuple[Any, str]:
        """What was shown, and what was said after it was confirmed."""
        summary = self.post(action, *episodes, stage="show", **data)
        done = self.post(action, *episodes, stage="confirm", shown=summary.context["shown"], **data)
        return summary, self.said(done)

    def said(self, response: Any) -> str:
        return " ".join(str(message) for message in response.context["messages"])

    def lines(self, response: Any) -> tuple[dict[str, str], dict[str, str]]:
        changed = {str(line.episode): line.done for line in response.context["changed"]}
        return changed, {str(line.episode): line.why for line in response.context["kept"]}


class TagsTests(BulkTests):
    def test_the_choice_comes_first(self):
        response = self.post("add_tags")
        self.assertContains(response, "2 episodes selected.")
        self.assertContains(response, '<textarea name="tags"')

    def test_the_summary_says_what_will_change_and_what_not_and_changes_nothing(self):
        response = self.post("add_tags", tags="tide, tide", stage="show")
        self.assertEqual(
            self.lines(response),
            ({"002: The first tide": "gets “tide”"}, {"001: The first tide": "has “tide” already"}),
        )
        self.assertContains(response, "1 episode will change, 1 will stay as it is.")
        self.assertNotContains(response, "published. ")
        response = self.post("add_tags", tags="moon, tide", stage="show")
        self.assertEqual(
            self.lines(response)[0],
            {"001: The first tide": "gets “moon”", "002: The first tide": "gets “moon”, “tide”"},
        )
        self.assertContains(response, "1 of those that change is published. Their pages will have the tags at once.")
        self.assertEqual(list(EpisodeTag.objects.values_list("content_object", "tag__name")), [(self.first.pk, "tide")])
        self.assertEqual(list(Tag.objects.values_list("name", flat=True)), ["tide"])
        self.assertEqual((Version.objects.count(), LogEntry.objects.count()), (0, 0))

    def test_confirmed_it_is_done_with_everything_that_follows(self):
        before = Episode.objects.get(pk=self.first.pk).changed_at
        _, said = self.show_then_confirm("add_tags", tags="moon, tide")
        self.assertEqual(said, "Add “moon”, “tide”: 2 episodes changed.")
        for episode in (self.first, self.second):
            self.assertEqual(sorted(episode.tags.names()), ["moon", "tide"])
            versions = Version.objects.get_for_object(episode)
            # What it was, and what it is; each with a revision of its own.
            self.assertEqual([version.revision.user for version in versions], [self.alice, None])
            kept = {version.object_repr for version in versions[0].revision.version_set.all()}
            self.assertIn("moon", kept)
            self.assertEqual(sum(text[5:] == "The first tide" for text in kept), 1)
        self.assertEqual(Version.objects.get_for_object(self.first)[0].revision.version_set.count(), 5)
        self.assertNotEqual(Episode.objects.get(pk=self.first.pk).changed_at, before)
        self.assertEqual(LogEntry.objects.count(), 2)

    def test_a_hub_is_told_once_a_show(self):
        for tags, calls in (("moon", 1), ("moon", 0)):
            with patch("episodes.feeds.websub.changed") as changed, self.captureOnCommitCallbacks(execute=True):
                self.show_then_confirm("add_tags", tags=tags)
            self.assertEqual([call.args for call in changed.call_args_list], [(self.show,)] * calls)

    def test_removing(self):
        self.second.tags.add("moon", "tide")
        summary, said = self.show_then_confirm("remove_tags", tags="moon, unknown")
        self.assertEqual(
            self.lines(summary),
            ({"002: The first tide": "loses “moon”"}, {"001: The first tide": "does not have “moon”, “unknown”"}),
        )
        self.assertEqual(said, "Remove “moon”, “unknown”: 1 episode changed.")
        self.assertEqual(sorted(self.second.tags.names()), ["tide"])
        self.assertFalse(Tag.objects.filter(name="unknown").exists())

    def test_bad_input_is_named_and_nothing_is_lost(self):
        for tags in ("", "x" * 300, "a\0b"):
            for stage in ("show", "confirm"):
                response = self.post("add_tags", tags=tags, stage=stage, shown=str(self.first.pk))
                self.assertContains(response, "Please correct what is marked below.")
        response = self.post("add_tags", tags="<script>alert(1)</script>", stage="show")
        self.assertContains(response, "&lt;script&gt;alert(1)&lt;/script&gt;")
        self.assertNotContains(response, "<script>alert")
        self.assertContains(self.post("add_tags", tags="kept", stage="choose"), "kept</textarea>")

    def test_what_changed_since_the_summary_is_counted_again(self):
        shown = self.post("add_tags", tags="moon", stage="show").context["shown"]
        self.second.tags.add("moon")
        response = self.post("add_tags", tags="moon", stage="confirm", shown=shown)
        self.assertEqual(
            self.said(response),
            "Add “moon”: 1 episode changed. 1 episode had changed since the summary and stayed as they are.",
        )
        for shown in ("", "x", "²", "9" * 40, ",,", "-1"):
            response = self.post("add_tags", tags="sun", stage="confirm", shown=shown)
            self.assertIn("Add “sun”: 0 episodes changed.", self.said(response))
        self.assertFalse(EpisodeTag.objects.filter(tag__name="sun").exists())

    def test_all_across_pages_are_those_of_the_list_with_its_filter_and_no_later_one(self):
        path = f"{LIST}?state=published"
        make_episode(self.show, "003")
        data = {"tags": "moon", "select_across": "1"}
        summary = self.post("add_tags", self.first, path=path, stage="show", **data)
        self.assertEqual(sorted(self.lines(summary)[0]), ["001: The first tide", "003: The first tide"])
        self.assertContains(summary, '<input type="hidden" name="select_across" value="1">')
        late = make_episode(self.show, "004")
        self.post("add_tags", self.first, path=path, stage="confirm", shown=summary.context["shown"], **data)
        self.assertEqual(EpisodeTag.objects.filter(tag__name="moon").count(), 2)
        self.assertEqual(list(late.tags.names()), [])

    def test_too_many_at_once_are_refused_with_a_way_out(self):
        with patch("episodes.admin.bulk.MOST_AT_ONCE", 1):
            response = self.post("add_tags", tags="moon", stage="confirm", shown=f"{self.first.pk}")
        self.assertIn("Filter the list so that at most 1 are selected.", self.said(response))
        self.assertFalse(EpisodeTag.objects.filter(tag__name="moon").exists())


class HostTests(BulkTests):
    def test_with_the_name_that_the_show_knows_and_after_the_others(self):
        gil = HostName.objects.known_as(self.show, "gil", "Gil Guest").host
        HostName.objects.create(show=self.show, host=gil, slug="gilbert", name="Gilbert")
        summary, said = self.show_then_confirm("add_host", host=gil.pk, role="guest")
        self.assertEqual(
            self.lines(summary)[0],
            {f"00{n}: The first tide": "gets Gil Guest (gil) as guest" for n in (1, 2)},
        )
        self.assertEqual(said, "Add Gil Guest as guest: 2 episodes changed.")
        rows = Credit.objects.filter(host=gil).values_list("episode", "role", "name", "slug", "position")
        expected = [(self.first.pk, "guest", "Gil Guest", "gil", 2), (self.second.pk, "guest", "Gil Guest", "gil", 1)]
        self.assertEqual(sorted(rows), expected)

    def test_who_is_there_in_this_role_stays_once(self):
        summary, _ = self.show_then_confirm("add_host", host=self.ann.pk, role="host")
        self.assertEqual(self.lines(summary)[1], {"001: The first tide": "has Ann Host as host already"})
        self.assertEqual(self.first.credits.count(), 1)
        self.assertEqual(self.second.credits.count(), 1)

    def test_a_show_that_does_not_know_them_is_left_and_named(self):
        make_member("olga", self.show).memberships.create(show=self.other, role=Role.PRODUCER)
        self.client.force_login(type(self.alice).objects.get(username="olga"))
        summary, _ = self.show_then_confirm("add_host", self.second, self.theirs, host=self.ann.pk, role="host")
        self.assertEqual(
            self.lines(summary),
            (
                {"002: The first tide": "gets Ann Host (ann) as host"},
                {"001: Theirs": "Lamp Talk knows no slug for Ann Host"},
            ),
        )
        self.assertEqual(self.theirs.credits.count(), 0)

    def test_only_people_of_ones_shows_are_offered(self):
        stranger = Host.objects.create(name="Stranger")
        HostName.objects.create(show=self.other, host=stranger, slug="stranger", name="Stranger")
        self.assertNotContains(self.post("add_host"), "Stranger")
        for host in (stranger.pk, "", "x", 10**30):
            response = self.post("add_host", host=host, role="host", stage="show")
            self.assertContains(response, "Please correct what is marked below.")


class SponsorTests(BulkTests):
    def test_each_spot_says_what_was_booked_for_its_day_until_the_booking_is_full(self):
        lamps = Sponsor.objects.create(name="Lamps", slug="lamps", url="https://lamps.example", kind="paid")
        offer = make_offer(lamps, self.show, words="A lamp for two.", promo_code="LAMPS")
        one = make_campaign(lamps, self.show, spots=1, offer=offer)
        two = make_campaign(lamps, self.show, spots=5, ends_on="2024-06-30")
        Episode.objects.filter(pk=self.second.pk).update(air_date="2024-05-09")
        summary, said = self.show_then_confirm("add_sponsor", sponsor=lamps.pk)
        self.assertEqual(said, "Add a spot of Lamps: 2 episodes changed.")
        changed, _ = self.lines(summary)
        self.assertEqual(changed["001: The first tide"], f"gets “A lamp for two.”, code LAMPS; booked by {one}")
        self.assertIn(f"booked by {two}", changed["002: The first tide"])
        spots = Placement.objects.filter(sponsor=lamps).order_by("episode__number")
        self.assertEqual(
            [(spot.campaign, spot.position, spot.slug) for spot in spots], [(one, 2, "lamps"), (two, 1, "lamps")]
        )
        self.assertIn("A lamp for two.", Episode.objects.get(pk=self.first.pk).feed_html)

    def test_of_published_episodes_it_says_what_that_means(self):
        other = Sponsor.objects.create(name="Other", slug="other")
        response = self.post("add_sponsor", sponsor=other.pk, stage="show")
        self.assertContains(
            response, "1 of those that change is published. What they said when they were published is a record"
        )
        self.assertEqual(
            set(self.lines(response)[0].values()), {"gets a spot without words yet; booked by no campaign"}
        )
        self.assertNotContains(self.post("add_sponsor", self.second, sponsor=other.pk, stage="show"), "is a record")

    def test_a_second_spot_is_not_added(self):
        summary, _ = self.show_then_confirm("add_sponsor", sponsor=self.sponsor.pk)
        self.assertEqual(self.lines(summary)[1], {"001: The first tide": "has a spot of Lamp Oil Ltd already"})
        self.assertEqual(self.second.placements.get().words, "Ten per cent off.")
        self.assertEqual(self.first.placements.count(), 1)

    def test_what_a_page_cannot_say_is_named(self):
        bad = Sponsor.objects.create(name="Bad", slug="bad")
        Sponsor.objects.filter(pk=bad.pk).update(name="")
        summary, _ = self.show_then_confirm("add_sponsor", self.second, sponsor=bad.pk)
        self.assertEqual(self.lines(summary)[1], {"002: The first tide": "name: This field cannot be blank."})
        self.assertEqual(self.second.placements.count(), 0)


class PermissionTests(BulkTests):
    def actions(self) -> set[str]:
        form = self.client.get(LIST).context["action_form"]
        return {name for name, _ in form.fields["action"].choices if name} if form else set()

    def test_each_role_has_what_it_may(self):
        tags_and_hosts, sponsors = {"add_tags", "remove_tags", "add_host"}, {"add_sponsor"}
        for user, actions in [
            (self.alice, tags_and_hosts | sponsors),
            (self.wim, tags_and_hosts),
            (self.adam, sponsors),
            (self.vera, set()),
        ]:
            self.client.force_login(user)
            self.assertEqual(self.actions() - {"delete_selected"}, actions, user)

    def test_a_forged_action_does_nothing(self):
        for user in (self.vera, self.adam):
            self.client.force_login(user)
            self.post("add_tags", tags="moon", stage="confirm", shown=f"{self.first.pk},{self.second.pk}")
        self.client.logout()
        self.post("add_tags", tags="moon", stage="confirm", shown=str(self.first.pk))
        self.assertFalse(EpisodeTag.objects.filter(tag__name="moon").exists())

    def test_an_episode_of_another_show_is_not_there(self):
        data = {"tags": "moon", "shown": f"{self.first.pk},{self.theirs.pk}"}
        response = self.post("add_tags", self.first, self.theirs, stage="show", tags="moon")
        self.assertNotContains(response, "Theirs")
        self.post("add_tags", self.first, self.theirs, stage="confirm", **data)
        self.assertEqual((list(self.theirs.tags.names()), "moon" in self.first.tags.names()), ([], True))

    def test_one_that_i_only_see_stays_and_says_why(self):
        self.alice.memberships.create(show=self.other, role=Role.VIEWER)
        self.client.force_login(type(self.alice).objects.get(pk=self.alice.pk))
        data = {"tags": "moon", "shown": f"{self.first.pk},{self.theirs.pk}"}
        response = self.post("add_tags", self.first, self.theirs, stage="show", tags="moon")
        self.assertEqual(self.lines(response)[1], {"001: Theirs": "Lamp Talk is not yours to change"})
        self.post("add_tags", self.first, self.theirs, stage="confirm", **data)
        self.assertEqual(list(self.theirs.tags.names()), [])
        self.assertEqual(Version.objects.get_for_object(self.theirs).count(), 0)


class ManyTests(BulkTests):
    def queries(self, action: str, count: int, **data: Any) -> tuple[int, int]:
        """Of the summary and of the confirmation, with `count` episodes."""
        numbers = [f"{count}-{n}" for n in range(count)]
        episodes = Episode.objects.bulk_create(
            Episode(show=self.show, number=number, slug=number, title="x") for number in numbers
        )
        for episode in episodes[:10]:
            add_link(episode)
            episode.tags.add("one", "two")
        measured, shown = [], ""
        for stage in ("show", "confirm"):
            selected = [episode.pk for episode in episodes]
            data |= {"action": action, "_selected_action": selected, "stage": stage, "shown": shown}
            with CaptureQueriesContext(
                connection,
            ) as queries:
                response = self.client.post(LIST, data)
            shown = response.context["shown"] if stage == "show" else ""
            measured.append(len(queries))
        return measured[0], measured[1]

    def test_tags_and_hosts_cost_the_same_for_10_and_for_100(self):
        data: dict[str, dict[str, Any]] = {
            "add_tags": {"tags": "moon, tide"},
            "remove_tags": {"tags": "one"},
            "add_host": {"host": self.ann.pk, "role": "host"},
        }
        for action, more in data.items():
            Episode.objects.filter(number__contains="-").delete()
            self.queries(action, 2, **more)
            self.assertEqual(self.queries(action, 10, **more), self.queries(action, 100, **more), action)

    def test_a_spot_costs_four_queries_in_each_step(self):
        self.queries("add_sponsor", 2, sponsor=self.sponsor.pk)
        few, many = (self.queries("add_sponsor", n, sponsor=self.sponsor.pk) for n in (10, 100))
        self.assertEqual([more - less for less, more in zip(few, many, strict=True)], [4 * 90, 4 * 90])

    def test_what_was_kept_is_what_reversion_keeps(self):
        """`keep_all` writes versions by itself: they say what reversion's own say."""
        add_link(self.first)
        with reversion.create_revision(manage_manually=True):
            reversion.add_to_revision(self.first)
        history.keep_all([self.first], self.alice)
        one, other = (
            sorted(
                version.revision.version_set.values_list(
                    "content_type", "object_id", "db", "format", "serialized_data", "object_repr"
                )
            )
            for version in Version.objects.get_for_object(self.first)
        )
        self.assertEqual(one, other)
        self.assertEqual(len(one), 5)

    def test_before_a_change_only_what_was_not_kept_is(self):
        history.keep(self.first)
        history.keep_all_before([self.first, self.second])
        history.keep_all_before([])
        history.keep_all_before([self.first, self.second])
        self.assertEqual([Version.objects.get_for_object(row).count() for row in (self.first, self.second)], [1, 1])

    def test_the_notes_page_of_a_published_episode_has_the_change(self):
        self.show_then_confirm("add_tags", tags="moon")
        page = page_of(Episode.objects.with_entries().get(pk=self.first.pk)).decode()
        self.assertIn("moon", page)
