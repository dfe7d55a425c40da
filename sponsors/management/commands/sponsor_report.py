from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Q

from lupcms.shows.commands import show_called
from lupcms.shows.models import Show, earliest_day
from sponsors.models import Sponsor
from sponsors.reports import COLUMNS, csv_of, last_month, report, table

PRINTED = ("aired on", "episode", "state", "name", "promo code", "clicks")


class Command(BaseCommand):
    help = "What ran for a sponsor, on all shows or one: the rows of its private page. Without dates: last month."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("sponsor", help="name or slug")
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, help="first day, like 2026-10-01; alone: until today"
        )
        parser.add_argument(
            "--to", dest="last", type=date.fromisoformat, help="last day; alone: from the first of its month"
        )
        parser.add_argument("--show", help="acronym of one show")
        parser.add_argument("--csv", action="store_true", help="everything, for a spreadsheet")

    def handle(self, *args: Any, **options: Any) -> None:
        known = Sponsor.objects.filter(Q(slug=options["sponsor"]) | Q(name=options["sponsor"]))
        sponsor = known.first()
        if sponsor is None:
            raise CommandError(f"No sponsor is called “{options['sponsor']}”: give its name or its slug.")
        shows = Show.objects.all()
        if options["show"]:
            shows = shows.filter(pk=show_called(options["show"]).pk)
        today = earliest_day(shows)
        first, last = last_month(today)
        if options["first"] or options["last"]:
            # From a day until today, or until a day from the first of its month.
            last = options["last"] or today
            first = options["first"] or last.replace(day=1)
        if last < first:
            raise CommandError("The period ends before it begins.")
        found = report(sponsor, shows, first, last)
        if options["csv"]:
            self.stdout.write(csv_of(found), ending="")
            return
        rows = [[row[COLUMNS.index(name)] for name in PRINTED] for row in table(found)]
        widths = [max(len(cell) for cell in column) for column in zip(PRINTED, *rows, strict=True)]
        for row in [PRINTED, *rows]:
            self.stdout.write("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        self.stdout.write(f"{sponsor}, {first} to {last}: {len(found.rows)} spots, {len(found.scheduled)} scheduled.")
