"""An episode's transcripts: which one is asked for, and its cues as `formats` knows them."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils import timezone

from episodes import derived
from episodes.formats import transcripts as formats
from episodes.formats.transcripts import Cue
from episodes.models import Episode, Transcript
from episodes.models.transcript import distance


class File(NamedTuple):
    content_type: str
    render: Callable[[Sequence[Cue]], str]


# By the ending of their address; in the order in which apps like them best.
FILES = {
    "vtt": File("text/vtt", formats.render_vtt),
    "json": File("application/json", formats.render_json),
    "srt": File("application/x-subrip", formats.render_srt),
    "txt": File("text/plain", formats.render_text),
}


def languages_of(episode: Episode) -> list[str]:
    """The show's own first. One query, without what is said."""
    languages = episode.transcripts.order_by("language").values_list("language", flat=True)
    return sorted(languages, key=lambda language: distance(language, episode.show.language))


def transcript_of(episode: Episode, languages: Sequence[str], asked: str = "") -> Transcript | None:
    """In the language that is asked for, or the first. One query."""
    found = next((name for name in languages if not asked or name.lower() == asked.lower()), None)
    return episode.transcripts.get(language=found) if found else None


def store(transcript: Transcript, parsed: formats.Parsed) -> None:
    """Instead of what it said before. Two queries."""
    transcript.format = parsed.format
    transcript.cues = [[cue.start, cue.end, cue.speaker, cue.text] for cue in parsed.cues]
    transcript.uploaded_at = timezone.now()
    transcript.save()
    derived.touch(transcript.episode)
