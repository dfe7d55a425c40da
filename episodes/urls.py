from django.urls import path

from episodes import sitemaps, views

app_name = "episodes"
# The last two come last: built-in pages first, then episodes, then whatever once was.
urlpatterns = [
    path("", views.index, name="index"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap"),
    path("tags/<rest:name>", views.tag, name="tag"),
    path("<segment:slug>.md", views.notes, name="notes"),
    path("<segment:slug>", views.detail, name="detail"),
    path("<rest:path>", views.nothing, name="nothing"),
]
