from django.urls import path

from episodes import cards, clicks, llms, oembed, previews, sitemaps, views
from episodes.feeds import views as feeds

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
    path("llms.txt", llms.llms, name="llms"),
    path("oembed", oembed.oembed, name="oembed"),
    path("tags/<rest:name>", views.tag, name="tag"),
    path("rss", feeds.rss, name="rss"),
    path("rss/tags/<rest:name>", feeds.tag_rss, name="tag_rss"),
    path("rss/hosts/<segment:slug>", feeds.host_rss, name="host_rss"),
    path("network/rss", feeds.network_rss, name="network_rss"),
    path("feed", feeds.old_rss),
    path("feed.xml", feeds.old_rss),
    path("json", feeds.json, name="json"),
    path("opml", feeds.shows_opml, name="opml"),
    path("preview/<segment:token>", previews.page, name="preview"),
    path("preview/<segment:token>/audio", previews.audio, name="preview_audio"),
    path("<segment:slug>.json", feeds.episode, name="json_of_episode"),
    path("<segment:slug>/card-<slug:digest>.jpg", cards.image, name="card"),
    path("<segment:slug>/chapters.json", views.chapters, name="chapters"),
    path("<segment:slug>/transcript", views.transcript, name="transcript"),
    path("<segment:slug>/transcript.<slug:ending>", views.transcript_file, name="transcript_file"),
    path("<segment:slug>/embed", views.embed, name="embed"),
    path("<segment:slug>.md", views.notes, name="notes"),
    path("<segment:slug>", views.detail, name="detail"),
    path("<rest:path>", views.nothing, name="nothing"),
]
