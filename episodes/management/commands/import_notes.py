"""Pages in the notes format -> episodes. docs/start.md says what an import may change."""

from argparse import ArgumentParser
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from episodes.importers.fields import LABELS
from episodes.importers.known import Known
from episodes.importers.notes import PageError, find_pages, import_page
from episodes.importers.record import Source
from episodes.importers.report import counted
from episodes.importers.runs import Run, importing
from lupcms.shows.commands import say, user_called


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Import show-notes pages: files, or folders that hold <show>/<year>/episode-<number>.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--create-shows", action="store_true", help="make shows whose acronym is not known yet")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")
        parser.add_argument("--overwrite", action="store_true", help="let the pages win over edits made here")
        parser.add_argument("--by", default="", metavar="USERNAME", help="who imports, as the admin will say")

    def handle(self, *args: Any, paths: list[Path], by: str, **options: Any) -> None:
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path}: there is no such file or folder.")
        chosen = {name: options[name] for name in ("create_shows", "dry_run", "overwrite")}
        known, user = Known(), user_called(by)
        origin = " ".join(map(str, paths))
        runs: dict[str, Run] = {}
        failed = 0
        pages = [(number, page) for number, path in enumerate(paths) for page in find_pages([path])]
        read: list[dict[tuple[str, str], Path]] = [{} for _ in paths]
        with ExitStack() as stack:
            for number, path in tqdm(pages, unit=" pages", disable=None):
                try:
                    outcome = import_page(path, known, read=read[number], **chosen)
                except PageError as error:
                    failed += 1
                    say(self.stderr, str(error))
                    continue
                show = outcome.episode.show
                if show.slug not in runs:
                    how = {name: chosen[name] for name in ("dry_run", "overwrite")}
                    runs[show.slug] = stack.enter_context(importing(show, Source.NOTES, origin, by=user, **how))
                runs[show.slug].took(outcome)
                for field, reason in outcome.kept.items():
                    say(self.stdout, f"{outcome.episode.code}: kept {LABELS[field]}: {reason}")
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        counts = sum((run.counts for run in runs.values()), Counter(failed=failed))
        self.stdout.write(counted(counts))
        if failed:
            raise SystemExit(1)
