"""What each field of the page can hold, and the words that refuse the rest. The limits are docs/notes-format.md's."""

import re
from dataclasses import replace
from datetime import date

import pytest

from episodes.notes import Credit, Link, Notes, Placement, checks, problems

ODD = "a\u00a0b\tc\x01d\re\x0cf\u2028g e\u0301 🦆 "
V2 = "https://player.fireside.fm/v2/GoldenSh+Episod42?theme=dark"
V3 = "https://player.fireside.fm/v3/Gold_n-h+_-------?theme=dark"

ACCEPTED: dict[str, list[str]] = {
    "acronym": ["G", "GLD", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"],
    "number": ["1", "001", "p01", "gamer", "Special_Edition-2.5", ".", "-", "_", "1.2.3", "0" * 300],
    "line": ["", " ", ODD, "](", "# GLD 001: a", "## Your hosts", "x" * 10_000, "\r"],
    "anything": ["", ODD, "a\nb\r\nc\n", "\n\n\n\n## Tags\n\n", "\n\n## Your hosts"],
    "text": ["", " ", ODD, "]", "(", "] (", "[a] (b)", ")[", "a]", "]]", "\\", ","],
    "url": [
        "",
        "https://golden.example/(a)[b]\\",
        "golden.example",
        "wss://a",
        "mailto:a@b",
        "a\u00a0b\tc\rd",
        "](",
        "<>'`",
    ],
    "slug": ["a", "ada-finch", " ", ODD, "](", "a(b", "..", "é"],
    "tag": [
        " ",
        "c",
        "c#",
        "c++",
        "/boot",
        "%",
        "🦆",
        "#!++",
        "pop!_os",
        "a]",
        "[",
        ")",
        "!$&'()*+;=:@",
        "x" * 300,
        "Zoo",
    ],
    "summary": [
        "",
        "a\r\n\r\n## Your hosts",
        "## Your hosts",
        "\n## Your hosts",
        "\n\n## Your host",
        "\n\n ## Your hosts",
        ODD,
    ],
    "player_url": ["", V2, V3],
}

REFUSED: dict[str, dict[str, list[str]]] = {
    "acronym": {"letters A to Z": ["", "gld", "G1", "G D", "GLÖ", "GLD\n", "\n", " GLD", "ＧＬＤ"]},
    "number": {
        "letters A to Z, digits": ["", " ", "1 2", "1/2", "1:", "#1", "é", "٤٢", "1\n", "\n1", "1+", "(1)"],
        "never two dots": ["..", "a..b", "1...", "../1"],
    },
    "line": {"line break": ["\n", "a\nb", "a\n", "\r\n"], "NUL": ["\0", "a\0b", "\0\n"]},
    "anything": {"NUL": ["\0", "a\nb\0"]},
    "text": {"`](`": ["](", "a](b", "]]((", "a ]( b"], "line break": ["a\nb", "\n"], "NUL": ["\0"]},
    "url": {"no blank": [" ", "a b", " a", "a ", '"', 'a"b'], "line break": ["\n", "a\n"], "NUL": ["a\0"]},
    "slug": {"slug": ["", "/", "a/b", ")", "a)"], "line break": ["\n", "a\n"], "NUL": ["a\0"]},
    "tag": {
        "has a name": [""],
        "comma": [",", "a, b", "a,"],
        "`](`": ["a](b"],
        "line break": ["a\nb", "\n"],
        "NUL": ["\0"],
    },
    "summary": {
        "## Your hosts": [
            "\n\n## Your hosts",
            "a\n\n## Your hosts\nb",
            "a\r\n\n## Your hosts of old",
            "\n\n\n## Your hosts",
        ],
        "NUL": ["\0", "a\n\0"],
    },
    "player_url": {
        "player.fireside.fm": [
            " ",
            V2 + "\n",
            V2 + "&a",
            V2.replace("v2", "v1"),
            V2.replace("dark", "light"),
            V2.replace("https", "http"),
            V2.replace("+", "-"),
            V2.replace("GoldenSh", "GoldenS"),
            V2.replace("GoldenSh", "GoldenSho"),
            V2.replace("Episod42", "Episode42"),
            V2.replace("GoldenSh", "Göldensh"),
            V2.replace("player.fireside.fm", "playerxfireside.fm"),
            "https://golden.example/player",
        ]
    },
}


def _cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in table.items() for value in values]


