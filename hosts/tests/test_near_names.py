"""Which people are probably one."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hosts.near_names import Group, Known, Likeness, near_duplicates

NAME, SLUG, PART = Likeness


@pytest.mark.parametrize(
    ("one", "other", "likeness"),
    [
        (("Ann Host", "ann"), ("ann host", "ahost"), NAME),
        (("Zoë O’Neil", "zoe"), ("Zoe O'Neil", "zoneil"), NAME),
        (("Ann-Marie Host", "a1"), ("Ann Marie Host", "a2"), NAME),
        (("ＡＮＮ Host", "a1"), ("Ann Host", "a2"), NAME),
        (("Gauß Straße", "g1"), ("GAUSS STRASSE", "g2"), NAME),
        (("Jo Host Jr.", "j1"), ("Jo Host Jr", "j2"), NAME),
        (("रवि कुमार", "r1"), ("रवि  कुमार", "r2"), NAME),
        (("Ann", "a1"), ("Ann", "a2"), NAME),
        (("Ann Host", "ann-host"), ("A. Host", "annhost"), SLUG),
        (("Ann Host", "Ann_Host"), ("Annie", "ann-host"), SLUG),
        (("Ann Host", "ann"), ("Captain", "annhost"), SLUG),
        (("", "ann"), ("Ann Host", "ann"), SLUG),
        (("Ann", "a1"), ("Ann Host", "a2"), PART),
        (("ann", "a1"), ("Ánn Host", "a2"), PART),
        (("D’Arcy", "a1"), ("D'Arcy Host", "a2"), PART),
        (("J.R.", "a1"), ("JR Host", "a2"), PART),
    ],
)
def test_two_are_probably_one(one: tuple[str, str], other: tuple[str, str], likeness: Likeness) -> None:
    rows = [Known(7, *one), Known(3, *other)]
    assert near_duplicates(rows) == near_duplicates(rows[::-1]) == [Group(likeness, (3, 7))]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ann Host", "ann"), ("Anna Host", "anna")),
        (("Ann Host", "ann"), ("Ann Guest", "aguest")),
        (("Host 1", "h1"), ("Host 2", "h2")),
        (("रवि", "r1"), ("रव", "r2")),
        (("", "a1"), ("", "a2")),
        (("Ann Host", ""), ("Gil Guest", "")),
        (("🌊", "a1"), ("⛵", "a2")),
        # A first name alone says nothing of somebody’s slug.
        (("Ann", "captain"), ("Gil Guest", "ann")),
        (("Host", "h1"), ("Ann Host", "h2")),
    ],
)
def test_two_are_two(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert near_duplicates([Known(1, *one), Known(2, *other)]) == []


def test_several_names_of_one_person_are_no_pair() -> None:
    rows = [Known(1, "Ann Host", "ann"), Known(1, "Ann", "ann-host"), Known(1, "Ann Host", "annhost")]
    assert near_duplicates(rows) == []


def test_a_group_is_told_once_however_many_ways_lead_through_it() -> None:
    rows = [
        Known(1, "Ann Host", "ann"),
        Known(2, "Ann Host", "ahost"),
        Known(3, "Captain", "a-host"),
        Known(3, "Ann", "cap"),
        Known(4, "Gil Guest", "gil"),
        Known(5, "Gil  Guest", "guest"),
    ]
    assert near_duplicates(rows) == [Group(NAME, (4, 5)), Group(SLUG, (1, 2, 3))]


def test_a_first_name_that_many_share_is_no_hint() -> None:
    rows = [Known(1, "Ann", "ann"), *(Known(n, f"Ann Host{'abcdef'[n]}", f"x{n}") for n in (2, 3, 4))]
    hints = [Group(PART, (1, n)) for n in (2, 3, 4)]
    assert near_duplicates(rows) == hints
    assert near_duplicates([*rows, Known(5, "Ann Lee", "lee")]) == []


def test_a_hint_of_a_group_names_its_first_person() -> None:
    rows = [Known(1, "Ann Host", "x1"), Known(2, "Ann Host", "x2"), Known(3, "Ann", "x3"), Known(4, "ANN", "x4")]
    assert near_duplicates(rows) == [Group(NAME, (1, 2)), Group(NAME, (3, 4)), Group(PART, (1, 3))]


class _Counted(str):
    """A name that counts how often it is looked at."""

    looks = count()

    def casefold(self) -> str:
        next(self.looks)
        return super().casefold()


def test_each_of_five_thousand_is_looked_at_once_also_where_all_are_alike() -> None:
    for rows in (
        [Known(n, _Counted(f"Ann{n} Host{n}"), _Counted(f"slug{n}")) for n in range(5000)],
        [Known(n, _Counted("Ann Host"), _Counted("ann")) for n in range(5000)],
    ):
        _Counted.looks = count()
        groups = near_duplicates(rows)
        assert next(_Counted.looks) == 10_000
        assert [len(group.hosts) for group in groups] in ([], [5000])


KNOWN = st.builds(
    Known,
    host=st.integers(1, 8),
    name=st.sampled_from(["Ann", "Ann Host", "ann  host", "Gil", "Gil Guest", ""]) | st.text(max_size=6),
    slug=st.sampled_from(["ann", "Ann", "annhost", "gil", ""]) | st.text(max_size=4),
)


@given(st.lists(KNOWN, max_size=12), st.randoms())
def test_order_does_not_matter_and_nobody_is_in_two_groups(rows: list[Known], random: object) -> None:
    groups = near_duplicates(rows)
    shuffled = rows[:]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert near_duplicates(shuffled) == groups
    sure = [host for group in groups if group.likeness != PART for host in group.hosts]
    assert len(sure) == len(set(sure))
    assert set(sure) <= {row.host for row in rows}
    assert all(len(group.hosts) > 1 and list(group.hosts) == sorted(set(group.hosts)) for group in groups)
