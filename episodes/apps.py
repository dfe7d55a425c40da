from django.apps import AppConfig


class EpisodesConfig(AppConfig):
    name = "episodes"

    def ready(self) -> None:
        from episodes.models import Chapter, Credit, Episode, EpisodeTag, Link, Placement
        from episodes.models.history import register

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
