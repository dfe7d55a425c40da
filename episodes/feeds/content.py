"""What the feeds say, from the database: a show's, those of a tag or a host, and one of all shows.

Addresses begin with the site URL of the item's show, never with the host of a request.
"""

import mimetypes
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.db.models import Prefetch, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.encoding import iri_to_uri

from episodes.feeds.document import Channel, Chapter, Item, Person, Picture, Transcript
from episodes.models import Chapter as ChapterRow
from episodes.models import Credit, Episode
from episodes.models import Transcript as TranscriptRow
from episodes.models.transcript import distance
from hosts.models import HostName
from lupcms.shows.categories import split
from lupcms.shows.channel import podcast_guid_of
from lupcms.shows.models import Show
from lupcms.shows.pictures import (
    feed_artwork_side,
    feed_artwork_url,
    rendition_url,
    rss_image_side,
    rss_image_url,
)

# Of the newest episodes, somebody hosts regularly who hosts one in three.
NEWEST = 20
REGULARLY = 3
# Role and group in the podcast namespace's taxonomy.
ROLES = {
    Credit.Role.HOST: ("host", "cast"),
    Credit.Role.GUEST: ("guest", "cast"),
    Credit.Role.PRODUCER: ("producer", "creative direction"),
    Credit.Role.EDITOR: ("audio editor", "audio post-production"),
}
PERSON_WIDTH = 384
# Ending of the address, type, and whether lines know when they are said; the first is what apps like best.
TRANSCRIPTS = [
    (".vtt", "text/vtt", True),
    ("", "text/html", False),
    (".json", "application/json", True),
    (".srt", "application/x-subrip", True),
]

# By show, host, role, name and slug.
type People = dict[tuple[int, int, str, str, str], Person]

_EPISODE = (
    "show number slug title published_at changed_at duration_seconds guid enclosure_url enclosure_length "
    "enclosure_type video_url season episode_type explicit artwork feed_html".split()
)


def episodes_of(episodes: QuerySet[Episode]) -> list[Episode]:
    """What of these feeds may have, newest first, with the columns they print. Four queries; for all shows five."""
    people = Credit.objects.select_related("host").only(
        "episode_id", "position", "role", "name", "slug", "host__picture", "host__is_hidden"
    )
    return list(
        episodes.in_feed()  # type: ignore[attr-defined]
        .newest_first()
        .only(*_EPISODE)
        # Prefetched, all episodes of a show share one; those that came from their show have it already.
        .prefetch_related(
            "show",
            Prefetch("credits", people),
            Prefetch("chapters", ChapterRow.objects.filter(is_listed=True)),
            transcripts_without_cues(),
        )
    )


def transcripts_without_cues() -> Prefetch:
    """What addresses are made of: the cues of an hour are large."""
    return Prefetch("transcripts", TranscriptRow.objects.only("episode_id", "language"))


def last_written_at() -> datetime | None:
    """When somebody last wrote anything at the desk: what is deleted there leaves no other trace. One query."""
    return LogEntry.objects.order_by("-pk").values_list("action_time", flat=True).first()


def channel_of(show: Show, episodes: Sequence[Episode]) -> Channel:
    """The show's own feed; `episodes` are all of it, newest first."""
    categories = [split(name) for name in (show.category, show.second_category) if name]
    return Channel(
        title=show.title,
        url=f"{show.site_url}/",
        feed_url=show.feed_url,
        json_url=f"{show.site_url}/json",
        guid=str(show.podcast_guid or podcast_guid_of(show.feed_url)),
        description=show.description,
        language=show.language,
        author=show.author or show.title,
        explicit=show.explicit,
        copyright=show.copyright,
        owner_name=show.owner_name,
        owner_email=show.owner_email,
        categories=categories,
        type=show.show_type,
        is_locked=show.is_locked,
        medium=show.medium,
        funding_url=show.funding_url,
        funding_text=show.funding_text,
        license=show.license,
        license_url=show.license_url,
        update_frequency=show.update_frequency,
        update_rule=show.update_rule,
        hub_url=show.hub_url,
        new_feed_url=show.new_feed_url,
        is_complete=show.is_complete,
        is_blocked=show.is_blocked,
        hosts=_regular_hosts(show, episodes),
        **_pictures(show),
    )


def part_of(show: Show, episodes: Sequence[Episode], path: str, name: str) -> Channel:
    """The feed of a tag or a host, at `/rss` and then the `path` of their page: for readers, not for directories."""
    feed_url = f"{show.site_url}/rss{path}"
    return replace(
        channel_of(show, episodes),
        title=f"{show.title}: {name}",
        url=f"{show.site_url}{path}",
        feed_url=feed_url,
        json_url="",
        guid=str(podcast_guid_of(feed_url)),
        hub_url="",
        new_feed_url="",
        is_blocked=True,
    )


def channel_of_all(feed_url: str, home_url: str, shows: Sequence[Show]) -> Channel:
    """One feed of all shows, for readers."""
    languages = {show.language.partition("-")[0].lower() for show in shows}
    return Channel(
        title=settings.SITE_NAME,
        url=home_url,
        feed_url=feed_url,
        json_url="",
        guid=str(podcast_guid_of(feed_url)),
        description=", ".join(show.title for show in sorted(shows, key=lambda show: (show.title, show.pk))),
        language=languages.pop() if len(languages) == 1 else "",
        author=settings.SITE_NAME,
        explicit=any(show.explicit for show in shows),
        medium="podcast",
        is_blocked=True,
    )


