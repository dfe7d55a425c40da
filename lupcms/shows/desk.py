"""Where visitors end and the desk begins."""

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from lupcms.shows.hostnames import GetResponse

DESK = "/admin/"


def visitors_have_no_cookies(get_response: GetResponse) -> GetResponse:
    """Middleware: a public page is the same bytes for everyone (law 4), whatever cookies somebody sends.

    So everything but the desk is read only and sees no cookie; sessions, tokens and users are the desk's.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(DESK):
            if request.method not in ("GET", "HEAD"):
                return HttpResponseNotAllowed(["GET", "HEAD"])
            request.COOKIES = {}
            request.META.pop("HTTP_COOKIE", None)
        return get_response(request)

    return middleware
