"""What an episode was in the saves that the history keeps, as objects in memory, and what differs between two of them.

An episode as it was has its rows with it, as if prefetched, so that everything that reads an episode reads this one.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from django.db import models
from django.utils import timezone
from reversion.models import Version

from episodes.chapters import chapters_of
from episodes.exporters.notes import notes_of
from episodes.formats.chapters import render_lines
from episodes.models import Credit, Episode, EpisodeTag, Placement, Tag
from episodes.models.history import KEPT, NOTED, ROWS
from episodes.notes.render import PLAYER_URL, render_sections
from lupcms.shows.models import Show
from lupcms.shows.moments import spelled
from sponsors.models import Campaign, Kind, Offer

# What the page says in its own way; the rest is told field by field.
ON_THE_PAGE = {"number", "title", "summary", "air_date", "duration_seconds"}
# Lines around a difference.
CONTEXT = 2
# What `notes_of` has instead of a day.
NO_DAY = f"* Air Date: {date.min.isoformat()}"
# Pieces of one text times pieces of the other: two pages of 500 lines, two paragraphs of 250 words.
MOST_COMPARED = 250_000


class Piece(NamedTuple):
    text: str
    is_new: bool


class Line(NamedTuple):
    """“…” stands for lines that are the same."""

    sign: Literal["+", "-", " ", "…"]
    pieces: list[Piece]


class FieldChange(NamedTuple):
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    page: list[Line]
    fields: list[FieldChange]
    # Headings, spots, other credits and chapters, of which the page says nothing.
    rows: list[Line]

    def __bool__(self) -> bool:
        return bool(self.page or self.fields or self.rows)

    @property
    def texts(self) -> list[list[Line]]:
        """The parts that are lines of text, as far as something differs."""
        return [lines for lines in (self.page, self.rows) if lines]


# --- Objects in memory ---


def with_rows(episode: Episode, rows: dict[str, list[Any]], tags: Iterable[Tag]) -> Episode:
    """A copy of `episode` with these rows instead of the stored ones. Not to be saved."""
    episode = copy(episode)
    # Django asks no relation of what has no key.
    episode.pk = episode.pk or 0
    found: Any = {name: _as_read(ROWS[name], entries) for name, entries in rows.items()}
    episode._prefetched_objects_cache = found | {"tags": _as_read(Tag, list(tags))}  # type: ignore[attr-defined]
    return episode


def stored(episode: Episode) -> Episode:
    """The same episode, loaded anew with all of its rows. Seven queries."""
    placements = models.Prefetch("placements", Placement.objects.select_related("campaign__sponsor", "offer__sponsor"))
    rows = ("links", "credits", placements, "chapters", "tags")
    return Episode.objects.select_related("show").prefetch_related(*rows).get(pk=episode.pk)


def episodes_of(saves: Sequence[Version]) -> dict[int, Episode]:
    """The episode in each of these versions of episodes, by the version's key. Four queries."""
    of_revision = {(save.revision_id, int(save.object_id)): save for save in saves}
    rows: dict[int, dict[str, list[Any]]] = {save.pk: {name: [] for name in ROWS} for save in saves}
    accessors = {model: name for name, model in ROWS.items()}
    versions = Version.objects.filter(revision__in={save.revision_id for save in saves}).select_related("content_type")
    for version in versions.order_by("pk"):
        accessor = accessors.get(version.content_type.model_class())
        if accessor is not None:
            row = ROWS[accessor](**version.field_dict)
            owner = row.content_object_id if isinstance(row, EpisodeTag) else row.episode_id  # type: ignore[attr-defined]
            if save := of_revision.get((version.revision_id, owner)):
                row.was_called = version.object_repr  # type: ignore[attr-defined]
                rows[save.pk][accessor].append(row)
    shows = Show.objects.in_bulk({save.field_dict["show_id"] for save in saves})
    _name_what_still_exists([row for of in rows.values() for row in of["placements"]])
    return {save.pk: _built(save, shows[save.field_dict["show_id"]], rows[save.pk]) for save in saves}


