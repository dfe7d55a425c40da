"""Notes of every host that people move from -> summary, placements and links, by hand."""

import pytest

from episodes.importers.notes_html import Split, split
from episodes.importers.record import Link
from episodes.notes.document import Placement
from lupcms.shows.markdown import LENGTH_LIMIT, block_html

FIRESIDE = """
<p>The tide table is <strong>wrong</strong>, and &quot;we&quot; know why.</p>

<p><a href="https://tide-radio.example/support" rel="payment">Support Tide Radio</a></p><p>Sponsored By:</p><ul>
<li><a rel="nofollow" href="https://lamps.example/tide">Lamp Oil Ltd</a>: <a rel="nofollow"
 href="https://lamps.example/tide">A month of *light* for nothing.</a> Promo Code: lamps.example/tide</li>
<li><a rel="nofollow" href="https://rope.example/">Rope &amp; Sons</a></li></ul><p>Links:</p><ul>
<li><a title="The gauge" rel="nofollow" href="https://gauge.example/">The gauge</a> &mdash; Read <a
 href="https://gauge.example/how">how</a> it works.</li>
<li><a title="A longer title" rel="nofollow" href="https://moon.example/a_b_(c)">Moon [2] &amp; sun</a></li>
<li><a title="https://bare.example/x" rel="nofollow" href="https://bare.example/x">https://bare.example/x</a></li></ul>
"""

A = '<a href="https://a.example">A</a>'
B = '<a href="https://b.example">B</a>'


def test_firesides_notes_are_taken_apart():
    assert split(FIRESIDE) == Split(
        summary='The tide table is **wrong**, and "we" know why.',
        placements=(
            Placement(
                "Lamp Oil Ltd",
                "https://lamps.example/tide",
                r"A month of \*light\* for nothing.",
                "lamps.example/tide",
            ),
            Placement("Rope & Sons", "https://rope.example/"),
        ),
        links=(
            Link("https://tide-radio.example/support", "Support Tide Radio"),
            Link("https://gauge.example/", "The gauge", description="Read [how](https://gauge.example/how) it works."),
            Link("https://moon.example/a_b_(c)", "Moon [2] & sun", "A longer title", "own"),
            Link("https://bare.example/x"),
        ),
        doubts=("The promo code of Lamp Oil Ltd is an address: lamps.example/tide",),
    )


def rows(found: Split) -> list[tuple[str, ...]]:
    """What was found, in short: S the summary, P a placement, L a link; what is empty at the end is left out."""
    result: list[tuple[str, ...]] = [("S", found.summary)] if found.summary else []
    result += [trimmed("P", row.name, row.url, row.words, row.promo_code) for row in found.placements]
    result += [trimmed("L", row.text, row.url, row.description, row.heading) for row in found.links]
    return result


def trimmed(*values: str) -> tuple[str, ...]:
    while not values[-1]:
        values = values[:-1]
    return values


