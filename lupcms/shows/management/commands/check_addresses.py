"""What lupcms answers at the addresses of ours that stand in files: docs/moving.md."""

import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.templatetags.static import static
from tqdm import tqdm

from lupcms.shows.commands import show_named
from lupcms.shows.found_addresses import Place, found_below
from lupcms.shows.hostnames import LOCALHOST, network_host
from lupcms.shows.visiting import Answer, Ask, Visitor, quiet

# So many places are named where an address stands; and what an exit status can hold.
PLACES = 3
MOST = 125


@dataclass(slots=True)
class _Found:
    """As it was first printed, where, and how often."""

    address: str
    places: list[Place] = field(default_factory=list)
    count: int = 0

    def __str__(self) -> str:
        more = self.count - len(self.places)
        return ", ".join(map(str, self.places)) + (f" and {more:,} more" if more else "")


class Command(BaseCommand):
    requires_migrations_checks = True
    help = (
        "Find the addresses of our hosts in files, ask lupcms for each in this process, and say what is not there. "
        "The exit status is the number of 404 and errors, 125 at most."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR", help="texts of any kind, or folders")
        parser.add_argument(
            "--host",
            action="append",
            default=[],
            metavar="OLD.HOST=SHOW",
            help="a host that is to lead to a show (acronym or slug), or to the network: OLD.HOST=network",
        )
        parser.add_argument("--all", action="store_true", help="say every answer, and not only what is wrong")

    def handle(self, *args: Any, paths: list[Path], **options: Any) -> None:
        for path in paths:
            if not path.exists():
                raise CommandError(f"{path}: there is no such file or folder.")
        try:
            static("lupcms.css")
        except ValueError:
            raise CommandError(
                "No page can be made yet: run `manage.py collectstatic` first, as `make serve` does."
            ) from None
        visitor = Visitor(dict(map(_mapped, options["host"])))
        found: dict[Ask, _Found] = {}
        foreign = 0
        for address, place in found_below(paths):
            ask = visitor.ask_for(address)
            if ask is None:
                foreign += 1
                continue
            here = found.setdefault(ask, _Found(address))
            here.count += 1
            here.places += [place] if len(here.places) < PLACES else []
        with quiet():
            answers = {ask: visitor.follow(ask) for ask in tqdm(found, unit=" addresses", disable=None)}
        for ask in sorted(found, key=lambda ask: _worst_first(answers[ask])):
            if options["all"] or answers[ask].is_wrong:
                self.stdout.write(f"{_said(found[ask].address, answers[ask])}: {found[ask]}")
        self.stdout.write(_summary(list(answers.values()), foreign))
        if wrong := sum(answer.is_wrong for answer in answers.values()):
            sys.exit(min(wrong, MOST))


def _mapped(mapping: str) -> tuple[str, str]:
    old, _, name = mapping.partition("=")
    if name == "network":
        if not network_host():
            raise CommandError(f"--host {mapping}: the network has no host; set NETWORK_URL.")
        return old.lower(), network_host()
    show = show_named(name)
    if not old or show is None:
        raise CommandError(f"--host {mapping}: write an old host and the acronym of a show, like old.example=LUP.")
    return old.lower(), show.hostname or f"{show.slug}{LOCALHOST}"


def _worst_first(answer: Answer) -> tuple[bool, bool, int, int]:
    return not answer.is_wrong, answer.status != 404, -answer.status, -len(answer.way)


def _said(address: str, answer: Answer) -> str:
    """`404 https://tide.example/99`, `200 https://tide.example/001 → https://tide.example/1`."""
    way = answer.way[-1:] if answer.is_loop else answer.way
    return " → ".join([f"{'loop' if answer.is_loop else answer.status} {address}", *way])


def _summary(answers: list[Answer], foreign: int) -> str:
    counts = Counter(_sort(answer) for answer in answers)
    sorts = ("answer", "lead on", "lead on in several steps", "removed on purpose", "not found", "broken", "loops")
    each = ", ".join(f"{counts[sort]:,} {sort}" for sort in sorts)
    return f"{len(answers):,} addresses of ours: {each}. {foreign:,} times an address of others, which was not asked."


def _sort(answer: Answer) -> str:
    if answer.is_loop:
        return "loops"
    if answer.is_wrong:
        return "not found" if answer.status < 500 else "broken"
    if answer.status == 410:
        return "removed on purpose"
    return ("answer", "lead on")[len(answer.way)] if len(answer.way) < 2 else "lead on in several steps"
