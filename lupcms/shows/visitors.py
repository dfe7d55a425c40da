"""What visitors may send, which is nothing; the admin begins where they end."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from lupcms.shows.hostnames import GetResponse

ADMIN = "/admin/"


def visitors_have_no_cookies(get_response: GetResponse) -> GetResponse:
    """Middleware: a public page is the same bytes for everyone (law 4), whatever cookies somebody sends.

    So everything but the admin is read only and sees no cookie; sessions, tokens and users are the admin's.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(ADMIN):
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware
