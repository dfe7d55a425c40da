"""Tags at the desk: who sees which, suggestions, near-duplicates, and merging."""

import pytest
from django.test import TestCase
from django.utils import timezone
from reversion.models import Version

from episodes.admin.tag_suggestions import new_and_resembling, suggested
from episodes.models import Episode, EpisodeTag, Tag
from episodes.tag_merging import merge
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.test_admin import change_url, save
from lupcms.shows.models import Role, User

pytestmark = pytest.mark.ignore_template_errors  # Django's admin templates use undefined variables.

LIST = "/admin/episodes/tag/"
NEAR = f"{LIST}near/"
SUGGESTIONS = f"{LIST}suggestions/"
RESEMBLING = f"{LIST}resembling/"


def name_of(tag: str) -> Tag:
    return Tag.objects.get(name=tag)


class DeskTagsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.alice, cls.bob = make_member("alice", cls.show, Role.WRITER), make_member("bob", cls.other)
        cls.vera, cls.root = make_member("vera", cls.show, Role.VIEWER), User.objects.create_superuser("root")
        cls.public = make_episode(cls.show)
        cls.public.tags.add("kernel", "moon", "tide/table")
        cls.draft = make_episode(cls.show, "002", published=False)
        cls.draft.tags.add("kernal", "kernel", "my secret")
        make_episode(cls.other, "001").tags.add("kernels", "Kepler")
        make_episode(cls.other, "002", published=False).tags.add("keep this secret", "kernel module", "moon")
        Tag.objects.create(name="nobody's")
        Tag.objects.create(name="lunar", alias_of=name_of("moon"))

    def setUp(self):
        self.client.force_login(self.alice)

    def merge(self, *names: str, stays: str = "", path: str = LIST, **more: str):
        data = {"action": "merge", "_selected_action": [name_of(name).pk for name in names], **more}
        if stays:
            data |= {"stays": name_of(stays).pk, "confirmed": "yes"}
        return self.client.post(path, data, follow=True)

    def aliases(self) -> dict[str, str]:
        return dict(Tag.objects.exclude(alias_of=None).values_list("name", "alias_of__name"))


class WhoSeesTests(DeskTagsTests):
    VISIBLE = {
        "alice": ["Kepler", "kernal", "kernel", "kernels", "lunar", "moon", "my secret", "tide/table"],
        "bob": ["Kepler", "keep this secret", "kernel", "kernel module", "kernels", "lunar", "moon", "tide/table"],
    }

    def test_members_see_tags_of_published_episodes_and_of_their_own_drafts(self):
        for user in (self.alice, self.bob):
            tags = Tag.objects.visible_to(user).values_list("name", flat=True)
            self.assertEqual(sorted(tags), self.VISIBLE[user.username])
        self.assertEqual(Tag.objects.visible_to(self.root).count(), Tag.objects.count())

    def test_the_list_and_the_autocomplete_have_no_others(self):
        page = self.client.get(LIST).content.decode()
        self.assertIn("my secret", page)
        self.assertNotIn("keep this secret", page)
        found = self.client.get("/admin/autocomplete/?app_label=episodes&model_name=tag&field_name=alias_of&term=keep")
        self.assertEqual(found.json()["results"], [])
        self.assertEqual(self.client.get(f"{LIST}{name_of('keep this secret').pk}/change/").status_code, 302)

    def test_what_is_led_to_is_seen_with_its_alias(self):
        unused = name_of("nobody's")
        Tag.objects.filter(name="my secret").update(alias_of=unused)
        self.assertIn(unused, Tag.objects.visible_to(self.alice))
        self.assertNotIn(unused, Tag.objects.visible_to(self.bob))

    def test_every_address_is_for_members_alone(self):
        for path in (LIST, NEAR, SUGGESTIONS, RESEMBLING):
            self.client.logout()
            self.assertEqual(self.client.get(path).status_code, 302, path)
            self.client.force_login(User.objects.create(username=f"charlie{path}", is_staff=True))
            self.assertEqual(self.client.get(path).status_code, 403, path)
            self.client.force_login(self.vera)
            self.assertEqual(self.client.get(path).status_code, 200, path)

    def test_the_list_costs_the_same_with_many(self):
        self.client.get(LIST)
        with self.assertNumQueries(9):
            self.client.get(LIST)
        self.public.tags.add(*(f"tag {n}" for n in range(90)))
        with self.assertNumQueries(9):
            self.client.get(LIST)


