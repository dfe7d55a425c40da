"""“Feed health”: what is wrong with a show's feed, and which episodes it lacks."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from episodes.feeds.report import report
from episodes.models import Episode
from lupcms.shows.permissions import member

HEADINGS = {
    "error": ("Errors", "They break something for listeners or directories."),
    "warning": ("Warnings", "They are wrong, and most apps get along with them."),
    "note": ("Notes", "They could be better."),
}


def urls(site: AdminSite) -> list[Any]:
    """Below those of episodes."""

    def choose(request: HttpRequest) -> HttpResponse:
        shows = list(member(request).shows("view").order_by("title"))
        if len(shows) == 1:
            return HttpResponseRedirect(reverse("admin:episodes_feed_health", args=[shows[0].pk]))
        return _page(site, request, "choose_feed.html", {"shows": shows, "title": "Feed health"})

    def of_show(request: HttpRequest, pk: int) -> HttpResponse:
        """Eight queries beside those of the feed, whatever the number of episodes and problems."""
        show = member(request).shows("view").filter(pk=pk).first()
        if show is None:
            raise Http404("No such show of yours.")
        context: dict[str, Any] = {"show": show, "title": f"Feed health of {show}"}
        if show.site_url:
            with timezone.override(show.zone):
                found = report(show)
            sections = [(*HEADINGS[severity], rows) for severity, rows in found.rows.items() if rows]
            context |= {"report": found, "sections": sections, "feed_url": show.feed_url}
        return _page(site, request, "feed_health.html", context)

    return [
        path("feed-health/", site.admin_view(require_safe(choose)), name="episodes_feed_health_choose"),
        path("feed-health/<int:pk>/", site.admin_view(require_safe(of_show)), name="episodes_feed_health"),
    ]


def _page(site: AdminSite, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    context = {**site.each_context(request), "opts": Episode._meta, **context}
    return TemplateResponse(request, f"admin/episodes/episode/{template}", context)
