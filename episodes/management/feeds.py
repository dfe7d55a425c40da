"""The feed that somebody names in a command."""

from pathlib import Path

from django.core.management.base import CommandError
from django.db.models import Q

from episodes.feed_health.reading import MAX_BYTES
from episodes.feeds.report import feed_bytes
from lupcms.shows.fetch import Unreachable, fetch
from lupcms.shows.models import Show

# A feed of fifteen years has ten megabytes, and an old host may take its time to make it.
SECONDS = 120


def feed_called(name: str) -> bytes:
    """Of the show with this acronym or slug, else of an address, else of a file."""
    show = Show.objects.filter(Q(acronym=name) | Q(slug=name)).first()
    if show is not None:
        if not show.site_url:
            raise CommandError(f"{show} has no site URL, and so no feed.")
        return feed_bytes(show)
    if name.startswith(("https://", "http://")):
        return _fetched(name)
    if not Path(name).exists():
        raise CommandError(f"There is no show and no file {name}.")
    return file_bytes(Path(name))


def file_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def _fetched(url: str) -> bytes:
    try:
        # One byte more than is read tells that there are too many.
        answer = fetch(url, seconds=SECONDS, limit=MAX_BYTES + 1)
    except Unreachable as why:
        raise CommandError(f"{url} was not read: {why}.") from why
    if answer.status != 200:
        raise CommandError(f"{url} answers {answer.status}: look at it in a browser, and save the feed as a file.")
    return answer.body
