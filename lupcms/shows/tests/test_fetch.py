"""What the server asks for somebody: nothing that is not public, nothing without an end, and nothing of ours."""

import gzip
import socket
import ssl
import time
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lupcms.shows import fetch as module
from lupcms.shows.fetch import Unreachable, fetch, is_public
from lupcms.tests.servers import CERTIFICATE, answer, moved

NOT_PUBLIC = "its address is not public"
NO_ADDRESS = "it is no address of the web"
PORT = "only ports 80 and 443 are asked, and not {}"


def refusal(url: str, **options) -> str:
    with pytest.raises(Unreachable) as error:
        fetch(url, **{"seconds": 5, "limit": 1000} | options)
    return str(error.value)


@pytest.fixture
def reaching(monkeypatch, settings):
    """Switched on, and nothing to connect to."""
    settings.ASK_OTHER_SERVERS = True
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("connected"))


@pytest.fixture
def names(monkeypatch):
    """`names["pod.example"] = ["127.0.0.1"]`; a callable is called each time that somebody looks it up."""
    known = {}
    real = socket.getaddrinfo

    def look_up(host, port, *args, **kwargs):
        found = known[host]() if callable(known.get(host)) else known.get(host)
        if found is None:
            return real(host, port, *args, flags=socket.AI_NUMERICHOST, **kwargs)
        return [entry for address in found for entry in real(address, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return known


def drip(*parts: bytes, pause: float = 0.05):
    def say(asked, out):
        for part in parts:
            out.write(part)
            out.flush()
            time.sleep(pause)

    return say


# --- What is got ---


def test_an_answer_comes_with_its_status_type_and_beginning(server):
    url = server.at("/a?b=c", answer(b"x" * 5000, "203 Whatever", Content_Type="Text/HTML; charset=utf-8"))
    got = fetch(url, seconds=5, limit=1000)
    assert (got.url, got.status, got.media_type, got.body) == (url, 203, "text/html", b"x" * 1000)


def test_what_is_sent_says_who_asks_and_nothing_else(server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9/")
    fetch(server.at("/a", answer(Set_Cookie="a=b")), seconds=5)
    fetch(server.url + "/a#fragment", seconds=5, headers={"Range": "bytes=0-1"})
    plain = {"Host": f"127.0.0.1:{server.port}", "Accept-Encoding": "identity", "User-Agent": "lupcms"}
    plain["Connection"] = "close"
    assert [(asked.method, asked.path, asked.headers, asked.body) for asked in server.asked] == [
        ("GET", "/a", plain, b""),
        ("GET", "/a", plain | {"Range": "bytes=0-1"}, b""),
    ]


def test_a_form_is_posted(server):
    fetch(server.at("/", answer()), seconds=5, form={"a b": "ü&"})
    [asked] = server.asked
    assert (asked.method, asked.body) == ("POST", b"a+b=%C3%BC%26")
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("status", [204, 400, 404, 410, 500, 503])
def test_any_status_is_an_answer(server, status):
    assert fetch(server.at("/", answer(status=f"{status} x")), seconds=5, limit=10).status == status


def test_what_a_browser_would_escape_in_a_path_is_escaped(server):
    fetch(f"{server.url}/ä/%2F|'\"?q=ü[]", seconds=5)
    assert server.asked[0].path == "/%C3%A4/%2F|'%22?q=%C3%BC[]"


def test_where_asking_is_switched_off_nothing_is_asked(server, settings):
    settings.ASK_OTHER_SERVERS = False
    assert refusal(server.url) == "asking other servers is switched off here"
    assert server.asked == []


# --- Where nothing is asked ---

# As written in the address: each leads, by somebody's rules, to a place that is nobody's business.
HOSTS = """
127.0.0.1 127.1 127.0.1 127.9.9.9 127.255.255.254 0177.0.0.1 0177.1 017700000001 0x7f.0.0.1 0x7f000001 0x7F.1 2130706433
00000177.0.0.1 127.0.0.1. 127.1. 0 0.0.0.0 0.0.0.1 00 0x0 10.0.0.1 10.1 012.0.0.1 167772161 172.16.0.1 172.31.255.254
0xac100001 192.168.1.1 192.168.257 0xc0a80101 3232235777 100.64.0.1 100.100.100.200 100.127.255.254 169.254.169.254
0xa9fea9fe 2852039166 0251.0376.0251.0376 169.254.43518 168.63.129.16 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
198.18.0.1 198.19.255.254 198.51.100.1 203.0.113.1 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255 0xffffffff
[::] [::1] [0:0:0:0:0:0:0:1] [::127.0.0.1] [::ffff:127.0.0.1] [::ffff:7f00:1] [::ffff:10.0.0.1] [::ffff:169.254.169.254]
[::ffff:0:127.0.0.1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b::8.8.8.8] [64:ff9b:1::1] [64:ff9b:1::10.0.0.1]
[100::1] [2001::1] [2001:0:4136:e378:8000:63bf:3fff:fdd2] [2001:2::1] [2001:db8::1] [2002:7f00:1::1] [2002:a9fe:a9fe::]
[2002:808:808::1] [3fff::1] [5f00::1] [fc00::1] [fd00:ec2::254] [fdff::1] [fe80::1] [fec0::1] [ff02::1] [ff0e::1]
""".split()


@pytest.mark.parametrize("host", HOSTS)
def test_an_address_that_is_not_on_the_internet_is_not_asked_however_it_is_spelled(host, reaching, names):
    assert refusal(f"http://{host}/") == NOT_PUBLIC
    assert refusal(f"https://{host}", form={}) == NOT_PUBLIC


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST", "ip6-localhost", "a.localhost"])
def test_the_names_of_this_machine_are_not_asked(host, reaching, names):
    names |= {name: ["127.0.0.1", "::1"] for name in ("localhost", "ip6-localhost", "a.localhost")}
    assert refusal(f"http://{host}/") == NOT_PUBLIC


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", NO_ADDRESS),
        ("/etc/passwd", NO_ADDRESS),
        ("//8.8.8.8/", NO_ADDRESS),
        ("8.8.8.8", NO_ADDRESS),
        ("ftp://8.8.8.8/", NO_ADDRESS),
        ("file:///etc/passwd", NO_ADDRESS),
        ("gopher://8.8.8.8/", NO_ADDRESS),
        ("dict://8.8.8.8:80/", NO_ADDRESS),
        ("data:text/html,x", NO_ADDRESS),
        ("javascript:alert(1)", NO_ADDRESS),
        ("jar:http://8.8.8.8/!/", NO_ADDRESS),
        ("http:/8.8.8.8/", NO_ADDRESS),
        ("http:8.8.8.8", NO_ADDRESS),
        ("http://", NO_ADDRESS),
        ("http://.", NO_ADDRESS),
        ("http://:80/", NO_ADDRESS),
        ("http://?8.8.8.8", NO_ADDRESS),
        (" http://8.8.8.8/", NO_ADDRESS),
        ("http://8.8.8.8/ HTTP/1.1", NO_ADDRESS),
        ("http://8.8.8.8/\r\nX-A: b", NO_ADDRESS),
        ("http://8.8.8.8/\x00", NO_ADDRESS),
        ("http://8.8.8.8\\@127.0.0.1/", NO_ADDRESS),
        ("http://[fe80::1%25eth0]/", NO_ADDRESS),
        ("http://[fe80::1%eth0]/", NO_ADDRESS),
        ("http://[::1/", NO_ADDRESS),
        ("http://[v1.a]/", "there is no server of this name"),
        ("http://8.8.8.8:99999/", NO_ADDRESS),
        ("http://8.8.8.8:-1/", NO_ADDRESS),
        ("http://8.8.8.8:a/", NO_ADDRESS),
        ("http://%31%32%37.0.0.1/", NO_ADDRESS),
        ("http://127.0.0.1%00.example/", NO_ADDRESS),
        ("http://alice:secret@8.8.8.8/", "its address has a user name in it, and lupcms signs in nowhere"),
        ("http://8.8.8.8@127.0.0.1/", "its address has a user name in it, and lupcms signs in nowhere"),
        ("http://@8.8.8.8/", "its address has a user name in it, and lupcms signs in nowhere"),
        ("http://8.8.8.8:22/", PORT.format(22)),
        ("http://8.8.8.8:25/", PORT.format(25)),
        ("https://8.8.8.8:8443/", PORT.format(8443)),
        ("http://8.8.8.8:6379/", PORT.format(6379)),
        ("http://①②⑦.⓪.⓪.①/", "its name cannot be looked up: write it in ASCII, as xn--…"),
        ("http://ⓛⓞⓒⓐⓛⓗⓞⓢⓣ/", "its name cannot be looked up: write it in ASCII, as xn--…"),
        ("http://127。0。0。1/", "its name cannot be looked up: write it in ASCII, as xn--…"),
        ("http://straße.example/", "its name cannot be looked up: write it in ASCII, as xn--…"),
        ("http://\ud800.example/", "its name cannot be looked up: write it in ASCII, as xn--…"),
        (f"http://{'a' * 70}.example/", "there is no server of this name"),
        ("http://127.0.0.1.5/", "there is no server of this name"),
        ("http://256.0.0.1/", "there is no server of this name"),
    ],
)
def test_an_address_that_is_none_is_not_asked(url, said, reaching, names):
    assert refusal(url) == said


def test_a_name_with_one_address_that_is_not_public_is_not_asked(reaching, names):
    names |= {"both.example": ["8.8.8.8", "10.0.0.1"], "six.example": ["2606:4700::1111", "::1"]}
    assert refusal("https://both.example/") == NOT_PUBLIC
    assert refusal("https://six.example/") == NOT_PUBLIC


def test_a_name_is_looked_up_as_idna_writes_it(server, names):
    names["xn--bcher-kva.example"] = ["127.0.0.1"]
    fetch(f"http://bücher.example.:{server.port}/", seconds=5)
    assert server.asked[0].headers["Host"] == f"xn--bcher-kva.example:{server.port}"


def test_what_was_looked_at_is_what_is_asked(server, names):
    """A name may lead elsewhere when it is asked for a second time: it is not."""
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    names["rebound.example"] = lambda: next(answers)
    assert fetch(f"http://rebound.example:{server.port}/", seconds=5).status == 404
    assert next(answers) == ["10.0.0.1"]


def test_a_redirect_to_the_same_name_is_looked_up_anew(server, names):
    answers = iter([["127.0.0.1"], ["10.0.0.1"]])
    names["rebound.example"] = lambda: next(answers)
    server.at("/", moved("/next"))
    assert refusal(f"http://rebound.example:{server.port}/") == PORT.format(server.port)
    assert [asked.path for asked in server.asked] == ["/"]


def test_of_several_addresses_the_next_is_tried(server, names, monkeypatch):
    names["two.example"] = ["127.0.0.2", "127.0.0.1"]
    monkeypatch.setattr(module, "why_not", lambda *_: "")
    real = socket.socket.connect

    def connect(self, address):
        if address[0] == "127.0.0.2":
            raise ConnectionRefusedError(111, "Connection refused")
        return real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    assert fetch(f"http://two.example:{server.port}/", seconds=5).status == 404


def test_nothing_else_on_this_machine_is_asked(server):
    assert refusal(f"http://127.0.0.1:{server.port - 1}/") == PORT.format(server.port - 1)
    assert refusal("http://127.0.0.1/") == NOT_PUBLIC


# --- Which addresses are public ---


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "142.250.185.84", "192.0.1.1", "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8"]
)
def test_an_address_on_the_internet_is_public(address):
    assert is_public(ip_address(address))


