from functools import partial
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

from episodes import derived
from episodes.admin import feed_health
from episodes.admin.chapters import FIELDSET as CHAPTERS
from episodes.admin.chapters import ChaptersAdmin, heard_at
from episodes.admin.forms import (
    CreditForm,
    EntryFormSet,
    EpisodeForm,
    KnownAutocompleteSelect,
    LinkForm,
    PlacementForm,
    PrefillForm,
)
from episodes.admin.from_inbox import FromInboxAdmin
from episodes.audio import TYPES
from episodes.exporters.notes import not_on_the_page
from episodes.feeds import websub
from episodes.models import Credit, Episode, Link, Placement, history
from episodes.prefill import suggested
from episodes.saving import saved
from lupcms.shows.media import serve
from lupcms.shows.models import Ability, OldPath, Show
from lupcms.shows.permissions import Action, MemberAdmin, may, member, only_show
from lupcms.shows.public_pages import PublicAdmin
from sponsors.admin.on_shows import visible_to

WRITTEN: dict[Action, Ability] = {"view": "view", "add": "write", "change": "write", "delete": "write"}
PLACED: dict[Action, Ability] = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "sponsor"}


class EntryInline(MemberAdmin, admin.StackedInline):
    """Rows of an episode; what may be done with them depends on the role on the episode's show."""

    template = "admin/rows.html"
    formset: Any = EntryFormSet
    extra = 0
    view_on_site = False
    show_lookup = "episode__show"
    abilities = WRITTEN

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownAutocompleteSelect(db_field, self.admin_site)
        if db_field.name in ("campaign", "offer"):
            kwargs["queryset"] = visible_to(member(request), db_field.remote_field.model.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 1
        return field


class LinkInline(EntryInline):
    model = Link
    form = LinkForm
    fieldsets = [
        (None, {"fields": ["position", "text", "url", "description"]}),
        ("More", {"fields": ["heading", "title_kind", "title"], "classes": ["collapse"]}),
    ]


class CreditInline(EntryInline):
    model = Credit
    form = CreditForm
    verbose_name_plural = "people"
    verbose_name = "person"
    autocomplete_fields = ["host"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("host")


class PlacementInline(EntryInline):
    model = Placement
    form = PlacementForm
    verbose_name_plural = "sponsors"
    verbose_name = "sponsor"
    autocomplete_fields = ["sponsor", "campaign", "offer"]
    abilities = PLACED
    fieldsets = [
        (None, {"fields": ["position", "sponsor", "name", "url", "promo_code", "kind", "words"]}),
        ("More", {"fields": ["campaign", "offer", "starts_at_seconds", "ends_at_seconds"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Placement]:
        return super().get_queryset(request).select_related("sponsor", "campaign__sponsor", "offer__sponsor")


class StateFilter(admin.SimpleListFilter):
    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("draft", "Draft"), ("scheduled", "Scheduled"), ("published", "Published")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        states = {"draft": queryset.drafts, "scheduled": queryset.scheduled, "published": queryset.published}
        return states.get(self.value() or "", lambda: queryset)()


@admin.register(Episode)
class EpisodeAdmin(FromInboxAdmin, ChaptersAdmin, PublicAdmin, MemberAdmin, admin.ModelAdmin):
    class Media:
        css = {"all": ["desk/inbox.css"]}

    form = EpisodeForm
    inlines = [LinkInline, CreditInline, PlacementInline]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("show", "number", "title"),
                    ("published_at", "air_date"),
                    ("audio", "enclosure_url"),
                    ("duration_seconds", "player_url"),
                    "summary",
                ]
            },
        ),
        (None, {"fields": ["tags"], "classes": ["after-rows"]}),
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

    def get_queryset(self, request: HttpRequest) -> QuerySet[Episode]:
        return super().get_queryset(request).newest_first()  # type: ignore[attr-defined,no-any-return]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An ad manager opens an episode for its sponsors; the other fields are read-only then."""
        return self._may(request, "change", obj) or may(request, "sponsor", obj and obj.show_id)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None or self._may(request, "change", obj):
            return self.readonly_fields
        return [name for _, options in self.fieldsets for name in _flat(options["fields"])]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"show": only_show(request, "write"), **super().get_changeform_initial_data(request)}

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
            shows = shows.filter(episodes__pk=unquote(object_id)) if unquote(object_id).isdecimal() else shows.none()
        elif request.POST.get("show", "").isdecimal():
            shows = shows.filter(pk=request.POST["show"])
        return shows.first() or Show()

    def get_urls(self) -> list[Any]:
        prefill = self.admin_site.admin_view(require_safe(self.prefill))
        audio = self.admin_site.admin_view(require_safe(self.audio))
        return [
            path("prefill/", prefill, name="episodes_episode_prefill"),
            path("<int:pk>/audio/", audio, name="episodes_episode_audio"),
            *feed_health.urls(self.admin_site),
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
        if was is not None and was.is_published() and was.slug != obj.slug:
            for ending in ("", ".md", ".json", "/embed", *heard_at(was)):
                OldPath.objects.remember(obj.show, f"/{was.slug}{ending}", f"{obj.get_absolute_url()}{ending}")

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """On the form of a new episode the show was not known yet when its sponsors were offered."""
        if formset.model is Placement and formset.has_changed() and not may(request, "sponsor", form.instance.show_id):
            raise PermissionDenied("On this show you do not place sponsors.")
        super().save_formset(request, form, formset, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if any(part.has_changed() for part in (form, *formsets)):
            saved(form.instance, member(request), is_new=not change)
        else:
            derived.refresh(form.instance)

    def delete_model(self, request: HttpRequest, obj: Episode) -> None:
        super().delete_model(request, obj)
        self._tell_hub(obj.show)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Episode]) -> None:
        shows = list(Show.objects.filter(episodes__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        for show in shows:
            self._tell_hub(show)

    def _tell_hub(self, show: Show) -> None:
        transaction.on_commit(partial(websub.changed, show), robust=True)

    @admin.display(description="Not on the notes page")
    def notes_page(self, obj: Episode) -> str:
        if obj._state.adding:
            return ""
        prefetch_related_objects([obj], "links", "credits", "placements")
        return ", ".join(not_on_the_page(obj)) or "Nothing"

    @admin.display(description="state")
    def state(self, obj: Episode) -> str:
        return obj.state


def _flat(fields: Any) -> list[str]:
    return [name for field in fields for name in (field if isinstance(field, tuple) else (field,))]
