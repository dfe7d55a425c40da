"""Stored files by HTTP, as podcast apps ask for them: RFC 9110, sections 13 and 14."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404
from django.test import RequestFactory
from django.utils.http import http_date

from lupcms.shows.media import serve

NAME = "audio/key/show-1.mp3"
DATA = bytes(range(256)) * 4
SIZE = len(DATA)


@pytest.fixture(autouse=True)
def _file(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    default_storage.save(NAME, ContentFile(DATA))


def ask(method="GET", **headers):
    request = RequestFactory().generic(method, "/", headers={name.replace("_", "-"): headers[name] for name in headers})
    return serve(request, NAME, "audio/mpeg")


def body(response):
    data = response.getvalue()
    response.close()
    return data


def test_the_whole_file_comes_with_its_length_and_the_promise_of_ranges():
    response = ask()
    assert response.status_code == 200
    assert body(response) == DATA
    assert response.headers["Content-Type"] == "audio/mpeg"
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.headers["Last-Modified"] == http_date(int(default_storage.get_modified_time(NAME).timestamp()))
    assert "Content-Range" not in response.headers


def test_head_has_the_headers_of_get_and_opens_nothing():
    head, get = ask("HEAD"), ask()
    assert head.content == b""
    assert head.headers == get.headers
    get.close()
    assert ask("HEAD", Range="bytes=0-9").status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-99999", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-99999", 0, 1023),
        ("Bytes= 0-1023", 0, 1023),
    ],
)
def test_a_range_is_206_with_those_bytes(asked, first, last):
    response = ask(Range=asked)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("asked", ["bytes=1024-", "bytes=5000-6000", "bytes=-0"])
def test_a_range_outside_is_416_and_says_how_long_the_file_is(asked):
    response = ask(Range=asked)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"
    assert "Cache-Control" not in response.headers
    assert body(response) == b""


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=9-5",
        "bytes=-",
        "bytes=",
        "bytes=a-b",
        "bytes=0-1,5-6",
        "items=0-1",
        "0-1",
        "bytes=٣-٤",
        f"bytes={'9' * 99}-",
    ],
)
def test_what_is_no_single_range_gets_the_whole_file(asked):
    response = ask(Range=asked)
    assert response.status_code == 200
    assert body(response) == DATA


def test_if_range_gives_the_rest_of_the_same_file_and_the_whole_of_another():
    whole = ask("HEAD")
    for same in (whole.headers["ETag"], whole.headers["Last-Modified"]):
        response = ask(Range="bytes=10-", If_Range=same)
        assert response.status_code == 206
        response.close()
    for other in ('"other"', f"W/{whole.headers['ETag']}", "Wed, 21 Oct 2015 07:28:00 GMT", "nonsense"):
        response = ask(Range="bytes=10-", If_Range=other)
        assert response.status_code == 200, other
        assert body(response) == DATA


def test_what_somebody_has_is_not_sent_again():
    whole = ask("HEAD")
    for name, value in (
        ("If-None-Match", whole.headers["ETag"]),
        ("If-Modified-Since", whole.headers["Last-Modified"]),
    ):
        response = ask(**{name: value, "Range": "bytes=0-9"})
        assert response.status_code == 304, name
        assert response.headers["ETag"] == whole.headers["ETag"]
        assert body(response) == b""
    assert ask(If_Match='"other"').status_code == 412


def test_an_empty_file_has_no_range():
    default_storage.save(NAME, ContentFile(b""))
    assert ask(Range="bytes=0-").status_code == 416
    assert body(ask()) == b""


def test_a_file_that_is_lost_is_404():
    default_storage.delete(NAME)
    with pytest.raises(Http404):
        ask()


def test_a_large_file_is_never_in_memory_at_once():
    default_storage.save(NAME, ContentFile(bytes(3_000_000)))
    response = ask(Range="bytes=1-2900000")
    sizes = [len(chunk) for chunk in response]
    response.close()
    assert sum(sizes) == 2_900_000
    assert max(sizes) <= 262_144
