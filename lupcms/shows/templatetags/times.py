"""Times in templates: `{% load times %}`."""

from django import template

from lupcms.shows.clock import clock
from lupcms.shows.moments import spelled

register = template.Library()
register.filter(clock)
register.filter(spelled)
