import getpass
import os
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.text import slugify

from lupcms.shows.models import Show, User

# Environment variable, question, and the field of the show.
QUESTIONS = [
    ("SITE_TITLE", "Title of the show", "title"),
    ("SITE_ACRONYM", "Acronym, as notes pages print it (A to Z)", "acronym"),
    ("SITE_HOSTNAME", "Hostname of its site, like linuxunplugged.com", "hostname"),
    ("SITE_TIME_ZONE", "Time zone, like Europe/Berlin", "time_zone"),
]


class Command(BaseCommand):
    help = "Make the first show and the first administrator; answers come from SITE_… variables or are asked for."

    def handle(self, *args: Any, **options: Any) -> None:
        if Show.objects.exists() or User.objects.exists():
            self.stdout.write("There is a site in this database already; nothing was changed. Start it: make serve")
            return
        fields = {field: self._answer(variable, question) for variable, question, field in QUESTIONS}
        if not fields["hostname"]:
            raise CommandError(
                "Nothing was made.\nhostname: write the name that the site will have; it may lead elsewhere."
            )
        username = self._answer("SITE_ADMIN", "Username of the first administrator")
        password = self._answer("SITE_ADMIN_PASSWORD", "Password", secret=True)
        slug = slugify(fields["title"]) or fields["acronym"].lower()
        show = Show(slug=slug, site_url=f"https://{fields['hostname']}", **fields)
        user = User(username=username, is_staff=True, is_superuser=True)
        user.set_password(password)
        try:
            show.full_clean()
            validate_password(password, user)
            user.full_clean()
        except ValidationError as error:
            messages = error.message_dict.items() if hasattr(error, "error_dict") else [("password", error.messages)]
            lines = [f"{field}: {' '.join(texts)}" for field, texts in messages]
            raise CommandError("Nothing was made.\n" + "\n".join(lines)) from error
        with transaction.atomic():
            show.save()
            user.save()
        self.stdout.write(
            f"Made {show} ({show.acronym}) and the administrator {username}.\n"
            f"Start it: make serve. Then http://localhost:8000/admin/ is the desk."
        )

    def _answer(self, variable: str, question: str, *, secret: bool = False) -> str:
        if variable in os.environ:
            return os.environ[variable].strip()
        if not sys.stdin.isatty():
            raise CommandError(f"{question}: set {variable}, or run this in a terminal.")
        return getpass.getpass(f"{question}: ") if secret else input(f"{question}: ").strip()
