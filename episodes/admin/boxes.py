"""The plain boxes of rows, written without a template each: an episode with 122 links has a thousand of them."""

from collections.abc import Callable, Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = format_html(' value="{}"', str(widget["value"])) if widget["value"] is not None else ""
    return format_html('<input type="{}" name="{}"{}{}>', widget["type"], widget["name"], value, _attributes(widget))


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    """Browsers drop the first line break."""
    return format_html(
        '<textarea name="{}"{}>\n{}</textarea>', widget["name"], _attributes(widget), widget["value"] or ""
    )


def _select(widget: Mapping[str, Any]) -> SafeString:
    options = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        (
            (str(option["value"]), _attributes(option), option["label"])
            for _, group, _ in widget["optgroups"]
            for option in group
        ),
    )
    return format_html('<select name="{}"{}>{}</select>', widget["name"], _attributes(widget), options)


def _attributes(widget: Mapping[str, Any]) -> SafeString:
    return flatatt(widget["attrs"])


_WRITTEN: dict[str, Callable[[Mapping[str, Any]], SafeString]] = {
    **{f"django/forms/widgets/{name}.html": _input for name in ("text", "number", "hidden", "checkbox")},
    "django/forms/widgets/textarea.html": _textarea,
    "django/forms/widgets/select.html": _select,
}


class BoxRenderer(DjangoTemplates):
    """Django's, but for the boxes above, which come out the same."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        write = _WRITTEN.get(template_name)
        return write(context["widget"]) if write else super().render(template_name, context, request)
