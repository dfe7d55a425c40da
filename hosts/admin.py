from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.forms import BaseInlineFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from hosts.merging import belongings, merge, shows_of
from hosts.models import Host, HostName
from lupcms.shows.coming_back import came_from
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import Show
from lupcms.shows.permissions import SharedAdmin, may, member
from lupcms.shows.public_pages import PublicAdmin

if TYPE_CHECKING:
    _FormSet = BaseInlineFormSet[HostName, Host, "HostNameForm"]
else:
    _FormSet = BaseInlineFormSet

# What all shows say of somebody.
SHARED = ["name", "picture", "bio", "is_hidden"]


class HostNameForm(VerbatimForm):
    """Which name has the page is no field of the model here: `HostNameFormSet` sees all names of a show."""

    has_page = forms.BooleanField(label="Page", required=False, help_text="Their page has this name and slug.")

    class Meta:
        model = HostName
        fields = ["show", "name", "slug", "has_page", "is_former"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            is_main = self.instance.is_main
            # An address that was published stays on its show.
            self.fields["show"].disabled = True
            # Another takes it over by being ticked.
            self.fields["has_page"].initial = self.fields["has_page"].disabled = is_main
            self.fields["is_former"].disabled = not is_main

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk and "slug" in self.changed_data:
            others = HostName.objects.filter(host=self.instance.host_id, show=self.instance.show_id)
            if others.filter(slug=cleaned.get("slug")).exists():
                self.add_error("slug", "This is another slug of theirs already: tick “Page” in its row instead.")
        return cleaned


class HostNameFormSet(_FormSet):
    def clean(self) -> None:
        super().clean()
        for rows in self._by_show().values():
            for row in [row for row in rows if "has_page" in row.changed_data][1:]:
                row.add_error("has_page", "Tick one name for each show: their page has one.")

    def save(self, commit: bool = True) -> Any:
        """On each show, whichever name was ticked has the page from now on, and says whether they are a former host."""
        shows = self._by_show()
        former = {show: any(row.cleaned_data["is_former"] for row in rows) for show, rows in shows.items()}
        for show, rows in shows.items():
            for row in rows:
                row.instance.is_former = former[show] and row.instance.is_main
        saved = super().save(commit)
        for show, rows in shows.items():
            names = HostName.objects.filter(host=self.instance, show=show)
            for row in rows:
                if "has_page" in row.changed_data:
                    row.instance.take_page()
            names.filter(is_main=True).update(is_former=former[show])
        return saved

    def _by_show(self) -> dict[int, list[HostNameForm]]:
        found: dict[int, list[HostNameForm]] = defaultdict(list)
        for row in self.forms:
            if row.instance.show_id and (row.instance.pk or row.has_changed()):
                found[row.instance.show_id].append(row)
        return found


class HostNameInline(admin.StackedInline):
    """The names on the shows that I may edit; others are not shown."""

    template = "admin/rows.html"
    model = HostName
    form = HostNameForm
    formset: Any = HostNameFormSet
    verbose_name, verbose_name_plural = "name", "names on your shows"
    fields = ["show", "name", "slug", "has_page", "is_former"]
    extra = 0
    can_delete = False  # An address that was published stays somebody's.
    view_on_site = False

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).filter(show__in=member(request).shows("write")).select_related("show")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "show":
            kwargs["queryset"] = member(request).shows("write")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return member(request).may("view")

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return member(request).may("write")

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(Host)
class HostAdmin(PublicAdmin, SharedAdmin, admin.ModelAdmin):
    form = VerbatimForm
    list_display = ["name", "known_as", "hidden"]
    list_filter = ["is_hidden"]
    search_fields = ["name", "names__name", "names__slug"]
    actions = ["merge"]
    inlines = [HostNameInline]
    used_by = ("names__show", "credits__episode__show")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Host]:
        """With what the list names. Two queries more."""
        rows: QuerySet[Host] = super().get_queryset(request)
        return rows.prefetch_related("names__show")

    @admin.display(description="slugs")
    def known_as(self, obj: Host) -> str:
        return ", ".join(f"{name.slug} ({name.show.acronym})" for name in obj.names.all())

    @admin.display(ordering="is_hidden")
    def hidden(self, obj: Host) -> str:
        return "Hidden" if obj.is_hidden else ""

    def public_paths(self, obj: Host) -> dict[Show, str]:
        return {show: name.get_absolute_url() for show, name in obj.public_names().items()}

    def get_fieldsets(self, request: HttpRequest, obj: Host | None = None) -> Any:
        """Where what all shows say cannot be changed, it says who can: shows that have published them are no secret."""
        options: dict[str, Any] = {"fields": SHARED}
        if obj and not self.may_change_shared(request, obj):
            public = ", ".join(show.title for show in obj.public_names())
            who = f"who writes for all of them ({public})" if public else "who writes for all of them"
            options["description"] = f"Other shows have this person too: {who}, or an administrator, may change this."
        return [(None, options)]

    def get_readonly_fields(self, request: HttpRequest, obj: Host | None = None) -> list[str]:
        return [] if obj is None or self.may_change_shared(request, obj) else SHARED

    def may_change_shared(self, request: HttpRequest, obj: Host) -> bool:
        """Who writes for every show that decides it; names on shows of their own are theirs in any case."""
        user = member(request)
        if user.is_superuser or not self.has_add_permission(request):
            return user.is_superuser
        return set(obj.deciding_shows()) <= set(user.shows("write"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "delete") and (obj is None or not self._others(request, [obj]))

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        """A renamed address leads to the new one."""
        super().save_formset(request, form, formset, change)
        for row in formset.initial_forms:
            if "slug" in row.changed_data:
                row.instance.rename(row.initial["slug"], row.initial["name"])

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may(request, "delete")

    @admin.action(description="Merge…", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Host]) -> HttpResponse | None:
        """Asks who stays, and says what becomes of the others; with an answer, does it or says why not."""
        hosts = list(queryset)
        if len(hosts) < 2:
            self.message_user(request, "Select two people or more to merge them.", messages.WARNING)
            return None
        others, back = self._others(request, hosts), came_from(request)
        chosen = request.POST.get("stays", "")
        stays = next((host for host in hosts if str(host.pk) == chosen), None)
        if stays and not others:
            self._merge(request, stays, [host for host in hosts if host != stays])
            return HttpResponseRedirect(back) if back else None
        has = belongings(hosts)
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge people",
            "opts": self.opts,
            "media": self.media,
            "rows": [(host, None if host in others else has[host.pk]) for host in hosts],
            "may_merge": not others,
            "is_missing": "confirmed" in request.POST,
            "back": back,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/hosts/host/merge.html", context)

    def _merge(self, request: HttpRequest, stays: Host, go: list[Host]) -> None:
        names = " and ".join(f"“{host}”" for host in go)
        try:
            moved = merge(stays, go)
        except Host.DoesNotExist:
            self.message_user(request, "Somebody has merged one of them just now. Nothing was merged.", messages.ERROR)
            return
        self.log_change(request, stays, f"Merged {names} into it: {moved}.")
        text = (
            f"{names} merged into “{stays}”, who has now what belonged to them: {moved}. Every address of theirs leads "
            "to the page of the one that stayed, and episodes credit them as before."
        )
        self.message_user(request, text, messages.SUCCESS)

    def _others(self, request: HttpRequest, hosts: list[Host]) -> set[Host]:
        """Those that a show knows or credits where whoever asks may not delete. Two queries."""
        user = member(request)
        if user.is_superuser:
            return set()
        mine, using = set(user.shows("delete").values_list("pk", flat=True)), shows_of(hosts)
        return {host for host in hosts if not using[host.pk] <= mine}
