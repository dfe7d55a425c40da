"""Everything stored that follows from an episode: the HTML of its Markdown, its notes for feeds, its first words,
when it last changed.

`render_*` fill an object that is about to be saved and say whether that changed it; `refresh` brings a
saved episode up to date and is called by everything that writes one row at a time; `refresh_all` does it for many.
"""

from collections.abc import Collection, Iterator, Sequence

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from episodes.feed_notes import feed_html
from episodes.models import Episode, Link, Placement
from lupcms.shows.markdown import block_html, excerpt, inline_html, label_html

BATCH = 100


def render_episode(episode: Episode) -> bool:
    before = episode.summary_html, episode.excerpt
    episode.summary_html = block_html(episode.summary)
    episode.excerpt = excerpt(episode.summary_html)
    return (episode.summary_html, episode.excerpt) != before


def render_link(link: Link) -> bool:
    before = link.text_html, link.description_html
    link.text_html, link.description_html = label_html(link.text), inline_html(link.description)
    return (link.text_html, link.description_html) != before


def render_placement(placement: Placement) -> bool:
    before = placement.words_html
    placement.words_html = inline_html(placement.words)
    return placement.words_html != before


def render_feed(episode: Episode, placements: Sequence[Placement], links: Sequence[Link]) -> bool:
    """The notes for feeds, of these rows, which are rendered already and in their order."""
    before = episode.feed_html
    episode.feed_html = feed_html(episode, placements, links)
    return episode.feed_html != before


def refresh(episode: Episode) -> None:
    """Two queries, and one more for each kind of row that changed."""
    _refresh([episode], {episode.pk: list(episode.placements.all())}, {episode.pk: list(episode.links.all())})


def refresh_all(episodes: QuerySet[Episode]) -> Iterator[tuple[int, int]]:
    """After each batch, in a transaction of its own: how many were looked at, and how many were not up to date."""
    pks = list(episodes.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        batch = pks[start : start + BATCH]
        with transaction.atomic():
            locked = list(Episode.objects.filter(pk__in=batch).select_for_update(of=("self",)).select_related("show"))
            changed = refresh_these(locked)
        yield len(batch), changed


def refresh_these(episodes: list[Episode]) -> int:
    """`refresh` for many that come fresh, with their show; how many were not up to date. Five queries at most."""
    prefetch_related_objects(episodes, "placements", "links")
    return _refresh(
        episodes,
        {episode.pk: list(episode.placements.all()) for episode in episodes},
        {episode.pk: list(episode.links.all()) for episode in episodes},
    )


def _refresh(episodes: list[Episode], placements: dict[int, list[Placement]], links: dict[int, list[Link]]) -> int:
    """How many episodes were not up to date, themselves or in their rows."""
    changed_placements = [row for rows in placements.values() for row in rows if render_placement(row)]
    changed_links = [row for rows in links.values() for row in rows if render_link(row)]
    changed = [
        episode
        for episode in episodes
        # Both, whether or not the first has changed anything.
        if any([render_episode(episode), render_feed(episode, placements[episode.pk], links[episode.pk])])
    ]
    Placement.objects.bulk_update(changed_placements, ["words_html"])
    Link.objects.bulk_update(changed_links, ["text_html", "description_html"])
    Episode.objects.bulk_update(changed, ["summary_html", "excerpt", "feed_html"])
    return len({row.episode_id for row in (*changed_placements, *changed_links)} | {row.pk for row in changed})


def touch(episode: Episode) -> None:
    """What the episode says has just changed. One query. Writers call it, but not for what they have just created."""
    episode.changed_at = timezone.now()
    episode.save(update_fields=["changed_at"])


def touch_all(episodes: Collection[Episode]) -> None:
    """`touch` for many. One query."""
    now = timezone.now()
    for episode in episodes:
        episode.changed_at = now
    Episode.objects.filter(pk__in=[episode.pk for episode in episodes]).update(changed_at=now)
