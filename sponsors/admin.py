from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet

from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import Ability, OldPath, Show, User
from lupcms.shows.permissions import Action, MemberAdmin, SharedAdmin, may, member
from lupcms.shows.public_pages import PublicAdmin
from sponsors.models import Campaign, Offer, Sponsor

BOOKED: dict[Action, Ability] = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "sponsor"}


@admin.register(Sponsor)
class SponsorAdmin(PublicAdmin, SharedAdmin, admin.ModelAdmin):
    form = VerbatimForm
    list_display = ["name", "url"]
    search_fields = ["name"]
    fields = ["name", "slug", "url", "description"]
    prepopulated_fields = {"slug": ["name"]}
    ability = "sponsor"
    used_by = ("placements__episode__show", "campaigns__show")

    def public_paths(self, obj: Sponsor) -> dict[Show, str]:
        """The same on every show where a published episode has placed them. One query."""
        shows = Show.objects.filter(pk__in=obj.placements.published().values("episode__show"))
        return dict.fromkeys(shows, obj.get_absolute_url())

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """A renamed address leads to the new one, on every show that has had this sponsor."""
        super().save_model(request, obj, form, change)
        if change and "slug" in form.changed_data:
            for show in Show.objects.filter(episodes__placements__sponsor=obj).distinct():
                OldPath.objects.remember(show, f"/sponsors/{form.initial['slug']}", obj.get_absolute_url())

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """A slug that stands is never rewritten by typing in the name."""
        return {} if obj else self.prepopulated_fields


def offers_of(user: User) -> QuerySet[Offer]:
    """Offers that count on a show of theirs, or on none yet."""
    if user.is_superuser:
        return Offer.objects.all()
    mine = Q(shows__in=user.shows("view")) | Q(shows=None)
    return Offer.objects.filter(pk__in=Offer.objects.filter(mine).values("pk"))


@admin.register(Offer)
class OfferAdmin(admin.ModelAdmin):
    """Offers that count on a show of mine, or on none yet."""

    list_display = ["sponsor", "promo_code", "valid_from", "valid_until", "last_verified_on"]
    list_select_related = ["sponsor"]
    search_fields = ["sponsor__name", "promo_code", "words"]
    autocomplete_fields = ["sponsor"]
    exclude = ["last_verified_by"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request) & offers_of(member(request))

    def formfield_for_manytomany(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "shows":
            kwargs["queryset"] = member(request).shows("sponsor")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        if "last_verified_on" in form.changed_data:
            obj.last_verified_by = member(request) if obj.last_verified_on else None
        super().save_model(request, obj, form, change)

    def has_module_permission(self, request: Any) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        return may(request, "view")

    def has_add_permission(self, request: Any) -> bool:
        return may(request, "sponsor")

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """An offer that also counts on somebody else's show is not mine to change alone."""
        if not self.has_add_permission(request) or obj is None:
            return self.has_add_permission(request)
        mine = set(member(request).shows("sponsor").values_list("pk", flat=True))
        return {show.pk for show in obj.shows.all()} <= mine

    has_delete_permission = has_change_permission


@admin.register(Campaign)
class CampaignAdmin(MemberAdmin, admin.ModelAdmin):
    list_display = ["sponsor", "show", "starts_on", "ends_on", "spots"]
    list_filter = [("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["sponsor", "show"]
    search_fields = ["sponsor__name"]
    autocomplete_fields = ["sponsor", "offer"]
    abilities = BOOKED

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "offer":
            kwargs["queryset"] = offers_of(member(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
