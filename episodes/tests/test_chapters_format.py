"""Chapters as other programs write them: read from any format, rendered in two, and what is wrong with them."""

import json
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree

from episodes.formats.chapters import Chapter, parse, problems, render_json, render_lines
from episodes.formats.problems import FormatError
from episodes.formats.xml import for_xml

TWO = (Chapter(0, "Hello"), Chapter(810_000, "Lamps: a history", url="https://lamps.example/"))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("00:00 Hello\n13:30 Lamps: a history https://lamps.example/", "lines"),
        (
            "\ufeffIn this episode:\r\n\r\n00:00 - Hello\r\n13:30 – Lamps: a history <https://lamps.example/>\r\n\r\nBye!",
            "lines",
        ),
        ("[00:00:00] Hello\n(00:13:30.000) Lamps: a history https://lamps.example/", "lines"),
        ("- 0:00: Hello\n- 13:30: Lamps: a history https://lamps.example/", "lines"),
        ("1. 00:00 | Hello\n2. 13:30,0 | Lamps: a history https://lamps.example/", "lines"),
        ("13:30 Lamps: a history https://lamps.example/\n00:00 Hello", "lines"),
        ("00:00:00.000 Hello\n00:13:30.000 Lamps: a history <https://lamps.example/>", "lines"),
        (
            '{"version":"1.1.0","author":null,"chapters":[{"startTime":"810","title":"Lamps: a history","img":null,'
            '"url":"https://lamps.example/"},{"startTime":0,"title":"Hello","url":null,"toc":null,"endTime":null}]}',
            "JSON chapters",
        ),
        (
            '[{"start":"00:00:00.000","title":"Hello","href":"","image":""},'
            '{"start":"00:13:30.000","title":"Lamps: a history","href":"https://lamps.example/","image":""}]',
            "JSON chapters",
        ),
        (
            '<?xml version="1.0" encoding="utf-8"?>\n<psc:chapters version="1.2" '
            'xmlns:psc="http://podlove.org/simple-chapters"><psc:chapter start="0" title="Hello"/>'
            '<psc:chapter start="00:13:30.000" title="Lamps: a history" href="https://lamps.example/"/></psc:chapters>',
            "Podlove simple chapters",
        ),
        (
            '<psc:chapter start="00:00" title="Hello"/>\n'
            '<psc:chapter start="13:30" title="Lamps: a history" href="https://lamps.example/"/>',
            "Podlove simple chapters",
        ),
    ],
)
def test_each_format_is_known_by_its_look(text, found):
    parsed = parse(text)
    assert (parsed.format, parsed.chapters) == (found, TWO)


def test_audacity_labels_are_read_with_their_ends_and_without_their_pitch():
    text = "0.000000\t0.000000\tHello\n\\\t-1.000000\t-1.000000\n810,5\t900\tLamps\n1000.0\t1000.0\n"
    found = (Chapter(0, "Hello"), Chapter(810_500, "Lamps", 900_000), Chapter(1_000_000))
    assert parse(text) == ("Audacity labels", found, ())


def test_chapter_lines_of_video_tools_are_read():
    text = "CHAPTER01=00:00:00.000\nCHAPTER01NAME=Hello\nCHAPTER02=00:13:30.250\nCHAPTER02NAME=Lamps\n"
    assert parse(text) == ("CHAPTER lines", (Chapter(0, "Hello"), Chapter(810_250, "Lamps")), ())


def test_a_range_is_a_start_and_an_end():
    assert parse("00:00 - 01:30 Intro\n[01:30–02:00] Next").chapters[0] == Chapter(0, "Intro", 90_000)


def test_everything_that_is_known_stands_in_the_line():
    chapter = Chapter(3_723_004, "Lamps", 3_800_000, "https://a.example/", "https://b.example/c.jpg", is_listed=False)
    line = "1:02:03.004 Lamps <https://a.example/> <image https://b.example/c.jpg> <ends 1:03:20> <hidden>"
    assert render_lines([chapter]) == line
    assert parse(line).chapters == (chapter,)


