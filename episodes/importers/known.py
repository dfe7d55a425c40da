"""What an import has looked up before, so that an episode costs few queries; and which episode a record is of."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.utils.text import slugify

from episodes.importers.fields import digest, folded_number, outranks
from episodes.importers.record import Credit, Record, Source
from episodes.models import Episode, Tag
from episodes.notes import document
from episodes.slugs import free_slug, without_zeros
from hosts.models import Host, HostName
from lupcms.shows.models import Show
from sponsors.models import Sponsor

# The morning of one source may be the evening before of another.
NEAR = timedelta(days=1)
# An episode that moved to a new host may have been dated anew, and its title mended; both at once are not far apart.
FAR = timedelta(days=60)


# Of a title that an address is made of: no server takes endless ones, and PostgreSQL's index does not either.
_TITLE_MAX = 100


class AmbiguousError(Exception):
    """Which episode is meant cannot be told; says why, and what to do."""


class Known:
    """After a rollback: `forget`."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._shows: dict[str, Show] = {}
        self._episodes: dict[int, _Episodes] = {}
        self._slugs: dict[int, set[str]] = {}
        self.forget_made()

    def forget_made(self) -> None:
        """Only what a record brings along: enough where its episode was not `learned`."""
        self._hosts: dict[tuple[int, str], int] = {}
        self._merged_hosts: dict[int, int] = {}
        self._sponsors: dict[str, Sponsor] = {}
        self._tags: dict[str, int] = {}

    def show(self, acronym: str) -> Show | None:
        if acronym not in self._shows:
            show = Show.objects.filter(acronym=acronym).first()
            if show is None:
                return None
            self._shows[acronym] = show
        return self._shows[acronym]

    def find(self, show: Show, record: Record) -> int | None:
        """The key of the episode that the record is of: by GUID, by number, by title and day. Raises AmbiguousError."""
        return self._episodes_of(show).find(record, self._day(show, record))

    def learn(self, episode: Episode) -> None:
        """What an episode is called now that it was saved."""
        self._episodes_of(episode.show).add(episode)
        self._slugs.get(episode.show_id, set()).add(episode.slug.lower())

    def new_number(self, show: Show, record: Record) -> str:
        """What it is called for which no episode was found: as the source prints it, or as its address ends."""
        number = record.number or record.slug or slugify(record.title[:_TITLE_MAX]) or "episode"
        taken, n = self._episodes_of(show).by_number, 1
        wanted = number
        while number in taken:
            n += 1
            number = f"{wanted}-{n}"
        return number

    def new_slug(self, show: Show, number: str) -> str:
        """A free slug for a new number; it is taken once its episode is `learned`."""
        if show.pk not in self._slugs:
            self._slugs[show.pk] = Episode.objects.filter(show=show).folded_slugs() | show.short_links.words()
        return free_slug(number, self._slugs[show.pk])

    def host_id(self, show: Show, credit: Credit, source: Source, credited: Mapping[str, int]) -> int:
        """`credited` are the hosts of the episode by the name as credited: the same name is the same person there."""
        key = (show.pk, credit.slug)
        if key not in self._hosts:
            left = _left("name", credit.name, source)
            same_as = credited.get(folded(credit.name))
            same_as = same_as and self.same_host(same_as)
            name = HostName.objects.known_as(show, credit.slug, credit.name, imported=left, same_as=same_as)
            is_new = name.imported is left
            if same_as is not None and same_as != name.host_id and folded(name.name) == folded(credit.name):
                self._merge(name.host_id, same_as)
                name.refresh_from_db()
            if is_new:
                _give_page(name)
            elif _gives_way(name, "name", source):
                name.name, name.imported = credit.name, left
                name.save(update_fields=["name", "imported"])
            self._hosts[key] = name.host_id
        return self._hosts[key]

    def same_host(self, pk: int) -> int:
        """Who that is by now: what was learned of a later credit may have told that two are one."""
        while pk in self._merged_hosts:
            pk = self._merged_hosts[pk]
        return pk

    def _merge(self, one: int, other: int) -> None:
        """Two who are the same by what is known of each alone: had the sources come in another order, they were one."""
        first, second = Host.objects.select_for_update().filter(pk__in=(one, other)).order_by("pk")
        gone = second.pk
        names = list(second.names.all())
        first.absorb(second)
        for name in names:
            name.refresh_from_db()
            _give_page(name)
        self._merged_hosts[gone] = first.pk
        self._hosts = {key: self.same_host(pk) for key, pk in self._hosts.items()}

    def sponsor(self, placement: document.Placement, source: Source) -> Sponsor:
        if placement.name not in self._sponsors:
            left = _left("url", placement.url, source)
            sponsor = Sponsor.objects.named(placement.name, placement.url, imported=left)
            if placement.url and _gives_way(sponsor, "url", source):
                sponsor.url, sponsor.imported = placement.url, sponsor.imported | left
                sponsor.save(update_fields=["url", "imported"])
            self._sponsors[placement.name] = sponsor
        return self._sponsors[placement.name]

    def tag_ids(self, names: Sequence[str]) -> list[int]:
        unknown = [name for name in names if name not in self._tags]
        if unknown:
            self._tags |= {name: tag.pk for name, tag in Tag.objects.named(unknown).items()}
        return [self._tags[name] for name in names]

    def _episodes_of(self, show: Show) -> "_Episodes":
        if show.pk not in self._episodes:
            self._episodes[show.pk] = _Episodes(show)
        return self._episodes[show.pk]

    def _day(self, show: Show, record: Record) -> date | None:
        return record.air_date or (show.today(record.published_at) if record.published_at else None)


