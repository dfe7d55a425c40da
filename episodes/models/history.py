"""What an episode and its rows were after each save, by whom and when: django-reversion, used by hand.

A version is kept of everything that `register` names, all rows of an episode in one revision. Nothing is kept by
signals: who saves an episode calls `keep`, and `keep_before` where something else may have written since.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Cast
from django.utils import timezone
from reversion.models import Revision, Version

from lupcms.shows.models import User

if TYPE_CHECKING:
    from episodes.models.episode import Episode
    from episodes.models.placement import Placement


# What `register` was told: rows by their accessor on the episode, and the fields that are kept of each model.
ROWS: dict[str, type[models.Model]] = {}
KEPT: dict[type[models.Model], list[str]] = {}
# What writers note down for themselves, and no form shows.
NOTED = {"changed_at", "imported"}
# Rows without an identity: each save may make them anew.
REPLACED = {"chapters", "tagged_items"}

DELETED = "Deleted"


class Save(NamedTuple):
    """When and by whom; `by` is "" where an import or another program wrote."""

    at: datetime
    by: str


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
    name: str
    words: str
    url: str
    promo_code: str
    kind: str


def register(episode: type[models.Model], rows: dict[str, type[models.Model]]) -> None:
    """`rows` by their accessor on the episode. What follows from the rest is not kept: `derived` makes it anew."""
    derived = {"summary_html", "excerpt", "text_html", "description_html", "words_html", "feed_html", "tags"}
    derived.add("announced_at")
    ROWS.update(rows)
    for model, follow in [(episode, tuple(rows)), *((row, ()) for row in rows.values())]:
        fields = [field.name for field in model._meta.get_fields() if field.concrete and field.name not in derived]
        KEPT[model] = fields
        reversion.register(model, fields=fields, follow=follow)


def keep(episode: "Episode", by: User | None = None, comment: str = "") -> None:
    """Remember the episode as it is stored now. A constant number of queries."""
    keep_all([episode], by, comment)


def keep_all(episodes: Collection["Episode"], by: User | None = None, comment: str = "") -> None:
    """`keep` for each of many, in a revision of its own: what is restored of one never touches another.

    A constant number of queries; `reversion` alone makes a dozen an episode.
    """
    if not episodes:
        return
    model = type(next(iter(episodes)))
    # A tag's name is what a version of its row is called, so that it outlives the tag.
    rows = [f"{name}__tag" if name == "tagged_items" else name for name in ROWS]
    stored = model.objects.prefetch_related(*rows).in_bulk([row.pk for row in episodes])
    now = timezone.now()
    made = Revision.objects.bulk_create(Revision(date_created=now, user=by, comment=comment) for _ in stored)
    of_episodes: dict[type[models.Model], list[tuple[Revision, models.Model]]] = {model: []}
    for episode, revision in zip(stored.values(), made, strict=True):
        of_episodes[model].append((revision, episode))
        for name, kind in ROWS.items():
            of_episodes.setdefault(kind, []).extend((revision, row) for row in getattr(episode, name).all())
    Version.objects.bulk_create(version for kind, found in of_episodes.items() for version in _versions(kind, found))


def _versions(model: type[models.Model], rows: Sequence[tuple[Revision, models.Model]]) -> Iterator[Version]:
    """What `reversion.add_to_revision` remembers of each.

    One serializer for all rows of a model, and one call of `json` each, are several times as fast as one for each.
    """
    content_type = ContentType.objects.get_for_model(model)
    serialized = serializers.serialize("python", [row for _, row in rows], fields=KEPT[model])
    for (revision, row), values in zip(rows, serialized, strict=True):
        yield Version(
            revision=revision,
            content_type=content_type,
            object_id=str(row.pk),
            db="default",
            format="json",
            serialized_data=f"[{json.dumps(values, cls=DjangoJSONEncoder, ensure_ascii=False)}]\n",
            object_repr=str(row),
        )


def keep_before(episode: "Episode") -> None:
    """Before a change: remember what an import or another program has written since the last `keep`."""
    if has_unkept_changes(episode):
        keep(episode)


def keep_all_before(episodes: Collection["Episode"]) -> None:
    """`keep_before` for each of many. A constant number of queries."""
    if not episodes:
        return
    versions = Version.objects.get_for_model(type(next(iter(episodes))))
    newest = versions.filter(object_id__in=[str(row.pk) for row in episodes]).order_by().values("object_id")
    last = versions.filter(pk__in=newest.annotate(last=models.Max("pk")).values("last"))
    known = {int(version.object_id): version for version in last}
    keep_all([row for row in episodes if not _is_kept(row, known.get(row.pk))])


def last_save(episode: "Episode") -> Save | None:
    """The save that made it what is stored now, as far as anybody knows. Two queries."""
    last = Version.objects.get_for_object(episode).select_related("revision__user").first()
    if last is not None and _is_kept(episode, last):
        return Save(last.revision.date_created, author(last.revision))
    return Save(episode.changed_at, "") if episode.changed_at else None


def has_unkept_changes(episode: "Episode") -> bool:
    """Whether something else has written since the last `keep`. One query."""
    return not _is_kept(episode, Version.objects.get_for_object(episode).first())


def last_version(model: type[models.Model], key: str) -> Version | None:
    """Also of one that is gone. One query."""
    return Version.objects.get_for_object_reference(model, key).select_related("revision__user").first()


def deleted(model: type[models.Model]) -> models.QuerySet[Version]:
    """The last version of each one that is gone, latest first."""
    found: models.QuerySet[Version] = Version.objects.get_deleted(model).select_related("revision__user")
    return found.order_by("-revision__date_created", "-pk")


def fingerprint(episode: "Episode") -> str:
    """A digest of all that a form shows of an episode, as it was loaded, and of its rows as they are stored now.

    One query for each kind of row. Whoever writes, by whatever door, moves it; what follows from the rest does not.
    """
    shown = [getattr(episode, _attname(type(episode), name)) for name in KEPT[type(episode)] if name not in NOTED]
    stored = []
    for accessor, model in ROWS.items():
        names = [name for name in KEPT[model] if not (accessor in REPLACED and name == "id")]
        rows = getattr(episode, accessor).values_list(*names)
        stored.append(sorted(rows) if accessor == "tagged_items" else list(rows))
    return hashlib.sha256(json.dumps([shown, stored], default=str).encode()).hexdigest()


def last_kept(episodes: Collection["Episode"]) -> dict[int, datetime]:
    """When each was last kept, by primary key; what came by an import may never have been. One query."""
    if not episodes:
        return {}
    versions = Version.objects.get_for_model(type(next(iter(episodes))))
    mine = versions.filter(object_id__in=[str(episode.pk) for episode in episodes]).order_by()
    kept = mine.values("object_id").annotate(at=models.Max("revision__date_created")).values_list("object_id", "at")
    return {int(pk): at for pk, at in kept}


def later_changes(placements: Sequence["Placement"], sponsors: Collection[int]) -> dict[int, list[Change]]:
    """For each placement, by primary key, what of its record changed since it was public, oldest first. Two queries.

    What a row said while it was of none of `sponsors`, by primary key, is not theirs to read.
    """
    found: dict[int, list[Change]] = {row.pk: [] for row in placements}
    if not placements:
        return found
    model = type(placements[0])
    saves = _Saves(type(placements[0].episode), {row.episode_id for row in placements})
    versions = Version.objects.get_for_model(model).filter(object_id__in=[str(pk) for pk in found])
    before: dict[str, dict[str, Any]] = {}
    for version in versions.select_related("revision__user").order_by("pk"):
        was, now = before.get(version.object_id), version.field_dict
        if now["sponsor_id"] not in sponsors:
            continue
        before[version.object_id] = now
        if was is None or not saves.changed_a_public_page(now["episode_id"], version.revision):
            continue
        if fields := [
            (_label(model, name), _shown(model, name, was[name]), _shown(model, name, now[name]))
            for name in model.RECORD
            if was[name] != now[name]
        ]:
            change = Change(version.revision.date_created, author(version.revision), fields)
            found[int(version.object_id)].append(change)
    return found


def removals(placement: type["Placement"], sponsors: Collection[int], episodes: models.QuerySet[Any]) -> list[Removal]:
    """Rows of these sponsors that were taken off these episodes after publication, or given to another sponsor there.

    Four queries at most.
    """
    gone = [
        version
        for version in Version.objects.get_deleted(placement).select_related("revision")
        if version.field_dict["sponsor_id"] in sponsors
    ]
    gone += _given_away(placement, sponsors, episodes)
    stood = {row.pk: row for row in episodes.filter(pk__in=[version.field_dict["episode_id"] for version in gone])}
    if not stood:
        return []
    saves, found = _Saves(episodes.model, stood), []
    for version in gone:
        episode = stood.get(version.field_dict["episode_id"])
        # The save after the one that last knew it as theirs took it away.
        save = episode and saves.after(episode.pk, version.revision)
        if episode and save and saves.changed_a_public_page(episode.pk, save):
            record = {name: version.field_dict[name] for name in placement.RECORD}
            found.append(Removal(save.date_created, author(save), episode, **record))
    return found


def _given_away(
    placement: type["Placement"], sponsors: Collection[int], episodes: models.QuerySet[Any]
) -> list[Version]:
    """The last version of each row of these episodes that was theirs and is somebody else's now. One query."""
    others = placement.objects.filter(episode__in=episodes).exclude(sponsor__in=sponsors)
    keys = others.order_by().values(key=Cast("pk", models.CharField(max_length=191)))
    versions = Version.objects.get_for_model(placement).filter(object_id__in=keys)
    last = {
        version.object_id: version
        for version in versions.select_related("revision").order_by("pk")
        if version.field_dict["sponsor_id"] in sponsors
    }
    return list(last.values())


