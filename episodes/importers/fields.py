"""What an import may change: two records, one of what stands here and one of what a source says -> a decision a field.

Law 2, and docs/decisions/0018-many-sources.md. A field follows a source as long as it is what an import left there
(`Episode.imported` has the source and a digest), and of two sources the one that `RANK` puts first is believed. That is
the greatest of all that was said, whatever came first; so every order of sources ends in the same.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from episodes.importers.record import RANK, Chapter, Record, Source
from episodes.notes import Notes, render_sections
from episodes.notes.document import SECTIONS
from episodes.slugs import without_zeros

# Names of fields, with the words of reports.
LABELS = {
    "number": "number",
    "title": "title",
    "air_date": "air date",
    "published_at": "publish time",
    "duration_seconds": "duration",
    "player_url": "player address",
    "video_url": "video address",
    "about": SECTIONS["about"],
    "people": SECTIONS["people"],
    "crew": "other credits",
    "sponsors": SECTIONS["sponsors"],
    "links": SECTIONS["links"],
    "headings": "topic headings",
    "tags": SECTIONS["tags"],
    "guid": "GUID",
    "enclosure": "audio",
    "season": "season",
    "episode_type": "type",
    "explicit": "explicit",
    "chapters": "chapters",
}
# Where a notes page prints None that means "not recorded", and is worth a word.
PRINTS_NONE = ("about", "people", "sponsors", "links", "tags")

EDITED = "edited here since the last import"
NOTHING = "the page has nothing there"
PUBLISHED = "published placements stay as they were published"
SAME_GUID = "a GUID never changes: apps would download the episode again"
SAME_NUMBER = "addresses live on: the number stays"
DRAFT = "a draft is published at the desk"
BETTER = {
    Source.NOTES: "its notes page says otherwise, and comes first",
    Source.RSS: "the RSS feed says otherwise, and comes first",
    Source.JSON: "the JSON feed says otherwise, and comes first",
    Source.SITE: "the website says otherwise",
}

_MILLISECOND = Decimal("0.001")

type Imported = dict[str, list[str]]


class Did(StrEnum):
    FILLED = "filled"
    UPDATED = "updated"
    KEPT = "kept"
    # Another source is believed, which is nothing to look at.
    OUTRANKED = "outranked"


WRITTEN = (Did.FILLED, Did.UPDATED)


@dataclass(frozen=True, slots=True)
class Difference:
    """Of one field; `here` and `said` as people read them."""

    field: str
    did: Did
    here: str
    said: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of an episode beside what it says."""

    imported: Imported
    is_published: bool = False
    # Nobody has published it, and no import made it.
    is_draft: bool = False
    # Fields that nobody has said: a number made of an address, a publish time made of a day.
    estimated: frozenset[str] = frozenset()


def decide(here: Record, said: Record, standing: Standing, *, overwrite: bool) -> tuple[list[Difference], Imported]:
    """Every difference, with what is to be done; and what `Episode.imported` says when it was done."""
    imported = dict(standing.imported)
    found = [
        difference
        for field in LABELS
        if field != "headings" and (difference := _decide(field, here, said, standing, imported, overwrite=overwrite))
    ]
    new_rows = any(difference.field == "links" and difference.did in WRITTEN for difference in found)
    found += _headings(here, said, imported, overwrite=overwrite, new_rows=new_rows)
    return found, imported


def _decide(
    field: str, here: Record, said: Record, standing: Standing, imported: Imported, *, overwrite: bool
) -> Difference | None:
    """Of one field; notes down in `imported` what follows a source from now on."""
    old, new, before = value(here, field), value(said, field), imported.get(field)
    known = None if field in standing.estimated and old != new else old
    if not new:
        # What another source has filled, this page could not know.
        is_lost = (
            known
            and field in PRINTS_NONE
            and said.source == Source.NOTES
            and (before or [said.source])[0] == said.source
        )
        return Difference(field, Did.KEPT, shown(field, old), "", NOTHING) if is_lost else None
    if known and digest(field, known) == digest(field, new):
        if _is_followed(field, known, before, said.source):
            imported[field] = [said.source, digest(field, new)]
        return None
    did, why = _verdict(field, known, said, before, standing)
    if overwrite and field != "guid" and (did is Did.OUTRANKED or why == EDITED):
        did, why = (Did.KEPT, PUBLISHED) if _rewrites(field, known, said, standing) else (Did.UPDATED, "")
    if did in WRITTEN:
        imported[field] = [said.source, digest(field, new)]
    elif field == "number" and folded_number(old) == folded_number(new):
        return None
    return Difference(field, did, shown(field, old), shown(field, new), why)


def _verdict(field: str, here: Any, said: Record, before: list[str] | None, standing: Standing) -> tuple[Did, str]:
    if field == "published_at" and standing.is_draft:
        return Did.KEPT, DRAFT
    if not here and before is None:
        return Did.FILLED, ""
    is_edited = _is_edited(field, here, before)
    source = before[0] if before else said.source
    if here and not is_edited and outranks(source, said.source):
        return Did.OUTRANKED, BETTER[Source(source)]
    believed = not is_edited and outranks(said.source, source)
    if field == "guid" and not believed:
        return Did.KEPT, SAME_GUID
    if field == "number" and folded_number(here) != folded_number(said.number):
        return Did.KEPT, SAME_NUMBER
    if not believed and _rewrites(field, here, said, standing):
        return Did.KEPT, PUBLISHED
    return (Did.KEPT, EDITED) if is_edited else (Did.UPDATED, "")


