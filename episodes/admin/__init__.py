"""The producers' desk: Django's admin, shaped like the page it makes."""

from episodes.admin.episode import EpisodeAdmin
from episodes.admin.tag import TagAdmin

__all__ = ["EpisodeAdmin", "TagAdmin"]
