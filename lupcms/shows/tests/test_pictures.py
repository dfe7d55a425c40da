"""Uploaded pictures: what is refused, what is kept, and that only clean renditions are ever shown."""

import struct
import zlib
from io import BytesIO

import pytest
from django.contrib.admin.widgets import AdminFileWidget
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import models
from django.db.migrations.writer import MigrationWriter
from django.forms import modelform_factory
from django.template import Context, Template
from django.test import Client
from django.test.utils import isolate_apps
from PIL import Image, ImageCms

from episodes.tests.factories import make_show
from lupcms.shows.pictures import (
    PictureField,
    artwork_warning,
    feed_artwork_side,
    feed_artwork_url,
    rendition_url,
    rss_image_side,
    rss_image_url,
)
from lupcms.shows.templatetags.pictures import initials

with isolate_apps("lupcms.shows"):

    class Card(models.Model):
        face = PictureField(blank=True)
        logo = PictureField(shape="whole", blank=True)

        class Meta:
            app_label = "shows"

        def __str__(self) -> str:
            return self.face.name


@pytest.fixture(autouse=True)
def _own_folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def encode(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def store(data: bytes, field: str = "face", name: str = "me.png") -> Card:
    """As Model.save does it, without a table."""
    card = Card(**{field: ContentFile(data, name)})
    Card._meta.get_field(field).pre_save(card, add=True)
    return card


def rendition(picture, width: int) -> Image.Image:
    with default_storage.open(rendition_url(picture, width).removeprefix("/media/")) as file:
        image = Image.open(BytesIO(file.read()))
    image.load()
    return image


def files() -> dict[str, bytes]:
    found = {}
    for folder in ("originals", "pictures"):
        for name in default_storage.listdir(folder)[1] if default_storage.exists(folder) else []:
            with default_storage.open(f"{folder}/{name}") as file:
                found[f"{folder}/{name}"] = file.read()
    return found


def refusal(data: bytes, name: str = "me.png") -> str:
    form = modelform_factory(Card, fields=["face"])(files={"face": SimpleUploadedFile(name, data)})
    [message] = form.errors["face"]
    with pytest.raises(ValidationError):
        store(data)
    assert files() == {}
    return message


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


# --- What is refused ---


@pytest.mark.parametrize(
    "data",
    [
        b"<script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encode(Image.new("RGB", (9, 9)), "GIF"),
        encode(Image.new("RGB", (9, 9)), "BMP"),
        encode(Image.new("RGB", (9, 9)), "TIFF"),
    ],
)
def test_other_files_are_refused_whatever_their_name_says(data):
    assert refusal(data) == "This is not a JPEG, PNG or WebP picture. Save it as one of them."


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_ends_early_is_refused(kind):
    data = encode(Image.effect_noise((200, 200), 90).convert("RGB"), kind)
    assert refusal(data[: len(data) // 2]).startswith("This picture is damaged.")


def test_a_picture_with_damaged_exif_is_refused():
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encode(Image.new("RGB", (9, 9)), "WEBP", exif=exif)
    assert b"MM\0*" in data
    assert refusal(data.replace(b"MM\0*", b"MZ\0*")).startswith("This picture is damaged.")


@pytest.mark.parametrize("size", [(8000, 5001), (10_000, 10_000), (60_000, 60_000)])
def test_a_picture_with_too_many_pixels_is_refused_before_it_is_decoded(size, monkeypatch):
    monkeypatch.setattr(Image.Image, "load", lambda _: pytest.fail("decoded"))
    monkeypatch.setattr("PIL.ImageFile.ImageFile.load", lambda _: pytest.fail("decoded"))
    assert refusal(png_that_claims(*size)).startswith("This picture has more than 40 megapixels.")


def test_a_picture_of_forty_megapixels_that_lies_about_it_is_damaged():
    assert refusal(png_that_claims(8000, 5000)).startswith("This picture is damaged.")


def test_a_file_of_more_than_ten_megabytes_is_refused():
    data = encode(Image.new("RGB", (9, 9)))
    assert refusal(data + b"\0" * 10 * 1024 * 1024).startswith("This file is larger than 10 MB.")


# --- What is kept ---


def test_names_follow_from_the_content():
    picture = store(encode(Image.new("RGB", (300, 200), "teal"), "JPEG"), name="Ines at the sea (1).PNG").face
    assert picture.name == "originals/" + picture.name[10:30] + "-200x200.jpg"
    key = picture.name[10:30]
    renditions = [f"pictures/{key}-{width}.webp" for width in (96, 192, 384, 768)]
    assert sorted(files()) == [picture.name, *sorted([*renditions, f"pictures/{key}-144.jpg"])]


def test_the_same_file_again_is_the_same_name_and_writes_nothing_twice(monkeypatch):
    data = encode(Image.new("RGB", (300, 200), "teal"))
    before = store(data), files()
    written = []
    monkeypatch.setattr(default_storage, "_save", lambda name, _: written.append(name) or name)
    assert store(data).face == before[0].face
    assert written == [before[0].face.name]
    assert files() == before[1]


def test_another_file_is_another_name_and_the_old_files_stay():
    old = store(encode(Image.new("RGB", (100, 100), "teal")))
    new = store(encode(Image.new("RGB", (100, 100), "navy")))
    assert old.face.name != new.face.name
    assert {old.face.name, new.face.name} < set(files())


def test_one_file_as_a_face_and_as_a_logo_is_two_pictures():
    data = encode(Image.new("RGB", (400, 100), "teal"))
    face, logo = store(data).face, store(data, "logo").logo
    assert rendition(face, 96).size == (96, 96)
    assert rendition(logo, 96).size == (96, 24)


def test_a_rendition_that_was_lost_or_cut_off_comes_back_with_the_file():
    data = encode(Image.new("RGB", (100, 100), "teal"))
    store(data)
    whole = files()
    lost, cut = [name for name in whole if name.startswith("pictures/")][:2]
    default_storage.delete(lost)
    default_storage.delete(cut)
    default_storage.save(cut, ContentFile(whole[cut][:20]))
    store(data)
    assert files() == whole


def test_a_large_upload_that_django_keeps_in_a_file_is_stored_too():
    upload = TemporaryUploadedFile("me.png", "image/png", 0, None)
    upload.write(encode(Image.new("RGB", (300, 200), "teal")))
    upload.size = upload.tell()
    card = Card(face=upload)
    Card._meta.get_field("face").pre_save(card, add=True)
    assert rendition(card.face, 192).size == (192, 192)


# --- Renditions ---


def test_a_square_is_cut_from_the_centre():
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    red, _, blue = rendition(store(encode(image)).face, 96).getpixel((48, 48))
    assert (red < 30, blue > 220) == (True, True)
    red, _, blue = rendition(store(encode(image)).face, 96).getpixel((3, 48))
    assert (red < 60, blue > 180) == (True, True)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1600, 400), [(96, 24), (192, 48), (384, 96), (768, 192)]),
        ((400, 1600), [(24, 96), (48, 192), (96, 384), (192, 768)]),
        ((120, 60), [(96, 48), (120, 60), (120, 60), (120, 60)]),
        ((3000, 1), [(96, 1), (192, 1), (384, 1), (768, 1)]),
    ],
)
def test_a_logo_keeps_its_proportions_and_is_never_enlarged(size, expected):
    logo = store(encode(Image.new("RGB", size, "teal")), "logo").logo
    assert [rendition(logo, width).size for width in (96, 192, 384, 768)] == expected


