from episodes.models.correction import Correction
from episodes.models.credit import Credit
from episodes.models.downloads import Downloads
from episodes.models.episode import Episode, EpisodeQuerySet
from episodes.models.link import Link
from episodes.models.placement import ClickCount, Placement
from episodes.models.tag import EpisodeTag, Tag

__all__ = [
    "ClickCount",
    "Correction",
    "Credit",
    "Downloads",
    "Episode",
    "EpisodeQuerySet",
    "EpisodeTag",
    "Link",
    "Placement",
    "Tag",
]