def _built(save: Version, show: Show, rows: dict[str, list[Any]]) -> Episode:
    episode = Episode(**{**save.field_dict, "show": show})
    for name in ("links", "credits", "placements"):
        rows[name].sort(key=lambda row: (row.position, row.pk))
    rows["chapters"].sort(key=lambda row: (row.starts_at_seconds, row.pk))
    # As versions were called that were kept before `EpisodeTag.__str__`.
    prefix = f"{save.object_repr} tagged with "
    tags = [Tag(pk=row.tag_id, name=row.was_called.removeprefix(prefix)) for row in rows["tagged_items"]]
    return with_rows(episode, rows, sorted(tags, key=lambda tag: tag.name))


def _name_what_still_exists(placements: list[Placement]) -> None:
    """Two queries."""
    for name, found in (
        ("campaign", Campaign.objects.select_related("sponsor")),
        ("offer", Offer.objects.select_related("sponsor")),
    ):
        keys = {getattr(row, f"{name}_id") for row in placements} - {None}
        known: dict[int, Any] = found.in_bulk(keys)
        for row in placements:
            if one := known.get(getattr(row, f"{name}_id")):
                setattr(row, name, one)


def _as_read(model: type[models.Model], rows: list[Any]) -> models.QuerySet[Any]:
    found = model._default_manager.all()
    found._result_cache = rows
    found._prefetch_done = True  # type: ignore[attr-defined]
    return found


# --- What differs ---


def page_lines(episode: Episode) -> list[str]:
    """The notes page, each tag in a line of its own; that of a draft without a day says so."""
    sections = render_sections(notes_of(episode))
    lines = "".join({**sections, "tags": sections["tags"].replace("), [", "),\n[")}.values()).split("\n")
    return lines if episode.air_date else ["* Air Date: none yet" if line == NO_DAY else line for line in lines]


def full_text(episode: Episode) -> str:
    """All of it, to read and to copy: the page, and what is not on it."""
    others = [f"{label}: {value}" for label, value in other_fields(episode).items()] + other_rows(episode)
    return "\n".join([*page_lines(episode), "", "--- Not on the notes page ---", "", *others])


def other_fields(episode: Episode) -> dict[str, str]:
    """What is no part of the page, by label, as people read it; what is empty is left out."""
    said = {}
    for name in KEPT[Episode]:
        if name in NOTED | ON_THE_PAGE | {"id", "show", "published_at_is_estimated"}:
            continue
        field: Any = Episode._meta.get_field(name)
        value = getattr(episode, field.attname)
        if value and not (name == "player_url" and PLAYER_URL.fullmatch(value)):
            said[str(field.verbose_name)] = _shown(episode, field, value)
    return said


def other_rows(episode: Episode) -> list[str]:
    """What rows have that the page cannot carry, a line each."""
    lines = [f"Heading “{link.heading}” above “{link}”" for link in episode.links.all() if link.heading]
    lines += [
        f"{row.get_role_display()}: {row.name}" for row in episode.credits.all() if row.role not in Credit.ON_THE_PAGE
    ]
    lines += [f"Spot of {row.name}: {facts}" for row in episode.placements.all() if (facts := ", ".join(_facts(row)))]
    lines += [f"Chapter {line}" for line in render_lines(chapters_of(episode.chapters.all())).splitlines()]
    return lines


def difference(was: Episode, now: Episode) -> Difference:
    before, after = other_fields(was), other_fields(now)
    return Difference(
        page=list(_lines(page_lines(was), page_lines(now))),
        fields=[
            FieldChange(label, before.get(label, ""), after.get(label, ""))
            for label in [*before, *(label for label in after if label not in before)]
            if before.get(label) != after.get(label)
        ],
        rows=list(_lines(other_rows(was), other_rows(now), context=0)),
    )


def are_same(one: Episode, other: Episode) -> bool:
    """Whether both say the same in every field that the history keeps, whatever their rows' keys and positions are."""
    return _said(one) == _said(other)


