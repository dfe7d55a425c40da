"""Tags that are probably one: the same but for case, accents, hyphens, a plural or one wrong letter.

A number or a sign is never a slip of the pen: `ubuntu 22.04` is not `ubuntu 24.04`, and `c`, `c+` and `c#` are three.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import combinations
from typing import NamedTuple

from django.core.cache import cache
from django.db.models import Count, Max

from episodes.models import EpisodeTag, Tag
from lupcms.shows.folding import without_accents
from lupcms.shows.models import Show

# Fewer letters than that are rarely mistyped, and often another word: `ios`, `bios`.
LETTERS_FOR_A_SLIP = 5
LETTERS_FOR_A_PLURAL = 4
# Fifteen thousand tags take half a second.
COUNTED_FOR_SECONDS = 3600

_PIECES = re.compile(r"\d+(?:\.\d+)*|[^\W\d_]+|[^\w\s.\-‐‑–_'’]")


class _Key(NamedTuple):
    """What a name is compared by."""

    letters: str
    # Numbers and signs, in their order.
    exact: tuple[str, ...]
    # Words of one letter: `vitamin c` is not `vitamin d`.
    single: tuple[str, ...]


@lru_cache(maxsize=2**16)
def _key(name: str) -> _Key:
    pieces = _PIECES.findall(without_accents(name))
    words = [piece for piece in pieces if piece.isalpha()]
    letters = "".join(words)
    if len(letters) >= LETTERS_FOR_A_PLURAL and letters[-1] == "s" and letters[-2] != "s":
        letters = letters[:-1]
    return _Key(
        letters,
        tuple(piece for piece in pieces if not piece.isalpha()),
        tuple(word for word in words if len(word) == 1),
    )


def resembling(name: str, others: Iterable[str]) -> list[str]:
    """Those of `others` that are probably `name`, spelled in another way."""
    return [other for other in others if other != name and _alike(_key(name), _key(other))]


def _alike(one: _Key, other: _Key) -> bool:
    if one.exact != other.exact or not (one.letters or one.exact):
        return False
    if one.letters == other.letters:
        return True
    return (
        one.single == other.single
        and min(len(one.letters), len(other.letters)) >= LETTERS_FOR_A_SLIP
        and _one_slip(one.letters, other.letters)
    )


def _one_slip(one: str, other: str) -> bool:
    """Whether one letter more, less or other, or two neighbours changing places, makes one the other."""
    if abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    a, b = one[start:], other[start:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])


class Resemblance:
    """`resembling` for many names, without comparing each with each."""

    def __init__(self, names: Iterable[str]) -> None:
        self._buckets: dict[object, list[str]] = defaultdict(list)
        for name in names:
            for bucket in _buckets(_key(name)):
                self._buckets[bucket].append(name)

    def to(self, name: str) -> list[str]:
        found = (other for bucket in _buckets(_key(name)) for other in self._buckets.get(bucket, ()))
        return resembling(name, dict.fromkeys(found))

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Also more than once."""
        for names in self._buckets.values():
            for one, other in combinations(names, 2):
                if _alike(_key(one), _key(other)):
                    yield one, other


def _buckets(key: _Key) -> Iterator[tuple[object, ...]]:
    """Names that resemble each other share one: those of one slip lose one letter each to become the same."""
    letters, exact, single = key
    yield letters, exact
    if len(letters) >= LETTERS_FOR_A_SLIP:
        yield letters, exact, single
        for shorter in {letters[:at] + letters[at + 1 :] for at in range(len(letters))}:
            yield shorter, exact, single


@dataclass(frozen=True, slots=True)
class Used:
    """A tag, and how many episodes of the shows have it."""

    tag: Tag
    episodes: int


def near_duplicates(*shows: Show) -> list[list[Used]]:
    """Tags of episodes of these shows, drafts too, that resemble each other; most used first, in groups and in each.

    What is an alias was dealt with already. One query.
    """
    uses = EpisodeTag.objects.filter(content_object__show__in=shows, tag__alias_of=None)
    counts = uses.values_list("tag", "tag__name").annotate(count=Count("pk")).order_by("-count", "tag__name")
    used = {name: Used(Tag(pk=pk, name=name), count) for pk, name, count in counts}
    groups: dict[str, list[str]] = {}
    for one, other in Resemblance(used).pairs():
        mine, theirs = groups.setdefault(one, [one]), groups.setdefault(other, [other])
        if mine is not theirs:
            mine += theirs
            groups |= dict.fromkeys(theirs, mine)
    order = {name: at for at, name in enumerate(used)}
    distinct = {id(names): sorted(names, key=order.__getitem__) for names in groups.values()}
    rows = [[used[name] for name in names] for names in distinct.values()]
    return sorted(rows, key=lambda group: -sum(row.episodes for row in group))


def near_duplicates_by_show(shows: Iterable[Show]) -> dict[int, int]:
    """How many groups each has, by primary key.

    Two queries, and one for each show whose tags have changed since they were counted, or where any alias has.
    """
    by_key = {show.pk: show for show in shows}
    uses = EpisodeTag.objects.filter(content_object__show__in=by_key).order_by().values_list("content_object__show")
    aliases = Tag.objects.exclude(alias_of=None).aggregate(count=Count("pk"), last=Max("pk"))
    return {
        pk: cache.get_or_set(
            f"near-tags:{pk}:{count}:{last}:{aliases['count']}:{aliases['last']}",
            partial(_count, by_key[pk]),
            COUNTED_FOR_SECONDS,
        )
        or 0
        for pk, count, last in uses.annotate(count=Count("pk"), last=Max("pk"))
    }


def _count(show: Show) -> int:
    return len(near_duplicates(show))
