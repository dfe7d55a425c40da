"""What deserves a look after an import, by kind: found, never mended unasked. docs/after-an-import.md explains it."""

from django.core.cache import cache

from episodes.after_import import absent, addresses, boilerplate, codes, people, sponsors
from episodes.after_import.finding import Edit, Finding, Kind
from episodes.after_import.leaving import find
from lupcms.shows.models import Show

__all__ = ["KINDS", "Edit", "Finding", "Kind", "counts_of", "remember_counts"]

COUNTED_FOR_SECONDS = 600
_A_CORRECTION = (
    "Spots that were published are a record. This is a correction of it by you: the sponsor’s own page lists it as a "
    "later change, with your name and the day."
)
_ON_PAGES = "Their pages, and their notes pages (.md), say it at once."

KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "duplicate-people",
            "People who are probably one",
            "The same name or slug but for case, accents, hyphens and blanks. Merging asks first which one stays: "
            "episodes keep the names that they credited, and old addresses lead to the one that stays.",
            sees="write",
            repairs="delete",
            find=people.duplicates,
        ),
        Kind(
            "duplicate-sponsors",
            "Sponsors that are probably one",
            "Alike in name, or with one address. Merging asks first which one stays, and no published page changes.",
            sees="sponsor",
            repairs="delete",
            find=sponsors.duplicates,
        ),
        Kind(
            "code-address",
            "An address as promo code",
            "Old notes often had no other place for it. It leaves the box of the code: where the spot leads there, or "
            "says it, that is all; a spot without an address leads there from now on; else its words end with it, so "
            "that nothing that was said is lost.",
            sees="sponsor",
            repairs="sponsor",
            find=codes.addresses,
            press="Move",
            edits=codes.move_addresses,
            of_published=f"{_A_CORRECTION} {_ON_PAGES}",
        ),
        Kind(
            "code-case",
            "Codes that differ in letter case only",
            "Probably one code. Choose the spelling that all of the sponsor’s spots on this show will have. If the "
            "sponsor tells them apart, leave them.",
            sees="sponsor",
            repairs="sponsor",
            find=codes.spellings,
            asks=True,
            press="Spell all like this",
            edits=codes.spell,
            of_published=f"{_A_CORRECTION} {_ON_PAGES}",
        ),
        Kind(
            "unknown-kinds",
            "Spots of which nobody said whether they are paid",
            "Notes and feeds do not say it, and visitors are told nothing. Choose what all of the sponsor’s unknown "
            "spots on this show are. For new ones set it on the sponsor’s own form.",
            sees="sponsor",
            repairs="sponsor",
            find=sponsors.unknown_kinds,
            asks=True,
            press="Set",
            edits=sponsors.set_kind,
            of_published=f"{_A_CORRECTION} Their pages say it at once.",
        ),
        Kind(
            "addresses",
            "Addresses without https://",
            "Of links and chapters. They begin with a host, and browsers take them for a page of this site: they are "
            "shown as text. https:// is put in front.",
            sees="write",
            find=addresses.without_scheme,
            press="Put https:// in front",
            edits=addresses.give_scheme,
            of_published=f"{_ON_PAGES} An export has the mended address, and differs from what was imported.",
        ),
        Kind(
            "sponsor-addresses",
            "Sponsors’ addresses without https://",
            "Of spots, and of the sponsors themselves. https:// is put in front, so that they can be followed.",
            sees="sponsor",
            repairs="sponsor",
            find=addresses.sponsors_without_scheme,
            press="Put https:// in front",
            edits=addresses.give_sponsors_scheme,
            of_published=f"{_A_CORRECTION} {_ON_PAGES}",
        ),
        Kind(
            "private",
            "Addresses that only their writer can open",
            "The desk of a host, or a machine at home, pasted by mistake. A link that leads there goes; in a text the "
            "address goes, and the words around it stay.",
            sees="write",
            find=addresses.private,
            press="Take out",
            edits=addresses.take_private_out,
            of_published=_ON_PAGES,
        ),
        Kind(
            "usual-links",
            "Links that stand in most episodes",
            "The shop, the chat, how to reach you: each new episode of the show can begin with them. What is published "
            "keeps its own links and does not change. The show’s owner decides it.",
            sees="write",
            repairs="own",
            find=boilerplate.repeated,
            press="Make it a usual link",
            edits=boilerplate.make_usual,
        ),
        Kind(
            "no-audio",
            "Published without audio",
            "They have a page, and no feed has them. The old feed knows where their audio is: import it "
            "(import_feed), or give the address on the form.",
            sees="write",
            find=absent.audio,
        ),
        Kind(
            "no-guid",
            "Published without a GUID",
            "No feed has them. The old feed knows the GUID by which subscribers know the episode: import that first "
            "(import_feed). A new GUID is right only for what was never in a feed.",
            sees="write",
            find=absent.guids,
            press="Give a new GUID",
            is_final=True,
            edits=absent.give_guids,
            of_published=(
                "If the old feed had them with another GUID, every subscriber gets these episodes once more, as new. A "
                "GUID never changes again."
            ),
        ),
        Kind(
            "unused-people",
            "People whom nothing names",
            "An import brought them. No episode credits them, no other show knows them, and nobody wrote anything "
            "about them. They go, with their names on this show.",
            sees="write",
            repairs="delete",
            find=people.unused,
            press="Delete",
            edits=people.delete_unused,
        ),
        Kind(
            "unused-sponsors",
            "Sponsors that nothing names",
            "An import brought them. They have no spot, offer or campaign on any show, no description, no logo and no "
            "contacts. They go.",
            sees="sponsor",
            repairs="delete",
            find=sponsors.unused,
            press="Delete",
            edits=sponsors.delete_unused,
        ),
    )
}


def counts_of(show: Show, run: int) -> dict[str, int]:
    """How many findings of each kind, without what was left as it is, as of the last ten minutes.

    `run` is the last import's primary key.

    No query where it is known, else some twenty.
    """
    counts: dict[str, int] | None = cache.get(_cached(show, run))
    if counts is None:
        counts = {name: len(found.open) for name, found in find(show, KINDS.values()).items()}
        cache.set(_cached(show, run), counts, COUNTED_FOR_SECONDS)
    return counts


def remember_counts(show: Show, run: int, counts: dict[str, int]) -> None:
    """By whoever has just counted, which may be some kinds only."""
    known = cache.get(_cached(show, run), {}) | counts
    if known.keys() == KINDS.keys():
        cache.set(_cached(show, run), known, COUNTED_FOR_SECONDS)


def _cached(show: Show, run: int) -> str:
    return f"after-import:{show.pk}:{run}"
