from contextlib import suppress

from django.contrib import admin
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from episodes.audio import uploaded
from episodes.suggestions import Suggestion, suggestions
from lupcms.shows.media import media
from lupcms.shows.models import Show
from lupcms.shows.pages import foreign
from lupcms.shows.visitors import ADMIN


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address by themselves, whatever the page says."""
    return HttpResponseRedirect(static("favicon.svg"))


def closed(request: HttpRequest, rest: str) -> HttpResponse:
    """The admin's shortcut to any object's page tells every member the addresses of everybody's drafts."""
    raise Http404


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with what is near, for visitors of a show, and while the database answers."""
    show: Show | None = getattr(request, "show", None)
    near: list[Suggestion] = []
    if show is not None and not request.path_info.startswith(ADMIN):
        with suppress(DatabaseError):
            near = suggestions(show, request.path_info)
    context = {
        "show": show,
        "title": _("Nothing is published here"),
        "foreign": show and foreign(show),
        "suggestions": near,
    }
    return render(request, "404.html", context, status=404)


handler404 = not_found

urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/r/<path:rest>", closed),
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(url="/admin/", permanent=True)),
    path("favicon.ico", favicon),
    path("media/audio/<segment:key>/<segment:file>", uploaded),
    path("media/<path:name>", media),
    path("", include("lupcms.shows.urls")),
    path("", include("hosts.urls")),
    path("", include("sponsors.urls")),
    path("", include("episodes.urls")),
]
