"""Starting it: refusals, the database's setup, the demo and a new site."""

import os
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection

from episodes import demo
from episodes.exporters.notes import page_of
from episodes.models import Episode
from episodes.notes import parse
from episodes.tests.factories import make_show
from lupcms.shows.models import Show, User

ROOT = Path(__file__).parents[2]
ANSWERS = {
    "SITE_TITLE": "Tide Radio",
    "SITE_ACRONYM": "TR",
    "SITE_HOSTNAME": "tide.example",
    "SITE_TIME_ZONE": "Europe/Berlin",
    "SITE_ADMIN": "ann",
    "SITE_ADMIN_PASSWORD": "lantern-oil-7",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A management command in a process of its own, with nothing of the tests' environment."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "ENV_FILE": "/dev/null"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_secret_key_it_does_not_start():
    for environment in ({}, {"SECRET_KEY": ""}, {"DEMO": "true"}):
        result = manage("check", **environment)
        assert result.returncode != 0
        assert "SECRET_KEY is not set" in result.stderr


def test_a_production_start_has_no_deployment_warning():
    result = manage("check", "--deploy", "--fail-level", "WARNING", SECRET_KEY="x" * 30 + "0123456789abcdefghij!")
    assert (result.returncode, result.stderr) == (0, "System check identified no issues (3 silenced).\n") or (
        result.returncode,
        result.stdout,
    ) == (0, "System check identified no issues (3 silenced).\n")


def test_sqlite_is_set_up_for_production(tmp_path):
    code = (
        "from django.db import connection as c; k = c.cursor(); "
        "print([k.execute(f'PRAGMA {n}').fetchone()[0] for n in ('journal_mode', 'synchronous', 'busy_timeout')], "
        "c.transaction_mode, c.settings_dict['CONN_MAX_AGE'])"
    )
    result = manage("shell", "-v0", "-c", code, SECRET_KEY="x", DATABASE_URL=f"sqlite:///{tmp_path}/x.sqlite3")
    assert result.stdout.strip() == "['wal', 1, 30000] IMMEDIATE None", result.stderr


@pytest.mark.django_db
class TestDemo:
    def test_is_refused_where_it_is_not_a_demo(self):
        with pytest.raises(CommandError, match="demo accounts are for demos only"):
            call_command("load_demo")
        assert not User.objects.exists()

    def test_loads_once(self, settings):
        settings.DEMO = True
        first, second = StringIO(), StringIO()
        call_command("load_demo", stdout=first)
        before = list(Episode.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())
        call_command("load_demo", stdout=second)
        assert (list(Episode.objects.order_by("pk").values()), list(User.objects.order_by("pk").values())) == before
        assert "Loaded 34 episodes." in first.getvalue()
        assert "Loaded" not in second.getvalue()
        for username, _, _ in demo.ACCOUNTS:
            assert authenticate(username=username, password=demo.PASSWORD)
            assert username in second.getvalue()

    def test_leaves_a_database_with_something_in_it_alone(self, settings):
        settings.DEMO = True
        make_show()
        call_command("load_demo", stdout=StringIO())
        assert not User.objects.exists()
        assert Show.objects.count() == 1

    def test_comes_out_as_it_went_in(self):
        demo.load()
        pages = {path.read_bytes() for path in demo.PAGES.rglob("*.md")}
        assert len(pages) == 31
        assert {
            page_of(episode) for episode in Episode.objects.published().exclude(audio__gt="").with_entries()
        } == pages

    def test_shows_what_a_page_can_have(self):
        """A demo without the odd cases would show nothing."""
        pages = [parse(path.read_bytes()) for path in demo.PAGES.rglob("*.md")]
        for what, found in {
            "no sponsors": any(not page.placements for page in pages),
            "no links": any(not page.links for page in pages),
            "no people": any(not page.credits for page in pages),
            "no tags": any(not page.tags for page in pages),
            "an empty summary": any(not page.summary for page in pages),
            "many links": any(len(page.links) > 40 for page in pages),
            "many people": any(len(page.credits) >= 14 for page in pages),
            "guests": any(credit.role == "guest" for page in pages for credit in page.credits),
            "a code with a blank": any(" " in row.promo_code for page in pages for row in page.placements),
            "the seed's code": any(row.promo_code == "dounplugged" for page in pages for row in page.placements),
        }.items():
            assert found, what


@pytest.mark.django_db
class TestSite:
    def test_is_made_from_answers_in_the_environment(self, monkeypatch):
        for name, value in ANSWERS.items():
            monkeypatch.setenv(name, value)
        call_command("make_site", stdout=StringIO())
        show = Show.objects.get()
        assert (show.slug, show.hostname, show.site_url, str(show.zone)) == (
            "tide-radio",
            "tide.example",
            "https://tide.example",
            "Europe/Berlin",
        )
        user = authenticate(username="ann", password="lantern-oil-7")
        assert user is not None
        assert user.is_superuser
        out = StringIO()
        call_command("make_site", stdout=out)
        assert "nothing was changed" in out.getvalue()
        assert Show.objects.count() == User.objects.count() == 1

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("SITE_ACRONYM", "tr", "letters A to Z"),
            ("SITE_HOSTNAME", "https://x", "host name alone"),
            ("SITE_HOSTNAME", "", "hostname: write the name that the site will have; it may lead elsewhere"),
            ("SITE_TIME_ZONE", "Berlin", "not a time zone"),
            ("SITE_TITLE", "", "cannot be"),
            ("SITE_ADMIN_PASSWORD", "demo", "too short"),
            ("SITE_ADMIN", "a b", "valid username"),
        ],
    )
    def test_a_bad_answer_is_named_and_nothing_is_made(self, monkeypatch, name, value, words):
        for variable, answer in (ANSWERS | {name: value}).items():
            monkeypatch.setenv(variable, answer)
        with pytest.raises(CommandError, match=words):
            call_command("make_site")
        assert not Show.objects.exists()
        assert not User.objects.exists()

    def test_asks_only_in_a_terminal(self, monkeypatch):
        monkeypatch.setattr("sys.stdin", StringIO(""))
        with pytest.raises(CommandError, match="set SITE_TITLE"):
            call_command("make_site")


