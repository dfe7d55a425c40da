"""A record -> rows, in one transaction. The only writer of imported content.

What an import may change follows from law 2: a section of a known episode is updated only where it
still says what the last import left there (`Episode.import_digests`, one digest a section). A page's
`None` deletes nothing, and the placements of a published episode stay as they are: an import can only
add to them. Rows that stay keep their primary keys.
"""

import hashlib
from collections.abc import Sequence, Sized
from dataclasses import dataclass, field, replace

from django.db import transaction

from episodes import derived
from episodes.exporters.notes import notes_of
from episodes.importers.known import Known
from episodes.importers.rows import Key, replace_rows
from episodes.models import Credit, Episode, EpisodeTag, Link, Placement
from episodes.models.tag import NAME_MAX_LENGTH
from episodes.notes import Notes, NotesError, render_sections
from episodes.notes.document import SECTIONS
from lupcms.shows.models import Show
from sponsors.models.sponsor import NAME_MAX_BYTES

EDITED = "edited here since the last import"
NOTHING = "the page has nothing there"
PUBLISHED = "published placements stay as they were published"


@dataclass(slots=True)
class Outcome:
    """What an import did with one episode: sections it wrote, and those it kept with the reason."""

    episode: Episode
    created: bool = False
    updated: list[str] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)


def save(show: Show, notes: Notes, known: Known, *, overwrite: bool = False) -> Outcome:
    """Write what `notes` says of an episode of `show`. With `overwrite`, edits made here give way too."""
    _refuse_what_has_no_column(notes)
    with transaction.atomic(savepoint=False):
        if not known.has_episode(show, notes.number):
            return _create(show, notes, known)
        episode = Episode.objects.select_for_update(of=("self",)).with_entries().get(show=show, number=notes.number)
        return _update(episode, notes, known, overwrite=overwrite)


def digests(notes: Notes) -> dict[str, str]:
    """A digest of each section, the same whatever the show's site URL and acronym are today."""
    neutral = replace(notes, site_url="", acronym="")
    return {
        section: hashlib.sha256(text.encode()).hexdigest()[:32] for section, text in render_sections(neutral).items()
    }


def _refuse_what_has_no_column(notes: Notes) -> None:
    for tag in notes.tags:
        if len(tag) > NAME_MAX_LENGTH:
            raise NotesError(1, SECTIONS["tags"], f"the tag {tag[:40]!r}… is longer than {NAME_MAX_LENGTH} characters")
    for placement in notes.placements:
        if len(placement.name.encode()) > NAME_MAX_BYTES:
            name = placement.name[:40]
            raise NotesError(1, SECTIONS["sponsors"], f"the name {name!r}… is longer than {NAME_MAX_BYTES} bytes")


def _create(show: Show, notes: Notes, known: Known) -> Outcome:
    episode = Episode(
        show=show,
        number=notes.number,
        slug=known.new_slug(show, notes.number),
        guid=None,
        published_at=show.midnight(notes.air_date),
        published_at_is_estimated=True,
        import_digests=digests(notes),
    )
    _write_heading(episode, notes)
    _write_about(episode, notes)
    episode.save(force_insert=True)
    _write_people(episode, notes, known, [])
    placements = _write_sponsors(episode, notes, known, [])
    links = _write_links(episode, notes, [])
    _write_tags(episode, notes, known, [])
    if derived.render_feed(episode, placements, links):
        episode.save(update_fields=["feed_html"])
    return Outcome(episode, created=True)


def _update(episode: Episode, notes: Notes, known: Known, *, overwrite: bool) -> Outcome:
    outcome = Outcome(episode)
    current = notes_of(episode)
    # A page without a player or a duration says nothing about them.
    notes = replace(
        notes,
        player_url=notes.player_url or current.player_url,
        duration_seconds=notes.duration_seconds or current.duration_seconds,
    )
    here, there = digests(current), digests(notes)
    remembered = dict(episode.import_digests)
    for section, digest in there.items():
        if here[section] != digest:
            new = section not in remembered and not _content(current, section)
            edited = here[section] != remembered.get(section) and not new and not overwrite
            reason = _reason_to_keep(section, current, notes, published=episode.is_published(), edited=edited)
            if reason:
                outcome.kept[section] = reason
                continue
            outcome.updated.append(section)
        remembered[section] = digest
    _write(episode, notes, known, outcome.updated)
    if outcome.updated or remembered != episode.import_digests:
        episode.import_digests = remembered
        episode.save()
    if outcome.updated:
        derived.touch(episode)
    return outcome


def _reason_to_keep(section: str, current: Notes, notes: Notes, *, published: bool, edited: bool) -> str:
    """Why a section that differs from the page stays as it is; "" where the page may change it."""
    if not _content(notes, section):
        return NOTHING
    if section == "sponsors" and published and not _is_subsequence(current.placements, notes.placements):
        return PUBLISHED
    return EDITED if edited else ""