def test_a_rendition_is_upright_and_knows_nothing_of_camera_and_place():
    image = Image.new("RGB", (200, 100), "red")
    image.paste("blue", (0, 0, 100, 100))
    exif = Image.Exif()
    exif[0x0112] = 6  # The camera was turned: what is left in the file is above for people.
    exif[0x010E] = "SECRETPLACE"
    exif.get_ifd(0x8825)[1] = "N"
    data = encode(image, "JPEG", exif=exif, comment=b"SECRETPLACE", xmp=b"<x>SECRETPLACE</x>")
    assert b"SECRETPLACE" in data
    logo = store(data, "logo").logo
    shown = rendition(logo, 96)
    assert shown.size == (48, 96)
    assert shown.getpixel((24, 10))[2] > 220 > 40 > shown.getpixel((24, 10))[0]
    assert not shown.getexif()
    assert not any(mark in data for name, data in files().items() if "pictures/" in name for mark in MARKS)


MARKS = (b"SECRETPLACE", b"EXIF", b"XMP ", b"ICCP")


def test_transparency_stays():
    image = Image.new("RGBA", (100, 100), (0, 128, 128, 0))
    image.paste((200, 0, 0, 255), (50, 0, 100, 100))
    shown = rendition(store(encode(image), "logo").logo, 96)
    assert (shown.mode, shown.getpixel((10, 48))[3], shown.getpixel((90, 48))[3]) == ("RGBA", 0, 255)
    assert rendition(store(encode(image.convert("P")), "logo").logo, 96).mode in ("RGB", "RGBA")


