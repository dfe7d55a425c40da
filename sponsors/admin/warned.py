"""Warnings: beside the field they are about when a form is opened, and as messages after it was saved."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin import ModelAdmin
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class WarnedAdmin(_Admin):
    """Mixin for the admin of something that may be saved although it looks wrong."""

    def warnings(self, request: HttpRequest, obj: Any) -> dict[str, str]:
        """Text by field, "" where it looks right."""
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
        fields = context["adminform"].form.fields
        found = self.warnings(request, obj) if change and request.method == "GET" and fields else {}
        for name, text in found.items():
            if text and name in fields:
                help_text = fields[name].help_text
                fields[name].help_text = format_html('{}<strong class="warned">{}</strong>', help_text, text)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        response = super().response_add(request, obj, post_url_continue)
        self._warn(request, obj)
        return response

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        response = super().response_change(request, obj)
        self._warn(request, obj)
        return response

    def _warn(self, request: HttpRequest, obj: Any) -> None:
        for text in filter(None, self.warnings(request, obj).values()):
            messages.warning(request, text)
