"""After an update of lupcms that makes other HTML of the same text: what is stored follows."""

from typing import Any

from django.core.management.base import BaseCommand
from tqdm import tqdm

from episodes.derived import refresh_all
from episodes.models import Episode


class Command(BaseCommand):
    requires_migrations_checks = True
    help = "Bring up to date what is stored of each episode beside its fields: HTML, first words, notes for feeds."

    def handle(self, *args: Any, **options: Any) -> None:
        looked_at = refreshed = 0
        with tqdm(total=Episode.objects.count(), unit=" episodes", disable=None) as bar:
            for some, changed in refresh_all(Episode.objects.all()):
                looked_at, refreshed = looked_at + some, refreshed + changed
                bar.update(some)
        self.stdout.write(f"looked at {looked_at}, brought up to date {refreshed}")
