"""Where a page of the admin leads back to: a form says it in its field `back`, and the next page hands it on."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def came_from(request: HttpRequest) -> str:
    """The path that the form sent, "" where it sent none or one of another site."""
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else ""
