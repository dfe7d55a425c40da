"""A show's colour, light or dark enough to be read in both schemes. Contrast as in WCAG 2.2, 1.4.3."""

import colorsys
import re
from collections.abc import Callable

from django.core.exceptions import ValidationError
from PIL import Image

# The surfaces of static/lupcms.css that an accent stands on; a test compares them.
LIGHT_SURFACES = ("#fdfcf9", "#f6f3ec")
DARK_SURFACES = ("#16181b", "#1f2226")
READABLE = 4.5

Rgb = tuple[float, float, float]


def validate_colour(value: str) -> None:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValidationError("“%(value)s” is not a colour. Write one like #9a3412.", params={"value": value})


def stylesheet(colour: str) -> str:
    """The custom properties that `lupcms.css` takes a show's colour from; "" for no colour."""
    if not colour:
        return ""
    light, dark = accents(colour)
    return f":root{{--accent:light-dark({light},{dark});--on-accent:light-dark({ink_on(light)},{ink_on(dark)})}}\n"


def accents(colour: str) -> tuple[str, str]:
    """The accent on light and on dark surfaces: `colour` with its lightness changed as far as reading needs."""
    return _readable(colour, LIGHT_SURFACES, lambda light: light - 0.01), _readable(
        colour, DARK_SURFACES, lambda light: light + 0.01
    )


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on `colour`: one of them always has a contrast of 4.5."""
    return max("#000000", "#ffffff", key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def colour_of(image: Image.Image) -> str:
    """The most telling colour of a picture: vivid first, and then much of it. A grey picture gives a grey."""
    small = image.convert("RGB").resize((64, 64)).quantize(24)
    palette = small.getpalette() or []
    counts: list[tuple[int, int]] = small.getcolors() or []  # type: ignore[assignment]
    _, most = max((count**0.5 * _chroma(palette, index) ** 2, index) for count, index in counts)
    return "#" + bytes(palette[3 * most : 3 * most + 3]).hex()


def _readable(colour: str, surfaces: tuple[str, ...], step: Callable[[float], float]) -> str:
    hue, light, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    while any(contrast(colour, surface) < READABLE for surface in surfaces):
        light = min(1, max(0, step(light)))
        colour = _hex(colorsys.hls_to_rgb(hue, light, saturation))
    return colour.lower()


def _luminance(colour: str) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _rgb(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _rgb(colour: str) -> Rgb:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(rgb: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in rgb)


def _chroma(palette: list[int], index: int) -> float:
    """How far a colour is from grey; dark and light ones have little, whatever their saturation."""
    parts = palette[3 * index : 3 * index + 3]
    return (max(parts) - min(parts)) / 255
