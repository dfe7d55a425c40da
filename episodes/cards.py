"""The picture that a link to an episode becomes elsewhere: 1200 × 630, drawn once and named by what it says.

The address has a digest of everything that is drawn, so that a card can be kept for ever, and a wrong digest costs
no drawing. docs/decisions/0013-what-a-card-can-say.md tells why one font is enough.
"""

import fcntl
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache, lru_cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.fields.files import FieldFile
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont, features

from episodes.models import Episode
from lupcms.shows.addresses import elsewhere, moved
from lupcms.shows.colours import CALM, ink_on
from lupcms.shows.hostnames import show_of
from lupcms.shows.pages import SocialPicture
from lupcms.shows.pictures import rendition_name

WIDTH, HEIGHT = 1200, 630
MARGIN = 64
ARTWORK = 408
FONT = Path(__file__).parent / "fonts" / "DejaVuSansCondensed-Bold.ttf"
TITLE_SIZES = range(76, 35, -4)
SMALL_SIZE = 34
# Between the lines of the title and what stands above and below it.
GAP = 28
LEADING = 1.18
# More fit on no card, and a title may be as long as a book.
MOST_CHARACTERS = 300
# Another one wherever cards are drawn differently: every card gets a new address.
DESIGN = 1


@require_safe
def image(request: HttpRequest, slug: str, digest: str) -> HttpResponse:
    """Two queries. A card of what the episode said yesterday leads to today's."""
    episode = show_of(request).episodes.published().select_related("show").filter(slug=slug).first()
    if episode is None:
        return elsewhere(request)
    if digest != digest_of(episode):
        return moved(request, unquote(path_of(episode)))
    return HttpResponse(
        card(episode),
        content_type="image/jpeg",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


def path_of(episode: Episode) -> str:
    return reverse("episodes:card", args=[episode.slug, digest_of(episode)])


def social_card(episode: Episode) -> SocialPicture | None:
    show = episode.show
    if not show.site_url:
        return None
    return SocialPicture(f"{show.site_url}{path_of(episode)}", WIDTH, HEIGHT, f"{show.title}: {episode.printed_title}")


def digest_of(episode: Episode) -> str:
    show = episode.show
    said = (str(DESIGN), episode.code, episode.title, show.title, show.accent, _artwork(episode).name or "")
    return sha256("\0".join(said).encode()).hexdigest()[:20]


def card(episode: Episode) -> bytes:
    """JPEG, drawn by whoever asks first; whoever else asks at that moment waits."""
    name = f"cards/{digest_of(episode)}.jpg"
    with suppress(FileNotFoundError):
        return _stored(name)
    with _one_at_a_time():
        with suppress(FileNotFoundError):
            return _stored(name)
        data = draw(episode)
        default_storage.save(name, ContentFile(data))
        return data


def draw(episode: Episode) -> bytes:
    show = episode.show
    paper = show.accent or CALM
    ink = ink_on(paper)
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    pen = ImageDraw.Draw(image)
    width = WIDTH - 2 * MARGIN
    if artwork := _picture(_artwork(episode)):
        image.paste(artwork, (WIDTH - MARGIN - ARTWORK, (HEIGHT - ARTWORK) // 2))
        width -= ARTWORK + MARGIN
    small = _font(SMALL_SIZE)
    above, below = (_cut(_drawable(text), small, width) for text in (episode.code, show.title))
    font, lines = _fitting(_drawable(episode.title), width, HEIGHT - 2 * (MARGIN + SMALL_SIZE + GAP))
    rtl = bool(lines) and unicodedata.bidirectional(next(filter(str.isalpha, lines[0]), "a")) in ("R", "AL")
    left, anchor = (MARGIN + width, "r") if rtl else (MARGIN, "l")
    pen.text((left, MARGIN), above, fill=ink, font=small, anchor=f"{anchor}a")
    pen.text((left, HEIGHT - MARGIN), below, fill=ink, font=small, anchor=f"{anchor}d")
    step = round(font.size * LEADING)
    top = (HEIGHT - step * len(lines)) // 2
    for n, line in enumerate(lines):
        pen.text((left, top + n * step), line, fill=ink, font=font, anchor=f"{anchor}a")
    out = BytesIO()
    image.save(out, "JPEG", quality=88, subsampling=0, optimize=True)
    return out.getvalue()


def _artwork(episode: Episode) -> FieldFile:
    return episode.artwork or episode.show.artwork


def _picture(artwork: FieldFile) -> Image.Image | None:
    """From the smallest rendition that is large enough; a card is whole without the file."""
    if not artwork:
        return None
    name = rendition_name(artwork, ARTWORK)
    with suppress(OSError, ValidationError), artwork.storage.open(name) as file:
        image = Image.open(BytesIO(file.read())).convert("RGBA").resize((ARTWORK, ARTWORK), Image.Resampling.LANCZOS)
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, mask=image)
        return flat
    return None


def _stored(name: str) -> bytes:
    with default_storage.open(name) as file:
        data: bytes = file.read()
    return data


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Among all threads and processes of this machine, so that nobody can make it draw more than one card at once."""
    with Path(__file__).open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, size)


def _drawable(text: str) -> str:
    """The text in one line without signs that the font lacks; "" where a letter or a digit would be missing.

    Of a title in Japanese a row of boxes says less than nothing; of one with a whale, the words are enough.
    """
    kept = []
    for sign in unicodedata.normalize("NFC", text[:MOST_CHARACTERS]):
        if _has_glyph(sign):
            kept.append(sign)
        elif unicodedata.category(sign)[0] in "LMN" and not 0xFE00 <= ord(sign) <= 0xFE0F:  # How emoji look.
            return ""
    return " ".join("".join(kept).split())


@lru_cache(4096)
def _glyph(sign: str) -> tuple[tuple[int, int], bytes]:
    mask = _font(SMALL_SIZE).getmask(sign)
    return mask.size, bytes(mask)


def _has_glyph(sign: str) -> bool:
    if unicodedata.bidirectional(sign) in ("R", "AL") and not features.check("fribidi"):
        return False  # It would be written from left to right.
    return sign.isspace() or _glyph(sign) != _glyph("\U0010ffff")


def _fitting(text: str, width: int, height: int) -> tuple[ImageFont.FreeTypeFont, list[str]]:
    """The largest size at which all of it fits; at the smallest, as many lines as fit."""
    for size in TITLE_SIZES:
        font = _font(size)
        lines, room = _wrapped(text, font, width), int(height // (size * LEADING))
        if len(lines) <= room and all(font.getlength(line) <= width for line in lines):
            return font, lines
    kept = lines[:room]
    if len(lines) > room:
        kept[-1] = f"{kept[-1]}…"
    return font, [_cut(line, font, width) for line in kept]


def _wrapped(text: str, font: ImageFont.FreeTypeFont, width: int) -> list[str]:
    """Lines of whole words; a word that is wider stands alone."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _cut(text: str, font: ImageFont.FreeTypeFont, width: int) -> str:
    """With … where it is too long for one line."""
    if font.getlength(text) <= width:
        return text
    text = text.removesuffix("…")
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"