def test_every_check_has_its_table() -> None:
    public = {name for name, found in vars(checks).items() if callable(found) and found.__module__ == checks.__name__}
    assert public - {"problems"} == set(ACCEPTED) == set(REFUSED)


@pytest.mark.parametrize(("name", "value"), _cases(ACCEPTED))
def test_check_accepts_what_the_page_can_hold(name: str, value: str) -> None:
    getattr(checks, name)(value)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [(name, value, words) for name, table in REFUSED.items() for words, values in table.items() for value in values],
)
def test_check_refuses_the_rest_with_its_reason(name: str, value: str, words: str) -> None:
    with pytest.raises(ValueError, match=re.escape(words)) as caught:
        getattr(checks, name)(value)
    assert str(caught.value).endswith((".", ")"))


GOOD = Notes(
    acronym="GLD",
    number="042",
    title="A lamp",
    air_date=date(2023, 2, 28),
    duration_seconds=60,
    player_url=V2,
    summary="We light the lamps.",
    credits=(Credit("host", "Ada", "ada"), Credit("guest", "Ben", "ben")),
    placements=(Placement("Wick", "https://wick.example", "Candles.", "GLOW"),),
    links=(Link("https://lamp.example", "Lore", "A\nbook", "own"), Link("https://bare.example", description="Bare.")),
    tags=("lamps", "warm light"),
    site_url="https://golden.example",
)


def test_good_notes_have_no_problems() -> None:
    assert list(problems(GOOD)) == []


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"acronym": ""}, "acronym", "letters A to Z"),
        ({"number": ".."}, "number", "two dots"),
        ({"title": "a\nb"}, "title", "line break"),
        ({"player_url": "https://golden.example"}, "player", "fireside"),
        ({"summary": "\n\n## Your hosts"}, "summary", "## Your hosts"),
        ({"credits": (Credit("host", "a](b", "ada"),)}, "person's name", "`](`"),
        ({"credits": (Credit("guest", "Ada", "a/b"),)}, "person's slug", "slug"),
        ({"placements": (Placement("a](b", ""),)}, "sponsor's name", "`](`"),
        ({"placements": (Placement("a", "b c"),)}, "sponsor's address", "no blank"),
        ({"placements": (Placement("a", "b", "c](d"),)}, "sponsor's words", "`](`"),
        ({"placements": (Placement("a", "b", "c", "d\ne"),)}, "promo code", "line break"),
        ({"links": (Link("a", "b\nc"),)}, "link's text", "line break"),
        ({"links": (Link("a b", "c"),)}, "link's address", "no blank"),
        ({"links": (Link('a"b'),)}, "link's address", "quotation mark"),
        ({"links": (Link("a", "b", "c\0", "own"),)}, "link's title", "NUL"),
        ({"links": (Link("a", description="b\nc"),)}, "link's description", "line break"),
        ({"links": (Link("a", "b", "c\nd", "own", "e"),)}, "link's description", "several lines"),
        ({"tags": ("a, b",)}, "tag", "comma"),
    ],
)
def test_problem_names_its_field_and_its_reason(changes: dict[str, object], field: str, words: str) -> None:
    (problem,) = problems(replace(GOOD, **changes))  # type: ignore[arg-type]
    assert problem.startswith(f"{field}: ")
    assert words in problem


def test_every_problem_is_listed() -> None:
    bad = replace(GOOD, title="a\n", links=(Link("a b", "c"), Link("a", "](")), tags=("a,",))
    assert [problem.partition(":")[0] for problem in problems(bad)] == ["title", "link's address", "link's text", "tag"]


def test_long_value_is_cut_in_its_problem() -> None:
    (problem,) = problems(replace(GOOD, title="x" * 1_000 + "\n"))
    assert "x" * 60 in problem
    assert "x" * 61 not in problem
