"""What a member sees and may do in the admin follows from memberships, and from nothing else."""

from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.contrib.admin import ModelAdmin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from lupcms.shows.models import Ability, Show, User

Action = Literal["view", "add", "change", "delete"]

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


def member(request: HttpRequest) -> User:
    """The signed-in user of an admin request."""
    assert isinstance(request.user, User)
    return request.user


def may(request: HttpRequest, ability: Ability, show_id: int | None = None) -> bool:
    """Whether whoever asks may do it on that show, or, without one, on any show."""
    return isinstance(request.user, User) and request.user.may(ability, show_id)


def only_show(request: HttpRequest, ability: Ability) -> Show | None:
    """The show on which whoever asks may do it, unless there are several. One query."""
    shows = member(request).shows(ability)[:2]
    return shows[0] if len(shows) == 1 else None


class MemberAdmin(_Admin):
    """Mixin for the admin (or inline) of something that belongs to one show: rows of other shows do not exist."""

    abilities: ClassVar[dict[Action, Ability]] = {
        "view": "view",
        "add": "write",
        "change": "write",
        "delete": "delete",
    }
    show_lookup = "show"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        user = member(request)
        return rows if user.is_superuser else rows.filter(**{f"{self.show_lookup}__in": user.shows("view")})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "view", obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "add", obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "change", obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, "delete", obj)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "show":
            kwargs["queryset"] = member(request).shows(self.abilities["change"])
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def _may(self, request: HttpRequest, action: Action, obj: Any) -> bool:
        """On the show of `obj`, which an inline is given as its parent; without one, on any show."""
        show_id = None
        if obj is not None:
            show_id = obj.pk if isinstance(obj, Show) else obj.show_id
        return may(request, self.abilities[action], show_id)


class SharedAdmin(_Admin):
    """Mixin for what shows share: any member may look; those whose show uses it, or if nobody does, may edit."""

    ability: ClassVar[Ability] = "write"
    # Lookups from the model to the shows that use it.
    used_by: ClassVar[tuple[str, ...]] = ()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "view")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, self.ability)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request) and (obj is None or self._is_mine(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "delete") and (obj is None or self._is_mine(request, obj, alone=True))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """`?campaigns=7` in a list's address would say of rows of any show whether they exist, and whose they are."""
        rows_of_shows = {relation.name for relation in self.opts.related_objects}
        return lookup.partition("__")[0] not in rows_of_shows and super().lookup_allowed(lookup, value, request)

    def _is_mine(self, request: HttpRequest, obj: Model, *, alone: bool = False) -> bool:
        """Whether a show of mine uses it, or no show does; `alone`: no other show does. One query."""
        user = member(request)
        if user.is_superuser:
            return True
        rows = type(obj)._default_manager.filter(pk=obj.pk)
        using = {show for lookup in self.used_by for show in rows.values_list(lookup, flat=True)} - {None}
        mine = set(user.shows(self.ability).values_list("pk", flat=True))
        return using <= mine if alone else not using or bool(using & mine)
