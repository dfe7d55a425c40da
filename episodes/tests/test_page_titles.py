"""Titles of pages that links lead to: read from hostile pages, within a time, for members who write."""

import json
import time
from html import escape, unescape

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

from episodes import page_titles
from episodes.page_titles import markdown_of, title_of, titles_of
from episodes.tests.factories import make_member, make_show
from episodes.validators import PageCheck
from lupcms.shows.markdown import label_html
from lupcms.shows.models import Role
from lupcms.tests.servers import answer

TITLES = "/admin/episodes/episode/titles/"


def page(title: str, **headers) -> bytes:
    return answer(f"<!doctype html><title>{title}</title>".encode(), **{"Content_Type": "text/html"} | headers)


# --- What a page is called ---


@pytest.mark.parametrize(
    ("source", "title"),
    [
        ("<title>A page</title>", "A page"),
        ("<TITLE lang=en>\n  A\t\tpage \r\n</TITLE>", "A page"),
        ('<title>A</title><meta property="og:title" content="B">', "B"),
        ("<meta content='B &amp; C' property=og:title><title>A</title>", "B & C"),
        ('<meta name="og:title" content="B"><title>A</title>', "B"),
        ('<meta property="og:title" content=" &#8203; "><title>A</title>', "A"),
        ("<svg><title>Icon</title></svg><title>A</title>", "A"),
        ("<title>A</title><title>B</title>", "A"),
        ("<title>AT&amp;T &lt;b&gt; &copy; &#x1F600; &quot;x&quot;</title>", 'AT&T <b> © 😀 "x"'),
        ("<title>&amp;amp;</title>", "&amp;"),
        ("<title>a<script>alert(1)</script>b", "a<script>alert(1)</script>b"),
        ("<title>a\x00b\x07c\x1b[31md</title>", "abc[31md"),
        ("<title>a\u202eb\u2066c\u200fd\ufeffe\u00adf\u200bg</title>", "abcdefg"),
        ("<title>a\u2028b\u2029c\u00a0d\u3000e</title>", "a b c d e"),
        ("<title>👩\u200d🚀 می\u200cخواهم</title>", "👩\u200d🚀 می\u200cخواهم"),
        ("<title>e\u0301</title>", "\u00e9"),
        ("<title></title>", ""),
        ("<title> \u200b </title>", ""),
        ("<p>No title</p>", ""),
        ("", ""),
        ("\x00", ""),
        ("<", ""),
        ("<!-- <title>A</title> --><title>B", "B"),
        (
            "<?xml version='1.0' encoding='utf-8'?><html xmlns='http://www.w3.org/1999/xhtml'><title>A</title></html>",
            "A",
        ),
        ("<title>" + "x" * 500 + "</title>", "x" * 199 + "…"),
    ],
)
def test_a_title_is_read_as_text_in_one_line(source, title):
    assert title_of(source.encode()) == title


@pytest.mark.parametrize(
    ("data", "charset", "title"),
    [
        ("<title>Grüße</title>".encode(), "", "Grüße"),
        ("<title>Grüße</title>".encode("latin-1"), "", "Grüße"),
        ("<title>“Grüße”</title>".encode("cp1252"), "iso-8859-1", "“Grüße”"),
        ("<title>Привет</title>".encode("windows-1251"), "windows-1251", "Привет"),
        ("<title>Привет</title>".encode("koi8-r"), "KOI8-R", "Привет"),
        ("<meta charset='shift_jis'><title>日本語</title>".encode("shift_jis"), "", "日本語"),
        (b"<meta http-equiv=content-type content='text/html; charset=GBK'><title>\xd6\xd0</title>", "", "中"),
        ("<meta charset=utf-16><title>Grüße</title>".encode(), "", "Grüße"),
        ("<meta charset=latin1><title>Grüße</title>".encode(), "utf-8", "Grüße"),
        ("\ufeff<title>Grüße</title>".encode(), "latin1", "Grüße"),
        ("\ufeff<title>Grüße</title>".encode("utf-16le"), "", "Grüße"),
        ("\ufeff<title>Grüße</title>".encode("utf-16be"), "utf-8", "Grüße"),
        ("<title>Grüße</title>".encode(), "zlib", "Grüße"),
        ("<meta charset=punycode><title>Grüße</title>".encode(), "unicode_escape", "Grüße"),
        ("<title>Grüße</title>".encode(), "iso-8859-99", "Grüße"),
        (b"<title>Gr\xff\xfc\xdfe</title>", "utf-8", "Gre"),
        ("<title>Grüße</title>ü".encode()[:-1], "", "Grüße"),
    ],
)
def test_a_page_is_decoded_as_browsers_do(data, charset, title):
    assert title_of(data, charset) == title


@options(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<title>{text}".encode("utf-8", "replace")))
def test_no_page_makes_it_crash_or_more_than_a_line(data):
    title = title_of(data)
    assert len(title) <= 200
    assert title.split() == title.split(" ") or not title
    assert not any(ord(sign) < 32 or sign in "\x7f\u202e\u2066\u200f" for sign in title)


@pytest.mark.parametrize(
    "part", ["<title>", "<a ", "<!--", "<svg>", "<div>", "&amp;", "<meta ", "<meta charset=", "</"]
)
def test_a_hostile_page_is_read_to_its_end(part):
    """If the cost were the square of its length, this would take many minutes."""
    assert "\n" not in title_of((part * 300_000).encode()[:256_000])


# --- As Markdown ---


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("How to (not) tie a knot – Rope & Sons, 100% #1!", "How to (not) tie a knot – Rope & Sons, 100% #1!"),
        ("snake_case and _this_", "snake_case and \\_this\\_"),
        ("*a* `b` ~~c~~ [d](e) <f> g\\h &amp;", "\\*a\\* \\`b\\` \\~\\~c\\~\\~ \\[d\\]\\(e) \\<f> g\\h \\&amp;"),
    ],
)
def test_only_what_markdown_would_take_for_a_sign_is_escaped(text, markdown):
    assert markdown_of(text) == markdown


