"""A website's folder -> records of its episodes, and what it says of people, sponsors and shows. Writes nothing.

show/<show slug>/<number>.md    an episode: front matter in JSON, links below it in Markdown
show/<show slug>/_index.md      the show
people/<username>.md            whom episodes name as hosts and guests
sponsors/<shortname>.md         what a sponsor offers today
static/                         pictures, if they are there
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from episodes.feed_health.values import seconds
from episodes.formats.chapters import parse as parse_chapters
from episodes.formats.media_types import type_of
from episodes.formats.problems import FormatError
from episodes.importers.chapters import chapters_of
from episodes.importers.fields import folded_number
from episodes.importers.numbers import Titles
from episodes.importers.prefixes import without_prefixes
from episodes.importers.record import Chapter, Credit, Enclosure, Record, Role, Source
from episodes.importers.site.body import read_body
from episodes.importers.site.front_matter import FrontMatterError, Page, read
from episodes.importers.site.plain import as_markdown
from episodes.importers.values import is_unknown_guid
from episodes.notes import checks, document

_AUDIO = ("podcast_file", "podcast_alt_file", "podcast_ogg_file")
_VIDEO = ("youtube_link", "video_hd_file", "video_file")
# What a record holds, or others say as well.
_OF_EPISODES = set(
    "type show_slug show_name episode episode_padded slug title date draft episode_guid description tags hosts guests "
    "sponsors podcast_duration podcast_bytes podcast_chapters fireside_url jb_url aliases".split()
)
_OF_CHAPTERS = {"startTime", "title", "img", "url", "toc", "endTime"}
_OF_PEOPLE = {"username", "title", "type", "bio", "avatar", "avatar_small"}
_OF_SPONSORS = {"shortname", "title", "description", "link"}
_UNKNOWN = {"", "null", "none", "nil", "undefined"}
_MOST_SECONDS = 10_000_000
_LONGEST_TAG = 255
_SPONSORED = re.compile(r"sponsor", re.IGNORECASE)
_FACES = {"youtube": "YouTube", "linkedin": "LinkedIn", "github": "GitHub", "gplus": "Google+", "homepage": "Homepage"}


class Failure(NamedTuple):
    """A file that was not read: where, with the line, and what to do."""

    place: str
    message: str


class LeftOut(NamedTuple):
    """A page that is no public episode, and why."""

    place: str
    why: str


class Person(NamedTuple):
    """`bio` is Markdown, with the person's addresses below it; `picture` a path on the old site."""

    username: str
    name: str
    bio: str
    picture: str


class SponsorSaid(NamedTuple):
    """What a sponsor offers today; plain text."""

    shortname: str
    name: str
    url: str
    description: str


class ShowSaid(NamedTuple):
    title: str
    description: str
    site_url: str


