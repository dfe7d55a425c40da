"""People who are probably one: known by the same name or slug but for case, accents, hyphens and spaces.

Pure: what is known comes in, groups go out. Nobody is merged here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from enum import IntEnum
from itertools import pairwise
from typing import NamedTuple

from lupcms.shows.folding import without_accents

# A first name that more people share is no hint at all.
NAMESAKES = 3

# Of letters, digits and the signs that belong to letters of other scripts; “O’Neil” and “Jr.” are one word each.
_BETWEEN_WORDS = re.compile(r"[^\w\u0900-\u0dff\u0e00-\u0eff]+|_+")


class Known(NamedTuple):
    """One name and slug of somebody, on any show; several of one person are several rows. Either may be empty."""

    host: int
    name: str
    slug: str


class Likeness(IntEnum):
    """Why they may be one person, the best reason first."""

    NAME = 1
    # The slugs are alike, or the slug of one is the full name of the other.
    SLUG = 2
    # “Chris” and “Chris Fisher”: a weak hint, which is often wrong.
    PART = 3


class Group(NamedTuple):
    """Two people or more, by primary key in ascending order."""

    likeness: Likeness
    hosts: tuple[int, ...]


def near_duplicates(known: Iterable[Known]) -> list[Group]:
    """The best hints first. Everybody is in one group by name or slug at most; weak hints are pairs of such groups.

    It looks at each row a few times, and compares none with all others.
    """
    names: dict[str, set[int]] = defaultdict(set)
    slugs: dict[str, set[int]] = defaultdict(set)
    first_names: dict[str, set[int]] = defaultdict(set)
    single_names: dict[str, set[int]] = defaultdict(set)
    for host, name, slug in known:
        words = _words(name)
        names["".join(words)].add(host)
        slugs["".join(_words(slug))].add(host)
        if len(words) > 1:
            slugs["".join(words)].add(host)
            first_names[words[0]].add(host)
        else:
            single_names["".join(words)].add(host)
    for found in names, slugs, single_names:
        found.pop("", None)
    people = _Groups()
    for alike in names.values():
        people.join(alike)
    by_name = people.all()
    for alike in slugs.values():
        people.join(alike)
    groups = [Group(Likeness.NAME if hosts in by_name else Likeness.SLUG, hosts) for hosts in people.all()]
    hints = set()
    for name, hosts in single_names.items():
        short, full = ({people.of(host) for host in some} for some in (hosts, first_names.get(name, ())))
        if len(full) <= NAMESAKES and len(short) <= NAMESAKES:
            pairs = {(min(one, other), max(one, other)) for one in short for other in full - {one}}
            hints |= {Group(Likeness.PART, pair) for pair in pairs}
    return sorted([*groups, *hints])


def _words(text: str) -> list[str]:
    return _BETWEEN_WORDS.sub(" ", re.sub("[.'’]", "", without_accents(text))).split()


class _Groups:
    """Who belongs together, directly or over others; a group is known by its lowest key."""

    def __init__(self) -> None:
        self._leads_to: dict[int, int] = {}

    def of(self, host: int) -> int:
        while (lower := self._leads_to.get(host, host)) != host:
            self._leads_to[host] = self._leads_to.get(lower, lower)
            host = lower
        return host

    def join(self, hosts: Iterable[int]) -> None:
        for one, other in pairwise(hosts):
            low, high = sorted((self.of(one), self.of(other)))
            self._leads_to[high] = low

    def all(self) -> set[tuple[int, ...]]:
        """Those of two and more."""
        found: dict[int, list[int]] = defaultdict(list)
        for host in sorted(self._leads_to.keys() | set(self._leads_to.values())):
            found[self.of(host)].append(host)
        return {tuple(hosts) for hosts in found.values()}
