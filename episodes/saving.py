"""What follows when an episode was saved, whoever saved it."""

from functools import partial

from django.db import transaction

from episodes import derived
from episodes.announcements import announce
from episodes.feeds import websub
from episodes.models import Episode, history
from lupcms.shows.models import User


def saved(episode: Episode, by: User, *, is_new: bool = False) -> None:
    """Call it after the last row was written, in the same transaction. What is new has not changed yet."""
    derived.refresh(episode)
    if not is_new:
        derived.touch(episode)
    history.keep(episode, by)
    transaction.on_commit(announce, robust=True)
    transaction.on_commit(partial(websub.changed, episode.show), robust=True)
