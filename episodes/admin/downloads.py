from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from episodes.downloads import FileError, Loaded, load
from episodes.models import Downloads, Episode
from lupcms.shows.models import Show, User
from lupcms.shows.permissions import Action, MemberAdmin, member, only_show

FILE_MAX_BYTES = 1024 * 1024
PROBLEMS_SHOWN = 20


class LoadForm(forms.Form):
    show = forms.ModelChoiceField(Show.objects.none())
    source = forms.CharField(max_length=200, help_text="Who counted: the name of the host or the measurement.")
    file = forms.FileField(
        help_text="CSV with the columns number, and days7 or days30 or both. Where a line is wrong, nothing is written."
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        show: Any = self.fields["show"]
        show.queryset = user.shows("write")

    def clean_file(self) -> bytes:
        file = self.cleaned_data["file"]
        if file.size > FILE_MAX_BYTES:
            raise forms.ValidationError("The file is larger than 1 MB.")
        data: bytes = file.read()
        return data

    def load(self) -> Loaded | None:
        """None where the file is refused; the form says why."""
        asked = self.cleaned_data
        try:
            return load(asked["show"], asked["file"], asked["source"])
        except FileError as error:
            more = len(error.problems) - PROBLEMS_SHOWN
            rest = [f"and {more} more."] if more > 0 else []
            self.add_error("file", [*error.problems[:PROBLEMS_SHOWN], *rest])
            return None


@admin.register(Downloads)
class DownloadsAdmin(MemberAdmin, admin.ModelAdmin):
    list_display = ["episode", "show", "days", "count", "source"]
    list_filter = [("episode__show", admin.RelatedOnlyFieldListFilter), "days"]
    list_select_related = ["episode__show"]
    search_fields = ["episode__number", "episode__title"]
    ordering = ["-episode__published_at", "-episode", "days"]
    autocomplete_fields = ["episode"]
    abilities = {"view": "view", "add": "write", "change": "write", "delete": "write"}
    show_lookup = "episode__show"

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "episode":
            kwargs["queryset"] = Episode.objects.filter(show__in=member(request).shows("write"))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_urls(self) -> list[Any]:
        loading = path("load/", self.admin_site.admin_view(self.load), name="episodes_downloads_load")
        return [loading, *super().get_urls()]

    def load(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        initial = {"show": only_show(request, "write")}
        form: Any = LoadForm(request.POST or None, request.FILES or None, user=member(request), initial=initial)
        loaded = form.load() if form.is_valid() else None
        if loaded is not None:
            self.message_user(request, f"The numbers were loaded: {loaded}.", messages.SUCCESS)
            return HttpResponseRedirect(reverse("admin:episodes_downloads_changelist"))
        adminform = AdminForm(form, [(None, {"fields": ["show", "source", "file"]})], {})
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": "Load downloads"}
        return TemplateResponse(
            request, "admin/episodes/downloads/load.html", {**context, "adminform": adminform, "errors": form.errors}
        )

    def _may(self, request: HttpRequest, action: Action, obj: Any) -> bool:
        return super()._may(request, action, obj and obj.episode)

    @admin.display(ordering="episode__show")
    def show(self, obj: Downloads) -> Show:
        return obj.episode.show
