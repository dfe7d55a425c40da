"""What is wrong with a feed: the one that lupcms serves of a show, or a file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q
from django.utils import timezone

from episodes.feed_health import lint
from episodes.feeds.report import counted, problems_of
from episodes.management.feeds import file_bytes
from lupcms.shows.models import Show


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Say what is wrong with a feed. Exits with 1 where there are errors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("feed", metavar="SHOW|FILE", help="acronym or slug of a show, or the path of a file")
        parser.add_argument("--previous", type=Path, metavar="FILE", help="the feed as it was, to find what changed")
        parser.add_argument("--strict", action="store_true", help="exit with 1 where there are warnings, too")

    def handle(self, *args: Any, feed: str, previous: Path | None, strict: bool, **options: Any) -> None:
        before = file_bytes(previous) if previous else None
        show = Show.objects.filter(Q(acronym=feed) | Q(slug=feed)).first()
        if show:
            if not show.site_url:
                raise CommandError(f"{show} has no site URL, and so no feed.")
            problems = problems_of(show, before)
        elif Path(feed).exists():
            problems = lint(file_bytes(Path(feed)), now=timezone.now(), previous=before)
        else:
            raise CommandError(f"There is no show and no file {feed}.")
        for problem in problems:
            self.stdout.write(str(problem))
        self.stdout.write(f"{feed}: {counted(problems)}.")
        failing = {"error", "warning"} if strict else {"error"}
        if failing & {problem.severity for problem in problems}:
            sys.exit(1)
