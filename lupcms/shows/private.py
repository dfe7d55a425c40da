"""A page for somebody without an account: its address cannot be guessed, and is known to its holder alone."""

import secrets
from contextlib import suppress
from hashlib import sha256
from typing import Self

from django.db import Error as DatabaseError
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from lupcms.shows.models import Show, User
from lupcms.shows.pages import foreign


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

    def note_visit(self) -> None:
        """Producers see whether an address is used; once a day is enough."""
        today = timezone.localdate()
        if self.last_seen_on != today:
            # Where nothing can be written, as during a long import, the page still answers.
            with suppress(DatabaseError):
                type(self)._base_manager.filter(pk=self.pk).update(last_seen_on=today)


def digest(token: str) -> str:
    """What is stored of a token, and what it is found by."""
    return sha256(token.encode()).hexdigest()


def nothing_here(request: HttpRequest) -> HttpResponse:
    """The same 404 for an address that is wrong, old, revoked, or tried on another show's host."""
    show: Show | None = request.show  # type: ignore[attr-defined]
    context = {"show": show, "title": _("Nothing is published here"), "foreign": show and foreign(show)}
    return render(request, "404.html", {**context, "suggestions": []}, status=404)


def kept_private[Response: HttpResponseBase](response: Response) -> Response:
    """Nothing of it is kept, indexed or told to another site."""
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
