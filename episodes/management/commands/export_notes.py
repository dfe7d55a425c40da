"""Episodes -> pages in the notes format."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from episodes.exporters.notes import export
from episodes.models import Episode
from lupcms.shows.commands import say, show_called


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Write show-notes pages to DIR/<show>/<year>/episode-<number>.md, from the database alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--show", metavar="ACRONYM", help="this show only")
        parser.add_argument("--drafts", action="store_true", help="drafts and scheduled episodes too")

    def handle(self, *args: Any, folder: Path, show: str | None, drafts: bool, **options: Any) -> None:
        episodes = Episode.objects.with_entries().order_by("show__slug", "pk")
        if show is not None:
            episodes = episodes.filter(show=show_called(show))
        if not drafts:
            episodes = episodes.published()
        written = failed = 0
        for result in tqdm(export(episodes, folder), total=episodes.count(), unit=" pages", disable=None):
            for problem in result.problems:
                say(self.stderr, f"{result.episode.code}: not written: {problem}")
            if result.not_on_the_page:
                lost = ", ".join(result.not_on_the_page)
                say(self.stdout, f"{result.episode.code}: not on the page: {lost}")
            written += result.path is not None
            failed += result.path is None
        self.stdout.write(f"written {written}, failed {failed}")
        if failed:
            raise SystemExit(1)
