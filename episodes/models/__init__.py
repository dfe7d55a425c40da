from episodes.models.chapter import Chapter
from episodes.models.correction import Correction
from episodes.models.credit import Credit
from episodes.models.desk_rules import DeskRules
from episodes.models.downloads import Downloads
from episodes.models.episode import Episode, EpisodeQuerySet
from episodes.models.import_run import ImportEntry, ImportRun
from episodes.models.inbox import InboxLink
from episodes.models.left_as_it_is import LeftAsItIs
from episodes.models.link import Link
from episodes.models.owed_ping import OwedPing
from episodes.models.placement import ClickCount, Placement
from episodes.models.preview import Preview
from episodes.models.tag import EpisodeTag, Tag
from episodes.models.transcript import Transcript
from episodes.models.usual_link import UsualLink

__all__ = [
    "Chapter",
    "ClickCount",
    "Correction",
    "Credit",
    "DeskRules",
    "Downloads",
    "Episode",
    "EpisodeQuerySet",
    "EpisodeTag",
    "ImportEntry",
    "ImportRun",
    "InboxLink",
    "LeftAsItIs",
    "Link",
    "OwedPing",
    "Placement",
    "Preview",
    "Tag",
    "Transcript",
    "UsualLink",
]
