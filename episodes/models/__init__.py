from episodes.models.chapter import Chapter
from episodes.models.correction import Correction
from episodes.models.credit import Credit
from episodes.models.downloads import Downloads
from episodes.models.episode import Episode, EpisodeQuerySet
from episodes.models.link import Link
from episodes.models.placement import ClickCount, Placement
from episodes.models.tag import EpisodeTag, Tag
from episodes.models.transcript import Transcript

__all__ = [
    "Chapter",
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
    "Transcript",
]
