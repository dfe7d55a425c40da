"""Entries of notes -> summary, placements and links. No word of them is lost.

What stands under "Sponsored by" becomes placements, what stands under "Links" or in a list of links under a heading
becomes links, and all the rest, in its order, the summary. Only the names of the two sections are taken for granted.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from html import escape, unescape

from markdown_it import MarkdownIt

from episodes.importers.notes_html.entries import (
    Entry,
    addressed,
    begins_with_anchor,
    code_of,
    entries_of,
    has_label,
    is_link,
    is_support,
    links_apart,
    plain,
    topic,
    without_label,
)
from episodes.importers.notes_html.lines import Anchor, Line, Piece, Read, lines_of
from episodes.importers.notes_html.markdown import block, inline
from episodes.importers.record import Link
from episodes.notes.document import Placement
from episodes.paste.addresses import key, scheme_of
from episodes.paste.rows import HEADING_LENGTH, NO_TOPIC
from lupcms.shows.markdown import ADDRESS_LIMIT, LENGTH_LIMIT

# How the two sections are called, in small letters; the German ones are of this site's own feeds.
SPONSORS = frozenset(
    [
        *("sponsor", "sponsors", "sponsored by", "our sponsor", "our sponsors", "episode sponsor", "episode sponsors"),
        *("today’s sponsor", "today’s sponsors", "this episode’s sponsor", "this episode’s sponsors", "show sponsors"),
        *("this week’s sponsors", "sponsors of this episode", "sponsors for this episode", "brought to you by"),
        *("this episode is sponsored by", "this episode was sponsored by", "this episode is brought to you by"),
        *("thanks to our sponsor", "thanks to our sponsors", "gesponsert von", "sponsoren"),
    ]
)
LINKS = NO_TOPIC | frozenset(
    [
        *("link", "links to the episode", "links for this episode", "links from this episode", "links from the show"),
        *("links mentioned", "links mentioned in this episode", "mentioned in this episode", "resources"),
        "links zur folge",
    ]
)

_ADDRESS = re.compile(r"https?://|www\.|[\w-]+(?:\.[\w-]+)+/", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!]")
_TWICE = re.compile(r"&lt;(?:p|a|ul|ol|li|div|strong|em|b|i|h[1-6]|span|blockquote)(?=[\s&/])", re.IGNORECASE)
_TWICE_ENDS = re.compile(r"&lt;/[a-z]|&lt;br\s*/?&gt;", re.IGNORECASE)
_CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
_MARKDOWN = re.compile(r"^\s{0,3}(?:#{1,6} |[-*+] |\d{1,3}[.)] |> |```)|\]\(\S|\*\*\S|^\[[^\[\]\n]+\]: ", re.MULTILINE)
_WORD = re.compile(r"\w+")
# Between names in a line of Fireside's: “Special Guests: A, B, and C.”
_AND = r"(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s*&\s*)"
# Where the people of a site of Fireside's are.
_PERSON = re.compile(r"https?://[^/?#]+/(?:guests?|hosts?)/[^/?#]+/?", re.IGNORECASE)

_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough").disable("image")


@dataclass(frozen=True, slots=True)
class Split:
    """`summary` is Markdown; `doubts` are whole sentences about what was read, for the person who imports."""

    summary: str = ""
    placements: tuple[Placement, ...] = ()
    links: tuple[Link, ...] = ()
    doubts: tuple[str, ...] = ()


def split(html: str, guests: Collection[str] = (), homes: Collection[str] = ()) -> Split:
    """Never raises, and takes time that grows with the text.

    A line that only says “Special Guest: ” of these guests, known at these addresses, says nothing new and is left out.
    """
    html, doubts = _made_html(html)
    read = lines_of(html)
    walk = _Walk(entries_of(read.lines), _guest_line(guests), frozenset(homes))
    walk.run()
    summary = block(walk.summary)
    doubts += [*walk.doubts, *_doubts_of(read), *_doubts_of_summary(summary, walk.summary)]
    return Split(summary, tuple(walk.placements), tuple(walk.links), tuple(dict.fromkeys(doubts)))


def _guest_line(guests: Collection[str]) -> re.Pattern[str] | None:
    if not guests:
        return None
    # The longest first, and nothing tried twice: a name may be the beginning of another, and have “and” in it.
    name = "|".join(re.escape(" ".join(guest.split())) for guest in sorted(guests, key=len, reverse=True))
    return re.compile(rf"Special Guests?: (?>{name})(?:{_AND}(?>{name}))*+\.?", re.IGNORECASE)


def is_part_of(short: str, long: str) -> bool:
    """Whether the words of one text stand in the other in the same order and without others between them."""
    words = _words(short)
    return not words or f" {' '.join(words)} " in f" {' '.join(_words(long))} "


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _made_html(text: str) -> tuple[str, list[str]]:
    """What feeds carry instead of HTML: text that was escaped twice, plain text, Markdown."""
    doubts = []
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "<![CDATA[" in text or text.rstrip().endswith("]]>"):
        text = _CDATA.sub("", text)
    if not _TAG.search(text) and _TWICE.search(text) and _TWICE_ENDS.search(text):
        text = unescape(text)
        doubts.append("The HTML of the notes was escaped twice, and was read as HTML.")
    if _TAG.search(text):
        return text, doubts
    plain = unescape(text)
    if _MARKDOWN.search(plain) and len(plain) <= LENGTH_LIMIT:
        made = _markdown.render(plain)
        lost = set(_words(plain)) - set(_words(unescape(made)))
        if not lost:
            return made, [*doubts, "The notes are Markdown that was never rendered, and were read as such."]
    return "\n<p>".join(escape(part).replace("\n", "<br>") for part in re.split(r"\n\s*\n", plain)), doubts


@dataclass(slots=True)
class _Walk:
    """Takes one entry after the other; `section` is the one that it stands in."""

    entries: list[Entry]
    guest_line: re.Pattern[str] | None = None
    homes: frozenset[str] = frozenset()
    summary: list[Line] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    section: str = ""
    # For each entry the section that it is the heading of; the first that is called so.
    begun: list[str] = field(default_factory=list)
    first_named: int = -1
    # Entries that name what follows, until something does.
    headings: list[Entry] = field(default_factory=list)
    has_list: bool = False
    has_topics: bool = False
    moved: list[str] = field(default_factory=list)

    def run(self) -> None:
        named = (index for index, entry in enumerate(self.entries) if self._named(index, entry))
        self.first_named = next(named, -1)
        self.begun = [self._begins(index) for index in range(len(self.entries))]
        has_sections = any(self.begun)
        for index, entry in enumerate(self.entries):
            if begun := self.begun[index] or ("" if has_sections else self._begins_unnamed(index)):
                self._begin(begun, entry, index)
            elif not self._take(index):
                self._leave(entry)
        self._give_back()
        if self.moved:
            self.doubts.append(
                f"The summary ends with what stands after the sponsors or links, or among them: {_quoted(self.moved)}."
            )

    def _begins(self, index: int) -> str:
        """The section that this entry is the heading of."""
        entry = self.entries[index]
        if named := self._named(index, entry):
            return named
        # Before the first section only a real heading has a list of links; a summary may have one below a sentence.
        may_be_topic = entry.is_heading and (entry.first.heading or index > self.first_named)
        return "topic" if may_be_topic and not entry.anchors and self._are_links(index + 1) else ""

    def _named(self, index: int, entry: Entry) -> str:
        if entry.anchors or (entry.item and not entry.first.heading):
            return ""
        if entry.name in SPONSORS:
            return "sponsors"
        return "links" if entry.name in LINKS and self._link_follows(index) else ""

    def _begins_unnamed(self, index: int) -> str:
        entry = self.entries[index]
        before = self.entries[index - 1] if index else None
        is_first = entry.item is not None and (before is None or before.item is None)
        return "list" if is_first and self._are_links(index) else ""

    def _link_follows(self, index: int) -> bool:
        following = self.entries[index + 1 : index + 4]
        return any(entry.anchors for entry in following)

    def _are_links(self, start: int) -> bool:
        """Whether a list begins here of which every entry is a link, or the topic of a list inside it."""
        count = 0
        for index in range(start, len(self.entries)):
            entry = self.entries[index]
            if entry.item is None:
                break
            count += 1
            deeper = index + 1 < len(self.entries) and self.entries[index + 1].depth > entry.depth
            is_note = index > start and entry.depth > self.entries[index - 1].depth and not entry.anchors
            if not (is_link(entry) or (deeper and not entry.anchors) or is_note):
                return False
        return count > 0

    def _begin(self, section: str, entry: Entry, index: int) -> None:
        if section == "list":
            self.section = "topic"
            self._take(index)
            return
        if section in ("sponsors", "links") or self.section == "sponsors":
            self._give_back()
        self.section = section
        self.has_list = False
        self.headings.append(entry)

    def _take(self, index: int) -> bool:
        entry = self.entries[index]
        if has_label(entry) and self._take_sponsor(without_label(entry)):
            return True
        if is_support(entry, is_last=self._is_before_section(index)):
            return self._add_link(entry, "")
        if self.section == "sponsors":
            return self._take_in_sponsors(entry)
        if self.section:
            return self._take_in_links(index)
        return False

    def _is_before_section(self, index: int) -> bool:
        return index > 0 and index + 1 < len(self.entries) and self.begun[index + 1] != ""

    def _take_in_sponsors(self, entry: Entry) -> bool:
        if entry.item is None and self.has_list:
            return False
        if entry.item is not None or begins_with_anchor(entry):
            if self._take_sponsor(entry):
                self.has_list = self.has_list or entry.item is not None
                return True
            self.doubts.append(f"Among the sponsors stands something without an address: {_quoted([entry.text])}.")
            return False
        if entry.first.continues and self.placements and not self.headings:
            self.placements[-1] = self._with_words(self.placements[-1], entry.lines)
            return True
        return False

    def _take_sponsor(self, entry: Entry) -> bool:
        found = addressed(entry)
        if found is None:
            return False
        self.headings = [heading for heading in self.headings if heading.name not in SPONSORS]
        name, anchor, rest = found
        self._say_of_address(anchor.url, name)
        placement = Placement(plain(name), anchor.url)
        self.placements.append(self._with_words(placement, rest))
        return True

    def _with_words(self, placement: Placement, lines: Sequence[Line]) -> Placement:
        """The sponsor with what more is said of it; a code that ends a line is no part of the words."""
        for anchor in (anchor for line in lines for anchor in line.anchors):
            if key(anchor.url) != key(placement.url) and anchor.text != anchor.url:
                self.doubts.append(f"The words of {placement.name} lead to another address too: {anchor.url}")
        code, lines = placement.promo_code, list(lines)
        if not code:
            code, lines = code_of(lines)
            self._say_of_code(code, placement.name)
        text = " ".join(filter(None, [placement.words, *(inline(line.pieces, links=False) for line in lines)]))
        if code and not text:
            self.doubts.append(
                f"{placement.name} has the promo code {code} and no words: a notes page prints no code without words."
            )
        return replace(placement, words=text, promo_code=code)

    def _say_of_code(self, code: str, name: str) -> None:
        if _ADDRESS.match(code):
            self.doubts.append(f"The promo code of {name} is an address: {code}")

    def _take_in_links(self, index: int) -> bool:
        entry = self.entries[index]
        is_lenient = self.section == "links"
        deeper = index + 1 < len(self.entries) and self.entries[index + 1].depth > entry.depth
        if entry.item is not None:
            if deeper and not entry.anchors and not addressed(entry):
                self.headings.append(entry)
                return True
            if (is_lenient or is_link(entry)) and self._add_link(entry):
                self.has_list = True
                return True
            if self._can_describe(index):
                self._describe(entry)
                return True
            return False
        if not is_lenient:
            return False
        if entry.is_heading and index + 1 < len(self.entries) and is_link(self.entries[index + 1]):
            self.headings.append(entry)
            self.has_list = False
            return True
        if self.has_list and not entry.first.continues:
            return False
        return (is_link(entry) and self._add_link(entry)) or self._continues_link(entry)

    def _continues_link(self, entry: Entry) -> bool:
        """A line below a link, in its paragraph."""
        is_said = entry.first.continues and not entry.anchors and self.links and not self.headings
        if is_said and not self.links[-1].description:
            self._describe(entry)
            return True
        return False

    def _can_describe(self, index: int) -> bool:
        """A note in a list below a link."""
        entry, before = self.entries[index], self.entries[index - 1] if index else None
        if not self.links or self.headings or before is None or entry.anchors:
            return False
        return before.depth > 0 and entry.depth >= max(2, before.depth)

    def _describe(self, entry: Entry) -> None:
        last = self.links[-1]
        said = " ".join(filter(None, [last.description, *(inline(line.pieces) for line in entry.lines)]))
        self.links[-1] = replace(last, description=said)

    def _add_link(self, entry: Entry, heading: str | None = None) -> bool:
        several = links_apart(entry)
        if several:
            for anchor in several:
                self._append([anchor], anchor, [], heading)
            return True
        found = addressed(entry)
        if found is None:
            return False
        text, anchor, rest = found
        self._append(text, anchor, rest, heading)
        return True

    def _append(self, text: list[Piece], anchor: Anchor, rest: Sequence[Line], heading: str | None) -> None:
        self._say_of_address(anchor.url, text)
        shown = "" if plain(text) in ("", anchor.url) else inline(text, links=False)
        title = " ".join(anchor.title.split())
        is_own = bool(title and shown and title != plain(text))
        description = " ".join(filter(None, (inline(line.pieces) for line in rest)))
        self.links.append(
            Link(
                url=anchor.url,
                text=shown,
                title=title if is_own else "",
                title_kind="own" if is_own else "text",
                description=description,
                heading=self._heading() if heading is None else heading,
            )
        )

    def _heading(self) -> str:
        if not self.headings:
            return ""
        # After a topic, "Links" is one too: or its links would be of the topic before.
        names = [entry for entry in self.headings if self.has_topics or entry.name not in LINKS]
        self.headings = []
        heading = " – ".join(map(topic, names))
        if len(names) > 1 and len(heading) > HEADING_LENGTH:
            *others, last = names
            for entry in others:
                self.summary += entry.lines
                self.moved.append(entry.text)
            heading = topic(last)
        self.has_topics = self.has_topics or bool(heading)
        return heading

    def _leave(self, entry: Entry) -> None:
        """It belongs to no section: to the summary, and whatever has a heading there ends the section."""
        self._give_back()
        if self.section and entry.item is None:
            self.section = ""
        if self._is_credit(entry):
            return
        if self.links or self.placements:
            self.moved.append(entry.text)
        self.summary += entry.lines

    def _is_credit(self, entry: Entry) -> bool:
        if self.guest_line is None or entry.item or len(entry.lines) > 1 or not self.guest_line.fullmatch(entry.text):
            return False
        return all(anchor.url in self.homes or _PERSON.fullmatch(anchor.url) for anchor in entry.anchors)

    def _give_back(self) -> None:
        """Headings that nothing followed stay in the text."""
        for entry in self.headings:
            self.summary += entry.lines
        self.headings = []

    def _say_of_address(self, url: str, pieces: Sequence[Piece]) -> None:
        if not scheme_of(url):
            self.doubts.append(f"The address of “{plain(pieces)}” says no site, or lacks https://: {url}")


def _quoted(texts: Sequence[str]) -> str:
    return ", ".join(f"“{text if len(text) <= 60 else text[:60].rstrip() + '…'}”" for text in texts[:3]) + (
        f" and {len(texts) - 3} more" if len(texts) > 3 else ""
    )


def _doubts_of(read: Read) -> Iterator[str]:
    if read.unseen:
        counts = ", ".join(f"{count} {name}{'s' if count > 1 else ''}" for name, count in read.unseen.items())
        yield f"Left out, as no reader sees it: {counts}."
    if read.frames:
        yield f"A player, video or page inside the notes was left out: {_listed(read.frames)}"
    if read.pictures:
        yield f"Of pictures only the descriptions were kept: {_listed(read.pictures)}"
    if read.fields:
        said = [text for text in read.fields if text]
        yield f"A form was left out{'; it said: ' + ' | '.join(said) if said else '.'}"
    for url in dict.fromkeys(read.dangerous):
        yield f"An address that runs something on the listener’s machine is no link any more: {url[:60]}"


def _listed(addresses: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(filter(None, addresses)))
    more = f" and {len(distinct) - 5} more" if len(distinct) > 5 else ""
    return " ".join(distinct[:5]) + more


def _doubts_of_summary(summary: str, lines: Iterable[Line]) -> Iterator[str]:
    if len(summary) > LENGTH_LIMIT or summary.count("//") > ADDRESS_LIMIT:
        yield "The summary is so long, or so full of addresses, that pages show it as plain text."
    for line in lines:
        for anchor in line.anchors:
            if not anchor.is_bare and not scheme_of(anchor.url):
                yield f"The address of “{anchor.text}” says no site, or lacks https://: {anchor.url}"
