"""“View on site”: from a record's form to its page, on the host of a show."""

from typing import TYPE_CHECKING, Any

from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from lupcms.shows.hostnames import home_of
from lupcms.shows.models import Show

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class PublicAdmin(_Admin):
    """Mixin for the admin of what visitors can see. The link is there only where they find a page.

    Django's own link asks the record alone for its address, which depends on the host that the admin was reached at.
    """

    view_on_site = False

    def public_paths(self, obj: Any) -> dict[Show, str]:
        """Every show that has a public page about it, and the page's path."""
        raise NotImplementedError

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        response = super().render_change_form(request, context, add, change, form_url, obj)
        # A refused save leaves in the record what was typed, and nobody can visit that.
        paths = self.public_paths(obj) if change and request.method == "GET" else {}
        if paths and isinstance(response, TemplateResponse) and response.context_data is not None:
            here = getattr(request, "show", None)
            show = here if here in paths else next(iter(paths))
            address = public_address(request, show, paths[show])
            response.context_data |= {"has_absolute_url": True, "absolute_url": address}
        return response


def public_address(request: HttpRequest, show: Show, path: str) -> str:
    """Where a page of the show can be seen from here: on this host if it is the show's, else on the show's own."""
    return path if getattr(request, "show", None) == show else f"{home_of(show, request)}{path}"
