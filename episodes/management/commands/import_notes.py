"""Pages in the notes format -> episodes. docs/start.md says what an import may change."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from tqdm import tqdm

from episodes.importers.known import Known
from episodes.importers.notes import PageError, find_pages, import_page
from episodes.notes.document import SECTIONS


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Import show-notes pages: files, or folders that hold <show>/<year>/episode-<number>.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--create-shows", action="store_true", help="make shows whose acronym is not known yet")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="let the pages win over edits made here")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path}: there is no such file or folder.")
        chosen = {name: options[name] for name in ("create_shows", "dry_run", "overwrite")}
        known = Known()
        counts = dict.fromkeys(("created", "updated", "unchanged", "kept", "failed"), 0)
        pages = [(number, page) for number, path in enumerate(paths) for page in find_pages([path])]
        read: list[dict[tuple[str, str], Path]] = [{} for _ in paths]
        for number, path in tqdm(pages, unit=" pages", disable=None):
            try:
                outcome = import_page(path, known, read=read[number], **chosen)
            except PageError as error:
                counts["failed"] += 1
                self._say(self.stderr, str(error))
                continue
            counts["created"] += outcome.created
            counts["updated"] += bool(outcome.updated)
            counts["kept"] += bool(outcome.kept)
            counts["unchanged"] += not (outcome.created or outcome.updated or outcome.kept)
            for section, reason in outcome.kept.items():
                self._say(self.stdout, f"{outcome.episode.code}: kept {SECTIONS[section]}: {reason}")
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        self.stdout.write(", ".join(f"{what} {count}" for what, count in counts.items()))
        if counts["failed"]:
            raise SystemExit(1)

    def _say(self, stream: OutputWrapper, line: str) -> None:
        """A line above the progress bar."""
        with tqdm.external_write_mode():
            stream.write(line)
