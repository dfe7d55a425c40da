from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from episodes import views


class SegmentConverter(StringConverter):
    """One segment of a path. A NUL is in no address, and not every database can look for one."""

    regex = r"[^/\0]+"


register_converter(SegmentConverter, "segment")

app_name = "episodes"
urlpatterns = [
    path("", views.index, name="index"),
    path("<segment:slug>.md", views.notes, name="notes"),
    path("<segment:slug>", views.detail, name="detail"),
    re_path(r"^(?P<path>[^\0]*)$", views.old_path, name="old-path"),
]
