"""Plain makers for tests. The cast: Alice edits this show, Bob edits another, Charlie visits."""

from datetime import date
from pathlib import Path
from typing import Any

from django.utils import timezone

from episodes import derived
from episodes.importers.known import Known
from episodes.importers.notes import import_page, record_of_page
from episodes.importers.save import Outcome, save
from episodes.models import Credit, Episode, Link, Placement
from episodes.notes import Notes, document
from hosts.models import HostName
from lupcms.shows.models import Membership, Role, Show, User
from sponsors.models import Campaign, Offer, Recipient, Sponsor

ARCHIVE = Path(__file__).parents[3] / "shared" / "archive"


def make_show(slug: str = "tide-radio", acronym: str = "TR", **fields: Any) -> Show:
    fields = {"title": "Tide Radio", "site_url": f"https://{slug}.example", "time_zone": "America/Los_Angeles"} | fields
    return Show.objects.create(slug=slug, acronym=acronym, **fields)


def make_member(username: str, show: Show, role: Role = Role.PRODUCER) -> User:
    user = User.objects.create(username=username)
    Membership.objects.create(user=user, show=show, role=role)
    return user


def make_episode(show: Show, number: str = "001", *, published: bool = True, **fields: Any) -> Episode:
    """An episode made here, aired on 2 May 2024 where the show is made."""
    day = date(2024, 5, 2)
    fields = {"title": "The first tide", "air_date": day} | fields
    if published:
        fields = {"published_at": show.midnight(day)} | fields
    episode = Episode.objects.create(show=show, number=number, **fields)
    derived.refresh(episode)
    return episode


def add_link(episode: Episode, url: str = "https://example.org/a", **fields: Any) -> Link:
    link = Link.objects.create(episode=episode, url=url, **{"text": "A page", "position": 1} | fields)
    derived.refresh(episode)
    return link


def add_credit(episode: Episode, slug: str = "ann", name: str = "Ann Host", **fields: Any) -> Credit:
    host = HostName.objects.known_as(episode.show, slug, name).host
    return Credit.objects.create(episode=episode, host=host, slug=slug, name=name, **{"position": 1} | fields)


def add_placement(episode: Episode, name: str = "Lamp Oil Ltd", **fields: Any) -> Placement:
    defaults = {"url": "https://oil.example", "words": "Ten per cent off.", "promo_code": "TIDE", "position": 1}
    placement = Placement.objects.create(
        episode=episode, sponsor=Sponsor.objects.named(name), name=name, **defaults | fields
    )
    derived.refresh(episode)
    return placement


def make_offer(sponsor: Sponsor, *shows: Show, **fields: Any) -> Offer:
    """An offer of any time."""
    defaults = {"url": "https://oil.example", "words": "Ten per cent off.", "promo_code": "TIDE"}
    offer = Offer.objects.create(sponsor=sponsor, **defaults | fields)
    offer.shows.set(shows)
    return offer


def make_campaign(sponsor: Sponsor, *shows: Show, **fields: Any) -> Campaign:
    """Four spots in May 2024."""
    defaults = {"starts_on": date(2024, 5, 1), "ends_on": date(2024, 5, 31), "spots": 4}
    campaign = Campaign.objects.create(sponsor=sponsor, **defaults | fields)
    campaign.shows.set(shows)
    return campaign


def make_recipient(sponsor: Sponsor, *shows: Show, **fields: Any) -> tuple[Recipient, str]:
    """Somebody at the sponsor, and the token of their private address."""
    recipient = Recipient(sponsor=sponsor, issued_at=timezone.now(), **{"name": "Rita at the sponsor"} | fields)
    token = recipient.new_token()
    recipient.save()
    recipient.shows.set(shows)
    return recipient, token


def make_notes(**fields: Any) -> Notes:
    """A page with something in every section."""
    defaults = {
        "acronym": "TR",
        "number": "001",
        "title": "The first tide",
        "air_date": date(2024, 5, 2),
        "duration_seconds": 3661,
        "summary": "We look at the water.",
        "credits": (document.Credit("host", "Ann Host", "ann"), document.Credit("guest", "Gil Guest", "gil")),
        "placements": (
            document.Placement("Lamp Oil Ltd", "https://oil.example", "Ten per cent off.", "TIDE"),
            document.Placement("Rope & Sons", "https://rope.example", "Rope by the fathom."),
        ),
        "links": (
            document.Link("https://example.org/a", "A page", description="Read it."),
            document.Link("https://example.org/b", "Another"),
        ),
        "tags": ("c++", "lamps", "tide tables"),
        "site_url": "https://tide-radio.example",
    }
    return Notes(**defaults | fields)


def import_notes(show: Show, notes: Notes, **options: Any) -> Outcome:
    return save(show, record_of_page(notes, "page"), Known(), **options)


def import_file(path: Path, **options: Any) -> Outcome:
    return import_page(path, Known(), **options)
