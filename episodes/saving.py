"""What follows when an episode was saved, whoever saved it: the form, the publish page."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import transaction

from episodes import derived
from episodes.announcements import announce
from episodes.feeds import websub
from episodes.models import Episode, history
from lupcms.shows.models import User


@contextmanager
def changing(episode: Episode, by: User) -> Iterator[None]:
    """Around a change of a stored episode: one transaction, and one version in its history."""
    with transaction.atomic():
        history.keep_before(episode)
        yield
        saved(episode, by)


def saved(episode: Episode, by: User, *, is_new: bool = False) -> None:
    """After the episode and its rows were written, in the same transaction."""
    derived.refresh(episode)
    if not is_new:
        derived.touch(episode)
    history.keep(episode, by)
    transaction.on_commit(announce, robust=True)
    transaction.on_commit(partial(websub.changed, episode.show), robust=True)
