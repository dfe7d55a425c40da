"""Who a feed says took part -> credits. The roles of the podcast namespace are many, those of lupcms four."""

import re
from collections.abc import Iterable
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.utils.text import slugify

from episodes.importers.feeds.document import Person
from episodes.importers.record import Credit, Role
from episodes.importers.values import one_line

# In lower case, as the taxonomy does not mind; the role is "host" where none is written.
_ROLES: dict[str, Role] = {
    "": "host",
    "host": "host",
    "co-host": "host",
    "cohost": "host",
    "guest host": "host",
    "guest": "guest",
    "interviewee": "guest",
    "producer": "producer",
    "executive producer": "producer",
    "associate producer": "producer",
    "senior producer": "producer",
    "coordinating producer": "producer",
    "development producer": "producer",
    "creative producer": "producer",
    "editor": "editor",
    "audio editor": "editor",
    "managing editor": "editor",
    "post production engineer": "editor",
}
# Only there does the end of an address name the person; elsewhere it names an account.
_AT_HOME = re.compile(
    r"/(?:hosts?|guests?|people|persons?|contributors?|authors?|team|crew|about)/([^/]+)/?$", re.IGNORECASE
)


class Credits(NamedTuple):
    credits: tuple[Credit, ...]
    doubts: tuple[str, ...]


def credits_of(people: Iterable[Person]) -> Credits:
    """Hosts first, then guests, then the others; each once in a role."""
    found: dict[tuple[str, str], Credit] = {}
    doubts = []
    for person in people:
        name = one_line(person.name)
        if not name:
            continue
        role = _ROLES.get(one_line(person.role).lower())
        if role is None:
            doubts.append(f"{name} is credited as {person.role}, which no role here means: credit them yourself.")
            continue
        if not (slug := _slug(name, person.url)):
            doubts.append(f"{name} has no letter that an address can have: credit them yourself.")
            continue
        found.setdefault((role, slug), Credit(role, name, slug))
    order: list[Role] = ["host", "guest", "producer", "editor"]
    return Credits(tuple(sorted(found.values(), key=lambda credit: order.index(credit.role))), tuple(doubts))


def _slug(name: str, url: str) -> str:
    """How the person's own address on the old site ends, or else their name as an address."""
    try:
        at_home = _AT_HOME.search(unquote(urlsplit(url).path))
    except ValueError:
        at_home = None
    slug = at_home[1] if at_home else slugify(name, allow_unicode=True)
    return re.sub(r"[)\0\r\n]", "", slug)
