"""The picture that a link to an episode becomes elsewhere."""

import time
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import TestCase
from PIL import Image, features

from episodes import cards
from episodes.models import Episode
from episodes.tests.factories import make_episode, make_show
from lupcms.shows.colours import contrast
from lupcms.shows.models import Show

LONG = "An extraordinarily winding title about lighthouses and the people who keep every one of them lit " * 9


def noise(side: int) -> ContentFile:
    out = BytesIO()
    Image.merge("RGB", [Image.effect_noise((side, side), 120) for _ in range(3)]).save(out, "PNG")
    return ContentFile(out.getvalue(), "a.png")


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def drawn(title: str = "", **show: str) -> Image.Image:
    """Of an episode that is in no database."""
    fields = {"title": "Tide Radio", "acronym": "TR", "colour": "#006644"} | show
    return opened(cards.draw(Episode(show=Show(**fields), number="001", title=title)))


def shows_text(image: Image.Image) -> bool:
    """Whether anything but paper is in the middle, where titles stand."""
    return len(image.crop((0, 140, 1200, 490)).convert("L").quantize(4).getcolors() or []) > 1


@pytest.mark.parametrize("title", ["The first tide", LONG, "x" * 5000, "Ünïcödé — “Ширше” – ἄλφα", ""])
def test_a_card_has_one_size_and_is_light(title):
    image = drawn(title)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (1200, 630))
    assert image.getpixel((5, 5)) == pytest.approx((0, 0x66, 0x44), abs=3)
    assert shows_text(image) == bool(title)
    edges = [image.crop(box) for box in ((0, 0, 50, 630), (1150, 0, 1200, 630), (0, 0, 1200, 50), (0, 580, 1200, 630))]
    for edge in edges:
        assert all(low == pytest.approx(high, abs=6) for low, high in edge.getextrema())


@pytest.mark.parametrize("colour", ["#000000", "#ffffff", "#777777", "#eea167", ""])
def test_text_can_be_read_on_any_colour(colour):
    image = drawn("The first tide", colour=colour)
    paper = f"#{bytes(image.getpixel((5, 5))).hex()}"
    dark, light = (f"#{value:02x}{value:02x}{value:02x}" for value in image.convert("L").getextrema())
    assert max(contrast(paper, dark), contrast(paper, light)) >= 4.3  # JPEG is not exact.


@pytest.mark.parametrize("title", ["潮の満ち引き", "한국어", "हिन्दी", "LUP 潮"])
def test_a_title_that_the_font_cannot_write_is_left_out(title):
    assert not shows_text(drawn(title))


@pytest.mark.parametrize("title", ["🎉 Tide 🐳", "👩‍👩‍👧 Tide", "Tide ❤️", "\u200eTide\u200b"])
def test_signs_that_the_font_lacks_are_dropped_and_words_stay(title):
    assert cards._drawable(title).strip("\u200b\u200d\u200e\ufe0f ❤") == "Tide"  # The font has a heart.


def test_text_from_right_to_left_stands_at_the_right():
    for title in ("שלום", "مرحبا"):
        image = drawn(title)
        assert shows_text(image) == features.check("fribidi")
        assert not shows_text(image.crop((0, 0, 600, 630)).resize((1200, 630)))


class CardTests(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.show = make_show()
        cls.episode = make_episode(cls.show)
        cls.path = cards.path_of(cls.episode)

    def test_a_card_is_served_for_ever(self):
        with self.assertNumQueries(2):
            response = self.client.get(self.path)
        self.assertEqual(opened(response.content).size, (1200, 630))
        self.assertEqual(response["Content-Type"], "image/jpeg")
        self.assertEqual(response["Cache-Control"], "public, max-age=31536000, immutable")
        self.assertEqual(self.client.head(self.path).status_code, 200)

    def test_it_is_drawn_once_also_where_many_ask_at_once(self):
        default_storage.delete(f"cards/{cards.digest_of(self.episode)}.jpg")
        calls = []

        def draw(episode):
            calls.append(episode)
            time.sleep(0.2)
            return b"a card"

        with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(5) as pool:
            patch.setattr(cards, "draw", draw)
            found = set(pool.map(cards.card, [self.episode] * 5))
        self.assertEqual((found, len(calls)), ({b"a card"}, 1))
        default_storage.delete(f"cards/{cards.digest_of(self.episode)}.jpg")

    def test_everything_that_it_says_is_in_its_address(self):
        paths = {self.path}
        for target, name, value in (
            (self.episode, "title", "Another tide"),
            (self.episode, "number", "002"),
            (self.show, "title", "Lamp Radio"),
            (self.show, "acronym", "LR"),
            (self.show, "colour", "#006644"),
            (self.show, "artwork", f"originals/{'0' * 20}-1400x1400.png"),
            (self.episode, "artwork", f"originals/{'1' * 20}-1400x1400.png"),
        ):
            setattr(target, name, value)
            self.episode.show = self.show
            paths.add(cards.path_of(self.episode))
        self.assertEqual(len(paths), 8)

    def test_a_wrong_digest_leads_to_the_right_one_and_nothing_is_drawn(self):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cards, "draw", lambda _: pytest.fail("drawn"))
            response = self.client.get("/1/card-00000000000000000000.jpg")
        self.assertRedirects(response, self.path, 301, fetch_redirect_response=False)

    def test_drafts_and_other_shows_episodes_have_none(self):
        draft = make_episode(self.show, "002", published=False)
        theirs = make_episode(make_show("lamp-talk", "LT"), "003")
        for episode in (draft, theirs):
            self.assertEqual(self.client.get(cards.path_of(episode)).status_code, 404)

    def test_an_artwork_stands_at_the_side_and_any_card_is_light_and_quick(self):
        self.show.artwork, self.episode.artwork = noise(1400), noise(400)
        self.show.save()
        self.episode.save()
        for episode in (self.episode, Episode(show=self.show, number="9", title=LONG)):
            begun = time.process_time()
            data = cards.draw(episode)
            self.assertLess(time.process_time() - begun, 5)
            self.assertLess(len(data), 300_000)
            self.assertTrue(shows_text(opened(data).crop((760, 0, 1200, 630)).resize((1200, 630))))

    def test_a_card_is_whole_without_the_artworks_file(self):
        self.episode.artwork = f"originals/{'2' * 20}-1400x1400.png"
        self.assertEqual(opened(cards.draw(self.episode)).size, (1200, 630))
