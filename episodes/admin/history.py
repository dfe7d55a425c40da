"""What an episode was: the page of its saves, an earlier version again, and episodes that were deleted."""

from datetime import datetime
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from reversion.models import Version

from episodes.admin.chapters import heard_at
from episodes.models import Episode, history
from episodes.restoring import planned, restore
from episodes.versions import Difference, difference, episodes_of, full_text, stored
from lupcms.shows.models import OldPath
from lupcms.shows.moments import spelled
from lupcms.shows.permissions import may, member

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

SAVES_PER_PAGE = 10
DELETED_PER_PAGE = 50


class Entry(NamedTuple):
    """A line of the history; without a version it is what nobody has kept yet, without a difference the first."""

    version: int | None
    at: datetime | None
    by: str
    what: str
    difference: Difference | None


class Gone(NamedTuple):
    episode: Episode
    at: datetime | None
    by: str


def remember_address(was: Episode, now: Episode) -> None:
    """What led to the page of an episode before it was renamed leads to it still."""
    if was.is_published() and was.slug != now.slug:
        for ending in ("", ".md", ".json", "/embed", *heard_at(was)):
            OldPath.objects.remember(now.show, f"/{was.slug}{ending}", f"{now.get_absolute_url()}{ending}")


class HistoryAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def get_urls(self) -> list[Any]:
        def view(methods: Any, function: Any) -> Any:
            return self.admin_site.admin_view(methods(function))

        look_or_do = require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("deleted/", view(require_safe, self.deleted_view), name="episodes_episode_deleted"),
            path("deleted/<int:pk>/", view(look_or_do, self.recover_view), name="episodes_episode_recover"),
            path(
                "<int:pk>/history/<int:version>/",
                view(look_or_do, self.version_view),
                name="episodes_episode_version",
            ),
            *super().get_urls(),
        ]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        episode = self.get_object(request, unquote(object_id))
        if episode is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        if not self.has_view_permission(request, episode):
            raise PermissionDenied
        saves = Version.objects.get_for_object(episode).select_related("revision__user")
        page = Paginator(saves, SAVES_PER_PAGE).get_page(request.GET.get("p"))
        # And one more, to tell what the last one of the page has changed.
        rows = list(saves[page.start_index() - 1 : page.end_index() + 1]) if page.paginator.count else []
        entries = _entries(rows)[:SAVES_PER_PAGE]
        if rows and page.number == 1 and history.has_unkept_changes(episode):
            entries = [_unkept(episode, rows[0]), *entries]
        context = {"title": f"History of {episode}", "episode": episode, "page": page, "entries": entries}
        return self._history_page(request, "history", episode, context)

    def version_view(self, request: HttpRequest, pk: int, version: int) -> HttpResponse:
        """What it said then, what would change, and on POST that version again."""
        with transaction.atomic():
            # Whoever saves it now waits, or has saved before.
            found = self.get_queryset(request).select_for_update(of=("self",)).select_related("show")
            episode = get_object_or_404(found, pk=pk)
            if not self.has_view_permission(request, episode):
                raise PermissionDenied
            kept = get_object_or_404(
                Version.objects.get_for_object(episode).select_related("revision__user"), pk=version
            )
            was, now = episodes_of([kept])[kept.pk], stored(episode)
            plan = planned(was, now, spots=may(request, "sponsor", episode.show_id))
            may_restore = may(request, "write", episode.show_id)
            if request.method == "POST":
                return self._restore(request, kept, plan, now, may_restore)
        context = {
            "title": f"{episode} as it was",
            "episode": episode,
            "kept": kept.revision,
            "by": history.author(kept.revision),
            "text": full_text(was),
            "difference": difference(now, plan.episode),
            "plan": plan,
            "goes_offline": now.is_published() and not plan.episode.is_published(),
            "seen": history.fingerprint(now),
            "may_restore": may_restore,
        }
        return self._history_page(request, "history_version", episode, context)

    def _restore(self, request: HttpRequest, kept: Version, plan: Any, now: Episode, may_restore: bool) -> HttpResponse:
        if not may_restore:
            raise PermissionDenied
        if plan.refusal or request.POST.get("seen") != history.fingerprint(now):
            text = plan.refusal or "The episode was changed since you opened this page. Look at the differences again."
            self.message_user(request, text, messages.ERROR)
            return HttpResponseRedirect(request.path)
        remember_address(now, plan.episode)
        with timezone.override(now.show.zone):
            comment = f"Restored the version of {spelled(kept.revision.date_created)}"
        restore(plan, now, member(request), comment)
        self.log_change(request, now, comment)
        self.message_user(request, f"{comment}. What stood before is in the history, too.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[now.pk]))

    def deleted_view(self, request: HttpRequest) -> HttpResponse:
        if not may(request, "delete"):
            raise PermissionDenied
        shows = {show.pk: show for show in member(request).shows("delete")}
        versions = [one for one in history.deleted(Episode) if one.field_dict["show_id"] in shows]
        page = Paginator(versions, DELETED_PER_PAGE).get_page(request.GET.get("p"))
        rows = [_gone(one, shows[one.field_dict["show_id"]]) for one in page]
        return self._history_page(
            request, "recover_list", None, {"title": "Deleted episodes", "page": page, "rows": rows}
        )

    def recover_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What it was, and on POST the episode again."""
        with transaction.atomic():
            if request.method == "POST" and self.get_queryset(request).filter(pk=pk).exists():
                return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[pk]))
            kept = history.deleted(Episode).filter(object_id=str(pk)).first()
            # An episode of another show does not exist.
            if kept is None or not may(request, "delete", kept.field_dict["show_id"]):
                raise Http404
            was = episodes_of([kept])[kept.pk]
            plan = planned(was, None)
            if request.method == "POST" and not plan.refusal:
                episode = restore(plan, None, member(request), "Recovered")
                self.log_addition(request, episode, "Recovered")
                self.message_user(request, f"“{episode}” is back.", messages.SUCCESS)
                return HttpResponseRedirect(reverse("admin:episodes_episode_change", args=[episode.pk]))
        context = {"title": f"Recover {was}", "gone": _gone(kept, was.show), "plan": plan, "text": full_text(was)}
        return self._history_page(request, "recover", was, context)

    def delete_model(self, request: HttpRequest, obj: Episode) -> None:
        history.keep(obj, member(request), history.DELETED)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Episode]) -> None:
        history.keep_all(queryset, member(request), history.DELETED)
        super().delete_queryset(request, queryset)

    def _history_page(
        self, request: HttpRequest, name: str, episode: Episode | None, context: dict[str, Any]
    ) -> HttpResponse:
        """Rendered in the zone of the episode's show."""
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media, **context}
        with timezone.override(episode.show.zone if episode else None):
            return TemplateResponse(request, f"admin/episodes/episode/{name}.html", context).render()


def _entries(saves: list[Version]) -> list[Entry]:
    """Newest first, each with what it changed against the one that follows; the last one's is not known."""
    episodes = episodes_of(saves)
    return [
        Entry(
            version=save.pk,
            at=save.revision.date_created,
            by=history.author(save.revision),
            what=save.revision.comment or ("Saved" if save.revision.user_id else "Found changed"),
            difference=difference(episodes[before.pk], episodes[save.pk]) if before else None,
        )
        for save, before in zip_longest(saves, saves[1:])
    ]


def _unkept(episode: Episode, last: Version) -> Entry:
    was, now = episodes_of([last])[last.pk], stored(episode)
    return Entry(None, episode.changed_at, "", "Changed", difference(was, now))


def _gone(kept: Version, show: Any) -> Gone:
    """Who deleted it is known if it was done at the desk."""
    known = kept.revision.comment == history.DELETED
    episode = Episode(**{**kept.field_dict, "show": show})
    return Gone(episode, kept.revision.date_created if known else None, history.author(kept.revision) if known else "")
