from datetime import datetime
from typing import Any

from django import template
from django.utils.timesince import timesince

from episodes.admin.start import Desk, desks

register = template.Library()


@register.simple_tag(takes_context=True)
def desks_of_member(context: dict[str, Any]) -> list[Desk]:
    """What awaits whoever reads the start page; see `episodes.admin.start`."""
    return desks(context["request"])


@register.filter
def roughly(at: datetime) -> str:
    """“3 weeks”: how long ago, in one unit."""
    return timesince(at, depth=1)
