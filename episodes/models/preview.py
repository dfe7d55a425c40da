from django.db import models

from episodes.models.episode import Episode
from lupcms.shows.private import PrivateAddress, PrivateAddressQuerySet


class Preview(PrivateAddress):
    """A private address where a guest reads an episode's page before it is public."""

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="previews")
    name = models.CharField(max_length=200, help_text="Who gets the address.")

    objects = PrivateAddressQuerySet["Preview"].as_manager()

    class Meta:
        ordering = ["-issued_at", "-pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(token_digest=""), name="preview_has_a_token")]

    def __str__(self) -> str:
        return f"{self.name} ({self.episode})"
