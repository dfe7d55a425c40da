"""What is missing or odd in an episode that is about to be published: for the step before it, which lists them.

`facts_of` reads what the checks need; a check is a pure function of it. Whether one stops a publication says the
show's owner (`DeskRules.blocking`); none does on its own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from itertools import groupby
from typing import Literal, NamedTuple

from django.db.models import Count, F, Prefetch, Q
from django.utils import timezone
from django.utils.dateformat import format as format_date

from episodes.audio import absent_from_feed
from episodes.models import Credit, DeskRules, Episode, EpisodeTag, Link, Placement
from episodes.near_tags import resembling
from episodes.next_episode import Number, read_number
from episodes.offers import Listed, listed
from episodes.prefill import in_one_line
from episodes.private_addresses import leads_behind_a_login
from lupcms.shows.plurals import counted
from sponsors.checks import of_address
from sponsors.models import Campaign

Severity = Literal["missing", "odd"]


class Place(NamedTuple):
    """What a check found: a sentence, and where on the episode's form it is mended, as the id of an element, or ""."""

    text: str
    anchor: str


class Other(NamedTuple):
    """Another episode of the show, as far as checks compare with it."""

    number: str
    title: str
    enclosure_url: str


@dataclass(frozen=True, slots=True)
class Facts:
    episode: Episode
    # The moment of publication that is asked about.
    at: datetime
    now: datetime
    spots: list[Listed]
    # Of the show, begun by that day: live ones, and those that are over and owed a spot. `with_delivery()`.
    campaigns: list[Campaign]
    others: list[Other]
    # Addresses of the links that every new episode of the show begins with.
    usual: frozenset[str]
    # How many other episodes of the show have the tag.
    uses: Mapping[str, int]

    @property
    def day(self) -> date:
        return self.episode.show.today(self.at)

    @property
    def placements(self) -> list[Placement]:
        return [spot.placement for spot in self.spots]


@dataclass(frozen=True, slots=True)
class Check:
    name: str
    # As an owner reads it who decides whether it stops a publication.
    label: str
    severity: Severity
    run: Callable[[Facts], Iterable[Place]]


@dataclass(frozen=True, slots=True)
class Finding:
    check: Check
    text: str
    anchor: str
    blocks: bool

    @property
    def key(self) -> str:
        """The same as long as the sentence is."""
        return sha256(self.text.encode()).hexdigest()[:16]


CHECKS: dict[str, Check] = {}


def facts_of(episode: Episode, at: datetime) -> Facts:
    """Ten queries beside the episode's own, whatever the number of its rows; two less without sponsors."""
    spots = Placement.objects.select_related("sponsor", "campaign", "offer")
    rows = ("links", "credits", "tags", Prefetch("placements", spots))
    episode = Episode.objects.select_related("show").prefetch_related(*rows).get(pk=episode.pk)
    show, day = episode.show, episode.show.today(at)
    owed = Q(spots__gt=F("published_count") + F("scheduled_count"))
    campaigns = Campaign.objects.filter(shows=show, starts_on__lte=day).with_delivery().select_related("sponsor")
    others = show.episodes.exclude(pk=episode.pk)
    uses = EpisodeTag.objects.filter(content_object__in=others).values_list("tag__name")
    return Facts(
        episode=episode,
        at=at,
        now=timezone.now(),
        spots=listed(episode, day),
        campaigns=list(campaigns.filter(Q(ends_on__gte=day) | owed).order_by("ends_on", "pk")),
        others=[Other(*row) for row in others.values_list(*Other._fields)],
        usual=frozenset(show.usual_links.values_list("url", flat=True)),
        uses=dict(uses.annotate(count=Count("pk"))),
    )


def findings(facts: Facts, blocking: Iterable[str] = ()) -> list[Finding]:
    """What stops the publication first, then what is missing, then what is odd."""
    stops = set(blocking)
    found = [
        Finding(check, place.text, place.anchor, check.name in stops)
        for check in CHECKS.values()
        for place in check.run(facts)
    ]
    return sorted(found, key=lambda finding: (not finding.blocks, finding.check.severity != "missing"))


def blocking_of(episode: Episode) -> list[str]:
    """The names of the checks that stop a publication on its show. One query."""
    rules = DeskRules.objects.filter(show=episode.show_id).first()
    return rules.blocking if rules else []


def _check(name: str, severity: Severity, label: str) -> Callable[[Callable[[Facts], Iterable[Place]]], None]:
    def register(run: Callable[[Facts], Iterable[Place]]) -> None:
        CHECKS[name] = Check(name, label, severity, run)

    return register


# --- What the episode itself says ---


@_check("no-title", "missing", "no title")
def _no_title(facts: Facts) -> Iterator[Place]:
    if not facts.episode.title.strip():
        yield Place("It has no title.", "id_title")


