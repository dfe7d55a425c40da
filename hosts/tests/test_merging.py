"""People who are one: what moves, which addresses lead on, and what the history and imports find."""

from typing import Any

from django.db import IntegrityError, transaction
from django.test import Client, TestCase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from episodes.models import Credit, Episode, history
from episodes.restoring import planned, restore
from episodes.tests.factories import add_credit, make_episode, make_member, make_show
from episodes.versions import episodes_of, stored
from hosts.merging import Belongings, belongings, merge, shows_of
from hosts.models import Host, HostName, MergedHost
from lupcms.shows.models import OldPath, Show


def answer(show: Show, path: str) -> Any:
    """The status of a page of the show, or where it leads at last; a second step fails."""
    client = Client()
    response = client.get(path, headers={"host": f"{show.slug}.localhost"})
    if response.status_code != 301:
        return response.status_code
    target = response.headers["Location"]
    assert client.get(target, headers={"host": f"{show.slug}.localhost"}).status_code == 200, target
    return target


class MergeTests(TestCase):
    """Ann is known on both shows, and twice on the first. Annie has a page on each of three."""

    @classmethod
    def setUpTestData(cls):
        cls.show, cls.lamp = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        cls.third = make_show("third", "TH", title="Third Watch")
        cls.episode = make_episode(cls.show, enclosure_url="https://audio.example/1.mp3")
        cls.annie_credit = add_credit(cls.episode, "annie", "Annie", role="guest")
        cls.ann_credit = add_credit(cls.episode, "ann", "Ann Host")
        cls.ann, cls.annie = cls.ann_credit.host, cls.annie_credit.host
        HostName.objects.create(show=cls.show, host=cls.ann, slug="ann-host", name="Ann Host")
        for show, slug, host in (
            (cls.lamp, "ann", cls.ann),
            (cls.lamp, "annie-h", cls.annie),
            (cls.third, "ann-of-old", cls.annie),
        ):
            name = HostName.objects.create(show=show, host=host, slug=slug, name=host.name)
            episode = make_episode(show, f"00{show.episodes.count() + 1}")
            Credit.objects.create(episode=episode, host=host, slug=name.slug, name=name.name, position=1)

    def test_every_old_address_on_every_show_leads_to_the_one_that_stays_in_one_step(self):
        OldPath.objects.remember(self.show, "/crew/annie", "/hosts/annie")
        merge(self.ann, [self.annie])
        for show, path, expected in (
            (self.show, "/hosts/ann", 200),
            (self.show, "/hosts/ann-host", "/hosts/ann"),
            (self.show, "/hosts/annie", "/hosts/ann"),
            (self.show, "/hosts/ANNIE", "/hosts/ann"),
            (self.show, "/hosts/annie/", "/hosts/ann"),
            (self.show, "/guests/annie", "/hosts/ann"),
            (self.show, "/guests/ann", "/hosts/ann"),
            (self.show, "/crew/annie", "/hosts/ann"),
            (self.show, "/rss/hosts/ann", 200),
            (self.show, "/rss/hosts/annie", "/rss/hosts/ann"),
            (self.lamp, "/hosts/ann", 200),
            (self.lamp, "/hosts/annie-h", "/hosts/ann"),
            (self.lamp, "/guests/annie-h", "/hosts/ann"),
            # Where the one that stays was unknown, the address stays what it was.
            (self.third, "/hosts/ann-of-old", 200),
            (self.third, "/guests/ann-of-old", "/hosts/ann-of-old"),
        ):
            with self.subTest(path, show=show):
                self.assertEqual(answer(show, path), expected)

    def test_an_older_name_of_the_one_that_goes_takes_no_page_over(self):
        """Annie was known here first."""
        self.assertLess(self.annie.names.get(show=self.show).pk, self.ann.names.get(slug="ann", show=self.show).pk)
        merge(self.ann, [self.annie])
        main = {(name.show.slug, name.slug) for name in self.ann.names.filter(is_main=True).select_related("show")}
        self.assertEqual(main, {("tide-radio", "ann"), ("lamp-talk", "ann"), ("third", "ann-of-old")})
        self.assertEqual(self.ann.names.count(), 6)

    def test_credits_keep_their_words_and_the_page_has_the_episodes_of_both(self):
        before = list(Credit.objects.order_by("pk").values_list("name", "slug", "role", "position"))
        page = Client().get("/1", headers={"host": "tide-radio.localhost"}).content
        moved = merge(self.ann, [self.annie])
        self.assertEqual(moved, "3 names, 3 credits")
        self.assertEqual(list(Credit.objects.order_by("pk").values_list("name", "slug", "role", "position")), before)
        self.assertEqual(set(Credit.objects.values_list("host", flat=True)), {self.ann.pk})
        self.assertFalse(Host.objects.filter(pk=self.annie.pk).exists())
        self.assertEqual(Client().get("/1", headers={"host": "tide-radio.localhost"}).content, page)
        person = Client().get("/hosts/ann", headers={"host": "tide-radio.localhost"}).content.decode()
        self.assertEqual(person.count('href="/1"'), 1)
        self.assertIn("Host, Guest", person.replace("Guest, Host", "Host, Guest"))

    def test_bio_and_picture_are_kept_where_the_one_that_stays_has_none(self):
        Host.objects.filter(pk=self.annie.pk).update(bio="Of the *sea*.", picture="originals/annie.jpg", is_hidden=True)
        other = Host.objects.create(name="A.", bio="Second", picture="originals/a.jpg")
        merge(self.ann, [Host.objects.get(pk=self.annie.pk), other])
        self.ann.refresh_from_db()
        self.assertEqual(
            (self.ann.name, self.ann.bio, self.ann.bio_html, self.ann.picture.name, self.ann.is_hidden),
            ("Ann Host", "Of the *sea*.", "<p>Of the <em>sea</em>.</p>", "originals/annie.jpg", True),
        )

    def test_a_former_host_of_a_show_is_still_one_unless_the_one_that_stays_hosts_it(self):
        self.annie.names.filter(is_main=True).update(is_former=True)
        merge(self.ann, [self.annie])
        former = self.ann.names.filter(is_former=True).values_list("show__slug", "slug")
        self.assertEqual(list(former), [("third", "ann-of-old")])

    def test_nobody_is_merged_into_themselves(self):
        with self.assertRaises(ValueError):
            merge(self.ann, [self.ann])
        self.assertEqual(Host.objects.count(), 2)

    def test_who_was_merged_by_somebody_else_meanwhile_stops_all_of_it(self):
        third = Host.objects.create(name="Third")
        merge(self.ann, [Host.objects.get(pk=self.annie.pk)])
        for stays, go in ((self.ann, [third, self.annie]), (self.annie, [third])):
            with self.assertRaises(Host.DoesNotExist):
                merge(stays, go)
        self.assertTrue(Host.objects.filter(pk=third.pk).exists())

    def test_an_import_finds_the_one_that_stays(self):
        merge(self.ann, [self.annie])
        fourth = make_show("fourth", "FO")
        for show, slug, name in (
            (self.show, "annie", "Annie"),
            (self.show, "annie", "Another name"),
            (self.lamp, "annie-h", "Annie"),
            (fourth, "annie", "Annie"),
            (fourth, "ann", "Ann Host"),
        ):
            with self.subTest(slug, show=show):
                self.assertEqual(HostName.objects.known_as(show, slug, name).host, self.ann)
        self.assertNotEqual(HostName.objects.known_as(fourth, "annie-h", "Somebody").host, self.ann)
        main = self.ann.names.filter(show=fourth, is_main=True)
        self.assertEqual([name.slug for name in main], ["annie"])

    def test_an_import_finds_who_is_credited_so_on_another_show(self):
        """Though their name there has been corrected since."""
        HostName.objects.filter(slug="annie").update(name="Annie Host")
        self.assertEqual(HostName.objects.known_as(self.third, "annie", "Annie").host, self.annie)
        self.assertNotEqual(HostName.objects.known_as(self.third, "ann-x", "Annie").host, self.annie)

    def test_what_each_has_is_counted_by_show(self):
        add_credit(self.episode, "ann", "Ann Host", role="guest")
        with self.assertNumQueries(2):
            has = belongings([self.ann, self.annie])
        self.assertEqual([name.slug for name in has[self.ann.pk].names], ["ann", "ann", "ann-host"])
        self.assertEqual(
            (has[self.ann.pk].credits, dict(has[self.ann.pk].episodes)), (3, {"Lamp Talk": 1, "Tide Radio": 1})
        )
        nobody = Host.objects.create(name="Nobody")
        self.assertEqual(belongings([nobody]), {nobody.pk: Belongings()})

    def test_shows_that_know_or_credit_somebody_have_a_say(self):
        """A name without a credit, and a credit without a name, in a draft."""
        named, credited = Host.objects.create(name="Gil"), Host.objects.create(name="Eve")
        HostName.objects.create(show=self.lamp, host=named, slug="gil", name="Gil")
        draft = make_episode(self.third, "009", published=False)
        Credit.objects.create(episode=draft, host=credited, slug="eve", name="Eve", position=1)
        with self.assertNumQueries(2):
            found = shows_of([named, credited, self.ann])
        self.assertEqual(
            found,
            {named.pk: {self.lamp.pk}, credited.pk: {self.third.pk}, self.ann.pk: {self.show.pk, self.lamp.pk}},
        )

    def test_a_merge_costs_the_same_with_many_credits(self):
        def costs(number: int) -> None:
            host = HostName.objects.known_as(self.show, f"x{number}", f"X{number}").host
            rows = [Credit(episode=self.episode, host=host, slug="x", name="X") for _ in range(number)]
            Credit.objects.bulk_create(rows)
            with self.assertNumQueries(21):
                merge(self.ann, [host])

        costs(1)
        costs(100)

    def test_a_person_has_one_page_on_a_show(self):
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.ann.names.filter(show=self.show).update(is_main=True)
        with self.assertRaises(IntegrityError), transaction.atomic():
            self.ann.names.filter(show=self.show, is_main=False).update(is_former=True)


