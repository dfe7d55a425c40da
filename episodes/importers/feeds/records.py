"""Items -> records. What one item means often shows only beside the others, so all are looked at once before."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from episodes.importers import values
from episodes.importers.feeds.document import Audio, Document, Entry, Home, Item
from episodes.importers.feeds.notes import notes_of
from episodes.importers.feeds.people import credits_of
from episodes.importers.fields import folded_number
from episodes.importers.numbers import (
    Titles,
    host_of,
    number_of_link,
    number_of_tag,
    path_of,
    same,
    slug_of_link,
)
from episodes.importers.prefixes import without_prefixes
from episodes.importers.record import Enclosure, Record

_TYPES = ("full", "trailer", "bonus")
# Of titles; no regular expression looks at more.
_TITLE_MAX = 1000
_AUDIO_ENDINGS = (".mp3", ".m4a", ".ogg", ".oga", ".opus", ".aac", ".flac", ".wav")


@dataclass(slots=True)
class Survey:
    """What all items of a feed say together."""

    # Measurement prefix -> how many have it; "" counts those without one.
    prefixes: Counter[str] = field(default_factory=Counter)
    # Folded number -> GUID or place, and type, of every item that has it.
    numbers: dict[str, set[tuple[str, str]]] = field(default_factory=lambda: defaultdict(set))
    # GUID -> address of the audio -> the first item with both.
    guids: dict[str, dict[str, str]] = field(default_factory=lambda: defaultdict(dict))
    # Hosts of links that are not the show's.
    elsewhere: Counter[str] = field(default_factory=Counter)
    without_path: int = 0
    numbered_titles: int = 0
    # Of which the show's own is a part.
    named_titles: int = 0
    count: int = 0

    @property
    def prefix(self) -> str:
        """The one that all audio has."""
        return next(iter(self.prefixes)) if len(self.prefixes) == 1 else ""

    @property
    def titles_are_numbered(self) -> bool:
        """Whether a bare `32: ` is this show's way to print the number of an episode."""
        return 2 * self.numbered_titles > self.count

    @property
    def titles_name_the_show(self) -> bool:
        """Whether the show's name in a title says which show it is of, and not what it is about."""
        return self.named_titles > 1 and 2 * self.named_titles > self.count

    def doubts(self) -> Iterator[str]:
        if len(self.prefixes) > 1:
            found = ", ".join(f"{prefix or 'none'} ({count})" for prefix, count in self.prefixes.most_common(10))
            yield (
                "The measurement prefix of the audio is not the same in all items, and was taken off each: "
                f"{found}. Set the show’s own."
            )
        for host, count in self.elsewhere.most_common(10):
            yield (
                f"{count} items link to {host}, which is no host of this show: addresses there are not answered here, "
                "and need redirects there."
            )
        if self.without_path:
            yield (
                f"{self.without_path} items have an address without a path, like /?p=12: what leads there today finds "
                "the front page here."
            )


