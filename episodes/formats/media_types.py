"""Extension -> media type, of audio and video that a podcast has."""

from pathlib import PurePosixPath
from urllib.parse import urlsplit

# Of everything that is served, and of addresses elsewhere.
TYPES = {".mp3": "audio/mpeg", ".m4a": "audio/x-m4a", ".ogg": "audio/ogg", ".opus": "audio/ogg"}
TYPES_ELSEWHERE = {**TYPES, ".aac": "audio/aac", ".oga": "audio/ogg", ".mp4": "video/mp4", ".m4v": "video/x-m4v"}


def type_of(url: str) -> str:
    """By the extension of an address elsewhere, "" where that says nothing."""
    return TYPES_ELSEWHERE.get(PurePosixPath(urlsplit(url).path).suffix.lower(), "")
