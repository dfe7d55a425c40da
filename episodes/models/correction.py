from typing import Self

from django.db import models
from django.utils import timezone

from episodes.models.placement import Placement
from lupcms.shows.models import Show, User
from sponsors.models import Recipient, Sponsor
from sponsors.models.recipient import MESSAGE_MAX_LENGTH


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def open(self) -> Self:
        return self.filter(state=Correction.State.OPEN)


class Correction(models.Model):
    """“This is wrong”: what a sponsor says of a spot, and what the producers answered. Outlives the spot."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DONE = "done", "Done"
        DECLINED = "declined", "Declined"

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="corrections")
    show = models.ForeignKey(Show, models.CASCADE, related_name="corrections")
    placement = models.ForeignKey(Placement, models.SET_NULL, null=True, related_name="corrections")
    recipient = models.ForeignKey(Recipient, models.SET_NULL, null=True, related_name="corrections")
    # Which spot it was, in words, also when the row is gone.
    about = models.TextField()
    message = models.TextField(max_length=MESSAGE_MAX_LENGTH)
    sent_at = models.DateTimeField("sent", default=timezone.now)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True, help_text="The sponsor reads this on their page.")
    answered_at = models.DateTimeField("answered", null=True, editable=False)
    answered_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=["open", "done", "declined"]), name="correction_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.about