class HistoryTests(TestCase):
    """An episode as it was before its host was merged."""

    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.alice = make_member("alice", cls.show)
        cls.episode = make_episode(cls.show)
        cls.annie = add_credit(cls.episode, "annie", "Annie").host
        history.keep(cls.episode, cls.alice)
        cls.ann, cls.top = (Host.objects.create(name=name) for name in ("Ann", "Top"))

    def restored(self) -> Credit:
        """The credit of the first version, stored again; with what was said before that."""
        (first,) = history.Version.objects.get_for_object(self.episode).order_by("pk")[:1]
        was = episodes_of([first])[first.pk]
        plan = planned(was, stored(self.episode))
        self.notes = plan.notes
        restore(plan, stored(self.episode), self.alice, "Restored")
        return self.episode.credits.get()

    def test_it_credits_the_one_that_stays_by_the_name_of_then(self):
        merge(self.ann, [self.annie])
        self.episode.credits.all().delete()
        history.keep(self.episode, self.alice)
        credit = self.restored()
        self.assertEqual((credit.host, credit.name, credit.slug), (self.ann, "Annie", "annie"))
        self.assertEqual(self.notes, [])
        self.assertEqual(Host.objects.count(), 2)

    def test_also_after_a_chain_of_merges_and_where_the_slug_is_another_persons(self):
        merge(self.ann, [self.annie])
        merge(self.top, [self.ann])
        HostName.objects.all().delete()
        HostName.objects.known_as(self.show, "annie", "Somebody else")
        self.assertEqual(self.restored().host, self.top)
        self.assertEqual(self.notes, [])
        self.assertEqual(
            list(MergedHost.objects.order_by("was").values_list("was", "host")),
            sorted([(self.annie.pk, self.top.pk), (self.ann.pk, self.top.pk)]),
        )

    def test_also_of_an_episode_that_was_deleted(self):
        key = self.episode.pk
        merge(self.ann, [self.annie])
        Episode.objects.filter(pk=key).delete()
        (version,) = history.Version.objects.get_deleted(Episode)
        plan = planned(episodes_of([version])[version.pk], None)
        self.assertEqual(plan.notes, [])
        self.assertEqual(restore(plan, None, self.alice, "Restored").credits.get().host, self.ann)

    def test_a_version_of_people_who_are_still_there_looks_up_nothing_else(self):
        self.assertEqual(Host.objects.in_history({self.ann.pk, 12345}), {self.ann.pk: self.ann})


class OrderTests(HypothesisTestCase):
    """However people are merged into one, in pairs or at once, the same addresses lead to the same page."""

    @settings(deadline=None, max_examples=20)
    @given(st.permutations(range(1, 5)), st.integers(1, 4))
    def test_any_order_and_chain_leads_to_the_same(self, order: list[int], at_once: int) -> None:
        show = make_show()
        hosts = [HostName.objects.known_as(show, f"s{n}", f"N{n}").host for n in range(5)]
        stays, go = hosts[0], [hosts[n] for n in order]
        merge(go[0], go[1:at_once])
        for host in [*go[at_once:], go[0]]:
            merge(stays, [host])
        self.assertEqual(
            list(show.host_names.order_by("slug").values_list("slug", "name", "host", "is_main")),
            [(f"s{n}", f"N{n}", stays.pk, n == 0) for n in range(5)],
        )
        self.assertEqual(set(MergedHost.objects.values_list("was", "host")), {(host.pk, stays.pk) for host in go})
