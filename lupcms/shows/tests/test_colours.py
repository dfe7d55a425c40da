"""A show's colour is readable wherever it stands, whatever colour it is."""

import colorsys
import re
from io import BytesIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from lupcms.shows.colours import (
    CALM,
    PAPERS_DARK,
    PAPERS_LIGHT,
    accents,
    colour_of,
    contrast,
    ink_on,
    luminance,
    stylesheet,
    validate_colour,
)
from lupcms.shows.models import Show

colours = st.binary(min_size=3, max_size=3).map(lambda data: f"#{data.hex()}")


def hue_of(colour: str) -> float:
    return colorsys.rgb_to_hls(*(part / 255 for part in bytes.fromhex(colour[1:])))[0]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("#000000", "#ffffff", 21),
        ("#ffffff", "#000000", 21),
        ("#777777", "#777777", 1),
        ("#767676", "#ffffff", 4.54),  # The known lightest grey for text on white, and the one after it.
        ("#777777", "#ffffff", 4.48),
        ("#ff0000", "#ffffff", 4.00),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_wcag(one, other, expected):
    assert contrast(one, other) == pytest.approx(expected, abs=0.005)


def test_luminance_runs_from_black_to_white():
    assert (luminance("#000000"), luminance("#ffffff")) == (0, pytest.approx(1))


@given(colours)
@example("#000000")
@example("#ffffff")
@example("#ffff00")
@example("#0000ff")
@example("#FDFCF9")
def test_accents_are_readable_on_every_surface_of_their_scheme(colour):
    light, dark = accents(colour)
    assert min(contrast(light, paper) for paper in PAPERS_LIGHT) >= 4.5
    assert min(contrast(dark, paper) for paper in PAPERS_DARK) >= 4.5


@given(colours)
def test_text_on_any_colour_is_readable(colour):
    assert contrast(ink_on(colour), colour) >= 4.5


@given(colours)
def test_an_accent_is_the_shows_own_colour_where_that_is_readable(colour):
    light, dark = accents(colour)
    assert (light == colour) == (min(contrast(colour, paper) for paper in PAPERS_LIGHT) >= 4.5)
    assert (dark == colour) == (min(contrast(colour, paper) for paper in PAPERS_DARK) >= 4.5)


@given(st.sampled_from(["#c2410c", "#0b6e4f", "#e6b800", "#1d4ed8", "#a21caf", "#00ffcc"]))
def test_an_accent_keeps_its_hue_and_is_no_further_off_than_it_must_be(colour):
    for accent, papers in zip(accents(colour), (PAPERS_LIGHT, PAPERS_DARK), strict=True):
        assert hue_of(accent) == pytest.approx(hue_of(colour), abs=0.015)
        assert accent == colour or min(contrast(accent, paper) for paper in papers) < 4.7


def test_the_surfaces_are_those_of_the_stylesheet():
    css = (Path(settings.BASE_DIR) / "static" / "lupcms.css").read_text()
    assert re.search(r"--paper: light-dark\((#\w+), (#\w+)\)", css).groups() == (PAPERS_LIGHT[0], PAPERS_DARK[0])


def test_a_shows_stylesheet():
    assert stylesheet("#C2410C") == (
        ":root{--accent:light-dark(#c2410c,#f05211);--on-accent:light-dark(#ffffff,#000000)}\n"
    )


@pytest.mark.parametrize("colour", ["", "#", "#fff", "c2410c", "#c2410g", "#c2410c;", "#c2410c\n", "red", " #c2410c"])
def test_other_ways_to_write_a_colour_are_refused(colour):
    with pytest.raises(ValidationError, match="six digits"):
        validate_colour(colour)


@pytest.mark.parametrize("colour", ["", "#fff", "red", "#}*{}"])
def test_no_stylesheet_is_made_from_anything_else(colour):
    with pytest.raises(ValueError, match=r"fromhex|unpack"):
        stylesheet(colour)


@given(colours)
def test_every_colour_that_is_derived_may_be_stored(colour):
    validate_colour(colour)
    for accent in accents(colour):
        validate_colour(accent)


# --- From an artwork ---


def test_the_telling_colour_is_vivid_and_on_more_than_a_spot():
    image = Image.new("RGB", (600, 600), "#20262e")  # A dark slate nearly everywhere,
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 250, 250), "#d9480f")  # orange on a sixth,
    draw.rectangle((590, 590, 600, 600), "#00ff00")  # and a spot of green.
    red, green, blue = bytes.fromhex(colour_of(image)[1:])
    assert (red, green, blue) == pytest.approx((0xD9, 0x48, 0x0F), abs=8)


@pytest.mark.parametrize(
    "image",
    [
        Image.new("RGB", (50, 50), "#808080"),
        Image.new("L", (50, 50), 200),
        Image.new("1", (50, 50), 1),
        Image.radial_gradient("L"),
        Image.new("RGBA", (50, 50), (255, 0, 0, 0)),
        Image.new("RGB", (50, 50), "#f4f1ea"),
    ],
)
def test_an_artwork_without_colour_has_a_calm_one(image):
    assert colour_of(image) == CALM


def test_what_is_transparent_has_no_colour():
    image = Image.new("RGBA", (60, 60), (255, 0, 0, 0))
    image.paste((0, 90, 200, 255), (20, 20, 40, 40))
    red, _, blue = bytes.fromhex(colour_of(image)[1:])
    assert (red < 40, blue > 160) == (True, True)


@given(st.sampled_from(["RGB", "RGBA", "P", "L", "CMYK", "1"]), st.integers(1, 40), st.integers(1, 40))
def test_every_picture_has_a_colour(mode, width, height):
    validate_colour(colour_of(Image.new(mode, (width, height))))


@pytest.mark.django_db
def test_a_shows_colour_follows_its_artwork_unless_one_was_chosen():
    def artwork(colour: str) -> ContentFile:
        buffer = BytesIO()
        Image.new("RGB", (64, 64), colour).save(buffer, "PNG")
        return ContentFile(buffer.getvalue(), "a.png")

    show = Show.objects.create(slug="tide", acronym="T", title="Tide", artwork=artwork("#aa2200"))
    assert show.accent == "#aa2200"
    show.artwork = artwork("#0022aa")
    show.save()
    assert show.accent == "#0022aa"
    default_storage.delete(show.artwork.name)
    show = Show.objects.get()
    show.save()
    assert show.accent == "#0022aa"
    show.colour = "#006644"
    show.save()
    assert show.accent == "#006644"
    show.colour = show.artwork = ""
    show.save()
    assert show.accent == ""
