"""An episode's audio: what an uploaded file is, where it is kept, what follows from it, and who may ask for it."""

import secrets
from pathlib import PurePosixPath
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.text import slugify
from django.views.decorators.http import require_safe
from tinytag import TinyTag, TinyTagException

from episodes.formats.media_types import TYPES
from episodes.models import Episode
from lupcms.shows.media import serve
from lupcms.shows.models import Show

REFUSED = "Upload an MP3, M4A, Ogg or Opus file: this one is none of them."
UNCOMPRESSED = "Nobody wants to download a WAV, AIFF or FLAC file every week. Export it as MP3 or M4A."
BARE_AAC = "This is AAC without a container, which many apps cannot seek in. Export it as M4A or MP3."
DAMAGED = "This file is damaged, or not complete: no length can be read from it. Export it anew."


class Audio(NamedTuple):
    extension: str
    duration_seconds: int

    @property
    def media_type(self) -> str:
        return TYPES[self.extension]


def read_audio(file: File) -> Audio:
    """What its bytes say; its name and declared type say nothing. Raises ValidationError, which says what to do."""
    file.seek(0)
    extension = extension_of(file.read(64))
    file.seek(0)
    try:
        seconds = TinyTag.get(f"audio{extension}", file_obj=_binary(file), tags=False).duration
    except (TinyTagException, ValueError, ArithmeticError, LookupError, OSError):
        seconds = None
    file.seek(0)
    whole = whole_seconds(seconds)
    if whole is None:
        raise ValidationError(DAMAGED)
    return Audio(extension, whole)


def whole_seconds(seconds: float | None) -> int | None:
    """None for what is no duration."""
    return max(1, round(seconds)) if seconds and 0.5 <= seconds < 1_000_000 else None


def extension_of(start: bytes) -> str:
    """By the first bytes of a file. Raises ValidationError, which says what to do."""
    if start[:4] in (b"RIFF", b"RF64", b"FORM", b"fLaC"):
        raise ValidationError(UNCOMPRESSED)
    if start[:4] == b"OggS":
        return ".opus" if b"OpusHead" in start else ".ogg"
    if start[4:8] == b"ftyp" and start[8:11] in (b"M4A", b"M4B", b"mp4", b"iso", b"dash"):
        return ".m4a"
    if start[:3] == b"ID3":
        return ".mp3"
    if start[:1] == b"\xff" and len(start) > 1:
        # Eleven bits of a frame, and the layer: III of MPEG audio, none in ADTS.
        if start[1] & 0xE6 == 0xE2:
            return ".mp3"
        if start[1] & 0xF6 == 0xF0:
            raise ValidationError(BARE_AAC)
    raise ValidationError(REFUSED)


def _binary(file: File) -> Any:
    return getattr(file, "file", None) or file


def new_name(episode: Episode, extension: str) -> str:
    """Where a new file of the episode is kept: not to be guessed, and never another file's. `<random>/lup-245.mp3`."""
    return f"{secrets.token_urlsafe(12)}/{slugify(episode.code)[:48] or 'audio'}{extension}"


def follows(show: Show, name: str, size: int, audio: Audio) -> dict[str, Any]:
    """The fields of an episode that follow from a stored file, or one that will be stored under `name`."""
    return {
        "enclosure_url": address_of(show, name),
        "enclosure_length": size,
        "enclosure_type": audio.media_type,
        "duration_seconds": audio.duration_seconds,
    }


def attach(episode: Episode, file: File) -> None:
    """Give the episode this audio, which is stored when the episode is saved. Raises ValidationError."""
    audio = read_audio(file)
    episode.audio = file
    episode.audio.name = new_name(episode, audio.extension)
    for field, value in follows(episode.show, f"audio/{episode.audio.name}", file.size, audio).items():
        setattr(episode, field, value)


def address_of(show: Show, name: str) -> str:
    """Absolute: on the show's site, or wherever the storage says that its files are. "" where the show has no site."""
    url = default_storage.url(name)
    if urlsplit(url).scheme:
        return url
    return f"{show.site_url}{url}" if show.site_url else ""


def is_own(episode: Episode) -> bool:
    """Whether the enclosure is the uploaded file."""
    return bool(
        episode.audio.name
        and episode.enclosure_url
        and episode.enclosure_url == address_of(episode.show, episode.audio.name)
    )


@require_safe
def uploaded(request: HttpRequest, key: str, file: str) -> HttpResponseBase:
    """Public as long as a published episode has it. One query."""
    name = f"audio/{key}/{file}"
    extension = PurePosixPath(file).suffix
    if extension not in TYPES or not Episode.objects.published().filter(audio=name).exists():
        raise Http404("No audio lives at this address.")
    return serve(request, name, TYPES[extension])


def absent_from_feed(episode: Episode) -> str:
    """Why no feed has an episode that has a page, or will have one; "" where a feed will."""
    if episode.is_blocked:
        return "it is switched off under “Feed”"
    lacks = [name for name, there in (("audio", episode.enclosure_url), ("GUID", episode.guid)) if not there]
    return f"it has no {' and no '.join(lacks)}" if lacks else ""
