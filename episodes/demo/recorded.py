"""The demo's one recording, with chapters and a transcript, so that feed and player have something to say."""

from pathlib import Path

from django.core.files.base import ContentFile

from episodes import derived
from episodes.audio import attach
from episodes.formats.transcripts import parse
from episodes.models import Chapter, Episode, Transcript
from hosts.models import HostName
from lupcms.shows.models import Show

AUDIO = Path(__file__).parent / "audio" / "horn.mp3"
CHAPTERS = [(0, "Wind, and a little sea"), (6, "The first blast"), (16, "The second"), (26, "The third, and its echo")]
TRANSCRIPT = """WEBVTT

00:00:00.500 --> 00:00:05.500
<v Nell Tarrant>(Wind. Somebody says “now”.)

00:00:06.000 --> 00:00:11.000
<v The horn>(A long blast, with the grunt at its end.)

00:00:16.000 --> 00:00:21.000
<v The horn>(Another.)

00:00:26.000 --> 00:00:34.000
<v The horn>(The longest, and Ormsay answering from across the sound.)

00:00:36.000 --> 00:00:41.000
<v Ambrose Keough>(Nothing. He has taken his cap off.)
"""


# Of the seed's episode, as its old host had it: a notes page knows neither identity nor audio.
SEED = {
    "guid": "d39fbeb3-7109-49a7-b881-21e51a8f179a",
    "enclosure_url": (
        "https://aphid.fireside.fm/d/1437767933/f31a453c-fa15-491f-8618-3f71f1d565e5/"
        "d39fbeb3-7109-49a7-b881-21e51a8f179a.mp3"
    ),
    "enclosure_length": 52_848_009,
    "enclosure_type": "audio/mpeg",
}


def load(show: Show, seed: Show) -> None:
    seed.episodes.filter(number="245").update(**SEED)
    _load_horn(show)


def _load_horn(show: Show) -> None:
    """An episode of its own: the other ones are read from notes pages, which know no audio."""
    newest = show.episodes.published().newest_first().first()
    assert newest is not None
    episode = Episode(
        show=show,
        number="h01",
        title="The horn, in full",
        summary="Forty-two seconds: three blasts from the gallery of Merrow Head, and what came back.",
        published_at=newest.published_at,
        episode_type="bonus",
    )
    attach(episode, ContentFile(AUDIO.read_bytes(), AUDIO.name))
    episode.save()
    for position, slug in enumerate(("nell", "ambrose"), 1):
        name = HostName.objects.get(show=show, slug=slug)
        episode.credits.create(host=name.host, role="host", name=name.name, slug=name.slug, position=position)
    Chapter.objects.bulk_create(
        Chapter(episode=episode, starts_at_seconds=second, title=title) for second, title in CHAPTERS
    )
    cues = parse(TRANSCRIPT.encode()).cues
    Transcript.objects.create(
        episode=episode, language=show.language, format="vtt", cues=[[c.start, c.end, c.speaker, c.text] for c in cues]
    )
    derived.refresh(episode)
