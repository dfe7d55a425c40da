"""Which tags are probably one, and never which are not."""

import string
from random import Random
from unittest.mock import patch

import pytest
from django.test import TestCase
from hypothesis import assume, given
from hypothesis import strategies as st

from episodes import near_tags
from episodes.models import Tag
from episodes.near_tags import Resemblance, near_duplicates, resembling
from episodes.tests.factories import make_episode, make_show

ONE = [
    ("kernel", "Kernel"),
    ("kernel", "kernels"),
    ("kernel", "kernal"),
    ("kernel", "kernle"),
    ("kernel", "kerel"),
    ("kernel", "kernnel"),
    ("über", "uber"),
    ("straße", "STRASSE"),
    ("open source", "open-source"),
    ("open_source", "opensource"),
    ("node.js", "nodejs"),
    ("node js", "node_js"),
    ("web 2", "web2"),
    ("ubuntu 22.04", "ubuntu-22.04"),
    ("ubunto 22.04", "Ubuntu 22.04"),
    ("let's encrypt", "lets encrypt"),
    ("e-mail", "email"),
    ("c++", "C++"),
    ("tide  table", "tide tables"),
    ("app", "apps"),
    ("ｋｅｒｎｅｌ", "kernel"),
]
TWO = [
    ("ubuntu 22.04", "ubuntu 24.04"),
    ("ubuntu 22.04", "ubuntu 2.204"),
    ("linux 6.1", "linux 61"),
    ("python", "python 3"),
    ("ipv4", "ipv6"),
    ("debian12", "debian11"),
    ("c", "c+"),
    ("c", "c#"),
    ("c+", "c#"),
    ("c+", "c++"),
    ("objective-c", "objective-c#"),
    ("vitamin c", "vitamin d"),
    ("css", "cs"),
    ("gps", "gp"),
    ("ios", "io"),
    ("git", "gin"),
    ("kernel", "channel"),
    ("lamp", "lamps and oil"),
    ("-", "."),
    ("ガ", "カ"),
    ("/boot", "boot"),
]
names = st.one_of(
    st.text(max_size=12),
    st.text("abs -._'é", max_size=10),
    st.sampled_from([name for pair in ONE + TWO for name in pair]),
)


@pytest.mark.parametrize(("one", "other"), ONE)
def test_alike(one, other):
    assert (resembling(one, [other]), resembling(other, [one])) == ([other], [one])


@pytest.mark.parametrize(("one", "other"), TWO)
def test_not_alike(one, other):
    assert (resembling(one, [other]), resembling(other, [one])) == ([], [])


def test_a_name_does_not_resemble_itself_and_the_order_is_kept():
    assert resembling("kernel", ["moon", "kernels", "kernel", "Kernel"]) == ["kernels", "Kernel"]


@given(names, names)
def test_it_is_mutual(one, other):
    assert bool(resembling(one, [other])) == bool(resembling(other, [one]))


@given(names, st.lists(names, max_size=30))
def test_buckets_find_what_comparing_with_each_finds(name, others):
    found = Resemblance(others).to(name)
    assert sorted(found) == sorted(set(resembling(name, others)))
    pairs = {frozenset(pair) for pair in Resemblance(dict.fromkeys(others)).pairs()}
    assert pairs == {frozenset((one, other)) for one in others for other in resembling(one, others)}


@given(
    st.text(string.ascii_letters + " ", max_size=12), *[st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)] * 2
)
def test_another_number_is_another_tag(word, one, other):
    assume(one != other)
    assert resembling(f"{word} {one}", [f"{word} {other}"]) == []


@given(st.text("abcdefghij", min_size=5, max_size=9), st.data())
def test_one_slip_of_a_long_name_is_found(name, data):
    at = data.draw(st.integers(0, len(name) - 1))
    slipped = data.draw(
        st.sampled_from([name[:at] + "x" + name[at + 1 :], name[:at] + "x" + name[at:], name[:at] + name[at + 1 :]])
    )
    assume(len(slipped) >= 5)
    assert resembling(name, [slipped]) == [slipped]


class NearDuplicatesTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show, cls.other = make_show(), make_show("lamp-talk", "LT")
        cls.episode = make_episode(cls.show)
        cls.episode.tags.add("kernel", "moon", "open source", "tide 1")
        make_episode(cls.show, "002").tags.add("kernel", "open-source", "opensource", "tide 2")
        make_episode(cls.show, "003", published=False).tags.add("kernal", "open source")
        make_episode(cls.other, "001").tags.add("moons", "kernels")

    def groups(self, *shows):
        return [[(used.tag.name, used.episodes) for used in group] for group in near_duplicates(*shows)]

    def test_groups_of_a_show_most_used_first_with_drafts_and_without_other_shows(self):
        with self.assertNumQueries(1):
            groups = self.groups(self.show)
        self.assertEqual(
            groups, [[("open source", 2), ("open-source", 1), ("opensource", 1)], [("kernel", 2), ("kernal", 1)]]
        )

    def test_of_several_shows_together(self):
        groups = self.groups(self.show, self.other)
        self.assertIn([("kernel", 2), ("kernal", 1), ("kernels", 1)], groups)
        self.assertIn([("moon", 1), ("moons", 1)], groups)

    def test_an_alias_was_dealt_with(self):
        Tag.objects.filter(name="kernal").update(alias_of=Tag.objects.get(name="kernel"))
        self.assertEqual(len(self.groups(self.show)), 1)

    def test_nothing(self):
        self.assertEqual((self.groups(), self.groups(self.other)), ([], []))


def test_of_15000_tags_few_are_compared():
    """Each with each would be a hundred million times."""
    random = Random(1)
    many = {"".join(random.choices("abcdefghij -", k=random.randint(3, 14))) for _ in range(15000)}
    with patch("episodes.near_tags._alike", wraps=near_tags._alike) as compared:
        pairs = sum(1 for _ in Resemblance(many).pairs())
    assert (len(many) > 14000, pairs > 1000) == (True, True)
    assert compared.call_count < 500_000
