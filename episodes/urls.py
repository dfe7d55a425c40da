from django.urls import path

from episodes import clicks, sitemaps, views

app_name = "episodes"
# The last two come last: built-in pages first, then episodes, whatever once was, and at last short links.
urlpatterns = [
    path("", views.index, name="index"),
    path("network", views.all_shows, name="network"),
    path("episodes", views.archive, name="archive"),
    path("episodes/<segment:year>", views.archive, name="year"),
    path("tags", views.tags, name="tags"),
    path("go/<int:pk>", clicks.go, name="go"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.index, name="sitemaps"),
    path("sitemap-<slug:section>.xml", sitemaps.section, name="sitemap"),
    path("tags/<rest:name>", views.tag, name="tag"),
    path("<segment:slug>/embed", views.embed, name="embed"),
    path("<segment:slug>.md", views.notes, name="notes"),
    path("<segment:slug>", views.detail, name="detail"),
    path("<rest:path>", views.nothing, name="nothing"),
]
