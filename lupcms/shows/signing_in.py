"""A form that is sent when nobody is signed in any more, or with the token of another sign-in, loses nothing.

The answer to it carries all that was sent. Whoever signs in there has the very same request done, once; nothing that
another site sends comes that far (docs/decisions/0017).
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import SESSION_KEY, login
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views import csrf

from lupcms.shows.hostnames import GetResponse
from lupcms.shows.visitors import ADMIN

PREFIX = "sign-in"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


class SignedInWhileUsed:
    """Middleware, after that of tokens and of users: each thing that is sent renews the session, or signs in anew."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_sent_to_the_desk(request) and SESSION_KEY in request.session:
            request.session.modified = True
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """By now the token was checked: this was sent by a form of ours in this very browser."""
        if not _is_sent_to_the_desk(request) or request.user.is_authenticated or not _may_be_carried(request):
            return None
        request.sensitive_post_parameters = "__ALL__"  # type: ignore[attr-defined]
        is_signing_in = f"{PREFIX}-username" in request.POST
        form = AdminAuthenticationForm(request, request.POST if is_signing_in else None, prefix=PREFIX)
        request.POST = _carried(request)  # type: ignore[assignment]
        if is_signing_in and form.is_valid():
            login(request, form.get_user())
            return None
        context = {**_context(request), "form": form, "title": "Sign in, and it is saved"}
        return render(request, "admin/sign_in_again.html", context, status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What a page of ours sent with an old token, as after a sign-in in another tab, can be sent again by a press."""
    if not _is_sent_to_the_desk(request) or not _is_from_here(request) or not _may_be_carried(request):
        return csrf.csrf_failure(request, reason)
    request.POST = _carried(request)  # type: ignore[assignment]
    context = {**_context(request), "title": "Not saved yet: send it again"}
    return render(request, "admin/send_again.html", context, status=403)


def _is_sent_to_the_desk(request: HttpRequest) -> bool:
    """By a form: a script that asks something holds what it sends, and asks too often to have a session stored."""
    return (
        request.method == "POST"
        and request.path_info.startswith(ADMIN)
        and request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        and request.content_type in ("application/x-www-form-urlencoded", "multipart/form-data")
    )


def _may_be_carried(request: HttpRequest) -> bool:
    """A form with passwords of its own is filled in again: they are written into no page."""
    own = (name for name in request.POST if not name.startswith(f"{PREFIX}-"))
    return request.path not in (reverse("admin:login"), reverse("admin:logout")) and not any(
        "password" in name.lower() for name in own
    )


def _is_from_here(request: HttpRequest) -> bool:
    """Browsers say where a form was, in one header or the other."""
    came_from = request.headers.get("Origin") or request.headers.get("Referer") or ""
    here = (request.scheme, request.get_host())
    try:
        return urlsplit(came_from)[:2] == here
    except ValueError:
        return False


def _carried(request: HttpRequest) -> QueryDict:
    """What was sent, without what signs in."""
    carried = request.POST.copy()
    for name in list(carried):
        if name == TOKEN or name.startswith(f"{PREFIX}-"):
            del carried[name]
    return carried


def _context(request: HttpRequest) -> dict[str, Any]:
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    return {
        **admin.site.each_context(request),
        "fields": fields,
        "read": [(name, value) for name, value in fields if value.strip() and "_FORMS" not in name and name != "seen"],
        "files": [file.name for _, files in request.FILES.lists() for file in files],
        "address": request.get_full_path(),
    }
