"""Transcripts: WebVTT (w3.org/TR/webvtt1), SubRip, and JSON of the podcast namespace (transcripts.md, 1.0.0).

Cues are all that is kept: who says what, when. Every format is rendered from the same cues.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, pairwise
from typing import Any, Literal, NamedTuple

from episodes.formats.problems import FormatError, Problem, error, storable

MAX_BYTES = 10 * 1024 * 1024
MAX_CUES = 50_000
MAX_MILLISECONDS = 999_999_999
# What fits a line of captions (transcripts.md).
LINE_LENGTH = 65
# A paragraph ends with a sentence after so many characters, or at any cue after so many.
PARAGRAPH, PARAGRAPH_AT_MOST = 400, 1_200

Format = Literal["vtt", "srt", "json"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Times in milliseconds; `speaker` is "" where nobody is named; the lines of `text` have words in them."""

    start: int
    end: int
    speaker: str
    text: str


class Parsed(NamedTuple):
    """Cues by their start, what they were written in, and what is odd about them."""

    format: Format
    cues: tuple[Cue, ...]
    problems: tuple[Problem, ...] = ()


class Paragraph(NamedTuple):
    """What one person says in a row."""

    start: int
    speaker: str
    text: str


# A cue and where it stands.
_Placed = tuple[Cue, str]


def parse(data: bytes) -> Parsed:
    """Whichever of the three it is. Raises FormatError."""
    if len(data) > MAX_BYTES:
        raise error("the file is larger than 10 MB.")
    text = _decoded(data)
    start = text.lstrip()
    wrong: list[Problem] = []
    name: Format
    if re.match(r"WEBVTT(?:\s|$)", start):
        name, read = "vtt", _read_vtt(text, wrong)
    elif start.startswith(("{", "[")):
        name, read = "json", _read_json(start, wrong)
    elif "-->" in start:
        name, read = "srt", _read_srt(text, wrong)
    else:
        raise error("this is no transcript in WebVTT, SubRip or the podcast namespace’s JSON.")
    found = list(islice(read, MAX_CUES + 1))
    if wrong:
        raise FormatError(wrong)
    if len(found) > MAX_CUES:
        raise error(f"these are more than {MAX_CUES} cues, and no episode has so many.")
    if name == "srt":
        found = _with_speakers(found, wrong)
    wrong += _oddities(found)
    cues = tuple(sorted((cue for cue, _ in found if cue.text), key=lambda cue: cue.start))
    if not cues:
        raise error("nobody says anything in it.")
    return Parsed(name, cues, tuple(wrong))


def spoken(cues: Iterable[Cue], start: int, end: int) -> str:
    """The words between two milliseconds, with those that are being said at either."""
    return " ".join(" ".join(cue.text.split("\n")) for cue in cues if cue.start < end and cue.end > start)


def paragraphs(cues: Iterable[Cue]) -> Iterator[Paragraph]:
    """To be read: a new one where somebody else speaks, and now and then after a sentence."""
    for speaker, said in groupby(cues, key=lambda cue: cue.speaker):
        words: list[str] = []
        start = length = 0
        for cue in said:
            if length >= PARAGRAPH_AT_MOST or (length >= PARAGRAPH and words[-1].endswith((".", "!", "?", "…", "。"))):
                yield Paragraph(start, speaker, " ".join(words))
                words, length = [], 0
            start = start if words else cue.start
            words.append(" ".join(cue.text.split("\n")))
            length += len(words[-1])
        yield Paragraph(start, speaker, " ".join(words))


def render_text(cues: Iterable[Cue]) -> str:
    rows = (f"{one.speaker}: {one.text}" if one.speaker else one.text for one in paragraphs(cues))
    return "\n\n".join(rows) + "\n"


def render_vtt(cues: Sequence[Cue]) -> str:
    """Who speaks at the very same time stands in one cue, as WebVTT has it (section 3.3, voice spans)."""
    blocks = []
    for (start, end, _), group in groupby(_grouped(cues), key=lambda found: found[0]):
        said = "\n".join(_voiced(cue) for _, cue in group)
        blocks.append(f"{_clock(start, '.')} --> {_clock(end, '.')}\n{said}\n")
    return "\n".join(["WEBVTT\n", *blocks])


