"""Notes pages know no GUID. This gives imported episodes one, on purpose: a feed that had another would list them
twice. Import the old feed's first, where there is one."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from episodes import derived
from episodes.models.episode import new_guid
from lupcms.shows.commands import show_called


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Give each published episode of a show that has no GUID a new one, which it keeps for ever."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("show", metavar="SHOW", help="acronym")
        parser.add_argument("--dry-run", action="store_true", help="report what would happen, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        show = show_called(options["show"])
        with transaction.atomic():
            episodes = list(show.episodes.published().filter(guid=None).select_for_update())
            if not options["dry_run"]:
                for episode in episodes:
                    episode.guid = new_guid()
                    episode.save(update_fields=["guid"])
                    derived.touch(episode)
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was written.")
        known = show.episodes.published().count() - len(episodes)
        self.stdout.write(f"new GUIDs {len(episodes)}, known ones {known}")
