"""What export_all wrote -> the same site."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from episodes.everything import RefusedError, import_all
from episodes.everything.back import step_count
from episodes.everything.folder import read_manifest


class Command(BaseCommand):
    help = (
        "Fill an empty database, and the storage of uploaded files, with what export_all wrote. All of it or nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            with tqdm(total=step_count(read_manifest(folder)), unit=" steps", disable=None) as bar:
                manifest = import_all(folder, bar.update)
        except RefusedError as error:
            raise CommandError(str(error)) from error
        for name in manifest.missing_media:
            self.stderr.write(f"{name}: named in the database, and was not among the uploaded files of the export")
        self.stdout.write(
            f"imported from {folder}: rows {sum(manifest.rows.values())}, "
            f"uploaded files {sum(name.startswith('media/') for name in manifest.files)}"
        )
