"""What commands ask of their arguments."""

from django.core.management.base import CommandError

from lupcms.shows.models import Show, User


def show_called(acronym: str) -> Show:
    show = Show.objects.filter(acronym=acronym).first()
    if show is None:
        raise CommandError(f"No show has the acronym {acronym}.")
    return show


def user_called(username: str) -> User | None:
    """Who is named with --by; nobody for "". Raises CommandError."""
    if not username:
        return None
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no account {username}: make one in the admin, under Users.")
    return user
