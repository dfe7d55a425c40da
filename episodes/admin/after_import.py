"""“After an import”: what deserves a look on a show, by kind, with the press that mends it; nothing is done unasked."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from episodes.after_import import KINDS, Edit, Finding, Kind, remember_counts
from episodes.after_import.repair import proposed, repair
from episodes.models import Episode, ImportRun
from hosts.models import Host
from lupcms.shows.models import Show
from lupcms.shows.permissions import member
from lupcms.shows.plurals import counted
from sponsors.models import Sponsor

# Of a kind on the page of all, and on its own.
SHOWN_OF_EACH, PER_PAGE = 5, 50
# Where merging asks which one stays.
MERGES = {"duplicate-people": Host, "duplicate-sponsors": Sponsor}


def urls(site: AdminSite) -> list[Any]:
    """Below those of imports."""

    def choose(request: HttpRequest) -> HttpResponse:
        shows = list((member(request).shows("write") | member(request).shows("sponsor")).order_by("title", "pk"))
        if len(shows) == 1:
            return HttpResponseRedirect(reverse("admin:episodes_after_import", args=[shows[0].pk]))
        return _page(site, request, "choose.html", {"shows": shows, "title": "After an import"})

    def of_show(request: HttpRequest, pk: int) -> HttpResponse:
        """Some thirty queries, whatever the number of episodes and findings."""
        show = _show(request, pk)
        found = {name: kind.find(show) for name, kind in KINDS.items() if member(request).may(kind.sees, show.pk)}
        runs = ImportRun.objects.filter(show=show)
        remember_counts(
            show, runs.aggregate(last=Max("pk"))["last"] or 0, {name: len(rows) for name, rows in found.items()}
        )
        examples = _examples(finding for rows in found.values() for finding in rows[:SHOWN_OF_EACH])
        context = {
            "show": show,
            "shows": member(request).shows("write") | member(request).shows("sponsor"),
            "title": f"After an import: {show}",
            "last": runs.first(),
            "sections": [
                _section(site, request, show, KINDS[name], rows, rows[:SHOWN_OF_EACH], examples)
                for name, rows in found.items()
                if rows
            ],
            "clean": [KINDS[name].title for name, rows in found.items() if not rows],
        }
        return _page(site, request, "after_import.html", context)

    def of_kind(request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """All findings of one kind, in pages; a press is sent here."""
        show, kind = _show(request, pk), KINDS.get(name)
        if kind is None:
            raise Http404("No such kind.")
        if not member(request).may(kind.sees, show.pk):
            raise PermissionDenied
        if request.method == "POST":
            if not kind.press or not member(request).may(kind.repairs, show.pk):
                raise PermissionDenied
            return _pressed(site, request, show, kind)
        found = kind.find(show)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        examples = _examples(page)
        context = {
            "show": show,
            "title": f"{kind.title}: {show}",
            "page": page,
            "section": _section(site, request, show, kind, found, list(page), examples),
        }
        return _page(site, request, "after_import_kind.html", context)

    return [
        path("after-import/", site.admin_view(require_safe(choose)), name="episodes_after_import_choose"),
        path("after-import/<int:pk>/", site.admin_view(require_safe(of_show)), name="episodes_after_import"),
        path("after-import/<int:pk>/<slug:name>/", site.admin_view(of_kind), name="episodes_after_import_kind"),
    ]


def _show(request: HttpRequest, pk: int) -> Show:
    show = member(request).shows("view").filter(pk=pk).first()
    if show is None:
        raise Http404("No such show of yours.")
    if not (member(request).may("write", show.pk) or member(request).may("sponsor", show.pk)):
        raise PermissionDenied
    return show


def _section(
    site: AdminSite,
    request: HttpRequest,
    show: Show,
    kind: Kind,
    found: Sequence[Finding],
    shown: Sequence[Finding],
    examples: dict[int, Episode],
) -> dict[str, Any]:
    may = bool(kind.press) and member(request).may(kind.repairs, show.pk)
    merged = MERGES.get(kind.name)
    merging = merged and "merge" in site.get_model_admin(merged).get_actions(request)
    return {
        "kind": kind,
        "count": len(found),
        "more": len(found) - len(shown),
        "url": reverse("admin:episodes_after_import_kind", args=[show.pk, kind.name]),
        "rows": [(finding, [examples[pk] for pk in finding.episodes[:3] if pk in examples]) for finding in shown],
        "may_repair": may,
        "may_repair_all": may and not kind.asks and len(found) > 1,
        "merge_url": reverse(f"admin:{merged._meta.label_lower.replace('.', '_')}_changelist")
        if merged and merging
        else "",
        "selected": ACTION_CHECKBOX_NAME,
    }


def _examples(findings: Iterable[Finding]) -> dict[int, Episode]:
    """Three of each. One query."""
    return _episodes({pk for finding in findings for pk in finding.episodes[:3]})


def _episodes(pks: Collection[int]) -> dict[int, Episode]:
    return Episode.objects.select_related("show").defer("summary", "summary_html", "feed_html").in_bulk(pks)


def _pressed(site: AdminSite, request: HttpRequest, show: Show, kind: Kind) -> HttpResponse:
    """One row is changed at once; of more the summary is shown first, and confirmed."""
    key, answer = request.POST.get("finding", ""), request.POST.get("answer", "")
    back = reverse("admin:episodes_after_import", args=[show.pk]) + f"#{kind.name}"
    if request.POST.get("stage") == "confirm":
        shown = set(request.POST.get("shown", "").split(","))
        _repair(request, show, kind, key, answer, shown)
        return HttpResponseRedirect(back)
    edits, refused = proposed(kind, show, key, answer)
    if kind.asks and not answer:
        messages.warning(request, "Choose first. Nothing was changed.")
        return HttpResponseRedirect(back)
    if not edits and not refused:
        messages.warning(request, "This is not so any more: somebody has changed it. Nothing was changed.")
        return HttpResponseRedirect(back)
    if len(edits) == 1 and not refused and key:
        _repair(request, show, kind, key, answer, {edits[0].key})
        return HttpResponseRedirect(back)
    episodes = _episodes({edit.episode for edit in [*edits, *(edit for edit, _ in refused)] if edit.episode})
    changed = {edit.episode for edit in edits if edit.episode}
    context = {
        "show": show,
        "kind": kind,
        "title": kind.title,
        "back": back,
        "rows": _lines(edits, episodes),
        "refused": [
            (*line, reason)
            for line, (_, reason) in zip(_lines([e for e, _ in refused], episodes), refused, strict=True)
        ],
        "episodes": len(changed),
        "published": sum(episodes[pk].is_published() for pk in changed),
        "sent": {"finding": key, "answer": answer, "shown": ",".join(edit.key for edit in edits)},
    }
    return _page(site, request, "after_import_summary.html", context)


def _lines(edits: Iterable[Edit], episodes: dict[int, Episode]) -> list[tuple[Episode | None, str]]:
    return [(episodes[edit.episode] if edit.episode else None, edit.says) for edit in edits]


def _repair(request: HttpRequest, show: Show, kind: Kind, key: str, answer: str, shown: set[str]) -> None:
    done = repair(kind, show, key, answer, shown, member(request))
    of = f" in {counted(done.episodes, 'episodes')}" if done.episodes else ""
    undo = " To undo it, go back in the history of an episode." if done.episodes else ""
    kept = len(shown) - done.rows
    rest = (
        f" {counted(kept, 'changes')} had become another meanwhile and {'was' if kept == 1 else 'were'} left."
        if kept
        else ""
    )
    level = messages.SUCCESS if done.rows else messages.WARNING
    messages.add_message(request, level, f"{kind.title}: {counted(done.rows, 'changes')}{of}.{rest}{undo}")


def _page(site: AdminSite, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context = {**site.each_context(request), "opts": ImportRun._meta, **context}
    return TemplateResponse(request, f"admin/episodes/importrun/{template}", context)
