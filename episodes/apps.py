from django.apps import AppConfig
from django.db.models.signals import post_save


class EpisodesConfig(AppConfig):
    name = "episodes"

    def ready(self) -> None:
        from episodes.feeds import websub
        from episodes.models import Chapter, Credit, Episode, EpisodeTag, Link, Placement
        from episodes.models.history import register
        from lupcms.shows.models import Show

        register(
            Episode,
            {
                "links": Link,
                "credits": Credit,
                "placements": Placement,
                "tagged_items": EpisodeTag,
                "chapters": Chapter,
            },
        )
        post_save.connect(websub.show_saved, sender=Show)
