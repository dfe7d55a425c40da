from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Count, IntegerField, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone

from lupcms.shows.coming_back import came_from
from lupcms.shows.models import Show, earliest_day
from lupcms.shows.permissions import SharedAdmin, member
from lupcms.shows.plurals import counted
from lupcms.shows.public_pages import PublicAdmin
from sponsors import checks
from sponsors.admin.forms import AddressForm
from sponsors.admin.on_shows import visible_to
from sponsors.admin.warned import WarnedAdmin
from sponsors.merging import Belongings, merge
from sponsors.models import Offer, Sponsor


@admin.register(Sponsor)
class SponsorAdmin(WarnedAdmin, PublicAdmin, SharedAdmin, admin.ModelAdmin):
    form = AddressForm
    fieldsets = [
        (None, {"fields": ["name", "slug", "kind", "url", "logo"]}),
        ("What its page says", {"fields": ["description"]}),
        ("For members only", {"fields": ["contacts"]}),
    ]
    prepopulated_fields = {"slug": ["name"]}
    list_display = ["name", "kind", "offers_today", "last_aired_on"]
    list_filter = ["kind"]
    search_fields = ["name", "former_names__name"]
    actions = ["merge"]
    ability = "sponsor"
    used_by = (
        "placements__episode__show",
        "campaigns__shows",
        "offers__shows",
        "recipients__shows",
        "short_links__show",
        "corrections__show",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Sponsor]:
        """With what the list counts; offers are those that the member may see."""
        offers = visible_to(member(request), Offer.objects.live(earliest_day(member(request).shows("view"))))
        count = offers.filter(sponsor=OuterRef("pk")).order_by().values("sponsor").annotate(count=Count("pk"))
        published = Q(placements__episode__published_at__lte=timezone.now())
        last = Max("placements__episode__air_date", filter=published)
        aired = Sponsor.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(last=last)
        rows: QuerySet[Sponsor] = super().get_queryset(request)
        return rows.annotate(
            offer_count=Coalesce(Subquery(count.values("count"), output_field=IntegerField()), 0),
            last_air_date=Subquery(aired.values("last")),
        )

    @admin.display(description="offers today", ordering="offer_count")
    def offers_today(self, obj: Any) -> int:
        return int(obj.offer_count)

    @admin.display(description="last published", ordering="last_air_date")
    def last_aired_on(self, obj: Any) -> Any:
        return obj.last_air_date

    def public_paths(self, obj: Sponsor) -> dict[Show, str]:
        """The same on every show that has published a spot of theirs, or has an offer that has begun. Three queries."""
        shows = set(Show.objects.filter(pk__in=obj.placements.published().values("episode__show")))
        for offer in obj.offers.prefetch_related("shows"):
            shows |= {show for show in offer.shows.all() if offer.standing(show.today()).state != "upcoming"}
        return dict.fromkeys(sorted(shows, key=lambda show: (show.title, show.pk)), obj.get_absolute_url())

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            obj.rename(form.initial["name"], form.initial["slug"])

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """A slug that stands is never rewritten by typing in the name."""
        return {} if obj else self.prepopulated_fields

    def warnings(self, request: HttpRequest, obj: Sponsor) -> dict[str, str]:
        return {"url": checks.of_address(obj.url)}

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description="Merge…", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Sponsor]) -> HttpResponse | None:
        """Asks which one stays, and says what becomes of the others; with an answer, does it or says why not."""
        sponsors = list(queryset)
        if len(sponsors) < 2:
            self.message_user(request, "Select two sponsors or more to merge them.", messages.WARNING)
            return None
        may_go = {sponsor for sponsor in sponsors if self.has_delete_permission(request, sponsor)}
        may_stay = {
            sponsor
            for sponsor in sponsors
            if self.has_change_permission(request, sponsor) and may_go.issuperset(set(sponsors) - {sponsor})
        }
        chosen, back = request.POST.get("stays", ""), came_from(request)
        stays = next((sponsor for sponsor in may_stay if str(sponsor.pk) == chosen), None)
        if stays:
            self._merge(request, stays, [sponsor for sponsor in sponsors if sponsor != stays])
            return HttpResponseRedirect(back) if back else None
        rows = [
            {
                "sponsor": sponsor,
                "may_stay": sponsor in may_stay,
                "may_change": self.has_change_permission(request, sponsor),
                "has": Belongings.of(sponsor) if sponsor in may_go else None,
            }
            for sponsor in sponsors
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge sponsors",
            "opts": self.opts,
            "media": self.media,
            "rows": rows,
            "may_merge": bool(may_stay),
            "is_missing": "confirmed" in request.POST,
            "back": back,
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/sponsors/sponsor/merge.html", context)

    def _merge(self, request: HttpRequest, stays: Sponsor, go: list[Sponsor]) -> None:
        names = " and ".join(f"“{sponsor}”" for sponsor in go)
        moved = merge(stays, go)
        self.log_change(request, stays, f"Merged {names} into it: {moved}.")
        text = (
            f"{names} merged into “{stays}”, which has now what belonged to them: {moved}. "
            f"{counted(moved.addresses, 'addresses')} now lead{'s' if moved.addresses == 1 else ''} to its page, "
            "and no published page has changed."
        )
        self.message_user(request, text, messages.SUCCESS)
