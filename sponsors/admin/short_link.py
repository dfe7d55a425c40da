from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from lupcms.shows.counts import counts_clicks
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.permissions import MemberAdmin, member, only_show
from sponsors import checks
from sponsors.admin.on_shows import visible_to
from sponsors.admin.warned import WarnedAdmin
from sponsors.models import Offer, ShortLink

COUNTED_DAYS = 30


@admin.register(ShortLink)
class ShortLinkAdmin(WarnedAdmin, MemberAdmin, admin.ModelAdmin):
    """A word is spoken in audio that stays: what it is, and whose, never changes, and it is ended, not deleted."""

    form = VerbatimForm
    fields = ["show", "word", "sponsor", "offer", "url", "starts_on", "ends_on"]
    list_display = ["__str__", "show", "sponsor", "leads_to", "starts_on", "ends_on", "uses"]
    list_filter = [("show", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["word", "sponsor__name"]
    autocomplete_fields = ["sponsor", "offer"]
    abilities = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "delete"}

    def get_queryset(self, request: HttpRequest) -> QuerySet[ShortLink]:
        lately = Q(counts__day__gt=timezone.localdate() - timedelta(days=COUNTED_DAYS))
        rows: QuerySet[ShortLink] = super().get_queryset(request).select_related("show", "sponsor", "offer")
        return rows.annotate(recent_uses=Sum("counts__count", filter=lately))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["show", "word", "sponsor"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "offer":
            kwargs["queryset"] = visible_to(member(request), Offer.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"show": only_show(request, "sponsor"), **super().get_changeform_initial_data(request)}

    def warnings(self, request: HttpRequest, obj: ShortLink) -> dict[str, str]:
        return {"url": checks.of_address(obj.url)}

    @admin.display(description="leads today to")
    def leads_to(self, obj: ShortLink) -> str:
        return obj.target(obj.show.today())

    @admin.display(description=f"in {COUNTED_DAYS} days")
    def uses(self, obj: Any) -> str:
        return str(obj.recent_uses or 0) if counts_clicks(obj.show, obj.show.today()) else "not counted"
