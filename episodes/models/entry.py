"""What links, credits and placements share: they are entries of an episode, in an order that is data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone

from episodes.models.episode import Episode
from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimField
from lupcms.shows.links import site_of, web_address


class EntryQuerySet[Row: models.Model](models.QuerySet[Row]):
    def published(self, at: datetime | None = None) -> Self:
        """Entries of episodes that are public."""
        return self.filter(episode__published_at__lte=at or timezone.now())

    def append(self, episode: Episode, rows: Sequence[Any]) -> None:
        """They become the episode's last ones, in this order. Two queries."""
        last = self.filter(episode=episode).aggregate(last=models.Max("position", default=0))["last"]
        for position, row in enumerate(rows, last + 1):
            row.episode, row.position = episode, position
        self.bulk_create(rows)


class Entry(models.Model):
    episode = models.ForeignKey(Episode, models.CASCADE, related_name="%(class)ss")
    position = models.PositiveIntegerField(default=0)

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "pk"]


class AddressedEntry(Entry):
    """An entry with an address, which is kept as it was published, whatever it looks like."""

    url = VerbatimField("address", blank=True, validators=[PageCheck("url")])

    class Meta(Entry.Meta):
        abstract = True

    @property
    def href(self) -> str:
        """The address where a page may link it, one to write to included; else "", and it is shown as text."""
        return self.url if self.url.lower().startswith("mailto:") else web_address(self.url)

    @property
    def site(self) -> str:
        return site_of(self.url)
