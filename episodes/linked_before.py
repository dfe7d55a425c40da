"""Where on a show an address was linked before."""

from collections.abc import Collection

from episodes.models import Episode, Link
from episodes.paste.addresses import spellings
from lupcms.shows.models import Show


def linked_before(show: Show, urls: Collection[str], but: Episode | None = None) -> dict[str, str]:
    """For addresses that the show has linked: the newest published episode that did, as people call it: LUP 512.

    With or without `www.`, a slash at the end or what follows a `#`, over http or https. One query.
    """
    asked: dict[str, list[str]] = {}
    for url in urls:
        for spelling in spellings(url):
            asked.setdefault(spelling, []).append(url)
    found = Link.objects.published().filter(episode__show=show, url__in=asked)
    if but and but.pk:
        found = found.exclude(episode=but)
    newest_last = found.order_by("episode__published_at", "episode_id").values_list("url", "episode__number")
    return {url: f"{show.acronym} {number}" for stored, number in newest_last for url in asked[stored]}
