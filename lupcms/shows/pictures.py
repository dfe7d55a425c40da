"""Uploaded pictures: checked, stored by content, and shown in a few sizes made here.

Only the sizes are public. An original can hold the place where it was taken, and be another kind of file besides.
A replaced picture's files stay: pages that name them may be stored elsewhere.
"""

import hashlib
import re
from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.fields.files import ImageFieldFile
from PIL import Image, ImageOps, UnidentifiedImageError

FORMATS = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
WIDTHS = (96, 192, 384, 768)

PUBLIC_NAME = re.compile(r"pictures/[0-9a-f]{20}-[0-9]{2,3}\.webp")


def open_picture(file: Any) -> Image.Image:
    """A checked picture that is not decoded yet. ValidationError says what to do instead."""
    if file.size > MAX_BYTES:
        raise ValidationError("The picture has more than 10 MB: save it smaller, 3000 pixels are plenty.")
    file.seek(0)
    try:
        image = Image.open(BytesIO(file.read()), formats=list(FORMATS))
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise ValidationError("This is not a picture that can be shown: upload a JPEG, PNG or WebP file.") from error
    finally:
        file.seek(0)
    if image.width * image.height > MAX_PIXELS:
        raise ValidationError("The picture has more than 40 million pixels: save it smaller, 3000 pixels are plenty.")
    return image


def validate_picture(file: Any) -> None:
    """Also decodes it, so that a broken file is refused where somebody can choose another."""
    image = open_picture(file)
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise ValidationError("The picture is broken: upload it again, or another one.") from error


class PictureFile(ImageFieldFile):
    field: "PictureField"

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Under a name that follows from the bytes, so that the same picture is the same file; with its sizes."""
        image = open_picture(content)
        data = content.read()
        digest = hashlib.sha256(data).hexdigest()[:20]
        original = f"originals/{digest}.{FORMATS[image.format or '']}"
        if not self.storage.exists(original):
            self.storage.save(original, ContentFile(data))
        for width, rendition in renditions(image, square=self.field.square).items():
            if not self.storage.exists(_rendition_name(original, width)):
                self.storage.save(_rendition_name(original, width), ContentFile(rendition))
        self.name = original
        setattr(self.instance, self.field.attname, self.name)
        self._committed = True
        if save:
            self.instance.save()


class PictureField(models.ImageField):
    """A picture, shown as the square of its middle, or whole (`square=False`) for logos."""

    attr_class = PictureFile

    def __init__(self, *args: Any, square: bool = True, **kwargs: Any) -> None:
        self.square = square
        super().__init__(*args, **{"upload_to": "originals/", "validators": [validate_picture]} | kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if not self.square:
            kwargs["square"] = False
        return name, path, args, kwargs


def renditions(image: Image.Image, *, square: bool) -> dict[int, bytes]:
    """WebP files by width, upright and without whatever else the file says of itself; never larger than the picture."""
    image = ImageOps.exif_transpose(image)
    image = image.convert("RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB")
    if square:
        side = min(image.size)
        image = ImageOps.fit(image, (side, side))
    made = {}
    for width in WIDTHS:
        copy = image.copy()
        copy.thumbnail((width, width) if square else (width, width * 4), Image.Resampling.LANCZOS)
        copy.info = {}
        buffer = BytesIO()
        copy.save(buffer, "WEBP", quality=82)
        made[width] = buffer.getvalue()
    return made


def rendition_url(picture: PictureFile, width: int) -> str:
    """Where a size of a picture is; whether the file is still there is not looked at."""
    return default_storage.url(_rendition_name(picture.name or "", width))


def _rendition_name(original: str, width: int) -> str:
    digest = original.rpartition("/")[2].partition(".")[0]
    return f"pictures/{digest}-{width}.webp"
