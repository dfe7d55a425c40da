"""A server of this machine for tests, which says exactly what it is told to; nothing else here may be asked."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

import pytest

from lupcms.shows import fetch


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


# Certificate and key of pod.example, which nobody has signed.
CERTIFICATE = Path(__file__).parent / "pod.example.pem"

# All bytes of an answer, or what writes them.
Said = bytes | Callable[[Asked, Any], None]


def answer(body: bytes = b"", status: str = "200 OK", **headers: str | int) -> bytes:
    """`answer(b"…", Content_Type="text/html")`."""
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + body


def moved(location: str, status: str = "302 Found") -> bytes:
    return answer(status=status, Location=location)


def ranges(data: bytes, **headers: str | int) -> Said:
    """A file of which parts can be asked for."""

    def say(asked: Asked, out: Any) -> None:
        if "Range" not in asked.headers:
            out.write(answer(data, Content_Length=len(data), **headers))
            return
        first, last = (int(end) for end in asked.headers["Range"].removeprefix("bytes=").split("-"))
        part = data[first : last + 1]
        if not part:
            out.write(answer(status="416 Range Not Satisfiable", Content_Range=f"bytes */{len(data)}"))
            return
        where = f"bytes {first}-{first + len(part) - 1}/{len(data)}"
        out.write(answer(part, "206 Partial Content", Content_Range=where, Content_Length=len(part), **headers))

    return say


@dataclass
class Server:
    """`says` by path and query; anything else is 404."""

    port: int
    scheme: str = "http"
    says: dict[str, Said] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def at(self, path: str, says: Said) -> str:
        """Its address, once it says so there."""
        self.says[path] = says
        return f"{self.url}{path}"


class _Handler(StreamRequestHandler):
    def handle(self) -> None:
        site: Server = self.server.site  # type: ignore[attr-defined]
        method, path, _ = self.rfile.readline().decode().split(" ")
        headers = {}
        while line := self.rfile.readline().decode().strip():
            name, _, value = line.partition(": ")
            headers[name] = value
        asked = Asked(method, path, headers, self.rfile.read(int(headers.get("Content-Length", 0))))
        site.asked.append(asked)
        says = site.says.get(path, answer(status="404 Not Found"))
        try:
            if callable(says):
                says(asked, self.wfile)
            else:
                self.wfile.write(says)
        except OSError:
            """A client that hangs up is what some tests are about."""


class _Server(ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    site: Server

    def handle_error(self, *_: Any) -> None:
        """Nor need a test say that it was hung up on while it shook hands."""


@contextmanager
def _listening(monkeypatch: pytest.MonkeyPatch, scheme: str) -> Iterator[Server]:
    rule = fetch.why_not
    with _Server(("127.0.0.1", 0), _Handler) as listening:
        if scheme == "https":
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CERTIFICATE)
            listening.socket = context.wrap_socket(listening.socket, server_side=True)
        site = listening.site = Server(listening.server_address[1], scheme)
        here = ("127.0.0.1", site.port)
        monkeypatch.setattr(
            fetch, "why_not", lambda address, port: "" if (str(address), port) == here else rule(address, port)
        )
        threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield site
        listening.shutdown()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Server]:
    """The one address and port of this machine that may be asked; for everything else the rule is the real one."""
    settings.ASK_OTHER_SERVERS = True
    with _listening(monkeypatch, "http") as site:
        yield site


@pytest.fixture
def tls_server(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Server]:
    """The same with the certificate of pod.example."""
    settings.ASK_OTHER_SERVERS = True
    with _listening(monkeypatch, "https") as site:
        yield site
