from typing import Any

from django.contrib import admin

from episodes.models import Tag
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.permissions import may


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """Tags are shared by all shows: members look them up, an administrator makes aliases."""

    form = VerbatimForm
    list_display = ["name", "alias_of"]
    list_select_related = ["alias_of"]
    search_fields = ["name"]
    ordering = ["name"]
    autocomplete_fields = ["alias_of"]
    view_on_site = False

    def has_module_permission(self, request: Any) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return may(request, "view")
