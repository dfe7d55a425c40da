from datetime import timedelta
from typing import Self

from django.db import models
from django.utils import timezone

from lupcms.shows.models import Show

# Before the second, third … time; after the last one it is forgotten.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 30, 180)]


class OwedPingQuerySet(models.QuerySet["OwedPing"]):
    def due(self) -> Self:
        return self.filter(next_try_at__lte=timezone.now())

    def owe(self, show: Show) -> None:
        """From the beginning, also where one was owed already. Two queries."""
        now = timezone.now()
        self.update_or_create(show=show, defaults={"owed_at": now, "next_try_at": now, "tries": 0})


class OwedPing(models.Model):
    """That a show's hub has to be told of its changed feed. The row goes when it was."""

    show = models.OneToOneField(Show, models.CASCADE, primary_key=True, related_name="+")
    owed_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)

    objects = OwedPingQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.show} since {self.owed_at:%Y-%m-%d %H:%M}"

    def settled(self) -> None:
        """Told, or given up. What changed meanwhile is still owed."""
        self._still().delete()

    def failed(self) -> timedelta | None:
        """Until the next time; None if there will be none."""
        if self.tries >= len(PAUSES):
            self.settled()
            return None
        pause = PAUSES[self.tries]
        self._still().update(tries=self.tries + 1, next_try_at=timezone.now() + pause)
        return pause

    def _still(self) -> OwedPingQuerySet:
        return OwedPing.objects.filter(pk=self.pk, owed_at=self.owed_at)
