"""Published episodes that lack what a feed needs."""

from collections.abc import Sequence

from django.db.models import Q

from episodes.after_import.finding import Edit, Finding
from episodes.models import Episode
from episodes.models.episode import new_guid
from lupcms.shows.models import Show


def audio(show: Show) -> list[Finding]:
    """One query."""
    return _lacking(show, Q(enclosure_url=""))


def guids(show: Show) -> list[Finding]:
    """One query."""
    return _lacking(show, Q(guid=None))


def _lacking(show: Show, what: Q) -> list[Finding]:
    rows = show.episodes.published().filter(what).newest_first().values_list("pk", "number", "title")
    return [Finding((pk,), f"{number}: {title}", episodes=(pk,)) for pk, number, title in rows]


def give_guids(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    rows = Episode.objects.filter(pk__in=[pk for (pk,) in (finding.about for finding in findings)], guid=None)
    return [Edit(row, "gets a GUID, which it keeps for ever", {"guid": new_guid()}) for row in rows.newest_first()]