def test_a_title_that_looks_like_something_else_stays_a_title():
    for title in (
        "- 10:30",
        "A <hidden>",
        "See https://a.example",
        "<>",
        "<b>",
        "] x",
        "–",
        "1:00",
        "a <https://b.example>",
    ):
        chapter = Chapter(0, title)
        assert parse(render_lines([chapter])).chapters == (chapter,), title


def test_json_is_version_1_2_without_nulls():
    chapters = [Chapter(0, "Hello"), Chapter(1500, "", 2000, "https://a.example/", is_listed=False)]
    assert json.loads(render_json(chapters)) == {
        "version": "1.2.0",
        "chapters": [
            {"startTime": 0, "title": "Hello"},
            {"startTime": 1.5, "url": "https://a.example/", "toc": False, "endTime": 2},
        ],
    }


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("Hello", ["no line begins with a time like 13:30."]),
        (
            "00:00 A\n13:75 B\nno time\n1:2:3:4 C\n20:00 D",
            [
                "line 2: “13:75” is no time: minutes and seconds end at 59.",
                "line 3: this line has no time: begin it with one like 13:30, or take it out.",
                "line 4: this is no time: write it like 13:30 or 1:12:51.",
            ],
        ),
        ("00:00 A\0", ["line 1: a character in it cannot be stored: write the text anew."]),
        (
            '{"chapters": [\n{"startTime": }]}',
            ["line 2: this is no JSON: Expecting value, at column 15."],
        ),
        (
            '{"chapters": [{"title": "A"}, 5, {"startTime": true}, {"startTime": -1}, {"startTime": 0, "url": []}]}',
            [
                "chapter 1: it has no startTime.",
                "chapter 2: this is no chapter: it should say startTime and title.",
                "chapter 3: startTime is no number of seconds.",
                "chapter 4: no episode is that long.",
                "chapter 5: url is no text.",
            ],
        ),
        ('{"chapters": [{"startTime": NaN}]}', ["this JSON has a number or a nesting that nobody can read."]),
        ('{"version": "1.2.0"}', ["this JSON has no list of “chapters”."]),
        ('{"chapters": []}', ["these JSON chapters have no chapter."]),
        (
            "<psc:chapters>\n<psc:chapter start='x'/></psc:chapters>",
            ["line 2: “x” is no time: write it like 13:30 or 1:12:51."],
        ),
        (
            "<rss><psc:chapters/><psc:chapters/></rss>",
            ["these are the chapters of several episodes: paste those of one."],
        ),
        ("1.0\t2.0\tA\nB", ["line 2: this is no label: start, tab, end, tab, title."]),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text, messages):
    with pytest.raises(FormatError) as refused:
        parse(text)
    assert [str(problem) for problem in refused.value.problems] == messages


def test_text_around_the_lines_is_left_out_and_said():
    assert [str(one) for one in parse("Today:\n00:00 A\n\n01:00 B\n02:00 C\nThanks").problems] == [
        "line 1: left out: the line has no time.",
        "line 6: left out: the line has no time.",
    ]


def test_what_apps_stumble_over_is_said():
    chapters = [Chapter(1000, "A", 500), Chapter(5000, "", 7000), Chapter(5900, "C", 6500), Chapter(6000, "D", 99_000)]
    assert [(one.level, str(one)) for one in problems(chapters, 60_000)] == [
        ("warning", "line 1: the first chapter should start at 00:00."),
        ("error", "line 1: it ends at 00:00.500, which is not after its start."),
        ("warning", "line 2: this chapter has no title."),
        ("warning", "line 4: it ends after the audio does, at 01:00."),
        ("warning", "line 3: two chapters start in the same second."),
        ("warning", "line 4: the chapter before it has not ended yet."),
    ]
    assert [str(one) for one in problems(TWO, 700_000)] == [
        "apps show chapters from 3 on.",
        "line 2: it starts after the audio ends, at 11:40.",
    ]
    assert list(problems([])) == []


