from django.core.validators import MinValueValidator
from django.db import models

from episodes.models.episode import Episode


class Downloads(models.Model):
    """How often an episode was downloaded in its first days, as somebody else counted."""

    class Days(models.IntegerChoices):
        WEEK = 7, "7 days"
        MONTH = 30, "30 days"

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="downloads")
    days = models.PositiveSmallIntegerField("within", choices=Days)
    count = models.PositiveIntegerField("downloads", validators=[MinValueValidator(0)])
    source = models.CharField(max_length=200, help_text="Who counted: the name of the host or the measurement.")

    class Meta:
        ordering = ["days"]
        verbose_name = verbose_name_plural = "downloads"
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "days"],
                name="downloads_once_per_episode_and_days",
                violation_error_message="This episode has a number for these days.",
            ),
            models.CheckConstraint(condition=models.Q(days__in=[7, 30]), name="downloads_of_known_days"),
            models.CheckConstraint(condition=~models.Q(source=""), name="downloads_name_their_source"),
        ]

    def __str__(self) -> str:
        return f"{self.episode}: {self.count} in {self.days} days"
