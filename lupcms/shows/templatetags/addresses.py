"""Addresses in templates: `{% load addresses %}`."""

from django import template

from lupcms.shows.links import site_of, web_address

register = template.Library()


@register.filter
def site(url: str) -> str:
    """The site that an address of the web leads to, "" for any other address."""
    return site_of(web_address(url))