@pytest.mark.parametrize(
    ("image", "kind"),
    [
        (Image.new("L", (100, 100), 128), "PNG"),
        (Image.new("LA", (100, 100), (128, 255)), "PNG"),
        (Image.new("1", (100, 100), 1), "PNG"),
        (Image.new("P", (100, 100), 0), "PNG"),
        (Image.new("I;16", (100, 100), 128 * 257), "PNG"),
        (Image.new("CMYK", (100, 100), (0, 0, 0, 127)), "JPEG"),
    ],
)
def test_every_kind_of_pixel_becomes_a_rendition(image, kind):
    shown = rendition(store(encode(image, kind)).face, 96).convert("RGB").getpixel((5, 5))
    expected = {"1": 255, "P": 0}.get(image.mode, 128)
    assert shown == pytest.approx((expected,) * 3, abs=3)


def test_colours_of_another_space_are_converted_and_a_broken_profile_is_ignored():
    image = Image.new("RGB", (100, 100), (255, 0, 0))
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    red_is_blue = srgb.replace(b"rXYZ", b"????").replace(b"bXYZ", b"rXYZ").replace(b"????", b"bXYZ")
    shown = {
        name: rendition(store(encode(image, icc_profile=profile)).face, 96).getpixel((5, 5))
        for name, profile in {"none": None, "broken": b"nonsense", "odd": red_is_blue}.items()
    }
    assert shown["none"] == shown["broken"] == pytest.approx((255, 0, 0), abs=4)
    assert shown["odd"] == pytest.approx((0, 0, 255), abs=4)


def test_a_phones_jpeg_of_several_pictures_is_its_first():
    first, second = Image.new("RGB", (100, 100), (255, 0, 0)), Image.new("RGB", (100, 100), (0, 0, 255))
    picture = store(encode(first, "MPO", save_all=True, append_images=[second])).face
    assert picture.name.endswith(".jpg")
    assert rendition(picture, 96).getpixel((5, 5))[0] > 240


# --- For feeds ---


def for_feeds(url: str) -> Image.Image:
    with default_storage.open(url.removeprefix("/media/")) as file:
        image = Image.open(BytesIO(file.read()))
    image.load()
    return image


@pytest.mark.parametrize(
    ("size", "side"), [((1400, 1400), 1400), ((1800, 1500), 1500), ((3000, 3000), 3000), ((3200, 3200), 3000)]
)
def test_a_large_square_becomes_a_jpeg_that_directories_take(size, side):
    face = store(encode(Image.new("RGB", size, "teal"))).face
    url = feed_artwork_url(face)
    assert url == f"/media/pictures/{face.name[10:30]}-{side}.jpg"
    image = for_feeds(url)
    assert (image.format, image.mode, image.size, feed_artwork_side(face)) == ("JPEG", "RGB", (side, side), side)
    assert artwork_warning(face) == ""


