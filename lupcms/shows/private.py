"""A page for somebody without an account: its address cannot be guessed, and is known to its holder alone."""

import secrets
from hashlib import sha256
from typing import Self

from django.db import models
from django.utils import timezone

from lupcms.shows.models import User


class PrivateAddressQuerySet[Row: models.Model](models.QuerySet[Row]):
    def active(self) -> Self:
        return self.filter(revoked_at=None)

    def holding(self, token: str) -> Row | None:
        """Whose address has this token, unless it was revoked. One query."""
        return self.active().filter(token_digest=digest(token)).first()


class PrivateAddress(models.Model):
    """Of an address we keep a digest only (docs/decisions/0011-a-private-page-without-an-account.md)."""

    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    issued_at = models.DateTimeField("address made", editable=False)
    issued_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    revoked_at = models.DateTimeField("revoked", null=True, editable=False)
    last_seen_on = models.DateField("last opened", null=True, editable=False)

    class Meta:
        abstract = True

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