class Site:
    """A website's folder, its people and sponsors read; episodes are read one by one.

    `failures` are files of people and sponsors that could not be read, `remarks` what else is to be said of them.
    `unused` counts what pages say and no record holds: each key is worth one line at the end, and not one a page.
    """

    def __init__(self, folder: Path) -> None:
        self.root = folder.resolve()
        self.failures: list[Failure] = []
        self.remarks: list[str] = []
        self.unused: Counter[str] = Counter()
        self.people: dict[str, Person] = {}
        self.sponsors: dict[str, SponsorSaid] = {}
        for path, page in self._read_all("people", "*.md"):
            self._person(path, page)
        for path, page in self._read_all("sponsors", "*.md"):
            self._sponsor(path, page)

    def show_slugs(self) -> list[str]:
        """Of all shows that have a folder."""
        folders = self.root.glob("show/*/") if self.root.is_dir() else []
        return sorted(folder.name for folder in folders if any(folder.glob("*.md")))

    def show_said(self, slug: str) -> ShowSaid | None:
        """What `_index.md` says. Raises FrontMatterError."""
        path = self.root / "show" / slug / "_index.md"
        if not path.is_file():
            return None
        page = read(path, self.root)
        said = _Said(page, str(path))
        links = page.values.get("links")
        notes = links.get("shownotes") if isinstance(links, dict) else None
        url = notes.get("url") if isinstance(notes, dict) else None
        return ShowSaid(
            said.text("title"), said.text("description"), url.rstrip("/") if isinstance(url, str) and url else ""
        )

    def acronym_in_use(self, slug: str) -> str:
        """What the names of the show's sponsors end in (`linode.com-lup`), where all agree; else its initials."""
        endings = {
            name.rpartition("-")[2]
            for path in self.pages(slug)
            for name in self._sponsors_named(path)
            if re.fullmatch(r".+\.[^.]+-[a-z]{2,5}", name)
        }
        if len(endings) == 1:
            return endings.pop().upper()
        return "".join(word[0] for word in re.findall(r"[a-z]+", slug)).upper()

    def _sponsors_named(self, path: Path) -> list[str]:
        try:
            return _Said(read(path, self.root), self._place(path)).words("sponsors")
        except (FrontMatterError, OSError):
            return []

    def pages(self, slug: str) -> list[Path]:
        """Files of episodes, in the order of their names; a link to nothing is one too, and fails."""
        folder = self.root / "show" / slug
        return sorted(path for path in folder.glob("*.md") if path.name != "_index.md" and not path.is_dir())

    def records(self, slug: str, acronym: str = "") -> Iterator[Record | Failure | LeftOut]:
        """One for each of `pages`, in their order. Files are read twice, because two of them can claim one GUID.

        `acronym` is what titles may print beside the number.
        """
        claimed: Counter[str] = Counter(filter(None, map(self._guid, self.pages(slug))))
        first: dict[str, str] = {}
        for path in self.pages(slug):
            place = self._place(path)
            try:
                page = read(path, self.root)
                if why := _why_left_out(page):
                    yield LeftOut(place, why)
                    continue
                record = self._record(page, path, slug, acronym, claimed)
                number = folded_number(record.number)
                if number in first:
                    raise FrontMatterError(
                        page.line_of("episode"), f"the same episode as {first[number]}; take one out of the folder"
                    )
                first[number] = place
                yield record
            except FrontMatterError as error:
                yield Failure(f"{place}:{error.line}", error.message)
            except OSError as error:
                yield Failure(place, f"it cannot be read ({error.strerror}); is it a file?")

    def _read_all(self, *pattern: str) -> Iterator[tuple[Path, Page]]:
        for path in sorted(self.root.glob("/".join(pattern))):
            try:
                yield path, read(path, self.root)
            except FrontMatterError as error:
                self.failures.append(Failure(f"{self._place(path)}:{error.line}", error.message))
            except OSError as error:
                self.failures.append(Failure(self._place(path), f"it cannot be read ({error.strerror}); is it a file?"))

    def _person(self, path: Path, page: Page) -> None:
        said = _Said(page, self._place(path))
        try:
            username, name = said.known("username") or path.stem, said.known("title")
            bio = as_markdown(said.text("bio").strip())
            avatar = said.known("avatar") or said.known("avatar_small")
        except FrontMatterError as error:
            self.failures.append(Failure(f"{self._place(path)}:{error.line}", error.message))
            return
        if username in self.people:
            self.remarks.append(f"{self._place(path)}: another file has the username {username} as well, and counts.")
            return
        found = []
        for key, value in page.values.items():
            if key in _OF_PEOPLE:
                continue
            if isinstance(value, str) and value.startswith(("https://", "http://")) and not re.search(r"[\s<>]", value):
                found.append(f"[{_FACES.get(key, key.replace('_', ' ').capitalize())}](<{value}>)")
            elif value is not None:
                self.unused[f"{key} of people"] += 1
        whole = "\n\n".join(filter(None, [bio, " · ".join(found)]))
        self.people[username] = Person(username, name or username, whole, avatar)

    def _sponsor(self, path: Path, page: Page) -> None:
        said = _Said(page, self._place(path))
        try:
            shortname, name = said.known("shortname") or path.stem, said.known("title")
            url, description = said.known("link"), said.text("description").strip()
        except FrontMatterError as error:
            self.failures.append(Failure(f"{self._place(path)}:{error.line}", error.message))
            return
        if shortname in self.sponsors:
            self.remarks.append(f"{self._place(path)}: another file has the shortname {shortname} as well, and counts.")
            return
        self.unused.update(
            f"{key} of sponsors" for key, value in page.values.items() if key not in _OF_SPONSORS and value is not None
        )
        self.sponsors[shortname] = SponsorSaid(shortname, name or shortname, url, description)

    def _guid(self, path: Path) -> str:
        try:
            page = read(path, self.root)
            return "" if _why_left_out(page) else _guid(_Said(page, self._place(path)))
        except (FrontMatterError, OSError):
            return ""

    def _place(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix().encode(errors="replace").decode()

    def _record(self, page: Page, path: Path, slug: str, acronym: str, claimed: Counter[str]) -> Record:
        said = _Said(page, self._place(path))
        number = _number(said, path.stem)
        guid = _guid(said)
        if claimed[guid] > 1:
            said.doubt(f"Another page has the GUID {guid} as well, so neither counts: the old feed knows whose it is.")
            guid = ""
        air_date, published_at = _moment(said)
        body = read_body(page.body, page.body_line)
        said.doubts += body.doubts
        if any(_SPONSORED.search(link.heading) for link in body.links):
            said.doubt("A heading in its text is about sponsors: links below it may be spots.")
        self.unused.update(_unused(said))
        return Record(
            source=Source.SITE,
            place=said.place,
            number=number,
            title=_title(said, number, acronym),
            air_date=air_date,
            published_at=published_at,
            duration_seconds=_duration(said),
            video_url=said.first(_VIDEO),
            summary=_summary(said, body.prose),
            credits=self._credits(said),
            placements=self._placements(said),
            links=body.links,
            tags=_tags(said),
            guid=guid,
            enclosure=_enclosure(said),
            chapters=_chapters(said),
            old_paths=_old_paths(said, slug, number, path.stem),
            # The last one: the others add to them.
            doubts=tuple(said.doubts),
        )

    def _credits(self, said: "_Said") -> tuple[Credit, ...]:
        """A person who is both host and guest is kept as both."""
        roles: list[tuple[str, Role]] = [("hosts", "host"), ("guests", "guest")]
        found: list[Credit] = []
        for key, role in roles:
            for username in said.words(key):
                if username not in self.people:
                    said.doubt(f"No file in people/ says who {username} is: credited by that name.")
                name = self.people[username].name if username in self.people else username
                credit = Credit(role, name.replace("](", "] ("), re.sub(r"[/)]", "-", username))
                if credit not in found:
                    found.append(credit)
        return tuple(found)

    def _placements(self, said: "_Said") -> tuple[document.Placement, ...]:
        """Each as often as the page names it.

        Without words and promo code: a sponsor's file is shared by all episodes and says what is offered today.
        What was said in this one then, a notes page or the feed knows.
        """
        found = []
        for shortname in said.words("sponsors"):
            sponsor = self.sponsors.get(shortname)
            if sponsor is None:
                said.doubt(f"No file in sponsors/ says who {shortname} is: that spot is left out.")
                continue
            found.append(document.Placement(sponsor.name.replace("](", "] ("), sponsor.url))
        return tuple(found)


class _Said:
    """The head of one page, its values as they are needed; what is doubtful about them collects in `doubts`."""

    def __init__(self, page: Page, place: str) -> None:
        self.page = page
        self.place = place
        self.doubts: list[str] = []

    def doubt(self, sentence: str) -> None:
        if sentence not in self.doubts:
            self.doubts.append(sentence)

    def text(self, key: str) -> str:
        """Empty where there is nothing."""
        value = self.page.values.get(key)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            raise self.error(key, f"“{key}” should be text; write it in quotation marks")
        return str(value)

    def known(self, key: str) -> str:
        """In one line; "" also for what generators write where they know nothing."""
        value = " ".join(self.text(key).split())
        return "" if value.casefold() in _UNKNOWN else value

    def first(self, keys: Iterable[str]) -> str:
        """The first that is a web address."""
        for key in keys:
            url = self.known(key)
            if re.match(r"https?://[^\s/]", url, re.IGNORECASE):
                return url
            if url:
                self.doubt(f"“{key}” is no web address: {url[:200]}")
        return ""

    def words(self, key: str) -> list[str]:
        """A list of words, or one; "" for nothing is left out."""
        value = self.page.values.get(key)
        found = []
        for word in value if isinstance(value, list) else [value]:
            if isinstance(word, bool | list | dict):
                raise self.error(key, f"“{key}” should be a list of words")
            if word is not None and str(word).strip():
                found.append(str(word).strip())
        return found

    def error(self, key: str, message: str) -> FrontMatterError:
        return FrontMatterError(self.page.line_of(key), message)


def _why_left_out(page: Page) -> str:
    if str(page.values.get("draft")).lower() == "true":
        return "a draft: publish it at the desk if it is to be public"
    kind = page.values.get("type")
    if kind not in (None, "", "episode"):
        return f"its type is {str(kind)[:40]}, and not episode"
    return ""


def _number(said: _Said, stem: str) -> str:
    """As the page prints it; the name of its file counts where it does not."""
    number = said.known("episode") or said.known("slug") or said.known("episode_padded")
    if not number:
        number = stem.lstrip("0") or stem[-1:]
        said.doubt(f"The page says no number: the name of its file is taken, {number}.")
    try:
        checks.number(number)
    except ValueError as problem:
        raise said.error("episode", f"the number {number[:40]!r}: {problem}") from None
    if stem.isdecimal() and number.isdecimal() and int(stem) != int(number):
        said.doubt(f"The page says that it is {number}, and its file is called {stem}.md.")
    return number


def _guid(said: _Said) -> str:
    """Verbatim: another letter case is another episode for every app. "" for what says that nobody knows it."""
    guid = said.text("episode_guid")
    if guid.strip().casefold() in _UNKNOWN or is_unknown_guid(guid.strip()):
        return ""
    return guid


def _title(said: _Said, number: str, acronym: str) -> str:
    """Without the episode's own number at its beginning or end, where something else is left."""
    title = " ".join(said.text("title").splitlines())
    if title.strip().casefold() in ("", "null"):
        return ""
    for name in dict.fromkeys((said.known("show_name"), said.known("show_slug").replace("-", " "))):
        found = Titles(name, acronym).read(title.strip())
        if found and folded_number(found.number) == folded_number(number):
            return found.rest
    return title


def _moment(said: _Said) -> tuple[date | None, datetime | None]:
    """The day as the page prints it, and the instant. Midnight in whatever zone means that only the day is known."""
    text = said.known("date")
    if not text:
        said.doubt("The page says no date.")
        return None, None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise said.error("date", f"{text[:40]!r} is no date; write it like 2026-11-01T20:00:00+00:00") from None
    if at.time() == time(0):
        return at.date(), None
    if at.tzinfo is None:
        said.doubt(f"The date {text} does not say in which zone: only its day is taken.")
        return at.date(), None
    try:
        at.astimezone()
    except OverflowError:
        raise said.error("date", f"{text[:40]!r} is out of range; correct it") from None
    return at.date(), at


def _duration(said: _Said) -> int | None:
    text = said.known("podcast_duration")
    found = seconds(text) if text else 0
    if found is None or found > _MOST_SECONDS:
        said.doubt(f"The duration {text[:40]!r} is none: write it like 01:12:51.")
        return None
    return round(found) or None


def _enclosure(said: _Said) -> Enclosure | None:
    url = said.first(_AUDIO)
    if not url:
        return None
    size = said.known("podcast_bytes")
    if size and not re.fullmatch(r"[0-9]{1,15}", size):
        said.doubt(f"The audio has {size[:40]!r} bytes, which is no number.")
        size = ""
    # The size is that of the first file only.
    is_first = url == said.known(_AUDIO[0])
    return Enclosure(without_prefixes(url).url, (int(size) or None) if size and is_first else None, type_of(url))


def _chapters(said: _Said) -> tuple[Chapter, ...]:
    rows = _rows_of_chapters(said)
    if not rows:
        return ()
    try:
        # Text again, because the reader of chapters reads what people paste.
        found = parse_chapters(json.dumps({"chapters": rows}, default=str)).chapters
    except (FormatError, TypeError) as error:
        said.doubt(f"The chapters are left out: {' '.join(str(error).split())}")
        return ()
    return chapters_of(found)


def _rows_of_chapters(said: _Said) -> list[Any]:
    chapters = said.page.values.get("podcast_chapters")
    rows = chapters.get("chapters") if isinstance(chapters, dict) else chapters
    if rows and not isinstance(rows, list):
        said.doubt("“podcast_chapters” is no list of chapters, and left out.")
    return rows if isinstance(rows, list) else []


def _summary(said: _Said, prose: str) -> str:
    """The description, which is plain text, and below it what the text says beside links, which is Markdown."""
    description = said.text("description")
    if description.strip().casefold() in _UNKNOWN:
        description = ""
    if prose and " ".join(prose.split()).startswith(" ".join(description.split())):
        summary = prose
    else:
        summary = "\n\n".join(filter(None, [as_markdown(description), prose]))
    # A notes page takes this line for the end of the summary.
    return summary.replace(checks.SUMMARY_END, checks.SUMMARY_END.replace("## ", "\\## "))


def _tags(said: _Said) -> tuple[str, ...]:
    """Commas stand between tags, so none has one."""
    found: dict[str, None] = {}
    for words in said.words("tags"):
        for tag in filter(None, map(str.strip, words.replace("](", "] (").replace("\n", " ").split(","))):
            if len(tag) > _LONGEST_TAG:
                said.doubt(f"A tag of more than {_LONGEST_TAG} characters is left out: {tag}")
            else:
                found[tag] = None
    return tuple(found)


def _old_paths(said: _Said, slug: str, number: str, stem: str) -> tuple[str, ...]:
    """Where it was: on the old host, on the old site before this one, and on this one."""
    paths = []
    for key in ("fireside_url", "jb_url", "aliases"):
        for url in said.words(key):
            path = "" if url.casefold() in _UNKNOWN else _path(url)
            if path:
                paths.append(path)
            elif path is None:
                said.doubt(f"“{key}” is no address: {url[:200]}")
    names = [said.known("slug"), number, said.known("episode_padded"), stem]
    paths += [f"/show/{slug}/{name}" for name in names if name]
    return tuple(dict.fromkeys(paths))


def _path(url: str) -> str | None:
    """Decoded, without a slash at the end; "" for the root, None for no address."""
    try:
        path = unquote(urlsplit(url).path, errors="strict")
    except ValueError:
        return None
    if re.search(r"[\0-\x1f\\]", path) or len(path) > 1_000:
        return None
    path = "/".join(filter(None, path.split("/")))
    return f"/{path}" if path else ""


def _unused(said: _Said) -> Iterator[str]:
    """Keys that say something which no record holds."""
    values = said.page.values
    held: tuple[Any, ...] = (None, "", [], {}, said.first(_AUDIO), said.first(_VIDEO))
    repeated = {"categories": [values.get("show_name")], "header_image": f"/images/shows/{values.get('show_slug')}.png"}
    for key, value in values.items():
        if key not in _OF_EPISODES and value not in held and value != repeated.get(key):
            yield key
    for row in _rows_of_chapters(said):
        for key, value in row.items() if isinstance(row, dict) else ():
            if key not in _OF_CHAPTERS and value is not None:
                yield f"{key} of chapters"
