"""People who are probably one, and people whom nothing names."""

from collections.abc import Sequence

from django.db.models import Count, Max, Q

from episodes.after_import.finding import Edit, Finding, in_quotes
from episodes.models import Credit
from hosts.models import Host, HostName
from hosts.near_names import Known, Likeness, near_duplicates
from lupcms.shows.models import Show
from lupcms.shows.plurals import counted

WHY = {
    Likeness.NAME: "the same name",
    Likeness.SLUG: "the same slug",
    Likeness.PART: "one is the first name of the other, which is a weak hint",
}


def duplicates(show: Show) -> list[Finding]:
    """Those of the show, with each other and with people of other shows, whom every member may see. Two queries."""
    credited = Credit.objects.filter(episode__show=show).order_by().values_list("host")
    counts = credited.annotate(Count("episode", distinct=True), Max("episode"))
    episodes = {host: (count, episode) for host, count, episode in counts}
    names: dict[int, str] = {}
    known, here = [], set(episodes)
    for host, name, slug, of_show in HostName.objects.order_by("pk").values_list("host", "name", "slug", "show"):
        known.append(Known(host, name, slug))
        if of_show == show.pk:
            here.add(host)
            names[host] = f"{name} ({slug})"
        names.setdefault(host, f"{name} ({slug})")
    found = []
    for likeness, hosts in near_duplicates(known):
        mine = here.intersection(hosts)
        if not mine or (likeness == Likeness.PART and len(mine) < 2):
            continue
        text = ", ".join(
            f"“{names[host]}” ({counted(episodes.get(host, (0, 0))[0], 'episodes')} here)" for host in hosts
        )
        examples = tuple(dict.fromkeys(episodes[host][1] for host in hosts if host in episodes))
        found.append(Finding((WHY[likeness], *hosts), f"{text}: {WHY[likeness]}", len(hosts), examples, merges=hosts))
    return found


def unused(show: Show) -> list[Finding]:
    """Whom an import brought, this show alone knows, nobody has written about and no episode credits. One query."""
    found: dict[int, list[str]] = {}
    left = HostName.objects.exclude(imported={})
    names = left.filter(show=show, host__credits=None, host__bio="", host__picture="")
    # Known to another show, or by a name that somebody gave by hand.
    elsewhere = HostName.objects.filter(~Q(show=show) | Q(imported={})).values("host")
    for host, name, slug in (
        names.exclude(host__in=elsewhere).order_by("name", "pk").values_list("host", "name", "slug")
    ):
        found.setdefault(host, []).append(f"{name} ({slug})")
    return [Finding((host,), ", ".join(known)) for host, known in found.items()]


def delete_unused(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    rows = Host.objects.filter(pk__in=[host for (host,) in (finding.about for finding in findings)])
    return [Edit(row, f"{in_quotes([row.name])} goes, with the names that the show knows") for row in rows]
