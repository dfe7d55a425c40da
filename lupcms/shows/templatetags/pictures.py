"""Pictures in templates: `{% load pictures %}`."""

import unicodedata

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from lupcms.shows.pictures import PictureFile, displayed_size, rendition_url

register = template.Library()
register.simple_tag(rendition_url)


@register.simple_tag
def picture(file: PictureFile, width: int, alt: str = "") -> str:
    """`{% picture show.artwork 192 show.title %}`: an <img> whose longer side has `width`, or nothing without one."""
    return _img(file, width, alt) if file else ""


@register.simple_tag
def face(name: str, file: PictureFile, width: int) -> SafeString:
    """`{% face name host.picture 96 %}`: the picture, or initials. Decoration: the name is printed beside it."""
    if file:
        return _img(file, width, alt="", css="face")
    return format_html('<span class="face initials" aria-hidden="true">{}</span>', initials(name))


def initials(name: str) -> str:
    """Of the first and the last word that has any letter or digit: “Nell Tarrant” is NT, “宮崎駿” is 宮."""
    firsts = [first for word in name.split() if (first := _first_letter(word))]
    if not firsts:
        return name.strip()[:1]
    # Letters of cursive scripts would join, and two initials are not a word.
    joint = "\u200c" if unicodedata.bidirectional(firsts[0][0]) == "AL" else ""
    return joint.join([firsts[0], *firsts[1:][-1:]]).upper()


def _first_letter(word: str) -> str:
    """With the marks that belong to it: an accent, a vowel sign."""
    start = next((i for i, sign in enumerate(word) if sign.isalnum()), len(word))
    end = start + 1
    while end < len(word) and unicodedata.category(word[end]).startswith("M"):
        end += 1
    return word[start:end]


def _img(file: PictureFile, width: int, alt: str, css: str = "picture") -> SafeString:
    shown_width, shown_height = displayed_size(file, width)
    return format_html(
        '<img class="{}" src="{}" srcset="{} 2x" width="{}" height="{}" alt="{}" loading="lazy" decoding="async">',
        css,
        rendition_url(file, width),
        rendition_url(file, 2 * width),
        shown_width,
        shown_height,
        alt,
    )
