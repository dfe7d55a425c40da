"""Chapters and transcripts: A67 to A71."""

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from episodes.feed_health.problems import Found, error, note, warning
from episodes.feed_health.reading import HTML_MAX, Feed, Item, children, first, value
from episodes.feed_health.registry import rule
from episodes.feed_health.values import fragment, is_https, seconds, shown
from episodes.feed_health.vocabulary import OLD_TRANSCRIPT_TYPES, TIMED_TYPES, TRANSCRIPT_TYPES

_NORMAL_TIME = re.compile(r"([0-9]{1,3}:)?[0-9]{1,2}:[0-9][0-9](\.[0-9]{1,9})?|[0-9]{1,9}(\.[0-9]{1,9})?")
_STAMP = re.compile(r"^\W{0,3}((?:[0-9]{1,2}:)?[0-9]{1,2}:[0-9][0-9])\b\W{0,4}(\S.*)$", re.MULTILINE)


def _simple(item: Item) -> list[tuple[float | None, str, Any]]:
    """The Podlove chapters: second, title, element."""
    holder = first(item.element, "psc:chapters")
    found = [] if holder is None else children(holder, "psc:chapter")
    return [(_start(element.get("start", "")), element.get("title", "").strip(), element) for element in found]


def _start(text: str) -> float | None:
    return seconds(text) if _NORMAL_TIME.fullmatch(text) else None


def _duration(item: Item) -> float | None:
    return seconds(value(item.element, "itunes:duration"))


def _json_chapters(feed: Feed, item: Item) -> tuple[Any, list[dict[str, Any]] | None]:
    """The element of a chapters file that was given, and its chapters; None where it is no list of them."""
    element = first(item.element, "podcast:chapters")
    data = feed.files.get(element.get("url", "")) if element is not None else None
    if data is None:
        return None, None
    try:
        chapters = json.loads(data)["chapters"]
        right = isinstance(chapters, list) and all(isinstance(chapter, dict) for chapter in chapters)
        return element, chapters if right else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return element, None


