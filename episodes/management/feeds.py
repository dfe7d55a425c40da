"""The feed that somebody names in a command."""

from pathlib import Path

from django.core.management.base import CommandError

from episodes.feed_health.reading import MAX_BYTES
from episodes.feeds.report import feed_bytes
from lupcms.shows.commands import show_named
from lupcms.shows.fetch import Unreachable, fetch
from lupcms.shows.models import Show

# A feed of fifteen years has ten megabytes, and an old host may take its time to make it.
SECONDS = 120


def feed_called(name: str) -> bytes:
    """Of the show with this acronym or slug, else of an address, else of a file."""
    show = show_with_feed(name)
    return feed_bytes(show) if show else feed_at(name)


def show_with_feed(name: str) -> Show | None:
    """The show with this acronym or slug; None where the name is an address or a file's. Raises CommandError."""
    show = show_named(name)
    if show and not show.site_url:
        raise CommandError(f"{show} has no site URL, and so no feed.")
    if not (show or is_address(name) or Path(name).exists()):
        raise CommandError(f"There is no show and no file {name}.")
    return show


def is_address(place: str) -> bool:
    return place.startswith(("https://", "http://"))


def feed_at(place: str) -> bytes:
    """Of an address, else of a file."""
    return _fetched(place) if is_address(place) else file_bytes(Path(place))


def file_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            # Who reads them refuses what is larger, and says so.
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}.") from error


def _fetched(url: str) -> bytes:
    try:
        answer = fetch(url, seconds=SECONDS, limit=MAX_BYTES + 1)
    except Unreachable as why:
        raise CommandError(f"{url} was not read: {why}. Save the feed as a file, and name that.") from why
    if answer.status != 200:
        raise CommandError(f"{url} answers {answer.status}: look at it in a browser, and save the feed as a file.")
    return answer.body
