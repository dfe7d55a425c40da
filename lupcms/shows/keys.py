"""Primary keys in what a browser sent."""


def key_in(text: str) -> int:
    """The number that this is, if a row can have it; 0, which none has, for all else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0
