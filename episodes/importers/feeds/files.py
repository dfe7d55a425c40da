"""What a feed only names by its address: pictures, chapters and transcripts, asked for one after another, politely."""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from time import monotonic, sleep

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile

from episodes import derived, transcripts
from episodes.formats import chapters as chapter_formats
from episodes.formats import transcripts as transcript_formats
from episodes.formats.problems import FormatError
from episodes.importers.chapters import chapters_of
from episodes.importers.feeds import Item, Said
from episodes.importers.fields import Did, Difference
from episodes.importers.record import Record
from episodes.models import Episode, Transcript
from lupcms.shows.fetch import Unreachable, fetch
from lupcms.shows.models import Show
from lupcms.shows.pictures import MAX_MEGABYTES, artwork_warning

# For one file, and from the end of one to the next.
SECONDS = 20
PAUSE_SECONDS = 0.5
# After so many in a row that did not come, nothing more is asked for.
PATIENCE = 5
# Of which there is a count.
KINDS = ("pictures", "chapters", "transcripts")
# What lupcms reads, the best first: others are web pages and plain text, which have no times.
_TYPES = ("text/vtt", "application/json", "application/x-subrip", "application/srt", "text/srt")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_NOT_ASKED = "a feed has its address only: import with --fetch, or upload it in the show’s form"


class _NoFile(Exception):  # noqa: N818 (it reads as what it says)
    """Why, as a clause."""


@dataclass(slots=True)
class Files:
    """What is here already is not asked for again. `failures` are whole lines; nothing that fails is fatal.

    `stored` counts what was got. Where `asks` is False, `missing` counts what could be.
    """

    show: Show
    asks: bool = True
    failures: list[str] = field(default_factory=list)
    stored: Counter[str] = field(default_factory=Counter)
    missing: Counter[str] = field(default_factory=Counter)
    _failed_in_a_row: int = 0
    _asked_at: float = 0.0
    _with_chapters: set[str | None] = field(init=False)
    _languages: dict[int, set[str]] = field(init=False)
    # Address -> name of the stored picture, or why there is none: many items have one picture.
    _pictures: dict[str, str | ValidationError | _NoFile] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Two queries."""
        with_chapters = Episode.objects.filter(show=self.show, chapters__isnull=False)
        self._with_chapters = set(with_chapters.values_list("guid", flat=True).distinct())
        self._languages = defaultdict(set)
        stored = Transcript.objects.filter(episode__show=self.show)
        for pk, language in stored.values_list("episode_id", "language"):
            self._languages[pk].add(language.lower())

    def take_artwork(self, said: Said) -> list[Difference]:
        """The show's own picture, where it has none."""
        show, url = self.show, said.artwork_url
        if show.artwork or not url:
            return []
        if not self.asks:
            self.missing["pictures"] += 1
            return [Difference("artwork", Did.KEPT, "", url, _NOT_ASKED)]
        try:
            name = self._picture(url)
        except (_NoFile, ValidationError) as why:
            self.failures.append(f"the show: no picture at {url}: {_said(why)}")
            return [Difference("artwork", Did.KEPT, "", url, _said(why))]
        show.artwork = name
        show.save(update_fields=["artwork", "artwork_colour"])
        return [Difference("artwork", Did.FILLED, "", url, artwork_warning(show.artwork))]

    def store_artwork(self, record: Record, episode: Episode | None) -> Difference | None:
        """The episode's own picture, where it has none. One request for each address."""
        url = record.artwork_url
        if not url or (episode and episode.artwork):
            return None
        if not self.asks or episode is None:
            self.missing["pictures"] += 1
            return None
        is_known = url in self._pictures
        try:
            name = self._picture(url)
        except (_NoFile, ValidationError) as why:
            if not is_known:
                self._fail(record, f"picture at {url}", why)
            return None
        # Under another address it is the show's all the same.
        if name == self.show.artwork.name:
            return None
        # Somebody may have uploaded one meanwhile.
        if not Episode.objects.filter(pk=episode.pk, artwork="").update(artwork=name):
            return None
        derived.touch(episode)
        return Difference("artwork", Did.FILLED, "", url)

    def _picture(self, url: str) -> str:
        """The name of what is stored of this address, checked as an upload is. It belongs to nobody yet."""
        if url not in self._pictures:
            picture = Episode().artwork
            try:
                picture.save("", ContentFile(self._fetched(url, MAX_MEGABYTES * 1024 * 1024)), save=False)
                self._pictures[url] = str(picture.name)
                self.stored["pictures"] += 1
            except (_NoFile, ValidationError) as why:
                self._pictures[url] = why
        found = self._pictures[url]
        if isinstance(found, str):
            return found
        raise found

    def with_chapters(self, item: Item) -> Record:
        """The record, with the chapters that its feed names. One request, where none are known."""
        record, file = item.record, item.chapters
        if file is None or record.chapters or (record.guid and record.guid in self._with_chapters):
            return record
        if not self.asks:
            self.missing["chapters"] += 1
            return record
        try:
            text = self._fetched(file.url, chapter_formats.MAX_CHARACTERS).decode("utf-8-sig", errors="replace")
            found = chapters_of(chapter_formats.parse(text).chapters)
        except (_NoFile, FormatError) as why:
            self._fail(record, f"chapters at {file.url}", why)
            return record
        self.stored["chapters"] += 1
        return replace(record, chapters=found)

    def store_transcripts(self, item: Item, episode: Episode | None) -> None:
        """One for each language that the episode has none in. A request for each, or more where some do not come."""
        known = self._languages[episode.pk] if episode else set()
        for file in sorted(
            (one for one in item.transcripts if one.type in _TYPES), key=lambda one: _TYPES.index(one.type)
        ):
            # What is no language is the show's: the words are worth more than their label.
            language = file.language if _LANGUAGE.fullmatch(file.language) else self.show.language
            if language.lower() in known:
                continue
            if not self.asks or episode is None:
                self.missing["transcripts"] += 1
                known.add(language.lower())
                continue
            try:
                parsed = transcript_formats.parse(self._fetched(file.url, transcript_formats.MAX_BYTES))
            except (_NoFile, FormatError) as why:
                self._fail(item.record, f"transcript at {file.url}", why)
                continue
            transcripts.store(Transcript(episode=episode, language=language), parsed)
            known.add(language.lower())
            self.stored["transcripts"] += 1

    def _fetched(self, url: str, limit: int) -> bytes:
        if self._failed_in_a_row >= PATIENCE:
            raise _NoFile(f"not asked for, after {PATIENCE} in a row that did not come")
        sleep(max(0.0, self._asked_at + PAUSE_SECONDS - monotonic()))
        self._failed_in_a_row += 1
        try:
            answer = fetch(url, seconds=SECONDS, limit=limit + 1)
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
        self.failures.append(f"{record.place}: no {what}: {_said(why)}")


def _said(why: Exception) -> str:
    """In one line."""
    return " ".join((why.messages[0] if isinstance(why, ValidationError) else str(why)).split())
