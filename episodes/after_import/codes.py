"""Promo codes that are addresses, and those that differ in letter case only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from episodes.after_import.finding import Edit, Finding, in_quotes
from episodes.models import Placement
from episodes.paste.addresses import key, with_scheme
from lupcms.shows.links import site_of
from lupcms.shows.models import Show
from lupcms.shows.plurals import counted
from sponsors.models import Offer


def addresses(show: Show) -> list[Finding]:
    """One query."""
    rows = _by_code(show, Q(promo_code__contains="."), "sponsor__url")
    return [
        Finding((sponsor, code), f"{name}: {code}", count, (episode,))
        for sponsor, name, code, url, count, episode in rows
        if _is_address(code, url)
    ]


def move_addresses(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    return [_moved(row) for row in _rows_of(show, [finding.about for finding in findings])]


def _is_address(code: str, sponsor_url: str) -> bool:
    whole = with_scheme(code)
    if "://" not in whole or any(sign.isspace() for sign in code):
        return False
    # “SAVE.NOW” looks like a host too.
    return whole == code or "/" in code or code.lower().startswith("www.") or site_of(whole) == site_of(sponsor_url)


def _moved(row: Placement) -> Edit:
    """Nothing that was said is lost."""
    code, whole = row.promo_code, with_scheme(row.promo_code)
    if not row.url:
        return Edit(row, f"{row}: no code any more, and {whole} becomes its address", {"promo_code": "", "url": whole})
    if key(whole) == key(with_scheme(row.url)) or code in row.words:
        said = f"{row}: no code any more; its {'words say' if code in row.words else 'address is'} {code}"
        return Edit(row, said, {"promo_code": ""})
    values = {"promo_code": "", "words": f"{row.words} {code}".strip()}
    return Edit(row, f"{row}: no code any more, and its words end with {code}; its address is {row.url}", values)


def spellings(show: Show) -> list[Finding]:
    """Two queries."""
    groups: dict[tuple[int, str], list[tuple[int, int, str, str]]] = defaultdict(list)
    for sponsor, name, code, count, episode in _by_code(show, ~Q(promo_code="")):
        groups[sponsor, code.casefold()].append((count, episode, code, name))
    several = {about: sorted(rows, reverse=True) for about, rows in groups.items() if len(rows) > 1}
    offers = Offer.objects.filter(sponsor__in={sponsor for sponsor, _ in several}).order_by("pk")
    offered = {(sponsor, code.casefold()): code for sponsor, code in offers.values_list("sponsor", "promo_code")}
    return [
        _spelled(about[0], rows, offered.get(about, ""))
        for about, rows in sorted(several.items(), key=lambda group: group[1][0][3])
    ]


def _spelled(sponsor: int, rows: list[tuple[int, int, str, str]], offered: str) -> Finding:
    """The most used first; an offer knows best."""
    codes = [code for _, _, code, _ in rows]
    words = {code: f"{code} ({counted(count, 'spots')})" for count, _, code, _ in rows}
    if offered:
        words[offered] = f"{offered}, as its offer says"
    return Finding(
        # A spelling more is another question.
        (sponsor, *sorted(codes)),
        f"{rows[0][3]}: {in_quotes(codes)}",
        sum(count for count, *_ in rows),
        tuple(episode for _, episode, *_ in rows),
        tuple(words.items()),
        offered or codes[0],
    )


def spell(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """One query."""
    edits: list[Edit] = []
    for finding in findings:
        sponsor = finding.about[0]
        others = [code for code, _ in finding.choices if code != answer]
        if len(others) == len(finding.choices):
            continue
        rows = Placement.objects.filter(episode__show=show, sponsor=sponsor, promo_code__in=others)
        edits += [
            Edit(row, f"{row}: {row.promo_code} becomes {answer}", {"promo_code": answer})
            for row in rows.order_by("episode", "position", "pk")
        ]
    return edits


def _by_code(show: Show, which: Q, *more: str) -> Iterator[tuple[Any, ...]]:
    """Sponsor, its name, the code, `more`, how many spots have it and the newest episode of those."""
    rows: QuerySet[Placement] = Placement.objects.filter(which, episode__show=show).order_by()
    names = ("sponsor", "sponsor__name", "promo_code", *more)
    found = rows.values_list(*names).annotate(Count("pk"), Max("episode"))
    return iter(sorted(found, key=lambda row: (row[1], row[2])))


def _rows_of(show: Show, abouts: Sequence[tuple[int, str]]) -> list[Placement]:
    wanted = set(abouts)
    codes = {code for _, code in wanted}
    rows = Placement.objects.filter(episode__show=show, promo_code__in=codes).order_by("episode", "position", "pk")
    return [row for row in rows if (row.sponsor_id, row.promo_code) in wanted]
