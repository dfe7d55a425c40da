"""The producers' desk: Django's admin, shaped like the page it makes."""

from django.contrib import admin

from episodes.admin.correction import CorrectionAdmin
from episodes.admin.desk_rules import DeskRulesAdmin, UsualLinkAdmin
from episodes.admin.downloads import DownloadsAdmin
from episodes.admin.episode import EpisodeAdmin
from episodes.admin.import_run import ImportRunAdmin
from episodes.admin.inbox import InboxLinkAdmin
from episodes.admin.tag import TagAdmin
from episodes.admin.transcript import TranscriptAdmin

# It extends Django's own, which other pages of the admin extend too.
admin.site.index_template = "admin/start.html"

__all__ = [
    "CorrectionAdmin",
    "DeskRulesAdmin",
    "DownloadsAdmin",
    "EpisodeAdmin",
    "ImportRunAdmin",
    "InboxLinkAdmin",
    "TagAdmin",
    "TranscriptAdmin",
    "UsualLinkAdmin",
]
