"""Numbers of downloads, as a host or a measurement exports them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from episodes.downloads import FileError, load
from lupcms.shows.commands import show_called


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Load downloads from a CSV file with the columns number, and days7 or days30 or both."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--show", required=True, metavar="ACRONYM")
        parser.add_argument("--source", required=True, metavar="NAME", help="who counted")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        show = show_called(options["show"])
        if not options["source"].strip():
            raise CommandError("Name who counted.")
        try:
            loaded = load(show, file.read_bytes(), options["source"].strip(), dry_run=options["dry_run"])
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}.") from error
        except FileError as error:
            problems = "\n".join(f"{file}, {problem}" for problem in error.problems)
            raise CommandError(f"{problems}\nNothing was written.") from error
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        self.stdout.write(str(loaded))