PRIVATE = [
    ip_network(network)
    for network in """0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24
    192.0.2.0/24 192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4
    ::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/32 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10
    fec0::/10 ff00::/8""".split()
]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(PRIVATE).flatmap(lambda network: st.ip_addresses(network=network)))
def test_no_address_of_a_network_that_is_not_the_internets_is_public(address):
    assert not is_public(address)
    if isinstance(address, IPv4Address):
        assert not is_public(IPv6Address(f"::ffff:{address}"))


@settings(max_examples=400, deadline=None)
@given(st.ip_addresses(v=4))
def test_an_address_inside_another_is_public_only_where_it_is_one(address):
    assert is_public(IPv6Address(f"::ffff:{address}")) == is_public(address)
    for wrapped in (f"64:ff9b::{address}", f"::{address}", f"::ffff:0:{address}"):
        assert not is_public(IPv6Address(wrapped))


# --- Redirects ---


@pytest.mark.parametrize("status", ["301 a", "302 b", "303 c", "307 d", "308 e"])
def test_redirects_are_followed(server, status):
    url = server.at("/1", moved("/2?a", status))
    server.at("/2?a", moved(f"{server.url}/3#x", status))
    server.at("/3", answer(b"here"))
    got = fetch(url, seconds=5, limit=10)
    assert (got.url, got.body) == (f"{server.url}/3#x", b"here")


