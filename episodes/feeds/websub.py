"""Telling a show's WebSub hub that its feed has changed (https://www.w3.org/TR/websub/), so that apps need not ask.

What a hub has to be told is written down before it is told, and stays until it was. A failure is tried again after a
while; where the process ended meanwhile, by whatever tells hubs next: another change, or `ping_hubs` from cron.
Nobody who saves waits for a hub.
"""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.tasks import task
from django.utils import timezone

from episodes.models import Episode, OwedPing
from lupcms.shows.fetch import Unreachable, fetch
from lupcms.shows.links import site_of
from lupcms.shows.models import Show

# For everything: the name, the connection, the answer.
SECONDS = 3

logger = logging.getLogger(__name__)


def changed(show: Show) -> None:
    """The show's feed says something else now. Call it after the commit."""
    if _has_a_hub(show):
        OwedPing.objects.owe(show)
        tell_hubs.enqueue()


def show_saved(sender: type[Show], instance: Show, created: bool, raw: bool = False, **_: Any) -> None:
    """Receiver: what a show says of itself stands in its feed."""
    if not created and not raw:
        transaction.on_commit(partial(changed, instance), robust=True)


def owe_the_newest(minutes: int) -> int:
    """On which shows an episode became public in the last minutes, their hubs have to be told; how many shows."""
    now = timezone.now()
    new = Episode.objects.in_feed(now).filter(published_at__gt=now - timedelta(minutes=minutes))
    shows = [show for show in Show.objects.filter(pk__in=new.values("show")) if _has_a_hub(show)]
    for show in shows:
        OwedPing.objects.owe(show)
    return len(shows)


def pay() -> int:
    """Tell the hubs that are due, those owed last first; how many were told."""
    due = OwedPing.objects.due().select_related("show").order_by("-owed_at")
    return sum(_told(owed) for owed in due)


@task
def tell_hubs() -> None:
    pay()


def tell(hub_url: str, feed_url: str) -> None:
    """One POST. Raises Unreachable."""
    answer = fetch(hub_url, seconds=SECONDS, form={"hub.mode": "publish", "hub.url": feed_url})
    if not 200 <= answer.status < 300:
        raise Unreachable(f"it answered {answer.status}")


def _has_a_hub(show: Show) -> bool:
    return bool(show.hub_url and show.feed_url and settings.ASK_OTHER_SERVERS)


def _told(owed: OwedPing) -> bool:
    show = owed.show
    if not _has_a_hub(show):
        owed.settled()
        return False
    try:
        tell(show.hub_url, show.feed_url)
    except Unreachable as reason:
        logger.warning("The hub at %s was not told: %s", site_of(show.hub_url), reason)
        pause = owed.failed()
        if pause and tell_hubs.get_backend().supports_defer:
            tell_hubs.using(run_after=timezone.now() + pause).enqueue()
        return False
    owed.settled()
    return True