class SuggestionTests(DeskTagsTests):
    def suggested(self, typed: str, show=None, **more: str) -> list[tuple[str, str]]:
        found = self.client.get(SUGGESTIONS, {"q": typed, "show": show.pk if show else "", **more}).json()[
            "suggestions"
        ]
        return [(row["name"], row["alias"]) for row in found]

    def test_the_shows_own_most_used_first_then_what_others_have_published(self):
        self.assertEqual(
            [name for name, _ in self.suggested("ke", self.show)], ["kernel", "kernal", "Kepler", "kernels"]
        )
        self.client.force_login(self.bob)
        names = [name for name, _ in self.suggested("ke", self.other)]
        self.assertEqual(names, ["Kepler", "keep this secret", "kernel module", "kernels", "kernel"])

    def test_what_begins_so_comes_before_what_has_it_inside(self):
        self.public.tags.add("the moon", "moon base")
        self.public.tags.add("full moon")
        make_episode(self.show, "009").tags.add("the moon")
        names = [name for name, _ in self.suggested("moon", self.show)]
        self.assertEqual(names, ["moon", "moon base", "the moon", "full moon"])

    def test_an_alias_suggests_its_tag_once(self):
        self.assertEqual(self.suggested("lun", self.show), [("moon", "lunar")])
        self.assertEqual(self.suggested("n", self.show)[:2], [("kernel", ""), ("kernal", "")])
        self.assertEqual([name for name, _ in self.suggested("n", self.show)].count("moon"), 1)

    def test_somebody_elses_show_is_no_show(self):
        self.assertEqual(self.suggested("keep", self.other), [])
        self.assertNotIn("keep this secret", [name for name, _ in self.suggested("e", self.other)])

    def test_odd_questions_get_an_answer(self):
        for typed in ("", " ", "\0", "%", "_", "x" * 3000, "<script>", "'"):
            self.assertEqual(self.suggested(typed), [], typed)
        for show in ("x", "-1", "²", "9" * 30):
            self.assertEqual(self.client.get(SUGGESTIONS, {"q": "moon", "show": show}).status_code, 200, show)
        self.assertEqual(self.client.post(SUGGESTIONS).status_code, 405)

    def test_letters_that_sqlite_does_not_fold(self):
        self.public.tags.add("Übersicht", "ÉMIGRÉ")
        self.assertEqual([self.suggested(typed) for typed in ("über", "émi")], [[("Übersicht", "")], [("ÉMIGRÉ", "")]])

    def test_at_most_ten_in_two_queries(self):
        self.public.tags.add(*(f"many {n}" for n in range(30)))
        self.assertTrue(self.alice.may("view"))  # Memberships are remembered from here on.
        with self.assertNumQueries(1):
            self.assertEqual(len(suggested(self.alice, "many", self.show)), 10)
        with self.assertNumQueries(2):
            self.assertEqual(len(suggested(self.alice, "kern", self.show)), 3)

    def test_new_names_that_resemble_a_tag_that_one_may_know(self):
        asked = {"names": "kernel, kernell, Lunar, brand new, keep-this-secret, my-secret"}
        self.assertEqual(
            self.client.get(RESEMBLING, asked).json(),
            {"resembling": {"Lunar": ["moon"], "kernell": ["kernel", "kernels"], "my-secret": ["my secret"]}},
        )
        self.assertTrue(self.alice.may("view"))
        with self.assertNumQueries(1):
            new_and_resembling(self.alice, ["kernell", "moons"])

    def test_without_script_the_save_says_so(self):
        for tags, said in (("kernel, kernell", True), ("kernel, brand new", False)):
            response = save(self.client, change_url(self.draft), tags=tags)
            page = self.client.get(response["Location"]).content.decode()
            self.assertEqual("New tags that resemble others: “kernell”, like “kern" in page, said)
        self.assertEqual(sorted(self.draft.tags.names()), ["brand new", "kernel"])


