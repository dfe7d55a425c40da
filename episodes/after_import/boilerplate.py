"""Links that stand in most episodes: what every new one could begin with."""

from collections.abc import Sequence

from django.db.models import Max

from episodes.after_import.finding import Edit, Finding
from episodes.models import Link, UsualLink
from episodes.paste.addresses import key
from lupcms.shows.models import Show

# How many of the last published episodes are looked at, and in how many of them a link is at least.
LAST, LEAST = 20, 5


def repeated(show: Show) -> list[Finding]:
    """In more than half of the last episodes, in the order of the newest. Three queries."""
    last = list(show.episodes.published().newest_first().values_list("pk", flat=True)[:LAST])
    rows = Link.objects.filter(episode__in=last).order_by("position", "pk").values_list("url", "pk", "episode")
    usual = {key(url) for url in show.usual_links.values_list("url", flat=True)}
    found: dict[str, dict[int, tuple[str, int]]] = {}
    for url, pk, episode in sorted(rows, key=lambda row: last.index(row[2])):
        if url and key(url) not in usual:
            found.setdefault(key(url), {}).setdefault(episode, (url, pk))
    return [
        Finding((link,), f"{url}, in {len(episodes)} of the last {len(last)} episodes", episodes=tuple(episodes)[:3])
        for episodes in found.values()
        for url, link in [next(iter(episodes.values()))]
        if len(episodes) >= LEAST and len(episodes) * 2 > len(last)
    ]


def make_usual(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """As the newest episode has it. Two queries."""
    links = Link.objects.in_bulk([link for (link,) in (finding.about for finding in findings)])
    last = show.usual_links.aggregate(last=Max("position", default=0))["last"]
    rows = [links[link] for (link,) in (finding.about for finding in findings) if link in links]
    return [
        Edit(
            UsualLink(
                show=show,
                position=position,
                url=row.url,
                text=row.text,
                description=row.description,
                heading=row.heading,
            ),
            f"new episodes begin with “{row}”: {row.url}",
        )
        for position, row in enumerate(rows, last + 1)
    ]
