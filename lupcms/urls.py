from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView

from lupcms.shows.media import media


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address by themselves, whatever the page says."""
    return HttpResponseRedirect(static("favicon.svg"))


def closed(request: HttpRequest, rest: str) -> HttpResponse:
    """The admin's shortcut to any object's page tells every member the addresses of everybody's drafts."""
    raise Http404


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/r/<path:rest>", closed),
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(url="/admin/", permanent=True)),
    path("favicon.ico", favicon),
    path("media/<rest:path>", media),
    path("", include("lupcms.shows.urls")),
    path("", include("hosts.urls")),
    path("", include("sponsors.urls")),
    path("", include("episodes.urls")),
]
