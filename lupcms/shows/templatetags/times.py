"""Times in templates: `{% load times %}`."""

from django import template

from lupcms.shows.clock import clock

register = template.Library()
register.filter(clock)
