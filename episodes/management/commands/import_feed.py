"""The feed of another host -> episodes. docs/importing-feeds.md says what is read from where."""

from argparse import ArgumentParser
from collections import Counter
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from episodes.feed_health.reading import UnreadableError
from episodes.importers import report
from episodes.importers.feeds import Item, read
from episodes.importers.feeds import show as about_show
from episodes.importers.feeds.files import KINDS, Files
from episodes.importers.record import Source
from episodes.importers.runs import Run, importing
from episodes.management.feeds import feed_at, is_address
from lupcms.shows.commands import say, show_called, user_called


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Import an RSS or JSON feed of another host: a file, or its address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("feed", metavar="FILE|URL")
        parser.add_argument("--show", required=True, metavar="ACRONYM", help="the show whose feed it is")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="let the feed win over edits made here")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who imports, as the admin will say")
        parser.add_argument("--fetch", action="store_true", help="also get pictures, chapters and transcripts named")
        parser.add_argument("--report", action="store_true", help="print every difference, field by field")

    def handle(self, *args: Any, feed: str, by: str, **options: Any) -> None:
        show, user = show_called(options["show"]), user_called(by)
        overwrite, dry_run = options["overwrite"], options["dry_run"]
        try:
            found = read(feed_at(feed), about_show.home_of(show))
        except UnreadableError as error:
            raise CommandError(f"{feed}: {error}") from error
        say(self.stderr, *(f"{feed}: {doubt}" for doubt in found.doubts))
        with importing(show, found.source, feed, by=user, overwrite=overwrite, dry_run=dry_run) as run:
            # A podcast's GUID is that of its RSS feed.
            at = (feed if is_address(feed) else found.said.feed_url) if found.source == Source.RSS else ""
            differences = about_show.take(show, found.said, feed_url=at, overwrite=overwrite, dry_run=dry_run)
            # Nothing is asked for that would be thrown away.
            files = Files(show, asks=options["fetch"] and not dry_run)
            differences += files.take_artwork(found.said)
            run.tell_of_show(differences)
            if options["report"]:
                say(self.stdout, *report.of_differences(asdict(one) for one in differences))
            for item in tqdm(found, unit=" items", disable=None):
                self._take(item, run, files, tell_all=options["report"])
        say(self.stderr, *files.failures)
        if files.asks:
            self.stdout.write(f"fetched: {_counted(files.stored)}; files that did not come {len(files.failures)}")
        elif files.missing:
            self.stdout.write(f"Named by the feed and not fetched: {_counted(files.missing)}. --fetch gets them.")
        if dry_run:
            self.stdout.write("A dry run: nothing was written.")
        elif run.row is not None:
            self.stdout.write("The admin has every difference, under Imports.")
        self.stdout.write(report.counted(run.counts))
        if run.counts["failed"]:
            raise SystemExit(1)

    def _take(self, item: Item, run: Run, files: Files, *, tell_all: bool) -> None:
        entry = run.take(files.with_chapters(item))
        if entry.episode or run.dry_run:
            files.store_transcripts(item, entry.episode)
            if filled := files.store_artwork(item.record, entry.episode):
                run.tell_more(entry, filled)
        if tell_all and (entry.differences or entry.verdict != "unchanged"):
            say(self.stdout, *report.of_entry(entry))
        elif entry.verdict in ("failed", "ambiguous"):
            say(self.stderr, *report.of_entry(entry))


def _counted(files: Counter[str]) -> str:
    return ", ".join(f"{kind} {files[kind]}" for kind in KINDS)
