"""Uploaded files, by HTTP: HEAD, byte ranges and 304, in chunks. Of what is stored, the public part and nothing else.

Here that is renditions of pictures; `episodes.audio` serves the audio of published episodes with the same function.
"""

import re
from hashlib import sha256

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date, parse_http_date_safe
from django.views.decorators.http import require_safe

RENDITION = re.compile(r"pictures/[0-9a-f]{20}-[0-9]+\.(webp|jpg)")
TYPES = {"webp": "image/webp", "jpg": "image/jpeg"}
# One range, as RFC 9110 (14.1.2) writes it: from a byte on, up to one, or the last so many.
_RANGE = re.compile(r"bytes=[ \t]*(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))[ \t]*", re.IGNORECASE | re.ASCII)


@require_safe
def media(request: HttpRequest, name: str) -> HttpResponseBase:
    rendition = RENDITION.fullmatch(name)
    if rendition is None:
        raise Http404("No picture lives at this address.")
    return serve(request, name, TYPES[rendition[1]])


def serve(request: HttpRequest, name: str, content_type: str) -> HttpResponseBase:
    """The stored file `name`, which never changes under its name. Who asks, and for what, is checked by the caller."""
    try:
        size, modified = default_storage.size(name), int(default_storage.get_modified_time(name).timestamp())
    except FileNotFoundError:
        raise Http404("This file is not there.") from None
    etag = f'"{sha256(f"{name} {size}".encode()).hexdigest()[:32]}"'
    part = _asked_part(request, size, etag, modified)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None and part == range(0):
        response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    if response is None:
        wanted = range(size) if part is None else part
        if request.method == "HEAD":
            response = HttpResponse(content_type=content_type)
        else:
            response = _Chunks(_Part(default_storage.open(name), wanted), content_type=content_type)
        response.headers["Content-Length"] = str(len(wanted))
        if part is not None:
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    if response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    for header, value in (("Accept-Ranges", "bytes"), ("ETag", etag), ("Last-Modified", http_date(modified))):
        response.headers[header] = value
    return response


def _asked_part(request: HttpRequest, size: int, etag: str, modified: int) -> range | None:
    """The bytes of a `Range`, none where it lies outside; None for the whole file.

    The whole is also the answer to what is no range, to several at once and to a file that is another one by now.
    """
    match = _RANGE.fullmatch(request.headers.get("Range", ""))
    # Defined for GET alone.
    if match is None or request.method != "GET":
        return None
    unchanged = request.headers.get("If-Range", etag)
    if unchanged != etag and parse_http_date_safe(unchanged) != modified:
        return None
    first, last, suffix = match.groups()
    if suffix is not None:
        return range(max(0, size - int(suffix)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(int(last) + 1, size) if last else size)


class _Chunks(FileResponse):
    block_size = 256 * 1024


class _Part:
    """Some bytes of an open file, as a file to read from."""

    def __init__(self, file: File, part: range) -> None:
        self._file = file
        self._left = len(part)
        file.seek(part.start)

    def read(self, size: int) -> bytes:
        data: bytes = self._file.read(min(size, self._left))
        self._left -= len(data)
        return data

    def close(self) -> None:
        self._file.close()
