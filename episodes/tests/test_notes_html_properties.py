"""What must hold for the notes of any feed: no word is lost, the order stays, everything can be printed."""

import re
from datetime import date
from html import escape, unescape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it.common.normalize_url import normalizeLink

from episodes.importers.notes_html import Split, is_part_of, split
from episodes.notes import Notes, parse, problems, render
from episodes.notes.checks import SUMMARY_END
from lupcms.shows.markdown import block_html, inline_html, label_html

# Each word is another one, so that a lost one shows, and its place too.
NUMBERED = re.compile(r"w\d+w")
SIGNS = "*_`~#-+=>|!&;:.,()[]{}<\\/\"'^$%@1 \t\xa0aé漢😀א"


def visible(html: str) -> str:
    """Of HTML of our own making, where every block begins a line; `strip_tags` would read a lone `<` as a tag."""
    return " ".join(unescape(re.sub(r"</?[a-z][^>]*>", lambda tag: _gap(tag[0]), html)).split())


def _gap(tag: str) -> str:
    return "" if re.match(r"</?(?:a|em|strong|code|s|b|i|del)\b", tag) else " "


def texts_of(found: Split) -> list[str]:
    return [
        found.summary,
        *(f"{row.name} {row.words} {row.promo_code}" for row in found.placements),
        *(f"{link.heading} {link.text} {link.title} {link.description}" for link in found.links),
        *found.doubts,
    ]


def page_of(found: Split) -> Notes:
    return Notes(
        acronym="TR",
        number="001",
        title="Title",
        air_date=date(2026, 1, 2),
        duration_seconds=61,
        summary=found.summary,
        placements=found.placements,
        links=found.links,
    )


def assert_can_be_printed(found: Split) -> None:
    notes = page_of(found)
    assert list(problems(notes)) == []
    read = parse(render(notes))
    assert read.summary == notes.summary
    # A page prints no code without words, and no title without a text.
    assert [(row.name, row.url, row.words, row.promo_code) for row in read.placements] == [
        (row.name, row.url, row.words, row.promo_code if row.words else "") for row in found.placements
    ]
    assert [(row.url, row.text, row.title, row.description) for row in read.links] == [
        (row.url, row.text, row.title, row.description) for row in found.links
    ]


text = st.text(SIGNS, min_size=1, max_size=8).map(escape)
url = st.sampled_from(
    [
        *("https://a.example/1", "http://b.example/x?y=1&copy=2#z", "https://c.example/a_b_(c)*d*"),
        *("https://e.example/ü", "HTTPS://F.EXAMPLE", "https://g.example/%20%C3%BC", "https://h.example/[x]\\y"),
        "mailto:ann@d.example",
    ]
)
style = st.sampled_from(["em", "strong", "code", "s", "b", "i", "del", "span"])
styled = st.recursive(
    text, lambda inner: st.tuples(style, st.lists(inner, max_size=3)).map(lambda p: f"<{p[0]}>{''.join(p[1])}</{p[0]}>")
)
link = st.tuples(url, styled).map(lambda p: f'<a href="{escape(p[0])}">a{p[1]}</a>')
inline = st.lists(st.one_of(styled, styled, link, st.just("<br>")), max_size=5).map("".join)
paragraph = st.tuples(st.sampled_from(["p", "div", "blockquote", "h2", "h5", "pre"]), inline).map(
    lambda p: f"<{p[0]}>{p[1]}</{p[0]}>"
)
block = st.recursive(
    paragraph,
    lambda inner: st.tuples(
        st.sampled_from(["ul", "ol", 'ol start="7"', "blockquote"]), st.lists(st.lists(inner, max_size=2), max_size=3)
    ).map(lambda p: f"<{p[0]}>{''.join(f'<li>{"".join(item)}</li>' for item in p[1])}</{p[0].split()[0]}>"),
    max_leaves=6,
)
# Links are no list here: all of it is summary.
prose = st.lists(block, max_size=5).map("\n".join)


@settings(max_examples=150, deadline=None)
@given(prose)
def test_summary_shows_the_same_words_and_signs(html):
    found = split(html)
    if found.links or found.placements:
        return
    shown = visible(block_html(found.summary))
    assert shown.replace(" ", "") == visible(html).replace(" ", "").replace("\xa0", "")


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(styled, link), max_size=6).map(lambda parts: f"<p>x {' y '.join(parts)} z</p>"))
def test_summary_leads_to_the_same_places(html):
    shown = block_html(split(html).summary)
    hrefs = [normalizeLink(unescape(href)) for href in re.findall(r'<a href="([^"]*)"', html)]
    assert [unescape(href) for href in re.findall(r'<a href="([^"]*)"', shown)] == hrefs


