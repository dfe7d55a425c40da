"""What the linter says of a show's own feed, and which published episodes it lacks, and why."""

from dataclasses import dataclass

from django.utils import timezone

from episodes.feed_health import SEVERITIES, Problem, Severity, lint
from episodes.feeds import podcast_rss
from episodes.feeds.content import channel_of, episodes_of, items_of
from episodes.models import Episode
from lupcms.shows.models import Show


@dataclass(frozen=True)
class Row:
    problem: Problem
    # Whose form mends it; None where it is the channel, or no episode of ours.
    episode: Episode | None


@dataclass(frozen=True)
class Report:
    rows: dict[Severity, list[Row]]
    # With what each lacks.
    left_out: list[tuple[Episode, str]]

    @property
    def is_clean(self) -> bool:
        return not any(self.rows.values())


def feed_bytes(show: Show) -> bytes:
    """What `/rss` answers."""
    episodes = episodes_of(show.episodes.all())
    return podcast_rss.render(channel_of(show, episodes), items_of(episodes))


def problems_of(show: Show, previous: bytes | None = None) -> list[Problem]:
    return lint(feed_bytes(show), url=show.feed_url, now=timezone.now(), previous=previous)


def report(show: Show) -> Report:
    """One query beside those of the feed."""
    columns = ["number", "title", "guid", "enclosure_url", "is_blocked", "published_at"]
    published = list(show.episodes.published().newest_first().only(*columns))
    by_guid = {episode.guid: episode for episode in published if episode.guid}
    rows: dict[Severity, list[Row]] = {severity: [] for severity in SEVERITIES}
    for problem in problems_of(show):
        episode = by_guid.get(problem.item.guid) if problem.item else None
        rows[problem.severity].append(Row(problem, episode))
    return Report(rows, [(episode, _lacks(episode)) for episode in published if not episode.is_in_feed()])


def _lacks(episode: Episode) -> str:
    reasons = {
        "it has no GUID": not episode.guid,
        "it has no audio": not episode.enclosure_url,
        "it is kept out of feeds": episode.is_blocked,
    }
    return ", ".join(reason for reason, holds in reasons.items() if holds)


def counted(problems: list[Problem]) -> str:
    """`2 errors, 1 warning, 0 notes`."""
    found = [problem.severity for problem in problems]
    counts = {severity: found.count(severity) for severity in SEVERITIES}
    return ", ".join(f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in counts.items())
