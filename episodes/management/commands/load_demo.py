import os
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from episodes import demo
from lupcms.shows.models import Show, User


class Command(BaseCommand):
    help = "Fill an empty database with the demo. Its accounts have a known password: DEMO=true must say so."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("This is not a demo (DEMO is not true), and demo accounts are for demos only.")
        if not User.objects.exists() and not Show.objects.exists():
            self.stdout.write(f"Loaded {demo.load()} episodes.")
        port = os.environ.get("PORT", "8000")
        lines = ["", "lupcms, the demo:"]
        lines += [f"  http://{show.slug}.localhost:{port}/  {show.title}" for show in Show.objects.order_by("pk")]
        lines += [f"  {settings.NETWORK_URL}/  all shows"] if settings.NETWORK_URL else []
        lines += [
            f"  http://localhost:{port}/245  the page that started it, and http://localhost:{port}/245.md",
            f"  http://half-tide-radio.localhost:{port}{demo.STATEMENT}  a sponsor’s private page",
            f"  http://localhost:{port}/admin/  the desk; password of every account: {demo.PASSWORD}",
        ]
        for username, role, slug in demo.ACCOUNTS:
            lines.append(f"    {username}: {f'{role.label} of {slug}' if role else 'administrator'}")
        self.stdout.write("\n".join([*lines, "Stop with Ctrl-C.", ""]))
