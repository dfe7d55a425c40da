"""The server as `make run` starts it, on a free port: what a client's headers cannot do, and what every answer has."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
START = "import django; django.setup(); from episodes import demo; demo.load()"


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[int]:
    folder = tmp_path_factory.mktemp("site")
    with socket.create_server(("127.0.0.1", 0)) as free:
        number = free.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "ENV_FILE": "/dev/null", "SECRET_KEY": "x", "PORT": str(number)}
    environment |= {"DATABASE_URL": f"sqlite:///{folder}/x.sqlite3", "STATIC_ROOT": str(folder / "static")}
    environment |= {"HTTPS": "false", "WEB_CONCURRENCY": "1", "DJANGO_SETTINGS_MODULE": "lupcms.settings"}
    for arguments in (
        ["manage.py", "migrate", "-v0"],
        ["manage.py", "collectstatic", "--noinput", "-v0"],
        ["-c", START],
    ):
        subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, check=True)
    server = subprocess.Popen([sys.executable, "-m", "gunicorn", "lupcms.wsgi"], cwd=ROOT, env=environment)
    for _ in range(100):
        time.sleep(0.1)
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", number)) == 0:
                break
    yield number
    server.terminate()
    server.wait()


def get(port: int, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}, body


def raw(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_the_page_that_started_it(port):
    status, headers, body = get(port, "/245")
    assert status == 200
    assert b"<code>dounplugged</code>" in body
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    "header",
    [
        b"X-Forwarded-Proto: https",
        b"X-Forwarded-Ssl: on",
        b"X-Forwarded-Host: evil.example",
        b"Forwarded: host=evil.example;proto=https",
        b"SCRIPT_NAME: /245",
        b"Script-Name: /x",
        b"PATH_INFO: /x",
        b"X-Http-Method-Override: POST",
        b"Cookie: csrftoken=q; sessionid=x",
    ],
)
def test_no_header_of_a_client_changes_the_page(port, header):
    request = b"GET /245 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n%s\r\n"
    plain, odd = (raw(port, request % extra) for extra in (b"", header + b"\r\n"))
    assert plain.startswith(b"HTTP/1.1 200")
    assert odd.partition(b"\r\n\r\n")[2] == plain.partition(b"\r\n\r\n")[2]


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        ("/", "GET", "localhost", 200),
        ("/0245", "GET", "localhost", 301),
        ("/nowhere", "GET", "localhost", 404),
        ("/245", "POST", "localhost", 405),
        ("/", "GET", "evil.example", 404),
        ("/", "GET", "a_b c", 400),
        ("/admin/login/", "GET", "localhost", 200),
        ("/admin/", "GET", "localhost", 302),
        ("/favicon.ico", "GET", "localhost", 302),
        ("/245.md", "GET", "localhost", 200),
    ],
)
def test_every_answer_has_the_policy(port, path, method, host, status):
    found, headers, _ = get(port, path, method, Host=host)
    assert found == status
    assert headers["content-security-policy"].startswith("default-src 'none'")


def test_static_files_are_found_compressed_and_for_ever(port):
    _, _, body = get(port, "/245")
    path = body.partition(b'rel="stylesheet" href="')[2].partition(b'"')[0].decode()
    status, headers, _ = get(port, path, Accept_Encoding="gzip")
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    assert "immutable" in headers["cache-control"]
    assert "content-security-policy" in headers
