"""What tags.js asks while somebody types tags: how a word may go on, and which names are new but resemble another."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.contrib.admin import AdminSite, ModelAdmin
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Q, When
from django.http import HttpRequest, JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from episodes.models import EpisodeTag, Tag
from episodes.models.tag import NAME_MAX_LENGTH
from episodes.near_tags import Resemblance
from episodes.tags import names_from_text
from lupcms.shows.keys import key_in
from lupcms.shows.models import Show, User
from lupcms.shows.permissions import may, member

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

LIMIT = 10
# As many as anybody types; what is pasted beyond them is looked at when it is saved.
NAMES_LOOKED_AT = 100


class Suggestion(NamedTuple):
    name: str
    # What was typed leads there by this alias.
    alias: str


class NewTagsAdmin(_Admin):
    """Mixin for the admin of episodes: what tags.js says while somebody types, said after a save without it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        names = form.cleaned_data.get("tags", []) if "tags" in form.changed_data else []
        found = new_and_resembling(member(request), names) if names else {}
        super().save_related(request, form, formsets, change)
        if found:
            self.message_user(request, _remark(found), messages.WARNING)


def urls(site: AdminSite) -> list[Any]:
    return [
        path("suggestions/", site.admin_view(require_safe(suggest)), name="episodes_tag_suggestions"),
        path("resembling/", site.admin_view(require_safe(resemble)), name="episodes_tag_resembling"),
    ]


def suggest(request: HttpRequest) -> JsonResponse:
    """`?q=ker&show=2`: at most ten tags."""
    if not may(request, "view"):
        raise PermissionDenied
    user, typed = member(request), request.GET.get("q", "").replace("\0", "").strip()[:NAME_MAX_LENGTH]
    show = user.shows("view").filter(pk=key_in(request.GET.get("show", ""))).first()
    found = suggested(user, typed, show) if typed else []
    return JsonResponse({"suggestions": [suggestion._asdict() for suggestion in found]})


def resemble(request: HttpRequest) -> JsonResponse:
    """`?names=kernal, moon`: those that no tag has, each with the tags that it resembles."""
    if not may(request, "view"):
        raise PermissionDenied
    names = names_from_text(request.GET.get("names", "").replace("\0", ""))[:NAMES_LOOKED_AT]
    return JsonResponse({"resembling": new_and_resembling(member(request), names)})


def suggested(user: User, typed: str, show: Show | None) -> list[Suggestion]:
    """Tags that begin with what was typed before those that have it inside; the show's own first, most used first.

    Two queries at most.
    """
    own: list[tuple[str, str | None]] = []
    if show is not None:
        uses = EpisodeTag.objects.filter(_matches("tag__name", "icontains", typed), content_object__show=show)
        begins = _first(_matches("tag__name", "istartswith", typed))
        rows = uses.values_list("tag__name", "tag__alias_of__name").annotate(uses=Count("pk"), begins=begins)
        own = [row[:2] for row in rows.order_by("begins", "-uses", "tag__name")[:LIMIT]]
    others = Tag.objects.filter(_matches("name", "icontains", typed)).visible_to(user)
    others = others.exclude(name__in=[name for name, _ in own])
    rest = others.order_by(_first(_matches("name", "istartswith", typed)), "name")
    return _led([*own, *rest.values_list("name", "alias_of__name")[: LIMIT - len(own)]])


def new_and_resembling(user: User, names: Iterable[str]) -> dict[str, list[str]]:
    """Of these names, those that are no tag that the member may know of, each with the tags that it resembles.

    Aliases are led on to their tag. One query.
    """
    known = dict(Tag.objects.visible_to(user).values_list("name", "alias_of__name"))
    resemblance = Resemblance(known)
    new = {name: resemblance.to(name) for name in names if name not in known}
    return {name: list(dict.fromkeys(known[other] or other for other in found)) for name, found in new.items() if found}


def _matches(field: str, lookup: str, typed: str) -> Q:
    """In any letter case, also of letters that SQLite does not fold."""
    spellings = {typed} if typed.isascii() else {typed, typed.lower(), typed.upper(), typed.capitalize()}
    return Q(*((f"{field}__{lookup}", spelling) for spelling in sorted(spellings)), _connector=Q.OR)


def _first(condition: Q) -> Case:
    return Case(When(condition, then=0), default=1)


def _led(tags: Iterable[tuple[str, str | None]]) -> list[Suggestion]:
    """Each tag once; an alias as the tag that it leads to."""
    found: dict[str, Suggestion] = {}
    for name, alias_of in tags:
        found.setdefault(alias_of or name, Suggestion(alias_of or name, name if alias_of else ""))
    return list(found.values())


def _remark(found: dict[str, list[str]]) -> str:
    pairs = ((name, "”, “".join(others)) for name, others in found.items())
    near = reverse("admin:episodes_tag_near")
    return format_html(
        'New tags that resemble others: {}. If they are one, <a href="{}">merge them</a>.',
        format_html_join("; ", "“{}”, like “{}”", pairs),
        near,
    )
