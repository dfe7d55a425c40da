"""What a show itself shows: what it is about, and its colour."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lupcms.shows import colours
from lupcms.shows.hostnames import show_of
from lupcms.shows.pages import render_page


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    show = show_of(request)
    return render_page(
        request, "shows/about.html", reverse("shows:about"), show, title=_("About"), description=show.description
    )


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The show's colour as a stylesheet; pages name it with the colour, so that another colour is another address."""
    accent = show_of(request).accent
    response = HttpResponse(colours.stylesheet(accent) if accent else "", content_type="text/css; charset=utf-8")
    # Asked for with another colour than today's, it must not be kept for that one.
    lasting = request.GET.get("v") == accent.removeprefix("#")
    response["Cache-Control"] = "public, max-age=86400" if lasting else "no-cache"
    return response
