"""Chapters: lines of times, JSON chapters (github.com/Podcastindex-org/podcast-namespace, docs/examples/chapters),
Podlove simple chapters (podlove.org/simple-chapters 1.2, XML and text), Audacity labels, and CHAPTER01= lines.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise, product
from typing import Any, NamedTuple

from lxml import etree

from episodes.formats.problems import FormatError, Problem, error, storable

MAX_CHARACTERS = 1_000_000
MAX_CHAPTERS = 1_000
# What a column of nine digits can store.
MAX_MILLISECONDS = 999_999_999
FEWEST = 3

PSC = "http://podlove.org/simple-chapters"


@dataclass(frozen=True, slots=True)
class Chapter:
    """Times in milliseconds; `end` is None where the chapter lasts until the next one."""

    start: int
    title: str = ""
    end: int | None = None
    url: str = ""
    image: str = ""
    is_listed: bool = True


class Parsed(NamedTuple):
    """Chapters by their start, what they were written in, and what was left out."""

    format: str
    chapters: tuple[Chapter, ...]
    problems: tuple[Problem, ...] = ()


def parse(text: str) -> Parsed:
    """Whatever it is. Nothing in it: no chapters. Raises FormatError."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    if len(text) > MAX_CHARACTERS:
        raise error("this is far too long for the chapters of one episode.")
    start = text.lstrip()
    if not start:
        return Parsed("lines", ())
    for name, is_meant, read in _FORMATS:
        if is_meant(start):
            chapters, problems = read(text)
            if not chapters:
                raise error(f"these {name} have no chapter.")
            return Parsed(name, _sorted(chapters), tuple(problems))
    chapters, problems = _read_lines(text)
    return Parsed("lines", _sorted(chapters), tuple(problems))


def problems(chapters: Sequence[Chapter], duration: int | None = None) -> Iterator[Problem]:
    """What apps and listeners would stumble over; `line 3` is the third chapter's in `render_lines`.

    An error cannot be stored. `duration` is that of the audio in milliseconds.
    """
    if 0 < len(chapters) < FEWEST:
        yield Problem("warning", f"apps show chapters from {FEWEST} on.")
    if chapters and chapters[0].start != 0:
        yield Problem("warning", "the first chapter should start at 00:00.", "line 1")
    for number, chapter in enumerate(chapters, 1):
        yield from _of_one(chapter, duration, f"line {number}")
    for number, (before, after) in enumerate(pairwise(chapters), 2):
        if before.start // 1000 == after.start // 1000:
            yield Problem("warning", "two chapters start in the same second.", f"line {number}")
        elif before.end is not None and before.end > after.start:
            yield Problem("warning", "the chapter before it has not ended yet.", f"line {number}")


def _of_one(chapter: Chapter, duration: int | None, where: str) -> Iterator[Problem]:
    if not chapter.title:
        yield Problem("warning", "this chapter has no title.", where)
    if chapter.end is not None and chapter.end <= chapter.start:
        yield Problem("error", f"it ends at {clock(chapter.end)}, which is not after its start.", where)
    if duration and chapter.start >= duration:
        yield Problem("warning", f"it starts after the audio ends, at {clock(duration)}.", where)
    elif duration and chapter.end is not None and chapter.end > duration:
        yield Problem("warning", f"it ends after the audio does, at {clock(duration)}.", where)


def render_lines(chapters: Iterable[Chapter]) -> str:
    """`00:00 Title <https://…> <image https://…> <ends 14:20> <hidden>`: all that is known, one line a chapter.

    A title loses its line breaks and the blanks around it; an address has no blanks and no angle brackets.
    """
    return "\n".join(map(_line, chapters))


def render_json(chapters: Iterable[Chapter]) -> str:
    """JSON chapters 1.2.0, for application/json+chapters."""
    return json.dumps({"version": "1.2.0", "chapters": [_as_json(one) for one in chapters]}, ensure_ascii=False)


