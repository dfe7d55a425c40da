"""The page -> Notes. What is accepted here is what `render` writes, and the few older dialects of rules 7 and 9.

The scanner reads the page from top to bottom. At the end the notes are rendered again and compared
with what was read, so nothing can be accepted that would not come back byte for byte.
"""

import re
from dataclasses import replace
from datetime import date
from itertools import pairwise, zip_longest

from episodes.notes import checks
from episodes.notes.document import SECTIONS, Credit, Link, Notes, NotesError, Placement, Role, TitleKind
from episodes.notes.render import (
    DESCRIPTION,
    NONE,
    PLAYER_URL,
    PROMO_CODE,
    needs_blank_line,
    player_line,
    quote_tag,
    render_sections,
    title_from_text,
)

_HEADING = re.compile(r"# (?:([A-Z]+) )?([A-Za-z0-9._-]+): ([^\n]*)\n")
_AIR_DATE = re.compile(r"\* Air Date: ([0-9]{4})-([0-9]{2})-([0-9]{2})\n")
# Seven digits of minutes are nineteen years of audio, and still fit an integer column.
_DURATION = re.compile(r"\* Duration: ([0-9]{1,7}) mins ([0-9]{1,2}) secs\n")
_ESCAPED = re.compile(r"\\([\\\[\]()])")
# An escaped value up to the first bracket that is not escaped. Possessive: hostile input costs linear time.
_VALUE = re.compile(r"[^\\\[\]()]*+(?:\\[\\\[\]()][^\\\[\]()]*+)*+")
_URL = re.compile(r'[^\\\[\]() "\n]*+(?:\\[\\\[\]()][^\\\[\]() "\n]*+)*+')
_SITE = re.compile(r'[^\s"()\[\]\\]*[^\s"()\[\]\\/]')
_SECTION_END = "\n\n\n\n"


def parse(data: bytes) -> Notes:
    """Read one page; a page that is not in the format raises NotesError with line and section."""
    page = _Page(_decode(data))
    acronym, number, title = page.heading()
    player_url = page.player()
    air_date = page.air_date()
    duration_seconds = page.duration()
    notes = Notes(
        acronym=acronym,
        number=number,
        title=title,
        player_url=player_url,
        air_date=air_date,
        duration_seconds=duration_seconds,
        summary=page.summary(),
        credits=page.credits(),
        placements=page.placements(),
        links=page.links(),
        tags=page.tags(),
        site_url="",
    )
    notes = replace(notes, site_url=page.site_url)
    page.compare(notes)
    return notes


def _decode(data: bytes) -> str:
    if data.startswith(b"\xef\xbb\xbf"):
        raise NotesError(1, SECTIONS["heading"], "the file starts with a byte order mark; save it as UTF-8 without BOM")
    for bad, name in ((data.find(b"\0"), "a NUL character"), (_first_bad_byte(data), "a byte that is not UTF-8")):
        if bad >= 0:
            line = data.count(b"\n", 0, bad) + 1
            section = _section_of_line(data.decode(errors="replace"), line)
            raise NotesError(line, section, f"{name}; the page must be UTF-8 text")
    return data.decode()


def _first_bad_byte(data: bytes) -> int:
    try:
        data.decode()
    except UnicodeDecodeError as error:
        return error.start
    return -1


def _section_of_line(text: str, number: int) -> str:
    """The section a line stands in, judged by the headings above it."""
    titles = {f"## {title}": title for title in SECTIONS.values()}
    section = SECTIONS["heading"]
    for line in text.split("\n")[:number]:
        section = titles.get(line, section)
    return section


def _unescape(value: str) -> str:
    return _ESCAPED.sub(r"\1", value)


def _shown(text: str) -> str:
    """A found text for an error message: short, and with its invisible characters visible."""
    return repr(text if len(text) <= 80 else text[:80] + "…")


