"""Mail to those at a sponsor who want it: a spot was published, something they said was answered.

No mail has a private address in it: we keep none.
"""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from episodes.models import Correction, Placement
from sponsors.models import Recipient, Sponsor

# Nobody is told of what is older, as where mail was set up late or an episode was published with an earlier date.
TOLD_FOR = timedelta(days=7)

logger = logging.getLogger(__name__)


class Told(NamedTuple):
    """Numbers of mails."""

    sent: int
    failed: int


def announce() -> Told:
    """Tell recipients of spots that were published lately, and that nobody was told of. Call it outside a transaction.

    One mail for each recipient and episode, and never a second one: where one of several cannot be sent, the log says
    so; where none can, the next call tries again.
    """
    sent = failed = 0
    for (episode, sponsor), spots in _untold().items():
        recipients = list(Recipient.objects.taking_mail(episode.show, episode.published_at).filter(sponsor=sponsor))
        claimed = _claim(spots) if recipients else []
        if not claimed:
            continue
        reached = sum(_send(recipient, *_of_spots(episode, claimed)) for recipient in recipients)
        if not reached:
            Placement.objects.filter(pk__in=[spot.pk for spot in claimed]).update(announced_at=None)
        sent, failed = sent + reached, failed + len(recipients) - reached
    return Told(sent, failed)


def tell_of_answer(correction: Correction) -> None:
    recipient = correction.recipient
    if recipient is not None and recipient.takes_mail:
        text = f"What you sent us about {correction.about} was answered. The answer stands on your page."
        _send(recipient, f"Answered: {correction.about}", text)


def _untold() -> dict[tuple[Any, Sponsor], list[Any]]:
    """Spots by episode and sponsor, in the order of the page. One query."""
    now = timezone.now()
    rows = Placement.objects.published(now).filter(
        announced_at=None, episode__published_at__gt=now - TOLD_FOR, episode__published_at_is_estimated=False
    )
    spots = defaultdict(list)
    for spot in rows.for_report().select_related("episode__show", "sponsor").prefetch_related(None):
        spots[spot.episode, spot.sponsor].append(spot)
    return spots


@transaction.atomic
def _claim(spots: Sequence[Any]) -> list[Any]:
    """Those that no other process has claimed. All begin with the same one, so that one gets all of a mail."""
    mine = Placement.objects.filter(announced_at=None)
    return [spot for spot in spots if mine.filter(pk=spot.pk).update(announced_at=timezone.now())]


def _of_spots(episode: Any, spots: Sequence[Any]) -> tuple[str, str]:
    """Subject and text."""
    show, title = episode.show, f"{episode.code}: {episode.printed_title}"
    parts = [f"{show.title}\n{_line(title)}\nAired on {date_format(episode.air_date)}"]
    for spot in spots:
        address = show.site_url and f"{show.site_url}{spot.get_absolute_url()}"
        code = spot.promo_code and f"Code: {spot.promo_code}"
        url = spot.url and f"Address: {spot.url}"
        parts.append("\n".join(line for line in (address, spot.name, spot.words, code, url) if line))
    return f"Published: {title} ({show.title})", "\n\n".join(parts)


def _send(recipient: Recipient, subject: str, text: str) -> bool:
    """Whether the mail server took it."""
    try:
        EmailMessage(_line(subject), f"{text}\n", to=[recipient.email]).send()
    except Exception as error:  # One bad address or header is no reason to tell nobody else.
        logger.error("Mail to recipient %s was not sent: %s", recipient.pk, type(error).__name__)
        return False
    return True


def _line(text: str) -> str:
    return " ".join(text.split())