class Records:
    """The items of a document as records, for a show."""

    def __init__(self, document: Document, home: Home) -> None:
        self._document, self._home = document, home
        self._titles = Titles(home.title, home.acronym)
        self.survey = Survey()
        self._numbers: list[tuple[str, str, str]] = []
        for entry in document.entries():
            self._look_at(entry)
        self._told = self.survey.titles_are_numbered

    def __iter__(self) -> Iterator[Item]:
        for entry in self._document.entries():
            yield Item(self._record(entry), entry.chapters_file, entry.transcripts)

    def _look_at(self, entry: Entry) -> None:
        survey = self.survey
        survey.count += 1
        audio = _audio(entry)
        if audio:
            survey.prefixes[without_prefixes(audio.url).prefix] += 1
        if entry.guid:
            survey.guids[entry.guid].setdefault(audio.url if audio else "", entry.place)
        title = self._titles.read(entry.title[:_TITLE_MAX])
        survey.numbered_titles += bool(title and not title.is_named)
        own = title.rest if title else entry.title[:_TITLE_MAX]
        survey.named_titles += self._titles.without_show(own) != own
        number = number_of_link(entry.link) or number_of_tag(entry.number) or (title.number if title else "")
        if number:
            survey.numbers[folded_number(number)].add((entry.guid or entry.place, _type(entry)))
        if entry.link and not self._is_here(entry.link):
            survey.elsewhere[host_of(entry.link) or "what is no host"] += 1
        elif entry.link and not path_of(entry.link):
            survey.without_path += 1

    def _record(self, entry: Entry) -> Record:
        doubts = list(entry.doubts)
        number, title = self._number_and_title(entry, doubts)
        if self.survey.titles_name_the_show and len(title) <= _TITLE_MAX:
            title = self._titles.without_show(title)
        at, day, doubt = values.moment(entry.published)
        doubts += [doubt] if doubt else []
        seconds = values.duration(entry.duration)
        if seconds is None and entry.duration.strip("0:. "):
            doubts.append(f"The duration “{entry.duration[:40]}” cannot be read: write it in the episode’s form.")
        persons = entry.people or self._document.said.people
        people = credits_of(persons)
        guests = {credit.name for credit in people.credits if credit.role == "guest"}
        notes = notes_of(entry, guests, {person.url for person in persons})
        type_ = _type(entry)
        if entry.type and type_ != entry.type.lower():
            doubts.append(f"The type “{entry.type[:40]}” is none of full, trailer and bonus.")
        enclosure = self._enclosure(entry, doubts)
        return Record(
            source=self._document.source,
            place=entry.place,
            number=number,
            slug="" if number else slug_of_link(entry.link),
            title=title,
            air_date=day,
            published_at=at,
            duration_seconds=seconds,
            player_url=values.player(entry.player_url),
            video_url=entry.video_url,
            summary=notes.summary,
            credits=people.credits,
            placements=notes.split.placements,
            links=notes.split.links,
            tags=entry.tags,
            guid=self._guid(entry, doubts),
            enclosure=enclosure,
            season=values.whole(entry.season),
            episode_type=type_ if entry.type else "",
            explicit=values.boolean(entry.explicit),
            artwork_url="" if _same_picture(entry.artwork_url, self._document.said.artwork_url) else entry.artwork_url,
            chapters=entry.chapters,
            old_paths=self._old_paths(entry),
            original=notes.original,
            doubts=tuple(dict.fromkeys([*doubts, *people.doubts, *notes.split.doubts])),
        )

    def _number_and_title(self, entry: Entry, doubts: list[str]) -> tuple[str, str]:
        by_link, by_tag = number_of_link(entry.link), number_of_tag(entry.number)
        printed = self._titles.read(entry.title[:_TITLE_MAX]) if len(entry.title) <= _TITLE_MAX else None
        by_title = printed.number if printed and (printed.is_named or self._told) else ""
        number = by_link or by_tag or by_title
        if by_link and by_tag and by_title and same(by_tag, by_title) and not same(by_link, by_tag):
            # A blog counts its posts.
            number = by_tag
        if not number and printed:
            doubts.append(f"The title prints {printed.number}, which may be its number: give it here if it is.")
        if number and not self._has_it_alone(number, entry):
            doubts.append(f"Other items have the number {number} too, so it was not taken from here.")
            return "", entry.title
        for other, where in ((by_link, "its link"), (by_tag, "its tag"), (by_title, "its title")):
            if other and not same(other, number):
                doubts.append(f"The number is {number}, and {other} by {where}.")
        if printed and number and same(printed.number, number):
            # As printed: 001.
            return (printed.number if folded_number(printed.number) == number else number), printed.rest
        return number, entry.title

    def _has_it_alone(self, number: str, entry: Entry) -> bool:
        """A bonus may have the number of the episode that it belongs to; in seasons, numbers begin anew."""
        owners = self.survey.numbers[folded_number(number)] | {(entry.guid or entry.place, _type(entry))}
        if len(owners) == 1:
            return True
        full = [owner for owner in owners if owner[1] == "full"]
        return len(full) == 1 and _type(entry) == "full"

    def _guid(self, entry: Entry, doubts: list[str]) -> str:
        if not entry.guid:
            doubts.append("It has no GUID: apps may know it by its audio or its link.")
            return ""
        if values.is_unknown_guid(entry.guid):
            doubts.append("Its GUID is nothing but zeros, and so not known.")
            return ""
        # Apps show one item of each GUID, the first.
        audio = _audio(entry)
        places = self.survey.guids[entry.guid]
        if len(places) > 1 and next(iter(places)) != (audio.url if audio else ""):
            doubts.append(
                f"{next(iter(places.values()))} has the same GUID, {entry.guid}, and other audio: "
                "apps show that one alone, so it keeps the GUID."
            )
            return ""
        return entry.guid

    def _enclosure(self, entry: Entry, doubts: list[str]) -> Enclosure | None:
        audio = _audio(entry)
        doubts += [
            f"There is more audio, which was not taken: {other.url}" for other in entry.enclosures if other != audio
        ]
        if audio is None:
            return None
        url = without_prefixes(audio.url).url
        if not host_of(url):
            doubts.append(f"The audio’s address “{audio.url[:200]}” is no address of the web.")
            return None
        if " " in url:
            url = url.replace(" ", "%20")
            doubts.append("The audio’s address has blanks in it, which are written as %20 here, as apps ask for them.")
        return Enclosure(url, values.length(audio.length), audio.type)

    def _is_here(self, address: str) -> bool:
        return host_of(address) in self._home.hosts

    def _old_paths(self, entry: Entry) -> tuple[str, ...]:
        addresses = [entry.link, entry.guid if entry.guid_is_address else ""]
        return tuple(dict.fromkeys(path for one in addresses if self._is_here(one) and (path := path_of(one))))


def _type(entry: Entry) -> str:
    return entry.type.lower() if entry.type.lower() in _TYPES else "full"


def _audio(entry: Entry) -> Audio | None:
    """The first that is audio, or the first."""
    for one in entry.enclosures:
        if one.type.startswith("audio/") or one.url.partition("?")[0].lower().endswith(_AUDIO_ENDINGS):
            return one
    return next(iter(entry.enclosures), None)


def _same_picture(one: str, other: str) -> bool:
    """Hosts add a number after the `?` that changes with the picture, and leave the old one in old items."""
    return one.partition("?")[0] == other.partition("?")[0]
