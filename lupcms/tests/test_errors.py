"""When the site is closed, or its database is gone: a page all the same, and no details."""

from pathlib import Path
from unittest import mock

import pytest
from django.db import OperationalError, connections
from django.test import Client

from episodes.tests.factories import make_episode, make_show
from lupcms.shows.maintenance import MESSAGE_MAX_LENGTH

PAGES = ("/", "/1", "/1.md", "/nowhere", "/admin/", "/robots.txt", "/sitemap.xml")


@pytest.fixture
def client(db) -> Client:
    make_episode(make_show())
    return Client(raise_request_exception=False)


@pytest.fixture
def flag(settings, tmp_path) -> Path:
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    return settings.MAINTENANCE_FILE


def without_database():
    broken = mock.Mock(side_effect=OperationalError("could not connect to db.internal as lupcms"))
    return mock.patch.multiple(connections["default"], cursor=broken, ensure_connection=broken)


def test_without_a_database_a_page_says_so_and_gives_no_details(client, caplog):
    with without_database():
        for path in PAGES:
            response = client.get(path)
            page = response.content.decode()
            assert response.status_code == 500, path
            assert "<h1>Something broke on our side</h1>" in page
            assert "default-src 'none'" in response["Content-Security-Policy"]
            for detail in ("OperationalError", "db.internal", "Traceback", "lupcms/"):
                assert detail not in page
    assert "could not connect" in caplog.text
    assert client.get("/1").status_code == 200


def test_a_closed_site_is_503_everywhere_without_the_database(client, flag, django_assert_num_queries):
    flag.touch()
    with django_assert_num_queries(0), without_database():
        for path in PAGES:
            for response in (client.get(path), client.post(path), client.get(path, headers={"host": "a.example"})):
                assert response.status_code == 503, path
                assert (response["Retry-After"], response["Cache-Control"]) == ("600", "no-store")
                assert "default-src 'none'" in response["Content-Security-Policy"]
                assert "back in a few minutes" in response.content.decode()
                assert not response.cookies
    flag.unlink()
    assert client.get("/1").status_code == 200


def test_a_closed_site_still_has_its_style(client, flag):
    flag.touch()
    response = client.get("/static/lupcms.css")
    response.close()
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (b"Back at 9 pm.\n", "Back at 9 pm."),
        (b" two\n\n  lines\r\n", "two lines"),
        (b"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        (b"\xff\xfe", "\N{REPLACEMENT CHARACTER}" * 2),
        (b"x" * 100_000, "x" * MESSAGE_MAX_LENGTH),
        (b" \n", "This site is being worked on, and is back in a few minutes."),
    ],
)
def test_the_text_of_the_file_is_the_message(client, flag, written, shown):
    flag.write_bytes(written)
    assert f"<p>{shown}</p>" in client.get("/").content.decode()


def test_a_file_that_cannot_be_read_closes_the_site_too(client, flag):
    flag.mkdir()
    assert client.get("/").status_code == 503


def test_an_open_site_pays_one_look_at_the_disk(client, flag):
    with mock.patch.object(type(flag), "exists", autospec=True, side_effect=type(flag).exists) as looked:
        assert client.get("/favicon.ico").status_code == 302
    assert looked.call_args_list == [mock.call(flag)]
