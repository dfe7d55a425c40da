"""Pictures in templates: in the size of their place and twice that, and initials where there is none."""

import unicodedata

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lupcms.shows import pictures

register = template.Library()
register.simple_tag(pictures.rendition_url, name="rendition_url")


@register.simple_tag
def picture(file: pictures.PictureFile, width: int, alt: str = "", kind: str = "") -> SafeString:
    """A square picture, `width` CSS pixels wide: 48, 96, 192 or 384."""
    return format_html(
        '<img src="{}" srcset="{} 2x" width="{}" height="{}" alt="{}" class="{}" loading="lazy" decoding="async">',
        pictures.rendition_url(file, max(width, pictures.WIDTHS[0])),
        pictures.rendition_url(file, max(2 * width, pictures.WIDTHS[0])),
        width,
        width,
        alt,
        kind or f"picture-{width}",
    )


@register.simple_tag
def face(name: str, file: pictures.PictureFile | None, width: int) -> SafeString:
    """Somebody's picture or initials, which say nothing that the name beside it does not say."""
    kind = f"face face-{width}"
    if file:
        return picture(file, width, kind=kind)
    return format_html('<span class="{} initials" aria-hidden="true">{}</span>', kind, initials(name))


def initials(name: str) -> str:
    """`Desmond “Sprocket” Pike` is DP, `ann` is A; the first sign of a name without letters."""
    words = [letters for word in name.split() if (letters := [sign for sign in word if _begins(sign)])]
    if not words:
        return name.strip()[:1]
    ends = words[:1] + words[1:][-1:]
    return "".join(letters[0].upper() for letters in ends)


def _begins(sign: str) -> bool:
    return unicodedata.category(sign)[0] in "LN"