class NearPageTests(DeskTagsTests):
    def test_groups_with_numbers_and_an_episode(self):
        response = self.client.get(NEAR)
        self.assertEqual(
            [
                [(used.tag.name, used.episodes, example) for used, example in group]
                for group in response.context["groups"]
            ],
            [[("kernel", 2, self.draft), ("kernal", 1, self.draft)]],
        )
        self.assertContains(response, "Merge…")

    def test_of_one_of_several_shows(self):
        self.client.force_login(self.root)
        for show, sizes in (("", [3]), (self.show.pk, [2]), (self.other.pk, []), ("x", [3])):
            groups = self.client.get(NEAR, {"show": show}).context["groups"]
            self.assertEqual([len(group) for group in groups], sizes, show)
        self.assertContains(self.client.get(NEAR, {"show": self.other.pk}), "No two tags of Tide Radio resemble")

    def test_somebody_elses_show_is_not_looked_at(self):
        response = self.client.get(NEAR, {"show": self.other.pk})
        self.assertEqual(
            [used.tag.name for group in response.context["groups"] for used, _ in group], ["kernel", "kernal"]
        )

    def test_a_viewer_merges_nothing(self):
        self.client.force_login(self.vera)
        self.assertNotContains(self.client.get(NEAR), "Merge…")
        self.merge("kernel", "kernal", stays="kernel")
        self.assertEqual(self.aliases(), {"lunar": "moon"})

    def test_it_costs_the_same_with_many(self):
        self.client.get(NEAR)
        with self.assertNumQueries(10):
            self.client.get(NEAR)
        self.public.tags.add(*(f"{c * 6}{s}" for c in "abcdefghijklmnop" for s in ("", "s")))
        with self.assertNumQueries(10):
            self.assertEqual(len(self.client.get(NEAR).context["groups"]), 17)


class MergeTests(DeskTagsTests):
    def test_it_says_what_will_be_before_anything_is(self):
        response = self.merge("kernel", "kernal")
        uses = {
            tag.name: [(use.show, use.published, use.drafts) for use in uses]
            for tag, uses, *_ in response.context["rows"]
        }
        self.assertEqual(uses, {"kernel": [("Tide Radio", 1, 1)], "kernal": [("Tide Radio", 0, 1)]})
        self.assertEqual((response.context["stays"].name, response.context["drafts"]), ("kernel", 1))
        self.assertEqual(self.aliases(), {"lunar": "moon"})

    def test_the_others_become_aliases_and_no_episode_changes(self):
        before = list(EpisodeTag.objects.order_by("pk").values())
        response = self.merge("kernel", "kernal", stays="kernel")
        self.assertEqual(self.aliases(), {"lunar": "moon", "kernal": "kernel"})
        self.assertContains(response, "1 spelling now leads to “kernel”, and no published episode has changed.")
        self.assertEqual(list(EpisodeTag.objects.order_by("pk").values()), before)

    def test_chains_are_flattened(self):
        self.client.force_login(self.root)
        self.merge("tide/table", "moon", stays="tide/table")
        self.assertEqual(self.aliases(), {"lunar": "tide/table", "moon": "tide/table"})
        # An alias that stays is one no more.
        self.merge("moon", "tide/table", stays="moon")
        self.assertEqual(self.aliases(), {"lunar": "moon", "tide/table": "moon"})

    def test_drafts_are_rewritten_on_request_and_their_history_kept(self):
        self.merge("kernel", "kernal", stays="kernel", rewrite="yes")
        self.assertEqual(sorted(self.draft.tags.names()), ["kernel", "my secret"])
        self.assertIsNotNone(Episode.objects.get(pk=self.draft.pk).changed_at)
        self.assertEqual(Version.objects.get_for_object(self.draft).count(), 2)
        self.assertEqual(Version.objects.get_for_object(self.public).count(), 0)

    def test_published_episodes_and_drafts_of_others_are_not_rewritten(self):
        self.client.force_login(self.root)
        writes_here = make_member("wanda", self.show)
        tags = [name_of("moon"), name_of("kernel module")]
        merge(name_of("kernel"), tags, Episode.objects.none(), writes_here)
        self.assertEqual(sorted(self.public.tags.names()), ["kernel", "moon", "tide/table"])
        self.assertIn("moon", Episode.objects.get(show=self.other, number="002").tags.names())

    def test_a_spelling_that_another_show_uses_is_not_mine_to_lead_away(self):
        response = self.merge("kernel", "kernels", stays="kernel")
        self.assertContains(response, "Another show uses one of these tags")
        self.assertEqual(self.aliases(), {"lunar": "moon"})
        # Mine may lead to theirs: no page of theirs changes.
        self.merge("kernel", "kernels", stays="kernels")
        self.assertEqual(self.aliases(), {"lunar": "moon", "kernel": "kernels"})

    def test_a_draft_of_another_show_counts_and_is_not_told_of(self):
        response = self.merge("moon", "tide/table", stays="tide/table")
        self.assertContains(response, "Another show uses one of these tags")
        self.assertNotContains(response, "Lamp")
        self.assertEqual(self.aliases(), {"lunar": "moon"})

    def test_of_tags_that_one_may_not_know_there_is_nothing(self):
        self.merge("kernel", "keep this secret", stays="kernel")
        self.assertEqual(self.aliases(), {"lunar": "moon"})

    def test_one_tag_or_no_answer_changes_nothing(self):
        self.assertContains(self.merge("kernel", stays="kernel"), "Select two tags or more")
        self.assertContains(self.merge("kernel", "kernal", confirmed="yes"), "Choose the one that stays.")
        self.assertContains(self.merge("kernel", "kernal", confirmed="yes", stays=""), "Choose the one that stays.")
        self.assertEqual(self.aliases(), {"lunar": "moon"})

    def test_who_came_from_the_near_duplicates_goes_back_there(self):
        response = self.merge("kernel", "kernal", stays="kernel", back="near")
        self.assertEqual(response.redirect_chain, [(NEAR, 302)])

    def test_taking_the_alias_away_undoes_it(self):
        self.merge("kernel", "kernal", stays="kernel")
        url = f"{LIST}{name_of('kernal').pk}/change/"
        self.assertContains(self.client.get(url), "kernal")
        self.client.post(url, {"alias_of": "", "name": "renamed"})
        self.assertEqual(self.aliases(), {"lunar": "moon"})
        self.assertEqual(name_of("kernal").name, "kernal")

    def test_who_may_change_a_tag_on_its_own_page(self):
        for user, tag, status in [
            (self.alice, "kernal", 302),
            (self.alice, "kernels", 403),
            (self.alice, "moon", 403),
            (self.vera, "kernal", 403),
            (self.root, "moon", 302),
        ]:
            self.client.force_login(user)
            url = f"{LIST}{name_of(tag).pk}/change/"
            self.assertEqual(self.client.post(url, {"alias_of": "", "name": tag}).status_code, status, (user, tag))

    def test_two_merges_in_opposite_directions_make_no_circle(self):
        one, other = name_of("kernel"), name_of("kernal")
        merge(one, [other])
        merge(other, [one])
        self.assertEqual(self.aliases(), {"lunar": "moon", "kernel": "kernal"})