HREFS = [
    *("https://a.example/1", "http://b.example", "holesail.example", "/about", "#part", "javascript:alert(1)", ""),
    *("data:text/html,x", 'https://c.example/a b"c', "mailto:ann@d.example", "wss://e.example", "https://f.example/)("),
]
TEXTS = ["w0w", "<b>w0w</b>", "", "https://a.example/w0w", "w0w ](x)", "<img alt=w0w>"]
SIGNS_BETWEEN = [" ", " — ", ": ", " - ", ", ", "<br>", " Promo Code: w0w", " use code w0w at checkout", " | "]
word = st.just("w0w")
anchor = st.tuples(st.sampled_from(HREFS), st.sampled_from(TEXTS)).map(
    lambda p: f'<a href="{escape(p[0])}" title="w0w">{p[1]}</a>'
)
part = st.one_of(word, anchor, st.sampled_from(SIGNS_BETWEEN), st.just("https://g.example/w0w "))
line = st.lists(part, min_size=1, max_size=6).map("".join)
items = st.recursive(
    st.lists(line.map(lambda text: f"<li>{text}</li>"), max_size=4).map(lambda rows: f"<ul>{''.join(rows)}</ul>"),
    lambda inner: st.tuples(line, inner).map(lambda p: f"<ul><li>{p[0]}{p[1]}</li></ul>"),
    max_leaves=3,
)
heading = st.sampled_from(
    [
        *("<p>Sponsored By:</p>", "<h3>Sponsored by</h3>", "<p>Sponsor: </p>", "<p><strong>Sponsor:</strong> "),
        *("<p>Links:</p>", "<h3>Episode links</h3>", "<h2>w0w</h2>", "<p><strong>w0w</strong></p>", "<p>w0w:</p>"),
    ]
)
odd = st.sampled_from(
    [
        *("<table><tr><td>w0w<td>w0w</table>", "<dl><dt>w0w<dd>w0w</dl>", "<hr>", "</ul>", "<h4>Your hosts</h4>"),
        "<pre>w0w\n https://h.example/w0w</pre>",
        "<pre><code>w0w\n\n## Your hosts w0w</code></pre>",
        "<img alt='w0w' src=x>",
        "<form>w0w<select><option>w0w</select><textarea>w0w</textarea></form>",
        "<a href='https://i.example'>w0w<p>w0w",
    ]
)
soup = st.lists(st.one_of(heading, items, line.map("<p>{}</p>".format), line, odd), max_size=8).map("\n".join)


def numbered(html: str) -> str:
    """`w0w` becomes w1w, w2w and so on."""
    counter = iter(range(1, 10_000))
    return re.sub("w0w", lambda _: f"w{next(counter)}w", html)


@settings(max_examples=150, deadline=None)
@given(soup.map(numbered))
@example('<ul><li>w1w<br>w2w<ul><li><a href="https://a.example/1">w4w</a></li></ul></li></ul>')
@example("<h2>w1w</h2><ul><li>Sponsor: https://a.example/w2w</li></ul>")
def test_no_word_is_lost(html):
    found = split(html)
    seen = re.sub(r' title="[^"]*"', "", html)
    kept = set(NUMBERED.findall(" ".join([*texts_of(found), *(link.url for link in found.links)])))
    kept |= set(NUMBERED.findall(" ".join(row.url for row in found.placements)))
    assert set(NUMBERED.findall(seen)) <= kept


@settings(max_examples=150, deadline=None)
@given(soup.map(numbered))
def test_no_address_is_lost(html):
    found = split(html)
    kept = " ".join([*texts_of(found), *(row.url for row in (*found.links, *found.placements))])
    for href in re.findall(r'<a href="([^"]*)"', html):
        url = unescape(href)
        if url.startswith("#"):
            continue
        # What no page can print is written as %20 and the like; in Markdown brackets stand behind a backslash.
        printable = url.replace(" ", "%20").replace('"', "%22")
        assert printable in kept or printable.replace(")", "\\)").replace("(", "\\(") in kept, url


@settings(max_examples=150, deadline=None)
@given(soup.map(numbered))
def test_order_is_kept(html):
    found = split(html)
    numbers = [int(word[1:-1]) for word in NUMBERED.findall(found.summary)]
    assert numbers == sorted(numbers)
    for row in (*found.links, *found.placements):
        numbers = [int(word[1:-1]) for word in NUMBERED.findall(getattr(row, "text", getattr(row, "name", "")))]
        assert numbers == sorted(numbers)


@settings(max_examples=150, deadline=None)
@given(st.one_of(soup.map(numbered), prose, st.text(), st.text(SIGNS + "\n\0\x85\u2028\ud800")))
def test_everything_can_be_printed_and_read_back(html):
    found = split(html)
    assert_can_be_printed(found)
    assert SUMMARY_END not in found.summary


@settings(max_examples=150, deadline=None)
@given(soup.map(numbered))
def test_nothing_runs_from_what_was_split(html):
    found = split(html)
    shown = block_html(found.summary) + "".join(inline_html(row.description) for row in found.links)
    addresses = [*re.findall(r'href="([^"]*)"', shown), *(row.url for row in (*found.links, *found.placements))]
    assert not [url for url in addresses if url.lower().startswith(("javascript:", "data:"))]
    assert found.doubts == tuple(dict.fromkeys(found.doubts))
    assert all(label_html(row.words) is not None for row in found.placements)


@pytest.mark.parametrize(
    ("short", "long", "is_part"),
    [
        ("We talk about tides.", "Hello! We talk: about **tides** today.", True),
        ("about tide", "We talk about tides", False),
        ("", "anything", True),
        ("tides about", "about tides", False),
    ],
)
def test_a_shorter_text_is_found_in_a_longer_one(short, long, is_part):
    assert is_part_of(short, long) is is_part
