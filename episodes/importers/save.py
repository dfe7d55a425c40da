"""A record -> rows, in one transaction. The only writer of imported content.

What an import may change is decided in `fields`; here it is written. Rows that stay keep their primary keys.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from episodes import derived
from episodes.exporters.notes import notes_of
from episodes.importers.fields import WRITTEN, Did, Difference, Imported, Standing, decide, digest, folded_number, value
from episodes.importers.known import Known, folded, number_is_estimated
from episodes.importers.record import Chapter, Credit, Enclosure, Link, Record, Source
from episodes.importers.rows import Key, replace_rows
from episodes.models import Chapter as ChapterRow
from episodes.models import Credit as CreditRow
from episodes.models import Episode, EpisodeTag, Placement, history
from episodes.models import Link as LinkRow
from episodes.models.tag import NAME_MAX_LENGTH
from episodes.notes import NotesError, document
from episodes.notes.document import SECTIONS
from lupcms.shows.models import OldPath, Show
from sponsors.models.sponsor import NAME_MAX_BYTES

# Fields of a record and of an episode that have the same name.
PLAIN = ("title", "air_date", "published_at", "duration_seconds", "player_url", "video_url", "season")
NO_ADDRESS = "it cannot be stored as an address"


@dataclass(slots=True)
class Outcome:
    """What an import did with one episode, and what it had read of it."""

    episode: Episode
    record: Record
    created: bool = False
    differences: list[Difference] = field(default_factory=list)

    @property
    def updated(self) -> list[str]:
        """Fields that it wrote in an episode that was there."""
        return [] if self.created else [found.field for found in self.differences if found.did in WRITTEN]

    @property
    def kept(self) -> dict[str, str]:
        """Fields that it left as they are though the source says something else, with the reason to look at."""
        return {found.field: found.why for found in self.differences if found.did is Did.KEPT}


def save(show: Show, record: Record, known: Known, *, overwrite: bool = False) -> Outcome:
    """Write what `record` says of an episode of `show`. With `overwrite`, edits made here give way too.

    Raises AmbiguousError, NotesError and ValidationError. What the episode is called now, the caller tells `known`.
    """
    _refuse_what_has_no_column(record)
    record, refused = _storable(record)
    if record.published_at and not record.air_date:
        record = replace(record, air_date=show.today(record.published_at))
    with transaction.atomic(savepoint=False):
        pk = known.find(show, record)
        if pk is None:
            outcome = _create(show, record, known)
        else:
            episodes = Episode.objects.select_for_update(of=("self",)).with_entries().prefetch_related("chapters")
            outcome = _update(episodes.get(show=show, pk=pk), record, known, overwrite=overwrite)
    outcome.differences += refused
    return outcome


def record_of(episode: Episode) -> Record:
    """What stands here, as a source would say it; the episode should come `with_entries()` and its chapters."""
    notes = notes_of(episode)
    has_audio = bool(episode.enclosure_url)
    return Record(
        source=Source.NOTES,
        place=episode.code,
        number=episode.number,
        title=episode.title,
        air_date=episode.air_date,
        published_at=episode.published_at,
        duration_seconds=episode.duration_seconds,
        player_url=episode.player_url,
        video_url=episode.video_url,
        summary=episode.summary,
        credits=tuple(Credit(row.role, row.name, row.slug) for row in _people(episode)),  # type: ignore[arg-type]
        placements=notes.placements,
        links=tuple(
            Link(row.url, row.text, row.title, row.title_kind, row.description, row.heading)  # type: ignore[arg-type]
            for row in episode.links.all()
        ),
        tags=notes.tags,
        guid=episode.guid or "",
        enclosure=Enclosure(episode.enclosure_url, episode.enclosure_length, episode.enclosure_type)
        if has_audio
        else None,
        season=episode.season,
        episode_type=episode.episode_type,
        explicit=episode.explicit,
        chapters=tuple(
            Chapter(
                row.starts_at_seconds, row.title, row.ends_at_seconds, row.url, row.image_url, is_listed=row.is_listed
            )
            for row in episode.chapters.all()
        ),
    )


def _people(episode: Episode) -> list[CreditRow]:
    """Hosts, guests, others, as a notes page has them."""
    return sorted(episode.credits.all(), key=lambda row: CreditRow.Role.values.index(row.role))


def _refuse_what_has_no_column(record: Record) -> None:
    for tag in record.tags:
        if len(tag) > NAME_MAX_LENGTH:
            raise NotesError(1, SECTIONS["tags"], f"the tag {tag[:40]!r}… is longer than {NAME_MAX_LENGTH} characters")
    for placement in record.placements:
        if len(placement.name.encode()) > NAME_MAX_BYTES:
            name = placement.name[:40]
            raise NotesError(1, SECTIONS["sponsors"], f"the name {name!r}… is longer than {NAME_MAX_BYTES} bytes")


def _storable(record: Record) -> tuple[Record, list[Difference]]:
    """Without addresses that are none, and what was left out. A notes page says nothing that cannot be stored."""
    if record.source == Source.NOTES:
        return record, []
    record = replace(record, placements=tuple(map(_with_words, record.placements)))
    audio = record.enclosure.url if record.enclosure else ""
    said = {"player_url": record.player_url, "video_url": record.video_url, "enclosure": audio}
    bad = {name: url for name, url in said.items() if url and not _is_address(url)}
    nothing: dict[str, Any] = {name: None if name == "enclosure" else "" for name in bad}
    return replace(record, **nothing), [Difference(name, Did.KEPT, "", url, NO_ADDRESS) for name, url in bad.items()]


def _with_words(spot: document.Placement) -> document.Placement:
    """A code alone becomes its words: without words, no notes page prints it."""
    return replace(spot, words=f"Promo Code: {spot.promo_code}") if spot.promo_code and not spot.words else spot


_ADDRESS: Any = Episode._meta.get_field("enclosure_url")


def _is_address(url: str) -> bool:
    try:
        _ADDRESS.clean(url, None)
    except ValidationError:
        return False
    return True


# Columns that a source may fill with what they cannot hold.
_COLUMNS = {
    "number": "number",
    "title": "title",
    "about": "summary",
    "enclosure": "enclosure_type",
    "season": "season",
    "duration_seconds": "duration_seconds",
}


def _check(episode: Episode, record: Record, columns: Collection[str]) -> None:
    """Raises ValidationError. What a notes page said is in its format; other sources say what they like."""
    if record.source == Source.NOTES:
        return
    for column in columns:
        try:
            field: Any = Episode._meta.get_field(column)
            field.clean(getattr(episode, column), None)
        except ValidationError as error:
            raise ValidationError({column: error.messages}) from error


def _create(show: Show, record: Record, known: Known) -> Outcome:
    number = known.new_number(show, record)
    episode = Episode(show=show, number=number, slug=known.new_slug(show, number), guid=None)
    empty = Record(record.source, record.place)
    differences, episode.imported = decide(empty, record, Standing({}), overwrite=False)
    episode.imported |= _met(record, differences)
    episode.published_at_is_estimated = record.published_at is None
    written = [found.field for found in differences]
    _write_episode(episode, record, written)
    _check(episode, record, ("number", "slug", *_COLUMNS.values()))
    episode.save(force_insert=True)
    placements, links = _write_rows(episode, record, known, written, is_new=True)
    if derived.render_feed(episode, placements, links):
        episode.save(update_fields=["feed_html"])
    return Outcome(episode, record, created=True, differences=differences)


def _update(episode: Episode, record: Record, known: Known, *, overwrite: bool) -> Outcome:
    here = record_of(episode)
    differences, imported = decide(here, record, _standing(episode), overwrite=overwrite)
    outcome = Outcome(episode, record, differences=differences)
    met = _met(record, differences)
    imported |= met
    _meet(episode, met, record, known, differences)
    if overwrite and outcome.updated:
        # What a person wrote gives way, and can be had again.
        history.keep_before(episode)
    if outcome.updated or imported != episode.imported:
        old_address = episode.get_absolute_url()
        _write_episode(episode, record, outcome.updated)
        if "number" in outcome.updated and here.number != record.number:
            _give_number(episode, record.number, known)
        placements, links = _write_rows(episode, record, known, outcome.updated)
        if outcome.updated:
            derived.render_feed(episode, placements, links)
        _check(episode, record, [column for field, column in _COLUMNS.items() if field in outcome.updated])
        episode.imported = imported
        episode.save()
        if episode.get_absolute_url() != old_address:
            OldPath.objects.remember(episode.show, old_address, episode.get_absolute_url())
    if outcome.updated:
        derived.touch(episode)
    return outcome


def _meet(episode: Episode, met: Imported, record: Record, known: Known, differences: Collection[Difference]) -> None:
    """Make known whom a lesser source calls otherwise, as if it had come first.

    Once: whom somebody has removed since is not made again.
    """
    credited = _credited(list(episode.credits.all()))
    for part in [found.field for found in differences if found.did is Did.OUTRANKED]:
        key = f"{part} of {record.source}"
        if key not in met or met[key] == episode.imported.get(key):
            continue
        for one in value(record, part):
            if part == "sponsors":
                known.sponsor(one, record.source)
            else:
                known.host_id(episode.show, one, record.source, credited)


def _met(record: Record, differences: Collection[Difference]) -> Imported:
    """What `Episode.imported` remembers of whom a source has named, be they taken or not."""
    parts = {found.field for found in differences if found.did is not Did.KEPT} & {"people", "crew", "sponsors"}
    return {f"{part} of {record.source}": [str(record.source), digest(part, value(record, part))] for part in parts}


def _credited(rows: Collection[CreditRow]) -> dict[str, int]:
    return {folded(row.name): row.host_id for row in rows}


def _standing(episode: Episode) -> Standing:
    estimated = {
        "number": number_is_estimated(episode),
        "published_at": episode.published_at_is_estimated,
    }
    return Standing(
        episode.imported,
        is_published=episode.is_published(),
        is_draft=episode.published_at is None and not episode.published_at_is_estimated,
        estimated=frozenset(name for name, is_so in estimated.items() if is_so),
    )


def _give_number(episode: Episode, number: str, known: Known) -> None:
    """A number that was made of an address, or is printed in another way here, and the address that follows from it."""
    episode.number = number
    if folded_number(episode.slug) != folded_number(number):
        episode.slug = known.new_slug(episode.show, number)


def _write_episode(episode: Episode, record: Record, fields: Collection[str]) -> None:
    """Its own columns; the caller saves it."""
    for name in PLAIN:
        said = getattr(record, name)
        if name in fields and said:
            setattr(episode, name, said)
    if "published_at" in fields and record.published_at:
        episode.published_at_is_estimated = False
    elif "air_date" in fields and episode.published_at_is_estimated and episode.air_date:
        episode.published_at = episode.show.midnight(episode.air_date)
    if "about" in fields and record.summary:
        episode.summary = record.summary
        derived.render_episode(episode)
    if "guid" in fields and record.guid:
        episode.guid = record.guid
    if "enclosure" in fields and record.enclosure:
        audio = record.enclosure
        episode.enclosure_url, episode.enclosure_length, episode.enclosure_type = audio.url, audio.length, audio.type
    if "episode_type" in fields and record.episode_type:
        episode.episode_type = record.episode_type
    if "explicit" in fields and record.explicit is not None:
        episode.explicit = record.explicit


def _write_rows(
    episode: Episode, record: Record, known: Known, fields: Collection[str], *, is_new: bool = False
) -> tuple[list[Placement], list[LinkRow]]:
    """Rows of a saved episode; its placements and links as they are then."""
    placements = [] if is_new else list(episode.placements.all())
    links = [] if is_new else list(episode.links.all())
    if "people" in fields or "crew" in fields:
        _write_credits(episode, record, known, [] if is_new else list(episode.credits.all()), fields)
    if "sponsors" in fields:
        placements = _write_sponsors(episode, record, known, placements)
    if "links" in fields:
        links = _write_links(episode, record, links)
    if "headings" in fields:
        _write_headings(links, record)
    if "tags" in fields:
        _write_tags(episode, record, known, [] if is_new else list(episode.tagged_items.all()))
    if "chapters" in fields and record.chapters:
        _write_chapters(episode, record)
    return placements, links


def _checked[Row: models.Model](rows: list[Row], record: Record, without: tuple[str, ...]) -> list[Row]:
    """As `_check`."""
    if record.source != Source.NOTES:
        for row in rows:
            row.clean_fields(exclude=without)
    return rows


def _write_credits(
    episode: Episode, record: Record, known: Known, existing: list[CreditRow], fields: Collection[str]
) -> None:
    """Who is on the page first, then the others."""
    position, moved, credited = 0, [], _credited(existing)
    for part in ("people", "crew"):
        rows = [row for row in existing if (row.role in CreditRow.ON_THE_PAGE) is (part == "people")]
        if part in fields:
            rows = _write_people(episode, part, record, known, rows, credited, first=position + 1)
        for row in rows:
            position += 1
            if row.position != position:
                row.position = position
                moved.append(row)
    if moved:
        CreditRow.objects.bulk_update(moved, ["position"])


def _write_people(
    episode: Episode,
    part: str,
    record: Record,
    known: Known,
    existing: list[CreditRow],
    credited: Mapping[str, int],
    *,
    first: int,
) -> list[CreditRow]:
    said = value(record, part)
    hosts = [known.host_id(episode.show, credit, record.source, credited) for credit in said]
    wanted = [
        CreditRow(
            episode_id=episode.pk,
            position=position,
            host_id=known.same_host(host),
            role=credit.role,
            name=credit.name,
            slug=credit.slug,
        )
        for position, (credit, host) in enumerate(zip(said, hosts, strict=True), first)
    ]
    keys: list[Key[CreditRow]] = [lambda row: (row.role, row.slug), lambda row: row.slug]
    fields = ["position", "host_id", "role", "name", "slug"]
    return replace_rows(existing, _checked(wanted, record, ("episode", "host")), keys, fields)


def _write_sponsors(episode: Episode, record: Record, known: Known, existing: list[Placement]) -> list[Placement]:
    wanted = [
        Placement(
            episode_id=episode.pk,
            position=position,
            sponsor_id=(sponsor := known.sponsor(placement, record.source)).pk,
            slug=sponsor.slug,
            name=placement.name,
            url=placement.url,
            words=placement.words,
            promo_code=placement.promo_code,
        )
        for position, placement in enumerate(record.placements, 1)
    ]
    for row in _checked(wanted, record, ("episode", "sponsor", "slug")):
        derived.render_placement(row)
    keys: list[Key[Placement]] = [_printed, lambda row: (row.name, row.url), lambda row: row.name, lambda row: row.url]
    fields = ["position", "sponsor_id", "slug", "name", "url", "words", "promo_code", "words_html"]
    # A published row that stands is what was said: it only moves, to make room for another one.
    adds_only = {*map(_printed, existing)} <= {*map(_printed, wanted)}
    return replace_rows(existing, wanted, keys, ["position"] if adds_only and episode.is_published() else fields)


def _printed(row: Placement) -> tuple[str, ...]:
    """A code without words is printed nowhere."""
    return row.name, row.url, row.words, row.promo_code if row.words else ""


def _write_links(episode: Episode, record: Record, existing: list[LinkRow]) -> list[LinkRow]:
    wanted = [
        LinkRow(
            episode_id=episode.pk,
            position=position,
            url=link.url,
            text=link.text,
            title=link.title,
            title_kind=link.title_kind,
            description=link.description,
        )
        for position, link in enumerate(record.links, 1)
    ]
    for row in _checked(wanted, record, ("episode",)):
        derived.render_link(row)
    keys: list[Key[LinkRow]] = [
        lambda row: (row.url, row.text, row.description),
        lambda row: (row.url, row.text),
        lambda row: row.url,
        lambda row: row.text or None,
    ]
    fields = ["position", "url", "text", "title", "title_kind", "description", "text_html", "description_html"]
    return replace_rows(existing, wanted, keys, fields)


def _write_headings(links: list[LinkRow], record: Record) -> None:
    for row, said in zip(links, record.links, strict=False):
        row.heading = said.heading
    LinkRow.objects.bulk_update(links, ["heading"])


def _write_tags(episode: Episode, record: Record, known: Known, existing: list[EpisodeTag]) -> None:
    names = dict.fromkeys(record.tags)
    wanted = [EpisodeTag(content_object_id=episode.pk, tag_id=tag_id) for tag_id in known.tag_ids(list(names))]
    replace_rows(existing, wanted, [lambda row: row.tag_id], [])


def _write_chapters(episode: Episode, record: Record) -> None:
    rows = [
        ChapterRow(
            episode_id=episode.pk,
            starts_at_seconds=chapter.starts_at_seconds,
            ends_at_seconds=chapter.ends_at_seconds,
            title=chapter.title,
            url=chapter.url,
            image_url=chapter.image_url,
            is_listed=chapter.is_listed,
        )
        for chapter in value(record, "chapters")
    ]
    episode.chapters.all().delete()
    ChapterRow.objects.bulk_create(_checked(rows, record, ("episode",)))
