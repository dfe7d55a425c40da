"""While a flag file exists the site rests: 503 everywhere, without the database, which may be the thing in work."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from lupcms.shows.hostnames import GetResponse

MESSAGE_MAX_LENGTH = 500


def rest_while_maintained(get_response: GetResponse) -> GetResponse:
    """Middleware: 503 while `MAINTENANCE_FILE` exists, for all but the style of that page. One stat a request."""

    def middleware(request: HttpRequest) -> HttpResponse:
        flag = Path(settings.MAINTENANCE_FILE)
        if request.path_info.startswith(settings.STATIC_URL) or not flag.exists():
            return get_response(request)
        return HttpResponse(
            render_to_string("503.html", {"message": _message(flag)}),
            status=503,
            headers={"Retry-After": "600", "Cache-Control": "no-store"},
        )

    return middleware


def _message(flag: Path) -> str:
    """The file's text as one paragraph; "" where it has none or is just being taken away."""
    try:
        with flag.open(encoding="utf-8", errors="replace") as file:
            return " ".join(file.read(MESSAGE_MAX_LENGTH).split())
    except OSError:
        return ""