class _Page:
    """A reading position in the text of one page; each method reads one part and moves on."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self.section = "heading"
        self.site_url = ""
        # Indexes of characters that an older dialect prints and `render` does not.
        self.tolerated: list[int] = []

    def heading(self) -> tuple[str, str, str]:
        match = _HEADING.match(self.text)
        if match is None:
            raise self.error("expected `# ACRONYM number: title`")
        if match[3].endswith("\r") and self.text.startswith("\r\n", match.end()):
            raise self.error("the lines end in CR LF; save the page with plain LF line ends")
        self._checked(checks.number, match[2])
        self.position = match.end()
        self.take("\n", "an empty line after the heading")
        return match[1] or "", match[2], match[3]

    def player(self) -> str:
        if not self.text.startswith("<", self.position):
            return ""
        match = PLAYER_URL.search(self.line())
        if match is None or player_line(match[0]) != self.line():
            raise self.error(
                'expected the player line <iframe src="https://player.fireside.fm/v2/SHOW+EPISODE?theme=dark" …>'
            )
        self.position += len(self.line())
        self.take("\n\n", "an empty line after the player")
        return match[0]

    def air_date(self) -> date:
        match = _AIR_DATE.match(self.text, self.position)
        if match is None:
            raise self.error("expected `* Air Date: YYYY-MM-DD`")
        try:
            found = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError as error:
            raise self.error(f"{match[1]}-{match[2]}-{match[3]} is not a date: {error}") from None
        self.position = match.end()
        return found

    def duration(self) -> int:
        match = _DURATION.match(self.text, self.position)
        if match is None or int(match[2]) > 59:
            raise self.error("expected `* Duration: M mins S secs` with S below 60")
        self.position = match.end()
        self.take("\n", "an empty line after the duration")
        return int(match[1]) * 60 + int(match[2])

    def summary(self) -> str:
        self.enter("about")
        end = self.text.find(checks.SUMMARY_END, self.position)
        if end < 0:
            raise self.error("no `## Your hosts` with an empty line before it follows")
        summary = self.text[self.position : end]
        self.position = end + 2
        return summary

    def credits(self) -> tuple[Credit, ...]:
        self.enter("people", "")
        found: list[Credit] = []
        while self.text.startswith("\n*", self.position):
            self.position += 1
            credit = self._credit()
            if found and found[-1].role == "guest" and credit.role == "host":
                raise self.error("a host after a guest; all hosts come first, then all guests")
            found.append(credit)
            self.position += len(self.line())
        self.take("\n\n", "another person as `* [name](site/hosts/slug)`, or an empty line")
        return tuple(found)

    def _credit(self) -> Credit:
        line = self.line()
        name, _, target = line.removeprefix("* [").partition("](")
        parts = target.removesuffix(")").rsplit("/", 2)
        roles: dict[str, Role] = {"hosts": "host", "guests": "guest"}
        if not line.startswith("* [") or not target.endswith(")") or len(parts) != 3 or parts[1] not in roles:
            raise self.error(f"expected `* [name](site/hosts/slug)` or /guests/, found {_shown(line)}")
        site, kind, slug = parts
        self._checked(checks.slug, slug)
        self._site(site, self.position + len("* [") + len(name) + len("]("))
        return Credit(roles[kind], name, slug)

    def placements(self) -> tuple[Placement, ...]:
        self.enter("sponsors")
        found: list[Placement] = []
        if not self._none():
            while True:
                found.append(self._placement())
                self.position += len(self.line())
                if not self.text.startswith("\n  * ", self.position):
                    break
                self.position += 1
        self.take(_SECTION_END, "another sponsor as `  * [name](url)…`, or three empty lines before the next section")
        return tuple(found)

    def _placement(self) -> Placement:
        line = self.line()
        expected = "  * [name](url): [words](url) Promo Code: code"
        if not line.startswith("  * ["):
            raise self.error(f"expected `{expected}` or `None`, found {_shown(line)}")
        name, url, rest = self._text_and_url(line, len("  * ["), expected)
        if not rest:
            return Placement(name, url)
        if not rest.startswith(": ["):
            raise self.error(f"expected `{expected}`, found {_shown(rest)} after the address")
        words, again, rest = self._text_and_url(rest, len(": ["), expected)
        if again != url:
            raise self.error(f"the two addresses of a sponsor differ: {_shown(url)} and {_shown(again)}")
        if rest and not rest.startswith(PROMO_CODE):
            raise self.error(f"expected `{PROMO_CODE}code` or the end of the line, found {_shown(rest)}")
        return Placement(name, url, words, rest.removeprefix(PROMO_CODE))

    def _text_and_url(self, line: str, start: int, expected: str) -> tuple[str, str, str]:
        """`text](URL)` from `start` on: the text, the address without escapes, and what follows."""
        text, separator, target = line[start:].partition("](")
        match = _URL.match(target)
        if not separator or match is None or not target.startswith(")", match.end()):
            raise self.error(
                f"expected `{expected}`, in an address a backslash before each of \\ [ ] ( ), found {_shown(line)}"
            )
        return text, _unescape(match[0]), target[match.end() + 1 :]

    def links(self) -> tuple[Link, ...]:
        self.enter("links")
        found: list[Link] = []
        if not self._none():
            while True:
                start = self.position
                found.append(self._link())
                blank = needs_blank_line(self.text[start : self.position])
                gap, other = ("\n\n", "\n") if blank else ("\n", "\n\n")
                if self.text.startswith(other + "  * ", self.position):
                    self.position += 1
                    rule = "after a title of several lines, unless the last begins with four blanks"
                    raise self.error(
                        f"{'no' if blank else 'an'} empty line between two links; there is one only {rule}"
                    )
                if not self.text.startswith(gap + "  * ", self.position):
                    break
                self.position += len(gap)
        self.take(_SECTION_END, 'another link as `  * [text](url "title") — description`, or three empty lines')
        return tuple(found)

    def _link(self) -> Link:
        line = self.line()
        if line.startswith("  * <"):
            address, _, _ = line.removeprefix("  * <").partition(" ")
            if not address.endswith(">"):
                raise self.error(f"expected `  * <url>`, found {_shown(line)}")
            self._checked(checks.url, address.removesuffix(">"))
            self.position += len("  * <") + len(address)
            return Link(address.removesuffix(">"), description=self._description())
        if not line.startswith("  * ["):
            raise self.error(f'expected `  * [text](url "title")`, `  * <url>` or `None`, found {_shown(line)}')
        text, separator, _ = line.removeprefix("  * [").partition("](")
        after_text = self.position + len("  * [") + len(text) + len("](")
        url = _URL.match(self.text, after_text)
        if not separator or url is None:
            raise self.error(f"expected `](` after the link's text, found {_shown(line)}")
        self._checked(checks.text, text)
        title, kind, end = self._title(text, url.end())
        several_lines = self.text.find("\n", self.position, end) >= 0
        self.position = end
        if several_lines and self.text.startswith(DESCRIPTION, end):
            raise self.error("a description after a title of several lines; the format has none there")
        return Link(_unescape(url[0]), text, title, kind, self._description())

    def _title(self, text: str, start: int) -> tuple[str, TitleKind, int]:
        """The TITLE that follows the address, what kind it is, and where the link's bracket has closed."""
        if self.text.startswith(")", start):
            return "", "none", start + 1
        if not self.text.startswith(' "', start):
            raise self.error(
                'expected `)` or ` "title")` after the address, with a backslash before each of \\ [ ] ( ) in it, '
                f"found {_shown(self.text[start : start + 60].partition('\n')[0])}"
            )
        match = _VALUE.match(self.text, start + 2)
        end = match.end() if match else start
        if not self.text.startswith(")", end) or not self.text.endswith('"', start + 2, end):
            raise self.error("the link's title does not end in `\")`, or has one of \\ [ ] ( ) without a backslash")
        title = _unescape(self.text[start + 2 : end - 1])
        if title == title_from_text(text):
            return "", "text", end + 1
        return title, "own", end + 1

    def _description(self) -> str:
        """What stands between the link and the end of the line."""
        rest = self.line()
        if rest and not rest.startswith(DESCRIPTION):
            raise self.error(f"expected `{DESCRIPTION}description` or the end of the line, found {_shown(rest)}")
        self.position += len(rest)
        return rest.removeprefix(DESCRIPTION)

    def tags(self) -> tuple[str, ...]:
        self.enter("tags")
        text, start = self.text, self.position
        if text.endswith("\n", start):
            self.tolerated.append(len(text) - 1)
            text = text[:-1]
        found: list[str] = []
        while self.position < len(text):
            bracket = text.find("](", self.position)
            name = text[self.position + 1 : bracket]
            address = bracket + len("](")
            tail = f"/tags/{quote_tag(name)})"
            end = text.find(tail, address)
            if not text.startswith("[", self.position) or bracket < 0 or end < 0:
                found_text = _shown(text[self.position : self.position + 90])
                raise self.error(f"expected `[tag](site/tags/tag)`, percent-encoded, found {found_text}")
            self._checked(checks.tag, name)
            self._site(text[address:end], address)
            found.append(name)
            self.position = end + len(tail)
            if self.position < len(text):
                self.take(", ", "`, ` and the next tag, or the end of the page")
                if self.position == len(text):
                    raise self.error("expected another tag after the comma")
        for before, after in pairwise(found):
            if before >= after:
                self.position = start
                why = "stands twice" if before == after else f"comes before {before!r}; write tags in ascending order"
                raise self.error(f"the tag {after!r} {why}")
        return tuple(found)

    def compare(self, notes: Notes) -> None:
        """Refuse the page where rendering its notes gives other text than was read."""
        kept = pairwise([-1, *sorted(self.tolerated), len(self.text)])
        found = "".join(self.text[before + 1 : after] for before, after in kept)
        expected = "".join(render_sections(notes).values())
        if found == expected:
            return
        for number, (line, wanted) in enumerate(zip_longest(found.split("\n"), expected.split("\n"))):
            if line != wanted:
                section = _section_of_line(self.text, number + 1)
                raise NotesError(
                    number + 1, section, f"expected {_shown(wanted or 'the end')}, found {_shown(line or '')}"
                )

    def enter(self, section: str, after: str = "\n\n") -> None:
        """Read the section's heading and the empty line below it."""
        self.section = section
        self.take(f"## {SECTIONS[section]}{after}", f"`## {SECTIONS[section]}`" + (" and an empty line" * bool(after)))

    def take(self, literal: str, expected: str) -> None:
        if not self.text.startswith(literal, self.position):
            raise self.error(f"expected {expected}, found {_shown(self._rest_of_line())}")
        self.position += len(literal)

    def line(self) -> str:
        """From here to the end of the line."""
        end = self.text.find("\n", self.position)
        return self.text[self.position :] if end < 0 else self.text[self.position : end]

    def error(self, message: str) -> NotesError:
        return NotesError(self.text.count("\n", 0, self.position) + 1, SECTIONS[self.section], message)

    def _rest_of_line(self) -> str:
        return self.line() or ("an empty line" if self.position < len(self.text) else "the end of the page")

    def _none(self) -> bool:
        if not self.text.startswith(NONE + "\n", self.position):
            return False
        self.position += len(NONE)
        return True

    def _site(self, found: str, start: int) -> None:
        """All people and tags of a page stand below one site; a doubled slash after it is read as one."""
        site = found
        if found.endswith("/"):
            site = found[:-1]
            self.tolerated.append(start + len(site))
        if not _SITE.fullmatch(site):
            raise self.error(f"expected the show's site before /hosts, /guests or /tags, found {_shown(site)}")
        if self.site_url and site != self.site_url:
            raise self.error(f"the site is {_shown(self.site_url)} above and {_shown(site)} here")
        self.site_url = site

    def _checked(self, check: checks.Check, value: str) -> None:
        try:
            check(value)
        except ValueError as problem:
            raise self.error(str(problem)) from None
