"""Anything on a clipboard -> rows. Golden cases by hand for every kind, and what must hold for all of them."""

import re
from contextlib import suppress
from html import escape, unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.formats.problems import FormatError
from episodes.notes import Link, parse
from episodes.notes import checks as page
from episodes.notes.render import link_line
from episodes.paste import Pasted, Row, read
from episodes.paste.addresses import key, mend, spellings
from episodes.paste.read import MAX_ANCHORS, MAX_CHARACTERS, MAX_HTML_CHARACTERS
from episodes.paste.rows import literal
from episodes.paste.tracking import ON_SITES, PARAMETERS, PREFIX, without_tracking
from episodes.tests.factories import ARCHIVE
from lupcms.shows.markdown import inline_html, label_html
from lupcms.tests.test_docs import read as read_doc

SEED = ARCHIVE / "notes" / "linux-unplugged" / "2018" / "episode-245.md"


def simple(pasted: Pasted) -> list[tuple[str, ...]]:
    """Text, address, description, heading; what is empty at the end is left out."""
    rows = []
    for row in pasted.rows:
        values = [row.text, row.url, row.description, row.heading]
        while not values[-1]:
            values.pop()
        rows.append(tuple(values))
    return rows


TEXTS = {
    "a Markdown list": (
        '* [One](https://one.example)\n- [Two](https://two.example "Two") - the *second*\n+ [Three](<https://3.example>)',
        [
            ("One", "https://one.example"),
            ("Two", "https://two.example", "the *second*"),
            ("Three", "https://3.example"),
        ],
    ),
    "a numbered list": (
        "1. [One](https://one.example): first\n2) Two https://two.example",
        [("One", "https://one.example", "first"), ("Two", "https://two.example")],
    ),
    "brackets in an address and in a text": (
        "[Go [video] (2)](https://en.wikipedia.org/wiki/Go_(game))",
        [("Go [video] (2)", "https://en.wikipedia.org/wiki/Go_(game)")],
    ),
    "emphasis around a link": ("**[One](https://one.example)** — first", [("One", "https://one.example", "first")]),
    "a description with a link of its own": (
        "* [One](https://one.example) — see [two](https://two.example) too",
        [("One", "https://one.example", "see [two](https://two.example) too")],
    ),
    "reference links": (
        "See [the tides][t] and [lamps].\n\n[t]: https://tides.example 'T'\n[lamps]: <https://lamps.example>\n"
        "[2]: https://unused.example",
        [("the tides", "https://tides.example"), ("lamps", "https://lamps.example"), ("", "https://unused.example")],
    ),
    "bare addresses": (
        "https://one.example\nHTTP://two.example/a?b=c#d.\n<https://three.example>",
        [("", "https://one.example"), ("", "HTTP://two.example/a?b=c#d"), ("", "https://three.example")],
    ),
    "a title and its address in one line": (
        "One: a *story* - https://one.example\nTwo — https://two.example - the second\nThree (https://3.example)\n"
        "https://four.example | Four | The Site",
        [
            (r"One: a \*story\*", "https://one.example"),
            ("Two", "https://two.example", "the second"),
            ("Three", "https://3.example"),
            ("Four | The Site", "https://four.example"),
        ],
    ),
    "tabs of a browser, the title above": (
        "One\nhttps://one.example\nTwo\nhttps://two.example",
        [("One", "https://one.example"), ("Two", "https://two.example")],
    ),
    "tabs of a browser, the title below": (
        "https://one.example\nOne\n\nhttps://two.example\nTwo - it - is",
        [("One", "https://one.example"), ("Two - it - is", "https://two.example")],
    ),
    "a chat": (
        "12:03 <anna> look https://one.example, nice\n[12:04:05] Bob B: https://two.example\n"
        "27.11.2026, 12:05 - Cem: so *good*: www.three.example/x\n<dora> ok",
        [
            ("", "https://one.example", "look, nice"),
            ("", "https://two.example"),
            ("", "https://www.three.example/x", r"so \*good\*"),
        ],
    ),
    "times before links": ("13:30 Lamps https://lamps.example", [("Lamps", "https://lamps.example")]),
    "headings": (
        "# The show\n## Water\n[One](https://one.example)\n\nLamps:\n* https://two.example\n\nOil\n---\n"
        "https://three.example\n**Rope**\nhttps://four.example\n## Links\nhttps://five.example",
        [
            ("One", "https://one.example", "", "Water"),
            ("", "https://two.example", "", "Lamps"),
            ("", "https://three.example", "", "Oil"),
            ("", "https://four.example", "", "Rope"),
            ("", "https://five.example"),
        ],
    ),
    "a list in a list": (
        "* Water\n  * [One](https://one.example)\n    * it is deep\n  * [Two](https://two.example)\n    and wide",
        [("One", "https://one.example", "it is deep", "Water"), ("Two", "https://two.example", "and wide")],
    ),
    "tasks and quotes": (
        "- [x] [One](https://one.example)\n> [Two](https://two.example)\n[3] https://three.example",
        [("One", "https://one.example"), ("Two", "https://two.example"), ("", "https://three.example")],
    ),
    "several in one line": (
        "I like https://one.example and https://two.example, too. Three: https://three.example",
        [("", "https://one.example"), ("", "https://two.example"), ("too. Three", "https://three.example")],
    ),
    "the text says only the address": (
        "[https://one.example](https://one.example/)\n[two.example/a](https://www.two.example/a)",
        [("", "https://one.example/"), ("", "https://www.two.example/a")],
    ),
    "HTML in the box": (
        '<p>Links:</p>\n<ul>\n<li><a href="https://one.example">One &amp; only</a>: first</li>\n</ul>',
        [("One & only", "https://one.example", "first")],
    ),
    "line ends of Windows": (
        "One - https://one.example\r\nTwo - https://two.example",
        [
            ("One", "https://one.example"),
            ("Two", "https://two.example"),
        ],
    ),
    "nothing": ("", []),
    "no address": ("Node.js and v2.0, and/or README.md at 12:30. e.g./i.e. a@b.example", []),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_becomes_rows(name):
    pasted, expected = TEXTS[name]
    assert simple(read(pasted)) == expected


PAGES = {
    "a copied web page": (
        '<html><head><title>https://not.example</title></head><body><h2>Water<a href="#water">¶</a></h2>'
        '<p>We like <a href="https://one.example/">the <b>tides</b></a>.</p>'
        '<h3><a href="https://two.example">Two *stars*</a></h3><script>"https://x.example"</script></body></html>',
        [("the tides", "https://one.example/", "", "Water"), (r"Two \*stars\*", "https://two.example")],
    ),
    "links of an old host": (
        '<p>Hello.</p><p><strong>Links:</strong></p><ul><li><a title="One" rel="nofollow" href="https://one.example">One'
        '</a> &mdash; the first, as <a href="https://two.example/(a)">two</a> says</li><li><a rel="nofollow" '
        'href="https://three.example">Three</a></li></ul>',
        [
            ("One", "https://one.example", r"the first, as [two](https://two.example/\(a\)) says"),
            ("Three", "https://three.example"),
        ],
    ),
    "a comment below a link": (
        '<ul><li><a href="https://one.example">One</a><br>deep</li><li><p><a href="https://two.example">Two</a></p>'
        '<p>wide</p></li></ul><dl><dt><a href="https://three.example">Three</a></dt><dd>long</dd></dl>',
        [
            ("One", "https://one.example", "deep"),
            ("Two", "https://two.example", "wide"),
            ("Three", "https://three.example", "long"),
        ],
    ),
    "a list in a list": (
        '<ul><li>Water<ul><li><a href="https://one.example">One</a></li></ul></li></ul>',
        [("One", "https://one.example", "", "Water")],
    ),
    "a table": (
        '<table><tr><th>Page<th>Why</tr><tr><td><a href="https://one.example">One</a></td><td>deep</td></tr>'
        "<tr><td>Two</td><td>https://two.example</td></tr></table>",
        [("One", "https://one.example", "deep"), ("Two", "https://two.example")],
    ),
    "Word": (
        "<p class=MsoListParagraph style='mso-list:l0 level1'><![if !supportLists]><span style='font-family:Symbol'>"
        "<span style='mso-list:Ignore'>·<span>&nbsp;&nbsp; </span></span></span><![endif]>"
        '<a href="https://one.example/">One\nmore</a><o:p></o:p></p>',
        [("One more", "https://one.example/")],
    ),
    "Google Docs": (
        '<meta charset="utf-8"><b style="font-weight:normal;" id="docs-internal-guid-1"><ul><li dir="ltr"><p dir="ltr">'
        '<a href="https://one.example/"><span>One</span></a><span>: first</span></p></li></ul></b>',
        [("One", "https://one.example/", "first")],
    ),
    "a link around a card, and one around a picture": (
        '<a href="https://one.example"><div>One</div><p>more</p></a><a href="https://two.example"><img alt="Two"></a>',
        [("One", "https://one.example"), ("Two", "https://two.example")],
    ),
    "tags without ends": (
        '<ul><li><a href="https://one.example">One<li><a href="https://two.example">Two',
        [("One", "https://one.example"), ("Two", "https://two.example")],
    ),
    "an address that is nowhere linked": (
        "<a href=''>x</a><p>One - https://one.example</p>",
        [("One", "https://one.example")],
    ),
}


@pytest.mark.parametrize("name", PAGES)
def test_html_of_the_clipboard_becomes_rows(name):
    html, expected = PAGES[name]
    assert simple(read("The text of it", html)) == expected


def test_where_both_are_there_the_one_with_links_is_read():
    coloured = "<pre><span>* [One](</span><span>https://one.example)</span></pre>"
    linked = '<p>[One](<a href="https://one.example">https://one.example</a>)</p>'
    for html in (coloured, linked, "<p>One</p>"):
        assert simple(read("* [One](https://one.example)", html)) == [("One", "https://one.example")]


@pytest.mark.skipif(not SEED.exists(), reason="the archive of real pages is not there")
def test_a_page_of_notes_and_its_list_give_its_links_to_the_letter():
    notes = parse(SEED.read_bytes())
    expected = tuple(Row(link.text, link.url, link.description) for link in notes.links)
    whole = SEED.read_text()
    listed = whole.partition("## Episode links\n\n")[2].partition("\n\n\n\n")[0]
    assert len(expected) == 10
    for pasted in (whole, listed, listed.strip(), f"{listed}\n\n", whole.replace("\n", "\r\n")):
        assert read(pasted) == Pasted(expected)
    assert read(whole.replace("## Your hosts\n", "## Your hosts\n\n")) == Pasted(expected), "not to the letter"


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of real pages is not there")
def test_every_real_page_gives_its_links():
    pages = sorted((ARCHIVE / "notes").rglob("*.md"))
    assert pages
    for path in pages:
        links = [(link.text, mend(link.url).url, link.description) for link in parse(path.read_bytes()).links]
        assert [(row.text, row.url, row.description) for row in read(path.read_text()).rows] == links, path.name


def test_lines_without_an_address_are_counted():
    assert read("Hello\n\n* [One](https://one.example)\n\nBye\n\n***").left_out == 2


# --- Addresses ---


@pytest.mark.parametrize(
    ("pasted", "url", "remark"),
    [
        ("example.org", "https://example.org", "https:// was missing."),
        ("www.example.org/x", "https://www.example.org/x", "https:// was missing."),
        ("example.org:8080/x?a#b", "https://example.org:8080/x?a#b", "https:// was missing."),
        ("//example.org/x", "https://example.org/x", "https: was missing."),
        (" https://example.org/a b\n", "https://example.org/a%20b", "Blanks and quotation marks in the address"),
        ('https://example.org/"a"', "https://example.org/%22a%22", "Blanks and quotation marks in the address"),
        ("https://example.org/?utm_source=a&b=1", "https://example.org/?b=1", "Tracking taken off: utm_source."),
    ],
)
def test_an_address_is_mended_and_it_is_said(pasted, url, remark):
    mended = mend(pasted)
    assert (mended.url, mended.doubts) == (url, ())
    assert mended.remarks[0].startswith(remark)


@pytest.mark.parametrize(
    ("pasted", "doubt", "can_be_linked"),
    [
        ("javascript:alert(1)", "javascript: runs or opens something", False),
        ("\x01 JaVa\tScript\n:alert(1)", "javascript: runs or opens something", False),
        ("data:text/html,x", "data: runs or opens something", False),
        ("file:///etc/passwd", "file: runs or opens something", False),
        ("ftp://example.org", "ftp: is no address of the web", True),
        ("/rel/ative", "This is no whole address", True),
        ("https://", "This address names no site", True),
        ("https://intranet/x", "This address names no site", True),
        ("https://[x", "This address names no site", True),
        ("https://me:secret@example.org", "There is a name or a password", True),
    ],
)
def test_an_odd_address_is_doubtful_and_some_are_never_links(pasted, doubt, can_be_linked):
    (row,) = read("", f'<a href="{pasted}">Look</a>').rows
    (found,) = row.doubts
    assert found.startswith(doubt)
    assert row.can_be_linked is can_be_linked
    assert row.text == "Look"


def test_an_address_to_write_to_is_fine():
    assert mend("mailto:ann@example.org") == ("mailto:ann@example.org", (), ())


@pytest.mark.parametrize(
    ("url", "without"),
    [
        ("https://a.example/?utm_source=x&UTM_Medium=y#utm_z=1", "https://a.example/#utm_z=1"),
        ("https://a.example/?b=%20+&&fbclid=1&c=", "https://a.example/?b=%20+&&c="),
        ("https://a.example?gclid=1", "https://a.example"),
        ("https://youtu.be/x?si=1&t=5", "https://youtu.be/x?t=5"),
        ("https://open.spotify.com/episode/x?si=1", "https://open.spotify.com/episode/x"),
        ("https://a.example/?si=1&ref=us&tag=us-20&aff=1", "https://a.example/?si=1&ref=us&tag=us-20&aff=1"),
        ("https://notyoutu.be/?si=1", "https://notyoutu.be/?si=1"),
        ("https://a.example/?q=utm_source", "https://a.example/?q=utm_source"),
        ("https://a.example/#/x?utm_source=1", "https://a.example/#/x?utm_source=1"),
    ],
)
def test_tracking_goes_and_nothing_else_does(url, without):
    assert without_tracking(url)[0] == without


def test_the_docs_name_every_parameter_that_is_taken_off():
    section = read_doc("docs/producing.md").partition("\n## Paste anything")[2].partition("\n## ")[0]
    named = set(re.findall(r"`(\w+)\*?`", section.partition("| parameter |")[2].partition("\n\n")[0]))
    assert named == PARAMETERS | {PREFIX} | set(ON_SITES)


def test_the_same_address_twice_is_said_of_the_second():
    text = "One - https://one.example/a\nhttps://two.example\nhttp://www.one.example/a/\nhttps://one.example/a#b\nhttps://TWO.example/"
    assert [row.doubts for row in read(text).rows] == [
        (),
        (),
        ("The address of “One” above.",),
        (),
        ("The address stands above already.",),
    ]


def test_the_spellings_of_an_address_are_few():
    assert spellings("http://WWW.Example.org/A#b") == {
        "http://WWW.Example.org/A#b",
        *(
            f"{scheme}://{www}example.org/A{end}"
            for scheme in ("http", "https")
            for www in ("", "www.")
            for end in ("", "/", "#b")
        ),
    }
    assert spellings("mailto:a@b.example") == {"mailto:a@b.example"}


# --- Too much, and hostile ---


def test_too_much_is_refused_with_what_to_do():
    anchors = "<A href=x>" * (MAX_ANCHORS + 1)
    too_much = [("x" * (MAX_CHARACTERS + 1), ""), ("", "x" * (MAX_HTML_CHARACTERS + 1)), ("", anchors), (anchors, "")]
    for text, html in too_much:
        with pytest.raises(FormatError, match="paste a part of it"):
            read(text, html)
    with pytest.raises(FormatError, match=r"These are 501 links: paste 500 at a time at most."):
        read("\n".join(f"https://{n}.example" for n in range(501)))


@pytest.mark.parametrize("part", ["](", '[a](b "', "[", "\\[", "<a ", "https://a)", "[a](", "**", "1. ", "[a]: b\n"])
def test_hostile_text_costs_no_more_than_its_length(part):
    """If the cost were the square of it, this would take many minutes."""
    with suppress(FormatError):
        read((part * MAX_CHARACTERS)[:MAX_CHARACTERS])


@pytest.mark.parametrize(
    "html",
    [
        "<div>" * 50_000 + '<a href="https://one.example">One</a>',
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>&b;'
        '<a href="https://one.example">One</a>',
        '\0\ud800<a href="https://one.example">O\0ne\x08</a>\0',
        "<svg><a href='https://no.example'>x</a></svg><a href='https://one.example' onclick='x()'>One</a>",
    ],
    ids=["deep", "entities", "control characters", "pictures"],
)
def test_hostile_html_is_harmless(html):
    assert simple(read("", html)) == [("One", "https://one.example")]


# --- What holds for all ---

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
addresses = st.from_regex(
    r"https?://[a-z]{1,8}\.example(/[a-zA-Z0-9._~%-]{0,8}(\([a-z]\)|[a-zA-Z0-9/]))?", fullmatch=True
)
markup = st.sampled_from(
    ["\n", "\n\n", "* ", "  * ", "## ", "[", "](", ")", "[a](", "<", ">", " — ", " - ", ": ", "https://a.example/b",
     "www.b.example", "\\", "`", "*", "_", '"', "12:03 <x> ", "[1]: ", "\0", "\x85", "javascript:a", "\t", "\r\n"]
)  # fmt: skip
tags = st.sampled_from(
    ["<ul>", "<li>", "</li>", "<p>", "<br>", "<h2>", "</h2>", "<a href='https://a.example/b'>", "</a>", "&amp;", "<td>",
     "<a href='x&quot; y'>", "<a href='javascript:x'>", "<script>", "</script>", "<!--", "-->", "<![CDATA["]
)  # fmt: skip
pastes = st.lists(words | markup).map("".join)
hypertexts = st.lists(words | tags).map("".join)


def as_list(pasted: Pasted) -> str:
    """Rows as the Markdown list that the notes page prints, below their headings."""
    lines = []
    for row in pasted.rows:
        lines += [f"\n## {row.heading}\n\n"] if row.heading else []
        lines.append(link_line(Link(row.url, row.text, description=row.description)) + "\n")
    return "".join(lines)


@settings(deadline=None)
@given(pastes, hypertexts)
def test_whatever_is_pasted_becomes_rows_that_a_page_can_print(text, html):
    for pasted in (read(text, html), read(text), read("", f"<a href=''></a>{html}"), read(html)):
        for row in pasted.rows:
            page.text(row.text)
            page.url(row.url)
            page.line(row.description)
            assert not re.search(r"[\0-\x08\n\r\x0e-\x1f\x7f]", row.text + row.url + row.description + row.heading)
            assert row.url or row.doubts


@settings(deadline=None)
@given(pastes, hypertexts)
def test_the_list_of_the_rows_gives_the_same_rows(text, html):
    for pasted in (read(text), read("", f"<a href=''></a>{html}")):
        linkable = Pasted(tuple(row for row in pasted.rows if not row.doubts))
        assert simple(read(as_list(linkable))) == simple(linkable)


lines_with_one = st.sampled_from(
    ["{}", "* {}", "Title - {}", "{} Title", "[T]({})", "* [T]({}) — d", "1. <{}>", "12:03 <anna> look {} now", "# {}",
     "A [t]({}), b", "(see {})", '"{}"']
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(lines_with_one, addresses)))
def test_no_address_is_lost_and_none_comes_twice(lines):
    text = "\n".join(line.format(url) for line, url in lines)
    assert [row.url for row in read(text).rows] == [url for _, url in lines]


