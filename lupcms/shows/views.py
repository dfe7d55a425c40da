"""What a show itself shows: what it is about, and its colour."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
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
@cache_control(public=True, max_age=86_400)
def theme(request: HttpRequest) -> HttpResponse:
    """The show's colour as a stylesheet; pages name it with the colour, so that another colour is another address."""
    colour = show_of(request).colour
    return HttpResponse(colours.stylesheet(colour) if colour else "", content_type="text/css; charset=utf-8")
