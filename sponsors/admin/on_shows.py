"""What counts on one show or several: members of any of them see it, and those of all of them may change it."""

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest

from lupcms.shows.models import Show, User, earliest_day
from lupcms.shows.permissions import may, member, only_show

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


def visible_to(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those that count on a show of theirs; what counts on none is an administrator's."""
    if user.is_superuser:
        return rows
    return rows.filter(pk__in=rows.model._default_manager.filter(shows__in=user.shows("view")).values("pk"))


def changeable_by(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those that count on no show but theirs: what also counts on somebody else's is not theirs to change alone."""
    return rows.exclude(shows__in=Show.objects.exclude(pk__in=user.shows("sponsor").values("pk")))


class ShowFilter(admin.SimpleListFilter):
    """By the shows of whoever asks; others that a row counts on are not offered."""

    title = "show"
    parameter_name = "show"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(show.pk), show.title) for show in member(request).shows("view")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if chosen not in {value for value, _ in self.lookup_choices}:
            return queryset
        return queryset.filter(pk__in=queryset.model._default_manager.filter(shows=chosen).values("pk"))


class StateFilter(admin.SimpleListFilter):
    """By QuerySet methods that take a day: the earliest on the shows of whoever asks."""

    title = "state"
    parameter_name = "state"
    states: ClassVar[dict[str, str]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return list(self.states.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen not in self.states:
            return queryset
        return getattr(queryset, chosen)(earliest_day(member(request).shows("view")))  # type: ignore[no-any-return]


class OnShowsAdmin(_Admin):
    """Mixin for the admin of a model with `shows`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(member(request), super().get_queryset(request)).prefetch_related("shows")

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "shows":
            kwargs |= {"queryset": member(request).shows("sponsor"), "widget": CheckboxSelectMultiple}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        show = only_show(request, "sponsor")
        return {"shows": [show] if show else [], **super().get_changeform_initial_data(request)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, "sponsor")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """One query for a row."""
        if obj is None or not self.has_add_permission(request):
            return self.has_add_permission(request)
        return changeable_by(member(request), type(obj)._default_manager.filter(pk=obj.pk)).exists()

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)

    @admin.display(description="shows")
    def on(self, obj: Any) -> str:
        return ", ".join(show.title for show in obj.shows.all())
