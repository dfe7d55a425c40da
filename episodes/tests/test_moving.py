"""The guide for moving in is walked through: its commands, in its order, on a small show as an old host left it."""

import json
import re
import shlex
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client

from episodes.feed_health.comparing import FATAL, KINDS
from episodes.importers.prefixes import without_prefixes
from episodes.models import Episode
from episodes.notes import render
from episodes.tests.factories import make_notes, make_show
from episodes.tests.old_feeds import fireside, fireside_json, old_episode
from lupcms.shows.models import Show
from lupcms.tests.servers import Server, answer, moved

GUIDE = (Path(__file__).parents[2] / "docs" / "moving.md").read_text()
# A block of commands, and what the last of them prints.
BLOCKS = re.findall(r"```sh\n((?:.+\n)+)```\n(?:\n((?:    .+\n)+))?", GUIDE)
EPISODES = [old_episode(number) for number in (3, 2, 1)]
OLD_FEED, NEW_FEED = "https://tide.fireside.example/rss", "https://tide.example/rss"


def at_tide(feed: bytes) -> bytes:
    return feed.replace(b"half-tide.example", b"tide.example")


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """What was saved of the old host: its feed in both forms, one notes page, one page of the website."""
    monkeypatch.chdir(tmp_path)
    notes, site = tmp_path / "old" / "notes" / "tide-radio" / "2010", tmp_path / "old" / "site" / "show" / "tide-radio"
    for each in (notes, site, tmp_path / "new"):
        each.mkdir(parents=True)
    (tmp_path / "old" / "feed.xml").write_bytes(at_tide(fireside(EPISODES, prefix="https://op3.dev/e/")))
    (tmp_path / "old" / "feed.json").write_bytes(at_tide(fireside_json(EPISODES)))
    first = EPISODES[-1]
    page = make_notes(
        number="1",
        title=first.title,
        air_date=first.published_at.date(),
        duration_seconds=first.duration_seconds,
        credits=(),
        placements=(),
        links=(),
        tags=(),
        site_url="https://tide.example",
    )
    (notes / "episode-1.md").write_bytes(render(page))
    head = {"episode": 2, "title": EPISODES[1].title, "fireside_url": "/2", "jb_url": "/124162/what-it-was-called-2/"}
    (site / "2.md").write_text(f"{json.dumps(head, indent=2)}\n\nhttps://tide.fireside.example/001\n")
    return tmp_path


@pytest.fixture
def show(db) -> Show:
    return make_show(title="Tide Radio", site_url="https://tide.example")


def said(command: str, server: Server) -> list[str]:
    """What a command of the guide prints, run here; the addresses of both feeds are served by this machine."""
    name, *arguments = shlex.split(command.removeprefix(".venv/bin/python manage.py "))
    here = {OLD_FEED: f"{server.url}/old", NEW_FEED: f"{server.url}/rss"}
    out = StringIO()
    call_command(name, *[here.get(argument, argument) for argument in arguments], stdout=out, stderr=out)
    text = out.getvalue()
    for address, served in here.items():
        text = text.replace(served, address)
    return text.splitlines()


def test_the_guide_can_be_followed_to_its_end(show, folder, server):
    ran = []
    for commands, expected in BLOCKS:
        for command in commands.splitlines():
            if command.startswith("curl "):
                assert (folder / shlex.split(command)[4]).exists()
                continue
            name = shlex.split(command)[2]
            if "https://" in command:
                # The day of the move.
                Show.objects.update(hostname="tide.example", new_feed_url=NEW_FEED)
                server.at("/rss", answer(Client(headers={"host": "tide.example"}).get("/rss").content))
                server.at("/old", moved("/rss", "301 Moved Permanently"))
            if "new/feed.xml" in command:
                (folder / "new" / "feed.xml").write_bytes(Client(headers={"host": "tide.example"}).get("/rss").content)
            if name == "lint_feed":
                with pytest.raises(SystemExit):  # The show has no artwork.
                    said(command, server)
                continue
            lines = said(command, server)
            ran.append(name)
        if expected:
            wanted = [line.removeprefix("    ") for line in expected.splitlines()]
            assert lines[-len(wanted) :] == wanted
    assert {"import_notes", "import_feed", "import_site", "check_addresses", "compare_feed"} == set(ran)
    moved_in = Episode.objects.filter(show=show).order_by("published_at")
    assert [(row.guid, row.published_at) for row in moved_in] == [
        (old.guid, old.published_at) for old in EPISODES[::-1]
    ]
    visitor = Client(headers={"host": "tide.example"})
    assert visitor.get("/124162/what-it-was-called-2/")["Location"] == "/2"


def test_the_new_feed_breaks_no_rule_of_what_never_changes(show, folder, server):
    for command in ("import_notes old/notes", "import_feed old/feed.xml --show TR"):
        said(command, server)
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("lint_feed", "TR", "--previous", "old/feed.xml", stdout=out)
    assert not re.search(r": (A73|A74|A75|L8) ", out.getvalue())
    assert without_prefixes(f"https://op3.dev/e/{EPISODES[0].enclosure_url.partition('://')[2]}").url in {
        row.enclosure_url for row in Episode.objects.all()
    }


def test_the_guide_explains_every_word_of_the_comparison():
    rows = re.findall(r"^\| ([a-z, ]+) \| .* \| (yes|no|yes, but with `--audio-moved`) \|$", GUIDE, re.MULTILINE)
    words = {word: ends for names, ends in rows for word in names.split(", ")}
    assert set(words) == set(KINDS)
    assert {word for word, ends in words.items() if ends.startswith("yes")} == FATAL
    assert {word for word, ends in words.items() if "--audio-moved" in ends} == {"audio"}
