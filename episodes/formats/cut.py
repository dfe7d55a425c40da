"""Texts that have to be short: whole words, and an ellipsis where something is left out."""


def cut(text: str, length: int) -> str:
    """The text where it has at most `length` characters, else its first words and an ellipsis."""
    if len(text) <= length:
        return text
    start = text[: length - 1]
    return f"{start.rpartition(' ')[0].rstrip() or start}…"


def cut_bytes(text: str, size: int) -> str:
    """The same for bytes in UTF-8, of which the ellipsis has three."""
    data = text.encode()
    return text if len(data) <= size else cut(text, len(data[: size - 2].decode(errors="ignore")))
