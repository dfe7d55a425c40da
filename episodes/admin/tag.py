from collections import defaultdict
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_safe

from episodes.admin import tag_suggestions
from episodes.models import Episode, EpisodeTag, Tag
from episodes.near_tags import near_duplicates
from episodes.tag_merging import Merged, are_changeable_by, drafts_with, merge, uses_of
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.permissions import may, member
from lupcms.shows.plurals import counted

GROUPS_PER_PAGE = 50
NOT_YOURS = (
    "Another show uses one of these tags, or an alias of it, and where a tag leads is decided by who writes for every "
    "show that uses it. Ask an administrator."
)


class AliasFilter(admin.SimpleListFilter):
    title = "kind"
    parameter_name = "alias"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Tags"), ("yes", "Aliases")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Tag]) -> QuerySet[Tag]:
        return queryset.filter(alias_of__isnull=self.value() == "no") if self.value() else queryset


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    """Tags are shared by all shows. Who writes for every show that uses one says where it leads."""

    form = VerbatimForm
    list_display = ["name", "alias_of", "episodes"]
    list_filter = [AliasFilter]
    list_select_related = ["alias_of"]
    search_fields = ["name"]
    ordering = ["name"]
    autocomplete_fields = ["alias_of"]
    fields = ["name", "alias_of", "aliases"]
    readonly_fields = ["aliases"]
    actions = ["merge"]
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        """With what the list counts: episodes of the member's shows, drafts too."""
        user = member(request)
        uses = EpisodeTag.objects.filter(tag=OuterRef("pk"), content_object__show__in=user.shows("view").values("pk"))
        count = uses.order_by().values("tag").annotate(count=Count("pk")).values("count")
        counted = Coalesce(Subquery(count, output_field=IntegerField()), 0)
        tags: QuerySet[Tag] = Tag.objects.visible_to(user).annotate(episode_count=counted).order_by(*self.ordering)
        return tags

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "view")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may(request, "write") and (obj is None or are_changeable_by(member(request), [obj]))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """A new name would rewrite every episode that says the tag."""
        return self.readonly_fields if member(request).is_superuser else ["name", *self.readonly_fields]

    def get_urls(self) -> list[Any]:
        near = self.admin_site.admin_view(require_safe(self.near))
        return [
            path("near/", near, name="episodes_tag_near"),
            *tag_suggestions.urls(self.admin_site),
            *super().get_urls(),
        ]

    @admin.display(description="episodes of your shows", ordering="episode_count")
    def episodes(self, obj: Any) -> int:
        return int(obj.episode_count)

    @admin.display(description="aliases")
    def aliases(self, obj: Tag) -> str:
        if obj._state.adding:
            return "-"
        links = [
            (reverse("admin:episodes_tag_change", args=[tag.pk]), tag.name) for tag in obj.aliases.order_by("name")
        ]
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "None"

    def near(self, request: HttpRequest) -> HttpResponse:
        """Tags of one's shows, or with `?show=` of one of them, that are probably one."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        shows = list(member(request).shows("view").order_by("title", "pk"))
        chosen = next((show for show in shows if str(show.pk) == request.GET.get("show")), None)
        looked_at = [chosen] if chosen else shows
        groups = Paginator(near_duplicates(*looked_at), GROUPS_PER_PAGE)
        page = groups.get_page(request.GET.get("page"))
        examples = _newest_of({used.tag.pk for group in page for used in group}, looked_at)
        context = {
            **self.admin_site.each_context(request),
            "title": "Tags that resemble each other",
            "opts": self.opts,
            "shows": shows,
            "chosen": chosen,
            "page": page,
            "groups": [[(used, examples[used.tag.pk]) for used in group] for group in page],
            "may_merge": self.has_merge_permission(request),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/episodes/tag/near.html", context)

    def has_merge_permission(self, request: HttpRequest) -> bool:
        return may(request, "write")

    @admin.action(description="Merge…", permissions=["merge"])
    def merge(self, request: HttpRequest, queryset: QuerySet[Tag]) -> HttpResponse | None:
        """Asks which name stays, and says what becomes of the others; with an answer, does it or says why not."""
        tags = sorted(queryset.select_related("alias_of"), key=lambda tag: (-tag.episode_count, tag.name))
        if len(tags) < 2:
            self.message_user(request, "Select two tags or more to merge them.", messages.WARNING)
            return _back(request)
        chosen = next((tag for tag in tags if str(tag.pk) == request.POST.get("stays")), None)
        refused = ""
        if chosen and "confirmed" in request.POST:
            changed = _changed(tags, chosen)
            if are_changeable_by(member(request), changed):
                self._merge(request, chosen, [tag for tag in tags if tag != chosen])
                return _back(request)
            refused = NOT_YOURS
        return self._ask(request, tags, chosen, refused)

    def _ask(self, request: HttpRequest, tags: list[Tag], chosen: Tag | None, refused: str) -> HttpResponse:
        user = member(request)
        uses = uses_of(tags, user)
        aliases = defaultdict(list)
        for tag in Tag.objects.filter(alias_of__in=tags).order_by("name"):
            aliases[tag.alias_of_id].append(tag)
        may_stay = [tag for tag in tags if are_changeable_by(user, _changed(tags, tag))]
        context = {
            **self.admin_site.each_context(request),
            "title": "Merge tags",
            "opts": self.opts,
            "media": self.media,
            "rows": [(tag, uses[tag.pk], aliases[tag.pk], tag in may_stay) for tag in tags],
            "stays": chosen or next(iter(may_stay), None),
            "refused": refused or ("" if may_stay else NOT_YOURS),
            "may_merge": bool(may_stay),
            "is_missing": "confirmed" in request.POST and not chosen,
            "drafts": drafts_with(tags, user).count(),
            "rewrites": "rewrite" in request.POST,
            "back": request.POST.get("back", ""),
            "action_checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/episodes/tag/merge.html", context)

    def _merge(self, request: HttpRequest, stays: Tag, go: list[Tag]) -> None:
        user = member(request)
        drafts = drafts_with(go, user) if "rewrite" in request.POST else None
        merged = merge(stays, go, drafts, user)
        names = ", ".join(f"“{tag}”" for tag in go)
        self.log_change(request, stays, f"{names} became {'aliases' if len(go) > 1 else 'an alias'} of it.")
        self.message_user(request, _report(stays, go, merged), messages.SUCCESS)


def _changed(tags: list[Tag], stays: Tag) -> list[Tag]:
    """Whose page changes: all but the one that stays, and it too if it was an alias."""
    return [tag for tag in tags if tag != stays or tag.alias_of_id is not None]


def _report(stays: Tag, go: list[Tag], merged: Merged) -> str:
    links = ((reverse("admin:episodes_tag_change", args=[tag.pk]), tag.name) for tag in go)
    drafts = f" {counted(merged.drafts, 'drafts')} rewritten." if merged.drafts else ""
    return format_html(
        "{} now lead{} to “{}”, and no published episode has changed.{} To undo it, empty “alias of” in {}.",
        counted(merged.aliases, "spellings"),
        "s" if merged.aliases == 1 else "",
        stays.name,
        drafts,
        format_html_join(", ", '<a href="{}">{}</a>', links),
    )


def _back(request: HttpRequest) -> HttpResponse | None:
    """To the page of near-duplicates for who came from there; None is the list."""
    return HttpResponseRedirect(reverse("admin:episodes_tag_near")) if request.POST.get("back") == "near" else None


def _newest_of(tags: set[int], shows: list[Any]) -> dict[int, Episode]:
    """An episode of these shows for each tag, by its key. Two queries."""
    uses = EpisodeTag.objects.filter(tag__in=tags, content_object__show__in=shows)
    newest = dict(uses.order_by().values_list("tag").annotate(Max("content_object")))
    episodes = Episode.objects.select_related("show").in_bulk(newest.values())
    return {tag: episodes[pk] for tag, pk in newest.items()}