def _content(notes: Notes, section: str) -> Sized:
    """What stands in a section, to tell an empty one by its length."""
    return {
        "heading": notes.number,
        "about": notes.summary,
        "people": notes.credits,
        "sponsors": notes.placements,
        "links": notes.links,
        "tags": notes.tags,
    }[section]


def _is_subsequence(few: Sequence[object], many: Sequence[object]) -> bool:
    rest = iter(many)
    return all(item in rest for item in few)


def _write(episode: Episode, notes: Notes, known: Known, sections: Sequence[str]) -> None:
    """Bring the sections of a saved episode in line with `notes`; the caller saves the episode itself."""
    placements, links = list(episode.placements.all()), list(episode.links.all())
    for section in sections:
        match section:
            case "heading":
                _write_heading(episode, notes)
            case "about":
                _write_about(episode, notes)
            case "people":
                on_the_page = [row for row in episode.credits.all() if row.role in Credit.ON_THE_PAGE]
                _write_people(episode, notes, known, on_the_page)
            case "sponsors":
                placements = _write_sponsors(episode, notes, known, placements)
            case "links":
                links = _write_links(episode, notes, links)
            case "tags":
                _write_tags(episode, notes, known, list(episode.tagged_items.all()))
    if sections:
        derived.render_feed(episode, placements, links)


def _write_heading(episode: Episode, notes: Notes) -> None:
    episode.title = notes.title
    # Nor about what it cannot print: a player elsewhere, a duration that nobody knows.
    episode.player_url = notes.player_url or episode.player_url
    episode.duration_seconds = notes.duration_seconds or episode.duration_seconds
    episode.air_date = notes.air_date
    if episode.published_at_is_estimated and episode.published_at is not None:
        episode.published_at = episode.show.midnight(notes.air_date)


def _write_about(episode: Episode, notes: Notes) -> None:
    episode.summary = notes.summary
    derived.render_episode(episode)


def _write_people(episode: Episode, notes: Notes, known: Known, existing: list[Credit]) -> None:
    wanted = [
        Credit(
            episode_id=episode.pk,
            position=position,
            host_id=known.host_id(episode.show, credit),
            role=credit.role,
            name=credit.name,
            slug=credit.slug,
        )
        for position, credit in enumerate(notes.credits, 1)
    ]
    keys: list[Key[Credit]] = [lambda row: (row.role, row.slug), lambda row: row.slug]
    replace_rows(existing, wanted, keys, ["position", "host_id", "role", "name", "slug"])


def _write_sponsors(episode: Episode, notes: Notes, known: Known, existing: list[Placement]) -> list[Placement]:
    wanted = [
        Placement(
            episode_id=episode.pk,
            position=position,
            sponsor_id=(sponsor := known.sponsor(placement)).pk,
            slug=sponsor.slug,
            name=placement.name,
            url=placement.url,
            words=placement.words,
            promo_code=placement.promo_code,
        )
        for position, placement in enumerate(notes.placements, 1)
    ]
    for row in wanted:
        derived.render_placement(row)
    keys: list[Key[Placement]] = [
        lambda row: (row.name, row.url, row.words, row.promo_code),
        lambda row: (row.name, row.url),
        lambda row: row.name,
    ]
    fields = ["position", "sponsor_id", "slug", "name", "url", "words", "promo_code", "words_html"]
    # A published row is what was said: it only moves, to make room for another one.
    return replace_rows(existing, wanted, keys, ["position"] if existing and episode.is_published() else fields)


def _write_links(episode: Episode, notes: Notes, existing: list[Link]) -> list[Link]:
    wanted = [
        Link(
            episode_id=episode.pk,
            position=position,
            url=link.url,
            text=link.text,
            title=link.title,
            title_kind=link.title_kind,
            description=link.description,
        )
        for position, link in enumerate(notes.links, 1)
    ]
    for row in wanted:
        derived.render_link(row)
    keys: list[Key[Link]] = [
        lambda row: (row.url, row.text, row.description),
        lambda row: (row.url, row.text),
        lambda row: row.url,
        lambda row: row.text or None,
    ]
    fields = ["position", "url", "text", "title", "title_kind", "description", "text_html", "description_html"]
    return replace_rows(existing, wanted, keys, fields)


def _write_tags(episode: Episode, notes: Notes, known: Known, existing: list[EpisodeTag]) -> None:
    wanted = [EpisodeTag(content_object_id=episode.pk, tag_id=tag_id) for tag_id in known.tag_ids(notes.tags)]
    replace_rows(existing, wanted, [lambda row: row.tag_id], [])
