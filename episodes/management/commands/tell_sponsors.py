"""For cron, every few minutes: what was scheduled is published by no request."""

from typing import Any

from django.core.management.base import BaseCommand

from episodes.announcements import announce


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Send mail to sponsors' recipients about spots published in the last seven days."

    def handle(self, *args: Any, **options: Any) -> None:
        told = announce()
        self.stdout.write(f"sent {told.sent}, failed {told.failed}")
        if told.failed:
            raise SystemExit(1)
