"""Show-notes pages from files -> episodes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, transaction
from django.utils.text import slugify

from episodes.importers.known import AmbiguousError, Known
from episodes.importers.record import Credit, Link, Record, Source
from episodes.importers.runs import attempt, reason
from episodes.importers.save import Outcome, save
from episodes.notes import Notes, NotesError, parse
from episodes.notes.document import SECTIONS
from lupcms.shows.models import Show

_PAGE_NAME = re.compile(r"episode-(.+)\.md")
_ACRONYM = re.compile(rb"# ([A-Z]+) [^ ]+: ")
_YEAR = re.compile(r"[0-9]{4}")


class PageError(Exception):
    """A page that was not imported: `file:line: section: message`."""


def find_pages(paths: Iterable[Path]) -> Iterator[Path]:
    """Files as given, and every `episode-<number>.md` below a folder, in order of their paths."""
    for path in paths:
        if path.is_dir():
            yield from sorted(page for page in path.rglob("episode-*.md") if page.is_file())
        else:
            yield path


def import_page(
    path: Path,
    known: Known,
    *,
    create_shows: bool = False,
    overwrite: bool = False,
    dry_run: bool = False,
    read: dict[tuple[str, str], Path] | None = None,
) -> Outcome:
    """Import one page, all of it or nothing. With `dry_run` everything is done and taken back.

    `read` remembers which file of a folder brought which episode: a second one would undo the first in silence.
    """
    complete = False
    try:
        data = path.read_bytes()
        notes = parse(data)
        _compare_with_name(path, notes)

        def imported() -> Outcome:
            with transaction.atomic():
                show = _find_show(path, notes, known, create_shows=create_shows)
                _compare_with_site(show, data, notes)
                if first := (read or {}).get((show.slug, notes.number)):
                    raise _heading_error(f"{first} is the same episode; an archive has one page of each")
                outcome = save(show, record_of_page(notes, path.name), known, overwrite=overwrite)
                transaction.set_rollback(dry_run)
            return outcome

        outcome = attempt(imported, known, ValidationError)
        if read is not None:
            read[(outcome.episode.show.slug, notes.number)] = path
        complete = not dry_run
    except NotesError as error:
        raise PageError(f"{path}:{error}") from error
    except OSError as error:
        raise _page_error(path, str(error.strerror)) from error
    except AmbiguousError as error:
        raise _page_error(path, str(error)) from error
    except (ValidationError, OverflowError, DatabaseError, ObjectDoesNotExist) as error:
        raise _page_error(path, reason(error)) from error
    finally:
        if complete:
            known.learn(outcome.episode)
        else:
            known.forget()
    return outcome


def record_of_page(notes: Notes, place: str) -> Record:
    return Record(
        source=Source.NOTES,
        place=place,
        number=notes.number,
        title=notes.title,
        air_date=notes.air_date,
        duration_seconds=notes.duration_seconds or None,
        player_url=notes.player_url,
        summary=notes.summary,
        credits=tuple(Credit(credit.role, credit.name, credit.slug) for credit in notes.credits),
        placements=notes.placements,
        links=tuple(Link(link.url, link.text, link.title, link.title_kind, link.description) for link in notes.links),
        tags=notes.tags,
    )


def _page_error(path: Path, message: str) -> PageError:
    return PageError(f"{path}:{_heading_error(message)}")


def _compare_with_name(path: Path, notes: Notes) -> None:
    """A page copied from last week's whose heading was forgotten must not overwrite last week's episode."""
    match = _PAGE_NAME.fullmatch(path.name)
    if match and match[1] != notes.number:
        raise _heading_error(f"the file is {path.name}, but its heading has the number {notes.number}")


def _find_show(path: Path, notes: Notes, known: Known, *, create_shows: bool) -> Show:
    """The show of the heading's acronym; an old page without one belongs to the show of its folder."""
    folder = _show_folder(path)
    if not notes.acronym:
        show = Show.objects.filter(slug=folder.name).first()
        if show is not None:
            return show
        acronym = _acronym_of_neighbours(folder)
        if not acronym:
            raise _heading_error(f"no acronym in the heading, and no show has the slug {folder.name!r} of its folder")
        notes = replace(notes, acronym=acronym)
    show = known.show(notes.acronym)
    if show is None:
        if not create_shows:
            raise _heading_error(f"no show has the acronym {notes.acronym}; make it first, or use --create-shows")
        show = _create_show(folder.name, notes)
    return show


def _show_folder(path: Path) -> Path:
    """`archive/linux-unplugged/2018/episode-245.md` -> `archive/linux-unplugged`."""
    parent = path.absolute().parent
    return parent.parent if _YEAR.fullmatch(parent.name) else parent


def _acronym_of_neighbours(folder: Path) -> str:
    """What the first page of the folder that has an acronym prints."""
    for page in find_pages([folder]):
        with page.open("rb") as file:
            if match := _ACRONYM.match(file.readline()):
                return match[1].decode()
    return ""


def _create_show(folder: str, notes: Notes) -> Show:
    if not folder or slugify(folder) != folder:
        raise _heading_error(f"the folder {folder!r} cannot be the slug of a new show; use <show>/<year>/episode-N.md")
    if Show.objects.filter(slug=folder).exists():
        raise _heading_error(f"the show {folder!r} exists, with another acronym than {notes.acronym}")
    show = Show(slug=folder, acronym=notes.acronym, title=folder.replace("-", " ").title(), site_url=notes.site_url)
    show.full_clean()
    show.save()
    return show


def _compare_with_site(show: Show, data: bytes, notes: Notes) -> None:
    """Pages print the show's site URL; a show that has none yet takes it from its first page."""
    if not notes.site_url or notes.site_url == show.site_url:
        return
    if show.site_url:
        line = data.count(b"\n", 0, data.find(f"]({notes.site_url}/".encode())) + 1
        raise NotesError(
            line, SECTIONS["people"], f"the page's site is {notes.site_url}, the site URL of {show} is {show.site_url}"
        )
    show.site_url = notes.site_url
    show.full_clean()
    show.save(update_fields=["site_url"])


def _heading_error(message: str) -> NotesError:
    return NotesError(1, SECTIONS["heading"], message)
