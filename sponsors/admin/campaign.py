from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from lupcms.shows.permissions import member
from sponsors.admin.on_shows import OnShowsAdmin, visible_to
from sponsors.models import Campaign, Offer


@admin.register(Campaign)
class CampaignAdmin(OnShowsAdmin, admin.ModelAdmin):
    list_display = ["sponsor", "starts_on", "ends_on", "spots"]
    list_filter = [("shows", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["sponsor"]
    search_fields = ["sponsor__name"]
    autocomplete_fields = ["sponsor", "offer"]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "offer":
            kwargs["queryset"] = visible_to(member(request), Offer.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
