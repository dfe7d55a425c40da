"""A site -> a folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from episodes import network
from episodes.everything import keys, media, tables
from episodes.everything.folder import Manifest, Tick, private, seal, unwatched, within
from episodes.everything.made_by import applied_migrations, version
from episodes.exporters.notes import Written as Page
from episodes.exporters.notes import export
from episodes.feeds import json_feed, opml
from episodes.feeds.content import channel_of, episodes_of, items_of
from episodes.feeds.report import feed_bytes
from episodes.models import Episode
from lupcms.shows.models import Show


@dataclass(frozen=True, slots=True)
class Written:
    manifest: Manifest
    pages: int
    feeds: int
    media: int
    # Episodes without a page, with the reasons.
    no_page: list[tuple[str, str]]


def step_count() -> int:
    """How often `export_all` ticks: for each row, each episode's page and each uploaded file."""
    rows = sum(tables.rows(model).count() for model in tables.all_tables())
    return rows + Episode.objects.count() + sum(1 for _ in media.stored())


def export_all(folder: Path, tick: Tick = unwatched) -> Written:
    """Into a new or empty folder, which is empty again if anything fails. Raises RefusedError."""
    every = tables.all_tables()
    with private(folder):
        with _one_moment():
            migrations = applied_migrations()
            rows = {tables.label(it): tables.write(it, within(folder, tables.file_of(it)), tick) for it in every}
            last_keys = keys.last_keys(every)
            named = media.named(every)
            pages, no_page = _write_pages(folder / "notes", tick)
            feeds = sum(_write_feeds(folder))
        # Files come and stay, so those that were there at that moment are there still.
        stored = list(media.stored())
        for name in stored:
            media.write(name, folder)
            tick(1)
        manifest = seal(
            folder,
            lupcms=version(),
            written_at=timezone.now().isoformat(),
            migrations=migrations,
            rows=rows,
            last_keys=last_keys,
            missing_media=sorted(named - set(stored)),
        )
    return Written(manifest, pages, feeds, len(stored), no_page)


@contextmanager
def _one_moment() -> Iterator[None]:
    """What is read in it is the database of one moment, and nobody who writes waits for it."""
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "sqlite":
        # Its transactions take the writers' lock when they begin; one that only reads needs none.
        sqlite: Any = connection
        # To connect sets the mode from the settings.
        sqlite.ensure_connection()
        mode, sqlite.transaction_mode = sqlite.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            sqlite.transaction_mode = mode
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _write_pages(folder: Path, tick: Tick) -> tuple[int, list[tuple[str, str]]]:
    """Drafts too. The number of pages, and episodes without one."""
    found: list[Page] = []
    written = 0
    for page in export(Episode.objects.with_entries().order_by("show__slug", "pk"), folder):
        written += page.path is not None
        if page.path is None:
            found.append(page)
        tick(1)
    return written, [(page.episode.code, problem) for page in found for problem in page.problems]


def _write_feeds(folder: Path) -> Iterator[bool]:
    """As `/rss`, `/json` and `/opml` answer. True for each."""
    for show in Show.objects.exclude(site_url=""):
        episodes = episodes_of(show.episodes.all())
        json = json_feed.render(channel_of(show, episodes), items_of(episodes))
        within(folder, f"feeds/{show.slug}/feed.json").write_bytes(json)
        yield True
        within(folder, f"feeds/{show.slug}/rss.xml").write_bytes(feed_bytes(show))
        yield True
    within(folder, "feeds/shows.opml").write_bytes(opml.render(settings.SITE_NAME, network.shows()))
    yield True
