"""The feed of a show with generated episodes: CPU, memory, bytes, against writing the same bytes from memory.

    DEBUG=true python bench/feed.py [EPISODES …]

Each number of episodes is a process and a database of its own: SQLite in a temporary folder, or DATABASE_URL, which
must be empty and is good for one number. An episode is that of bench/notes_pages.py, with 12 links, 2.4 people and
23 tags, and has audio, six chapters and a transcript.
"""

import gzip
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]
ROUNDS = 5


def fill(count: int) -> None:
    from django.core.management import call_command
    from notes_pages import make_page

    from episodes.importers.known import Known
    from episodes.importers.notes import record_of_page
    from episodes.importers.save import save
    from episodes.models import Chapter, Episode, Transcript
    from lupcms.shows.models import Show

    call_command("migrate", verbosity=0)
    show = Show.objects.create(
        slug="bench", acronym="BEN", title="Bench", site_url="https://bench.example", description="Generated."
    )
    known = Known()
    for number in range(1, count + 1):
        save(show, record_of_page(make_page(number), "page"), known)
    episodes = list(Episode.objects.all())
    for episode in episodes:
        episode.guid = f"00000000-0000-4000-8000-{episode.pk:012}"
        episode.enclosure_url = f"https://audio.example/{episode.number}.mp3"
        episode.enclosure_length, episode.enclosure_type = 50_000_000 + episode.pk, "audio/mpeg"
    Episode.objects.bulk_update(episodes, ["guid", "enclosure_url", "enclosure_length", "enclosure_type"], 200)
    Chapter.objects.bulk_create(
        Chapter(episode=episode, starts_at_seconds=600 * n, title=f"Chapter {n}")
        for episode in episodes
        for n in range(6)
    )
    cues = [[1000 * n, 1000 * n + 900, "Ann", "Something that is said."] for n in range(200)]
    Transcript.objects.bulk_create(Transcript(episode=e, language="en", format="vtt", cues=cues) for e in episodes)


def cpu_ms(work: Callable[[], object]) -> float:
    """The best of several rounds."""
    rounds = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        rounds.append(time.process_time() - start)
    return 1000 * min(rounds)


def measure(count: int) -> None:
    import django

    django.setup()
    fill(count)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from episodes.feeds import podcast_rss
    from episodes.feeds.content import channel_of, episodes_of, items_of
    from lupcms.shows.models import Show

    show = Show.objects.get()
    client = Client(headers={"host": "bench.localhost"})

    def build() -> bytes:
        episodes = episodes_of(show.episodes.all())
        return podcast_rss.render(channel_of(show, episodes), items_of(episodes))

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    body = build()
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    episodes = episodes_of(show.episodes.all())
    channel, items = channel_of(show, episodes), items_of(episodes)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get("/rss")
    assert answer.content == body
    tag = answer["ETag"]
    yardstick = cpu_ms(lambda: [BytesIO().write(body) for _ in range(100)]) / 100
    print(
        f"\n{count} episodes: {len(body):,} bytes, {len(gzip.compress(body, 6)):,} compressed, {len(queries)} queries"
    )
    print(f"the first build took {grown:.0f} MB more than the process had ({before / 1024:.0f} MB)")
    print(f"{'':36}{'CPU ms':>9}{'against writing the bytes from memory':>40}")
    for label, work in {
        "writing the same bytes from memory": None,
        "rendering what is loaded": lambda: podcast_rss.render(channel, items),
        "loading and rendering": build,
        "GET /rss": lambda: client.get("/rss"),
        "GET /rss, compressed": lambda: client.get("/rss", headers={"accept-encoding": "gzip"}),
        "GET /rss, 304": lambda: client.get("/rss", headers={"if-none-match": tag}),
        "GET /json": lambda: client.get("/json"),
    }.items():
        ms = cpu_ms(work) if work else yardstick
        print(f"{label:36}{ms:9.2f}{ms / yardstick:39.0f}x", flush=True)


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            database = {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"} | os.environ
            settings = {"DJANGO_SETTINGS_MODULE": "lupcms.settings", "HTTPS": "false", "LOG_LEVEL": "ERROR"}
            command = [sys.executable, __file__, "--measure", str(count)]
            subprocess.run(command, check=True, cwd=ROOT, env=database | settings)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or [650, 2000])