def _rewrites(field: str, here: Any, said: Record, standing: Standing) -> bool:
    """Whether it would do more to published placements than add to them."""
    return field == "sponsors" and standing.is_published and not _is_subsequence(here or (), value(said, field))


def _headings(here: Record, said: Record, imported: Imported, *, overwrite: bool, new_rows: bool) -> list[Difference]:
    """Groups of links come from whoever says which links there are; no page prints them, so an edit is no conflict."""
    field = "headings"
    if not said.links or imported.get("links", [""])[0] != said.source:
        return []
    old, new = value(here, field), value(said, field)
    was = imported.pop(field, ["", digest(field, ())])
    is_edited = digest(field, old) != was[1] and digest(field, old) != digest(field, new)
    if is_edited and not (overwrite and new):
        imported[field] = was
        return []
    if new:
        imported[field] = [said.source, digest(field, new)]
    if old == new and not (new and new_rows):
        return []
    return [Difference(field, Did.UPDATED if old else Did.FILLED, shown(field, old), shown(field, new))]


def _is_followed(field: str, here: Any, before: list[str] | None, source: str) -> bool:
    """Whether what stands here is from now on this source's, which says the same."""
    if before is None or before[0] == source:
        return True
    return not _is_edited(field, here, before) and outranks(source, before[0])


def _is_edited(field: str, here: Any, before: list[str] | None) -> bool:
    if before is None:
        return bool(here)
    return digest(field, here) != before[1]


def outranks(source: str, other: str) -> bool:
    return RANK[source] > RANK[other]


def folded_number(number: str) -> str:
    """The same for all spellings of a number: 001 and 1, P03 and p03."""
    return number and without_zeros(number).lower()


def _is_subsequence(few: Sequence[object], many: Sequence[object]) -> bool:
    rest = iter(many)
    return all(item in rest for item in few)


def value(record: Record, field: str) -> Any:
    """What the record says of the field; falsy where it says nothing."""
    match field:
        case "about":
            return record.summary
        case "people":
            # As a page prints them: hosts first.
            return tuple(credit for role in ("host", "guest") for credit in record.credits if credit.role == role)
        case "crew":
            return tuple(credit for credit in record.credits if credit.role not in ("host", "guest"))
        case "sponsors":
            # Nor does a page print a code without words.
            return tuple(row if row.words else replace(row, promo_code="") for row in record.placements)
        case "tags":
            return tuple(sorted(set(record.tags)))
        case "chapters":
            return tuple(sorted(map(_as_stored, record.chapters), key=lambda chapter: chapter.starts_at_seconds))
        case "headings":
            return tuple((link.url, link.text, link.heading) for link in record.links if link.heading)
        case "explicit":
            return None if record.explicit is None else ("yes" if record.explicit else "no")
        case "episode_type":
            # What an episode is of which nobody says anything.
            return "" if record.episode_type == "full" else record.episode_type
        case _:
            return getattr(record, field)


def _as_stored(chapter: Chapter) -> Chapter:
    """To the millisecond."""
    ends = chapter.ends_at_seconds
    return replace(
        chapter,
        starts_at_seconds=chapter.starts_at_seconds.quantize(_MILLISECOND),
        ends_at_seconds=None if ends is None else ends.quantize(_MILLISECOND),
    )


def digest(field: str, said: Any) -> str:
    """The same whatever the show's site URL and acronym are today."""
    return hashlib.sha256(_text(field, said).encode()).hexdigest()[:32]


def _text(field: str, said: Any) -> str:
    """Sections of a notes page as it prints them."""
    notes = Notes(acronym="", number="", title="", air_date=date.min, duration_seconds=0)
    match field:
        case "about":
            notes = replace(notes, summary=said or "")
        case "people":
            notes = replace(notes, credits=said or ())
        case "sponsors":
            notes = replace(notes, placements=said or ())
        case "links":
            notes = replace(notes, links=said or ())
        case "tags":
            notes = replace(notes, tags=said or ())
        case "published_at":
            return said.astimezone(UTC).isoformat() if said else ""
        case "crew" | "headings" | "chapters" | "enclosure":
            return repr(said) if said else ""
        case _:
            return "" if said is None else str(said)
    return render_sections(notes)[field]


def shown(field: str, said: Any) -> str:
    """For people, in a report."""
    if not said:
        return ""
    match field:
        case "people" | "crew":
            return "\n".join(f"{credit.role}: {credit.name} ({credit.slug})" for credit in said)
        case "about" | "sponsors" | "links":
            return _text(field, said).partition("\n\n")[2].strip()
        case "headings":
            return "\n".join(f"{heading}: {text or url}" for url, text, heading in said)
        case "tags":
            return ", ".join(said)
        case "enclosure":
            return "\n".join(str(part) for part in (said.url, said.length, said.type) if part)
        case "chapters":
            return "\n".join(f"{chapter.starts_at_seconds} {chapter.title}" for chapter in said)
        case "published_at":
            return f"{said.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
        case _:
            return str(said)
