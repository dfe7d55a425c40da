"""What visitors and programs see of hosts, former hosts, guests, and people who asked not to be listed."""

import re
from xml.etree import ElementTree

from django.test import Client, TestCase

from episodes import network
from episodes.next_episode import next_episode
from episodes.suggestions import suggestions
from episodes.tests.factories import add_credit, make_episode, make_show
from hosts.models import Host, HostName

PERSON = "{https://podcastindex.org/namespace/1.0}person"


class PeopleTests(TestCase):
    """Ann hosts, Fay has left, Hal is hidden, Gil was a guest. Fay hosts another show still."""

    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT", title="Lamp Talk")
        for number in ("001", "002"):
            episode = make_episode(cls.show, number, enclosure_url=f"https://audio.example/{number}.mp3")
            for slug, name in (("ann", "Ann Host"), ("fay", "Fay Former"), ("hal", "Hal Hidden")):
                add_credit(episode, slug, name)
        cls.gil = add_credit(episode, "gil", "Gil Guest", role="guest").host
        add_credit(make_episode(cls.other), "fay", "Fay Former")
        HostName.objects.filter(show=cls.show, slug="fay").update(is_former=True)
        Host.objects.filter(names__slug="hal").update(is_hidden=True)

    def get(self, path: str, show: str = "tide-radio"):
        return Client().get(path, headers={"host": f"{show}.localhost"})

    def groups(self, show: str = "tide-radio") -> list[tuple[str, list[str]]]:
        sections = re.findall(r"<h2>(.*?)</h2>(.*?)</section>", self.get("/hosts", show).content.decode(), re.S)
        return [(heading, re.findall(r'href="/hosts/(\w+)"', rows)) for heading, rows in sections]

    def test_who_left_stands_apart_after_who_hosts_and_who_is_hidden_nowhere(self):
        self.assertEqual(self.groups(), [("Hosts", ["ann"]), ("Former hosts", ["fay"]), ("Guests and crew", ["gil"])])
        self.assertEqual(self.groups("lamp-talk"), [("Hosts", ["fay"])])

    def test_a_guest_is_no_former_host(self):
        HostName.objects.filter(slug="gil").update(is_former=True)
        self.assertEqual(self.groups()[-1], ("Guests and crew", ["gil"]))

    def test_their_page_says_that_they_left(self):
        self.assertIn("Former host", self.get("/hosts/fay").content.decode())
        self.assertNotIn("Former host", self.get("/hosts/ann").content.decode())
        self.assertNotIn("Former host", self.get("/hosts/fay", "lamp-talk").content.decode())

    def test_search_engines_are_asked_to_leave_out_the_page_of_who_is_hidden(self):
        for path, expected in (
            ("/hosts/hal", "noindex"),
            ("/rss/hosts/hal", "noindex"),
            ("/hosts/ann", None),
            ("/rss/hosts/ann", None),
        ):
            response = self.get(path)
            self.assertEqual((response.status_code, response.headers.get("X-Robots-Tag")), (200, expected), path)

    def test_episodes_go_on_crediting_who_is_hidden_or_left(self):
        for path in ("/1", "/1.md", "/1.json"):
            page = self.get(path).content.decode()
            for name in ("Ann Host", "Fay Former", "Hal Hidden"):
                self.assertIn(name, page, path)

    def test_a_feed_names_the_present_hosts_of_the_show_and_everybody_of_an_episode(self):
        (channel,) = ElementTree.fromstring(self.get("/rss").content)
        self.assertEqual([person.text for person in channel.findall(PERSON)], ["Ann Host"])
        people = [[person.text for person in item.findall(PERSON)] for item in channel.findall("item")]
        every = ["Ann Host", "Fay Former", "Hal Hidden"]
        self.assertEqual(sorted(people, key=len), [every, [*every, "Gil Guest"]])

    def test_the_sitemap_and_suggestions_leave_out_who_is_hidden(self):
        found = re.findall(r"/hosts/(\w+)<", self.get("/sitemap-hosts.xml").content.decode())
        self.assertEqual(found, ["ann", "fay", "gil"])
        self.assertEqual(suggestions(self.show, "/hosts/hall"), [])
        self.assertEqual([found.url for found in suggestions(self.show, "/hosts/fayy")], ["/hosts/fay"])

    def test_the_network_names_who_hosts_where_they_still_do(self):
        people = [(person.name.show.slug, person.name.slug, person.episodes) for person in network.people()]
        self.assertEqual(people, [("tide-radio", "ann", 2), ("lamp-talk", "fay", 1)])

    def test_a_new_episode_begins_without_who_left_and_with_who_is_hidden(self):
        usual = [credit["slug"] for credit in next_episode(self.show, with_sponsors=False).credits]
        self.assertEqual(usual, ["ann", "hal"])

    def test_who_was_host_and_guest_of_an_episode_has_it_once_with_both_roles(self):
        episode = self.show.episodes.get(number="002")
        add_credit(episode, "ann", "Ann Host", role="guest", position=9)
        add_credit(episode, "ann", "Captain Ann", role="guest", position=10)
        page = self.get("/hosts/ann").content.decode()
        rows = re.findall(r'href="(/\d)".*?<span class="roles">(.*?)</span>', page, re.S)
        self.assertEqual(sorted(rows), [("/1", "Host"), ("/2", "Host, Guest")])
        credited = re.findall(r'<a href="/hosts/ann" dir="auto">(.*?)</a>', self.get("/2").content.decode())
        self.assertEqual(credited, ["Ann Host", "Ann Host", "Captain Ann"])

    def test_roles_are_a_persons_own_and_on_no_other_list(self):
        self.assertIn('<span class="roles">Guest</span>', self.get("/hosts/gil").content.decode())
        self.assertNotIn('class="roles"', self.get("/episodes").content.decode())
