"""What a website says of people and sponsors -> what is empty here. What is not empty is somebody's, and stays."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db.models import Q

from episodes.importers.fields import Did, Difference, digest
from episodes.importers.record import Source
from episodes.importers.site.pages import Person, SponsorSaid
from hosts.models import Host, HostName
from lupcms.shows.models import Show
from lupcms.shows.pictures import open_picture
from sponsors.models import Sponsor

NOT_FETCHED = "the old site has them; give its folder of pictures with --static, or upload them"


class Pictures:
    """Files below one of `folders`, by their paths on the old site."""

    def __init__(self, *folders: Path) -> None:
        self.folders = [folder.resolve() for folder in folders]

    def find(self, path: str) -> Path | None:
        for folder in self.folders:
            found = (folder / path.lstrip("/")).resolve()
            if found.is_relative_to(folder) and found.is_file():
                return found
        return None


def make_known(show: Show, people: Iterable[Person], sponsors: Iterable[SponsorSaid]) -> None:
    """Also whom no episode names."""
    for person in people:
        HostName.objects.known_as(show, person.username, person.name)
    for sponsor in sponsors:
        Sponsor.objects.named(sponsor.name, sponsor.url)


def fill_people(show: Show, people: Iterable[Person], pictures: Pictures, *, dry_run: bool) -> Iterator[Difference]:
    """Of those whom the show knows by the slug or the name: from another source they may have another slug."""
    missing: dict[str, None] = {}
    for person in people:
        known = Q(names__show=show) & (Q(names__slug=person.username) | Q(names__name=person.name))
        file = pictures.find(person.picture) if person.picture else None
        for host in Host.objects.filter(known).distinct():
            if person.bio and not host.bio.strip():
                host.bio = person.bio
                if not dry_run:
                    host.save(update_fields=["bio", "bio_html"])
                yield Difference(f"bio of {host}", Did.FILLED, "", person.bio)
            if file is not None and not host.picture:
                yield _fill_picture(host, person.picture, file, dry_run=dry_run)
            elif person.picture and not host.picture:
                missing[person.picture] = None
    if missing:
        yield Difference("pictures of people", Did.KEPT, "", "\n".join(missing), NOT_FETCHED)


def fill_sponsors(sponsors: Iterable[SponsorSaid], *, dry_run: bool) -> Iterator[Difference]:
    """Several files of one name are one sponsor: what the first says counts."""
    for said in sponsors:
        known = Q(name=said.name) | Q(former_names__name=said.name)
        for sponsor in Sponsor.objects.filter(known).distinct():
            filled = {
                field: value
                for field, value in (("url", said.url), ("description", said.description))
                if value and not getattr(sponsor, field)
            }
            for field, value in filled.items():
                setattr(sponsor, field, value)
                sponsor.imported[field] = [Source.SITE, digest(field, value)]
                yield Difference(f"{field} of {sponsor}", Did.FILLED, "", value)
            if filled and not dry_run:
                sponsor.save(update_fields=[*filled, "imported"])


def _fill_picture(host: Host, path: str, file: Path, *, dry_run: bool) -> Difference:
    label = f"picture of {host}"
    try:
        with file.open("rb") as opened:
            if dry_run:
                open_picture(File(opened))
            else:
                host.picture.save(file.name, File(opened), save=False)
                host.save(update_fields=["picture"])
    except (ValidationError, OSError) as error:
        why = " ".join(error.messages) if isinstance(error, ValidationError) else str(error.strerror)
        return Difference(label, Did.KEPT, "", path, why)
    return Difference(label, Did.FILLED, "", path)
