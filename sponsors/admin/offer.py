from datetime import date
from typing import Any, ClassVar

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.dateformat import format as format_date

from lupcms.shows.models import earliest_day
from lupcms.shows.permissions import member
from lupcms.shows.plurals import counted
from sponsors import checks
from sponsors.admin.forms import OfferForm
from sponsors.admin.on_shows import OnShowsAdmin, ShowFilter, StateFilter, changeable_by, visible_to
from sponsors.admin.warned import WarnedAdmin
from sponsors.models import Offer, Standing


def in_words(standing: Standing) -> str:
    offer = standing.offer
    match standing.state:
        case "upcoming" if offer.valid_from:
            return f"From {_day(offer.valid_from)}"
        case "ended" if offer.valid_until:
            return f"Ended {_day(offer.valid_until)}"
        case "ending":
            return f"Ends in {counted(standing.days_left, 'days')}" if standing.days_left else "Ends today"
        case "unconfirmed":
            return f"Unconfirmed since {_day(standing.confirmed_on)}" if standing.confirmed_on else "Unconfirmed"
    return "Live"


class OfferStateFilter(StateFilter):
    states: ClassVar = {
        "live": "Live",
        "ending": "Ending soon",
        "unconfirmed": "Unconfirmed",
        "ended": "Ended",
        "upcoming": "Upcoming",
    }


@admin.register(Offer)
class OfferAdmin(WarnedAdmin, OnShowsAdmin, admin.ModelAdmin):
    form = OfferForm
    fieldsets = [
        (None, {"fields": ["sponsor", "shows"]}),
        ("What listeners get", {"fields": ["words", "promo_code", "url", "terms"]}),
        ("When it counts", {"fields": [("valid_from", "valid_until"), ("last_verified_on", "by")]}),
    ]
    readonly_fields = ["by"]
    list_display = ["sponsor", "promo_code", "state", "on", "last_verified_on"]
    list_display_links = ["sponsor", "promo_code"]
    list_filter = [OfferStateFilter, ShowFilter]
    list_select_related = ["sponsor"]
    search_fields = ["sponsor__name", "promo_code", "words"]
    autocomplete_fields = ["sponsor"]
    actions = ["confirm"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {
            "last_verified_on": earliest_day(member(request).shows("sponsor")),
            **super().get_changeform_initial_data(request),
        }

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if "last_verified_on" in form.changed_data:
            obj.last_verified_by = member(request) if obj.last_verified_on else None
        super().save_model(request, obj, form, change)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What a page has announced is ended and not deleted, as the page would forget until when it counts."""
        announced = obj is not None and obj.placements.published().exists()
        return not announced and super().has_delete_permission(request, obj)

    def warnings(self, request: HttpRequest, obj: Offer) -> dict[str, str]:
        coded = Offer.objects.exclude(promo_code="").select_related("sponsor")
        return checks.of_offer(obj, visible_to(member(request), coded))

    @admin.display(description="confirmed by", empty_value="-")
    def by(self, obj: Offer) -> str | None:
        """By name alone: accounts are not everybody's to open."""
        return str(obj.last_verified_by) if obj.last_verified_by else None

    @admin.display(description="state")
    def state(self, obj: Offer) -> str:
        return in_words(obj.standing(earliest_day(obj.shows.all())))

    @admin.action(description="Confirmed today", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[Offer]) -> None:
        """Somebody has tried them, on the day it is where they count."""
        chosen = queryset.count()
        mine = list(changeable_by(member(request), queryset))
        for offer in mine:
            offer.last_verified_on, offer.last_verified_by = earliest_day(offer.shows.all()), member(request)
        done = Offer.objects.bulk_update(mine, ["last_verified_on", "last_verified_by"])
        if done:
            self.message_user(request, f"Confirmed {counted(done, 'offers')} today.", messages.SUCCESS)
        if left := chosen - done:
            text = f"Left {counted(left, 'offers')} as they were: they also count on a show that is not yours."
            self.message_user(request, text, messages.WARNING)


def _day(day: date) -> str:
    return format_date(day, "j F Y")
