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
    last = _last(show)
    usual = {key(url) for url in show.usual_links.values_list("url", flat=True)}
    return [
        Finding(
            (way,),
            f"{next(iter(episodes.values())).url}, in {len(episodes)} of the last {len(last)} episodes",
            episodes=tuple(episodes)[:3],
        )
        for way, episodes in _by_way(last).items()
        if len(episodes) >= LEAST and len(episodes) * 2 > len(last) and way not in usual
    ]


def make_usual(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """As the newest episode has it. Three queries."""
    ways = _by_way(_last(show))
    last = show.usual_links.aggregate(last=Max("position", default=0))["last"]
    rows = [next(iter(ways[way].values())) for (way,) in (finding.about for finding in findings) if way in ways]
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


def _last(show: Show) -> list[int]:
    return list(show.episodes.published().newest_first().values_list("pk", flat=True)[:LAST])


def _by_way(last: list[int]) -> dict[str, dict[int, Link]]:
    """The first link of each episode that leads there, the newest episode first. One query."""
    found: dict[str, dict[int, Link]] = {}
    rows = Link.objects.filter(episode__in=last).order_by("position", "pk")
    for row in sorted(rows, key=lambda row: last.index(row.episode_id)):
        if row.url:
            found.setdefault(key(row.url), {}).setdefault(row.episode_id, row)
    return found
