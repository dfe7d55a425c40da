"""An episode as it was -> the stored one: an earlier version again, or one that was deleted.

`planned` says what would be stored, and why where that is not what was; `restore` stores it.
"""

from collections.abc import Iterable, Iterator
from copy import copy
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Model

from episodes import audio
from episodes.models import Credit, Episode, EpisodeTag, Placement, Tag, history
from episodes.models.episode import new_guid
from episodes.models.history import KEPT, ROWS
from episodes.saving import saved
from episodes.slugs import free_slug, is_free_for_episodes
from episodes.versions import with_rows
from hosts.models import Host, HostName
from lupcms.shows.models import User
from sponsors.models import Sponsor

ENCLOSURE = ("enclosure_url", "enclosure_length", "enclosure_type")


class Plan(NamedTuple):
    """An episode in memory, and what to know of it before it is stored: sentences."""

    episode: Episode
    notes: list[str]
    # Why it cannot be stored, or "".
    refusal: str


def planned(was: Episode, now: Episode | None, *, spots: bool = True) -> Plan:
    """`now` is what is stored, with its rows; None of a deleted one. Without `spots`, they stay as they are now."""
    episode, notes = copy(was), list[str]()
    if now is not None:
        episode.imported, episode.changed_at = now.imported, now.changed_at
        if episode.published_at and now.would_come_sooner(episode.published_at):
            # What an owner lets stop a publication is asked there.
            episode.published_at = now.published_at
            episode.published_at_is_estimated = now.published_at_is_estimated
            notes.append("Its time stays as it is: only the publish step makes an episode public, or public sooner.")
    others = Episode.objects.filter(show=was.show_id).exclude(pk=was.pk)
    notes += _identity(episode, now, others)
    notes += _address(episode, now, others)
    notes += _files(episode, now)
    rows: dict[str, list[Any]] = {name: list(getattr(was, name).all()) for name in ROWS if name != "tagged_items"}
    if not spots:
        rows["placements"] = list(now.placements.all()) if now else []
        notes.append("You do not place sponsors on this show: its spots stay as they are now.")
    notes += _people_and_sponsors(rows)
    same = others.filter(number=was.number).first()
    refusal = (
        f"Another episode has the number {was.number} now: {same}. Give that one another number first." if same else ""
    )
    return Plan(with_rows(episode, rows, was.tags.all()), notes, refusal)


@transaction.atomic
def restore(plan: Plan, now: Episode | None, by: User, comment: str) -> Episode:
    """Store it, as one save of the history. Rows that are there still, or have been deleted, have their keys again."""
    if now is not None:
        history.keep_before(now)
    episode = Episode(
        **{field.attname: getattr(plan.episode, field.attname) for field in Episode._meta.concrete_fields}
    )
    episode.save(force_insert=now is None, force_update=now is not None)
    people, placements = list(plan.episode.credits.all()), list(plan.episode.placements.all())
    _find_hosts(episode, people)
    _find_sponsors(placements)
    _write(episode, "links", plan.episode.links.all())
    _write(episode, "credits", people)
    _write(episode, "placements", placements)
    _write(episode, "chapters", plan.episode.chapters.all())
    _tag(episode, [tag.name for tag in plan.episode.tags.all()])
    saved(episode, by, comment)
    return episode


# --- What would be stored ---


def _identity(episode: Episode, now: Episode | None, others: models.QuerySet[Episode]) -> Iterator[str]:
    if now is not None and now.guid:
        episode.guid = now.guid
    elif episode.guid and others.filter(guid=episode.guid).exists():
        episode.guid = now.guid if now else new_guid()
        yield "Another episode has its GUID now, so it gets a new one, and apps will take it for a new episode."


def _address(episode: Episode, now: Episode | None, others: models.QuerySet[Episode]) -> Iterator[str]:
    if now is not None and now.slug == episode.slug:
        return
    words, slug = episode.show.short_links.words(), episode.slug
    if others.filter(slug__iexact=slug).exists() or slug.lower() in words or not is_free_for_episodes(slug):
        episode.slug = now.slug if now else free_slug(episode.number, others.folded_slugs() | words)  # type: ignore[attr-defined]
        yield f"The address /{slug} is another page’s now: its own is /{episode.slug}."


