"""What a feed says of its show -> the show's own fields: what is empty here is filled, and the rest is told."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError

from episodes.importers.feeds.document import Home, Said
from episodes.importers.fields import Did, Difference
from episodes.importers.numbers import host_of
from lupcms.shows.channel import podcast_guid_of
from lupcms.shows.hostnames import network_host
from lupcms.shows.models import Show

# Fields that begin empty, with the words of reports. What begins with a choice, like a language, is only compared:
# nobody can tell whether somebody chose it.
FILLED = {
    "title": "show’s title",
    "description": "show’s description",
    "author": "show’s author",
    "owner_name": "owner’s name",
    "owner_email": "owner’s e-mail",
    "category": "category",
    "second_category": "second category",
    "copyright": "copyright",
    "funding_url": "support us at",
    "funding_text": "support us, in words",
    "media_prefix": "measurement prefix",
}
COMPARED = {
    "language": "language",
    "explicit": "show is explicit",
    "show_type": "show’s type",
    "medium": "medium",
    "is_locked": "locked",
    "is_complete": "complete",
}
SET_HERE = "set here already"
CHOOSE = "set it in the show’s form, if the feed is right"
REFUSED = "the show’s form would not take it: "
GUID_KEPT = "the feed of this show has had another one: apps know it by that"
GUID_TAKEN = "another show has it"
GUID_COMPUTED = "computed from the old feed’s address, as its feed has none"
NO_UUID = "it is no UUID"
MOVES = "the old feed says that it has moved there"


def home_of(show: Show) -> Home:
    hosts = {host_of(show.site_url), host_of(f"https://{show.hostname}"), host_of(f"https://{network_host()}")}
    return Home(show.acronym, show.title, frozenset(hosts - {""}))


def take(
    show: Show, said: Said, *, feed_url: str = "", overwrite: bool = False, dry_run: bool = False
) -> list[Difference]:
    """Fill what is empty, and say every difference. `feed_url` is where the RSS feed is, "" where nobody knows."""
    differences = []
    categories = [*said.categories, "", ""]
    values: dict[str, Any] = {name: getattr(said, name, "") for name in FILLED | COMPARED}
    values |= {"category": categories[0], "second_category": categories[1]}
    before = {name: getattr(show, name) for name in values} | {"podcast_guid": show.podcast_guid}
    for name, label in (FILLED | COMPARED).items():
        if found := _field(show, name, label, values[name], overwrite=overwrite):
            differences.append(found)
    differences += _guid(show, said.podcast_guid, feed_url)
    if said.new_feed_url and said.new_feed_url != show.feed_url:
        differences.append(Difference("new feed address", Did.KEPT, show.feed_url, said.new_feed_url, MOVES))
    changed = [name for name, value in before.items() if getattr(show, name) != value]
    if dry_run:
        for name in changed:
            setattr(show, name, before[name])
    elif changed:
        show.save(update_fields=changed)
    return differences


def _field(show: Show, name: str, label: str, value: Any, *, overwrite: bool) -> Difference | None:
    here = getattr(show, name)
    if value in ("", None) or value == here or (name == "language" and value.lower() == here.lower()):
        return None
    fills = name in FILLED and not here
    if not fills and not overwrite:
        return Difference(label, Did.KEPT, _shown(here), _shown(value), SET_HERE if name in FILLED else CHOOSE)
    field: Any = Show._meta.get_field(name)
    try:
        field.clean(value, None)
    except ValidationError as error:
        return Difference(label, Did.KEPT, _shown(here), _shown(value), f"{REFUSED}{' '.join(error.messages)}")
    setattr(show, name, value)
    return Difference(label, Did.FILLED if fills else Did.UPDATED, _shown(here), _shown(value))


def _guid(show: Show, said: str, feed_url: str) -> list[Difference]:
    """The feed's own wins over one that was only computed here; without one it is that of the old feed's address."""
    why, label = "", "podcast GUID"
    try:
        guid = uuid.UUID(said) if said else None
    except ValueError:
        return [Difference(label, Did.KEPT, _shown(show.podcast_guid), said, NO_UUID)]
    if guid is None and feed_url.startswith(("https://", "http://")):
        guid, why = podcast_guid_of(feed_url), GUID_COMPUTED
    if guid is None or guid == show.podcast_guid:
        return []
    here = _shown(show.podcast_guid)
    computed_here = podcast_guid_of(show.feed_url) if show.feed_url else None
    if show.podcast_guid not in (None, computed_here):
        return [Difference(label, Did.KEPT, here, str(guid), GUID_KEPT)]
    if Show.objects.filter(podcast_guid=guid).exists():
        return [Difference(label, Did.KEPT, here, str(guid), GUID_TAKEN)]
    show.podcast_guid = guid
    return [Difference(label, Did.UPDATED if here else Did.FILLED, here, str(guid), why)]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
