"""`POST …/episodes/episode/titles/` with `{"urls": […]}`: what the pages are called that somebody pasted links to."""

import json
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.views.decorators.http import require_POST

from episodes.page_titles import ADDRESSES, titles_of
from lupcms.shows.permissions import may

BYTES = 100_000
EXPECTED = f'Send JSON like {{"urls": ["https://example.org/"]}}, at most {ADDRESSES} addresses in {BYTES:,} bytes.'


def urls(site: AdminSite) -> list[Any]:
    """Below those of episodes."""
    return [path("titles/", site.admin_view(require_POST(titles)), name="episodes_episode_titles")]


def titles(request: HttpRequest) -> JsonResponse:
    """`{"titles": {"https://…": "Its title"}}`, without those that have none; in Markdown, for a link's text."""
    if not may(request, "write"):
        raise PermissionDenied("You write on no show.")
    asked = _addresses(request)
    if asked is None:
        return JsonResponse({"error": EXPECTED}, status=400)
    return JsonResponse({"titles": titles_of(asked)})


def _addresses(request: HttpRequest) -> list[str] | None:
    """None for nonsense."""
    try:
        body = request.body
        sent = json.loads(body) if len(body) <= BYTES else None
    except (RequestDataTooBig, RecursionError, ValueError):
        return None
    found = sent.get("urls") if isinstance(sent, dict) else None
    if not isinstance(found, list) or len(found) > ADDRESSES or not all(isinstance(url, str) for url in found):
        return None
    return found
