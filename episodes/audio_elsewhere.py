"""Audio that is kept elsewhere: its size, type and duration, as its server and its bytes say them."""

import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from io import SEEK_CUR, SEEK_END, BytesIO
from time import monotonic
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from tinytag import TinyTag, TinyTagException

from episodes import audio, derived
from episodes.formats.media_types import TYPES, type_of
from episodes.models import Episode, history
from lupcms.shows.clock import clock
from lupcms.shows.fetch import Answer, Unreachable, fetch
from lupcms.shows.models import Show

# For everything. A producer who saves an episode waits for it.
SECONDS = 8
# What is asked for at once, and how often.
PIECE = 128 * 1024
PIECES = 8
# How often tinytag may read: of a file it knows it does some hundred times, in search of a frame for each byte.
READS = 10_000

# What follows from the audio, in the order of `Read`.
FIELDS = ("enclosure_length", "enclosure_type", "duration_seconds")
# Other names of what lupcms calls otherwise.
_KINDS = {"audio/mp3": "audio/mpeg", "audio/opus": "audio/ogg", "application/ogg": "audio/ogg"} | dict.fromkeys(
    ("audio/m4a", "audio/mp4", "audio/x-m4b", "video/mp4", "video/x-m4v"), "audio/x-m4a"
)


class Read(NamedTuple):
    """What is not known, or not for sure, is None or ""."""

    length: int | None
    media_type: str
    duration_seconds: int | None


def read(url: str) -> Read:
    """Asks for the beginning, and for what else the duration takes. Raises Unreachable, also where no audio is."""
    pieces = _Pieces(url, monotonic() + SECONDS)
    try:
        extension = audio.extension_of(pieces.first.body[:64])
    except ValidationError as refused:
        return Read(pieces.size, _declared(pieces.first, refused), None)
    media_type = TYPES[extension]
    if extension == ".m4a":
        # Its bytes do not say whether there are pictures, too.
        named = type_of(url)
        media_type = named if _kind(named) == media_type else media_type
    return Read(pieces.size, media_type, _duration(pieces, extension))


def fill_in(values: dict[str, Any], found: Read) -> Iterator[str]:
    """Put what was read where `values` has nothing; yields a sentence for what was typed and is not so."""
    for name, value in zip(FIELDS, found, strict=True):
        typed = values.get(name)
        if typed in (None, ""):
            values[name] = value
        elif value and not _agree(name, typed, value):
            yield (
                f"The audio says {in_words(name, value)}, and what was typed is kept: {in_words(name, typed)}. "
                "Empty that box and save to have what the audio says."
            )


def in_words(name: str, value: Any) -> str:
    if name == "duration_seconds":
        return f"a duration of {clock(value)}"
    return f"{value:,} bytes" if name == "enclosure_length" else str(value)


def unread(show: Show) -> list[Episode]:
    """Episodes whose audio is elsewhere and not fully known, oldest first. One query."""
    unknown = Q(enclosure_length=None) | Q(enclosure_type="") | Q(duration_seconds=None)
    episodes = show.episodes.exclude(enclosure_url="").filter(unknown).select_related("show").order_by("pk")
    return [episode for episode in episodes if not audio.is_own(episode)]


@transaction.atomic
def keep(episode: Episode, found: Read, *, dry_run: bool = False) -> list[str]:
    """Store what was read and is not known yet; the names of the fields. Not if it has another address meanwhile."""
    same = Episode.objects.filter(pk=episode.pk, enclosure_url=episode.enclosure_url)
    current = same.select_for_update().first()
    if current is None:
        return []
    known = {name: getattr(current, name) for name in FIELDS}
    filled = known.copy()
    deque(fill_in(filled, found), maxlen=0)
    changed = [name for name in FIELDS if filled[name] != known[name]]
    if changed and not dry_run:
        history.keep_before(current)
        for name in changed:
            setattr(current, name, filled[name])
        current.save(update_fields=changed)
        derived.touch(current)
        history.keep(current)
    return changed


def _agree(name: str, typed: Any, value: Any) -> bool:
    if name == "duration_seconds":
        return bool(abs(typed - value) <= 2)
    return typed == value or (name == "enclosure_type" and _kind(typed) == _kind(value))


def _kind(media_type: str) -> str:
    return _KINDS.get(media_type, media_type)


def _declared(answer: Answer, refused: ValidationError) -> str:
    """What the server calls bytes that lupcms cannot measure. Raises Unreachable where it is nothing to be heard."""
    media_type = answer.media_type
    if refused.messages == [audio.UNCOMPRESSED]:
        raise Unreachable("it is WAV, AIFF or FLAC, which nobody wants to download every week")
    if refused.messages == [audio.BARE_AAC]:
        return "audio/aac"
    if not re.fullmatch(r"(audio|video)/[a-z0-9.+-]{1,60}", media_type):
        raise Unreachable(f"it is no audio but {media_type[:60] or 'of no type'}")
    return media_type


