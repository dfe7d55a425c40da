"""What search engines and assistants read of an episode: JSON-LD, made of rows that the page has anyway."""

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.duration import duration_iso_string

from episodes.models import Credit, Episode
from lupcms.shows.linked_data import known, podcast_reference
from lupcms.shows.pages import social_picture


def podcast_episode(episode: Episode, *, has_transcript: bool) -> dict[str, Any]:
    """Of an episode with its show and credits at hand. No query.

    Title, number and audio are those of the feed. The audio's transcript is an address, for lack of a better property.
    """
    show, url = episode.show, f"{episode.show.site_url}{episode.get_absolute_url()}"
    picture = social_picture(show, episode.artwork)
    people = {
        role: [
            known(type="Person", name=credit.name, url=f"{show.site_url}{credit.get_absolute_url()}")
            for credit in episode.credits.all()
            if credit.role == role
        ]
        for role in Credit.ON_THE_PAGE
    }
    length = episode.duration_seconds and duration_iso_string(timedelta(seconds=episode.duration_seconds))
    return known(
        type="PodcastEpisode",
        name=episode.printed_title,
        url=url,
        episodeNumber=_number(episode),
        description=episode.excerpt,
        datePublished=_published(episode),
        dateModified=episode.changed_at and timezone.localtime(episode.changed_at, show.zone).isoformat(),
        duration=length,
        inLanguage=show.language,
        image=picture and picture.url,
        author=people[Credit.Role.HOST],
        actor=people[Credit.Role.HOST] + people[Credit.Role.GUEST],
        partOfSeries=podcast_reference(show),
        partOfSeason=episode.season and known(type="PodcastSeason", seasonNumber=episode.season),
        associatedMedia=episode.media_url
        and known(
            type="AudioObject",
            contentUrl=episode.media_url,
            encodingFormat=episode.enclosure_type,
            contentSize=episode.enclosure_length and str(episode.enclosure_length),
            duration=length,
            transcript=has_transcript and f"{url}/transcript",
        ),
    )


def _number(episode: Episode) -> int | str:
    """An integer where it is one that programs can hold; else as printed, which the vocabulary allows."""
    number = episode.number
    return int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else number


def _published(episode: Episode) -> str:
    """The day alone where nobody knows the minute."""
    if episode.published_at is None or (episode.published_at_is_estimated and episode.air_date):
        return episode.air_date.isoformat() if episode.air_date else ""
    return timezone.localtime(episode.published_at, episode.show.zone).isoformat()
