"""What an address where nothing is may have meant: only published things of its show."""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Abs, Length

from episodes.models import Credit, Episode, Placement, Tag
from hosts.models import HostName
from lupcms.shows.models import Show
from sponsors.models import Sponsor

LIMIT = 5
# Nobody types a longer one.
PATH_MAX_LENGTH = 200
# How many rows of a long list are compared with the address.
CANDIDATES = 200

# The digits of 245, ep245 and lup-245.html, but not of 2fa.
_NUMBER = re.compile(r"[0-9]+(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]{3,}")


class Suggestion(NamedTuple):
    title: str
    url: str


def suggestions(show: Show, path: str) -> list[Suggestion]:
    """At most five, the best first. At most three queries, however long the address and the lists are."""
    path = "".join(character for character in path[:PATH_MAX_LENGTH] if character.isprintable()).strip("/")
    first, _, name = path.partition("/")
    near = {"hosts": _hosts, "guests": _hosts, "sponsors": _sponsors, "tags": _tags}.get(first.lower())
    if near:
        return near(show, name) if name else []
    return list(dict.fromkeys([*_numbered(show, path), *_titled(show, path)]))[:LIMIT]


def _numbered(show: Show, path: str) -> list[Suggestion]:
    """The episode of the last number in the path, or its neighbours."""
    in_path = _NUMBER.findall(path)
    if not in_path:
        return []
    wanted = int(in_path[-1])
    episodes = show.episodes.published()
    slugs = {int(slug): slug for slug in episodes.values_list("slug", flat=True) if re.fullmatch("[0-9]{1,20}", slug)}
    below = sorted(number for number in slugs if number < wanted)[-1:]
    above = sorted(number for number in slugs if number > wanted)[:1]
    numbers = [wanted] if wanted in slugs else below + above
    near = episodes.filter(slug__in=[slugs[number] for number in numbers])
    return [_of_episode(episode) for episode in sorted(near, key=lambda episode: int(episode.slug))]


def _titled(show: Show, path: str) -> list[Suggestion]:
    """The newest episodes with the longest words of the last segment in their titles."""
    words = {word.lower() for word in _WORD.findall(PurePosixPath(path).stem)} - {show.acronym.lower()}
    if not words:
        return []
    episodes = show.episodes.published()
    for word in sorted(words, key=lambda word: (-len(word), word))[:3]:
        episodes = episodes.filter(title__icontains=word)
    return [_of_episode(episode) for episode in episodes.newest_first()[:LIMIT]]


def _of_episode(episode: Episode) -> Suggestion:
    return Suggestion(f"{episode.code}: {episode.printed_title}", episode.get_absolute_url())


def _hosts(show: Show, name: str) -> list[Suggestion]:
    people = Credit.objects.filter(episode__in=show.episodes.published()).values("host")
    return _closest(HostName.objects.main(show).listed().filter(host__in=people), name, "slug", "name")


def _sponsors(show: Show, name: str) -> list[Suggestion]:
    sponsors = Placement.objects.filter(episode__in=show.episodes.published()).values("sponsor")
    return _closest(Sponsor.objects.filter(pk__in=sponsors), name, "slug", "name")


def _tags(show: Show, name: str) -> list[Suggestion]:
    return _closest(Tag.objects.on(show).filter(alias_of=None), name, "name")


def _closest(rows: QuerySet[Any], wanted: str, *fields: str) -> list[Suggestion]:
    """Of the rows that begin with the same letter and are about as long, those that are spelled most like it."""
    same_letter = Q()
    for field in fields:
        same_letter |= Q(**{f"{field}__istartswith": wanted[0]})
    same_length = Abs(Length(fields[0]) - len(wanted))
    candidates: Iterable[Any] = rows.filter(same_letter).order_by(same_length, "pk")[:CANDIDATES]
    spellings = {getattr(row, field).lower(): row for row in candidates for field in fields}
    found = [spellings[spelling] for spelling in get_close_matches(wanted.lower(), spellings, LIMIT)]
    return list(dict.fromkeys(Suggestion(row.name or row.slug, row.get_absolute_url()) for row in found))
