"""The form of a large episode, and the start page: CPU and queries, against opening an empty one in the same run.

    DEBUG=true python bench/desk.py [LINKS]

122 links, half of them with a description, 14 people and 5 sponsors, and three other shows of 1,000 episodes each. In
an SQLite database in a temporary folder, or in DATABASE_URL, which must be empty.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import date
from functools import partial
from itertools import count
from pathlib import Path

import lxml.html

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]


def fill(links: int) -> tuple[str, str]:
    """Paths of the forms of an empty episode and of a large one, whose history has begun."""
    from django.core.management import call_command

    from episodes.importers.known import Known
    from episodes.importers.notes import record_of_page
    from episodes.importers.save import save
    from episodes.models import Episode
    from episodes.notes import Credit, Link, Notes, Placement
    from lupcms.shows.models import Show, User

    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    show = Show.objects.create(slug="bench", acronym="BEN", title="Bench", site_url="https://bench.example")
    User.objects.create(username="bench", is_staff=True, is_superuser=True)
    empty = Episode.objects.create(show=show, number="0001", title="Empty")
    notes = Notes(
        acronym="BEN",
        number="0002",
        title="Large",
        air_date=date(2026, 11, 3),
        duration_seconds=3600,
        links=tuple(
            Link(f"https://{n}.example.org/a/b", f"Page {n}", description="What it says there. " * (n % 2))
            for n in range(links)
        ),
        credits=tuple(Credit("host", f"Host {n}", f"host{n}") for n in range(14)),
        placements=tuple(Placement(f"Sponsor {n}", "https://example.com", "Some words.", "CODE") for n in range(5)),
        site_url="https://bench.example",
    )
    large = save(show, record_of_page(notes, "page"), Known()).episode
    for acronym in ("ONE", "TWO", "TRE"):
        other, day = Show.objects.create(slug=acronym.lower(), acronym=acronym, title=acronym), date(2024, 1, 1)
        of_day = {"show": other, "air_date": day, "published_at": other.midnight(day), "summary": "Words. " * 200}
        Episode.objects.bulk_create(Episode(number=f"{n}", slug=f"{n}", **of_day) for n in range(1000))
    return f"/admin/episodes/episode/{empty.pk}/change/", f"/admin/episodes/episode/{large.pk}/change/"


def measure(links: int) -> None:
    import django
    from django.conf import settings

    django.setup()
    settings.DEBUG = False  # It would remember every query.
    paths = fill(links)
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext
    from feed import cpu_ms

    from episodes.models import Episode, history
    from lupcms.shows.models import User

    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get())
    texts = (f"Changed {n}" for n in count())

    def post(path: str, values: dict[str, str], changed: str = "") -> None:
        """Seven of the queries are the browser's, which has opened the form before each save."""
        change = {changed: next(texts)} if changed else {}
        change["seen"] = history.fingerprint(Episode.objects.get(pk=path.split("/")[-3]))
        assert client.post(path, {**values, **change, "_save": "Save"}).status_code == 302

    yardstick = 0.0

    def print_row(label: str, work: Callable[[], object]) -> None:
        nonlocal yardstick
        work()
        with CaptureQueriesContext(connection) as queries:
            work()
        asked, ms = len(queries), cpu_ms(work)
        yardstick = yardstick or ms
        print(f"{label:40}{ms:9.0f}{asked:9}{ms / yardstick:29.1f}x", flush=True)

    print(f"\n{links} links, 14 people, 5 sponsors")
    print(f"{'':40}{'CPU ms':>9}{'queries':>9}{'against opening an empty one':>30}")
    for label, path in zip(("an empty episode", "a large episode"), paths, strict=True):
        values = values_of(client.get(path).content)
        changed = "links-0-text" if "links-0-text" in values else "summary"
        actions: dict[str, Callable[[], object]] = {
            "opening": partial(client.get, path),
            "saving unchanged": partial(post, path, values),
            "saving one change": partial(post, path, values, changed),
        }
        for action, work in actions.items():
            print_row(f"{action}, {label}", work)
    print_row("the start page of four shows", partial(client.get, "/admin/"))


def values_of(html: bytes) -> dict[str, str]:
    """What a browser would send back; it drops the line break that every text area begins with."""
    (form,) = lxml.html.fromstring(html).xpath("//form[@id='episode_form']")
    return {name: value.removeprefix("\n") for name, value in form.form_values() if "__prefix__" not in name}


def main(links: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        database = {"DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"} | os.environ
        settings = {"DJANGO_SETTINGS_MODULE": "lupcms.settings", "HTTPS": "false", "LOG_LEVEL": "ERROR"}
        settings["STATIC_ROOT"] = f"{folder}/static"
        command = [sys.executable, __file__, "--measure", str(links)]
        subprocess.run(command, check=True, cwd=ROOT, env=database | settings)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--measure"]:
        measure(int(sys.argv[2]))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 122)
