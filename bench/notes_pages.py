"""Import and export of generated notes pages: pages a second, and peak memory, in one run.

    DEBUG=true python bench/notes_pages.py [PAGES]

Works in a temporary folder with an SQLite database of its own; DATABASE_URL chooses another, which must be empty.
Each step is a process of its own, as a producer would run it.
"""

import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from episodes.notes import Credit, Link, Notes, Placement, render

WORDS = "signal harbour kernel lantern patch winter compile ferry packet meadow socket drift ledger copper".split()


def make_page(number: int) -> Notes:
    """As many links, tags and people as real pages have on average: 12, 23 and 2.4."""
    pick = random.Random(number)

    def some(count: int) -> str:
        return " ".join(pick.choice(WORDS) for _ in range(count))

    links = [
        Link(f"https://{i}.example.org/{number}/{some(1)}", some(5), description=some(20) if i % 2 else "")
        for i in range(12)
    ]
    return Notes(
        acronym="BEN",
        number=f"{number:04d}",
        title=some(4),
        air_date=date(2010, 1, 5) + timedelta(days=2 * number),
        duration_seconds=3600 + number,
        summary=some(60),
        credits=tuple(Credit("host", some(2), f"host{i}") for i in range(2 + (number % 5 < 2))),
        placements=tuple(
            Placement(f"Sponsor {i}", "https://example.com/bench", some(15), "bench") for i in range(number % 4)
        ),
        links=tuple(links),
        tags=tuple(sorted({f"{some(2)} {pick.randrange(40)}" for _ in range(23)})),
        site_url="https://bench.example",
    )


def run(label: str, pages: int, *arguments: str) -> None:
    start = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", *arguments], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{label:32} {seconds:6.1f} s  {pages / seconds:6.0f} pages/s  peak so far {peak:4.0f} MB", flush=True)


def main(pages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder}/bench.sqlite3")
        source, target = Path(folder, "in"), Path(folder, "out")
        for number in range(1, pages + 1):
            notes = make_page(number)
            path = source / "bench" / str(notes.air_date.year) / f"episode-{notes.number}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(notes))
        run("migrate", pages, "migrate", "-v0")
        run("first 100 pages, for the memory", 100, "import_notes", "--create-shows", str(first(source, folder)))
        run("import", pages, "import_notes", "--create-shows", str(source))
        run("import again, all unchanged", pages, "import_notes", str(source))
        run("export", pages, "export_notes", str(target))
        subprocess.run(["diff", "-r", str(source), str(target)], check=True)
        print("the export is identical to the source")


def first(source: Path, folder: str) -> Path:
    """A folder with the first hundred pages, as links."""
    some = Path(folder, "first", "bench")
    for page in sorted(source.rglob("*.md"))[:100]:
        link = some / page.parent.name / page.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(page)
    return some.parent


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
