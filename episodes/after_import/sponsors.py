"""Sponsors that are probably one, spots of which nobody knows how they came about, sponsors without anything."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import combinations

from django.db.models import Count, Max, QuerySet

from episodes.after_import.finding import Edit, Finding, in_quotes
from episodes.models import Placement
from episodes.near_tags import Resemblance
from episodes.paste.addresses import key, with_scheme
from lupcms.shows.links import web_address
from lupcms.shows.models import Show
from lupcms.shows.plurals import counted
from sponsors.models import Kind, Sponsor


def duplicates(show: Show) -> list[Finding]:
    """Those of the show, with each other and with those of other shows. Three queries.

    Sponsors are shared, and every member may see all of them.
    """
    placed = Placement.objects.filter(episode__show=show).order_by()
    spots = {
        pk: (count, episode)
        for pk, count, episode in placed.values_list("sponsor").annotate(Count("pk"), Max("episode"))
    }
    rows = list(Sponsor.objects.values_list("pk", "name", "url"))
    names = {name: pk for pk, name, _ in rows}
    ways: dict[str, set[int]] = defaultdict(set)
    for pk, url in [*((pk, url) for pk, _, url in rows), *placed.values_list("sponsor", "url").distinct()]:
        if web_address(whole := with_scheme(url)):
            ways[key(whole.partition("#")[0].partition("?")[0])].add(pk)
    by_name = [(names[one], names[other]) for one, other in Resemblance(names).pairs()]
    by_way = [pair for pks in ways.values() for pair in combinations(sorted(pks), 2)]
    strong = [group for group in _groups([*by_name, *by_way]) if not spots.keys().isdisjoint(group)]
    together = {frozenset(pair) for group in strong for pair in combinations(group, 2)}
    weak = [
        pair
        for pair in _beginnings({names[name]: name for name in names if names[name] in spots})
        if frozenset(pair) not in together
    ]
    said = {pk: name for name, pk in names.items()}
    named = {frozenset(pair) for pair in by_name}

    def finding(group: Iterable[int], why: str) -> Finding:
        pks = sorted(group, key=lambda pk: (-spots.get(pk, (0, 0))[0], said[pk]))
        text = ", ".join(f"“{said[pk]}” ({counted(spots.get(pk, (0, 0))[0], 'spots')} here)" for pk in pks)
        examples = tuple(dict.fromkeys(spots[pk][1] for pk in pks if pk in spots))
        return Finding((why, *sorted(pks)), f"{text}: {why}", len(pks), examples, merges=tuple(pks))

    return [
        *(
            finding(
                group,
                "alike in name"
                if any(frozenset(pair) in named for pair in combinations(group, 2))
                else "the same address",
            )
            for group in sorted(strong)
        ),
        *(finding(pair, "one name begins as the other, which is a weak hint") for pair in sorted(weak)),
    ]


def _groups(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, ...]]:
    groups: dict[int, set[int]] = {}
    for pair in pairs:
        joined = set(pair).union(*(groups.get(pk, ()) for pk in pair))
        groups |= dict.fromkeys(joined, joined)
    return [tuple(sorted(group)) for group in {id(group): group for group in groups.values()}.values()]


def _beginnings(names: dict[int, str]) -> list[tuple[int, int]]:
    """“Linode” and “Linode Cloud Hosting”."""
    words = {tuple(name.casefold().split()): pk for pk, name in names.items()}
    return [
        (words[long[:length]], pk)
        for long, pk in words.items()
        for length in range(1, len(long))
        if long[:length] in words
    ]


def unknown_kinds(show: Show) -> list[Finding]:
    """One query."""
    rows = Placement.objects.filter(episode__show=show, kind=Kind.UNKNOWN).order_by()
    found = rows.values_list("sponsor", "sponsor__name", "sponsor__kind").annotate(Count("pk"), Max("episode"))
    choices = tuple((str(value), str(label)) for value, label in Kind.choices if value != Kind.UNKNOWN)
    return [
        Finding((sponsor,), name, count, (episode,), choices, "" if kind == Kind.UNKNOWN else kind)
        for sponsor, name, kind, count, episode in sorted(found, key=lambda row: (-row[3], row[1]))
    ]


def set_kind(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    sponsors = [sponsor for (sponsor,) in (finding.about for finding in findings if answer in dict(finding.choices))]
    rows = Placement.objects.filter(episode__show=show, sponsor__in=sponsors, kind=Kind.UNKNOWN)
    return [
        Edit(row, f"{row}: {Kind(answer).label.lower()}", {"kind": answer})
        for row in rows.order_by("episode", "position", "pk")
    ]


def unused(show: Show) -> list[Finding]:
    """What an import brought, no show has and nobody has written about. One query."""
    return [Finding((pk,), name) for pk, name in _unused().values_list("pk", "name")]


def delete_unused(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    rows = _unused().filter(pk__in=[pk for (pk,) in (finding.about for finding in findings)])
    return [Edit(row, f"the sponsor {in_quotes([row.name])} goes") for row in rows]


def _unused() -> QuerySet[Sponsor]:
    nothing = {relation.name: None for relation in Sponsor._meta.related_objects}
    left = Sponsor.objects.exclude(imported={})
    return left.filter(logo="", description="", contacts="", **nothing).order_by("name", "pk")
