"""Transcripts as other programs write them: read from any format, rendered in all, and what is wrong with them."""

import json
import time
from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from episodes.formats.problems import FormatError
from episodes.formats.transcripts import (
    Cue,
    Paragraph,
    paragraphs,
    parse,
    render_json,
    render_srt,
    render_text,
    render_vtt,
    spoken,
)

CUES = (
    Cue(0, 1500, "Nell", "Welcome to Half Tide."),
    Cue(1500, 4000, "Nell", "Today: lamps & <oil>,\nand what 2 > 1 means."),
    Cue(4000, 3_723_004, "Theo Marsh", "Hello."),
)
VTT = """WEBVTT

00:00:00.000 --> 00:00:01.500
<v Nell>Welcome to Half Tide.</v>

00:00:01.500 --> 00:00:04.000
<v Nell>Today: lamps &amp; &lt;oil&gt;,
and what 2 &gt; 1 means.</v>

00:00:04.000 --> 01:02:03.004
<v Theo Marsh>Hello.</v>
"""
SRT = """1
00:00:00,000 --> 00:00:01,500
Nell: Welcome to Half Tide.

2
00:00:01,500 --> 00:00:04,000
Today: lamps & <oil>,
and what 2 > 1 means.

3
00:00:04,000 --> 01:02:03,004
Theo Marsh: Hello.
"""
JSON = {
    "version": "1.0.0",
    "segments": [
        {"speaker": "Nell", "startTime": 0, "endTime": 1.5, "body": "Welcome to Half Tide."},
        {"speaker": "Nell", "startTime": 1.5, "endTime": 4, "body": "Today: lamps & <oil>,\nand what 2 > 1 means."},
        {"speaker": "Theo Marsh", "startTime": 4, "endTime": 3723.004, "body": "Hello."},
    ],
}


def test_vtt_is_read_and_written():
    assert parse(VTT.encode()) == ("vtt", CUES, ())
    assert render_vtt(CUES) == VTT


def test_json_is_read_and_written():
    assert parse(json.dumps(JSON).encode()) == ("json", CUES, ())
    assert json.loads(render_json(CUES)) == JSON


def test_srt_is_written_with_a_name_where_the_speaker_changes():
    assert render_srt(CUES) == SRT


def test_srt_names_who_speaks_from_there_on():
    srt = SRT.replace("Today:", "Now").replace("\n", "\r\n")
    parsed = parse(srt.encode())
    assert [(cue.speaker, cue.text) for cue in parsed.cues] == [
        ("Nell", "Welcome to Half Tide."),
        ("Nell", "Now lamps & <oil>,\nand what 2 > 1 means."),
        ("Theo Marsh", "Hello."),
    ]
    assert [str(one) for one in parsed.problems] == ["read as who speaks: Nell, Theo Marsh."]


def test_a_colon_that_names_nobody_stays_in_the_text():
    for words in ("so I said: no", "https://a.example", "At 10:30 we left", "", "Why? Well: no"):
        srt = f"1\n00:00:00,000 --> 00:00:01,000\nIt begins.\n\n2\n00:00:01,000 --> 00:00:02,000\nNote: {words}\n"
        assert [cue.speaker for cue in parse(srt.encode()).cues] == ["", ""]
    srt = "00:00:00,000 --> 00:00:01,000\nand then: no name\n"
    assert parse(srt.encode()).cues == (Cue(0, 1000, "", "and then: no name"),)


def test_what_tools_write_in_srt_is_tolerated():
    srt = (
        "\ufeff00:00:01.5 --> 00:00:02\n<i>Hello</i>\n{\\an8}<font color=red>there</font>\n"
        "00:02,000 --> 00:03,000\nA\n3\n00:00:04,000 --> 00:00:05,000\n7\n"
    )
    assert parse(srt.encode()).cues == (
        Cue(1500, 2000, "", "Hello\nthere"),
        Cue(2000, 3000, "", "A"),
        Cue(4000, 5000, "", "7"),
    )


def test_what_webvtt_allows_is_read():
    vtt = (
        "\ufeffWEBVTT - lamps\r\nKind: captions\r\nLanguage: en\r\n\r\n"
        "STYLE\r\n::cue { color: red }\r\n\r\nREGION\r\nid:fred\r\n\r\nNOTE\r\nTODO --> check\r\n\r\n"
        "intro\r\n00:01.000 --> 00:02.000 align:start position:0%\r\n"
        "<v.loud.first Nell &amp; Co>Hi <c.yellow>there</c>,"
        " <00:01.500><i>all</i>&nbsp;&copy;</v>\r\n<v Theo>Hello</v>\r\n\r\n"
        "100:00:00.000 --> 100:00:01.000\r\nI <3 you, 2 > 1, a < b\r\n"
    )
    assert parse(vtt.encode()).cues == (
        Cue(1000, 2000, "Nell & Co", "Hi there, all\u00a0©"),
        Cue(1000, 2000, "Theo", "Hello"),
        Cue(360_000_000, 360_001_000, "", "I <3 you, 2 > 1, a < b"),
    )


