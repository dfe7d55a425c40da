"""“Copy out”: a saved episode as texts for other places, each copied in one press."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path
from django.views.decorators.http import require_safe

from episodes.exporters import copy_out

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

TEXTS = [
    (
        "html",
        "HTML for a host",
        "The notes as your feed has them: for the notes box of a podcast host.",
        copy_out.host_html,
    ),
    (
        "text",
        "Plain text with times",
        "For the description of a video: at most 5,000 bytes, and no < or >.",
        copy_out.video_text,
    ),
    ("markdown", "Markdown", "The notes page.", copy_out.markdown),
    ("post", "Short post", "At most 300 characters, which fit on every network.", copy_out.short_post),
]


class CopyOutAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view(require_safe(self.copy_out))
        return [path("<int:pk>/copy/", view, name="episodes_episode_copy"), *super().get_urls()]

    def copy_out(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Seven queries beside those of the desk, whatever the number of rows."""
        episode = get_object_or_404(self.get_queryset(request).for_page(), pk=pk)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, episode):
            raise PermissionDenied
        texts = [(name, label, about, make(episode)) for name, label, about, make in TEXTS]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": f"Copy out {episode.code}",
            "episode": episode,
            "texts": texts,
        }
        return TemplateResponse(request, "admin/episodes/episode/copy_out.html", context)