def _files(episode: Episode, now: Episode | None) -> Iterator[str]:
    """A file that is gone is not restored: what is there now stays."""
    if _is_gone(episode.audio):
        if audio.is_own(episode):
            for name in ENCLOSURE:
                setattr(episode, name, getattr(now or Episode(), name))
        episode.audio = now.audio.name if now else ""
        yield "The audio file of then is gone: " + ("the one of now stays." if now else "upload it again.")
    if _is_gone(episode.artwork):
        episode.artwork = now.artwork.name if now else ""
        yield "The artwork of then is gone: " + ("that of now stays." if now else "upload it again.")


def _is_gone(file: Any) -> bool:
    return bool(file.name) and not default_storage.exists(file.name)


def _people_and_sponsors(rows: dict[str, list[Any]]) -> Iterator[str]:
    """Of rows of the history, whose campaigns and offers are in memory where they still exist."""
    _follow_merged_hosts(rows["credits"])
    for model, accessor, name in ((Host, "credits", "host"), (Sponsor, "placements", "sponsor")):
        for row in _missing(model, rows[accessor], f"{name}_id"):
            yield f"The {name} “{row.name}” is gone: whoever has that name now takes the place, or is made anew."
    for row in rows["placements"]:
        for name in ("campaign", "offer"):
            if getattr(row, f"{name}_id") and not Placement._meta.get_field(name).is_cached(row):  # type: ignore[union-attr]
                setattr(row, name, None)
                yield f"The {name} of the spot of {row.name} was deleted: the spot keeps its words, and has no {name}."


def _follow_merged_hosts(people: list[Credit]) -> None:
    """Whoever was merged since is who they were merged into: with the name and slug as credited. Two queries."""
    known = Host.objects.in_history({row.host_id for row in people})
    for row in people:
        if row.host_id in known:
            row.host = known[row.host_id]


def _missing(model: type[Model], rows: Iterable[Any], key: str) -> list[Any]:
    """Those rows whose key leads nowhere. One query."""
    rows = list(rows)
    there = set(model._default_manager.filter(pk__in={getattr(row, key) for row in rows}).values_list("pk", flat=True))
    return [row for row in rows if getattr(row, key) not in there]


# --- Storing it ---


def _find_hosts(episode: Episode, people: list[Credit]) -> None:
    for row in _missing(Host, people, "host_id"):
        row.host = HostName.objects.known_as(episode.show, row.slug, row.name).host
    known = set(HostName.objects.filter(show=episode.show).values_list("slug", flat=True))
    for row in people:
        if row.slug not in known:
            HostName.objects.get_or_create(
                show=episode.show, slug=row.slug, defaults={"host_id": row.host_id, "name": row.name}
            )


def _find_sponsors(placements: list[Placement]) -> None:
    for row in _missing(Sponsor, placements, "sponsor_id"):
        row.sponsor = Sponsor.objects.named(row.name, row.url)
        row.slug = row.sponsor.slug


def _write(episode: Episode, accessor: str, rows: Iterable[Any]) -> None:
    """At most five queries. What hangs on a row that stays, like its clicks, stays with it."""
    model: Any = ROWS[accessor]
    wanted, stored = list(rows), {row.pk: row for row in model.objects.filter(episode=episode)}
    strange = set(model.objects.filter(pk__in=[row.pk for row in wanted]).exclude(episode=episode).values_list("pk"))
    names = [name for name in KEPT[model] if name not in ("id", "episode")]
    for row in wanted:
        row.episode = episode
        if (row.pk,) in strange:
            row.pk = None
    model.objects.filter(pk__in=stored.keys() - {row.pk for row in wanted}).delete()
    changed = [row for row in wanted if row.pk in stored and _values(row, names) != _values(stored[row.pk], names)]
    model.objects.bulk_update(changed, names)
    model.objects.bulk_create([row for row in wanted if row.pk not in stored])


def _values(row: Model, names: list[str]) -> list[Any]:
    return [getattr(row, row._meta.get_field(name).attname) for name in names]  # type: ignore[union-attr]


def _tag(episode: Episode, names: list[str]) -> None:
    """Four queries at most."""
    wanted = {tag.pk for tag in Tag.objects.named(names).values()}
    stored = EpisodeTag.objects.filter(content_object=episode)
    stored.exclude(tag__in=wanted).delete()
    missing = wanted - set(stored.values_list("tag", flat=True))
    EpisodeTag.objects.bulk_create(EpisodeTag(content_object=episode, tag_id=pk) for pk in sorted(missing))