class _Pieces:
    """A file elsewhere, for who reads here and there in it. A piece is asked for once, when it is needed."""

    def __init__(self, url: str, end: float) -> None:
        self._end, self._at, self._reads = end, 0, 0
        self.first = self._ask(url, 0)
        self._url, self._got = self.first.url, {0: self.first.body}
        if self.first.status not in (200, 206):
            raise Unreachable(f"it answered {self.first.status}")
        self.size = _size(self.first)

    def read(self, length: int) -> bytes:
        self._reads += 1
        if self._reads > READS:
            raise Unreachable("nothing is found in it")
        found = b""
        while (missing := min(length, PIECE * PIECES) - len(found)) > 0:
            number, start = divmod(self._at, PIECE)
            part = self._piece(number)[start : start + missing]
            if not part:
                break
            found += part
            self._at += len(part)
        return found

    def at(self, place: int, length: int) -> bytes:
        self.seek(place)
        return self.read(length)

    def seek(self, to: int, whence: int = 0) -> int:
        self._at = to + {SEEK_CUR: self._at, SEEK_END: self.size or 0}.get(whence, 0)
        if self._at < 0:
            raise OSError("before the beginning")
        return self._at

    def tell(self) -> int:
        return self._at

    def _piece(self, number: int) -> bytes:
        if self.size is None or number * PIECE >= self.size:
            return b""
        if number not in self._got:
            if self.first.status != 206 or len(self._got) >= PIECES:
                raise Unreachable("no more of it can be had")
            answer = self._ask(self._url, number)
            if answer.status != 206 or _size(answer) != self.size:
                raise Unreachable("it is another file each time")
            self._got[number] = answer.body
        return self._got[number]

    def _ask(self, url: str, number: int) -> Answer:
        wanted = f"bytes={number * PIECE}-{(number + 1) * PIECE - 1}"
        return fetch(url, seconds=self._end - monotonic(), limit=PIECE, headers={"Range": wanted})


def _size(answer: Answer) -> int | None:
    """Of the whole file."""
    if answer.status == 206:
        said = re.fullmatch(r"bytes \d+-\d+/(\d{1,15})", answer.headers.get("Content-Range", ""))
    else:
        said = re.fullmatch(r"(\d{1,15})", answer.headers.get("Content-Length", ""))
    return int(said[1]) if said and int(said[1]) else None


def _duration(pieces: _Pieces, extension: str) -> int | None:
    """None where the bytes do not say for sure."""
    seconds: float | None = None
    with suppress(TinyTagException, Unreachable, ValueError, ArithmeticError, LookupError, OSError):
        file: Any = _ends_of(pieces) if extension in (".ogg", ".opus") else pieces
        found = TinyTag.get(f"audio{extension}", file_obj=file, tags=False)
        seconds = found.duration if extension != ".mp3" or _is_sure(pieces, found) else None
    return audio.whole_seconds(seconds)


def _ends_of(pieces: _Pieces) -> BytesIO:
    """Of a stream of Ogg pages: only the last one says how long it is, and tinytag would read all of them."""
    head, tail = pieces.at(0, PIECE), pieces.at(max(PIECE, (pieces.size or 0) - PIECE // 2), PIECE)
    if not tail:
        return BytesIO(head)
    return BytesIO(head[: head.rindex(b"OggS")] + tail[tail.index(b"OggS") :])


def _is_sure(pieces: _Pieces, found: TinyTag) -> bool:
    """Whether the length of an MP3 is its own: its header is about the whole file, or its bitrate never changes."""
    size, bitrate, seconds = pieces.size or 0, found.bitrate or 0, found.duration or 0
    head = pieces.at(0, 10)
    # ID3v2, section 3.1: seven bits of each byte.
    tag = 10 + sum((byte & 0x7F) << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))
    start = tag if head[:3] == b"ID3" else 0
    frame = pieces.at(start, 200)
    if any(name in frame for name in (b"Xing", b"Info", b"VBRI")):
        # Where advertisements were put in, the header of the first part is about that part.
        return abs(bitrate * 125 * seconds - (size - start)) < 4096 + size * 0.02
    # MPEG 1 has twice the samples a frame of MPEG 2 (ISO 11172-3, section 2.4.3.1).
    length = int((144_000 if frame[1] & 0x08 else 72_000) * bitrate / (found.samplerate or 1))
    places = ((start + size) // 2, max(start, size - PIECE // 2))
    return length > 0 and all(_are_like(frame, length, pieces.at(place, PIECE // 2)) for place in places)


def _are_like(frame: bytes, length: int, data: bytes) -> bool:
    """Whether about a second of frames like this one stand there, one after the other."""

    def like(place: int) -> bool:
        here = data[place : place + 3]
        return len(here) == 3 and here[:2] == frame[:2] and (here[2] ^ frame[2]) & 0xFC == 0

    for first in range(length + 1):
        place = first
        for _ in range(40):
            if not like(place):
                break
            # One byte more where the frame is padded.
            place += length + (data[place + 2] >> 1 & 1)
        else:
            return True
    return False
