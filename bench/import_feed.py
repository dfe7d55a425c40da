"""Import of a generated feed: CPU against parsing the same bytes with lxml, and how memory grows with the feed.

    DEBUG=true python bench/import_feed.py [ITEMS …]

The feed is that of episodes/tests/old_feeds.py: Fireside's dialect, 12 links and 12 tags an item, some 7 kB each. Every
number of items is a process and a database of its own: SQLite in a temporary folder, or DATABASE_URL, which must be
empty and is good for one number.
"""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from io import StringIO
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def cpu(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(count: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from lxml import etree

    from episodes.importers.feeds import read
    from episodes.importers.feeds.show import home_of
    from episodes.models import Episode
    from episodes.tests.old_feeds import fireside, old_episode
    from lupcms.shows.models import Show

    call_command("migrate", verbosity=0)
    show = Show.objects.create(
        slug="half-tide", acronym="HTR", title="Half-Tide Radio", site_url="https://half-tide.example"
    )
    path = Path(tempfile.mkdtemp()) / "feed.xml"
    path.write_bytes(fireside([old_episode(number) for number in range(count, 0, -1)]))
    data = path.read_bytes()
    few = fireside([old_episode(1)])

    def run() -> None:
        call_command("import_feed", str(path), "--show", "HTR", stdout=StringIO(), stderr=StringIO())

    # Everything is loaded before anything is measured.
    sum(1 for _ in read(few, home_of(show)))
    before = peak_mb()
    reading = cpu(lambda: sum(1 for _ in read(data, home_of(show))))
    after_reading = peak_mb()
    first, again = cpu(run), cpu(run)
    after_import = peak_mb()
    assert Episode.objects.count() == count
    tree = min(cpu(lambda: etree.fromstring(data)) for _ in range(5))
    print(f"\n{count} items, {len(data) / 1e6:.1f} MB, in a process of {before:.0f} MB")
    print(f"{'':28}{'CPU s':>8}{'items/s':>9}{'against lxml':>14}")
    for label, seconds in {
        "lxml, the same bytes": tree,
        "reading, without writing": reading,
        "import": first,
        "import again, unchanged": again,
    }.items():
        print(f"{label:28}{seconds:8.2f}{count / seconds:9.0f}{seconds / tree:13.0f}x")
    print(
        f"peak memory: reading {after_reading - before:+.0f} MB, all imports {after_import - before:+.0f} MB",
        flush=True,
    )


def main(counts: list[int]) -> None:
    for count in counts:
        with tempfile.TemporaryDirectory() as folder:
            database = {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3", "TMPDIR": folder} | os.environ
            settings = {"DJANGO_SETTINGS_MODULE": "lupcms.settings", "HTTPS": "false", "LOG_LEVEL": "ERROR"}
            command = [sys.executable, __file__, "--measure", str(count)]
            subprocess.run(command, check=True, cwd=ROOT, env=database | settings)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main([int(count) for count in sys.argv[1:]] or [200, 2000])