@rule(
    "A67",
    "The chapters file, where it is given: from second 0, ascending, inside the episode, nothing null",
    "JSON chapters 1.2",
)
def json_chapters(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element, chapters = _json_chapters(feed, item)
        if element is None:
            continue
        if not chapters:
            yield error("The chapters file has no list of chapters: write one, or leave the tag out.", element)
            continue
        starts = [chapter.get("startTime") for chapter in chapters]
        if any(said is None for chapter in chapters for said in chapter.values()):
            yield error("The chapters file says null: leave empty fields out.", element)
        elif not all(_is_second(start) for start in starts):
            yield error("A chapter’s startTime is no number of seconds.", element)
        else:
            yield from _order(starts, _duration(item), element, "The chapters file")


def _is_second(start: Any) -> bool:
    return isinstance(start, int | float) and not isinstance(start, bool) and 0 <= start < 10**9


def _order(starts: list[Any], whole: float | None, at: Any, what: str) -> Iterator[Found]:
    if starts and starts[0] != 0:
        yield warning(f"{what} begins at second {starts[0]:g}: the first chapter starts at 0.", at)
    for one, two in pairwise(starts):
        if two < one:
            yield error(f"{what}: second {two:g} stands after {one:g}. Sort them.", at)
        elif two == one:
            yield warning(f"{what}: two chapters start at second {one:g}. Keep one.", at)
    if starts and whole and max(starts) >= whole:
        yield error(f"{what}: second {max(starts):g} is past the end at {whole:g}.", at)


@rule("A68", "Podlove’s chapters are those of the chapters file, where it is given", "Podlove, JSON chapters 1.2")
def same_chapters(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        element, chapters = _json_chapters(feed, item)
        simple = _simple(item)
        if element is None or not chapters or not simple:
            continue
        listed = [
            (chapter.get("startTime"), chapter.get("title", "")) for chapter in chapters if chapter.get("toc", True)
        ]
        if listed != [(start, title) for start, title, _ in simple]:
            yield error("psc:chapters are not those of the chapters file: write both from the same list.", item)


@rule(
    "L7",
    "Podlove’s chapters have start and title, ascend from 0, and lie inside the episode",
    "Podlove Simple Chapters",
)
def simple_chapters(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        chapters = _simple(item)
        for start, title, element in chapters:
            if start is None:
                yield error(
                    f"The chapter’s start {shown(element.get('start', ''))} is not of the form 01:02:03.", element
                )
            if not title:
                yield error("The chapter has no title.", element)
        starts = [start for start, _, _ in chapters if start is not None]
        yield from _order(starts, _duration(item), first(item.element, "psc:chapters"), "psc:chapters")
        holder = first(item.element, "psc:chapters")
        if holder is not None and not chapters:
            yield error("psc:chapters has no chapter: leave it out.", holder)
        elif holder is not None and len(chapters) < 3:
            yield note("There are fewer than three chapters: apps show none then.", holder)


@rule("A69", "Timestamps in a description start at 0, are three or more, and are the chapters", "Apple, Spotify")
def timestamps(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        html = re.sub(r"<(br|/p|/li)\b[^<>]*>", "\n", item.description[:HTML_MAX])
        found = [(seconds(stamp), text.strip()) for stamp, text in _STAMP.findall(fragment(html).text)]
        starts = [start for start, _ in found]
        # A single time, as “at 20:15”, is no list.
        if len(found) < 2:
            continue
        if len(found) < 3 or starts[0] != 0:
            yield warning("Timestamps in a description count from 0:00 on, and from three on: complete them.", item)
        elif any(two <= one for one, two in pairwise(starts) if one is not None and two is not None):
            yield warning("The description’s timestamps do not ascend: sort them.", item)
        elif (chapters := [int(start) for start, _, _ in _simple(item) if start is not None]) and chapters != starts:
            yield warning("The description’s timestamps are not the chapters: write both from the same list.", item)


@rule(
    "A70",
    "Transcripts have url, a type of the list, VTT first, a language; timed ones rel=captions",
    "podcast namespace, Apple",
)
def transcripts(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        found = children(item.element, "podcast:transcript")
        for element in found:
            said, url = element.get("type", ""), element.get("url", "")
            if not url:
                yield error("podcast:transcript has no url: give the address of the file.", element)
            elif not is_https(url):
                yield error(f"The address of the transcript {shown(url)} is not https: browsers refuse it.", element)
            if said in OLD_TRANSCRIPT_TYPES:
                yield warning(f"The type {said} has been {OLD_TRANSCRIPT_TYPES[said]} since 2022: write that.", element)
            elif said not in TRANSCRIPT_TYPES:
                yield error(f"The type {shown(said)} is none of a transcript: write one like text/vtt.", element)
            yield from _transcript_language(element, said)
        yield from _transcript_order(found)


def _transcript_language(element: Any, said: str) -> Iterator[Found]:
    if not element.get("language"):
        yield note("The transcript names no language: the feed’s is taken.", element)
    if element.get("rel") not in (None, "captions"):
        yield error(f"rel of a transcript is captions or nothing, not {shown(element.get('rel'))}.", element)
    elif said in TIMED_TYPES and element.get("rel") is None:
        yield note("The transcript has times, and does not say rel=captions.", element)


def _transcript_order(found: list[Any]) -> Iterator[Found]:
    types = [element.get("type") for element in found]
    if "text/vtt" in types and types[0] != "text/vtt":
        yield warning("WebVTT is not the first transcript: apps take the first they know. Put it first.", found[0])
    elif types and "text/vtt" not in types and set(types) & {"application/x-subrip", "application/srt"}:
        yield warning("There is SRT and no WebVTT: some apps read WebVTT alone. Add it.", found[0])


_CUE = re.compile(
    r"((?:[0-9]{2,4}:)?[0-9][0-9]:[0-9][0-9]\.[0-9]{3})\s+-->\s+((?:[0-9]{2,4}:)?[0-9][0-9]:[0-9][0-9]\.[0-9]{3})"
)


@rule("A71", "A WebVTT file, where it is given: its cues ascend without overlap", "WebVTT")
def vtt(feed: Feed) -> Iterator[Found]:
    for item in feed.items:
        for element in children(item.element, "podcast:transcript"):
            data = feed.files.get(element.get("url", ""))
            if data is None or element.get("type") != "text/vtt":
                continue
            text = data.decode("utf-8-sig", errors="replace")
            cues = [(seconds(start), seconds(end)) for start, end in _CUE.findall(text)]
            if not re.match(r"WEBVTT([ \t\n\r]|\Z)", text) or not cues:
                yield error("The transcript is no WebVTT with cues: look at the file.", element)
            elif any(end <= start for start, end in cues if start is not None and end is not None):
                yield error("A cue of the transcript ends before it starts.", element)
            elif any(two[0] < one[1] for one, two in pairwise(cues) if two[0] is not None and one[1] is not None):
                yield warning(
                    "Cues of the transcript overlap: import it anew, and look at the lines it names.", element
                )
