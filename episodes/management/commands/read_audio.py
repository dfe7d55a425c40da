"""Imports bring addresses of audio without all that feeds say of it. The servers that have it know."""

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from episodes import audio_elsewhere
from episodes.feeds import websub
from lupcms.shows.commands import show_called
from lupcms.shows.fetch import Unreachable


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Read size, type and duration of a show's audio that is kept elsewhere, where they are not known yet."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("show", metavar="SHOW", help="acronym")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        show = show_called(options["show"])
        if not settings.ASK_OTHER_SERVERS:
            raise CommandError("ASK_OTHER_SERVERS is false: nothing is asked.")
        counts: Counter[str] = Counter()
        for episode in tqdm(audio_elsewhere.unread(show), unit="episode", disable=None):
            try:
                found = audio_elsewhere.read(episode.enclosure_url)
            except Unreachable as reason:
                counts["not reached"] += 1
                self.stderr.write(f"{episode.code}: {reason}")
                continue
            filled = audio_elsewhere.keep(episode, found, dry_run=options["dry_run"])
            counts["read" if filled else "nothing new"] += 1
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        elif counts["read"]:
            websub.changed(show)
        names = ("read", "nothing new", "not reached")
        self.stdout.write(", ".join(f"{name} {counts[name]}" for name in names))
