from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.dateformat import format as format_date

from lupcms.shows.models import earliest_day
from lupcms.shows.permissions import member
from sponsors import checks
from sponsors.admin.forms import CampaignForm
from sponsors.admin.on_shows import OnShowsAdmin, ShowFilter, StateFilter, visible_to
from sponsors.admin.warned import WarnedAdmin
from sponsors.models import Campaign, Delivery, Offer


class CampaignStateFilter(StateFilter):
    states: ClassVar = {"running": "Running", "overdue": "Overdue", "upcoming": "Upcoming", "over": "Over"}


@admin.register(Campaign)
class CampaignAdmin(WarnedAdmin, OnShowsAdmin, admin.ModelAdmin):
    form = CampaignForm
    fieldsets = [(None, {"fields": ["sponsor", "shows", ("starts_on", "ends_on"), "spots", "offer", "notes"]})]
    list_display = [
        "sponsor",
        "on",
        "starts_on",
        "ends_on",
        "booked",
        "published",
        "scheduled",
        "owed",
        "late",
        "state",
    ]
    list_filter = [CampaignStateFilter, ShowFilter]
    list_select_related = ["sponsor"]
    search_fields = ["sponsor__name"]
    # A query that counts forgets the model's, and then the pages of an autocomplete box have no order.
    ordering: ClassVar = ["-starts_on", "-pk"]
    autocomplete_fields = ["sponsor", "offer"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Campaign]:
        rows: Any = super().get_queryset(request)
        return rows.with_delivery()  # type: ignore[no-any-return]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "offer":
            kwargs["queryset"] = visible_to(member(request), Offer.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        if change and obj:
            placements = obj.placements.filter(episode__show__in=member(request).shows("view"))
            context["delivery"] = _delivery(obj)
            context["state"] = self.state(obj)
            context["placements"] = placements.select_related("episode__show").order_by(
                "episode__published_at", "episode__pk", "position", "pk"
            )
        return super().render_change_form(request, context, add, change, form_url, obj)

    def warnings(self, request: HttpRequest, obj: Campaign) -> dict[str, str]:
        return checks.of_campaign(obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        if obj.ends_on < earliest_day(obj.shows.all()):
            messages.warning(request, "The period has passed already. Check the year.")
        return response

    @admin.display(description="booked", ordering="spots")
    def booked(self, obj: Campaign) -> int:
        return obj.spots

    @admin.display(ordering="published_count")
    def published(self, obj: Campaign) -> int:
        return _delivery(obj).published

    @admin.display(ordering="scheduled_count")
    def scheduled(self, obj: Campaign) -> int:
        return _delivery(obj).scheduled

    def owed(self, obj: Campaign) -> int:
        return _delivery(obj).owed

    @admin.display(ordering="late_count")
    def late(self, obj: Campaign) -> int:
        return _delivery(obj).late

    def state(self, obj: Campaign) -> str:
        delivery = _delivery(obj)
        if delivery.is_overdue:
            return f"Overdue: {delivery.owed} owed"
        if delivery.is_over:
            return "Done"
        if earliest_day(obj.shows.all()) < obj.starts_on:
            return f"Begins {format_date(obj.starts_on, 'j F Y')}"
        return "Running"


def _delivery(campaign: Campaign) -> Delivery:
    return campaign.delivery(earliest_day(campaign.shows.all()))
