"""Whether apps will take a new feed for the old one: docs/moving.md."""

import sys
from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from episodes.feed_comparison import Listing, compare, read
from episodes.feed_health.comparing import FATAL, KINDS, Change, Kind
from episodes.feed_health.reading import UnreadableError
from episodes.management.feeds import feed_called

# What is said of each only with `--all`: it harms nobody, and a move may change it in every item.
_REMARKS: frozenset[Kind] = frozenset(("new", "prefix", "title", "duration"))


class Command(BaseCommand):
    requires_migrations_checks = True
    help = (
        "Say what of a new feed is not as apps know it from the old one. Exits with 1 where they would deliver an "
        "episode again, or lose one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        feed = "the path of a file, an address, or the acronym of a show; RSS or JSON Feed"
        parser.add_argument("old", metavar="OLD", help=feed)
        parser.add_argument("new", metavar="NEW", help=feed)
        parser.add_argument("--audio-moved", action="store_true", help="the audio has new addresses, on purpose")
        parser.add_argument("--all", action="store_true", help="name each item also where titles and such differ")

    def handle(self, *args: Any, old: str, new: str, audio_moved: bool, **options: Any) -> None:
        was, now = _listing(old), _listing(new)
        changes = compare(was, now)
        fatal = FATAL - {"audio"} if audio_moved else FATAL
        quiet = _REMARKS - fatal | ({"audio"} - fatal)
        for change in changes:
            if options["all"] or change.kind not in quiet:
                self.stdout.write(" ".join(str(change).split()))
        self.stdout.write(f"{old}: {_size(was)}. {new}: {_size(now)}. {_counted(changes)}.")
        if any(change.kind in fatal for change in changes):
            self.stdout.write("Apps would deliver episodes again, or lose some: mend this before the feed moves.")
            sys.exit(1)
        self.stdout.write("Apps take the new feed for the old one.")


def _listing(called: str) -> Listing:
    try:
        return read(feed_called(called))
    except UnreadableError as wrong:
        raise CommandError(f"{called}: {wrong}") from wrong


def _size(listing: Listing) -> str:
    """What has neither GUID nor audio is an episode to no app, and is never compared."""
    unknown = sum(not entry.identity for entry in listing.entries)
    return f"{len(listing.entries)} items{f', {unknown} of them with neither GUID nor audio' if unknown else ''}"


def _counted(changes: list[Change]) -> str:
    """`1 lost, 3 title`, or what there is to say where nothing differs."""
    counts = Counter(change.kind for change in changes)
    return ", ".join(f"{counts[kind]} {kind}" for kind in KINDS if counts[kind]) or "Nothing differs"
