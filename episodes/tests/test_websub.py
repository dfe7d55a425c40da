"""Telling a hub that a feed has changed. The network is one local server, which tests alone may reach."""

import logging
import socket
import threading
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from ipaddress import ip_address

import pytest
from django.core.management import call_command
from django.tasks import default_task_backend
from django.test import TestCase, override_settings
from django.utils import timezone

from episodes.feeds import websub
from episodes.tests.factories import make_episode, make_show

FEED = "https://tide-radio.example/rss"
HUB = "https://hub.example/"
DUMMY = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}


class Hub(BaseHTTPRequestHandler):
    """Answers what its path says, and remembers what it was told."""

    told: list[tuple[str, str, dict[str, str], bytes]] = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.told.append((self.command, self.path, dict(self.headers), body))
        if self.path == "/slow":
            for _ in range(40):
                self.wfile.write(b"H")
                time.sleep(0.05)
            return
        self.send_response(int(self.path[1:4]))
        self.send_header("Location", "/204")
        self.end_headers()
        self.wfile.write(b"x" * 1_000_000 if self.path == "/200?long" else b"")

    def log_message(self, *args):
        """Says nothing."""


@pytest.fixture
def hub(monkeypatch):
    """Its address. It is on this machine, where nothing else lets anybody."""
    monkeypatch.setattr(websub, "is_public", lambda address: str(address) == "127.0.0.1")
    monkeypatch.setattr(Hub, "told", [])
    with HTTPServer(("127.0.0.1", 0), Hub) as server:
        # A client that hangs up is what some tests are about.
        server.handle_error = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def refusal(url: str) -> str:
    with pytest.raises(websub.HubError) as error:
        websub.tell(url, FEED)
    return str(error.value)


# --- What is sent ---


def test_a_hub_is_told_of_the_feed(hub):
    websub.tell(f"{hub}/204?a=b", FEED)
    [(method, path, headers, body)] = Hub.told
    assert (method, path) == ("POST", "/204?a=b")
    assert body == b"hub.mode=publish&hub.url=https%3A%2F%2Ftide-radio.example%2Frss"
    assert headers == {
        "Host": hub.removeprefix("http://"),
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        "User-Agent": "lupcms",
        "Connection": "close",
        "Accept-Encoding": "identity",
    }


def test_a_long_answer_is_not_read(hub):
    websub.tell(f"{hub}/200?long", FEED)
    assert len(Hub.told) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 404, 500])
def test_any_other_answer_is_a_failure_and_no_redirect_is_followed(hub, status):
    assert refusal(f"{hub}/{status}") == f"it answered {status}"
    assert len(Hub.told) == 1


def test_a_hub_that_dribbles_is_hung_up_on(hub, monkeypatch):
    monkeypatch.setattr(websub, "SECONDS", 0.4)
    begun = time.monotonic()
    refusal(f"{hub}/slow")
    assert time.monotonic() - begun < 1.5


def test_a_name_that_takes_its_time_is_given_up(monkeypatch):
    monkeypatch.setattr(websub, "SECONDS", 0.1)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    begun = time.monotonic()
    assert refusal(HUB) == "TimeoutError"
    assert time.monotonic() - begun < 0.4


def test_a_hub_that_is_not_there_is_a_failure(hub):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert "refused" in refusal(f"http://127.0.0.1:{port}/")


# --- Where nothing is sent ---


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "127.9.9.9",
        "0.0.0.0",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "100.64.0.1",
        "100.100.100.200",
        "169.254.169.254",
        "168.63.129.16",
        "192.0.0.192",
        "192.0.2.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1::1",
        "2002:7f00:1::1",
        "2002:a9fe:a9fe::",
        "2001:0:4136:e378::1",
        "fe80::1",
        "fec0::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
    ],
)
def test_an_address_that_is_not_on_the_internet_is_not_spoken_to(address, monkeypatch):
    assert not websub.is_public(ip_address(address))
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    host = f"[{address}]" if ":" in address else address
    assert refusal(f"http://{host}/") == "its address is not public"


