"""The demo: two shows whose notes pages are read by the real importer, and accounts with a known password."""

from pathlib import Path

from django.db import transaction

from episodes import derived
from episodes.importers.known import Known
from episodes.importers.notes import find_pages, import_page
from episodes.models import Episode
from lupcms.shows.models import Membership, Role, Show, User

PASSWORD = "demo"  # noqa: S105  Only ever in a demo's own database: `load_demo` sees to it.
PAGES = Path(__file__).parent / "notes"

LINUX_UNPLUGGED = {
    "slug": "linux-unplugged",
    "acronym": "LUP",
    "title": "LINUX Unplugged",
    "description": "One real episode: the page of notes that this project was made for.",
    "site_url": "https://linuxunplugged.com",
    "time_zone": "America/Los_Angeles",
}
HALF_TIDE_RADIO = {
    "slug": "half-tide-radio",
    "acronym": "HTR",
    "title": "Half Tide Radio",
    "description": (
        "A fortnightly show about lighthouses, tide tables and coastal radio, made in the old oil store of "
        "Merrow Head light on a coast with four feet of tide."
    ),
    "site_url": "https://halftide.example",
    "time_zone": "America/St_Johns",
    "language": "en-CA",
}

# Username, role and show; the administrator needs neither.
ACCOUNTS = [
    ("admin", None, None),
    ("alice", Role.PRODUCER, "half-tide-radio"),
    ("bob", Role.OWNER, "linux-unplugged"),
    ("vera", Role.VIEWER, "half-tide-radio"),
]


@transaction.atomic
def load() -> int:
    """Fill an empty database; returns the number of episodes."""
    shows = {
        show.slug: show for show in (Show.objects.create(**LINUX_UNPLUGGED), Show.objects.create(**HALF_TIDE_RADIO))
    }
    known = Known()
    for page in find_pages([PAGES]):
        import_page(page, known)
    draft = Episode.objects.create(
        show=shows["half-tide-radio"],
        number="029",
        title="Slack water",
        summary="A draft. Alice can finish and publish it; Vera can only look; Bob does not know that it exists.",
    )
    derived.refresh(draft)
    for username, role, slug in ACCOUNTS:
        if slug is None or role is None:
            User.objects.create_superuser(username, password=PASSWORD)
        else:
            user = User.objects.create_user(username, password=PASSWORD)
            Membership.objects.create(user=user, show=shows[slug], role=role)
    return Episode.objects.count()
