"""What commands ask of their arguments."""

from django.core.management.base import CommandError

from lupcms.shows.models import Show


def show_called(acronym: str) -> Show:
    show = Show.objects.filter(acronym=acronym).first()
    if show is None:
        raise CommandError(f"No show has the acronym {acronym}.")
    return show
