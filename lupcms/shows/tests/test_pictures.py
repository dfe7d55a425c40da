"""Pictures are checked, lose what they say of their origin, and are public in the sizes of a page only."""

from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from lupcms.shows.models import Show
from lupcms.shows.pictures import rendition_url, renditions, validate_picture
from lupcms.shows.templatetags.pictures import face, initials


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def file(image: Image.Image, kind: str = "PNG", name: str = "a.png", **options) -> SimpleUploadedFile:
    buffer = BytesIO()
    image.save(buffer, kind, **options)
    return SimpleUploadedFile(name, buffer.getvalue())


def make_show(slug: str, artwork: SimpleUploadedFile) -> Show:
    return Show.objects.create(slug=slug, acronym=slug.upper(), title="Tide", artwork=artwork)


@pytest.mark.django_db
def test_a_picture_is_served_in_the_sizes_of_a_page_and_nothing_else_of_it_is():
    show = make_show("a", file(Image.new("RGB", (1000, 500), "#aa2200")))
    assert show.artwork.name.startswith("originals/")
    assert show.colour == "#aa2200"
    client = Client(headers={"host": "localhost"})
    for width in (96, 192, 384):
        response = client.get(rendition_url(show.artwork, width))
        assert response.status_code == 200
        assert response["Content-Type"] == "image/webp"
        assert "immutable" in response["Cache-Control"]
        assert Image.open(BytesIO(b"".join(response.streaming_content))).size == (width, width)
    assert client.post(rendition_url(show.artwork, 96)).status_code == 405
    for path in (
        show.artwork.name,
        "pictures/",
        "pictures/../originals/x.png",
        rendition_url(show.artwork, 96).removeprefix("/media/") + "/",
        rendition_url(show.artwork, 97).removeprefix("/media/"),
        "../lupcms.sqlite3",
        "%2e%2e/lupcms.sqlite3",
    ):
        assert client.get(f"/media/{path}").status_code in (301, 404), path


@pytest.mark.django_db
def test_the_same_picture_is_the_same_file_and_a_page_stands_without_it():
    one, two = (make_show(name, file(Image.new("RGB", (9, 9)), name=f"{name}.png")) for name in "ab")
    assert one.artwork.name == two.artwork.name
    assert len(default_storage.listdir("originals")[1]) == 1
    for name in default_storage.listdir("pictures")[1]:
        default_storage.delete(f"pictures/{name}")
    assert rendition_url(one.artwork, 96) in face("A", one.artwork, 48)


def test_sizes_say_nothing_of_where_a_picture_was_taken_and_stand_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # Turned by a quarter.
    exif[0x010E] = "Merrow Head, 47.5 N"
    image = Image.open(file(Image.new("RGB", (400, 200), "navy"), "JPEG", exif=exif))
    made = Image.open(BytesIO(renditions(image, square=False)[192]))
    assert made.size == (192, 384)
    assert not made.getexif()
    assert b"Merrow" not in renditions(image, square=False)[192]


def test_a_picture_is_never_enlarged():
    made = renditions(Image.new("RGB", (120, 80)), square=True)
    assert {width: Image.open(BytesIO(data)).size for width, data in made.items()} == {
        96: (80, 80),
        192: (80, 80),
        384: (80, 80),
        768: (80, 80),
    }


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (SimpleUploadedFile("a.png", b"<svg onload=alert(1)>"), "JPEG, PNG or WebP"),
        (SimpleUploadedFile("a.png", b""), "JPEG, PNG or WebP"),
        (file(Image.new("RGB", (5, 5)), "GIF"), "JPEG, PNG or WebP"),
        (SimpleUploadedFile("a.png", file(Image.effect_noise((200, 200), 90)).read()[:9000]), "broken"),
        (file(Image.new("1", (8000, 6000))), "40 million"),
        (ContentFile(b"x" * (10 * 1024 * 1024 + 1)), "10 MB"),
    ],
    ids=["svg", "empty", "gif", "cut off", "bomb", "large"],
)
def test_what_is_no_picture_is_refused_with_what_to_do(upload, words):
    with pytest.raises(ValidationError, match=words):
        validate_picture(upload)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Nell Tarrant", "NT"),
        ("Desmond “Sprocket” Pike", "DP"),
        ("ann", "A"),
        ("Dr. Winifred Osei", "DO"),
        ("山田 太郎", "山太"),
        ("“x”", "X"),
        ("😀", "😀"),
        ("", ""),
    ],
)
def test_initials(name, short):
    assert initials(name) == short


@given(st.text())
def test_a_face_is_safe_whatever_the_name(name):
    html = str(face(name, None, 48))
    assert html.count("<") == 2