class _Saves:
    """The saves of some episodes, oldest first. One query."""

    def __init__(self, model: type[models.Model], episodes: Iterable[int]) -> None:
        self._of: dict[int, list[tuple[Revision, dict[str, Any]]]] = {pk: [] for pk in episodes}
        versions = Version.objects.get_for_model(model).filter(object_id__in=[str(pk) for pk in self._of])
        for version in versions.select_related("revision__user").order_by("pk"):
            self._of[int(version.object_id)].append((version.revision, version.field_dict))

    def changed_a_public_page(self, episode: int, revision: Revision) -> bool:
        """Whether the episode had been public before this was changed: also if it was taken back since.

        The moment is the episode's own: `keep_before` may have found the change out late.
        """
        saves = [
            (kept["published_at"], kept["changed_at"] or save.date_created)
            for save, kept in self._of[episode]
            if save.pk <= revision.pk
        ]
        return any(at and at <= end for (at, _), (_, end) in pairwise(saves))

    def after(self, episode: int, revision: Revision) -> Revision | None:
        return next((save for save, _ in self._of[episode] if save.pk > revision.pk), None)


def _as_kept(at: datetime | None) -> datetime | None:
    """A version knows milliseconds."""
    return at and at.replace(microsecond=at.microsecond // 1000 * 1000)


def _is_kept(episode: "Episode", last: Version | None) -> bool:
    """Whether `last` is what is stored. Two who write within one millisecond look like one."""
    return last is not None and last.field_dict["changed_at"] == _as_kept(episode.changed_at)


def author(revision: Revision) -> str:
    user = revision.user
    return user.get_full_name() or user.get_username() if user else ""


def _attname(model: type[models.Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.attname)


def _label(model: type[models.Model], name: str) -> str:
    return str(getattr(model._meta.get_field(name), "verbose_name", name))


def _shown(model: type[models.Model], name: str, value: Any) -> str:
    choices: Any = getattr(model._meta.get_field(name), "flatchoices", ())
    return str(dict(choices).get(value, value))
