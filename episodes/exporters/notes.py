"""Episodes -> show-notes pages, from database fields alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.db.models import QuerySet

from episodes.models import Credit, Episode
from episodes.notes import Notes, document, problems, render
from episodes.notes.render import PLAYER_URL
from episodes.slugs import without_zeros
from sponsors.models import Kind

_TITLE_KINDS: dict[str, document.TitleKind] = {"text": "text", "own": "own", "none": "none"}
_ROLES: tuple[document.Role, ...] = ("host", "guest")


@dataclass(frozen=True, slots=True)
class Written:
    """One episode's export: where it went (None: not written), and what of it the page does not say."""

    episode: Episode
    path: Path | None
    problems: list[str]
    not_on_the_page: list[str]


def notes_of(episode: Episode) -> Notes:
    """What the page of an episode says; the episode should come `with_entries()`.

    One without an air date gets the year 1: `export` writes no page for it.
    """
    links = [
        document.Link(link.url, link.text, link.title, _TITLE_KINDS[link.title_kind], link.description)
        for link in episode.links.all()
    ]
    people = [
        document.Credit(role, credit.name, credit.slug)
        for role in _ROLES
        for credit in episode.credits.all()
        if credit.role == role
    ]
    return Notes(
        acronym=episode.show.acronym,
        number=episode.number,
        title=episode.title,
        player_url=episode.player_url if PLAYER_URL.fullmatch(episode.player_url) else "",
        air_date=episode.air_date or date.min,
        duration_seconds=episode.duration_seconds or 0,
        summary=episode.summary,
        credits=tuple(people),
        placements=tuple(
            document.Placement(row.name, row.url, row.words, row.promo_code if row.words else "")
            for row in episode.placements.all()
        ),
        links=tuple(links),
        tags=tuple(sorted(tag.name for tag in episode.tags.all())),
        site_url=episode.show.site_url,
    )


def not_on_the_page(episode: Episode) -> list[str]:
    """What an episode has and its page cannot carry, in the words of the form."""
    links, placements = episode.links.all(), episode.placements.all()
    roles = sorted({credit.get_role_display().lower() for credit in episode.credits.all()} - {"host", "guest"})
    lost = {
        "publish time": episode.published_at is not None and not episode.published_at_is_estimated,
        "GUID": bool(episode.guid),
        "an address of its own": episode.slug != without_zeros(episode.number),
        "unknown duration (printed as 0)": episode.duration_seconds is None,
        "player address": bool(episode.player_url) and not PLAYER_URL.fullmatch(episode.player_url),
        "video address": bool(episode.video_url),
        "topic headings": any(link.heading for link in links),
        **{f"credits as {role}": True for role in roles},
        "a guest named before a host": _guest_before_host(episode),
        "promo code without words": any(row.promo_code and not row.words for row in placements),
        "kind of sponsorship": any(row.kind != Kind.UNKNOWN for row in placements),
        "campaign": any(row.campaign_id for row in placements),
        "second of a spot": any(row.starts_at_seconds is not None for row in placements),
    }
    return [what for what, is_so in lost.items() if is_so]


def _guest_before_host(episode: Episode) -> bool:
    roles = [credit.role for credit in episode.credits.all() if credit.role in Credit.ON_THE_PAGE]
    return roles != sorted(roles, key=["host", "guest"].index)


def page_of(episode: Episode) -> bytes:
    return render(notes_of(episode))


def export(episodes: QuerySet[Episode], folder: Path) -> Iterator[Written]:
    """Write `folder/<show slug>/<year>/episode-<number>.md` for each episode; in memory are fifty at a time."""
    for episode in episodes.iterator(chunk_size=50):
        if episode.air_date is None:
            yield Written(episode, None, ["air date: a page cannot be without one."], [])
            continue
        notes = notes_of(episode)
        found = list(problems(notes))
        if notes.credits or notes.tags:
            found += [] if notes.site_url else ["site URL: the show has none, and people and tags need it."]
        path = folder / episode.show.slug / f"{notes.air_date.year:04d}" / f"episode-{notes.number}.md"
        if not path.resolve().is_relative_to(folder.resolve()):
            found.append(f"show: {episode.show.slug!r} leads out of the folder.")
        if found:
            yield Written(episode, None, found, [])
            continue
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(render(notes))
        except OSError as error:
            yield Written(episode, None, [f"{path}: {error.strerror}."], [])
            continue
        yield Written(episode, path, [], not_on_the_page(episode))
