"""Golden pages: small pages in `golden/`, one or more for each rule of docs/notes-format.md.

The pages were written by hand and so were the notes beside their names here: neither comes from our
own parser or renderer, so each direction is pinned by itself. A page ends without a line break and
holds blanks at line ends, tabs and control characters: keep editors from tidying them.
"""

from datetime import date
from pathlib import Path

import pytest

from episodes.notes import Credit, Link, Notes, Placement, parse, problems, render

GOLDEN = Path(__file__).parent / "golden"

SITE = "https://golden.example"
ADA = Credit("host", "Ada Finch", "ada")
MOTH = Placement("Moth Maps", "https://moth.example")
ODD = "a\u00a0b\tc\x01d\x0be\x0cf\x1cg\x85h\u2028i\rj\x7fk\ufeffl"
NOT_NFC = "cafe\u0301\u212b"

# What most pages share is spelled once: a day, a length, a summary, one host, one tag.
EXPECTED = {
    "whole-page": Notes(
        acronym="GLD",
        number="001",
        title="A Lamp in Every Window",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        player_url="https://player.fireside.fm/v2/GoldenSh+Episod-1?theme=dark",
        summary="Ada and Ben walk the lane at dusk, count the lamps, and ask *who* lights them.",
        credits=(ADA, Credit("host", "Ben Oak", "ben"), Credit("guest", "Cleo Marsh", "cleo")),
        placements=(
            Placement("Wick & Son", "https://wick.example/gld", "Candles that smile back.", "GLOW"),
            Placement("Moth Maps", "https://moth.example", "", ""),
        ),
        links=(
            Link("https://lamp.example/lore", "Lamp lore", "", "text", "All about wicks."),
            Link("https://lane.example", "The lane", "", "text", ""),
            Link("https://bare.example", "", "", "text", ""),
        ),
        tags=("dusk", "lamps", "warm light"),
        site_url="https://golden.example",
    ),
    "player-version-3": Notes(
        acronym="GLD",
        number="002",
        title="New Frame, Same Picture",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        player_url="https://player.fireside.fm/v3/Gold_nSh+Episode2?theme=dark",
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-10-no-player": Notes(
        acronym="GLD",
        number="003",
        title="Made in This Kitchen",
        air_date=date(2024, 2, 29),
        duration_seconds=1867,
        player_url="",
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "title-with-colons-and-number-a-word": Notes(
        acronym="GLD",
        number="gamer",
        title="Night Shift: Part 2: The Kettle ",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        player_url="https://player.fireside.fm/v2/GoldenSh+Episode4?theme=dark",
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "number-with-every-sign": Notes(
        acronym="GLD",
        number="p01.2_b-C.9",
        title="Half an Episode",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "duration-minutes-above-60": Notes(
        acronym="GLD",
        number="005",
        title="The Long Evening",
        air_date=date(2024, 5, 17),
        duration_seconds=8159,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "summary-empty": Notes(
        acronym="GLD",
        number="006",
        title="No Words Needed",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "summary-with-cr-lf-inside": Notes(
        acronym="GLD",
        number="007",
        title="Two Typewriters",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="First line,\r\nsecond line.\r\n\r\n## Your hosts\nare not named here.\n\n## Tags\n\n\n\nLast line.\n",
        credits=(ADA,),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-02-nobody-and-nothing": Notes(
        acronym="GLD",
        number="008",
        title="An Empty Room",
        air_date=date(2024, 5, 17),
        duration_seconds=0,
        player_url="",
        summary="We sit by the window and talk.",
        credits=(),
        placements=(),
        links=(),
        tags=(),
        site_url="",
    ),
    "guests-after-hosts": Notes(
        acronym="GLD",
        number="009",
        title="Four Chairs",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(
            Credit("host", "Zed Young", "zed"),
            Credit("host", "Ada Finch", "ada"),
            Credit("guest", "Yan", "yan-2"),
            Credit("guest", "Ada [the other]", "ada_b"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "guests-only-and-no-tags": Notes(
        acronym="GLD",
        number="010",
        title="The Hosts Are Away",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(Credit("guest", "Cleo Marsh", "cleo"),),
        tags=(),
        site_url=SITE,
    ),
    "placement-forms": Notes(
        acronym="GLD",
        number="011",
        title="Thanks to the Neighbours",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        placements=(
            MOTH,
            Placement("Wick & Son", "https://wick.example/gld", "Candles that smile back."),
            Placement(
                "Bean Barn",
                "https://bean.example",
                "Ten beans for the price of nine.",
                "Tell them the Lamp sent you!",
            ),
            Placement(
                "Bean Barn",
                "https://bean.example",
                "Ten beans for the price of nine.",
                "https://bean.example/lamp",
            ),
            Placement(
                "Quill [ink]",
                "https://quill.example/a(b)[c]\\d",
                "Write (often) [and] well\\.",
                "](x) Promo Code: INK ",
            ),
            MOTH,
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-04-link-without-text": Notes(
        acronym="GLD",
        number="012",
        title="Plain Addresses",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://bare.example"),
            Link("https://bare.example/a(b)[c]\\d", description="Brackets stay as they are."),
            Link("mailto:ada@golden.example"),
            Link("wss://socket.example/lamp", description=" two blanks — and a second dash "),
            Link("golden.example/no-scheme"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-04-title-is-text-without-trailing-blanks": Notes(
        acronym="GLD",
        number="013",
        title="Room at the End",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://a.example", "Two blanks  ", "", "text"),
            Link("https://b.example", "  In front", "", "text", "Blanks in front stay."),
            Link("https://c.example", " ", "", "text"),
            Link("https://d.example", "No-break blank\u00a0", "", "text"),
            Link("https://e.example", "Tab\t", "", "text"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-04-own-title": Notes(
        acronym="GLD",
        number="014",
        title="Called by Another Name",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://lamp.example", "Lamp lore", "The Book of Lamps", "own"),
            Link("https://lamp.example", "Lamp lore", "Lamp lore ", "own", "Its title keeps the blank."),
            Link("https://said.example", "Said so", '"Light," she said, "is a habit"', "own"),
            Link("https://quiet.example", "Quiet", "", "own"),
            Link("https://smile.example", "Smile", 'a ") is no end', "own"),
            Link("https://blank.example", "Blank ", "Blank ", "own"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-04-no-title": Notes(
        acronym="GLD",
        number="015",
        title="Untitled",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://lamp.example", "Lamp lore", "", "none"),
            Link("https://oil.example", "Oil", "", "none", "For the lamp."),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-03-blank-line-after-title-of-several-lines": Notes(
        acronym="GLD",
        number="016",
        title="A Poem by the Door",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://poem.example", "Poem", "A lamp,\na door", "own"),
            Link("https://poem.example/long", "Long poem", "A lamp\n\n\n\n   three blanks before this", "own"),
            Link("https://poem.example/break", "Ends in a break", "A lamp\n", "own"),
            Link("https://cold.example", "Cold"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-03-no-blank-line-before-four-blanks": Notes(
        acronym="GLD",
        number="017",
        title="Set Far to the Right",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://poem.example", "Poem", "A lamp,\n    a door", "own"),
            Link("https://deep.example", "Deeper", "One\ntwo\n      three", "own"),
            Link("https://bare.example"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-03-no-blank-line-after-last-link": Notes(
        acronym="GLD",
        number="018",
        title="The Last Word",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://bare.example"),
            Link("https://poem.example", "Poem", "A lamp,\na door", "own"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "brackets-and-backslashes": Notes(
        acronym="GLD",
        number="019",
        title="Inside [the] (Box) \\o/",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://a.example/(b)[c]\\d", "a[0] (first) \\ last"),
            Link("https://b.example", "Ends in ]"),
            Link("https://c.example/\\\\", "a\\]", description="Not \\escaped\\ [here](at all)."),
            Link("https://d.example/)", "[(", "own \\\\[(])", "own"),
            Link("https://e.example", "<e>", "", "none"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "description-any-characters": Notes(
        acronym="GLD",
        number="020",
        title="What It Says",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        links=(
            Link("https://a.example", "Dash", description='One — two — ](three "four")'),
            Link("https://b.example", "Blank", description="  "),
            Link("https://c.example", "Tail", description="**Bold**, _even_. "),
            Link("https://d.example", "A — B", "", "none", "<b>C</b>"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "characters-kept-as-they-are": Notes(
        acronym="GLD",
        number="021",
        title=f"{NOT_NFC} {ODD}\r",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary=f" {ODD}\r {NOT_NFC}\t",
        credits=(Credit("host", NOT_NFC, NOT_NFC + ODD),),
        placements=(Placement(ODD, f"https://{NOT_NFC}.example/\t\r\u00a0", NOT_NFC, f"{ODD} "),),
        links=(
            Link(f"https://{NOT_NFC}.example", NOT_NFC, description=f"{ODD}\r"),
            Link("https://x.example/\u00a0", ODD, f"\r{NOT_NFC}", "own"),
        ),
        tags=("cafe\u0301", "caf\u00e9", "tab\t"),
        site_url=SITE,
    ),
    "same-line-twice": Notes(
        acronym="GLD",
        number="022",
        title="Again, Again",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA, ADA),
        placements=(MOTH, MOTH),
        links=(
            Link("https://lamp.example", "Lamp lore", description="Once more."),
            Link("https://lamp.example", "Lamp lore", description="Once more."),
            Link("https://bare.example"),
            Link("https://bare.example"),
        ),
        tags=("lamps",),
        site_url=SITE,
    ),
    "rule-01-tags-in-code-point-order": Notes(
        acronym="GLD",
        number="023",
        title="Alphabets",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=("1", "Zoo", "apple", "apple pie", "apple-tree", "zoo", "éclair", "\uff5a", "🦆"),
        site_url=SITE,
    ),
    "tags-without-a-slug": Notes(
        acronym="GLD",
        number="024",
        title="Odd Labels",
        air_date=date(2024, 5, 17),
        duration_seconds=1867,
        summary="We sit by the window and talk.",
        credits=(ADA,),
        tags=(
            " ",
            "!$&'()*+;=:@",
            '"',
            "#!++",
            "%",
            "%20",
            ")",
            "-._~",
            "/boot",
            "<^`{|}>?",
            "[x]",
            "\\",
            "c",
            "c#",
            "c+",
            "c++",
            "pop!_os",
            "pop_os",
            "tail ",
            "☕",
        ),
        site_url=SITE,
    ),
}

each_page = pytest.mark.parametrize("name", EXPECTED)


def _page(name: str) -> bytes:
    return (GOLDEN / f"{name}.md").read_bytes()


def test_every_golden_page_has_its_expected_notes() -> None:
    assert sorted(EXPECTED) == sorted(path.stem for path in GOLDEN.iterdir())


@each_page
def test_golden_page_comes_back_byte_for_byte(name: str) -> None:
    assert render(parse(_page(name))) == _page(name)


@each_page
def test_golden_page_is_read_as_its_notes(name: str) -> None:
    assert parse(_page(name)) == EXPECTED[name]


@each_page
def test_notes_are_printed_as_their_golden_page(name: str) -> None:
    assert render(EXPECTED[name]) == _page(name)


@each_page
def test_golden_page_has_no_problems(name: str) -> None:
    assert list(problems(EXPECTED[name])) == []


def test_golden_pages_still_have_their_odd_bytes() -> None:
    """An editor that tidies, or git that converts line ends, would take the point out of these pages."""
    together = b"".join(path.read_bytes() for path in GOLDEN.iterdir())
    for odd in (b"\r\n", b"\r", b" \n", b"\t", b"\x01", "\u00a0".encode(), "e\u0301".encode(), "\u2028".encode()):
        assert odd in together
    assert not any(path.read_bytes().endswith(b")\n") for path in GOLDEN.iterdir())