@options(max_examples=500, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab \\`*_~[]()<>&;#!\"'-+.1:/@|=$^{}").filter(bool), max_size=40))
def test_what_a_link_shows_is_the_title_and_a_notes_page_can_print_it(text):
    text = " ".join(text.split())
    markdown = markdown_of(text)
    assert unescape(label_html(markdown)) == text
    PageCheck("text")(markdown)


# --- From servers ---


def test_titles_come_by_address_without_those_that_have_none(server):
    first = server.at("/1", page("One *star*"))
    other = server.at("/2", page("Two", Content_Type="application/xhtml+xml; charset=utf-8"))
    urls = [
        other,
        first,
        first,
        server.at("/3", answer(b"<title>x</title>", Content_Type="image/svg+xml")),
        server.at("/4", answer(b"<title>x</title>")),
        server.at("/5", page("x").replace(b"200 OK", b"404 No")),
        f"{server.url}/6",
        "http://169.254.169.254/",
        "mailto:a@b.example",
        "\x00",
        "",
        "http://\ud800/",
    ]
    assert list(titles_of(urls).items()) == [(other, "Two"), (first, "One \\*star\\*")]
    assert len(server.asked) == 6


def test_many_pages_are_asked_at_once_and_all_within_the_time(server, monkeypatch):
    monkeypatch.setattr(page_titles, "SECONDS", 1)
    quick = [server.at(f"/{n}", page(f"{n}")) for n in range(20)]
    late = page("Late")

    def say_late(asked, out):
        time.sleep(2)
        out.write(late)

    slow = [server.at(f"/slow{n}", say_late) for n in range(7)]
    assert list(titles_of([*slow, *quick])) == quick


def test_no_more_pages_are_asked_than_may_be(server):
    server.at("/", page("x"))
    assert len(titles_of(f"{server.url}/#{n}" for n in range(99))) == 30


def test_of_a_long_page_the_beginning_is_read(server):
    url = server.at("/", answer(b"<title>Long</title>" + b"x" * 5_000_000, Content_Type="text/html"))
    late = server.at("/2", answer(b" " * 300_000 + b"<title>Late</title>", Content_Type="text/html"))
    assert titles_of([url, late]) == {url: "Long"}


def test_the_charset_of_the_server_is_heard(server):
    said = answer("<title>Привет</title>".encode("koi8-r"), Content_Type="text/html; charset=koi8-r")
    url = server.at("/", said)
    assert titles_of([url]) == {url: "Привет"}


# --- For the desk ---


@pytest.fixture
def ask(client, db):
    client.force_login(make_member("alice", make_show(), Role.WRITER))

    def ask(sent):
        body = sent if isinstance(sent, str | bytes) else json.dumps(sent)
        return client.post(TITLES, body, content_type="application/json")

    return ask


def test_the_desk_gets_titles(ask, server):
    url = server.at("/", page(escape("<script>alert(1)</script>")))
    response = ask({"urls": [url, f"{server.url}/none"]})
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.json() == {"titles": {url: "\\<script>alert(1)\\</script>"}}


def test_where_asking_is_switched_off_there_are_no_titles(ask, server, settings):
    settings.ASK_OTHER_SERVERS = False
    assert ask({"urls": [server.at("/", page("x"))]}).json() == {"titles": {}}
    assert server.asked == []


@pytest.mark.parametrize(
    "sent",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        b"\xff\xfe",
        '{"urls": "https://a.example"}',
        '{"urls": {"a": 1}}',
        '{"urls": [1]}',
        '{"urls": [["https://a.example"]]}',
        {"urls": ["https://a.example"] * 31},
        {"urls": ["https://a.example/" + "x" * 100_000]},
        "[" * 90_000,
        "x" * 6_000_000,
    ],
    ids=lambda sent: str(sent)[:20],
)
def test_nonsense_is_answered_with_a_sentence(ask, server, sent):
    response = ask(sent)
    assert response.status_code == 400
    assert response.json()["error"].startswith("Send JSON like ")
    assert server.asked == []


def test_nothing_is_an_answer_too(ask):
    assert ask({"urls": []}).json() == {"titles": {}}
    assert ask({"urls": ["javascript:alert(1)", "\ud800"]}).json() == {"titles": {}}


def test_only_who_writes_on_a_show_may_ask(client, server, db):
    body = json.dumps({"urls": [server.at("/", page("x"))]})
    show = make_show()
    assert client.post(TITLES, body, content_type="application/json").status_code == 302
    for role in (Role.VIEWER, Role.AD_MANAGER):
        client.force_login(make_member(role, show, role))
        assert client.post(TITLES, body, content_type="application/json").status_code == 403
    assert server.asked == []
    client.force_login(make_member("bob", make_show("lamp-talk", "LT")))
    assert client.post(TITLES, body, content_type="application/json").status_code == 200
    assert client.get(TITLES).status_code == 405


def test_no_other_site_may_ask(db, server):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_member("alice", make_show()))
    body = json.dumps({"urls": [server.at("/", page("x"))]})
    assert client.post(TITLES, body, content_type="application/json").status_code == 403
    assert server.asked == []
