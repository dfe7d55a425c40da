from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Case, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from episodes.announcements import tell_of_answer
from episodes.models import Correction, Placement
from lupcms.shows.models import Show
from lupcms.shows.permissions import MemberAdmin, member
from lupcms.shows.public_pages import PublicAdmin


class CorrectionForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("state") in ("done", "declined") and not cleaned.get("answer"):
            self.add_error("answer", "Say what was done, or why not.")
        return cleaned


@admin.register(Correction)
class CorrectionAdmin(PublicAdmin, MemberAdmin, admin.ModelAdmin):
    """What sponsors say is wrong. They write it, on their page; here it is answered."""

    form = CorrectionForm
    fieldsets = [
        (None, {"fields": ["message", "about", "episode", "show", "sponsor", "recipient", "sent_at"]}),
        ("Answer", {"fields": ["state", "answer", "answered_at", "by"]}),
    ]
    readonly_fields = [*fieldsets[0][1]["fields"], "answered_at", "by"]
    list_display = ["about", "state", "show", "sponsor", "sent_at"]
    list_filter = ["state", ("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["show", "sponsor"]
    search_fields = ["about", "message", "answer"]
    ordering = [Case(When(state="open", then=0), default=1), "-sent_at", "-pk"]
    abilities = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "delete"}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def public_paths(self, obj: Correction) -> dict[Show, str]:
        """The spot, where it still stands. One query."""
        spots = Placement.objects.filter(corrections=obj).published().for_report().prefetch_related(None)
        spot = spots.first()
        return {spot.episode.show: spot.get_absolute_url()} if spot else {}

    def save_model(self, request: HttpRequest, obj: Correction, form: Any, change: bool) -> None:
        if obj.state == Correction.State.OPEN:
            obj.answered_at = obj.answered_by = None
        elif form.has_changed():
            obj.answered_at, obj.answered_by = timezone.now(), member(request)
            transaction.on_commit(lambda: tell_of_answer(obj), robust=True)
        super().save_model(request, obj, form, change)

    @admin.display(description="answered by", empty_value="-")
    def by(self, obj: Correction) -> str | None:
        """By name alone: accounts are not everybody's to open."""
        return str(obj.answered_by) if obj.answered_by else None

    @admin.display(description="episode")
    def episode(self, obj: Correction) -> str:
        if obj.placement is None:
            return "The spot was taken out of its episode."
        episode = obj.placement.episode
        return format_html('<a href="{}">{}</a>', reverse("admin:episodes_episode_change", args=[episode.pk]), episode)