def test_an_artwork_in_feeds_is_light_flat_and_without_exif():
    image = Image.effect_noise((1500, 1500), 60).convert("RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 300, 300))
    exif = Image.Exif()
    exif[0x010E] = "SECRETPLACE"
    face = store(encode(image, exif=exif)).face
    shown = for_feeds(feed_artwork_url(face))
    assert shown.getpixel((100, 100)) == pytest.approx((255, 255, 255), abs=4)
    assert not shown.getexif()
    assert len(files()[feed_artwork_url(face).removeprefix("/media/")]) <= 1_000_000


def test_a_small_artwork_is_not_for_feeds_and_the_producer_is_told():
    face = store(encode(Image.new("RGB", (1399, 1399), "teal"))).face
    assert (feed_artwork_url(face), feed_artwork_side(face)) == ("", 0)
    assert artwork_warning(face) == (
        "This artwork is 1399 pixels wide: pages show it, and feeds leave it out, because directories refuse less than "
        "1400. Upload a square of 3000 pixels."
    )
    assert [name for name in files() if name.endswith(".jpg")] == [f"pictures/{face.name[10:30]}-144.jpg"]


@pytest.mark.parametrize(("size", "side"), [((3000, 3000), 144), ((90, 120), 90)])
def test_rss_has_a_small_image_of_every_square(size, side):
    face = store(encode(Image.new("RGB", size, "teal"))).face
    image = for_feeds(rss_image_url(face))
    assert (image.format, image.size, rss_image_side(face)) == ("JPEG", (side, side), side)


def test_a_logo_is_not_for_feeds():
    store(encode(Image.new("RGB", (1500, 1500), "teal")), "logo")
    assert not [name for name in files() if name.endswith(".jpg")]


def test_without_a_picture_there_is_nothing_for_feeds():
    face = Card().face
    assert (feed_artwork_url(face), feed_artwork_side(face), rss_image_url(face), rss_image_side(face)) == (
        "",
        0,
        "",
        0,
    )
    assert artwork_warning(face) == ""


# --- Forms and migrations ---


def test_the_admins_form_offers_pictures_and_links_to_a_rendition():
    card = store(encode(Image.new("RGB", (300, 200), "teal")))
    form = modelform_factory(Card, fields=["face"], widgets={"face": AdminFileWidget})(instance=card)
    html = str(form["face"])
    assert 'accept="image/jpeg,image/png,image/webp"' in html
    assert f'href="{rendition_url(card.face, 768)}"' in html


def test_a_form_stores_and_clears():
    form_class = modelform_factory(Card, fields=["face"])
    data = encode(Image.new("RGB", (300, 200), "teal"))
    form = form_class(files={"face": SimpleUploadedFile("x" * 200 + ".png", data)})
    card = form.save(commit=False)
    assert rendition_url(store(data).face, 96).startswith("/media/pictures/")
    form = form_class({"face-clear": "on"}, instance=store(data))
    assert form.is_valid()
    assert (bool(card.face), bool(form.instance.face)) == (True, False)


def test_a_migration_knows_the_shape():
    text, _ = MigrationWriter.serialize(Card._meta.get_field("logo"))
    assert text == "lupcms.shows.pictures.PictureField(blank=True, shape='whole', upload_to='originals')"
    assert Card._meta.get_field("logo").clone().shape == "whole"


# --- On pages ---


def render(text: str, **context) -> str:
    return Template("{% load pictures %}" + text).render(Context(context))


def test_a_picture_on_a_page_has_its_size_and_one_for_two_dots_a_pixel():
    logo = store(encode(Image.new("RGB", (1600, 400), "teal")), "logo").logo
    key = logo.name[10:30]
    assert render("{% picture logo 192 name %}", logo=logo, name='A & "B"') == (
        f'<img class="picture" src="/media/pictures/{key}-192.webp" srcset="/media/pictures/{key}-384.webp 2x" '
        'width="192" height="48" alt="A &amp; &quot;B&quot;" loading="lazy" decoding="async">'
    )


@pytest.mark.parametrize(("width", "one", "two"), [(40, 96, 96), (96, 96, 192), (300, 384, 768), (600, 768, 768)])
def test_a_page_may_show_a_picture_at_any_width(width, one, two):
    face = store(encode(Image.new("RGB", (10, 10), "teal"))).face
    html = render("{% face 'Nell' face width %}", face=face, width=width)
    assert f'-{one}.webp" srcset="' in html
    assert f"-{two}.webp 2x" in html
    assert f'width="{width}" height="{width}" alt=""' in html


def test_a_page_is_whole_without_the_files():
    face = Card(face=f"originals/{'0' * 20}-9x9.png").face
    assert f'src="/media/pictures/{"0" * 20}-96.webp"' in render("{% face 'Nell' face 96 %}", face=face)


def test_without_a_picture_there_are_initials_or_nothing():
    card = Card()
    assert render("{% picture card.face 96 %}", card=card) == ""
    assert render("{% face 'Nell <Tarrant' card.face 96 %}", card=card) == (
        '<span class="face initials" aria-hidden="true">NT</span>'
    )
    assert "&lt;" in render("{% face '<' card.face 96 %}", card=card)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Nell Tarrant", "NT"),
        ("wes payne", "WP"),
        ("Ursula K. Le Guin", "UG"),
        ("Chris", "C"),
        ("  Chris  ", "C"),
        ("Inês Valadão", "IV"),
        ("e\u0301mile Zola", "E\u0301Z"),
        ("“Popey” (Alan)", "PA"),
        ("🐙 Octo", "O"),
        ("Octo 🐙", "O"),
        ("🎙️", "🎙"),
        ("2Pac", "2"),
        ("宮崎駿", "宮"),
        ("דוד כהן", "דכ"),
        ("محمد علي", "م\u200cع"),
        ("किरण देसाई", "किदे"),
        ("-", "-"),
        ("", ""),
    ],
)
def test_initials(name, expected):
    assert initials(name) == expected


