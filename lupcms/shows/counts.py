"""Counting without following anybody: a number a day, and nothing about who it was."""

import re
from datetime import date
from typing import Any, Self

from django.db import IntegrityError, models
from django.db.models import F
from django.http import HttpRequest

from lupcms.shows.models import Show

# What people read pages with says so first: browsers since 1994, and the few that never pretended to be Mozilla.
_BROWSERS = re.compile(r"mozilla/|opera/|(e?links|lynx|w3m|netsurf|dillo)\b", re.IGNORECASE)
# What says of itself that it is no person: crawlers, previews, link checkers, programs. Cubot makes phones.
_ROBOTS = re.compile(
    r"(?<!cu)bots?(?![a-z])|://|crawl|spider|slurp|preview|fetch|monitor|scanner|checker|validat|headless|lighthouse|"
    r"facebookexternalhit|externalagent|google-|googleother|mediapartners|archive|embedly|powershell|phantomjs|ms-?office",
    re.IGNORECASE,
)


def is_a_person(request: HttpRequest) -> bool:
    """Whether somebody has followed a link, as far as the request says: no robot, HEAD, prefetch, or part of a page."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    ahead = any("prefetch" in headers.get(name, "").lower() for name in ("Sec-Purpose", "Purpose", "X-Moz"))
    followed = headers.get("Sec-Fetch-Dest", "document") == "document"
    known = _BROWSERS.match(agent) and not _ROBOTS.search(agent)
    return bool(request.method == "GET" and known and followed and not ahead)


def counts_clicks(show: Show, day: date) -> bool:
    """Whether presses of that day, which is one in the zone of the show, are counted."""
    return show.clicks_counted_since is not None and show.clicks_counted_since <= day


class DailyCountQuerySet[Row: "DailyCount"](models.QuerySet[Row]):
    def add_one(self, day: date, **of: Any) -> None:
        """One more on that day. One statement outside a transaction, two for the first of a day; none gets lost."""
        if self._increment(day, of):
            return
        try:
            self.create(day=day, count=1, **of)
        except IntegrityError:  # Somebody else was the first.
            self._increment(day, of)

    def between(self, first: date, last: date) -> Self:
        return self.filter(day__range=(first, last))

    def _increment(self, day: date, of: dict[str, Any]) -> int:
        return self.filter(day=day, **of).update(count=F("count") + 1)


class DailyCount(models.Model):
    """How often on a day, which is a day in the zone of the show."""

    day = models.DateField()
    count = models.PositiveIntegerField()

    objects = DailyCountQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"
