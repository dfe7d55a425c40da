from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_safe
from django.views.generic import RedirectView


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers ask for this address by themselves, whatever the page says."""
    return HttpResponseRedirect(static("favicon.svg"))


urlpatterns: list[URLPattern | URLResolver] = [
    path("admin/", admin.site.urls),
    path("admin", RedirectView.as_view(url="/admin/", permanent=True)),
    path("favicon.ico", favicon),
    path("", include("hosts.urls")),
    path("", include("sponsors.urls")),
    path("", include("episodes.urls")),
]
