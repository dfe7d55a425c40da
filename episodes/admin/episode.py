from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Model, QuerySet, prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from episodes.admin import feed_health, page_titles
from episodes.admin.audio_elsewhere import AudioElsewhereAdmin
from episodes.admin.bulk import BulkAdmin
from episodes.admin.chapters import FIELDSET as CHAPTERS
from episodes.admin.chapters import ChaptersAdmin
from episodes.admin.conflicts import ConflictsAdmin
from episodes.admin.copy_out import CopyOutAdmin
from episodes.admin.forms import EpisodeForm, PrefillForm
from episodes.admin.from_inbox import FromInboxAdmin
from episodes.admin.guests import GuestsAdmin
from episodes.admin.history import HistoryAdmin, remember_address
from episodes.admin.new import NewFromLastAdmin
from episodes.admin.paste import PasteAdmin
from episodes.admin.preview import PreviewAdmin
from episodes.admin.publish import PublishAdmin, state_of
from episodes.admin.rows import RowsAdmin
from episodes.admin.tag_suggestions import NewTagsAdmin
from episodes.exporters.notes import not_on_the_page
from episodes.formats.media_types import TYPES
from episodes.models import Episode, Placement, history
from episodes.prefill import suggested
from episodes.saving import saved, tell_hubs
from lupcms.shows.keys import key_in
from lupcms.shows.media import serve
from lupcms.shows.models import Show
from lupcms.shows.permissions import MemberAdmin, may, member
from lupcms.shows.public_pages import PublicAdmin


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("draft", "Draft"),
            ("in-review", "In review"),
            ("scheduled", "Scheduled"),
            ("published", "Published"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        states = {
            "draft": queryset.drafts,
            "in-review": queryset.in_review,
            "scheduled": queryset.scheduled,
            "published": queryset.published,
        }
        return states.get(self.value() or "", lambda: queryset)()


@admin.register(Episode)
class EpisodeAdmin(
    AudioElsewhereAdmin,
    ConflictsAdmin,
    HistoryAdmin,
    NewFromLastAdmin,
    PublishAdmin,
    FromInboxAdmin,
    RowsAdmin,
    BulkAdmin,
    NewTagsAdmin,
    ChaptersAdmin,
    PasteAdmin,
    PreviewAdmin,
    GuestsAdmin,
    CopyOutAdmin,
    PublicAdmin,
    MemberAdmin,
    admin.ModelAdmin,
):
    form = EpisodeForm
    fieldsets = [
        (None, {"fields": [("show", "number", "title", "air_date"), "summary"]}),
        (
            None,
            {
                "fields": ["tags", ("audio", "enclosure_url"), ("duration_seconds", "player_url", "video_url")],
                "classes": ["after-rows"],
            },
        ),
        CHAPTERS,
        (
            "Feed",
            {
                "fields": [
                    ("season", "episode_type", "explicit", "is_blocked"),
                    ("enclosure_length", "enclosure_type"),
                    "artwork",
                ],
                "classes": ["collapse", "after-rows"],
            },
        ),
        (
            "Address and identity",
            {
                "fields": ["slug", "guid", "published_at_is_estimated", "notes_page"],
                "classes": ["collapse", "after-rows"],
            },
        ),
    ]
    readonly_fields = ["published_at_is_estimated", "notes_page", "transcripts"]
    list_display = ["number", "title", "show", "air_date", "state"]
    list_display_links = ["number", "title"]
    list_filter = [StateFilter, ("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["show"]
    list_per_page = 50
    search_fields = ["number", "title"]

    class Media:
        css = {"all": ["desk/preview.css", "desk/history.css", "desk/paste.css", "desk/inbox.css"]}
        js = [forms.Script(f"desk/{name}.js", defer=True) for name in ("paste", "preview", "unsaved")]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Episode]:
        return super().get_queryset(request).newest_first()  # type: ignore[attr-defined,no-any-return]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An ad manager opens an episode for its sponsors; the other fields are read-only then."""
        return self._may(request, "change", obj) or may(request, "sponsor", obj and obj.show_id)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self._may(request, "change", obj):
            return self.readonly_fields
        return [name for _, options in self.fieldsets for name in _flat(options["fields"])]

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Times are read and shown in the zone of the show."""
        # Nobody writes one episode after another, and the bar stays in sight.
        extra_context = {"show_save_and_add_another": False, **(extra_context or {})}
        with timezone.override(self._zone_show(request, object_id).zone):
            response = super().changeform_view(request, object_id, form_url, extra_context)
            return response.render() if isinstance(response, TemplateResponse) else response

    def _zone_show(self, request: HttpRequest, object_id: str | None) -> Show:
        shows = member(request).shows("view")
        if object_id is not None:
            shows = shows.filter(pk__in=Episode.objects.filter(pk=key_in(unquote(object_id))).values("show"))
        elif pk := key_in(request.POST.get("show", "")):
            shows = shows.filter(pk=pk)
        return shows.first() or Show()

    def get_urls(self) -> list[Any]:
        prefill = self.admin_site.admin_view(require_safe(self.prefill))
        audio = self.admin_site.admin_view(require_safe(self.audio))
        return [
            path("prefill/", prefill, name="episodes_episode_prefill"),
            path("<int:pk>/audio/", audio, name="episodes_episode_audio"),
            *feed_health.urls(self.admin_site),
            *page_titles.urls(self.admin_site),
            *super().get_urls(),
        ]

    def audio(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The uploaded file, for members, also of a draft."""
        episode = get_object_or_404(self.get_queryset(request), pk=pk)
        if not self.has_view_permission(request, episode):
            raise PermissionDenied
        if not episode.audio:
            raise Http404("This episode has no audio of its own.")
        response = serve(request, str(episode.audio.name), TYPES[PurePosixPath(str(episode.audio.name)).suffix])
        response.headers["Cache-Control"] = "private"
        return response

    def prefill(self, request: HttpRequest) -> HttpResponse:
        """What a new spot is likely to say: `?sponsor=1&show=2&day=2026-11-30`, or `&episode=3` for both."""
        asked = PrefillForm(request.GET, shows=member(request).shows("sponsor"))
        if not asked.is_valid():
            return JsonResponse({"errors": asked.errors}, status=400)
        filled = suggested(asked.cleaned_data["sponsor"], *asked.show_and_day())._asdict()
        return JsonResponse(
            {name: {"id": row.pk, "text": str(row)} if isinstance(row, Model) else row for name, row in filled.items()}
        )

    def public_paths(self, obj: Episode) -> dict[Show, str]:
        return {obj.show: obj.get_absolute_url()} if obj.is_published() else {}

    def save_model(self, request: HttpRequest, obj: Episode, form: Any, change: bool) -> None:
        was = Episode.objects.get(pk=obj.pk) if change else None
        if was is not None:
            history.keep_before(was)
        super().save_model(request, obj, form, change)
        if was is not None:
            remember_address(was, obj)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        self.check_formset(request, form, formset)
        super().save_formset(request, form, formset, change)

    def check_formset(self, request: HttpRequest, form: Any, formset: Any) -> None:
        """On the form of a new episode the show was not known yet when its sponsors were offered."""
        if formset.model is Placement and formset.has_changed() and not may(request, "sponsor", form.instance.show_id):
            raise PermissionDenied("On this show you do not place sponsors.")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(part.has_changed() for part in (form, *formsets)):
            saved(form.instance, member(request), is_new=not change)

    def delete_model(self, request: HttpRequest, obj: Episode) -> None:
        super().delete_model(request, obj)
        tell_hubs([obj.show])

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Episode]) -> None:
        shows = list(Show.objects.filter(episodes__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        tell_hubs(shows)

    @admin.display(description="Not on the notes page")
    def notes_page(self, obj: Episode) -> str:
        if obj._state.adding:
            return ""
        prefetch_related_objects([obj], "links", "credits", "placements")
        return ", ".join(not_on_the_page(obj)) or "Nothing"

    @admin.display(description="state")
    def state(self, obj: Episode) -> str:
        return state_of(obj)


def _flat(fields: Any) -> list[str]:
    return [name for field in fields for name in (field if isinstance(field, tuple) else (field,))]