NOTES = {
    "Fireside's website": (
        '<div class="episode-sponsors"><h5>Sponsored By</h5><ul><li><a href="https://lamps.example"><header>Lamp Oil'
        "</header><p>Light for all. Promo Code: TIDE</p></a></li></ul></div>",
        [("P", "Lamp Oil", "https://lamps.example", "Light for all.", "TIDE")],
    ),
    "Podhome": (
        "<p>Text</p><p><strong>Sponsor:</strong> <a href='https://s.example'>Lamp Oil</a> – ten per cent.</p>"
        "<p><strong>Links:</strong></p><p><a href='https://a.example'>One</a></p>"
        "<p><a href='https://b.example'>Two</a> - about two</p><p>Thanks for <a href='https://c.example'>all</a>!</p>",
        [
            ("S", "Text\n\nThanks for [all](https://c.example)!"),
            ("P", "Lamp Oil", "https://s.example", "ten per cent."),
            ("L", "One", "https://a.example"),
            ("L", "Two", "https://b.example", "about two"),
        ],
    ),
    "WordPress, a heading for each topic": (
        "<!-- wp:paragraph --><p>Intro, see <a href='https://i.example'>this</a>.</p><!-- /wp:paragraph -->"
        "<h2>News</h2><ul class='wp-block-list'><li><p><a href='https://a.example'>One</a></p><p>about one</p>"
        "</li></ul><p><b>Tips:</b></p><ul><li><a href='https://b.example'>Two</a>, <a href='https://c.example'>Three</a>"
        "</li></ul><h3>Who</h3><ul><li>Ann</li><li>Bob</li></ul>",
        [
            ("S", "Intro, see [this](https://i.example).\n\n# Who\n\n- Ann\n- Bob"),
            ("L", "One", "https://a.example", "about one", "News"),
            ("L", "Two", "https://b.example", "", "Tips"),
            ("L", "Three", "https://c.example"),
        ],
    ),
    "a list without a heading": (
        "<p>Text</p><ul><li><a href='https://a.example'>One</a></li><li>Two: https://b.example</li></ul>",
        [("S", "Text"), ("L", "One", "https://a.example"), ("L", "Two", "https://b.example")],
    ),
    "a list that tells something": (
        "<ul><li>We saw <a href='https://a.example'>a seal</a> there</li><li>and slept</li></ul>",
        [("S", "- We saw [a seal](https://a.example) there\n- and slept")],
    ),
    "a list of the summary, where there is a section for links": (
        "<p>Heard today:</p><ul><li><a href='https://a.example'>One</a></li></ul>"
        "<p>Links:</p><ul><li><a href='https://b.example'>Two</a></li></ul>",
        [("S", "Heard today:\n\n- [One](https://a.example)"), ("L", "Two", "https://b.example")],
    ),
    "times are no links": (
        "<p>Chapters:</p><ul><li><a href='?t=0'>00:00</a> Intro</li><li>(01:10) Tides</li></ul>",
        [("S", "Chapters:\n\n- [00:00](?t=0) Intro\n- (01:10) Tides")],
    ),
    "lines in a paragraph": (
        "Text.<br><br>Links:<br><a href='https://a.example'>One</a><br>https://b.example<br>Three: https://c.example"
        "<br><br>Music by <a href='https://m.example'>Mel</a>",
        [
            ("S", "Text.\n\nMusic by [Mel](https://m.example)"),
            ("L", "One", "https://a.example"),
            ("L", "", "https://b.example"),
            ("L", "Three", "https://c.example"),
        ],
    ),
    "free paragraphs with bare addresses": (
        "<p>We talk: https://a.example/a_*b*c, www.b.example/x.</p><p>(00:00) Intro<br>(01:10) Tides</p>",
        [("S", "We talk: <https://a.example/a_*b*c>, www.b.example/x.\n\n(00:00) Intro\n(01:10) Tides")],
    ),
    "lists in lists": (
        "<p>Links:</p><ul><li>News<ul><li><a href='https://a.example'>One</a><ul><li>a note</li><li>another</li>"
        "</ul></li><li>Two <a href='https://b.example'>https://b.example</a></li></ul></li></ul>",
        [("L", "One", "https://a.example", "a note another", "News"), ("L", "Two", "https://b.example")],
    ),
    "links among words": (
        "<p>Links:</p><ul><li>See <a href='https://a.example'>this</a> and <a href='https://b.example'>that</a></li>"
        "<li>nothing here</li><li><a href='https://c.example'>Ann</a>’s blog</li><li>Seal holesail.example</li></ul>",
        [
            ("S", "- nothing here"),
            ("L", "See this", "https://a.example", "and [that](https://b.example)"),
            ("L", "Ann’s blog", "https://c.example"),
            ("L", "Seal", "holesail.example"),
        ],
    ),
    "codes in their many spellings": (
        "<h3>Our sponsors</h3><ul>"
        "<li><a href='https://a.example'>A</a> Ten off. Coupon code: TEN</li>"
        "<li><a href='https://b.example'>B</a> – use code “TIDE” at checkout!</li>"
        "<li><a href='https://c.example'>C</a><br>Words<br><b>Promo Code:</b> Tell them we sent you!</li>"
        "<li><a href='https://d.example'>D</a>: Save with code: SAVE.</li>"
        "<li><a href='https://e.example'>E</a> Offer code: X1 for a month</li>"
        "<li><a href='https://f.example'>F</a>. The code of conduct</li>"
        "<li>G - https://g.example/go - Gutscheincode: G7</li></ul><p>Use code OTHER at home.</p>",
        [
            ("S", "Use code OTHER at home."),
            ("P", "A", "https://a.example", "Ten off.", "TEN"),
            ("P", "B", "https://b.example", "use code “TIDE” at checkout!", "TIDE"),
            ("P", "C", "https://c.example", "Words", "Tell them we sent you!"),
            ("P", "D", "https://d.example", "Save with code: SAVE.", "SAVE"),
            ("P", "E", "https://e.example", "Offer code: X1 for a month", "X1"),
            ("P", "F", "https://f.example", "The code of conduct"),
            ("P", "G", "https://g.example/go", "", "G7"),
        ],
    ),
    "a section that says nothing": (
        "<p>Sponsored By:</p><p>Nobody this week.</p>",
        [("S", "Sponsored By:\n\nNobody this week.")],
    ),
    "all that Markdown has": (
        "<h1>Head</h1><p>a <em>b</em> <strong>c</strong>, <code>d`e</code> <s>f</s> 1*2*3 _g_</p><blockquote>q<br>r"
        "</blockquote><ol start='3'><li>x<ul><li>y</li></ul></li></ol><pre><code>k\n  l</code></pre><hr>"
        "<p># no &lt;b&gt;</p>",
        [
            (
                "S",
                "# Head\n\na *b* **c**, ``d`e`` ~~f~~ 1\\*2\\*3 \\_g\\_\n\n> q\n> r\n\n3. x\n   - y\n\n"
                "```\nk\n  l\n```\n\n---\n\n\\# no \\<b>",
            )
        ],
    ),
    "text that Markdown would take for a link": (
        "<p>[a](/b) [c](https://d.example)</p><p>[e]: /f</p><p>[e]</p>",
        [("S", "[a]\\(/b) [c]\\(https://d.example)\n\n[e]\\: /f\n\n[e]")],
    ),
    "emphasis that could not end": ("<p>a<b>, b</b>c <b>d </b>e<i>f</i></p>", [("S", "a, bc **d** e*f*")]),
    "a table": (
        "<table><tr><th>Time</th><th>What</th></tr><tr><td>1</td><td><a href='https://a.example'>One</a></td></tr></table>",
        [("S", "Time — What\n1 — [One](https://a.example)")],
    ),
    "right to left, and signs": (
        "<div dir='rtl'>שלום <b>עולם</b> 🌊!<p>Links:</p><ul><li><a href='https://a.example'>קישור</a> — תיאור</ul>",
        [("S", "שלום **עולם** 🌊!"), ("L", "קישור", "https://a.example", "תיאור")],
    ),
    "text without a tag": (
        "Tides &amp; moons\nat https://a.example/x\n\n a < b",
        [("S", "Tides & moons\nat https://a.example/x\n\na < b")],
    ),
    "Markdown that was never rendered": (
        "Text with **force**\n\n## Links\n\n* [One](https://a.example) - about one\n* [Two](https://b.example)",
        [
            ("S", "Text with **force**"),
            ("L", "One", "https://a.example", "about one"),
            ("L", "Two", "https://b.example"),
        ],
    ),
    "HTML that was escaped twice": (
        '&lt;p&gt;Tea &amp;amp; &lt;a href="https://a.example"&gt;cake&lt;/a&gt;&lt;/p&gt;',
        [("S", "Tea & [cake](https://a.example)")],
    ),
    "what is left of CDATA": ("<![CDATA[<p>Hello</p>]]>", [("S", "Hello")]),
    "a heading of sponsors that nothing followed": (
        f"<p>Sponsors:</p><h3>Reading</h3><ul><li>{A}</li></ul>",
        [("S", "Sponsors:"), ("L", "A", "https://a.example", "", "Reading")],
    ),
    "a paragraph after the list of sponsors": (
        f"<p>Sponsors:</p><ul><li>{A}: x</li></ul><p>{B} is no sponsor.</p>",
        [("S", "[B](https://b.example) is no sponsor."), ("P", "A", "https://a.example", "x")],
    ),
    "Markdown that would hide words": (
        "**Said**\n\n[one]: https://a.example/x",
        [("S", "\\*\\*Said\\*\\*\n\n[one]\\: https://a.example/x")],
    ),
    "a tag that is talked about": ("We use &lt;p&gt; for paragraphs.", [("S", "We use \\<p> for paragraphs.")]),
    "a link with a title and no words": (
        '<p>Links:</p><ul><li><a href="https://a.example" title="Why"></a></li></ul>',
        [("L", "", "https://a.example")],
    ),
    "two codes": (
        f"<p>Sponsors:</p><p>{A}: Said. Promo code: one<br>More. Promo code: two</p>",
        [("P", "A", "https://a.example", "Said. More. Promo code: two", "one")],
    ),
    "a long topic": (
        f"<p>Links:</p><h4>{'x' * 300}</h4><ul><li>{A}</li></ul>",
        [("L", "A", "https://a.example", "", "x" * 300)],
    ),
    "links after a topic": (
        f"<h4>Reading</h4><ul><li>{A}</li></ul><p>Links:</p><ul><li>{B}</li></ul>",
        [("L", "A", "https://a.example", "", "Reading"), ("L", "B", "https://b.example", "", "Links")],
    ),
    "a note less deep than its link": (
        f"<p>Links:</p><ul><li>One<ul><li>Two<ul><li>{A}</li></ul></li><li>no note</li></ul></li></ul>",
        [("S", "- - no note"), ("L", "A", "https://a.example", "", "One – Two")],
    ),
    "a link after words": (
        f"<p>Links:</p><p>Said.</p><p>{A}</p>",
        [("S", "Links:\n\nSaid.\n\n[A](https://a.example)")],
    ),
    "two lines after a link": (
        f"<p>Links:</p><p>{A}<br>One.<br>Two.</p>",
        [("S", "Two."), ("L", "A", "https://a.example", "One.")],
    ),
    "a list below a sentence before the links": (
        f"<p>We liked:</p><ul><li>{A}</li></ul><p>Links:</p><ul><li>{B}</li></ul>",
        [("S", "We liked:\n\n- [A](https://a.example)"), ("L", "B", "https://b.example")],
    ),
    "two styles": ("<p><b><i>both</i></b></p>", [("S", "***both***")]),
    "the last number": ('<ol start="999999999"><li>x</li><li>y</li></ol>', [("S", "999999999. x\n1. y")]),
    "a link inside the page": ('<p><a href="#top">up</a></p>', [("S", "up")]),
    "line breaks in code and headings": ("<pre>a<br>b</pre><h3>c<br>d</h3>", [("S", "```\na\nb\n```\n\n# c d")]),
    "void tags in what is not seen": ("<template>a<br>b<img></template><p>c</p>", [("S", "c")]),
    "rows of a table": ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", [("S", "a — b\nc")]),
    "blanks around a style": ("<p>a <b> b</b></p>", [("S", "a **b**")]),
    "an address in code": ("<p><code>see https://a.example/x</code></p>", [("S", "`see https://a.example/x`")]),
    "words that go on": (
        f"<ul><li>{A}’s blog</li><li>{B}’s and {A}</li></ul>",
        [
            ("L", "A’s blog", "https://a.example"),
            ("L", "B", "https://b.example", "’s and [A](https://a.example)"),
        ],
    ),
    "an address that runs something, as text": (
        "<p>Links:</p><ul><li>Bad javascript:alert(1)</li></ul>",
        [("S", "Links:\n\n- Bad javascript:alert(1)")],
    ),
    "codes in sentences": (
        f"<p>Sponsors:</p><ul><li>{A}: use our promo code: tide</li><li>{B}: Promo code: tide at checkout</li>"
        f"<li>{A}: Use code “tide”, now.</li></ul>",
        [
            ("P", "A", "https://a.example", "use our promo code: tide", "tide"),
            ("P", "B", "https://b.example", "Promo code: tide at checkout", "tide"),
            ("P", "A", "https://a.example", "Use code “tide”, now.", "tide"),
        ],
    ),
    "words after a link in a list": (f"<ul><li>{A} and more</li></ul>", [("L", "A", "https://a.example", "and more")]),
    "a time before a link": (f"<ul><li>12:30 {A}</li></ul>", [("S", "- 12:30 [A](https://a.example)")]),
    "a time before an address": ("<ul><li>12:30 https://a.example</li></ul>", [("S", "- 12:30 https://a.example")]),
    "a title and its address": ("<ul><li>Rope: https://a.example</li></ul>", [("L", "Rope", "https://a.example")]),
    "a sponsor in a heading": (f"<h3>Sponsor: {A}</h3>", [("S", "# Sponsor: [A](https://a.example)")]),
    "nothing": (" \n ", []),
}


