"""Texts that people take for one, though their letters differ."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")


def without_accents(text: str) -> str:
    """In small letters, each sign in its plain form: `café`, `CAFÉ` and `ｃａｆｅ` are `cafe`, and `ß` is `ss`."""
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return unicodedata.normalize("NFKC", plain).casefold()