def items_of(episodes: Sequence[Episode], *, of_all_shows: bool = False) -> list[Item]:
    people: People = {}
    return [_item(episode, people, of_all_shows=of_all_shows) for episode in episodes]


def absolute(show: Show, url: str) -> str:
    """An address of ours as others see it; a storage elsewhere has whole ones of its own. "" stays ""."""
    return f"{show.site_url}{url}" if url.startswith("/") else url


def url_of(episode: Episode) -> str:
    """Its page; of chapters and transcripts, the beginning."""
    return absolute(episode.show, episode.get_absolute_url())


def people_of(episode: Episode, known: People | None = None) -> list[Person]:
    """`known` remembers who was met before: a show has few people and many credits."""
    known = {} if known is None else known
    people = []
    for credit in episode.credits.all():
        key = (episode.show_id, credit.host_id, credit.role, credit.name, credit.slug)
        if key not in known:
            known[key] = _person(episode.show, credit)
        people.append(known[key])
    return people


def chapters_url(episode: Episode, url: str) -> str:
    """Of the episode at `url`; nothing where it has none."""
    return f"{url}/chapters.json" if episode.chapters.all() else ""


def transcripts_of(episode: Episode, url: str) -> list[Transcript]:
    """Of the episode at `url`: each language in every format that apps read."""
    address = f"{url}/transcript"
    own = episode.show.language
    rows = sorted(episode.transcripts.all(), key=lambda row: distance(row.language, own))
    return [
        # What is nearest to the show's own language is at the plain address; see episodes.transcripts.languages_of.
        Transcript(
            f"{address}{ending}{f'?lang={quote(row.language)}' if row is not rows[0] else ''}",
            media_type,
            row.language,
            is_timed,
        )
        for ending, media_type, is_timed in TRANSCRIPTS
        for row in rows
    ]


def enclosure_type(episode: Episode) -> str:
    """As it is known, else as the address ends."""
    path = urlsplit(episode.enclosure_url).path
    return episode.enclosure_type or mimetypes.guess_type(path)[0] or "audio/mpeg"


def is_explicit(episode: Episode) -> bool:
    return episode.show.explicit if episode.explicit is None else episode.explicit


def _item(episode: Episode, people: People, *, of_all_shows: bool) -> Item:
    show, url = episode.show, url_of(episode)
    published_at, changed_at = episode.published_at, episode.last_changed_at
    assert published_at is not None
    assert changed_at is not None
    return Item(
        guid=episode.guid or "",
        code=episode.code,
        title=episode.title,
        number=episode.number,
        url=url,
        published_at=published_at.astimezone(show.zone),
        changed_at=changed_at.astimezone(show.zone),
        html=episode.feed_html,
        enclosure_url=iri_to_uri(episode.media_url),
        enclosure_length=episode.enclosure_length,
        enclosure_type=enclosure_type(episode),
        duration_seconds=episode.duration_seconds,
        season=episode.season,
        type=episode.episode_type,
        explicit=is_explicit(episode),
        picture_url=absolute(show, feed_artwork_url(episode.artwork)),
        people=people_of(episode, people),
        chapters_url=chapters_url(episode, url),
        chapters=[
            Chapter(row.starts_at_seconds, row.title, row.url, row.image_url)
            for row in episode.chapters.all()
            if row.title
        ],
        video_url=iri_to_uri(episode.video_url),
        transcripts=transcripts_of(episode, url),
        author=show.title if of_all_shows else "",
        source_url=show.feed_url if of_all_shows else "",
    )


def _person(show: Show, credit: Credit) -> Person:
    role, group = ROLES[Credit.Role(credit.role)]
    picture: FieldFile = credit.host.picture
    return Person(
        name=credit.name,
        role=role,
        group=group,
        url=absolute(show, credit.get_absolute_url()),
        picture_url=absolute(show, rendition_url(picture, PERSON_WIDTH)) if picture else "",
    )


def _regular_hosts(show: Show, episodes: Sequence[Episode]) -> list[Person]:
    """As the newest episode credits them, who hosts most first; not who left, or asked not to be listed. One query."""
    newest = episodes[:NEWEST]
    former = set(HostName.objects.former(show).values_list("host", flat=True))
    hosted: dict[int, list[Credit]] = {}
    for episode in newest:
        parts = [row for row in episode.credits.all() if row.role == Credit.Role.HOST]
        hosts = {row.host_id: row for row in parts if row.host_id not in former and not row.host.is_hidden}
        for host, credit in hosts.items():
            hosted.setdefault(host, []).append(credit)
    regular = [rows for rows in hosted.values() if len(rows) * REGULARLY >= len(newest)]
    return [_person(show, rows[0]) for rows in sorted(regular, key=len, reverse=True)]


def _pictures(show: Show) -> dict[str, Any]:
    artwork = show.artwork
    if not artwork:
        return {}
    pictures = [Picture(absolute(show, rendition_url(artwork, 768)), 768, "image/webp", show.title)]
    artwork_url = absolute(show, feed_artwork_url(artwork))
    if artwork_url:
        pictures.insert(0, Picture(artwork_url, feed_artwork_side(artwork), "image/jpeg", show.title, "artwork"))
    small = Picture(absolute(show, rss_image_url(artwork)), rss_image_side(artwork), "image/jpeg")
    return {"artwork_url": artwork_url, "thumbnail": small, "pictures": pictures}
