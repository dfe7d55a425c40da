"""Who may read a sponsor's private page, by an address that nobody can guess."""

from datetime import datetime
from typing import Self

from django.db import models

from lupcms.shows.models import Show
from lupcms.shows.private import PrivateAddress, PrivateAddressQuerySet
from sponsors.models.sponsor import Sponsor

# What a recipient can say at once of a spot.
MESSAGE_MAX_LENGTH = 2_000


class RecipientQuerySet(PrivateAddressQuerySet["Recipient"]):
    def taking_mail(self, show: Show, at: datetime) -> Self:
        """Who wants mail about that show, and had an address at that moment; `takes_mail` on rows."""
        return self.active().filter(shows=show, issued_at__lte=at, wants_mail=True)


class Recipient(PrivateAddress):
    """Somebody at a sponsor who holds a private address."""

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="recipients")
    name = models.CharField(max_length=200, help_text="Who gets the address: a person, or a role.")
    shows = models.ManyToManyField(Show, related_name="sponsor_recipients", help_text="What they see.")
    email = models.EmailField("e-mail", blank=True)
    wants_mail = models.BooleanField(
        "send e-mail", default=False, help_text="When a spot is published, and when a correction is answered."
    )

    objects = RecipientQuerySet.as_manager()

    class Meta:
        ordering = ["sponsor__name", "name", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(token_digest=""), name="recipient_has_a_token"),
            models.CheckConstraint(
                condition=models.Q(wants_mail=False) | ~models.Q(email=""),
                name="recipient_of_mail_has_an_address",
                violation_error_message="Give an e-mail address to send mail to.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sponsor})"

    @property
    def takes_mail(self) -> bool:
        return self.wants_mail and self.revoked_at is None
