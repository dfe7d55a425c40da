"""All rules over one feed."""

import re
from collections.abc import Mapping
from datetime import datetime

from episodes.feed_health import rules  # noqa: F401 -- fills the table
from episodes.feed_health.problems import SEVERITIES, Found, Problem
from episodes.feed_health.reading import Feed, Item, UnreadableError, read
from episodes.feed_health.registry import RULES, Rule, in_order


def lint(
    feed: bytes,
    *,
    now: datetime,
    url: str = "",
    previous: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
) -> list[Problem]:
    """Every problem, the worst first, then in the order of the document.

    `url` is where the feed is served, `previous` the bytes it had before, `files` chapters by their address.
    """
    try:
        before = read(previous) if previous is not None else None
    except UnreadableError as wrong:
        return [_problem(RULES["L1"], Found("error", f"The previous feed: {wrong}"), None)]
    try:
        read_feed = read(feed, url=url, now=now, previous=before, files=files or {})
    except UnreadableError as wrong:
        return [_problem(RULES["L1"], Found("error", str(wrong)), None)]
    problems = [
        _problem(rule, found, read_feed)
        for rule in sorted(RULES.values(), key=lambda rule: in_order(rule.id))
        if rule.of_document or read_feed.channel is not None
        for found in rule.check(read_feed)
    ]
    return sorted(problems, key=lambda p: (SEVERITIES.index(p.severity), p.item.number if p.item else 0))


def _problem(rule: Rule, found: Found, feed: Feed | None) -> Problem:
    at, item, line = found.at, None, None
    if isinstance(at, Item):
        item, line = at, at.element.sourceline
    elif isinstance(at, int):
        line = at
    elif at is not None and feed is not None:
        item, line = feed.item_around(at), at.sourceline
    # Text from a feed is shown on one line.
    text = re.sub(r"\s+", " ", found.text)
    return Problem(rule.id, found.severity, text, rule.source, line, item.name if item else None)