def clock(milliseconds: int) -> str:
    """`00:00`, `13:30.500`, `1:12:51`."""
    seconds, rest = divmod(milliseconds, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{rest:03}" if rest else ""
    return f"{f'{hours}:' if hours else ''}{minutes:02}:{seconds:02}{fraction}"


def _sorted(chapters: list[Chapter]) -> tuple[Chapter, ...]:
    if len(chapters) > MAX_CHAPTERS:
        raise error(f"these are {len(chapters)} chapters, and an episode has at most {MAX_CHAPTERS}.")
    return tuple(sorted(chapters, key=lambda chapter: chapter.start))


# --- Lines: `00:00 Title`, which is also Podlove's text and what video sites read ---

_CLOCK = r"(?:[0-9]{1,4}:)?[0-9]{1,4}:[0-9]{1,2}(?:[.,][0-9]{1,9})?"
_TIMED = re.compile(rf"\s*(?:[-*•]\s+|[0-9]{{1,3}}[.)]\s+)?[\[(]?({_CLOCK})(?!\w|:[0-9])[\])]?\s*")
_RANGE = re.compile(rf"[-–—]\s*[\[(]?({_CLOCK})(?!\w|:[0-9])[\])]?(?:\s+|$)")
_SEPARATOR = re.compile(r"[-–—|:•]\s*")
_TIME_IS_MEANT = re.compile(r"\s*[\[(]?[0-9]+:[0-9]")


def _read_lines(text: str) -> tuple[list[Chapter], list[Problem]]:
    """Text before the first and after the last time is not theirs; between them every line has one."""
    chapters: list[Chapter] = []
    wrong: list[Problem] = []
    untimed: list[int] = []
    left_out: list[int] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        where = f"line {number}"
        try:
            chapter = _chapter_of(line, where)
        except FormatError as refused:
            wrong += refused.problems
            continue
        if chapter is None and _TIME_IS_MEANT.match(line):
            wrong.append(Problem("error", "this is no time: write it like 13:30 or 1:12:51.", where))
        elif chapter is None:
            untimed.append(number)
        else:
            if chapters:
                wrong += [
                    Problem(
                        "error", "this line has no time: begin it with one like 13:30, or take it out.", f"line {n}"
                    )
                    for n in untimed
                ]
            else:
                left_out = untimed
            untimed = []
            chapters.append(chapter)
    if wrong:
        raise FormatError(sorted(wrong, key=lambda problem: int(problem.where.removeprefix("line "))))
    if not chapters:
        raise error("no line begins with a time like 13:30.")
    return chapters, [Problem("warning", "left out: the line has no time.", f"line {n}") for n in left_out + untimed]


def _chapter_of(line: str, where: str = "") -> Chapter | None:
    """None where the line has no time."""
    timed = _TIMED.match(line)
    if timed is None:
        return None
    start, rest, end = _milliseconds(timed[1], where), line[timed.end() :], None
    if (until := _RANGE.match(rest)) and (ends := _milliseconds(until[1], where)) > start:
        end, rest = ends, rest[until.end() :]
    elif separator := _SEPARATOR.match(rest):
        rest = rest[separator.end() :]
    return _with_tail(Chapter(start, end=end), storable(rest.strip(), where), where)


def _with_tail(chapter: Chapter, rest: str, where: str) -> Chapter:
    """What stands in angle brackets at the end, up to what is none of ours, or to `<>`, which ends the title."""
    seen: set[str] = set()
    while rest.endswith(">") and (at := rest.rfind("<")) >= 0:
        word, _, value = rest[at + 1 : -1].strip().partition(" ")
        name = {"image": "image", "ends": "end", "hidden": "is_listed", "": ""}.get(
            word, "url" if _is_address(word) else "?"
        )
        if name == "?" or name in seen or bool(value) != (name in ("image", "end")):
            break
        seen.add(name)
        rest = rest[:at].rstrip()
        if not name:
            break
        known: dict[str, Any] = {"image": value, "end": None, "is_listed": False, "url": word}
        if name == "end":
            known["end"] = _milliseconds(value, where)
        chapter = replace(chapter, **{name: known[name]})
    before, _, last = rest.rpartition(" ")
    if not seen & {"", "url"} and _is_address(last):
        chapter, rest = replace(chapter, url=last), before.rstrip()
    return replace(chapter, title=rest)


def _is_address(word: str) -> bool:
    return word.startswith(("https://", "http://"))


def _line(chapter: Chapter) -> str:
    """The shortest spelling that is read back as the same chapter."""
    title = re.sub(r"[\r\n]+", " ", chapter.title).strip()
    chapter = replace(chapter, title=title, url=_unbroken(chapter.url), image=_unbroken(chapter.image))
    more = [f"<{chapter.url}>"] if chapter.url else []
    more += [f"<image {chapter.image}>"] if chapter.image else []
    more += [f"<ends {clock(chapter.end)}>"] if chapter.end is not None else []
    more += [] if chapter.is_listed else ["<hidden>"]
    line = ""
    for lead, stop in product(([], ["–"]), ([], ["<>"])):
        line = " ".join([clock(chapter.start), *lead, *([title] if title else []), *stop, *more])
        if _chapter_of(line) == chapter:
            break
    return line


def _unbroken(url: str) -> str:
    return re.sub(r"[\s<>]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), url)


def _milliseconds(text: str, where: str) -> int:
    """Of `13:30`, `1:12:51.5`, `810` or `810,25`."""
    if not re.fullmatch(rf"{_CLOCK}|[0-9]{{1,9}}(?:[.,][0-9]{{1,9}})?", text):
        raise error(f"“{text[:40]}” is no time: write it like 13:30 or 1:12:51.", where)
    *larger, seconds = text.replace(",", ".").split(":")
    total = Decimal(seconds)
    if larger and (total >= 60 or (len(larger) == 2 and int(larger[1]) >= 60)):
        raise error(f"“{text}” is no time: minutes and seconds end at 59.", where)
    for unit, amount in zip((60, 3600), reversed(larger), strict=False):
        total += unit * int(amount)
    return _whole(total, where)


def _whole(seconds: Decimal, where: str) -> int:
    if not 0 <= seconds <= Decimal(MAX_MILLISECONDS) / 1000:
        raise error("no episode is that long.", where)
    return int((seconds * 1000).to_integral_value())


# --- JSON chapters, and Podlove's list for its player, which says start, href and image ---


def _read_json(text: str) -> tuple[list[Chapter], list[Problem]]:
    try:
        found = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except json.JSONDecodeError as broken:
        raise error(f"this is no JSON: {broken.msg}, at column {broken.colno}.", f"line {broken.lineno}") from broken
    except (ValueError, ArithmeticError, RecursionError) as broken:
        raise error("this JSON has a number or a nesting that nobody can read.") from broken
    rows = found.get("chapters") if isinstance(found, dict) else found
    if not isinstance(rows, list):
        raise error("this JSON has no list of “chapters”.")
    chapters: list[Chapter] = []
    wrong: list[Problem] = []
    for number, row in enumerate(rows, 1):
        try:
            chapters.append(_from_json(row, f"chapter {number}"))
        except FormatError as refused:
            wrong += refused.problems
    if wrong:
        raise FormatError(wrong)
    return chapters, []


def _no_number(name: str) -> None:
    raise ValueError(name)


def _from_json(row: Any, where: str) -> Chapter:
    if not isinstance(row, dict):
        raise error("this is no chapter: it should say startTime and title.", where)
    known = {name: value for name, value in row.items() if value is not None and value != ""}
    start, end = known.get("startTime", known.get("start")), known.get("endTime")
    if start is None:
        raise error("it has no startTime.", where)
    return Chapter(
        start=_number(start, "startTime", where),
        title=_string(known.get("title", ""), "title", where),
        end=None if end is None else _number(end, "endTime", where),
        url=_string(known.get("url", known.get("href", "")), "url", where),
        image=_string(known.get("img", known.get("image", "")), "img", where),
        is_listed=known.get("toc") not in (False, "false"),
    )


def _number(value: Any, name: str, where: str) -> int:
    if isinstance(value, str):
        return _milliseconds(value.strip(), where)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise error(f"{name} is no number of seconds.", where)
    if isinstance(value, int) and abs(value) > MAX_MILLISECONDS:
        raise error("no episode is that long.", where)
    return _whole(Decimal(value), where)


def _string(value: Any, name: str, where: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise error(f"{name} is no text.", where)
    return storable(str(value), where)


def _as_json(chapter: Chapter) -> dict[str, Any]:
    known: dict[str, Any] = {"startTime": _seconds(chapter.start)}
    known |= {name: value for name, value in _texts(chapter, "title", "img", "url") if value}
    known |= {} if chapter.is_listed else {"toc": False}
    return known | ({} if chapter.end is None else {"endTime": _seconds(chapter.end)})


def _seconds(milliseconds: int) -> int | float:
    return milliseconds / 1000 if milliseconds % 1000 else milliseconds // 1000


def _texts(chapter: Chapter, title: str, image: str, url: str) -> list[tuple[str, str]]:
    return [(title, chapter.title), (image, chapter.image), (url, chapter.url)]


# --- Podlove simple chapters, XML ---


def _read_psc(text: str) -> tuple[list[Chapter], list[Problem]]:
    """A document, a feed's element, or only its chapters. A document type is refused."""
    inner = re.sub(r"^\s*<\?xml[^>]*\?>", lambda found: "\n" * found[0].count("\n"), text)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
    try:
        root = etree.fromstring(f'<_ xmlns:psc="{PSC}">{inner}</_>'.encode(), parser)
    except etree.XMLSyntaxError as broken:
        line = f"line {broken.lineno}" if broken.lineno else ""
        raise error(f"this is no XML of Podlove simple chapters: {broken.msg}.", line) from broken
    except ValueError as broken:
        raise error("a character in it cannot be stored: write the text anew.") from broken
    if len(root.findall(f".//{{{PSC}}}chapters")) > 1:
        raise error("these are the chapters of several episodes: paste those of one.")
    return [_from_psc(row) for row in root.iter(f"{{{PSC}}}chapter", "chapter")], []


def _from_psc(row: Any) -> Chapter:
    where = f"line {row.sourceline}"
    return Chapter(
        start=_milliseconds(row.get("start", "").strip(), where),
        title=row.get("title", ""),
        url=row.get("href", ""),
        image=row.get("image", ""),
    )


# --- Audacity labels: start, tab, end, tab, title; a label on a range of pitch has a second line ---

_LABEL = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\t([0-9]+(?:[.,][0-9]+)?)(?:\t(.*))?")


def _read_labels(text: str) -> tuple[list[Chapter], list[Problem]]:
    chapters: list[Chapter] = []
    for number, line in enumerate(text.split("\n"), 1):
        where = f"line {number}"
        if not line.strip() or line.startswith("\\\t"):
            continue
        label = _LABEL.fullmatch(line)
        if label is None:
            raise error("this is no label: start, tab, end, tab, title.", where)
        start, end = (_milliseconds(time, where) for time in label.group(1, 2))
        # A point has its own start as its end.
        chapters.append(Chapter(start, storable((label[3] or "").strip(), where), None if end == start else end))
    return chapters, []


# --- CHAPTER01=00:00:00.000 and CHAPTER01NAME=Title, as tools for MP4 and Matroska have them ---

_NAMED = re.compile(r"CHAPTER([0-9]{1,4})(NAME)?=(.*)", re.IGNORECASE)


def _read_named(text: str) -> tuple[list[Chapter], list[Problem]]:
    starts: dict[str, int] = {}
    titles: dict[str, str] = {}
    for number, line in enumerate(text.split("\n"), 1):
        where = f"line {number}"
        if not line.strip():
            continue
        found = _NAMED.fullmatch(line.strip())
        if found is None:
            raise error("this should say CHAPTER01=00:00:00.000 or CHAPTER01NAME=Title.", where)
        if found[2]:
            titles[found[1]] = storable(found[3].strip(), where)
        else:
            starts[found[1]] = _milliseconds(found[3].strip(), where)
    return [Chapter(start, titles.get(number, "")) for number, start in starts.items()], []


_Read = Callable[[str], tuple[list[Chapter], list[Problem]]]
_FORMATS: list[tuple[str, Callable[[str], Any], _Read]] = [
    ("JSON chapters", re.compile(r"\{|\[\s*[{\]]").match, _read_json),
    ("Podlove simple chapters", re.compile("<").match, _read_psc),
    ("Audacity labels", re.compile(r"[0-9.,]+\t[0-9.,]+(?:\t|\n|$)").match, _read_labels),
    ("CHAPTER lines", re.compile("CHAPTER[0-9]+=", re.IGNORECASE).match, _read_named),
]
