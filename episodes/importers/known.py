"""What an import has looked up before."""

from collections.abc import Sequence

from episodes.models import Episode, Tag
from episodes.notes import document
from episodes.slugs import free_slug
from hosts.models import HostName
from lupcms.shows.models import Show
from sponsors.models import Sponsor


class Known:
    """What an import has looked up before, so that a page costs few queries. After a rollback: `forget`."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._shows: dict[str, Show] = {}
        self._numbers: dict[int, set[str]] = {}
        self._slugs: dict[int, set[str]] = {}
        self._hosts: dict[tuple[int, str], int] = {}
        self._sponsors: dict[str, Sponsor] = {}
        self._tags: dict[str, int] = {}

    def show(self, acronym: str) -> Show | None:
        if acronym not in self._shows:
            show = Show.objects.filter(acronym=acronym).first()
            if show is None:
                return None
            self._shows[acronym] = show
        return self._shows[acronym]

    def has_episode(self, show: Show, number: str) -> bool:
        if show.pk not in self._numbers:
            self._numbers[show.pk] = set(Episode.objects.filter(show=show).values_list("number", flat=True))
        return number in self._numbers[show.pk]

    def new_slug(self, show: Show, number: str) -> str:
        """A free slug for a number that `has_episode` did not find; both are taken from now on."""
        if show.pk not in self._slugs:
            self._slugs[show.pk] = Episode.objects.filter(show=show).folded_slugs() | show.short_links.words()
        slug = free_slug(number, self._slugs[show.pk])
        self._numbers[show.pk].add(number)
        self._slugs[show.pk].add(slug.lower())
        return slug

    def host_id(self, show: Show, credit: document.Credit) -> int:
        key = (show.pk, credit.slug)
        if key not in self._hosts:
            self._hosts[key] = HostName.objects.known_as(show, credit.slug, credit.name).host_id
        return self._hosts[key]

    def sponsor(self, placement: document.Placement) -> Sponsor:
        if placement.name not in self._sponsors:
            self._sponsors[placement.name] = Sponsor.objects.named(placement.name, placement.url)
        return self._sponsors[placement.name]

    def tag_ids(self, names: Sequence[str]) -> list[int]:
        unknown = [name for name in names if name not in self._tags]
        if unknown:
            self._tags |= {name: tag.pk for name, tag in Tag.objects.named(unknown).items()}
        return [self._tags[name] for name in names]
