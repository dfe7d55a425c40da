from typing import Any

from django.contrib import admin

from lupcms.shows.fields import VerbatimForm
from lupcms.shows.permissions import member
from sponsors.admin.on_shows import OnShowsAdmin
from sponsors.models import Offer


@admin.register(Offer)
class OfferAdmin(OnShowsAdmin, admin.ModelAdmin):
    form = VerbatimForm
    list_display = ["sponsor", "promo_code", "valid_from", "valid_until", "last_verified_on"]
    list_select_related = ["sponsor"]
    search_fields = ["sponsor__name", "promo_code", "words"]
    autocomplete_fields = ["sponsor"]
    exclude = ["last_verified_by"]

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if "last_verified_on" in form.changed_data:
            obj.last_verified_by = member(request) if obj.last_verified_on else None
        super().save_model(request, obj, form, change)
