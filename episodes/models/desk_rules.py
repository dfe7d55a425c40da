from django.db import models

from lupcms.shows.fields import VerbatimField
from lupcms.shows.models import Show


class DeskRules(models.Model):
    """What a new episode of a show begins with, and what must be right before one is published."""

    show = models.OneToOneField(Show, models.CASCADE, related_name="desk_rules", primary_key=True)
    default_tags = VerbatimField(blank=True, help_text="Every new episode has them. Separated by commas.")
    # Names of checks of episodes.publishing.
    blocking = models.JSONField("stops a publication", default=list, blank=True)

    class Meta:
        verbose_name = "rules of the desk"
        verbose_name_plural = "rules of the desk"

    def __str__(self) -> str:
        return f"Rules of {self.show}"