TITLES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
ADDRESSES = st.sampled_from(["", "https://a.example/", "http://b.example/?c=d#e", "https://a.example/<b> c"])
CHAPTERS = st.lists(
    st.builds(
        Chapter,
        start=st.integers(0, 999_999_999),
        title=TITLES | st.sampled_from(["<hidden>", "- ", "00:00", "<ends 1:00>", "x https://a.example", "<>"]),
        end=st.none() | st.integers(0, 999_999_999),
        url=ADDRESSES,
        image=ADDRESSES,
        is_listed=st.booleans(),
    ),
    min_size=1,
    max_size=6,
).map(lambda rows: tuple(sorted(rows, key=lambda row: row.start)))


@given(CHAPTERS)
def test_json_carries_everything(chapters):
    assert parse(render_json(chapters)).chapters == chapters


@given(CHAPTERS)
def test_lines_carry_everything_but_line_breaks_and_blanks_around_a_title(chapters):
    text = render_lines(chapters)
    found = parse(text).chapters
    assert [(one.start, one.end, one.is_listed) for one in found] == [
        (one.start, one.end, one.is_listed) for one in chapters
    ]
    assert [one.title for one in found] == [
        one.title.replace("\r", "\n").strip("\n").replace("\n", " ").strip() for one in chapters
    ] or any("\n" in one.title or "\r" in one.title for one in chapters)
    assert [one.url.partition("<")[0] for one in chapters] == [one.url.partition("%")[0] for one in found]
    assert render_lines(found) == text


@given(CHAPTERS)
def test_simple_chapters_are_read_as_they_are_written(chapters):
    listed = [replace(one, end=None, title=for_xml(one.title)) for one in chapters if one.is_listed]
    if not listed:
        return
    root = etree.Element("{http://podlove.org/simple-chapters}chapters", version="1.2")
    for one in listed:
        start = f"{one.start // 3_600_000:02}:{one.start // 60_000 % 60:02}:{one.start / 1000 % 60:06.3f}"
        said = {"start": start, "title": one.title, "href": one.url, "image": one.image}
        etree.SubElement(root, "{http://podlove.org/simple-chapters}chapter", {k: v for k, v in said.items() if v})
    assert list(parse(etree.tostring(root, encoding="unicode")).chapters) == listed


@given(
    st.text(max_size=200)
    | st.lists(
        st.sampled_from(
            [
                "00:00",
                "1:2",
                " ",
                "\n",
                "<",
                ">",
                "<>",
                "https://a",
                "<image ",
                "<ends 1:00>",
                "{",
                "}",
                "[",
                "]",
                '"',
                "chapters",
                ":",
                ",",
                "startTime",
                "1e999",
                "\t",
                "0.5",
                "<psc:chapter ",
                "start=",
                "'1'",
                "/>",
                "CHAPTER1=",
            ]
        )
    ).map("".join)
)
@example('{"chapters":[{"startTime":1e999999999999999999999}]}')
@example('{"chapters":[{"startTime":' + "9" * 5000 + "}]}")
@example("[" * 100_000 + "{")
@example("[{" * 1 + '"a":' + "[" * 100_000)
@example('<!DOCTYPE a [<!ENTITY b "c">]><psc:chapter start="0" title="&b;"/>')
@example('{"chapters":[{"startTime":0,"title":"\\ud800"}]}')
def test_no_text_raises_anything_but_the_formats_own_error(text):
    with suppress(FormatError):
        render_lines(parse(text).chapters).encode()


@pytest.mark.parametrize(
    "text",
    [
        "00:00 " + "<" * 900_000,
        "00:00 " + "<>" * 400_000,
        " " * 999_999 + "x",
        "00:00 " + " " * 900_000 + "<x>",
        "0" * 999_999,
        "00:00 x\n" * 100_000,
        "<psc:chapter start='0'/>" * 40_000,
        "9" * 500_000 + "\t" * 9,
    ],
    ids=lambda text: text[:10],
)
def test_a_megabyte_of_anything_takes_little_time(text):
    began = time.process_time()
    with suppress(FormatError):
        parse(text)
    assert time.process_time() - began < 3
