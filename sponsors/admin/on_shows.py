"""What counts on one show or several: members of any of them see it, and those of all of them may change it."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from lupcms.shows.models import User
from lupcms.shows.permissions import may, member

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


def visible_to(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those that count on a show of theirs, or on none yet."""
    if user.is_superuser:
        return rows
    mine = Q(shows__in=user.shows("view")) | Q(shows=None)
    return rows.filter(pk__in=rows.model._default_manager.filter(mine).values("pk"))


class OnShowsAdmin(_Admin):
    """Mixin for the admin of a model with `shows`."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return visible_to(member(request), super().get_queryset(request))

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "shows":
            kwargs["queryset"] = member(request).shows("sponsor")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        shows = list(member(request).shows("sponsor")[:2])
        mine = {"shows": [shows[0].pk]} if len(shows) == 1 else {}
        return {**mine, **super().get_changeform_initial_data(request)}

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, "sponsor")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What also counts on somebody else's show is not mine to change alone. One query."""
        if not self.has_add_permission(request) or obj is None:
            return self.has_add_permission(request)
        mine = set(member(request).shows("sponsor").values_list("pk", flat=True))
        return {show.pk for show in obj.shows.all()} <= mine

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_change_permission(request, obj)
