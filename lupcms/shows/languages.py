"""Public pages speak the language of their show, and tell the time where the show is made."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from lupcms.shows.hostnames import GetResponse
from lupcms.shows.models import Show
from lupcms.shows.visitors import ADMIN


def visitors_read_the_shows_language(get_response: GetResponse) -> GetResponse:
    """Middleware: texts and dates of lupcms in the show's language, times in its zone. The admin is the member's."""

    def middleware(request: HttpRequest) -> HttpResponse:
        show: Show | None = request.show  # type: ignore[attr-defined]
        if show is None or request.path_info.startswith(ADMIN):
            return get_response(request)
        with translation.override(interface_language(show.language)), timezone.override(show.zone):
            return get_response(request)

    return middleware


def interface_language(language: str) -> str:
    """The language in which lupcms itself speaks to readers of `language`: English where it does not know theirs."""
    try:
        return translation.get_supported_language_variant(language.lower())
    except LookupError:
        return settings.LANGUAGE_CODE