@pytest.mark.parametrize("address", ["8.8.8.8", "142.250.185.84", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_an_address_on_the_internet_is(address):
    assert websub.is_public(ip_address(address))


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    assert refusal(HUB) == "its address is not public"


def test_the_address_that_was_looked_at_is_the_one_spoken_to(monkeypatch):
    """A name may lead elsewhere when it is asked for a second time."""
    answers = iter([[(2, 1, 6, "", ("8.8.8.8", 443))]])
    connected = []

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: next(answers))
    monkeypatch.setattr(socket, "create_connection", connect)
    assert refusal(HUB) == "refused"
    assert connected == [("8.8.8.8", 443)]


@pytest.mark.parametrize("url", ["ftp://hub.example/", "file:///etc/passwd", "//hub.example", "", "http://h:99999/"])
def test_only_http_is_spoken(url):
    assert refusal(url) == "its address is none of http or https"


# --- When, and what happens if not ---


def test_a_failure_is_one_line_and_stops_nobody(caplog):
    result = websub.ping.enqueue("http://alice:secret@127.0.0.1/", FEED)
    assert result.status == "SUCCESSFUL"
    [record] = [record for record in caplog.records if record.name == "episodes.feeds.websub"]
    assert (record.levelno, record.getMessage()) == (
        logging.WARNING,
        "The hub at 127.0.0.1 was not told: its address is not public",
    )


def test_a_backend_that_can_wait_tries_again_with_growing_pauses(caplog):
    with override_settings(TASKS=DUMMY):
        begun = timezone.now()
        for attempt in range(5):
            websub.ping.call("http://127.0.0.1/", FEED, attempt)
        pauses = [round((r.task.run_after - begun).total_seconds() / 60) for r in default_task_backend.results]
        assert pauses == [1, 5, 30, 180]
        assert [r.args for r in default_task_backend.results][-1] == ["http://127.0.0.1/", FEED, 4]
        default_task_backend.clear()
    assert len(caplog.records) == 5


@override_settings(TASKS=DUMMY)
class WhenTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show(hub_url=HUB)
        cls.silent = make_show("lamp-talk", "LT")

    def told(self) -> list[list[str]]:
        found = [result.args for result in default_task_backend.results]
        default_task_backend.clear()
        return found

    def tearDown(self):
        default_task_backend.clear()

    def test_a_show_with_a_hub_tells_it(self):
        websub.changed(self.show)
        websub.changed(self.silent)
        self.assertEqual(self.told(), [[HUB, FEED]])

    def test_a_show_without_an_address_has_no_feed_to_tell_of(self):
        self.show.site_url = ""
        websub.changed(self.show)
        self.assertEqual(self.told(), [])

    def test_what_a_show_says_of_itself_is_told_after_the_commit(self):
        with self.captureOnCommitCallbacks() as callbacks:
            self.show.save()
        self.assertEqual(self.told(), [])
        [callback() for callback in callbacks]
        self.assertEqual(self.told(), [[HUB, FEED]])

    def test_the_command_tells_of_what_became_public_in_the_last_minutes(self):
        now = timezone.now()
        audio = {"enclosure_url": "https://audio.example/1.mp3"}
        make_episode(self.show, "1", published_at=now - timedelta(minutes=30), **audio)
        make_episode(self.show, "2", published_at=now + timedelta(minutes=2), **audio)
        make_episode(self.show, "3", published_at=now - timedelta(minutes=2))
        make_episode(self.silent, "4", published_at=now - timedelta(minutes=2), **audio)
        out = StringIO()
        call_command("ping_hubs", stdout=out)
        self.assertEqual(self.told(), [])
        for number in ("5", "6"):
            make_episode(self.show, number, published_at=now - timedelta(minutes=2), **audio)
        call_command("ping_hubs", minutes=1, stdout=out)
        self.assertEqual(self.told(), [])
        call_command("ping_hubs", "--minutes=5", stdout=out)
        self.assertEqual(self.told(), [[HUB, FEED]])
        self.assertEqual([line[-1] for line in out.getvalue().splitlines()], ["0", "0", "1"])
