"""Addresses that lead nowhere for want of https://, and those that lead behind a login."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from episodes.after_import.finding import Edit, Finding
from episodes.models import Chapter, Episode, Link, Placement
from episodes.paste.addresses import with_scheme
from episodes.private_addresses import found_in, leads_behind_a_login, may_be_in, without
from lupcms.shows.models import Show
from sponsors.models import Sponsor

# `index.html` looks like a host and is a page of some site.
_FILES = (".htm", ".html", ".jpeg", ".jpg", ".md", ".mp3", ".pdf", ".php", ".png", ".txt", ".xml")

type Column = tuple[QuerySet[Any], str]


# --- Without a scheme ---


def without_scheme(show: Show) -> list[Finding]:
    """Three queries."""
    return _without_scheme(_of_notes(show))


def sponsors_without_scheme(show: Show) -> list[Finding]:
    """Two queries."""
    return _without_scheme(_of_sponsors(show))


def give_scheme(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    return list(_given(_of_notes(show), findings))


def give_sponsors_scheme(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    return list(_given(_of_sponsors(show), findings))


def _of_notes(show: Show) -> list[Column]:
    chapters = Chapter.objects.filter(episode__show=show)
    return [(Link.objects.filter(episode__show=show), "url"), (chapters, "url"), (chapters, "image_url")]


def _of_sponsors(show: Show) -> list[Column]:
    placements = Placement.objects.filter(episode__show=show)
    return [(placements, "url"), (Sponsor.objects.filter(pk__in=placements.values("sponsor")), "url")]


def _without_scheme(columns: Iterable[Column]) -> list[Finding]:
    counts: dict[str, int] = defaultdict(int)
    episodes: dict[str, set[int]] = defaultdict(set)
    for rows, name in columns:
        odd = rows.exclude(
            Q(**{name: ""}) | Q(**{f"{name}__istartswith": "http://"}) | Q(**{f"{name}__istartswith": "https://"})
        )
        of_episodes = rows.model is not Sponsor
        known = odd.order_by().values_list(name).annotate(Count("pk"), *([Max("episode")] if of_episodes else []))
        for url, count, *episode in known:
            if _mended(url) != url:
                counts[url] += count
                episodes[url].update(episode)
    return [
        Finding((url,), f"{url} becomes {_mended(url)}", counts[url], tuple(sorted(episodes[url], reverse=True)))
        for url in sorted(counts)
    ]


def _given(columns: Iterable[Column], findings: Sequence[Finding]) -> Iterator[Edit]:
    urls = [url for (url,) in (finding.about for finding in findings)]
    for rows, name in columns:
        for row in rows.filter(**{f"{name}__in": urls}):
            mended = _mended(getattr(row, name))
            of_whom = isinstance(row, Placement | Sponsor)
            what = f"{'spot' if isinstance(row, Placement) else row._meta.verbose_name}{f' “{row}”' if of_whom else ''}"
            yield Edit(row, f"{what}: {getattr(row, name)} becomes {mended}", {name: mended})


def _mended(url: str) -> str:
    return url if url.lower().endswith(_FILES) and "/" not in url else with_scheme(url)


# --- Behind a login ---


def private(show: Show) -> list[Finding]:
    """Five queries."""
    counts: dict[str, int] = defaultdict(int)
    episodes: dict[str, int] = {}
    for rows, name, is_text in _with_private(show):
        episode = "pk" if rows.model is Episode else "episode"
        for value, pk in rows.filter(may_be_in(name)).order_by().values_list(name, episode):
            for url in {*found_in(value)} if is_text else filter(leads_behind_a_login, [value]):
                counts[url] += 1
                episodes[url] = max(pk, episodes.get(url, 0))
    return [Finding((url,), url, counts[url], (episodes[url],)) for url in sorted(counts)]


def take_private_out(show: Show, findings: Sequence[Finding], answer: str) -> list[Edit]:
    """Six queries."""
    urls = {url for (url,) in (finding.about for finding in findings)}
    links = Link.objects.filter(episode__show=show, url__in=urls)
    gone = {link.pk: link for link in links}
    edits = [Edit(link, f"the link “{link}” goes: {link.url}") for link in gone.values()]
    edits += _headings_stay(gone)
    for rows, name, is_text in _with_private(show):
        for row in rows.filter(may_be_in(name)):
            value = getattr(row, name)
            if row._meta.model is Link and row.pk in gone:
                continue
            shorter = without(value, urls) if is_text else "" if value in urls else value
            if shorter != value:
                label = row._meta.get_field(name).verbose_name
                taken = ", ".join(url for url in sorted(urls) if url in value)
                edits.append(Edit(row, f"{row._meta.verbose_name}, {label}, without {taken}", {name: shorter}))
    return edits


def _with_private(show: Show) -> list[tuple[QuerySet[Any], str, bool]]:
    """Where to look, and whether it is a text with addresses in it. The link's own address first."""
    links = Link.objects.filter(episode__show=show)
    return [
        (links, "url", False),
        (Chapter.objects.filter(episode__show=show), "url", False),
        (Episode.objects.filter(show=show), "summary", True),
        (links, "text", True),
        (links, "description", True),
    ]


def _headings_stay(gone: dict[int, Link]) -> Iterator[Edit]:
    """A topic whose first link goes begins with the next one. One query."""
    heads = {link.episode_id for link in gone.values() if link.heading}
    heading, at = "", 0
    for link in Link.objects.filter(episode__in=heads).order_by("episode", "position", "pk"):
        if link.episode_id != at:
            heading, at = "", link.episode_id
        if link.pk in gone:
            heading = link.heading or heading
        elif heading:
            if not link.heading:
                yield Edit(link, f"the topic “{heading}” begins with “{link}”", {"heading": heading})
            heading = ""
