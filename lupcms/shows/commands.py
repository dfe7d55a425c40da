"""What commands ask of their arguments, and how they speak."""

from django.core.management.base import CommandError, OutputWrapper
from django.db.models import Q
from tqdm import tqdm

from lupcms.shows.models import Show, User


def show_named(name: str) -> Show | None:
    """By its acronym or its slug."""
    return Show.objects.filter(Q(acronym=name) | Q(slug=name)).first()


def show_called(name: str) -> Show:
    """As `show_named`. Raises CommandError."""
    show = show_named(name)
    if show is None:
        raise CommandError(f"No show has the acronym or slug {name}.")
    return show


def user_called(username: str) -> User | None:
    """Who is named with --by; nobody for "". Raises CommandError."""
    if not username:
        return None
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f"There is no account {username}: make one in the admin, under Users.")
    return user


def say(stream: OutputWrapper, *lines: str) -> None:
    """Above the progress bar, where there is one."""
    with tqdm.external_write_mode():
        for line in lines:
            stream.write(line)
