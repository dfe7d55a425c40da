"""All shows of this install on one page: the shows, who makes them, and the newest episodes."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Subquery

from episodes.models import Credit, Episode
from hosts.models import Host, HostName
from lupcms.shows.models import Show

NEWEST = 12
PEOPLE = 24


def shows() -> list[Show]:
    """Every show that has published something, the busiest lately first, with `episode_count`. One query."""
    published = Episode.objects.published().filter(show=OuterRef("pk"))
    count = published.order_by().values("show").annotate(count=Count("pk")).values("count")
    newest = published.newest_first().values("published_at")[:1]
    counted = Show.objects.public().annotate(episode_count=Subquery(count), newest_at=Subquery(newest))
    return list(counted.order_by("-newest_at", "title"))


def newest_episodes() -> list[Episode]:
    """One query."""
    return list(Episode.objects.published().newest_first().select_related("show")[:NEWEST])


@dataclass(frozen=True, slots=True)
class Person:
    host: Host
    # Where they are on most: the name there leads to their page.
    name: HostName
    episodes: int


def people() -> list[Person]:
    """Who hosts most, over all shows that they have not left. Two queries."""
    former = HostName.objects.filter(host=OuterRef("host"), show=OuterRef("episode__show"), is_former=True)
    parts = Credit.objects.published().filter(~Exists(former), role=Credit.Role.HOST, host__is_hidden=False).order_by()
    rows = parts.values_list("host", "episode__show").annotate(count=Count("episode", distinct=True))
    total: Counter[int] = Counter()
    most: dict[int, tuple[int, int]] = {}
    for host, show, count in rows:
        total[host] += count
        most[host] = max(most.get(host, (0, 0)), (count, show))
    ranked = sorted(total, key=lambda host: (-total[host], host))[:PEOPLE]
    names = HostName.objects.filter(host__in=ranked, is_main=True).select_related("host", "show")
    first = {(name.host_id, name.show_id): name for name in names}
    found = [(host, first.get((host, most[host][1]))) for host in ranked]
    return [Person(name.host, name, total[host]) for host, name in found if name is not None]
