"""A show may choose any colour; its pages can be read all the same."""

import re
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from lupcms.shows import colours

CSS = (Path(__file__).parents[3] / "static" / "lupcms.css").read_text()
any_colour = st.integers(0, 0xFFFFFF).map(lambda n: f"#{n:06x}")


def test_contrast_is_that_of_the_guidelines():
    assert colours.contrast("#ffffff", "#000000") == pytest.approx(21)
    assert colours.contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)


def test_the_surfaces_are_those_of_the_stylesheet():
    found = [re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", CSS) for name in ("paper", "raised")]
    assert tuple(match[1] for match in found) == colours.LIGHT_SURFACES
    assert tuple(match[2] for match in found) == colours.DARK_SURFACES


@given(any_colour)
def test_an_accent_can_be_read_on_every_surface_and_text_on_it(colour):
    for accent, surfaces in zip(colours.accents(colour), (colours.LIGHT_SURFACES, colours.DARK_SURFACES), strict=True):
        for surface in surfaces:
            assert colours.contrast(accent, surface) >= 4.5
        assert colours.contrast(colours.ink_on(accent), accent) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert colours.accents("#9A3412")[0] == "#9a3412"
    assert colours.accents("#F2A47A")[1] == "#f2a47a"


def test_no_colour_no_stylesheet():
    assert colours.stylesheet("") == ""
    assert colours.stylesheet("#006644") == (
        ":root{--accent:light-dark(#006644,#009e69);--on-accent:light-dark(#ffffff,#000000)}\n"
    )


def test_the_colour_of_a_picture_is_the_vivid_one():
    image = Image.new("RGB", (100, 100), "#20242a")
    ImageDraw.Draw(image).rectangle((20, 20, 60, 60), fill="#e05a10")
    assert colours.contrast(colours.colour_of(image), "#e05a10") < 1.1
    assert colours.colour_of(Image.new("L", (9, 9), 128)) == "#808080"


@pytest.mark.parametrize("value", ["red", "#12345", "#1234567", "#12345g", "#123456\n", "url(x)"])
def test_what_is_no_colour_is_refused(value):
    with pytest.raises(ValidationError, match="Write one like"):
        colours.validate_colour(value)
