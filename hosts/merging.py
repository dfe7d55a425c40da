"""People who are one and the same, and what becomes of what they have."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count

from hosts.models import Host, HostName
from lupcms.shows.plurals import counted


@dataclass(slots=True)
class Belongings:
    """The names of somebody on all shows, and the numbers of their credits and of the episodes that credit them."""

    names: list[HostName] = field(default_factory=list)
    credits: int = 0
    # By the title of the show.
    episodes: dict[str, int] = field(default_factory=dict)


def belongings(hosts: Collection[Host]) -> dict[int, Belongings]:
    """Of each, by primary key. Two queries."""
    found: dict[int, Belongings] = {host.pk: Belongings() for host in hosts}
    for name in (
        HostName.objects.filter(host__in=hosts).select_related("show").order_by("show__title", "-is_main", "pk")
    ):
        found[name.host_id].names.append(name)
    rows = Host.objects.filter(pk__in=found, credits__isnull=False).order_by("credits__episode__show__title")
    counts = {"count": Count("credits"), "episodes": Count("credits__episode", distinct=True)}
    for host, show, count, episodes in rows.values_list("pk", "credits__episode__show__title").annotate(**counts):
        found[host].credits += count
        found[host].episodes[show] = episodes
    return found


def shows_of(hosts: Collection[Host]) -> dict[int, set[int]]:
    """All shows that know or credit each, drafts too, by primary keys. Two queries."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = Host.objects.filter(pk__in=[host.pk for host in hosts]).order_by()
    for lookup in "names__show", "credits__episode__show":
        for host, show in rows.filter(**{f"{lookup}__isnull": False}).values_list("pk", lookup).distinct():
            found[host].add(show)
    return found


@transaction.atomic
def merge(stays: Host, go: Collection[Host]) -> str:
    """All or none of them; says what has moved: “2 names, 12 credits”.

    Raises Host.DoesNotExist where somebody else has merged one of them before.
    """
    keys = {host.pk for host in (stays, *go)}
    locked = {host.pk: host for host in Host.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if locked.keys() != keys:
        raise Host.DoesNotExist
    has = belongings(go).values()
    for host in go:
        locked[stays.pk].absorb(locked[host.pk])
    names, parts = sum(len(each.names) for each in has), sum(each.credits for each in has)
    return f"{counted(names, 'names')}, {counted(parts, 'credits')}"