signs = st.text(st.sampled_from("ab 1*_`~\\[]()<>&#;amp!-.:/'\"—|x@"), max_size=8)
sections = st.lists(
    st.tuples(signs, st.lists(st.tuples(signs, addresses, signs), min_size=1, max_size=2)), min_size=1, max_size=3
)


@settings(deadline=None)
@given(sections)
def test_topics_and_links_of_a_copied_page_give_the_same_rows_as_a_list(page):
    html = "".join(
        f"<h3>{escape(topic)}</h3><ul>"
        + "".join(f'<li><a href="{url}">{escape(text)}</a>: {escape(words)}</li>' for text, url, words in links)
        + "</ul>"
        for topic, links in page
    )
    pasted = read("", html)
    assert len(pasted.rows) >= sum(len(links) for _, links in page)
    linkable = Pasted(tuple(row for row in pasted.rows if row.can_be_linked))
    assert simple(read(as_list(linkable))) == simple(linkable)


@settings(deadline=None)
@given(signs)
def test_plain_text_is_shown_as_it_was(text):
    shown = " ".join(text.split())
    for html_of in (label_html, inline_html):
        html = html_of(literal(shown).replace("](", "] ("))
        assert unescape(html) == shown.replace("](", "] (")


def test_keys_and_mending_change_nothing_the_second_time():
    for url in ("example.org", "https://a.example/?utm_a=1", ' "x" ', "//a.example", "https://a.example/a b"):
        once = mend(url).url
        assert mend(once).url == once
        assert key(once) == key(mend(once).url)
