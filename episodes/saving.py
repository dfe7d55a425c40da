"""What follows when episodes were saved, whoever saved them."""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from episodes import derived
from episodes.announcements import announce
from episodes.feeds import websub
from episodes.models import Episode, history
from lupcms.shows.models import Show, User


@contextmanager
def changing(episode: Episode, by: User) -> Iterator[None]:
    """Around a change of a stored episode, which is locked: one transaction, and one version in its history."""
    with transaction.atomic():
        history.keep_before(episode)
        yield
        saved(episode, by)


def saved(episode: Episode, by: User, comment: str = "", *, is_new: bool = False) -> None:
    """Call it after the last row was written, in the same transaction. What is new has not changed yet."""
    derived.refresh(episode)
    if not is_new:
        derived.touch(episode)
    history.keep(episode, by, comment)
    _tell({episode.show})


def tell_hubs(shows: Iterable[Show]) -> None:
    """That the feeds of these shows say something else, as soon as it is stored; never in the way."""
    for show in shows:
        transaction.on_commit(partial(websub.changed, show), robust=True)


def saved_all(episodes: Collection[Episode], by: User) -> None:
    """`saved` for each of many, which are not new. A constant number of queries.

    Before the first row was written, `history.keep_all_before` had its turn.
    """
    fresh = list(Episode.objects.filter(pk__in=[episode.pk for episode in episodes]).select_related("show"))
    derived.refresh_these(fresh)
    derived.touch_all(fresh)
    history.keep_all(fresh, by)
    _tell({episode.show for episode in fresh})


def _tell(shows: set[Show]) -> None:
    """Sponsors, and the hub of each show."""
    if shows:
        transaction.on_commit(announce, robust=True)
    tell_hubs(shows)
