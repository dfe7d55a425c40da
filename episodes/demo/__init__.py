"""The demo: two shows whose notes pages are read by the real importer, and accounts with a known password."""

from pathlib import Path

from django.core.files.base import ContentFile
from django.db import transaction

from episodes import derived
from episodes.demo import booked, collected, recorded
from episodes.importers.known import Known
from episodes.importers.notes import find_pages, import_page
from episodes.models import Episode
from hosts.models import HostName
from lupcms.shows.models import Membership, Role, Show, User

PASSWORD = "demo"  # noqa: S105  Only ever in a demo's own database: `load_demo` sees to it.
PAGES = Path(__file__).parent / "notes"
STATEMENT = f"/sponsors/private/{booked.TOKEN}"

LINUX_UNPLUGGED = {
    "slug": "linux-unplugged",
    "acronym": "LUP",
    "title": "LINUX Unplugged",
    "description": "One real episode: the page of notes that this project was made for.",
    "site_url": "https://linuxunplugged.com",
    "time_zone": "America/Los_Angeles",
    "author": "Jupiter Broadcasting",
    "category": "Technology",
}
HALF_TIDE_RADIO = {
    "slug": "half-tide-radio",
    "acronym": "HTR",
    "title": "Half Tide Radio",
    "description": (
        "A fortnightly show about lighthouses, tide tables and coastal radio, made in the old oil store of "
        "Merrow Head light on a coast with four feet of tide."
    ),
    "about": (
        "Every other Thursday we light the stove in the old oil store, put the kettle on, and talk about the edge of "
        "the sea: who keeps its lights, how its tables are made, and what people say to each other on channel 16.\n\n"
        "The show began as a bet about a tide table, which *Ambrose lost*. It is made by volunteers with two "
        "microphones and a borrowed compressor, and paid for by the sponsors named on each page and by whoever buys a "
        "tea towel.\n\n"
        "Write to us about a light you love, a word for wet, or a mistake. We read everything out, mistakes first."
    ),
    "site_url": "https://halftide.example",
    "time_zone": "America/St_Johns",
    "language": "en-CA",
    "author": "The Friends of Merrow Head Light",
    "owner_name": "The Friends of Merrow Head Light",
    "owner_email": "radio@halftide.example",
    "category": "Society & Culture > Places & Travel",
    "second_category": "History",
    "copyright": "The Friends of Merrow Head Light",
    "license": "CC-BY-4.0",
    "funding_url": "https://halftide.example/lamp-room",
    "funding_text": "Join the Friends of the Lamp Room",
    "update_frequency": "every other Thursday",
    "update_rule": "FREQ=WEEKLY;INTERVAL=2;BYDAY=TH",
}

# By their slug on Half Tide Radio.
BIOS = {
    "nell": "Grew up in the keeper’s house at Merrow Head and can read a tide table *upside down*. Her vote decides.",
    "ambrose": "Forty years at sea, eleven of them aground by his own count. Mends the machines that the show breaks.",
    "ines": "Writes the programs, climbs the towers, and keeps the list of lights.",
}

# Username, role and show; the administrator needs neither.
ACCOUNTS = [
    ("admin", None, None),
    ("alice", Role.PRODUCER, "half-tide-radio"),
    ("bob", Role.OWNER, "linux-unplugged"),
    ("vera", Role.VIEWER, "half-tide-radio"),
]


def _add_pictures(shows: list[Show]) -> None:
    def picture(name: str) -> ContentFile:
        return ContentFile((booked.PICTURES / f"{name}.png").read_bytes(), f"{name}.png")

    for show in shows:
        show.artwork = picture(show.slug)
        show.save()
    for slug, bio in BIOS.items():
        host = HostName.objects.get(show__slug="half-tide-radio", slug=slug).host
        host.picture, host.bio = picture(slug), bio
        host.save()


@transaction.atomic
def load() -> int:
    """Fill an empty database; returns the number of episodes."""
    shows = {
        show.slug: show for show in (Show.objects.create(**LINUX_UNPLUGGED), Show.objects.create(**HALF_TIDE_RADIO))
    }
    known = Known()
    for page in find_pages([PAGES]):
        import_page(page, known)
    _add_pictures(list(shows.values()))
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
    booked.load(shows["half-tide-radio"], User.objects.get(username="alice"))
    recorded.load(shows["half-tide-radio"], shows["linux-unplugged"])
    collected.load(shows["half-tide-radio"], User.objects.get(username="alice"))
    return Episode.objects.count()