def _said(episode: Episode) -> list[Any]:
    # A spot's slug is made when it is saved, of its sponsor.
    not_said = NOTED | {"id", "episode", "position", "slug"}
    said: list[Any] = [str(getattr(episode, name)) for name in KEPT[Episode] if name not in {"id", *NOTED}]
    for accessor in ("links", "credits", "placements", "chapters"):
        names = [ROWS[accessor]._meta.get_field(name).attname for name in KEPT[ROWS[accessor]] if name not in not_said]  # type: ignore[union-attr]
        said.append([[getattr(row, name) for name in names] for row in getattr(episode, accessor).all()])
    return [*said, sorted(tag.name for tag in episode.tags.all())]


def _facts(row: Placement) -> Iterator[str]:
    if row.kind != Kind.UNKNOWN:
        yield Kind(row.kind).label.lower()
    for name in ("campaign", "offer"):
        if key := getattr(row, f"{name}_id"):
            known = Placement._meta.get_field(name).is_cached(row)  # type: ignore[union-attr]
            yield f"{name} {getattr(row, name) if known else f'{key}, which is gone'}"
    if row.starts_at_seconds is not None:
        yield f"second {row.starts_at_seconds}" + (f" to {row.ends_at_seconds}" if row.ends_at_seconds else "")
    if row.promo_code and not row.words:
        yield f"code {row.promo_code}"


def _shown(episode: Episode, field: Any, value: Any) -> str:
    if isinstance(value, datetime):
        with timezone.override(episode.show.zone):
            return spelled(value)
    return "yes" if value is True else str(dict(field.flatchoices).get(value, value))


def _lines(was: list[str], now: list[str], context: int = CONTEXT) -> Iterator[Line]:
    """Nothing where nothing differs."""
    for number, group in enumerate(_matcher(was, now).get_grouped_opcodes(context)):
        if number and context:
            yield Line("…", [])
        for kind, i, j, k, m in group:
            if kind == "equal":
                yield from (Line(" ", [Piece(text, False)]) for text in was[i:j])
            else:
                yield from _replaced(was[i:j], now[k:m])


def _replaced(was: list[str], now: list[str]) -> list[Line]:
    """As many lines as before are the same lines changed, and of each the words that differ are marked."""
    if len(was) != len(now):
        return [Line("-", [Piece(text, False)]) for text in was] + [Line("+", [Piece(text, False)]) for text in now]
    marked = [_words(before, after) for before, after in zip(was, now, strict=True)]
    return [Line("-", before) for before, _ in marked] + [Line("+", after) for _, after in marked]


def _words(was: str, now: str) -> tuple[list[Piece], list[Piece]]:
    one, other = re.split(r"(\W)", was), re.split(r"(\W)", now)
    matcher = _matcher(one, other)
    if matcher.quick_ratio() < 0.5:
        return [Piece(was, False)], [Piece(now, False)]
    before, after = [], []
    for kind, i, j, k, m in matcher.get_opcodes():
        before.append(Piece("".join(one[i:j]), kind != "equal"))
        after.append(Piece("".join(other[k:m]), kind != "equal"))
    return [piece for piece in before if piece.text], [piece for piece in after if piece.text]


def _matcher(was: list[str], now: list[str]) -> difflib.SequenceMatcher[str]:
    """Of long texts only where they begin and end to be the same is looked at.

    To find the rest takes the product of both lengths, and at worst as many times as they have pieces.
    """
    matcher = difflib.SequenceMatcher(str.isspace, was, now, autojunk=False)
    if len(was) * len(now) > MOST_COMPARED:
        start = _same_at_the_start(was, now)
        end = _same_at_the_start(was[start:][::-1], now[start:][::-1])
        i, k = len(was) - end, len(now) - end
        changed = [("replace", start, i, start, k)] if (start, start) != (i, k) else []
        # Where it remembers what it has found.
        found = [("equal", 0, start, 0, start), *changed, ("equal", i, len(was), k, len(now))]
        matcher.opcodes = found  # type: ignore[attr-defined]
    return matcher


def _same_at_the_start(one: list[str], other: list[str]) -> int:
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
