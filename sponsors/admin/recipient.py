from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime, now

from lupcms.shows.hostnames import home_of
from lupcms.shows.permissions import member
from sponsors.admin.on_shows import OnShowsAdmin, ShowFilter
from sponsors.models import Recipient


@admin.register(Recipient)
class RecipientAdmin(OnShowsAdmin, admin.ModelAdmin):
    """An address is said once, to whoever made it: we keep a digest, and nobody can look it up."""

    fields = ["sponsor", "name", "shows", "email", "wants_mail", "state", "last_seen_on"]
    list_display = ["name", "sponsor", "on", "state", "last_seen_on"]
    list_filter = [ShowFilter]
    list_select_related = ["sponsor"]
    search_fields = ["name", "email", "sponsor__name"]
    autocomplete_fields = ["sponsor"]
    actions = ["renew", "revoke"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Whoever holds an address never finds another sponsor behind it."""
        return ["state", "last_seen_on", *(["sponsor"] if obj else [])]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj else self.fields[:-2]

    def save_model(self, request: HttpRequest, obj: Recipient, form: Any, change: bool) -> None:
        if not change:
            form.token = obj.issue(member(request))
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if not change:
            self._say(request, form.instance, form.token)

    @admin.action(permissions=["change"], description="Make a new address", location=ActionLocation.CHANGE_FORM)
    def renew(self, request: HttpRequest, queryset: QuerySet[Recipient]) -> None:
        recipient = self._mine(request, queryset)
        token = recipient.issue(member(request))
        recipient.save(update_fields=["token_digest", "issued_at", "issued_by", "revoked_at"])
        self.log_change(request, recipient, "Address renewed.")
        self._say(request, recipient, token)

    @admin.action(permissions=["change"], description="Revoke the address", location=ActionLocation.CHANGE_FORM)
    def revoke(self, request: HttpRequest, queryset: QuerySet[Recipient]) -> None:
        recipient = self._mine(request, queryset)
        if recipient.revoked_at is None:
            recipient.revoked_at = now()
            recipient.save(update_fields=["revoked_at"])
            self.log_change(request, recipient, "Address revoked.")
        self.message_user(request, f"The address of {recipient} leads nowhere now.", messages.SUCCESS)

    def _mine(self, request: HttpRequest, queryset: QuerySet[Recipient]) -> Recipient:
        """An action asks what I may do on any show, and this one is about some."""
        recipient = queryset.get()
        if not self.has_change_permission(request, recipient):
            raise PermissionDenied
        return recipient

    def _say(self, request: HttpRequest, recipient: Recipient, token: str) -> None:
        show = recipient.shows.first()
        home = home_of(show, request) if show else ""
        # The name alone: a message that no cookie can hold is kept in the session, and that is a row.
        said = format_html(
            'The private address of {}: <a href="{url}">{url}</a> Copy it now: nobody can see it again.',
            recipient.name,
            url=f"{home}{reverse('sponsors:statement', args=[token])}",
        )
        self.message_user(request, said, messages.SUCCESS)

    @admin.display(description="address", ordering="revoked_at")
    def state(self, obj: Recipient) -> str:
        word, at = ("Revoked on", obj.revoked_at) if obj.revoked_at else ("Active since", obj.issued_at)
        return f"{word} {date_format(localtime(at))}"
