"""Lengths and places in the audio, as a clock shows them."""


def clock(seconds: int) -> str:
    """`13:30`, `1:12:51`."""
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