def test_a_wrong_python_is_one_clear_line(tmp_path):
    """`make run` on a machine that has an old Python and no other."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("make", "sh", "tail"):
        found = shutil.which(name)
        if found is None:
            pytest.skip(f"there is no {name}")
        (tools / name).symlink_to(found)
    old = tools / "python3"
    old.write_text('#!/bin/sh\ntest "$1" = --version && echo Python 3.9.2 && exit 0\nexit 1\n')
    old.chmod(0o755)
    result = subprocess.run(
        [tools / "make", "run"], cwd=tmp_path, env={"PATH": str(tools)}, capture_output=True, text=True, check=False
    )
    assert result.returncode != 0
    first, *rest = result.stderr.splitlines()
    assert first.startswith("lupcms needs Python 3.12 or newer, and found Python 3.9.2: install one")
    assert all(line.startswith("make:") for line in rest)


@pytest.mark.django_db
def test_the_suite_runs_on_the_database_it_was_asked_to():
    assert connection.vendor == ("postgresql" if os.environ["DATABASE_URL"].startswith("postgres") else "sqlite")


@pytest.mark.parametrize(
    ("url", "options"),
    [
        ("smtp://mail.example", {"host": "mail.example", "port": 25, "use_tls": False}),
        ("smtp+tls://a%40b:p%2Fw@mail.example:2525", {"username": "a@b", "password": "p/w", "use_tls": True}),
        ("smtp+ssl://mail.example", {"port": 465, "use_ssl": True}),
    ],
)
def test_mail_leaves_as_its_address_says(url, options):
    say = f"from django.core.mail import mailers; print({{n: getattr(mailers.default, n) for n in {list(options)!r}}})"
    result = manage("shell", "-v0", "-c", say, SECRET_KEY="x", EMAIL_URL=url)
    assert (result.returncode, result.stdout) == (0, f"{options}\n"), result.stderr
