"""For cron, every few minutes: what was scheduled is published by no request, and a hub may have been away."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from episodes.feeds import websub


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Tell the WebSub hubs of shows on which an episode became public in the last minutes, and those still owed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--minutes", type=int, default=10, help="How often cron calls this, or a little more.")

    def handle(self, *args: Any, **options: Any) -> None:
        new = websub.owe_the_newest(options["minutes"])
        self.stdout.write(f"shows with something new: {new}, hubs told: {websub.pay()}")
