"""Counting without following anybody: a number a day, and nothing about who it was."""

import re
from datetime import date
from typing import Any, Self

from django.db import IntegrityError, models
from django.db.models import F
from django.http import HttpRequest

# What says of itself that it is no person: crawlers, previews of chats, link checkers, programs.
_ROBOTS = re.compile(
    r"bot\b|bot[/;_-]|crawl|spider|slurp|preview|fetch|monitor|scan|check|feed|curl|wget|python|java/|go-http|okhttp|"
    r"libwww|httpclient|axios|headless|lighthouse|facebookexternalhit|whatsapp|telegram|embedly|archiv|mediapartners",
    re.IGNORECASE,
)


def is_a_person(request: HttpRequest) -> bool:
    """Whether somebody has followed a link, as far as the request says: no robot, HEAD or prefetch."""
    headers = request.headers
    agent = headers.get("User-Agent", "")
    prefetched = "prefetch" in headers.get("Sec-Purpose", headers.get("Purpose", ""))
    navigated = headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
    return bool(request.method == "GET" and agent and navigated and not prefetched and not _ROBOTS.search(agent))


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
