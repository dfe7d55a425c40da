"""Who may read a sponsor's private page, by an address that nobody can guess."""

import secrets
from datetime import datetime
from hashlib import sha256
from typing import Self

from django.db import models
from django.utils import timezone

from lupcms.shows.models import Show, User
from sponsors.models.sponsor import Sponsor

# What a recipient can say at once of a spot.
MESSAGE_MAX_LENGTH = 2_000


class RecipientQuerySet(models.QuerySet["Recipient"]):
    def holding(self, token: str) -> "Recipient | None":
        """Whose address has this token, unless it was revoked. One query."""
        return self.filter(token_digest=digest(token), revoked_at=None).select_related("sponsor").first()

    def taking_mail(self, show: Show, at: datetime) -> Self:
        """Who wants mail about that show, and had an address at that moment; `takes_mail` on rows."""
        return self.filter(shows=show, issued_at__lte=at, wants_mail=True, revoked_at=None)


class Recipient(models.Model):
    """Somebody at a sponsor who holds a private address; of the address we keep a digest only."""

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="recipients")
    name = models.CharField(max_length=200, help_text="Who gets the address: a person, or a role.")
    shows = models.ManyToManyField(Show, related_name="sponsor_recipients", help_text="What they see.")
    email = models.EmailField("e-mail", blank=True)
    wants_mail = models.BooleanField(
        "send e-mail", default=False, help_text="When a spot is published, and when a correction is answered."
    )
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField("address made", editable=False)
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)
    last_seen_on = models.DateField("last opened", null=True, editable=False)

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

    def issue(self, by: User) -> str:
        """`new_token`, and who made it when."""
        self.issued_at, self.issued_by = timezone.now(), by
        return self.new_token()

    def new_token(self) -> str:
        """192 random bits, known to nobody after this; an older address ends when this is saved."""
        token = secrets.token_urlsafe(24)
        self.token_digest, self.revoked_at = digest(token), None
        return token


def digest(token: str) -> str:
    """What is stored of a token, and what it is found by."""
    return sha256(token.encode()).hexdigest()
