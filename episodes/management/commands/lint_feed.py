"""What is wrong with a feed: the one that lupcms serves of a show, a file, or one elsewhere."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from episodes.feed_health import lint
from episodes.feeds.report import counted, problems_of
from episodes.management.feeds import feed_at, file_bytes, show_with_feed


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Say what is wrong with a feed. Exits with 1 where there are errors."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "feed", metavar="SHOW|FILE|URL", help="acronym or slug of a show, the path of a file, or an address"
        )
        parser.add_argument("--previous", type=Path, metavar="FILE", help="the feed as it was, to find what changed")
        parser.add_argument("--strict", action="store_true", help="exit with 1 where there are warnings, too")

    def handle(self, *args: Any, feed: str, previous: Path | None, strict: bool, **options: Any) -> None:
        before = file_bytes(previous) if previous else None
        show = show_with_feed(feed)
        problems = problems_of(show, before) if show else lint(feed_at(feed), now=timezone.now(), previous=before)
        for problem in problems:
            self.stdout.write(str(problem))
        self.stdout.write(f"{feed}: {counted(problems)}.")
        failing = {"error", "warning"} if strict else {"error"}
        if failing & {problem.severity for problem in problems}:
            sys.exit(1)
