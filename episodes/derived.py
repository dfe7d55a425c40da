"""Everything stored that follows from an episode: the HTML of its Markdown, its first words, when it last changed.

`render_*` fill an object that is about to be saved and say whether that changed it; `refresh` brings a
saved episode up to date and is called by everything that writes one row at a time.
"""

from django.utils import timezone

from episodes.models import Episode, Link, Placement
from lupcms.shows.markdown import block_html, excerpt, inline_html, label_html


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


def refresh(episode: Episode) -> None:
    """Two queries, and one more for each kind of row that changed."""
    if render_episode(episode):
        episode.save(update_fields=["summary_html", "excerpt"])
    Link.objects.bulk_update(
        [link for link in episode.links.all() if render_link(link)], ["text_html", "description_html"]
    )
    Placement.objects.bulk_update([row for row in episode.placements.all() if render_placement(row)], ["words_html"])


def touch(episode: Episode) -> None:
    """What the episode says has just changed. One query. Writers call it, but not for what they have just created."""
    episode.changed_at = timezone.now()
    episode.save(update_fields=["changed_at"])
