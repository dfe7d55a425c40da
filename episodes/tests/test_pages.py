"""The pages of a show beside its episodes: the archive by year, tags by letter, the show itself, all shows."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client, TestCase
from django.utils import timezone

from episodes.models import Episode, Tag
from episodes.models.tag import letter_of
from episodes.notes import Credit as NotesCredit
from episodes.tests.factories import import_notes, make_episode, make_member, make_notes, make_show
from hosts.models import Host, HostName


def at(slug: str) -> Client:
    return Client(headers={"host": f"{slug}.localhost:8000"})


class ArchiveTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        make_episode(cls.show, "001", title="Old tide", air_date=date(2013, 12, 31))
        make_episode(cls.show, "002", title="New tide", air_date=date(2024, 1, 1))
        make_episode(cls.show, "003", title="Draft tide", air_date=date(2020, 1, 1), published=False)
        make_episode(make_show("lamp-talk", "LT"), "004", title="Their tide", air_date=date(2019, 1, 1))

    def test_every_published_episode_stands_under_its_year(self):
        page = self.client.get("/episodes").content.decode()
        order = ["<h2>2024</h2>", "New tide", "<h2>2013</h2>", "Old tide"]
        self.assertEqual(sorted(order, key=page.index), order)
        for hidden in ("Draft tide", "Their tide", "2020", "2019"):
            self.assertNotIn(hidden, page)

    def test_a_year_has_a_page(self):
        page = self.client.get("/episodes/2013").content.decode()
        self.assertIn("Old tide", page)
        self.assertNotIn("New tide", page)
        self.assertIn('<a href="/episodes/2013" aria-current="page">', page)
        self.assertIn('<link rel="canonical" href="https://tide-radio.example/episodes/2013">', page)

    def test_a_year_stands_once_also_where_old_episodes_were_published_late(self):
        make_episode(self.show, "005", air_date=date(2013, 5, 1), published_at=timezone.now())
        page = self.client.get("/episodes").content.decode()
        self.assertEqual([page.count(f"<h2>{year}</h2>") for year in (2024, 2013)], [1, 1])

    def test_years_without_an_episode_have_none(self):
        for year in ("2020", "2019", "02013", "13", "x", "2013.0", "٢٠١٣", "9" * 400):
            self.assertEqual(self.client.get(f"/episodes/{year}").status_code, 404, year)

    def test_further_pages_are_addresses_of_their_own(self):
        for n in range(60):
            make_episode(self.show, f"1{n:02}", air_date=date(2023, 1, 1) + timedelta(n))
        page = self.client.get("/episodes/2023?page=2").content.decode()
        self.assertIn('href="https://tide-radio.example/episodes/2023?page=2"', page)
        self.assertIn('<a href="?page=1" rel="prev">', page)


class UnchangedTests(TestCase):
    def test_a_page_is_sent_again_only_when_it_says_something_else(self):
        show = make_show()
        episode = make_episode(show, "001")
        for path in ("/", "/episodes", "/1", "/1.md", "/about"):
            first = self.client.get(path)
            again = self.client.get(path, headers={"if-none-match": first["ETag"]})
            self.assertEqual((again.status_code, again.content), (304, b""), path)
        Episode.objects.filter(pk=episode.pk).update(title="The second tide")
        changed = self.client.get("/1", headers={"if-none-match": self.client.get("/1.md")["ETag"]})
        self.assertContains(changed, "The second tide")
        Episode.objects.filter(pk=episode.pk).update(published_at=None)
        self.assertEqual(self.client.get("/1", headers={"if-none-match": changed["ETag"]}).status_code, 404)


class NeighbourTests(TestCase):
    def test_an_episode_leads_to_the_ones_before_and_after_it(self):
        show = make_show()
        moment = timezone.now() - timedelta(days=9)
        for n, title in enumerate(["One", "Two", "Three"], 1):
            make_episode(show, f"00{n}", title=title, published_at=moment)
        make_episode(show, "004", title="Draft", published=False)
        make_episode(make_show("lamp-talk", "LT"), "005", title="Theirs", published_at=moment)
        page = self.client.get("/2").content.decode()
        self.assertIn('<a href="/1" rel="prev">', page)
        self.assertIn('<a href="/3" rel="next">', page)
        self.assertNotIn('rel="prev"', self.client.get("/1").content.decode())
        self.assertNotIn('rel="next"', self.client.get("/3").content.decode())


class TagsTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        import_notes(cls.show, make_notes(tags=("lamps", "tide tables", "émigrés", "3d", ".net")))
        import_notes(cls.show, make_notes(number="002", tags=("lamps",)))
        import_notes(cls.show, make_notes(number="003", tags=("secret",)))
        Episode.objects.filter(number="003").update(published_at=None)
        import_notes(make_show("lamp-talk", "LT"), make_notes(acronym="LT", tags=("lamps", "their lamps")))

    def test_the_newest_episodes_tags_most_frequent_first_counting_published_episodes_of_this_show(self):
        response = self.client.get("/tags")
        self.assertEqual(
            [(tag.name, tag.episodes) for tag in response.context["tags"]],
            [("lamps", 2), (".net", 1), ("3d", 1), ("tide tables", 1), ("émigrés", 1)],
        )

    def test_every_tag_stands_under_its_letter(self):
        for letter, names in (("l", ["lamps"]), ("e", ["émigrés"]), ("0", ["3d"]), ("#", [".net"]), ("s", [])):
            response = self.client.get("/tags", {"letter": letter})
            self.assertEqual([tag.name for tag in response.context["tags"]], names, letter)
        self.assertEqual(self.client.get("/tags?letter=l").context["tags"][0].episodes, 2)

    def test_a_page_of_the_alphabet_has_an_address_of_its_own(self):
        for query in ("letter=%23", "letter=l&amp;after=lamp+%26+oil"):
            page = self.client.get(f"/tags?{query.replace('&amp;', '&')}").content.decode()
            self.assertIn(f'<link rel="canonical" href="https://tide-radio.example/tags?{query}">', page)

    def test_an_alias_leads_to_its_tag_where_that_has_something_to_show(self):
        lamps, tables = Tag.objects.get(name="lamps"), Tag.objects.get(name="tide tables")
        unused = Tag.objects.create(name="unused here")
        Tag.objects.filter(pk=tables.pk).update(alias_of=unused)
        # Its page has the episodes of every spelling, so that it is there although no episode has the tag itself.
        self.assertEqual(self.client.get("/tags/tide%20tables")["Location"], "/tags/unused%20here")
        self.assertContains(self.client.get("/tags/unused%20here"), "The first tide")
        Tag.objects.filter(pk=tables.pk).update(alias_of=lamps)
        self.assertEqual(self.client.get("/tags/tide%20tables")["Location"], "/tags/lamps")
        import_notes(self.show, make_notes(number="009", title="By its alias", tags=("tide tables",)))
        self.assertContains(self.client.get("/tags/lamps"), "By its alias")
        Tag.objects.create(name="Lamps", alias_of=Tag.objects.get(name="3d"))
        self.assertEqual(self.client.get("/tags/Lamps")["Location"], "/tags/3d")
        for name in ("secret", "unused here"):
            Tag.objects.create(name=f"{name} alias", alias_of=Tag.objects.get(name=name))
            self.assertEqual(self.client.get(f"/tags/{name} alias").status_code, 404)

    def test_a_strange_letter_is_no_letter(self):
        for letter in ("", "é", "ab", "%00", "<script>"):
            self.assertEqual(self.client.get("/tags", {"letter": letter}).context["letter"], "")
        self.assertEqual(self.client.get("/tags?letter=l&after=%00").status_code, 200)

    def test_fifteen_thousand_tags_cost_what_a_hundred_and_fifty_do(self):
        def cost() -> tuple[int, int]:
            with self.assertNumQueries(2):
                lately = self.client.get("/tags")
            with self.assertNumQueries(2):
                letter = self.client.get("/tags?letter=t")
            return len(lately.content), len(letter.content)

        episode = self.show.episodes.get(number="002")
        for first, many in ((0, 300), (300, 15_000)):
            tags = [Tag(name=f"t{n:05}", letter="t") for n in range(first, many)]
            Tag.objects.bulk_create(tags)
            episode.tags.through.objects.bulk_create(
                episode.tags.through(content_object=episode, tag=tag) for tag in tags
            )
            sizes = cost()
            self.assertLess(max(sizes), 40_000)
        with self.assertNumQueries(4):
            self.client.get("/tags/lamps")
        response = self.client.get("/tags?letter=t")
        self.assertContains(response, "after=t00199")
        self.assertEqual(self.client.get("/tags?letter=t&after=t00199").context["tags"][0].name, "t00200")


@pytest.mark.parametrize(
    ("name", "letter"),
    [("linux", "l"), ("Linux", "l"), ("Éire", "e"), ("3d", "0"), ("٣", "0"), (".net", "#"), ("日本", "#"), ("ß", "s")],
)
def test_letter(name, letter):
    assert letter_of(name) == letter


class AboutTests(TestCase):
    def test_a_show_says_what_it_is_about_in_markdown(self):
        make_show(description="Water.", about="We *like* tides. <script>x</script>")
        page = self.client.get("/about").content.decode()
        self.assertIn("Water.", page)
        self.assertIn("We <em>like</em> tides. &lt;script&gt;", page)

    def test_its_colour_is_a_stylesheet(self):
        show = make_show(colour="#006644")
        self.assertContains(self.client.get("/"), '<link rel="stylesheet" href="/theme.css?v=006644">')
        response = self.client.get("/theme.css?v=006644")
        self.assertEqual(response["Content-Type"], "text/css; charset=utf-8")
        self.assertEqual(response["Cache-Control"], "public, max-age=86400")
        for query in ("", "?v=", "?v=123456"):
            self.assertEqual(self.client.get(f"/theme.css{query}")["Cache-Control"], "no-cache")
        self.assertIn("--accent", response.content.decode())
        show.colour = ""
        show.save()
        self.assertNotContains(self.client.get("/"), "theme.css")


class LanguageTests(TestCase):
    def test_a_german_show_is_german_throughout(self):
        show = make_show(language="de-AT", time_zone="Europe/Vienna")
        make_episode(show, title="Ebbe")
        page = self.client.get("/1").content.decode()
        for words in ('<html lang="de-AT">', "2. Mai 2024", "Folgen", "Zum Inhalt"):
            self.assertIn(words, page)
        self.assertNotIn("Episodes", page)
        self.assertNotIn(' lang="en"', page)

    def test_a_show_in_a_language_that_lupcms_does_not_speak_marks_its_own_texts(self):
        show = make_show(language="ja")
        make_episode(show, title="満ち潮")
        page = self.client.get("/1").content.decode()
        for words in ('<html lang="en">', '<h1 lang="ja" dir="auto">満ち潮', "2 May 2024"):
            self.assertIn(words, page)

    def test_the_admin_stays_in_the_installs_language(self):
        make_show(language="de")
        self.assertContains(self.client.get("/admin/login/"), "Log in")


class NetworkTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.tide, cls.lamp, cls.empty = (
            make_show(),
            make_show("lamp-talk", "LT", title="Lamp Talk"),
            make_show("x", "X"),
        )
        cls.empty.title = "Unheard Of"
        cls.empty.save()
        ann = (NotesCredit("host", "Ann Host", "ann"),)
        import_notes(cls.tide, make_notes(title="High tide", credits=ann))
        for number in ("001", "002"):
            import_notes(cls.lamp, make_notes(acronym="LT", number=number, title=f"Wick {number}", credits=ann))
        make_episode(cls.lamp, "003", title="Draft wick", published=False)
        make_episode(cls.empty, "001", title="Scheduled", published_at=timezone.now() + timedelta(hours=1))

    def test_all_shows_newest_episodes_and_hosts_each_at_home(self):
        with self.settings(NETWORK_URL="https://network.example"), self.assertNumQueries(5):
            page = Client(headers={"host": "network.example"}).get("/").content.decode()
        for address in (
            "https://tide-radio.example/",
            "https://lamp-talk.example/",
            "https://lamp-talk.example/2",
            "https://lamp-talk.example/hosts/ann",
        ):
            self.assertIn(f'href="{address}"', page)
        self.assertIn("3 episodes", page)
        self.assertIn('<link rel="canonical" href="https://network.example/">', page)
        for hidden in ("Draft wick", "Scheduled", "Unheard Of"):
            self.assertNotIn(hidden, page)

    def test_on_a_developers_machine_it_stays_there(self):
        page = at("lamp-talk").get("/network").content.decode()
        self.assertIn('href="http://tide-radio.localhost:8000/1"', page)

    def test_the_networks_host_has_no_pages_of_a_show(self):
        with self.settings(NETWORK_URL="https://network.example"):
            visitor = Client(headers={"host": "network.example"})
            for path in ("/1", "/hosts", "/tags/c++", "/episodes", "/about", "/theme.css"):
                self.assertEqual(visitor.get(path).status_code, 404, path)
            self.assertEqual(visitor.get("/network")["Location"], "/")
            self.assertEqual(visitor.get("/robots.txt").content, b"User-agent: *\nDisallow: /admin/\n")
            self.assertEqual(visitor.get("/admin/login/").status_code, 200)

    def test_a_show_keeps_its_own_host(self):
        self.lamp.hostname = "network.example"
        self.lamp.save()
        with self.settings(NETWORK_URL="https://network.example"):
            self.assertContains(Client(headers={"host": "network.example"}).get("/2"), "Wick 002")

    def test_a_show_that_nobody_can_visit_is_not_announced(self):
        type(self.lamp).objects.filter(pk=self.lamp.pk).update(site_url="")
        with self.settings(NETWORK_URL="https://network.example"):
            page = Client(headers={"host": "network.example"}).get("/").content.decode()
        self.assertNotIn("Wick", page)
        self.assertNotIn("localhost", page)

    def test_one_show_alone_is_no_network(self):
        Episode.objects.filter(show=self.lamp).update(published_at=None)
        self.assertEqual(at("tide-radio").get("/network").status_code, 404)

    def test_it_is_the_same_for_a_member_and_costs_the_same_with_more(self):
        client = at("tide-radio")
        client.force_login(make_member("alice", self.tide))
        with self.assertNumQueries(5):
            client.get("/network")
        for n in range(20):
            other = make_show(f"more-{n}", f"M{'ABCDEFGHIJKLMNOPQRST'[n]}")
            import_notes(other, make_notes(acronym=other.acronym, credits=(NotesCredit("host", f"H{n}", f"h{n}"),)))
        with self.assertNumQueries(5):
            page = client.get("/network").content.decode()
        self.assertNotIn("alice", page)
        self.assertEqual(Host.objects.count(), 21)


class IndexOfPeopleTests(TestCase):
    def test_a_slug_with_a_slash_is_nobodys(self):
        show = make_show()
        name = HostName(show=show, host=Host.objects.create(name="Ann"), slug="a/b", name="Ann")
        with self.assertRaisesMessage(ValidationError, "no slash"):
            name.full_clean()
        with self.assertRaises(IntegrityError), transaction.atomic():
            name.save()

    def test_hosts_come_before_guests(self):
        show = make_show()
        guest = NotesCredit("guest", "Gil Guest", "gil")
        import_notes(show, make_notes(credits=(NotesCredit("host", "Ann Host", "ann"), guest)))
        import_notes(show, make_notes(number="002", credits=(guest,)))
        page = self.client.get("/hosts").content.decode()
        order = ["<h2>Hosts</h2>", "Ann Host", "<h2>Guests and crew</h2>", "Gil Guest"]
        self.assertEqual(sorted(order, key=page.index), order)


class OtherShowsTests(TestCase):
    def test_a_hosts_page_leads_to_theirs_on_other_shows(self):
        ann = (NotesCredit("host", "Ann Host", "ann"),)
        import_notes(make_show(), make_notes(credits=ann))
        import_notes(make_show("lamp-talk", "LT", title="Lamp Talk"), make_notes(acronym="LT", credits=ann))
        import_notes(make_show("quiet", "Q", title="Quiet"), make_notes(acronym="Q", credits=ann))
        Episode.objects.filter(show__slug="quiet").update(published_at=None)
        page = at("tide-radio").get("/hosts/ann").content.decode()
        self.assertIn('<a href="http://lamp-talk.localhost:8000/hosts/ann" dir="auto">Lamp Talk</a>', page)
        self.assertNotIn("Quiet", page)