@_check("no-summary", "missing", "nothing about the episode")
def _no_summary(facts: Facts) -> Iterator[Place]:
    if not facts.episode.summary.strip():
        yield Place("It says nothing about itself: write a sentence under “About this episode”.", "id_summary")


@_check("no-audio", "missing", "in no feed, for want of audio")
def _no_audio(facts: Facts) -> Iterator[Place]:
    if reason := absent_from_feed(facts.episode):
        yield Place(f"No feed will have it: {reason}.", "id_is_blocked" if facts.episode.is_blocked else "id_audio")


@_check("no-hosts", "missing", "no hosts")
def _no_hosts(facts: Facts) -> Iterator[Place]:
    if not any(credit.role == Credit.Role.HOST for credit in facts.episode.credits.all()):
        yield Place("It has no host.", "credits-group")


@_check("untagged", "missing", "no tags")
def _untagged(facts: Facts) -> Iterator[Place]:
    if not facts.episode.tags.all():
        yield Place("It has no tags.", "id_tags")


@_check("rare-tag", "odd", "a tag used once that resembles another")
def _rare_tag(facts: Facts) -> Iterator[Place]:
    for tag in sorted(facts.episode.tags.all(), key=lambda tag: tag.name):
        if not facts.uses.get(tag.name) and (near := resembling(tag.name, facts.uses)):
            best = max(near, key=lambda name: facts.uses[name])
            yield Place(
                f"No other episode has the tag “{tag.name}”; “{best}” resembles it, on "
                f"{counted(facts.uses[best], 'episodes')}.",
                "id_tags",
            )


# --- Its place among the others ---


@_check("number-gap", "odd", "a gap in the numbers")
def _number_gap(facts: Facts) -> Iterator[Place]:
    number = read_number(facts.episode.number)
    if number is None:
        return
    read = [other for row in facts.others if (other := read_number(row.number))]
    before = [other for other in read if other.key[0] == number.key[0] and other.value < number.value]
    if before and (last := max(before, key=lambda other: other.value)).value < number.value - 1:
        missing = _printed(number, last.value + 1)
        more = "" if last.value == number.value - 2 else f" to {_printed(number, number.value - 1)}"
        yield Place(
            f"The last number before {facts.episode.number} is {last}: {missing}{more} is missing.", "id_number"
        )


def _printed(like: Number, value: int) -> str:
    return str(like._replace(value=value))


@_check("number-twice", "odd", "a number that exists in another spelling")
def _number_twice(facts: Facts) -> Iterator[Place]:
    number = read_number(facts.episode.number)
    for other in facts.others:
        read = read_number(other.number)
        if other.number.casefold() == facts.episode.number.casefold() or (number and read and number.key == read.key):
            yield Place(f"There is an episode {other.number} already: “{other.title}”.", "id_number")


@_check("duplicate", "odd", "the title or the audio of another episode")
def _duplicate(facts: Facts) -> Iterator[Place]:
    title, audio = facts.episode.title.strip().casefold(), facts.episode.enclosure_url
    for other in facts.others:
        if title and other.title.strip().casefold() == title:
            yield Place(f"Episode {other.number} has the same title.", "id_title")
        if audio and other.enclosure_url == audio:
            yield Place(f"Episode {other.number} has the same audio.", "id_audio")


@_check("past", "odd", "a moment in the past")
def _past(facts: Facts) -> Iterator[Place]:
    # The minute that it is counts as now.
    if facts.at < facts.now - timedelta(minutes=1) and not facts.episode.is_published(facts.now):
        yield Place("This moment is past: it appears at once, below what was published since.", "")


# --- Links ---


@_check("no-links", "missing", "no links")
def _no_links(facts: Facts) -> Iterator[Place]:
    links = facts.episode.links.all()
    if all(link.url in facts.usual for link in links):
        yield Place(f"It has no links{' but the usual ones' if links else ''}.", "links-group")


@_check("same-link", "odd", "the same link twice")
def _same_link(facts: Facts) -> Iterator[Place]:
    seen: dict[str, int] = {}
    for row, link in enumerate(facts.episode.links.all()):
        first = seen.setdefault(link.url, row)
        if first != row:
            yield Place(f"Links {first + 1} and {row + 1} lead to the same address: {_short(link.url)}", f"links-{row}")


@_check("private-link", "odd", "a link that only its writer can open")
def _private_link(facts: Facts) -> Iterator[Place]:
    for row, link in enumerate(facts.episode.links.all()):
        if leads_behind_a_login(link.url):
            yield Place(
                f"Link {row + 1} leads to a desk or a machine of ours, which no visitor can open: {_short(link.url)}",
                f"links-{row}",
            )