def test_who_speaks_at_the_same_time_stands_in_one_cue_of_vtt():
    cues = (Cue(0, 1000, "Nell", "Hi"), Cue(0, 1000, "Theo", "Hello"), Cue(0, 1000, "", "(music)"))
    assert render_vtt(cues) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n<v Nell>Hi</v>\n<v Theo>Hello</v>\n\n"
        "00:00:00.000 --> 00:00:01.000\n(music)\n"
    )
    assert parse(render_vtt(cues).encode()) == ("vtt", cues, ())


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("Hello", ["this is no transcript in WebVTT, SubRip or the podcast namespace’s JSON."]),
        ("WEBVTT\n\n", ["nobody says anything in it."]),
        (
            "WEBVTT\n\n00:01 -> 00:02\nA\n\n00:05.000 --> 00:04.000\nB\n\n"
            "x\n00:61.000 --> 01:00:00.000\nC\n\n1:1 --> 2\nD",
            [
                "line 3: this has no timing like 00:01.000 --> 00:02.000.",
                "line 6: this cue ends before it starts.",
                "line 10: this is no timing: write it like 00:01.000 --> 00:02.000.",
                "line 13: this is no timing: write it like 00:01.000 --> 00:02.000.",
            ],
        ),
        ('{"segments":\n[}', ["line 2: this is no JSON: Expecting value, at column 2."]),
        ("[]", ["this JSON has no list of “segments”."]),
        (
            '{"segments": [{"startTime": 1}, {"startTime": "2.5", "endTime": 1, "body": "A"}, 3, {"body": 5}]}',
            [
                "segment 1: endTime is no number of seconds.",
                "segment 2: it ends before it starts.",
                "segment 3: this is no segment: it should say startTime, endTime and body.",
                "segment 4: speaker and body are texts.",
            ],
        ),
    ],
)
def test_a_broken_transcript_is_refused_with_the_line(text, messages):
    with pytest.raises(FormatError) as refused:
        parse(text.encode())
    assert [str(problem) for problem in refused.value.problems] == messages


def test_a_file_that_is_no_text_is_refused():
    with pytest.raises(FormatError, match="line 3: the file is not UTF-8"):
        parse(b"WEBVTT\n\n\xff")
    with pytest.raises(FormatError, match="larger than 10 MB"):
        parse(b"WEBVTT" + b"\n" * 11_000_000)


def test_what_is_odd_is_told_and_stored_in_order():
    vtt = (
        "WEBVTT\n\n00:05.000 --> 00:09.000\nB\n\n00:01.000 --> 00:02.000\nA\n\n00:08.000 --> 00:10.000\nC\n\n"
        f"00:09.500 --> 00:11.000\nD\n\n00:12.000 --> 00:13.000\n<i></i>\n\n00:14.000 --> 00:14.000\n{'e' * 66}\n"
    )
    parsed = parse(vtt.encode())
    assert [cue.text[0] for cue in parsed.cues] == ["A", "B", "C", "D", "e"]
    assert [(one.level, str(one)) for one in parsed.problems] == [
        ("warning", "line 15: nobody says anything here; left out."),
        ("warning", "line 18: it lasts no time."),
        ("warning", "line 6: it starts before the cue above it; put in order."),
        ("warning", "line 12: it starts before the cue above it ends."),
        ("note", "line 18: lines of more than 65 characters in 1 of 6 cues, first here."),
    ]


def test_a_reader_gets_paragraphs_by_speaker():
    assert list(paragraphs(CUES)) == [
        Paragraph(0, "Nell", "Welcome to Half Tide. Today: lamps & <oil>, and what 2 > 1 means."),
        Paragraph(4000, "Theo Marsh", "Hello."),
    ]
    assert render_text(CUES) == (
        "Nell: Welcome to Half Tide. Today: lamps & <oil>, and what 2 > 1 means.\n\nTheo Marsh: Hello.\n"
    )
    sentence = "The tide comes in twice a day."
    long = [Cue(n * 1000, n * 1000 + 900, "", sentence) for n in range(100)]
    assert [len(one.text) for one in paragraphs(long)][:2] == [433, 433]
    assert " ".join(one.text for one in paragraphs(long)) == " ".join([sentence] * 100)