class EverySpellingTests(TestCase):
    """After a merge each old spelling leads to the one page, and to the one feed, in one step."""

    SPELLINGS = ["TCP/IP", "tcp ip", "tcp-ip", "c#/é?", "100%"]

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        for number, name in enumerate([*cls.SPELLINGS, "tcp/ip"], 1):
            fields = {
                "enclosure_url": "https://a.example/a.mp3",
                "published_at": timezone.now(),
                "title": f"Says {name}",
            }
            make_episode(cls.show, f"{number:03}", **fields).tags.add(name)
        tags = list(Tag.objects.filter(name__in=cls.SPELLINGS))
        merge(tags[0], tags[1:])
        merge(name_of("tcp/ip"), tags)

    def test_in_one_step(self):
        addresses = [
            "TCP%2FIP",
            "TCP/IP",
            "tcp%20ip",
            "TCP%20IP",
            "tcp-ip",
            "Tcp-Ip",
            "c%23%2F%C3%A9%3F",
            "C%23%2F%C3%A9%3F",
            "100%25",
            "TCP%2Fip",
        ]
        for prefix in ("/tags/", "/rss/tags/"):
            for address in addresses:
                response = self.client.get(f"{prefix}{address}?page=1")
                self.assertEqual(response.status_code, 301, address)
                self.assertEqual(response["Location"], f"{prefix}tcp/ip?page=1", address)

    def test_the_page_and_the_feed_have_the_episodes_of_every_spelling(self):
        for path in ("/tags/tcp%2Fip", "/rss/tags/tcp%2Fip"):
            page = self.client.get(path).content.decode()
            for name in ("tcp ip", "tcp-ip", "100%", "tcp/ip"):
                self.assertIn(f"Says {name}", page, path)

    def test_also_where_only_aliases_are_used(self):
        Episode.objects.filter(tags__name="tcp/ip").delete()
        self.assertEqual(self.client.get("/tags/tcp-ip")["Location"], "/tags/tcp/ip")
        self.assertContains(self.client.get("/tags/tcp%2Fip"), "Says tcp-ip")

    def test_not_on_a_show_that_has_none_of_them(self):
        make_episode(make_show("lamp-talk", "LT"), "001")
        for path in ("/tags/tcp-ip", "/tags/tcp%2Fip", "/rss/tags/tcp-ip"):
            self.assertEqual(self.client.get(path, headers={"host": "lamp-talk.localhost"}).status_code, 404, path)
