"""The producers' desk: Django's admin, shaped like the page it makes."""

from episodes.admin.correction import CorrectionAdmin
from episodes.admin.desk_rules import DeskRulesAdmin
from episodes.admin.downloads import DownloadsAdmin
from episodes.admin.episode import EpisodeAdmin
from episodes.admin.tag import TagAdmin
from episodes.admin.transcript import TranscriptAdmin

__all__ = ["CorrectionAdmin", "DeskRulesAdmin", "DownloadsAdmin", "EpisodeAdmin", "TagAdmin", "TranscriptAdmin"]