def test_spoken_words_are_those_between_two_moments():
    assert spoken(CUES, 1500, 4000) == "Today: lamps & <oil>, and what 2 > 1 means."
    assert spoken(CUES, 0, 1600) == "Welcome to Half Tide. Today: lamps & <oil>, and what 2 > 1 means."
    assert spoken(CUES, 4_000_000, 5_000_000) == ""


def tidy(text: str) -> str:
    return "\n".join(line.strip() for line in text.split("\n") if line.strip())


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), min_size=1, max_size=40)
TEXTS = (
    (TEXT | st.sampled_from(["a --> b", "&amp;", "<v Nell>x</v>", "NOTE", "<i>", "7", "STYLE"])).map(tidy).filter(bool)
)
NAMES = TEXT.map(lambda text: " ".join(text.split()))
TIMES = st.lists(st.integers(0, 999_999_999), min_size=2, max_size=2).map(sorted)
TRANSCRIPTS = st.lists(
    st.builds(lambda times, name, text: Cue(*times, name, text), TIMES, st.just("") | NAMES, TEXTS),
    min_size=1,
    max_size=5,
).map(lambda cues: tuple(sorted(cues, key=lambda cue: cue.start)))


@given(TRANSCRIPTS)
@example((Cue(0, 1, "A", "x"), Cue(0, 1, "A", "y"), Cue(0, 1, "", "z"), Cue(0, 1, "B", "z")))
def test_vtt_carries_everything(cues):
    assert parse(render_vtt(cues).encode()).cues == cues


@given(TRANSCRIPTS)
def test_json_carries_everything(cues):
    assert parse(render_json(cues).encode()).cues == cues


PLAIN = st.text(st.sampled_from("abc xyzäé世&-'\n"), min_size=1, max_size=40).map(tidy).filter(bool)


@given(TRANSCRIPTS, st.lists(PLAIN, min_size=5, max_size=5), st.booleans())
def test_srt_carries_words_and_either_every_speaker_or_none(cues, texts, are_named):
    names = [f"Speaker {cue.start % 3}" if are_named else "" for cue in cues]
    cues = tuple(
        Cue(cue.start, cue.end, *rest) for cue, rest in zip(cues, zip(names, texts, strict=False), strict=True)
    )
    assert parse(render_srt(cues).encode()).cues == cues


PARTS = (
    """WEBVTT 00:01.000 00:02.000 <v < > </v> & x : A: NOTE { } [ ] "segments" "startTime" 1e999 --> \ufeff 1""".split(
        " "
    )
)
PARTS += ["\n", "\n\n", " --> ", "\r", " "]


@given(
    st.binary(max_size=100) | st.lists(st.sampled_from(PARTS), max_size=30).map(lambda parts: "".join(parts).encode())
)
@example(b"[" * 200_000)
@example(b'{"segments":[{"startTime":' + b"9" * 5000 + b"}]}")
@example(b'{"segments":[{"startTime":1e999,"endTime":1e999,"body":"x"}]}')
@example(b'{"segments":[{"startTime":0,"endTime":1,"body":"\\ud800"}]}')
@example(b"\xff\xfeW")
def test_no_file_raises_anything_but_the_formats_own_error(data):
    with suppress(FormatError):
        cues = parse(data).cues
        assert all(a.start <= b.start for a, b in pairwise(cues))
        assert parse(render_vtt(cues).encode()).cues == cues


HEAD = "WEBVTT\n\n00:00.000 --> 00:01.000\n"
LARGE = 5_000_000


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "x" * LARGE,
        HEAD + "<" * LARGE,
        HEAD + "<v " * (LARGE // 3),
        HEAD + "<v A>" * 300_000,
        HEAD + "&" * LARGE,
        HEAD + "&lt" * 1_000_000,
        HEAD + " " * LARGE + "x",
        "WEBVTT\n\n" + "00:00.000 --> 00:01.000\n" * 100_000,
        "00:00.000 -->" + " " * LARGE + "x",
        "0" * LARGE + "-->",
        "00:00:00,000 --> 00:00:01,000\n" + "A" * LARGE + ": x",
        "00:00:00,000 --> 00:00:01,000\n" + "<font " * 800_000,
        "00:00:00,000 --> 00:00:01,000\nx\n\n" * 200_000,
        '{"segments": [' + '{"startTime": 0, "endTime": 1, "body": "x"},' * 100_000 + "3]}",
    ],
    ids=lambda text: repr(text[-12:]),
)
def test_ten_megabytes_of_anything_take_little_time(text):
    began = time.process_time()
    with suppress(FormatError):
        parse(text.encode())
    assert time.process_time() - began < 6
