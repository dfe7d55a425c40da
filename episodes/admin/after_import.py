"""“After an import”: what deserves a look on a show, by kind, with the press that mends it; nothing is done unasked."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from django.views.decorators.http import require_POST, require_safe

from episodes.after_import import KINDS, Edit, Finding, Kind, remember_counts
from episodes.after_import.leaving import Found, find, leave, take_up
from episodes.after_import.repair import proposed, repair
from episodes.models import Episode, ImportRun, LeftAsItIs
from hosts.models import Host
from lupcms.shows.models import Show
from lupcms.shows.permissions import member
from lupcms.shows.plurals import counted
from sponsors.models import Sponsor

# Of a kind on the page of all, and on its own.
SHOWN_OF_EACH, PER_PAGE = 5, 50
OF_ONE = "after-import/<int:pk>/<slug:name>/"
GONE = "This is not so any more: somebody has changed it, or left it as it is. Nothing was changed."
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
        found = find(show, [kind for kind in KINDS.values() if member(request).may(kind.sees, show.pk)])
        _remember(show, found)
        examples = _examples(finding for rows in found.values() for finding in rows.open[:SHOWN_OF_EACH])
        context = {
            "show": show,
            "shows": member(request).shows("write") | member(request).shows("sponsor"),
            "title": f"After an import: {show}",
            "last": ImportRun.objects.filter(show=show).first(),
            "sections": [
                _section(site, request, show, KINDS[name], rows.open, rows.open[:SHOWN_OF_EACH], examples)
                for name, rows in found.items()
                if rows.open
            ],
            "clean": [KINDS[name].title for name, rows in found.items() if not (rows.open or rows.left)],
            "left": _left(request, show, found),
        }
        return _page(site, request, "after_import.html", context)

    def of_kind(request: HttpRequest, pk: int, name: str) -> HttpResponse:
        """All findings of one kind, in pages; a press is sent here."""
        show, kind = _show_and_kind(request, pk, name)
        if request.method == "POST":
            if not kind.press or not member(request).may(kind.repairs, show.pk):
                raise PermissionDenied
            return _pressed(site, request, show, kind)
        found = find(show, [kind])
        _remember(show, found)
        rows = found[kind.name].open
        page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        examples = _examples(page)
        context = {
            "show": show,
            "title": f"{kind.title}: {show}",
            "page": page,
            "section": _section(site, request, show, kind, rows, list(page), examples),
            "left": _left(request, show, found),
        }
        return _page(site, request, "after_import_kind.html", context)

    return [
        path("after-import/", site.admin_view(require_safe(choose)), name="episodes_after_import_choose"),
        path("after-import/<int:pk>/", site.admin_view(require_safe(of_show)), name="episodes_after_import"),
        path(OF_ONE, site.admin_view(of_kind), name="episodes_after_import_kind"),
        path(f"{OF_ONE}leave/", site.admin_view(require_POST(_leave)), name="episodes_after_import_leave"),
        path(f"{OF_ONE}again/", site.admin_view(require_POST(_take_up)), name="episodes_after_import_again"),
    ]


def _leave(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    show, kind = _show_and_kind(request, pk, name, to_repair=True)
    finding = leave(show, kind, request.POST.get("finding", ""), member(request))
    if finding:
        messages.success(request, f"Left as it is: {finding.says}. It stands below, to be taken up again.")
    else:
        messages.warning(request, GONE)
    return HttpResponseRedirect(_back(request, show, kind))


def _take_up(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    show, kind = _show_and_kind(request, pk, name, to_repair=True)
    if take_up(show, kind, request.POST.get("finding", "")):
        messages.success(request, f"Taken up again. It stands among “{kind.title}”.")
    else:
        messages.warning(request, "Somebody has taken it up already.")
    return HttpResponseRedirect(_back(request, show, kind))


def _show(request: HttpRequest, pk: int) -> Show:
    show = member(request).shows("view").filter(pk=pk).first()
    if show is None:
        raise Http404("No such show of yours.")
    if not (member(request).may("write", show.pk) or member(request).may("sponsor", show.pk)):
        raise PermissionDenied
    return show


def _show_and_kind(request: HttpRequest, pk: int, name: str, *, to_repair: bool = False) -> tuple[Show, Kind]:
    show, kind = _show(request, pk), KINDS.get(name)
    if kind is None:
        raise Http404("No such kind.")
    needed = {kind.sees, kind.repairs} if to_repair else {kind.sees}
    if not all(member(request).may(ability, show.pk) for ability in needed):
        raise PermissionDenied
    return show, kind


def _remember(show: Show, found: Mapping[str, Found]) -> None:
    """One query."""
    run = ImportRun.objects.filter(show=show).aggregate(last=Max("pk"))["last"] or 0
    remember_counts(show, run, {name: len(rows.open) for name, rows in found.items()})


def _left(request: HttpRequest, show: Show, found: Mapping[str, Found]) -> list[tuple[Kind, Finding, LeftAsItIs, bool]]:
    """The last ones first, and whether whoever asks may take them up again."""
    rows = [
        (KINDS[name], finding, row, member(request).may(KINDS[name].repairs, show.pk))
        for name, rows in found.items()
        for finding, row in rows.left
    ]
    return sorted(rows, key=lambda each: (each[2].left_at, each[2].pk), reverse=True)


def _back(request: HttpRequest, show: Show, kind: Kind) -> str:
    """The page from which it was pressed: that of all kinds, or that of one."""
    if request.POST.get("on") == "kind":
        return reverse("admin:episodes_after_import_kind", args=[show.pk, kind.name])
    return reverse("admin:episodes_after_import", args=[show.pk]) + f"#{kind.name}"


def _section(
    site: AdminSite,
    request: HttpRequest,
    show: Show,
    kind: Kind,
    found: Sequence[Finding],
    shown: Sequence[Finding],
    examples: dict[int, Episode],
) -> dict[str, Any]:
    may_leave = member(request).may(kind.repairs, show.pk)
    may = bool(kind.press) and may_leave
    merged = MERGES.get(kind.name)
    merging = merged and "merge" in site.get_model_admin(merged).get_actions(request)
    return {
        "kind": kind,
        "count": len(found),
        "more": len(found) - len(shown),
        "url": reverse("admin:episodes_after_import_kind", args=[show.pk, kind.name]),
        "rows": [(finding, [examples[pk] for pk in finding.episodes[:3] if pk in examples]) for finding in shown],
        "may_repair": may,
        "may_leave": may_leave,
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
    """One row is changed at once, if that can be taken back; else the summary is shown first, and confirmed."""
    key, answer = request.POST.get("finding", ""), request.POST.get("answer", "")
    back = _back(request, show, kind)
    if request.POST.get("stage") == "confirm":
        shown = set(request.POST.get("shown", "").split(","))
        _repair(request, show, kind, key, answer, shown)
        return HttpResponseRedirect(back)
    found = proposed(kind, show, key, answer)
    edits, refused = found.edits, found.refused
    if kind.asks and not answer:
        messages.warning(request, "Choose first. Nothing was changed.")
        return HttpResponseRedirect(back)
    if not edits and not refused:
        messages.warning(request, GONE)
        return HttpResponseRedirect(back)
    if len(edits) == 1 and not refused and key and not kind.is_final:
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
        "waiting": len(found.waiting),
        "published": sum(episodes[pk].is_published() for pk in changed),
        "sent": {
            "finding": key,
            "answer": answer,
            "on": request.POST.get("on", ""),
            "shown": ",".join(edit.key for edit in edits),
        },
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
