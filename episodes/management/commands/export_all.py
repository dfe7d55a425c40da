"""The whole site -> a folder. docs/everything-out.md says what is in it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from episodes.everything import RefusedError, export_all
from episodes.everything.out import step_count


class Command(BaseCommand):
    help = "Write everything that this site is into a new or empty folder, for a backup or a move: see import_all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            with tqdm(total=step_count(), unit=" steps", disable=None) as bar:
                written = export_all(folder, bar.update)
        except RefusedError as error:
            raise CommandError(str(error)) from error
        for code, problem in written.no_page:
            self.stderr.write(f"{code}: no notes page: {problem}")
        for name in written.manifest.missing_media:
            self.stderr.write(f"{name}: named in the database, and not in the storage of uploaded files")
        self.stdout.write(
            f"written to {folder}: rows {sum(written.manifest.rows.values())}, pages {written.pages}, "
            f"feeds {written.feeds}, uploaded files {written.media}\n"
            "It holds drafts, private addresses and password hashes. Only you can read it (0700): keep it so. "
            "SECRET_KEY and the other settings are not in it."
        )
