"""Uploaded pictures as visitors get them: the sizes that were made here, and nothing else of what was uploaded."""

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lupcms.shows.pictures import PUBLIC_NAME


@require_safe
@cache_control(public=True, max_age=31_536_000, immutable=True)
def media(request: HttpRequest, path: str) -> FileResponse:
    """A file whose name follows from its bytes, so that it never changes."""
    if not PUBLIC_NAME.fullmatch(path):
        raise Http404("Only pictures in the sizes of a page are public.")
    try:
        return FileResponse(default_storage.open(path), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404("This picture is not here.") from error
