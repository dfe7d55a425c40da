from typing import Any

from django.contrib import admin

from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import Show
from lupcms.shows.permissions import SharedAdmin
from lupcms.shows.public_pages import PublicAdmin
from sponsors.models import Sponsor


@admin.register(Sponsor)
class SponsorAdmin(PublicAdmin, SharedAdmin, admin.ModelAdmin):
    form = VerbatimForm
    list_display = ["name", "kind", "url"]
    search_fields = ["name", "former_names__name"]
    fields = ["name", "slug", "kind", "url", "logo", "description", "contacts"]
    prepopulated_fields = {"slug": ["name"]}
    ability = "sponsor"
    used_by = ("placements__episode__show", "campaigns__shows", "offers__shows")

    def public_paths(self, obj: Sponsor) -> dict[Show, str]:
        """The same on every show where a published episode has placed them. One query."""
        shows = Show.objects.filter(pk__in=obj.placements.published().values("episode__show"))
        return dict.fromkeys(shows, obj.get_absolute_url())

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change:
            obj.rename(form.initial["name"], form.initial["slug"])

    def get_prepopulated_fields(self, request: Any, obj: Any = None) -> Any:
        """A slug that stands is never rewritten by typing in the name."""
        return {} if obj else self.prepopulated_fields
