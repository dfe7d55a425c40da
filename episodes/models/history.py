"""What an episode and its rows were after each save, by whom and when: django-reversion, used by hand.

A version is kept of everything that `register` names, all rows of an episode in one revision. Nothing is kept by
signals: who saves an episode calls `keep`, and `keep_before` where something else may have written since.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import reversion
from django.db import models
from reversion.models import Revision, Version

from lupcms.shows.models import User

if TYPE_CHECKING:
    from episodes.models.episode import Episode
    from episodes.models.placement import Placement


@dataclass(frozen=True, slots=True)
class Change:
    """One save that changed what stood in a published row."""

    at: datetime
    by: str
    # Name of the field as people read it, before, after.
    fields: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Removal:
    """A row that was taken off a published page, with what it said."""

    at: datetime
    by: str
    episode: "Episode"
    record: dict[str, Any]


def register(episode: type[models.Model], rows: dict[str, type[models.Model]]) -> None:
    """`rows` by their accessor on the episode. What follows from the rest is not kept: `derived` makes it anew."""
    derived = {"summary_html", "excerpt", "text_html", "description_html", "words_html", "tags", "announced_at"}
    for model, follow in [(episode, tuple(rows)), *((row, ()) for row in rows.values())]:
        fields = [field.name for field in model._meta.get_fields() if field.concrete and field.name not in derived]
        reversion.register(model, fields=fields, follow=follow)


def keep(episode: "Episode", by: User | None = None) -> None:
    """Remember the episode as it is stored now. A constant number of queries."""
    with reversion.create_revision(manage_manually=True):
        if by is not None:
            reversion.set_user(by)
        reversion.add_to_revision(type(episode).objects.get(pk=episode.pk))


def keep_before(episode: "Episode") -> None:
    """Before a change: remember what an import or another program has written since the last `keep`."""
    last = Version.objects.get_for_object(episode).first()
    if last is None or last.field_dict["changed_at"] != episode.changed_at:
        keep(episode)


def later_changes(placements: Sequence["Placement"]) -> dict[int, list[Change]]:
    """For each placement, by primary key, what of its record changed after publication, oldest first. One query."""
    found: dict[int, list[Change]] = {row.pk: [] for row in placements}
    if not placements:
        return found
    model, published = type(placements[0]), {str(row.pk): row.episode.published_at for row in placements}
    versions = Version.objects.get_for_model(model).filter(object_id__in=published)
    before: dict[str, dict[str, Any]] = {}
    for version in versions.select_related("revision__user").order_by("pk"):
        was, now, at = before.get(version.object_id), version.field_dict, published[version.object_id]
        before[version.object_id] = now
        if was is None or at is None or version.revision.date_created <= at:
            continue
        if fields := [
            (_label(model, name), _shown(model, name, was[name]), _shown(model, name, now[name]))
            for name in model.RECORD
            if was[name] != now[name]
        ]:
            found[int(version.object_id)].append(
                Change(version.revision.date_created, _author(version.revision), fields)
            )
    return found


def removals(placement: type["Placement"], sponsors: Iterable[int], episodes: models.QuerySet[Any]) -> list[Removal]:
    """Rows of these sponsors that were taken off these episodes after publication. Three queries at most."""
    known = set(sponsors)
    gone = [
        version
        for version in Version.objects.get_deleted(placement).select_related("revision")
        if version.field_dict["sponsor_id"] in known
    ]
    published = {str(row.pk): row for row in episodes.filter(pk__in=[v.field_dict["episode_id"] for v in gone])}
    if not published:
        return []
    # The revision of the episode after the row's last one is the save that removed it.
    saves = list(
        Version.objects.get_for_model(episodes.model)
        .filter(object_id__in=published)
        .select_related("revision__user")
        .order_by("pk")
    )
    found = []
    for version in gone:
        episode = published.get(str(version.field_dict["episode_id"]))
        if episode is None or episode.published_at is None:
            continue
        after = (s for s in saves if s.object_id == str(episode.pk) and s.revision_id > version.revision_id)
        save = next(after, None)
        if save is not None and save.revision.date_created > episode.published_at:
            record = {name: version.field_dict[name] for name in placement.RECORD}
            found.append(Removal(save.revision.date_created, _author(save.revision), episode, record))
    return found


def _author(revision: Revision) -> str:
    user = revision.user
    return user.get_full_name() or user.get_username() if user else ""


def _label(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _shown(model: type[models.Model], name: str, value: Any) -> str:
    choices: Any = getattr(model._meta.get_field(name), "flatchoices", ())
    return str(dict(choices).get(value, value))