@pytest.mark.parametrize(("html", "expected"), NOTES.values(), ids=NOTES)
def test_notes_become(html, expected):
    assert rows(split(html)) == expected


def test_a_title_that_nobody_sees_is_no_words_of_a_link():
    html = '<p>Links:</p><ul><li><a href="https://a.example" title="Why"></a></li></ul>'

    assert split(html).links == (Link("https://a.example"),)


def test_german_sections_of_our_own_feeds_are_known():
    html = (
        "<p>Text</p><h3>Gesponsert von</h3><ul><li><strong><a href='https://s.example'>Öl</a></strong><br>Licht<br>"
        "Gutscheincode: <strong>FLUT 7</strong></li></ul><h3>Links zur Folge</h3><ul>"
        "<li><a href='https://a.example'>Eins</a><br>dazu</li></ul><h3>Häfen</h3><ul><li><a href='https://b.example'>B</a>"
    )
    assert rows(split(html)) == [
        ("S", "Text"),
        ("P", "Öl", "https://s.example", "Licht", "FLUT 7"),
        ("L", "Eins", "https://a.example", "dazu"),
        ("L", "B", "https://b.example", "", "Häfen"),
    ]


DOUBTS = {
    "scripts, styles and comments": (
        "<script>a</script><style>b</style><style>c</style><!-- d --><p>Text</p>",
        ("Left out, as no reader sees it: 1 script, 2 styles, 1 comment.",),
    ),
    "players": (
        '<iframe src="https://video.example/1">no frames</iframe><video><source src="https://video.example/2"></video>',
        ("A player, video or page inside the notes was left out: https://video.example/1 https://video.example/2",),
    ),
    "pictures": (
        '<img src="https://p.example/1.png" alt="A seal">',
        ("Of pictures only the descriptions were kept: https://p.example/1.png",),
    ),
    "forms": (
        '<form>Write: <select><option>tides<option>moons</select><input type="submit" value="Send"></form>',
        ("A form was left out; it said: tides moons | Send",),
    ),
    "addresses that run something": (
        '<p><a href="java&#9;script:alert(1)">press</a> <a href="data:text/html,x">here</a></p>',
        (
            "An address that runs something on the listener’s machine is no link any more: javascript:alert(1)",
            "An address that runs something on the listener’s machine is no link any more: data:text/html,x",
        ),
    ),
    "addresses without a site": (
        '<p><a href="/about">About</a></p><p>Links:</p><ul><li><a href="seal.example">Seal</a></li></ul>',
        (
            "The address of “Seal” says no site, or lacks https://: seal.example",
            "The address of “About” says no site, or lacks https://: /about",
        ),
    ),
    "what stands below the links": (
        '<p>Links:</p><ul><li><a href="https://a.example">One</a></li></ul><p>Bye.</p>',
        ("The summary ends with what stands after the sponsors or links, or among them: “Bye.”.",),
    ),
    "sponsors with another address, without one, with a code alone": (
        '<p>Sponsored By:</p><ul><li><a href="https://a.example">A</a>: <a href="https://other.example">words</a></li>'
        '<li><a href="https://b.example">B</a> Promo Code: B1</li><li>nobody</li></ul>',
        (
            "The words of A lead to another address too: https://other.example",
            "B has the promo code B1 and no words: a notes page prints no code without words.",
            "Among the sponsors stands something without an address: “nobody”.",
            "The summary ends with what stands after the sponsors or links, or among them: “nobody”.",
        ),
    ),
    "a summary beyond all measure": (
        f"<p>{'tide ' * (LENGTH_LIMIT // 5 + 1)}</p>",
        ("The summary is so long, or so full of addresses, that pages show it as plain text.",),
    ),
}