def render_srt(cues: Sequence[Cue]) -> str:
    """A speaker is named where another one spoke before."""
    blocks, before = [], ""
    for number, cue in enumerate(cues, 1):
        name = f"{cue.speaker}: " if cue.speaker and cue.speaker != before else ""
        before = cue.speaker
        blocks.append(f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n{name}{cue.text}\n")
    return "\n".join(blocks)


def render_json(cues: Iterable[Cue]) -> str:
    segments = [
        ({"speaker": cue.speaker} if cue.speaker else {})
        | {"startTime": cue.start / 1000, "endTime": cue.end / 1000, "body": cue.text}
        for cue in cues
    ]
    return json.dumps({"version": "1.0.0", "segments": segments}, ensure_ascii=False)


def _decoded(data: bytes) -> str:
    """Line ends are LF, and a NUL is U+FFFD (WebVTT, section 6.1)."""
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError as broken:
        line = 1 + data.count(b"\n", 0, broken.start)
        raise error("the file is not UTF-8: save it anew in that encoding.", f"line {line}") from broken
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")


def _oddities(found: list[_Placed]) -> Iterator[Problem]:
    for cue, where in found:
        if not cue.text:
            yield Problem("warning", "nobody says anything here; left out.", where)
        elif cue.end == cue.start:
            yield Problem("warning", "it lasts no time.", where)
    for (before, _), (after, where) in pairwise(found):
        if after.start < before.start:
            yield Problem("warning", "it starts before the cue above it; put in order.", where)
        elif after.start < before.end and (after.start, after.end) != (before.start, before.end):
            yield Problem("warning", "it starts before the cue above it ends.", where)
    long = [where for cue, where in found if any(len(line) > LINE_LENGTH for line in cue.text.split("\n"))]
    if long:
        many = f"{len(long)} of {len(found)} cues"
        yield Problem("note", f"lines of more than {LINE_LENGTH} characters in {many}, first here.", long[0])


def _tidy(text: str) -> str:
    """Lines with words in them, without blanks around each."""
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)


# --- WebVTT and SubRip: blocks of lines with an empty one between them ---

_TIME = r"(?:([0-9]{1,4}):)?([0-9]{1,2}):([0-9]{1,2})(?:[.,]([0-9]{1,3}))?"
_TIMING = re.compile(rf"\s*{_TIME}\s*-->\s*{_TIME}(?:\s.*)?")
_Lines = list[tuple[int, str]]


def _blocks(text: str) -> Iterator[_Lines]:
    block: _Lines = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _cues(block: _Lines, wrong: list[Problem]) -> Iterator[tuple[int, int, str, str]]:
    """Start, end, text, and where. A timing begins a cue also where the empty line before it is missing."""
    timings = [index for index, (_, line) in enumerate(block) if "-->" in line and (index < 2 or _TIMING.match(line))]
    if not timings:
        wrong.append(Problem("error", "this has no timing like 00:01.000 --> 00:02.000.", f"line {block[0][0]}"))
        return
    for index, following in zip(timings, [*timings[1:], None], strict=True):
        number, line = block[index]
        where = f"line {number}"
        lines = [text for _, text in block[index + 1 : following]]
        if following is not None and lines and re.fullmatch(r"\s*[0-9]+\s*", lines[-1]):
            # The number of the cue that begins there.
            lines.pop()
        timing = _TIMING.fullmatch(line)
        times = timing and (_milliseconds(timing.groups()[:4]), _milliseconds(timing.groups()[4:]))
        if times is None or None in times:
            wrong.append(Problem("error", "this is no timing: write it like 00:01.000 --> 00:02.000.", where))
            continue
        start, end = times
        if start is None or end is None or end < start:
            wrong.append(Problem("error", "this cue ends before it starts.", where))
            continue
        yield start, end, "\n".join(lines), where


def _milliseconds(parts: Sequence[str | None]) -> int | None:
    hours, minutes, seconds, fraction = parts
    if int(minutes or 0) > 59 or int(seconds or 0) > 59:
        return None
    found = ((int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)) * 1000
    found += int((fraction or "0").ljust(3, "0"))
    return found if found <= MAX_MILLISECONDS else None


def _clock(milliseconds: int, point: str) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{rest:03}"


def _read_vtt(text: str, wrong: list[Problem]) -> Iterator[_Placed]:
    for number, block in enumerate(_blocks(text)):
        if number == 0:
            # The head, up to an empty line or to the first cue, whose empty line somebody forgot.
            timing = next((index for index, (_, line) in enumerate(block) if "-->" in line), None)
            if timing is None:
                continue
            block = block[timing:]
        first = block[0][1].strip()
        if re.match(r"NOTE(?:\s|$)", first) or (first in ("STYLE", "REGION") and number):
            continue
        for start, end, said, where in _cues(block, wrong):
            for speaker, words in _voices(said):
                yield Cue(start, end, speaker, words), where


