"""Chapters and transcripts that a feed only names by their address: asked for one after another, politely."""

import re
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

from episodes import transcripts
from episodes.formats import chapters as chapter_formats
from episodes.formats import transcripts as transcript_formats
from episodes.formats.problems import FormatError
from episodes.importers.feeds import File, Item
from episodes.importers.feeds.chapters import chapters_of
from episodes.importers.record import Record
from episodes.models import Episode, Transcript
from lupcms.shows.fetch import Unreachable, fetch
from lupcms.shows.models import Show

# For one file, and from the end of one to the next.
SECONDS = 20
PAUSE_SECONDS = 0.5
# After so many in a row that did not come, nothing more is asked for.
PATIENCE = 5
# What lupcms reads, the best first: others are web pages and plain text, which have no times.
_TYPES = ("text/vtt", "application/json", "application/x-subrip", "application/srt", "text/srt")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


class _NoFile(Exception):  # noqa: N818 (it reads as what it says)
    """Why, as a clause."""


@dataclass(slots=True)
class Files:
    """What is here already is not asked for again. `failures` are whole lines; nothing that fails is fatal."""

    show: Show
    failures: list[str] = field(default_factory=list)
    stored: int = 0
    _failed_in_a_row: int = 0
    _asked_at: float = 0.0
    _with_chapters: set[str | None] = field(init=False)

    def __post_init__(self) -> None:
        with_chapters = Episode.objects.filter(show=self.show, chapters__isnull=False)
        self._with_chapters = set(with_chapters.values_list("guid", flat=True).distinct())

    def with_chapters(self, item: Item) -> Record:
        """The record, with the chapters that its feed names. One request, where none are known."""
        record, file = item.record, item.chapters
        if file is None or record.chapters or (record.guid and record.guid in self._with_chapters):
            return record
        try:
            text = self._fetched(file, chapter_formats.MAX_CHARACTERS).decode("utf-8-sig", errors="replace")
            found = chapters_of(chapter_formats.parse(text).chapters)
        except (_NoFile, FormatError) as why:
            self._fail(record, f"chapters at {file.url}", why)
            return record
        return replace(record, chapters=found)

    def store_transcripts(self, item: Item, episode: Episode) -> None:
        """One for each language that the episode has none in. A request for each, or more where some do not come."""
        known = {language.lower() for language in episode.transcripts.values_list("language", flat=True)}
        for file in sorted(
            (one for one in item.transcripts if one.type in _TYPES), key=lambda one: _TYPES.index(one.type)
        ):
            # What is no language is the show's: the words are worth more than their label.
            language = file.language if _LANGUAGE.fullmatch(file.language) else self.show.language
            if language.lower() in known:
                continue
            try:
                parsed = transcript_formats.parse(self._fetched(file, transcript_formats.MAX_BYTES))
            except (_NoFile, FormatError) as why:
                self._fail(item.record, f"transcript at {file.url}", why)
                continue
            transcripts.store(Transcript(episode=episode, language=language), parsed)
            known.add(language.lower())
            self.stored += 1

    def _fetched(self, file: File, limit: int) -> bytes:
        if self._failed_in_a_row >= PATIENCE:
            raise _NoFile(f"not asked for, after {PATIENCE} in a row that did not come")
        sleep(max(0.0, self._asked_at + PAUSE_SECONDS - monotonic()))
        self._failed_in_a_row += 1
        try:
            answer = fetch(file.url, seconds=SECONDS, limit=limit + 1)
        except Unreachable as error:
            raise _NoFile(str(error)) from error
        finally:
            self._asked_at = monotonic()
        if answer.status != 200:
            raise _NoFile(f"the server answers {answer.status}")
        self._failed_in_a_row = 0
        if len(answer.body) > limit:
            raise _NoFile(f"it has more than {limit:,} bytes")
        return answer.body

    def _fail(self, record: Record, what: str, why: Exception) -> None:
        self.failures.append(f"{record.place}: no {what}: {' '.join(str(why).split())}")
