"""A show's one colour: found in its artwork, and made readable on light and dark paper.

Contrast is that of WCAG 2.2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
"""

import colorsys
from collections import Counter
from collections.abc import Iterable
from itertools import batched

from django.core.validators import RegexValidator
from PIL import Image

# What accent text stands on, as in static/lupcms.css: the paper, and what is raised from it.
PAPERS_LIGHT = ("#fdfcf9", "#f6f3ec")
PAPERS_DARK = ("#16181b", "#1f2226")
READABLE = 4.5
# For artwork without a colour of its own.
CALM = "#40607a"

validate_colour = RegexValidator(r"^#[0-9a-fA-F]{6}\Z", "Write the colour as # and six digits, like #0b6e4f.")


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`: 0 for black, 1 for white."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _channels(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 for the same colour to 21 for black and white."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def accents(colour: str) -> tuple[str, str]:
    """`colour` for light paper and for dark paper: darker or lighter only as far as text needs."""
    return _readable(colour, PAPERS_LIGHT, -1), _readable(colour, PAPERS_DARK, +1)


def ink_on(colour: str) -> str:
    """White, or black where white would be hard to read. One of them always has a contrast of 4.5."""
    return "#ffffff" if contrast(colour, "#ffffff") >= READABLE else "#000000"


def stylesheet(colour: str) -> str:
    """CSS that gives the pages of a show its accent."""
    light, dark = accents(colour)
    return f":root{{--accent:light-dark({light},{dark});--on-accent:light-dark({ink_on(light)},{ink_on(dark)})}}\n"


def colour_of(image: Image.Image) -> str:
    """The most telling colour of an artwork: vivid, and on more than a spot of it."""
    small = image.convert("RGBA")
    small.thumbnail((128, 128))
    seen = b"".join(bytes(colour) for *colour, alpha in batched(small.tobytes(), 4) if alpha > 127)
    if not seen:
        return CALM
    few = Image.frombytes("RGB", (len(seen) // 3, 1), seen).quantize(24, kmeans=1).convert("RGB")
    weights = {colour: _weight(colour, count) for colour, count in Counter(batched(few.tobytes(), 3)).items()}
    best = max(weights, key=lambda colour: weights[colour])
    return f"#{bytes(best).hex()}" if weights[best] else CALM


def _weight(colour: tuple[int, ...], count: int) -> float:
    """Twice as strong a colour weighs as much as four times the surface. Greys weigh nothing."""
    strength = (max(colour) - min(colour)) / 255
    return strength * count**0.5 if strength > 0.15 else 0


def _readable(colour: str, papers: Iterable[str], direction: int) -> str:
    """With another lightness and the same hue; black or white at the end of the way."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(colour))
    found = _hex(_channels(colour))
    while min(contrast(found, paper) for paper in papers) < READABLE:
        lightness = min(1.0, max(0.0, lightness + direction / 256))
        found = _hex(colorsys.hls_to_rgb(hue, lightness, saturation))
    return found


def _channels(colour: str) -> tuple[float, float, float]:
    """Red, green and blue from 0 to 1. ValueError unless it is `#rrggbb`."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red / 255, green / 255, blue / 255


def _hex(channels: Iterable[float]) -> str:
    return "#" + bytes(round(channel * 255) for channel in channels).hex()
