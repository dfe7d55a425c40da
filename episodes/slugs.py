"""Which addresses an episode can have on its show's host, and which one a new number gets."""

from collections.abc import Container, Iterator
from itertools import count

from lupcms.shows.paths import RESERVED

# Endings that lead to another form of an episode's page.
SUFFIXES = (".md", ".json", ".xml", ".txt", ".vtt", ".srt", ".html", ".ico", ".png", ".css", ".webp")


def is_free_for_episodes(slug: str) -> bool:
    """Whether no built-in page can stand at this address. Letter case does not matter."""
    folded = slug.lower()
    return bool(folded.strip(".")) and folded not in RESERVED and not folded.endswith(SUFFIXES)


def without_zeros(number: str) -> str:
    """What an address has of a number, and its other spellings lead to: `1` of 001, `0` of 000."""
    return number.lstrip("0") or "0"


def free_slug(number: str, taken: Container[str]) -> str:
    """The address that a new episode gets; `taken` holds those of its show in lower case."""
    return next(slug for slug in _slugs_for(number) if slug.lower() not in taken)


def _slugs_for(number: str) -> Iterator[str]:
    """Best first: without leading zeros, as printed, and so on without an end."""
    plain = number.replace(".", "-")
    for slug in (without_zeros(number), number, f"episode-{plain}"):
        if is_free_for_episodes(slug):
            yield slug
    for n in count(2):
        yield f"episode-{plain}-{n}"
