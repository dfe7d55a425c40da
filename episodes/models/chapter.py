from django.core.validators import URLValidator
from django.db import models

from episodes.models.episode import Episode
from lupcms.shows.fields import VerbatimField


class Chapter(models.Model):
    """A part of the audio, from a second to the next chapter or to a second of its own; milliseconds are kept."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="chapters")
    starts_at_seconds = models.DecimalField("starts at", max_digits=9, decimal_places=3)
    ends_at_seconds = models.DecimalField("ends at", max_digits=9, decimal_places=3, null=True, blank=True)
    title = VerbatimField(blank=True)
    url = VerbatimField("address", blank=True, validators=[URLValidator(["http", "https"])])
    image_url = VerbatimField("picture", blank=True, validators=[URLValidator(["http", "https"])])
    is_listed = models.BooleanField(
        "in the list", default=True, help_text="Otherwise apps show it while it plays, and no list names it."
    )

    class Meta:
        ordering = ["starts_at_seconds", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(starts_at_seconds__gte=0), name="chapter_starts_in_the_audio"),
            models.CheckConstraint(
                condition=models.Q(ends_at_seconds__gt=models.F("starts_at_seconds")),
                name="chapter_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def starts_at(self) -> int:
        """The whole second in which it starts."""
        return int(self.starts_at_seconds)
