"""The folder of an old website -> episodes, people and sponsors. docs/importing-a-website.md says what is read."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from tqdm import tqdm

from episodes.importers import report
from episodes.importers.fields import Did, Difference
from episodes.importers.record import Record, Source
from episodes.importers.runs import Run, importing, reason
from episodes.importers.site import Failure, Site
from episodes.importers.site.fill import Pictures, fill_people, fill_sponsors, make_known
from episodes.importers.site.front_matter import FrontMatterError
from lupcms.shows.commands import say, show_called, user_called
from lupcms.shows.models import Show

NO_FIELD = "nothing here holds it"


@dataclass(slots=True)
class _Named:
    """What the pages of a show name: people, sponsors, and keys that nothing here holds."""

    usernames: set[str] = field(default_factory=set)
    sponsors: set[str] = field(default_factory=set)
    unused: Counter[str] = field(default_factory=Counter)
    # How many of them were read with a doubt.
    doubtful: int = 0


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Import a website's folder: show/<show>/<number>.md, people/ and sponsors/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--show", default="", metavar="ACRONYM", help="only this show; otherwise all in the folder")
        parser.add_argument("--create-shows", action="store_true", help="make shows whose slug is not known yet")
        parser.add_argument("--all-people", action="store_true", help="also people and sponsors whom no episode names")
        parser.add_argument("--static", type=Path, metavar="DIR", help="where the old site's pictures are")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="let the website win over edits made here")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who imports, as the admin will say")
        parser.add_argument("--report", action="store_true", help="print every difference, field by field")

    def handle(self, *args: Any, folder: Path, by: str, **options: Any) -> None:
        user = user_called(by)
        if not folder.is_dir():
            raise CommandError(f"{folder}: there is no such folder.")
        site = Site(folder)
        slugs = self._slugs(site, options["show"], create_shows=options["create_shows"])
        pictures = Pictures(site.root / "static", *filter(None, [options["static"]]))
        say(self.stderr, *(f"{place}: {message}" for place, message in site.failures), *site.remarks)
        counts: Counter[str] = Counter(failed=len(site.failures))
        doubtful = 0
        for slug in slugs:
            with self._show(site, slug, dry_run=options["dry_run"]) as show:
                chosen = {name: options[name] for name in ("overwrite", "dry_run")}
                with importing(show, Source.SITE, str(folder), by=user, **chosen) as run:
                    named = self._episodes(run, site, slug, full=options["report"])
                    differences = self._others(run, site, named, pictures, all_people=options["all_people"])
                counts.update(run.counts)
                doubtful += named.doubtful
                if options["report"]:
                    say(self.stdout, *report.of_differences(asdict(one) for one in differences))
                if len(slugs) > 1:
                    say(self.stdout, f"{show}: {report.counted(run.counts)}")
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        if doubtful:
            self.stdout.write(f"Doubtful: {doubtful}. --report and the admin say why.")
        if site.unused:
            self.stdout.write(f"Not taken, as {NO_FIELD}: {_listed(site.unused)}")
        self.stdout.write(report.counted(counts))
        if counts["failed"]:
            raise SystemExit(1)

    def _slugs(self, site: Site, acronym: str, *, create_shows: bool) -> list[str]:
        found = site.show_slugs()
        if acronym:
            slug = show_called(acronym).slug
            if slug not in found:
                raise CommandError(f"{site.root}: there is no page in show/{slug}/, which is the slug of {acronym}.")
            return [slug]
        if not found:
            raise CommandError(f"{site.root}: there is no page like show/<show>/0245.md.")
        known = set(Show.objects.filter(slug__in=found).values_list("slug", flat=True))
        unknown = [slug for slug in found if slug not in known]
        if unknown and not create_shows:
            raise CommandError(
                f"No show has the slug {', '.join(unknown)}: make it, use --create-shows, or name one with --show."
            )
        return found

    @contextmanager
    def _show(self, site: Site, slug: str, *, dry_run: bool) -> Iterator[Show]:
        show = Show.objects.filter(slug=slug).first()
        if show is not None:
            yield show
            return
        with transaction.atomic():
            try:
                show = _made(site, slug)
            except (ValidationError, FrontMatterError) as error:
                why = reason(error) if isinstance(error, ValidationError) else str(error)
                raise CommandError(f"{site.root}/show/{slug}/_index.md: {why}") from error
            say(self.stdout, f"Made the show {show} with the acronym {show.acronym}: look at its form.")
            if dry_run:
                yield show
                transaction.set_rollback(True)
        if not dry_run:
            yield show

    def _episodes(self, run: Run, site: Site, slug: str, *, full: bool) -> _Named:
        named, before = _Named(), Counter(site.unused)
        pages = site.records(slug, run.show.acronym)
        for found in tqdm(pages, total=len(site.pages(slug)), desc=slug, unit=" pages", disable=None):
            if isinstance(found, Record):
                entry = run.take(found)
                named.doubtful += bool(found.doubts)
                named.usernames |= {credit.slug for credit in found.credits}
                named.sponsors |= {placement.name for placement in found.placements}
            elif isinstance(found, Failure):
                entry = run.fail(found.place, found.message)
            else:
                say(self.stdout, f"{found.place}: left out: {found.why}")
                continue
            if full and (entry.differences or entry.verdict != "unchanged"):
                say(self.stdout, *report.of_entry(entry))
            elif entry.verdict in ("failed", "ambiguous"):
                say(self.stderr, *report.of_entry(entry))
        named.unused = site.unused - before
        return named

    def _others(self, run: Run, site: Site, named: _Named, pictures: Pictures, *, all_people: bool) -> list[Difference]:
        """People and sponsors, and what no field holds."""
        people = [one for one in site.people.values() if all_people or one.username in named.usernames]
        sponsors = [one for one in site.sponsors.values() if all_people or one.name in named.sponsors]
        if all_people and not run.dry_run:
            make_known(run.show, people, sponsors)
        differences = [
            *fill_people(run.show, people, pictures, dry_run=run.dry_run),
            *fill_sponsors(sponsors, dry_run=run.dry_run),
        ]
        if named.unused:
            differences.append(Difference("other keys of pages", Did.KEPT, "", _listed(named.unused), NO_FIELD))
        run.tell_of_show(differences)
        return differences


def _listed(unused: Counter[str]) -> str:
    return ", ".join(f"{key} ({count})" for key, count in sorted(unused.items()))


def _made(site: Site, slug: str) -> Show:
    """By its own page; a site knows no acronym, so one is made of what it knows."""
    said = site.show_said(slug)
    acronym = base = site.acronym_in_use(slug) or "SHOW"
    for letter in _letters():
        if not Show.objects.filter(acronym=acronym).exists():
            break
        acronym = base + letter
    show = Show(slug=slug, acronym=acronym, title=slug.replace("-", " ").title())
    if said is not None:
        show.title = said.title or show.title
        show.description, show.site_url = said.description, said.site_url
    show.full_clean()
    show.save()
    return show


def _letters() -> Iterable[str]:
    """A, B, …, AA: what an acronym that is taken already ends in."""
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    yield from last
    yield from (first + second for first in last for second in last)
