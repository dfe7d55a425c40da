"""Where an address was linked before: with or without `www.`, a slash at its end or what follows a `#`, over http or
https."""

from collections.abc import Iterable

from django.db.models import F

from episodes.models import Episode, Link
from episodes.models.entry import EntryQuerySet
from episodes.paste.addresses import spellings
from lupcms.shows.models import Show


def linked_before(show: Show, urls: Iterable[str], but: Episode | None = None) -> dict[str, str]:
    """For addresses that the show has linked: the newest published episode that did, as people call it: LUP 512.

    One query.
    """
    published = Link.objects.published().filter(episode__show=show)
    if but and but.pk:
        published = published.exclude(episode=but)
    return {url: f"{show.acronym} {numbers[0]}" for url, numbers in numbers_with(urls, published).items()}


def numbers_with(urls: Iterable[str], links: EntryQuerySet[Link]) -> dict[str, list[str]]:
    """Those of the addresses that stand among the links, with the numbers of the episodes, newest first. One query."""
    asked: dict[str, list[str]] = {}
    for url in dict.fromkeys(urls):
        for spelling in spellings(url):
            asked.setdefault(spelling, []).append(url)
    newest_first = links.filter(url__in=asked).order_by(F("episode__published_at").desc(nulls_first=True), "-episode")
    found: dict[str, dict[str, None]] = {}
    for stored, number in newest_first.values_list("url", "episode__number"):
        for url in asked[stored]:
            found.setdefault(url, {})[number] = None
    return {url: list(numbers) for url, numbers in found.items()}
