from typing import Any

from django.contrib import admin

from hosts.models import Host, HostName
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import OldPath, Show
from lupcms.shows.permissions import SharedAdmin, member
from lupcms.shows.public_pages import PublicAdmin


class HostNameInline(admin.StackedInline):
    """The names on the shows that I may edit; others are not shown."""

    template = "admin/rows.html"
    model = HostName
    form = VerbatimForm
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
    fields = ["name", "picture", "bio"]
    list_display = ["name"]
    search_fields = ["name", "names__name", "names__slug"]
    inlines = [HostNameInline]
    used_by = ("names__show", "credits__episode__show")

    def public_paths(self, obj: Host) -> dict[Show, str]:
        return {show: name.get_absolute_url() for show, name in obj.public_names().items()}

    def save_formset(self, request: Any, form: Any, formset: Any, change: bool) -> None:
        """A renamed address leads to the new one."""
        super().save_formset(request, form, formset, change)
        for row in formset.initial_forms:
            if "slug" in row.changed_data:
                old = f"/hosts/{row.initial['slug']}"
                OldPath.objects.remember(row.instance.show, old, f"/hosts/{row.instance.slug}")
