"""The table of rules. A rule's number is that of the checklist (A1 to A88); L1 and so on are our own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from episodes.feed_health.problems import Found
from episodes.feed_health.reading import Feed

Check = Callable[[Feed], Iterable[Found]]


@dataclass(frozen=True)
class Rule:
    id: str
    says: str
    source: str
    check: Check
    # Also where there is no channel.
    of_document: bool = False


RULES: dict[str, Rule] = {}

# What bytes alone cannot show, and what does.
NOT_CHECKED = {
    "A5": "Two renders give the same bytes: a test of the feed's maker.",
    "A14": "Size, colours and type of the artwork: lupcms looks at it when it is uploaded.",
    "A33": "Publisher and publisher feed link both ways: needs the other feed.",
    "A72": "SRT, JSON and HTML transcripts come from the same cues: needs the files.",
    "A76": "Import, export, import: needs the importer.",
    "A78": "Content-Type, GET and HEAD: needs the server.",
    "A79": "ETag, Last-Modified and 304: needs the server.",
    "A80": "Compression and Vary: needs the server.",
    "A81": "CORS: needs the server.",
    "A82": "Enclosure host with HEAD and byte ranges: needs the server.",
    "A83": "Chapters and transcripts served with their type: needs the server.",
    "A85": "Time, queries and size: a measurement.",
    "A86": "Parsers agree: a test with four parsers.",
    "A87": "JSON Feed and OPML: other documents.",
}


def rule(id_: str, says: str, source: str, *, of_document: bool = False) -> Callable[[Check], Check]:
    def register(check: Check) -> Check:
        assert id_ not in RULES, id_
        RULES[id_] = Rule(id_, says, source, check, of_document)
        return check

    return register


def in_order(id_: str) -> tuple[str, int]:
    return id_[0], int(id_[1:])
