"""Renditions of pictures, and nothing else of what is stored."""

import re

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

RENDITION = re.compile(r"pictures/[0-9a-f]{20}-[0-9]+\.webp")


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponse:
    if not RENDITION.fullmatch(name):
        raise Http404("No picture lives at this address.")
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except FileNotFoundError:
        raise Http404("This picture is not there.") from None
    # The name follows from the content, which never changes.
    return HttpResponse(
        content, content_type="image/webp", headers={"Cache-Control": "public, max-age=31536000, immutable"}
    )