def test_five_redirects_are_followed_and_no_sixth(server):
    for n in range(9):
        server.at(f"/{n}", moved(f"/{n + 1}"))
    server.at("/9", answer(b"here"))
    assert fetch(f"{server.url}/4", seconds=5, limit=10).body == b"here"
    server.asked.clear()
    assert refusal(f"{server.url}/3") == "it leads from one address to the next, and to no end"
    assert len(server.asked) == 6
    assert "no end" in refusal(server.at("/loop", moved("/loop")))


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("http://169.254.169.254/latest/meta-data/", NOT_PUBLIC),
        ("http://127.0.0.1/", NOT_PUBLIC),
        ("//10.0.0.1/", NOT_PUBLIC),
        ("http://[::ffff:10.0.0.1]/", NOT_PUBLIC),
        ("http://0x7f.1/", NOT_PUBLIC),
        ("http://8.8.8.8:22/", PORT.format(22)),
        ("file:///etc/passwd", NO_ADDRESS),
        ("gopher://8.8.8.8/_x", NO_ADDRESS),
        ("http://a:b@8.8.8.8/", "its address has a user name in it, and lupcms signs in nowhere"),
        ("http://[", "it leads to what is no address"),
    ],
)
def test_where_a_redirect_leads_is_looked_at_like_any_address(server, location, said):
    server.at("/2", moved(location))
    assert refusal(server.at("/1", moved("/2"))) == said
    assert len(server.asked) == 2