# --- At /media/ ---


@pytest.mark.django_db
class TestMedia:
    @pytest.fixture(autouse=True)
    def _show(self):
        make_show()

    def test_a_rendition_is_served_for_ever(self, client):
        face = store(encode(Image.new("RGB", (300, 200), "teal"))).face
        url = rendition_url(face, 96)
        response = client.get(url)
        content = response.getvalue()
        assert content == files()[url.removeprefix("/media/")]
        assert response.headers["Content-Type"] == "image/webp"
        assert response.headers["Content-Length"] == str(len(content))
        assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Vary" not in response.headers
        head = client.head(url)
        assert (head.content, head.headers["Content-Length"]) == (b"", str(len(content)))
        assert client.post(url).status_code == 405

    def test_nothing_else_is(self, client):
        face = store(encode(Image.new("RGB", (300, 200), "teal"))).face
        default_storage.save("pictures/notes.webp", ContentFile(b"RIFF"))
        key = face.name[10:30]
        for name in (
            face.name,
            "pictures/notes.webp",
            f"pictures/../{face.name}",
            f"pictures/%2e%2e/{face.name}",
            f"pictures/{key}-96.webp/",
            f"pictures/{key}-96.webp%0A",
            f"pictures/{key}-96.webp%00",
            f"pictures/{key}-٩٦.webp",
            f"pictures/{key}-97.webp",
            f"pictures/{'0' * 20}-96.webp",
            "pictures",
            "",
        ):
            assert client.get(f"/media/{name}").status_code == 404, name

    def test_a_host_without_a_show_has_no_media(self):
        url = rendition_url(store(encode(Image.new("RGB", (9, 9)))).face, 96)
        assert Client(headers={"host": "evil.example"}).get(url).status_code == 404