def _voices(payload: str) -> list[tuple[str, str]]:
    """Each `<v Name>` and its words; other tags are left out (section 6.4)."""
    found: list[tuple[str, list[str]]] = [("", [])]
    at = 0
    while (opened := payload.find("<", at)) >= 0:
        closed = payload.find(">", opened)
        if closed < 0:
            break
        found[-1][1].append(payload[at:opened])
        tag = payload[opened + 1 : closed]
        voice = re.match(r"v(?:\.[^\s]*)?\s+", tag)
        if voice:
            found.append((" ".join(html.unescape(tag[voice.end() :]).split()), []))
        elif tag == "/v":
            found.append(("", []))
        elif not _TAG.fullmatch(tag):
            # `I <3 you, 2 > 1`: no tag of WebVTT.
            found[-1][1].append(payload[opened : closed + 1])
        at = closed + 1
    found[-1][1].append(payload[at:])
    said = [(speaker, _tidy(html.unescape("".join(words)))) for speaker, words in found]
    return [one for one in said if one[1]] or [("", "")]


_TAG = re.compile(r"/?(?:c|i|b|u|ruby|rt|lang|font|v)?(?:[.\s].*)?|[0-9:.]+", re.DOTALL)


def _grouped(cues: Sequence[Cue]) -> Iterator[tuple[tuple[int, int, int], Cue]]:
    """Each cue with what it shares with those of its block: only named ones can be told apart in one."""
    block = 0
    for before, cue in zip([None, *cues], cues, strict=False):
        same = before is not None and (before.start, before.end) == (cue.start, cue.end)
        block += not (same and before and before.speaker and cue.speaker)
        yield (cue.start, cue.end, block), cue


def _voiced(cue: Cue) -> str:
    return f"<v {_escaped(cue.speaker)}>{_escaped(cue.text)}</v>" if cue.speaker else _escaped(cue.text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _read_srt(text: str, wrong: list[Problem]) -> Iterator[_Placed]:
    for block in _blocks(text):
        for start, end, said, where in _cues(block, wrong):
            yield Cue(start, end, "", _tidy(_MARKUP.sub("", said))), where


_MARKUP = re.compile(r"</?(?:b|i|u|font(?:\s[^<>]*)?)>|\{\\an?[0-9]\}", re.IGNORECASE)
_PREFIX = re.compile(r"([^\W_][^\n:<>\[\]()?!]{0,39}):(?:\s+|$)(?=.)", re.DOTALL)


def _with_speakers(found: list[_Placed], wrong: list[Problem]) -> list[_Placed]:
    """`Name:` names who speaks from there on, where the first cue has one and it looks like a name."""
    names = [_name(cue.text) for cue, _ in found]
    first = next((name for (cue, _), name in zip(found, names, strict=True) if cue.text), "")
    if not first:
        return found
    placed, speaker = [], ""
    for (cue, where), name in zip(found, names, strict=True):
        speaker = name or speaker
        text = _tidy(cue.text.partition(":")[2]) if name else cue.text
        placed.append((Cue(cue.start, cue.end, speaker, text), where))
    wrong.append(Problem("note", f"read as who speaks: {', '.join(list(dict.fromkeys(filter(None, names)))[:20])}."))
    return placed


def _name(text: str) -> str:
    """Up to four words, each of them with a capital, a digit, or of a script without capitals."""
    prefix = _PREFIX.match(text)
    words = prefix[1].split() if prefix else []
    return " ".join(words) if 0 < len(words) <= 4 and all(word[:1] == word[:1].upper() for word in words) else ""


# --- JSON of the podcast namespace ---


def _read_json(text: str, wrong: list[Problem]) -> Iterator[_Placed]:
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as broken:
        raise error(f"this is no JSON: {broken.msg}, at column {broken.colno}.", f"line {broken.lineno}") from broken
    except (ValueError, RecursionError) as broken:
        raise error("this JSON has a number or a nesting that nobody can read.") from broken
    segments = found.get("segments") if isinstance(found, dict) else None
    if not isinstance(segments, list):
        raise error("this JSON has no list of “segments”.")
    for number, segment in enumerate(segments, 1):
        try:
            yield _segment(segment, f"segment {number}"), f"segment {number}"
        except FormatError as refused:
            wrong += refused.problems


def _no_number(name: str) -> None:
    raise ValueError(name)


def _segment(segment: Any, where: str) -> Cue:
    if not isinstance(segment, dict):
        raise error("this is no segment: it should say startTime, endTime and body.", where)
    speaker, body = segment.get("speaker") or "", segment.get("body") or ""
    if not isinstance(speaker, str) or not isinstance(body, str):
        raise error("speaker and body are texts.", where)
    start, end = (_seconds(segment.get(name), name, where) for name in ("startTime", "endTime"))
    if end < start:
        raise error("it ends before it starts.", where)
    return Cue(start, end, " ".join(storable(speaker, where).split()), _tidy(storable(body, where).replace("\r", "\n")))


def _seconds(value: Any, name: str, where: str) -> int:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,9})?", value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise error(f"{name} is no number of seconds.", where)
    if not 0 <= value <= MAX_MILLISECONDS / 1000:
        raise error("no episode is that long.", where)
    return round(value * 1000)
