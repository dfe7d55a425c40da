"""Preview addresses for guests: made and revoked by who may write the episode."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from episodes.models import Episode, Preview
from lupcms.shows.keys import key_in
from lupcms.shows.permissions import member
from lupcms.shows.public_pages import public_address

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class GuestForm(forms.ModelForm):
    class Meta:
        model = Preview
        fields = ["name"]
        widgets = {"name": AdminTextInputWidget}
        labels = {"name": "Name of the guest"}
        error_messages = {"name": {"required": "Say who gets the address: you will want to know which one to revoke."}}


class GuestsAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.guests))
        return [path("<int:pk>/previews/", view, name="episodes_episode_guests"), *super().get_urls()]

    def guests(self, request: HttpRequest, pk: int) -> HttpResponse:
        """`revoke=3` ends an address, `name=…` makes one."""
        episode = get_object_or_404(self.get_queryset(request).select_related("show"), pk=pk)
        if not self._may(request, "change", episode):  # type: ignore[attr-defined]
            raise PermissionDenied
        here = HttpResponseRedirect(request.path)
        form = GuestForm(request.POST if request.method == "POST" and "revoke" not in request.POST else None)
        if "revoke" in request.POST:
            self._revoke(request, episode, request.POST["revoke"])
            return here
        if form.is_bound and not episode.is_published() and form.is_valid():
            self._issue(request, episode, form.save(commit=False))
            return here
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Preview of {episode.code} for guests",
            "episode": episode,
            "form": form,
            "previews": episode.previews.active().select_related("issued_by"),
        }
        return TemplateResponse(request, "admin/episodes/episode/guests.html", context)

    def _issue(self, request: HttpRequest, episode: Episode, preview: Preview) -> None:
        preview.episode = episode
        token = preview.issue(member(request))
        preview.save()
        self.log_change(request, episode, f"Preview address for {preview.name} made.")
        address = reverse("episodes:preview", args=[token])
        # Of a long name the beginning: a message that no cookie can hold is kept in the session, and that is a row.
        said = format_html(
            'The preview address for {}: <a href="{url}">{url}</a> Copy it now: nobody can see it again.',
            Truncator(preview.name).chars(40),
            url=request.build_absolute_uri(public_address(request, episode.show, address)),
        )
        self.message_user(request, said, messages.SUCCESS)

    def _revoke(self, request: HttpRequest, episode: Episode, asked: str) -> None:
        preview = episode.previews.active().filter(pk=key_in(asked)).first()
        if preview is None:
            self.message_user(request, "That address was revoked before.", messages.WARNING)
            return
        preview.revoked_at = timezone.now()
        preview.save(update_fields=["revoked_at"])
        self.log_change(request, episode, f"Preview address for {preview.name} revoked.")
        self.message_user(request, f"The address for {preview.name} leads nowhere now.", messages.SUCCESS)
