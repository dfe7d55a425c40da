"""What visitors may send, which is nothing; the admin begins where they end, and sponsors have a page of their own."""

import re

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from lupcms.shows.hostnames import GetResponse

ADMIN = "/admin/"
# The address itself is the key; whoever has it may say that something is wrong.
_PRIVATE_PAGE = re.compile(r"/sponsors/private/[^/]+")


def visitors_have_no_cookies(get_response: GetResponse) -> GetResponse:
    """Middleware: a public page is the same bytes for everyone (law 4), whatever cookies somebody sends.

    So everything but the admin sees no cookie and, but for one page, is read only; sessions, tokens and users are
    the admin's.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN):
            allowed = ["GET", "HEAD", "POST"] if _PRIVATE_PAGE.fullmatch(request.path_info) else ["GET", "HEAD"]
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware
