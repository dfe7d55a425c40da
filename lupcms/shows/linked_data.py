"""What search engines and assistants read of a page: JSON-LD in the words of https://schema.org.

Everything here makes a dict from rows and asks nobody. A property that is not known is not there; addresses begin with
the show's site URL, so that a show without one says nothing.
"""

from collections.abc import Sequence
from typing import Any

from lupcms.shows.categories import split
from lupcms.shows.models import Show
from lupcms.shows.pages import social_picture


def known(**properties: Any) -> dict[str, Any]:
    """Those that say something; `type` and `id` are JSON-LD's own."""
    keys = {"type": "@type", "id": "@id"}
    return {keys.get(name, name): value for name, value in properties.items() if value not in ("", None, False, [], {})}


def podcast_series(show: Show) -> dict[str, Any]:
    main, sub = split(show.category)
    picture = social_picture(show)
    return podcast_reference(show) | known(
        description=show.description,
        image=picture and picture.url,
        inLanguage=show.language,
        genre=sub or main,
        copyrightNotice=show.copyright,
        license=show.license_url,
        identifier=show.podcast_guid and str(show.podcast_guid),
    )


def podcast_reference(show: Show) -> dict[str, Any]:
    """Enough to know which show it is."""
    return known(type="PodcastSeries", name=show.title, url=f"{show.site_url}/", webFeed=show.feed_url)


def breadcrumbs(show: Show, trail: Sequence[tuple[str, str]], title: str) -> dict[str, Any]:
    """The way from the show to a page: names and paths of what lies between, and at last the page itself."""
    steps = [(show.title, "/"), *trail]
    items = [
        known(type="ListItem", position=n, name=name, item=f"{show.site_url}{path}")
        for n, (name, path) in enumerate(steps, 1)
    ]
    items.append(known(type="ListItem", position=len(items) + 1, name=title))
    return known(type="BreadcrumbList", itemListElement=items)
