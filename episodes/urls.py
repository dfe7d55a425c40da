from django.urls import path, re_path

from episodes import views

app_name = "episodes"
urlpatterns = [
    path("", views.index, name="index"),
    path("<str:slug>.md", views.notes, name="notes"),
    path("<str:slug>", views.detail, name="detail"),
    re_path(r"^(?P<path>.*)$", views.old_path, name="old-path"),
]