def test_a_redirect_without_an_address_is_an_answer(server):
    assert fetch(server.at("/", answer(status="302 Found")), seconds=5).status == 302


def test_a_form_is_not_sent_anywhere_else(server):
    assert fetch(server.at("/", moved("/2", "307 x")), seconds=5, form={"a": "b"}).status == 307
    assert len(server.asked) == 1


def test_a_redirect_in_utf_8_is_understood(server):
    server.at("/%C3%BC", answer(b"here"))
    assert fetch(server.at("/", moved("/ü")), seconds=5, limit=9).body == b"here"


def test_no_redirect_leads_from_https_to_http():
    target = module._Target.of("https://a.example/b")
    with pytest.raises(Unreachable, match="from https to http"):
        target.after("http://a.example/c")
    assert target.after("/c").url == "https://a.example/c"


# --- TLS ---


@pytest.fixture
def trusted(monkeypatch):
    """Somebody signed the certificate of pod.example."""
    monkeypatch.setattr(module, "_tls", lambda: ssl.create_default_context(cafile=CERTIFICATE))


def test_the_certificate_is_checked_against_the_name(tls_server, names, trusted):
    names |= {"pod.example": ["127.0.0.1"], "other.example": ["127.0.0.1"]}
    tls_server.at("/", answer(b"hello"))
    for name in ("pod.example", "POD.example."):
        assert fetch(f"https://{name}:{tls_server.port}/", seconds=5, limit=9).body == b"hello"
    assert "Hostname mismatch" in refusal(f"https://other.example:{tls_server.port}/")
    assert "IP address mismatch" in refusal(tls_server.url)
    assert len(tls_server.asked) == 2


def test_a_certificate_that_nobody_signed_is_not_good(tls_server, names):
    names["pod.example"] = ["127.0.0.1"]
    said = "its certificate is not good (self-signed certificate)"
    assert refusal(f"https://pod.example:{tls_server.port}/") == said


def test_a_server_with_a_certificate_that_takes_its_time_is_hung_up_on(tls_server, names, trusted):
    names["pod.example"] = ["127.0.0.1"]
    tls_server.at("/", drip(answer(), *[b"x"] * 60))
    begun = time.monotonic()
    assert refusal(f"https://pod.example:{tls_server.port}/", seconds=0.5) == "it did not answer in time"
    assert time.monotonic() - begun < 1.2


def test_what_speaks_no_tls_is_said(server):
    assert refusal(server.url.replace("http:", "https:")) == "no secure connection to it can be made"


# --- Answers without an end, and hostile ones ---


