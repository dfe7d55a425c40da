"""Markdown becomes safe HTML, and the short cut for plain text gives what the long way gives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lupcms.shows import markdown
from lupcms.shows.markdown import block_html, inline_html, label_html


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("", ""),
        (" \n", ""),
        ("One\nTwo", "<p>One<br>\nTwo</p>"),
        ("# Big", "<h3>Big</h3>"),
        ("###### Small", "<h6>Small</h6>"),
        ("* a\n* b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("<b>x</b>", "<p>&lt;b&gt;x&lt;/b&gt;</p>"),
        ("[x](https://a.example)", '<p><a href="https://a.example" rel="noopener nofollow">x</a></p>'),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("https://a.example/b", '<p><a href="https://a.example/b" rel="noopener nofollow">https://a.example/b</a></p>'),
        ("example.com a@example.com", "<p>example.com a@example.com</p>"),
        ("![x](https://a.example/y.png)", '<p>!<a href="https://a.example/y.png" rel="noopener nofollow">x</a></p>'),
        ("a & b < c", "<p>a &amp; b &lt; c</p>"),
    ],
)
def test_block(source, html):
    assert block_html(source) == html


@pytest.mark.parametrize(
    ("source", "inline", "label"),
    [
        ("plain words, really", "plain words, really", "plain words, really"),
        ("*a* `b` **c** ~~d~~", "<em>a</em> <code>b</code> <strong>c</strong> <s>d</s>", None),
        ("1. no list", "1. no list", "1. no list"),
        ("# no heading", "# no heading", "# no heading"),
        ("<a href=x>", "&lt;a href=x&gt;", "&lt;a href=x&gt;"),
        (
            "https://a.example",
            '<a href="https://a.example" rel="noopener nofollow">https://a.example</a>',
            "https://a.example",
        ),
        (
            "<https://a.example>",
            '<a href="https://a.example" rel="noopener nofollow">https://a.example</a>',
            "&lt;https://a.example&gt;",
        ),
        ("a\\*b", "a*b", "a*b"),
        (
            "mailto:a@b.example",
            '<a href="mailto:a@b.example" rel="noopener nofollow">mailto:a@b.example</a>',
            "mailto:a@b.example",
        ),
    ],
)
def test_inline_and_label(source, inline, label):
    assert inline_html(source) == inline
    assert label_html(source) == (inline if label is None else label)


def test_a_text_longer_than_any_page_stays_plain():
    for html in (block_html, inline_html, label_html):
        assert "&lt;b&gt;" in html("<b>" * 40_000)
        assert "<em>" not in html("*x* " * 40_000)


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60))
def test_the_short_cut_for_plain_text_changes_nothing(text):
    for render, convert in ((markdown._markdown, inline_html), (markdown._unlinked, label_html)):
        tags = markdown._INLINE_TAGS - ({"a"} if convert is label_html else set())
        assert convert(text) == markdown._clean(render.renderInline(text), tags)


@settings(max_examples=200, deadline=None)
@given(st.text("<>&\"'/()[]!*_`\\ax:jscript\n", max_size=80))
def test_no_markup_gets_through(text):
    for html in (block_html(text), inline_html(text), label_html(text)):
        lowered = html.lower()
        assert "<script" not in lowered
        assert "<img" not in lowered
        assert 'href="javascript' not in lowered
