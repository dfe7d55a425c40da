"""Pictures that people upload: checked, renamed by their content, and shown only as renditions that we made.

An original is never public: it may know where it was taken, or be a script to whoever asks differently. A rendition
is a new WebP without metadata, upright, in sRGB, and made when the file is saved. Old files stay when a picture is
replaced or removed: pages in caches, feed readers and podcast apps still ask for them.

Feeds get JPEG of square pictures, because directories take nothing newer: one as large as Apple's rules allow
(https://podcasters.apple.com/support/896-artwork-requirements), and one for RSS's own small image.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from io import BytesIO
from typing import Any, Literal

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from django.db import models
from django.db.models.fields.files import FieldFile, ImageFieldFile
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

Shape = Literal["square", "whole"]

# Pixels of the longer side. A page shows a picture at half of them or less, for screens with two dots a pixel.
WIDTHS = (96, 192, 384, 768)
# Pixels of the side of an artwork that directories take, and how large its file may be.
FEED_SIDES = range(1400, 3001)
MAX_FEED_BYTES = 1_000_000
# RSS 2.0: the image of a channel is at most so wide.
RSS_IMAGE_SIDE = 144
MAX_MEGABYTES = 10
MAX_MEGAPIXELS = 40
# Phones write several pictures into one JPEG, which Pillow calls MPO; we take the first.
EXTENSIONS = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "WEBP": "webp"}

_NAME = re.compile(r"originals/(?P<key>[0-9a-f]{20})-(?P<width>\d+)x(?P<height>\d+)\.\w+")


class PictureFormField(forms.FileField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # The widget is a group of boxes, and Django's label stands for the group.
        self.widget.attrs.setdefault("aria-label", self.label)

    def to_python(self, data: Any) -> Any:
        """The upload, checked. Its name and declared type say nothing; its bytes do."""
        upload = super().to_python(data)
        if upload is not None:
            open_picture(upload)
        return upload

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {"accept": "image/jpeg,image/png,image/webp"}


class PictureFile(ImageFieldFile):
    field: "PictureField"

    @property
    def url(self) -> str:
        """Of the largest rendition: what forms link to."""
        return rendition_url(self, WIDTHS[-1])

    def save(self, name: str, content: File, save: bool = True) -> None:
        """Store original and renditions under the name that follows from the bytes; `name` is not looked at."""
        image = open_picture(content)
        # The same file cropped and whole is two pictures.
        key = sha256(self.field.shape.encode() + content.read()).hexdigest()[:20]
        extension = EXTENSIONS[image.format or ""]
        image = shaped(image, self.field.shape)
        # The name has the size, so that pages know the proportions without reading files.
        name = f"{key}-{image.width}x{image.height}.{extension}"
        if self.field.shape == "square":
            for side, jpeg in feed_renditions(image):
                self._keep(_feed_name(key, side), jpeg)
        for width, webp in renditions(image):
            self._keep(_rendition_name(key, width), webp)
        super().save(name, content, save)

    def _keep(self, name: str, data: bytes) -> None:
        """A file that is whole is not written again: somebody may be reading it. A broken or lost one is."""
        if not self.storage.exists(name) or self.storage.size(name) != len(data):
            self.storage.save(name, ContentFile(data))


class PictureField(models.ImageField):
    """An uploaded picture: its centre square, or the whole of it as for logos.

    Names follow from the content, so STORAGES allows to overwrite: the same file again is the same name.
    """

    attr_class = PictureFile

    def __init__(self, *args: Any, shape: Shape = "square", **kwargs: Any) -> None:
        self.shape = shape
        super().__init__(*args, **{"upload_to": "originals", **kwargs})

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "shape": self.shape}

    def formfield(self, **kwargs: Any) -> Any:
        # The upload's own name is not kept, and may be as long as it likes.
        return super().formfield(**{"form_class": PictureFormField, **kwargs, "max_length": None})


def open_picture(file: File) -> Image.Image:
    """The decoded picture, turned as its EXIF says. Raises ValidationError, which says what to do about it."""
    if file.size > MAX_MEGABYTES * 1024 * 1024:
        raise ValidationError(
            f"This file is larger than {MAX_MEGABYTES} MB. Scale the picture down: 3000 by 3000 pixels are plenty."
        )
    file.seek(0)
    try:
        image = Image.open(BytesIO(file.read()), formats=["JPEG", "PNG", "WEBP"])
        # Before anything is decoded: a small file can claim a surface that fills the memory.
        if image.width * image.height > MAX_MEGAPIXELS * 1_000_000:
            raise Image.DecompressionBombError
        image.load()
        # Here, because damaged EXIF is damage too.
        ImageOps.exif_transpose(image, in_place=True)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError(
            f"This picture has more than {MAX_MEGAPIXELS} megapixels. Scale it down: 3000 by 3000 pixels are plenty."
        ) from None
    except UnidentifiedImageError:
        raise ValidationError("This is not a JPEG, PNG or WebP picture. Save it as one of them.") from None
    except Exception as error:  # What Pillow raises depends on the format and on the damage.
        raise ValidationError("This picture is damaged. Open it in an editor and save it anew.") from error
    file.seek(0)
    return image


def decoded(picture: FieldFile) -> Image.Image:
    """Of an upload, or of what is stored, whose file is closed again."""
    if not getattr(picture, "_committed", False):
        return open_picture(picture)
    with picture.storage.open(str(picture.name)) as stored:
        return open_picture(stored)


def shaped(image: Image.Image, shape: Shape) -> Image.Image:
    """In sRGB, with or without transparency, and its centre square if that is the shape."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I"):  # 16 bits of grey, of which a conversion would keep the lower ones.
        image = image.convert("I").point([value // 256 for value in range(65536)], "L")
    if image.mode != "CMYK":
        image = image.convert(mode)
    if profile:
        # One that cannot be read or belongs to another mode says nothing about the colours.
        with suppress(ImageCms.PyCMSError, OSError):
            source, srgb = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
            image = ImageCms.profileToProfile(image, source, srgb, outputMode=mode) or image
    image = image.convert(mode)
    if shape == "square":
        side = min(image.size)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        image = image.crop((left, top, left + side, top + side))
    return image


def renditions(image: Image.Image) -> Iterator[tuple[int, bytes]]:
    """Width and WebP, the largest first. Shrinks `image` on the way, and never enlarges it."""
    for width in reversed(WIDTHS):
        image.thumbnail((width, width), Image.Resampling.LANCZOS)
        out = BytesIO()
        # Method 6 takes eighty times as long where a picture is transparent, for a hundredth of its bytes.
        image.save(out, "WEBP", quality=85, method=5, exif=b"", xmp=b"", icc_profile=b"")
        yield width, out.getvalue()


def feed_renditions(image: Image.Image) -> Iterator[tuple[int, bytes]]:
    """Side and JPEG of a square: for the feed, if it is large enough for directories, and for RSS's small image."""
    flat = Image.new("RGB", image.size, "white")
    flat.paste(image, mask=image if image.mode == "RGBA" else None)
    for side in filter(None, (_feed_side(image.width), _small_side(image.width))):
        scaled = flat if side == image.width else flat.resize((side, side), Image.Resampling.LANCZOS)
        yield side, _light_jpeg(scaled)


def _light_jpeg(image: Image.Image) -> bytes:
    """As good as it can be in the bytes that a feed's artwork may have."""
    data = b""
    for quality in (90, 75, 50, 20, 2):
        out = BytesIO()
        image.save(out, "JPEG", quality=quality, progressive=True)
        data = out.getvalue()
        if len(data) <= MAX_FEED_BYTES:
            break
    return data


def feed_artwork_url(picture: FieldFile) -> str:
    """Address of the JPEG for feeds, "" without a picture or where it is too small for directories."""
    side = feed_artwork_side(picture)
    return picture.storage.url(_feed_name(_parts(picture)[0], side)) if side else ""


def feed_artwork_side(picture: FieldFile) -> int:
    """Pixels of its side, 0 without a picture or where it is too small for directories."""
    return _feed_side(_parts(picture)[1]) if picture else 0


def rss_image_url(picture: FieldFile) -> str:
    """Address of the JPEG for RSS's own `<image>`, "" without a picture."""
    return picture.storage.url(_feed_name(_parts(picture)[0], rss_image_side(picture))) if picture else ""


def rss_image_side(picture: FieldFile) -> int:
    return _small_side(_parts(picture)[1]) if picture else 0


def artwork_warning(picture: FieldFile) -> str:
    """What a producer must know of an artwork before directories refuse it, "" where there is nothing to say."""
    if not picture or feed_artwork_side(picture):
        return ""
    return (
        f"This artwork is {_parts(picture)[1]} pixels wide: pages show it, and feeds leave it out, because directories "
        f"refuse less than {FEED_SIDES[0]}. Upload a square of {FEED_SIDES[-1]} pixels."
    )


def _feed_side(width: int) -> int:
    return min(width, FEED_SIDES[-1]) if width >= FEED_SIDES[0] else 0


def _small_side(width: int) -> int:
    return min(width, RSS_IMAGE_SIDE)


def rendition_url(picture: FieldFile, width: int) -> str:
    """Address of the smallest rendition for `width` pixels, of the largest where none is as wide.

    Looks at no file: a page can be shown before its pictures are back from a backup.
    """
    return picture.storage.url(rendition_name(picture, width))


def rendition_name(picture: FieldFile, width: int) -> str:
    """Of the file behind `rendition_url`, in the picture's storage."""
    key, *_ = _parts(picture)
    return _rendition_name(key, next((w for w in WIDTHS if w >= width), WIDTHS[-1]))


def displayed_size(picture: FieldFile, width: int) -> tuple[int, int]:
    """Width and height on a page where the longer side has `width`."""
    _, original_width, original_height = _parts(picture)
    scale = width / max(original_width, original_height)
    return max(1, round(original_width * scale)), max(1, round(original_height * scale))


def displayed_side(picture: FieldFile) -> int:
    """Pixels of the longer side of the largest rendition."""
    return min(max(_parts(picture)[1:]), WIDTHS[-1])


def _rendition_name(key: str, width: int) -> str:
    return f"pictures/{key}-{width}.webp"


def _feed_name(key: str, side: int) -> str:
    return f"pictures/{key}-{side}.jpg"


def _parts(picture: FieldFile) -> tuple[str, int, int]:
    match = _NAME.fullmatch(picture.name or "")
    if match is None:
        raise ValueError(f"Not a stored picture: {picture.name!r}")
    return match["key"], int(match["width"]), int(match["height"])
