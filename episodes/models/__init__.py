from episodes.models.credit import Credit
from episodes.models.episode import Episode, EpisodeQuerySet
from episodes.models.link import Link
from episodes.models.placement import Placement
from episodes.models.tag import EpisodeTag, Tag

__all__ = ["Credit", "Episode", "EpisodeQuerySet", "EpisodeTag", "Link", "Placement", "Tag"]
