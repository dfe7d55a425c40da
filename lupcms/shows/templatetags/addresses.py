"""Addresses in templates: `{% load addresses %}`."""

from urllib.parse import urlsplit

from django import template

register = template.Library()


@register.filter
def site(url: str) -> str:
    """`https://www.example.org/a` leads to `example.org`; "" where a browser cannot follow it."""
    if not url.lower().startswith(("https://", "http://")):
        return ""
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""