def number_is_estimated(episode: Episode) -> bool:
    """Whether an import made it of an address, and nobody has said one."""
    return bool(episode.imported) and "number" not in episode.imported


def _give_page(new: HostName) -> None:
    """The slug that the better source prints is that of the person's page."""
    page = HostName.objects.main(new.show).filter(host=new.host_id).exclude(pk=new.pk).first()
    source = new.imported.get("name", [""])[0]
    if page is not None and source and _gives_way(page, "name", Source(source)):
        new.take_page()


def _gives_way(row: HostName | Sponsor, field: str, source: Source) -> bool:
    """Whether a lesser source left what stands there, and nobody has changed it."""
    was = row.imported.get(field)
    return bool(was) and outranks(source, was[0]) and was[1] == digest(field, getattr(row, field))


def _left(field: str, value: str, source: Source) -> dict[str, list[str]]:
    return {field: [source, digest(field, value)]}


class _Called(NamedTuple):
    """What is kept of an episode: a show may have a hundred thousand."""

    number: str
    guid: str
    title: str
    day: date | None
    # Sources, "" where a person gave it.
    number_from: str
    guid_from: str
    has_number: bool


class _Episodes:
    """The episodes of one show, by everything that a source may call them. One query."""

    def __init__(self, show: Show) -> None:
        self.by_guid: dict[str, int] = {}
        self._by_folded_guid: dict[str, int] = {}
        self.by_number: dict[str, int] = {}
        self._by_folded_number: dict[str, set[int]] = defaultdict(set)
        # Digests of numbers that an import left: a person may have given the episode another one since.
        self._by_left_number: dict[str, set[int]] = defaultdict(set)
        self._by_title: dict[str, set[int]] = defaultdict(set)
        self._known: dict[int, _Called] = {}
        rows = Episode.objects.filter(show=show).only("number", "guid", "title", "air_date", "imported")
        for episode in rows.iterator(chunk_size=500):
            self.add(episode)

    def add(self, episode: Episode) -> None:
        pk, was = episode.pk, self._known.get(episode.pk)
        if was is not None:
            self.by_guid.pop(was.guid, None)
            self._by_folded_guid.pop(was.guid.casefold(), None)
            self.by_number.pop(was.number, None)
            self._by_folded_number[folded_number(was.number)].discard(pk)
            self._by_title[was.title].discard(pk)
        left = episode.imported.get("number")
        self._known[pk] = now = _Called(
            number=episode.number,
            guid=episode.guid or "",
            title=folded(episode.title),
            day=episode.air_date,
            number_from=left[0] if left else "",
            guid_from=episode.imported.get("guid", [""])[0],
            has_number=not number_is_estimated(episode),
        )
        self.by_number[now.number] = pk
        self._by_folded_number[folded_number(now.number)].add(pk)
        if left:
            self._by_left_number[left[1]].add(pk)
        self._by_title[now.title].add(pk)
        if now.guid:
            self.by_guid[now.guid] = self._by_folded_guid[now.guid.casefold()] = pk

    def find(self, record: Record, day: date | None) -> int | None:
        by_guid = self.by_guid.get(record.guid)
        by_number = self._numbered(record)
        if by_guid and by_number and by_guid != by_number:
            guids, numbers = self._known[by_guid].number, self._known[by_number].number
            raise AmbiguousError(f"its GUID is that of {guids} here, its number that of {numbers}: mend one of them")
        if by_guid:
            return by_guid
        if by_number:
            if self._is_far_from(by_number, record, day):
                here = self._known[by_number]
                raise AmbiguousError(
                    f"{here.number} has another title here, and another day ({here.day}): is it of another show?"
                )
            if self._has_another_guid(by_number, record):
                raise AmbiguousError(
                    f"{self._known[by_number].number} has another GUID here, from the same source: is it a second "
                    "episode of this number, or has the GUID changed at the old host?"
                )
            return by_number
        if alike := self._by_folded_guid.get(record.guid.casefold()):
            raise AmbiguousError(
                f"its GUID is that of {self._known[alike].number} here, in another letter case: has it changed at the "
                "old host? Apps would download the episode again"
            )
        named = list(self._titled(record, day))
        if len(named) > 1:
            numbers = ", ".join(sorted(self._known[pk].number for pk in named))
            raise AmbiguousError(f"its title and day are those of {numbers} here: give it a number or a GUID")
        return named[0] if named else None

    def _numbered(self, record: Record) -> int | None:
        called = record.number or record.slug
        if not called or called in self.by_number:
            return self.by_number.get(called)
        # One source prints 001 and another 1; one that has both means two. A person's P03 is no p03.
        folded = self._by_folded_number[folded_number(called)]
        others = [pk for pk in folded if self._known[pk].number_from != record.source and self._may_be(pk, called)]
        if not others and record.number:
            others = list(self._by_left_number[digest("number", record.number)])
        return others[0] if len(others) == 1 else None

    def _may_be(self, pk: int, called: str) -> bool:
        here = self._known[pk]
        return bool(here.number_from) or without_zeros(here.number) == without_zeros(called)

    def _has_another_guid(self, pk: int, record: Record) -> bool:
        here = self._known[pk]
        return bool(record.guid and here.guid_from == record.source and here.guid != record.guid)

    def _is_far_from(self, pk: int, record: Record, day: date | None) -> bool:
        """A number alone is weak: another show has it too, with another title at another time."""
        here, title = self._known[pk], folded(record.title)
        if here.number_from == record.source or not (title and here.title and day and here.day):
            return False
        return title != here.title and abs(here.day - day) > FAR

    def _titled(self, record: Record, day: date | None) -> Iterator[int]:
        """Of the same title and day, where at least one of the two has no number that somebody has said."""
        if not record.title.strip() or day is None:
            return
        for pk in self._by_title[folded(record.title)]:
            here = self._known[pk]
            if (record.number and here.has_number) or self._has_another_guid(pk, record):
                continue
            if here.day and abs(here.day - day) <= NEAR:
                yield pk


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()