@_check("no-https", "odd", "an address without https")
def _no_https(facts: Facts) -> Iterator[Place]:
    """Of links one sentence for each kind: an old page has dozens."""
    rows = [(_unsafe(link), row, link) for row, link in enumerate(facts.episode.links.all())]
    odd = sorted((found for found in rows if found[0]), key=lambda found: found[:2])
    for reason, group in groupby(odd, key=lambda found: found[0]):
        (_, row, link), *more = group
        others = f" So {'do' if len(more) > 1 else 'does'} {counted(len(more), 'other links')}." if more else ""
        yield Place(f"Link {row + 1} {reason}: {_short(link.url)}{'.' if more else ''}{others}", f"links-{row}")
    for row, placement in enumerate(facts.placements):
        warning = "" if placement.url.lower().startswith("mailto:") else of_address(placement.url)
        if warning:
            yield Place(f"{placement.name}: {warning}", f"placements-{row}")


def _unsafe(link: Link) -> str:
    if not link.href:
        return "leads nowhere, for want of https://"
    return "begins with http://, not https://" if link.url.lower().startswith("http://") else ""


def _short(url: str) -> str:
    return url if len(url) <= 80 else f"{url[:79]}…"


# --- Sponsors ---


@_check("booked-absent", "missing", "a booked sponsor is absent")
def _booked_absent(facts: Facts) -> Iterator[Place]:
    for campaign in _not_here(facts):
        if campaign.ends_on >= facts.day:
            owed = campaign.delivery(facts.day).owed
            yield Place(
                f"{campaign.sponsor} booked spots until {_day(campaign.ends_on)}, is owed {owed}, and is not here.",
                "placements-group",
            )


@_check("owed", "odd", "spots that are owed")
def _owed(facts: Facts) -> Iterator[Place]:
    for campaign in _not_here(facts):
        if campaign.ends_on < facts.day:
            owed = counted(campaign.delivery(facts.day).owed, "spots")
            yield Place(
                f"{campaign.sponsor} is still owed {owed} of a campaign that ended on {_day(campaign.ends_on)}.",
                "placements-group",
            )
    for row, placement in enumerate(facts.placements):
        for campaign in facts.campaigns:
            owing = campaign.delivery(facts.day).owed
            if placement.campaign_id is None and owing and campaign.sponsor_id == placement.sponsor_id:
                yield Place(
                    f"{placement.name}: this spot counts for no campaign, and {counted(owing, 'spots')} are owed until "
                    f"{_day(campaign.ends_on)}. Choose the campaign under “More”.",
                    f"placements-{row}",
                )
                break


def _not_here(facts: Facts) -> Iterator[Campaign]:
    """One for each sponsor that is owed a spot and has none here: the one that ends first."""
    seen = {placement.sponsor_id for placement in facts.placements}
    for campaign in facts.campaigns:
        if campaign.sponsor_id not in seen and campaign.delivery(facts.day).owed:
            seen.add(campaign.sponsor_id)
            yield campaign


@_check("sponsor-twice", "odd", "the same sponsor twice")
def _sponsor_twice(facts: Facts) -> Iterator[Place]:
    counts = Counter(placement.sponsor_id for placement in facts.placements)
    for row, placement in enumerate(facts.placements):
        if counts.pop(placement.sponsor_id, 0) > 1:
            yield Place(f"{placement.name} stands here more than once.", f"placements-{row}")


@_check("no-words", "missing", "a sponsor without words")
def _no_words(facts: Facts) -> Iterator[Place]:
    for row, placement in enumerate(facts.placements):
        if not placement.words.strip():
            yield Place(f"{placement.name or 'A sponsor'} has no words.", f"placements-{row}")


@_check("code", "odd", "a code or offer that has ended, or not begun")
def _code(facts: Facts) -> Iterator[Place]:
    for row, spot in enumerate(facts.spots):
        standing, placement = spot.standing, spot.placement
        if standing is None or standing.is_live:
            continue
        what = f"the code “{placement.promo_code}”" if placement.promo_code else "the offer"
        until, since = standing.offer.valid_until, standing.offer.valid_from
        when = (
            f"ended on {_day(until)}" if spot.has_ended and until else f"begins on {_day(since)}" if since else "ended"
        )
        now = f" “{spot.now.offer.promo_code}” counts instead." if spot.now and spot.now.offer.promo_code else ""
        yield Place(f"{placement.name}: {what} {when}.{now}", f"placements-{row}")


@_check("other-words", "odd", "words, code or address that differ from the offer")
def _other_words(facts: Facts) -> Iterator[Place]:
    for row, placement in enumerate(facts.placements):
        if (offer := placement.offer) is None:
            continue
        differing = [
            name
            for name, said, agreed in (
                ("words", in_one_line(placement.words), in_one_line(offer.words)),
                ("code", placement.promo_code, offer.promo_code),
                ("address", placement.url, offer.url),
            )
            if agreed.strip() and said.strip() and said.strip() != agreed.strip()
        ]
        if differing:
            yield Place(f"{placement.name}: {_and(differing)} differ from the offer.", f"placements-{row}")


def _and(words: list[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))


def _day(day: date) -> str:
    return format_date(day, "j F Y")
