"""What imports did: who, when, from where, and of each episode what was found, filled and kept."""

from itertools import batched
from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path
from django.utils.text import Truncator, slugify
from django.views.decorators.http import require_safe

from episodes.admin import after_import
from episodes.importers import report
from episodes.importers.fields import LABELS
from episodes.importers.runs import TOLD_BEFORE
from episodes.models import ImportEntry, ImportRun
from lupcms.shows.permissions import MemberAdmin, member

ENTRIES_PER_PAGE = 50
# Of the text, sent at once.
LINES = 200
# Of a value that differs: who wants all of it reads the text.
CHARACTERS = 1500


@admin.register(ImportRun)
class ImportRunAdmin(MemberAdmin, admin.ModelAdmin):
    """Nobody writes them but imports. Members read them; an administrator may delete them."""

    list_display = ["origin", "source", "show", "started_at", "who", "in_numbers", "state"]
    list_filter = ["source", ("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["show", "by"]
    list_per_page = 50
    search_fields = ["origin"]
    fields = [("show", "source", "origin"), ("who", "started_at", "state", "of_edits"), "in_numbers"]
    readonly_fields = ["who", "in_numbers", "state", "of_edits"]
    abilities = {"view": "view", "add": "view", "change": "view", "delete": "view"}
    view_on_site = False

    class Media:
        css = {"all": ["desk/after-import.css"]}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return member(request).is_superuser

    def get_urls(self) -> list[Any]:
        text = self.admin_site.admin_view(require_safe(self.as_text))
        original = self.admin_site.admin_view(require_safe(self.as_it_was))
        return [
            *after_import.urls(self.admin_site),
            path("<int:pk>/text/", text, name="episodes_importrun_text"),
            path("<int:pk>/original/<int:entry>/", original, name="episodes_importrun_original"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Six queries beside Django's own, whatever the number of entries."""
        run = self.get_object(request, object_id)
        if run is not None and self.has_view_permission(request, run):
            extra_context = {**_entries(request, run), **(extra_context or {})}
        return super().change_view(request, object_id, form_url, extra_context)

    def as_text(self, request: HttpRequest, pk: int) -> StreamingHttpResponse:
        """What the command prints, whole, in pieces as they are read: a long one is many megabytes."""
        run = self.get_queryset(request).select_related("show", "by").filter(pk=pk).first()
        if run is None:
            raise Http404("No such import of yours.")
        lines = (f"{line}\n" for line in report.lines(run))
        answer = StreamingHttpResponse(map("".join, batched(lines, LINES)), content_type="text/plain; charset=utf-8")
        name = slugify(f"import {run.show.acronym} {run.source} {run.started_at:%Y-%m-%d %H%M}")
        answer["Content-Disposition"] = f'attachment; filename="{name}.txt"'
        return answer

    def as_it_was(self, request: HttpRequest, pk: int, entry: int) -> HttpResponse:
        """The HTML that was taken apart, as text: nobody vouches for it."""
        runs = self.get_queryset(request).filter(pk=pk)
        found = ImportEntry.objects.filter(pk=entry, run__in=runs).exclude(original="").first()
        if found is None:
            raise Http404("No such import of yours, or it kept no HTML.")
        answer = HttpResponse(found.original, "text/plain; charset=utf-8")
        name = slugify(f"original {found.code or found.place}")
        answer["Content-Disposition"] = f'attachment; filename="{name}.html.txt"'
        return answer

    @admin.display(description="by")
    def who(self, obj: ImportRun) -> str:
        """By name alone: accounts are not everybody's to open."""
        return str(obj.by) if obj.by else "A command"

    @admin.display(description="episodes")
    def in_numbers(self, obj: ImportRun) -> str:
        return report.counted(obj.counts)

    @admin.display(description="state")
    def state(self, obj: ImportRun) -> str:
        if obj.finished_at:
            return "Finished"
        return "Broke off" if obj.has_broken_off() else "Not finished: it broke off, or is running"

    @admin.display(description="what people had edited")
    def of_edits(self, obj: ImportRun) -> str:
        return "Gave way to the source (--overwrite)" if obj.overwrite else "Stayed"


def _entries(request: HttpRequest, run: ImportRun) -> dict[str, Any]:
    """One page of them, of one verdict if `?verdict=` names one. Three queries."""
    entries = run.entries.select_related("episode__show").defer("original", "episode__feed_html")
    entries = entries.annotate(has_original=~Q(original=""))
    counts = dict(run.entries.order_by().values_list("verdict").annotate(Count("pk")))
    verdicts = [(value, label, counts[value]) for value, label in ImportEntry.Verdict.choices if value in counts]
    chosen = next((value for value, *_ in verdicts if value == request.GET.get("verdict")), "")
    page = Paginator(entries.filter(verdict=chosen) if chosen else entries, ENTRIES_PER_PAGE).get_page(
        request.GET.get("page")
    )
    return {
        "run": run,
        "verdicts": verdicts,
        "all": sum(counts.values()),
        "chosen": chosen,
        "page": page,
        "entries": [(entry, _differences(entry.differences)) for entry in page],
        "told_before": run.counts.get(TOLD_BEFORE, 0),
        "of_show": _differences(run.differences),
    }


def _differences(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In words. One without a field is a remark on what was read."""
    return [
        {
            **row,
            "here": Truncator(row["here"]).chars(CHARACTERS),
            "said": Truncator(row["said"]).chars(CHARACTERS),
            "is_cut": len(row["here"]) > CHARACTERS or len(row["said"]) > CHARACTERS,
            "field": LABELS.get(row["field"], row["field"]),
            "did": report.DID.get(row["did"], row["did"]) if row["field"] else "",
        }
        for row in rows
    ]