@pytest.mark.parametrize(
    "says",
    [
        drip(*[b"H"] * 60),
        drip(b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 60),
        drip(answer(Content_Length=1000), *[b"x"] * 60),
        drip(answer(), *[b"x"] * 60),
        drip(answer(Transfer_Encoding="chunked"), *[b"1\r\nx\r\n"] * 60),
        drip(*[b"HTTP/1.1 100 Continue\r\n\r\n"] * 60),
        drip(b"", pause=3),
        drip(answer(b"1\r\nx\r\n0\r\n", Transfer_Encoding="chunked"), *[b"X-Trailer: a\r\n"] * 60),
    ],
    ids=["status", "headers", "body", "body without length", "chunks", "continue", "silence", "trailers"],
)
def test_a_server_that_takes_its_time_is_hung_up_on(server, says):
    begun = time.monotonic()
    assert refusal(server.at("/", says), seconds=0.4) == "it did not answer in time"
    assert time.monotonic() - begun < 1.2


def test_the_time_is_for_all_redirects_together(server):
    for n in range(5):
        server.at(f"/{n}", drip(b"", moved(f"/{n + 1}"), pause=0.2))
    begun = time.monotonic()
    assert refusal(f"{server.url}/0", seconds=0.5) == "it did not answer in time"
    assert time.monotonic() - begun < 1.2


def test_a_name_that_takes_its_time_is_given_up(reaching, names):
    names["slow.example"] = lambda: time.sleep(0.6) or ["8.8.8.8"]
    begun = time.monotonic()
    assert refusal("http://slow.example/", seconds=0.1) == "it did not answer in time"
    assert time.monotonic() - begun < 0.5


def test_no_more_is_read_than_was_asked_for(server):
    sent = []

    def say(asked, out):
        out.write(answer())
        for _ in range(2000):
            out.write(b"x" * 100_000)
            sent.append(1)

    assert len(fetch(server.at("/", say), seconds=5, limit=1000).body) == 1000
    assert len(sent) < 200


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"\x00\xff\xfe",
        b"HTTP/9.9 200 OK\r\n\r\n",
        b"HTTP/1.1 abc OK\r\n\r\n",
        b"HTTP/1.1 99999 OK\r\n\r\n",
        b"HTTP/1.1 -20 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/1.1 200 " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000,
        b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200,
        answer(b"zz\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        answer(b"-5\r\nhello\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        answer(b"ffffffffffffffff\r\nhello", Transfer_Encoding="chunked"),
        answer(b"5\r\nhel", Transfer_Encoding="chunked"),
        answer(b"1" * 100_000, Transfer_Encoding="chunked"),
    ],
)
def test_an_answer_that_is_none_is_not_understood(server, said):
    assert refusal(server.at("/", said)) in ("its answer cannot be understood", "it hung up")


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 \x00\xff\xfe\r\n\r\nhello",
        b"HTTP/1.1 200\r\n\r\nhello",
        b"HTTP/1.0 200 OK\n\nhello",
        b"HTTP/1.1 200 OK\r\n\xff\xfe\x00: \x00\xff\r\n: \r\nA\r\n\r\nhello",
        answer(b"hello", Content_Length="-5"),
        answer(b"hello", Content_Length="9" * 5000),
        answer(b"hello", Content_Length="five"),
        answer(b"2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n", Transfer_Encoding="chunked"),
        answer(b"hello", Content_Encoding="identity", Content_Type="\xff;;=;"),
    ],
)
def test_odd_answers_are_read_as_far_as_they_go(server, said):
    got = fetch(server.at("/", said), seconds=5, limit=1000)
    assert (got.status, got.body) == (200, b"hello")


def test_what_is_compressed_is_not_read(server):
    """A few bytes could be a great many."""
    bomb = gzip.compress(b"x" * 10_000_000)
    for encoding in ("gzip", "br", "identity, gzip", "GZIP"):
        url = server.at("/", answer(bomb, Content_Encoding=encoding))
        assert refusal(url) == "it answers compressed, though it was asked not to"


def test_only_the_wanted_types_are_read(server):
    for said, name in (("image/png", "image/png"), ("a/b;text/html", "a/b"), ("nonsense", "text/plain")):
        assert refusal(server.at("/", answer(Content_Type=said)), types=("text/html",)) == f"what is there is {name}"
    assert refusal(server.at("/", answer()), types=("text/html",)) == "what is there is of no type"
    got = fetch(server.at("/", answer(b"x", Content_Type="text/html; x")), seconds=5, limit=9, types=("text/html",))
    assert got.body == b"x"


def test_nobody_there_is_said(monkeypatch, server):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setattr(module, "why_not", lambda *_: "")
    assert refusal(f"http://127.0.0.1:{port}/") == "connection refused"
