"""What looks wrong in a sponsor's address, an offer or a campaign: warnings by field, in words for whoever types.

Nothing here refuses anything but `is_refused`. Pure but for the shows of a row: one query each.
"""

import re
from collections.abc import Iterable

from django.utils.dateformat import format as format_date

from sponsors.models import Campaign, Offer

# A host with a dot, and perhaps a path: linode.com/ssh.
_HOST = re.compile(r"(?i)(www\.)?[\w-]+(\.[\w-]+)*\.[a-z]{2,}(:\d+)?([/?#]\S*)?")


def is_refused(url: str) -> bool:
    """A program instead of an address, also as a browser reads it: without blanks and control characters."""
    return re.sub(r"[\0-\x20]", "", url).lower().startswith(("javascript:", "data:", "vbscript:"))


def of_address(url: str) -> str:
    if not url or url.lower().startswith("https://"):
        return ""
    if url.lower().startswith("http://"):
        return "This address is not encrypted. If the site also answers at https://, write that."
    if _HOST.fullmatch(url):
        return f"Nobody can follow this address: it has no https://. Write https://{url}."
    return "No browser can follow this address, so pages print it as text. Write one that begins with https://."


def of_code(code: str) -> str:
    if _is_address(code):
        return "This looks like an address. A code is what listeners type; move the address to its own field."
    return ""


def of_offer(offer: Offer, others: Iterable[Offer]) -> dict[str, str]:
    """`others` are the offers to compare the code with: those that whoever asks may see."""
    found = {
        "promo_code": [of_code(offer.promo_code), *_same_code(offer, others)],
        "url": [of_address(offer.url)],
        "words": [_of_nothing(offer)],
    }
    return _joined(found)


def of_campaign(campaign: Campaign) -> dict[str, str]:
    """Two queries, or none without an offer."""
    offer = campaign.offer
    if offer is None:
        return {}
    counts_on = set(offer.shows.all())
    missing = [show.title for show in campaign.shows.all() if show not in counts_on]
    found = [f"This offer does not count on {' and '.join(missing)}. Add the show to the offer, or choose another."]
    ends = []
    if offer.valid_until and offer.valid_until < campaign.ends_on:
        day = format_date(offer.valid_until, "j F Y")
        ends = [f"This offer ends on {day}, before the campaign does. Ask the sponsor for a new one."]
    return _joined({"offer": (found if missing else []) + ends})


def _is_address(code: str) -> bool:
    text = code.strip()
    return "://" in text or text.lower().startswith("www.") or ("/" in text and bool(_HOST.fullmatch(text)))


def _same_code(offer: Offer, others: Iterable[Offer]) -> list[str]:
    code = offer.promo_code.strip()
    same = [
        other
        for other in others
        if code and other.pk != offer.pk and other.promo_code.strip().casefold() == code.casefold()
    ]
    spelled = {other.promo_code for other in same if other.sponsor_id == offer.sponsor_id} - {offer.promo_code}
    used = {str(other.sponsor) for other in same if other.sponsor_id != offer.sponsor_id}
    return [
        *(f"Another offer of this sponsor writes it “{spelling}”. Write both alike." for spelling in sorted(spelled)),
        *(f"{name} uses this code too. Check whose it is." for name in sorted(used)),
    ]


def _of_nothing(offer: Offer) -> str:
    if offer.words.strip() or offer.promo_code.strip() or offer.url.strip():
        return ""
    return "It says nothing yet: write words, a code or an address."


def _joined(found: dict[str, list[str]]) -> dict[str, str]:
    texts = {field: " ".join(filter(None, warnings)) for field, warnings in found.items()}
    return {field: text for field, text in texts.items() if text}
