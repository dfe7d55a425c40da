from django.urls import path

from episodes import views

app_name = "episodes"
# The last two come last: built-in pages first, then episodes, then whatever once was.
urlpatterns = [
    path("", views.index, name="index"),
    path("tags/<rest:name>", views.tag, name="tag"),
    path("<segment:slug>.md", views.notes, name="notes"),
    path("<segment:slug>", views.detail, name="detail"),
    path("<rest:path>", views.nothing, name="nothing"),
]
