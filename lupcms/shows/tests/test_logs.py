"""A private address, a sponsor's or a guest's, is in no log: not Django's, not runserver's, not gunicorn's."""

import logging
import os
import runpy
import subprocess
import sys
from io import StringIO
from pathlib import Path
from time import process_time

import pytest
from django.test import Client

from lupcms.shows.logs import discreet

ROOT = Path(__file__).parents[3]
TOKEN = "q7Xw_Zk-9aBcDeFgHiJkLmNoPqRsTuVw"
PATH = f"/sponsors/private/{TOKEN}"


@pytest.fixture
def console(monkeypatch) -> StringIO:
    """What the handler of the settings writes."""
    handler = next(h for h in logging.getLogger().handlers if type(h) is logging.StreamHandler)
    written = StringIO()
    monkeypatch.setattr(handler, "stream", written)
    return written


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"Not Found: {PATH}", "Not Found: /sponsors/private/q7Xw…"),
        (f'"GET {PATH}?from=2024-05-01 HTTP/1.1" 200', '"GET /sponsors/private/q7Xw…?from=2024-05-01 HTTP/1.1" 200'),
        (
            f"{PATH}/ and https://a.example{PATH}.csv",
            "/sponsors/private/q7Xw…/ and https://a.example/sponsors/private/q7Xw…",
        ),
        (f"//Sponsors//PRIVATE//{TOKEN}", "//Sponsors//PRIVATE//q7Xw…"),
        (f"/sponsors/private/%71%37{TOKEN}", "/sponsors/private/%71%…"),
        (f"/sponsors/%70rivate/{TOKEN}", "/sponsors/%70rivate/q7Xw…"),
        (f"/%53ponsors%2Fprivate%2f{TOKEN}", "/%53ponsors%2Fprivate%2fq7Xw…"),
        (f"/sponsors/%2570rivate/{TOKEN}", "/sponsors/%2570rivate/q7Xw…"),
        (f"/sponsors\\private%5C{TOKEN}", "/sponsors\\private%5Cq7Xw…"),
        (f"{{'path': '{PATH}'}}", "{'path': '/sponsors/private/q7Xw…'}"),
        ("/sponsors/private/ and /sponsors/lamp-oil-ltd", "/sponsors/private/ and /sponsors/lamp-oil-ltd"),
        (f'"GET /preview/{TOKEN} HTTP/1.1" 200', '"GET /preview/q7Xw… HTTP/1.1" 200'),
        (f"/preview/{TOKEN}/audio and //%50review%2f{TOKEN}", "/preview/q7Xw…/audio and //%50review%2fq7Xw…"),
        ("/admin/episodes/episode/3/preview/?as=app", "/admin/episodes/episode/3/preview/?as=app"),
    ],
)
def test_a_token_is_its_first_four_characters(text, said):
    assert discreet(text) == said


@pytest.mark.parametrize("sign", ["/", "%2f", "\\", "%5c", "%252F", "%25", "/preview", "/sponsors/"])
def test_anybodys_long_address_costs_no_time(sign):
    began = process_time()
    for text in (sign * 4000, f"/sponsors{sign * 4000}x", f"/preview{sign * 4000}/"):
        discreet(text)
    assert process_time() - began < 2


def test_message_arguments_traceback_and_stack_are_all_read(console):
    logger = logging.getLogger("lupcms.test")
    logger.warning("100%% of %s", PATH)
    logger.warning("%(path)s", {"path": PATH})
    try:
        raise ValueError(PATH)
    except ValueError:
        logger.exception("At %s", PATH, stack_info=True)
    said = console.getvalue()
    assert TOKEN not in said
    assert said.startswith("100% of /sponsors/private/q7Xw…\n/sponsors/private/q7Xw…\nAt /sponsors/private/q7Xw…\n")
    assert "ValueError: /sponsors/private/q7Xw…" in said


@pytest.mark.django_db
@pytest.mark.parametrize("start", ["/sponsors/private/", "/preview/"])
def test_a_page_that_is_not_found_is_said_once_without_the_token(console, start):
    assert Client().get(f"{start}{TOKEN}").status_code == 404
    assert console.getvalue() == f"Not Found: {start}q7Xw…\n"


@pytest.mark.parametrize("name", ["django", "django.request", "django.server", "django.security.SuspiciousOperation"])
def test_all_of_django_speaks_through_our_handler(name):
    logger: logging.Logger | None = logging.getLogger(name)
    while logger is not None and logger is not logging.getLogger():
        assert logger.propagate, logger
        assert not logger.handlers, logger
        logger = logger.parent


def test_the_line_of_runserver_has_no_token(console):
    logging.getLogger("django.server").info(
        '"%s" %s %s', f"GET {PATH} HTTP/1.1", "404", "179", extra={"status_code": 404}
    )
    assert console.getvalue() == '"GET /sponsors/private/q7Xw… HTTP/1.1" 404 179\n'


def test_gunicorn_has_no_token_in_its_logs(monkeypatch):
    for name in ("gunicorn.error", "gunicorn.access"):
        monkeypatch.setattr(logging.getLogger(name), "filters", [])
    runpy.run_path(str(ROOT / "gunicorn.conf.py"))
    for name in ("gunicorn.error", "gunicorn.access"):
        logger, written = logging.getLogger(name), StringIO()
        handler = logging.StreamHandler(written)
        logger.addHandler(handler)
        logger.error("%(r)s", {"r": f"GET {PATH}"})
        logger.removeHandler(handler)
        assert written.getvalue() == "GET /sponsors/private/q7Xw…\n"


def test_gunicorn_reads_its_configuration():
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": "/dev/null", "SECRET_KEY": "x"}
    gunicorn = Path(sys.executable).parent / "gunicorn"
    subprocess.run([gunicorn, "--check-config", "lupcms.wsgi"], cwd=ROOT, env=environment, check=True)