@pytest.mark.parametrize(("html", "doubts"), DOUBTS.values(), ids=DOUBTS)
def test_what_was_left_out_or_moved_is_said(html, doubts):
    assert split(html).doubts == doubts


def test_address_that_runs_something_is_text():
    assert split('<p><a href="javascript:alert(1)">press</a></p>').summary == "press"


def test_words_of_other_notes_do_not_end_the_summary_of_a_page():
    found = split("<p>a</p><h4>Your hosts</h4><p>b</p><pre><code>c\n\n## Your hosts</code></pre>")
    assert "\n\n## Your hosts" not in found.summary
    assert block_html(found.summary) == (
        "<p>a</p>\n<h4>Your hosts</h4>\n<p>b</p>\n<pre><code>c\n\n ## Your hosts\n</code></pre>"
    )


def test_text_that_markdown_would_take_for_a_link_shows_as_it_was():
    found = split("<p>[a](/b) and [c]: /d</p>")
    assert block_html(found.summary) == "<p>[a](/b) and [c]: /d</p>"


HOSTILE = {
    "ten thousand open elements": "<div>" * 10_000 + "seal",
    "ten thousand lists in lists": "<ul><li>" * 10_000 + "seal",
    "ten thousand quotations": "<blockquote>" * 10_000 + "seal",
    "ten thousand open links": '<a href="https://a.example">' * 10_000 + "seal",
    "tags that never end": "<p" * 200_000 + ">seal",
    "emphasis without an end": "<b><i>" * 10_000 + "seal",
    "brackets": "<p>seal" + "[" * 100_000 + "](" * 100_000,
    "blanks that do not break": "<p>Links:</p><ul><li>seal" + "&nbsp;" * 100_000 + "x: https://a.example",
    "dashes": "<p>Links:</p><ul><li>seal" + " -" * 100_000 + "x https://a.example",
    "headings of nothing": "<p>Links:</p>" * 10_000 + "seal",
    "codes of nothing": "<p>Sponsored By:</p><ul><li><a href=https://a.example>seal</a>" + " promo code" * 50_000,
    "halves of characters": "<p>\ud800seal\udfff\0</p>",
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE)
def test_hostile_notes_are_split_like_any_other(html):
    found = split(html)
    text = " ".join([found.summary, *(row.text for row in found.links), *(row.name for row in found.placements)])
    assert "seal" in text
    assert len(text) < 3 * len(html)
