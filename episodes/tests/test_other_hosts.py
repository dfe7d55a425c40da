"""The feed of every host that we know of becomes the same record, but for what it says in its own way."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from episodes.feed_health.reading import UnreadableError
from episodes.importers.feeds import File, Home, Item, read
from episodes.importers.record import Chapter, Credit, Enclosure, Link, Record, Source
from episodes.notes.document import Placement
from episodes.tests import other_hosts as hosts

HOME = Home("HTR", hosts.SHOW, frozenset({"half-tide.example"}))
LINK = Link("https://example.org/1?a=1&b=2", "One", description="All about it")
TAGS = ("lamps", "oil & gas")
ANN = Credit("host", "Ann Harbour", "ann-harbour")
CHAPTERS = (Chapter(Decimal(0), "Hello"), Chapter(Decimal(130), "Oil"))

# What all of them say.
SAID = Record(
    source=Source.RSS,
    place="item 1",
    number="12",
    title="Rope & lamps",
    published_at=datetime(2023, 3, 14, 4, tzinfo=UTC),
    duration_seconds=3723,
    summary="Who lights them, and why.",
    links=(LINK,),
    episode_type="full",
    explicit=False,
)
FIRESIDE = replace(
    SAID,
    player_url="https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM?theme=dark",
    credits=(Credit("host", "Ann Harbour", "ann"), Credit("guest", "Gil Åkesson", "gil")),
    placements=(Placement("Knots", "https://knots.example/tide", "Rope that holds", "tide10"),),
    tags=TAGS,
    guid=hosts.FIRESIDE_GUID,
    enclosure=Enclosure(hosts.FIRESIDE_AUDIO, hosts.SIZE, "audio/mpeg"),
    old_paths=("/12",),
)
WITH_GUEST_LINE = f"{SAID.summary}\n\nSpecial Guest: [Gil Åkesson](https://half-tide.example/guests/gil)."


def audio(url: str, length: int | None = hosts.SIZE, type_: str = "audio/mpeg") -> Enclosure:
    return Enclosure(url, length, type_)


def elsewhere(host: str) -> str:
    return (
        f"1 items link to {host}, which is no host of this show: addresses there are not answered here, and need "
        "redirects there."
    )


def read_one(data: bytes) -> tuple[Item, tuple[str, ...]]:
    """The one item, without the HTML that is kept beside it, and what is doubtful about the feed."""
    feed = read(data, HOME)
    [item] = feed
    return item._replace(record=replace(item.record, original="")), feed.doubts


# --- Fireside through the years ---


def test_fireside_in_2018_names_nobody_but_in_the_notes():
    assert read_one(hosts.fireside_2018()) == (Item(replace(FIRESIDE, credits=(), summary=WITH_GUEST_LINE)), ())


def test_fireside_in_2021_credits_people():
    assert read_one(hosts.fireside_2021()) == (Item(FIRESIDE), ())


def test_fireside_in_2024_names_pictures_chapters_and_transcripts():
    at = "https://feeds.fireside.fm/half-tide"
    player = "https://player.fireside.fm/v3/vlpcEWmF+FB4Ue5jM?theme=dark"

    assert read_one(hosts.fireside_2024()) == (
        Item(
            replace(FIRESIDE, artwork_url=hosts.OWN, player_url=player),
            File(f"{at}/episodes/12/chapters", "application/json"),
            (
                File(f"{at}/12/transcript.srt", "application/srt"),
                File(f"{at}/12/transcript.txt", "text/plain"),
            ),
        ),
        (),
    )


def test_fireside_as_json():
    said = replace(FIRESIDE, source=Source.JSON, credits=(), summary=WITH_GUEST_LINE, tags=(), episode_type="")

    assert read_one(hosts.fireside_json()) == (Item(said), ())
    assert read(hosts.fireside_json(), HOME).said.explicit is True


# --- Much of the podcast namespace ---


def test_podhome():
    said = replace(
        SAID,
        video_url="https://v.example/12.mp4",
        credits=(ANN, Credit("producer", "Bo Mast", "bo-mast")),
        guid="2f0c9a3e-1111-4b44-9d0a-1c5f2e6f7a12",
        enclosure=audio("https://serve.podhome.example/a/12.mp3"),
        season=2,
        artwork_url=hosts.OWN,
    )
    at = "https://serve.podhome.example/12"

    assert read_one(hosts.podhome()) == (
        Item(
            said,
            File(f"{at}.json", "application/json+chapters"),
            (File(f"{at}.srt", "application/srt", "en"), File(f"{at}.vtt", "text/vtt", "en")),
        ),
        (elsewhere("serve.podhome.example"),),
    )


def test_castopod():
    said = replace(
        SAID,
        credits=(ANN, Credit("editor", "Bo Mast", "bo-mast")),
        guid=f"{hosts.SITE}/@halftide/episodes/rope",
        enclosure=audio(f"{hosts.SITE}/audio/@halftide/rope.mp3?_from=feed"),
        old_paths=("/@halftide/episodes/rope",),
    )

    assert read_one(hosts.castopod()) == (
        Item(
            said,
            File(f"{hosts.SITE}/12/chapters", "application/json+chapters"),
            (File(f"{hosts.SITE}/12/transcript", "application/x-subrip", "en"),),
        ),
        (),
    )


def test_buzzsprout():
    said = replace(
        SAID,
        guid="Buzzsprout-12",
        enclosure=audio("https://www.buzzsprout.com/1/episodes/12-rope-lamps.mp3"),
        season=2,
        tags=TAGS,
        chapters=CHAPTERS,
    )
    at = "https://www.buzzsprout.com/1/12"

    assert read_one(hosts.buzzsprout()) == (
        Item(
            said,
            File(f"{at}/chapters.json", "application/json"),
            (
                File(f"{at}/transcript", "text/html"),
                File(f"{at}/transcript.json", "application/json"),
                File(f"{at}/transcript.srt", "application/x-subrip"),
                File(f"{at}/transcript.vtt", "text/vtt"),
            ),
        ),
        (),
    )


def test_transistor():
    said = replace(
        SAID,
        credits=(ANN, Credit("guest", "Gil Åkesson", "gil-åkesson")),
        guid="0d6e0a3b-2222-4b44-9d0a-1c5f2e6f7a12",
        enclosure=audio("https://media.transistor.example/ab12cd34/77.mp3"),
        tags=TAGS,
        artwork_url=hosts.OWN,
    )
    at = "https://share.tr.example/s/ab12cd34"

    assert read_one(hosts.transistor()) == (
        Item(
            said,
            File(f"{at}/chapters.json", "application/json+chapters"),
            (File(f"{at}/transcript.vtt", "text/vtt"),),
        ),
        (elsewhere("share.tr.example"),),
    )


# --- Little or nothing of it ---


def test_libsyn():
    said = replace(
        SAID,
        guid="5c1e7ba14cd84cd8b3a2aa77fe0d12ab",
        enclosure=audio("https://traffic.libsyn.example/secure/halftide/rope.mp3?dest-id=12"),
        season=2,
        tags=TAGS,
    )

    assert read_one(hosts.libsyn()) == (Item(said), (elsewhere("halftide.libsyn.example"),))


def test_simplecast():
    said = replace(
        SAID,
        guid="7b1d0a3b-3333-4b44-9d0a-1c5f2e6f7a12",
        enclosure=audio(
            "https://cdn.simplecast.example/audio/1/episodes/2/audio/3/default_tc.mp3?aid=rss_feed&feed=xY1"
        ),
        tags=TAGS,
        artwork_url=hosts.OWN,
    )

    assert read_one(hosts.simplecast()) == (Item(said), (elsewhere("half-tide.simplecast.example"),))


def test_megaphone():
    said = replace(
        SAID,
        guid="b1f6d4ae-4444-11ed-9d0a-1c5f2e6f7a12",
        enclosure=audio("https://traffic.megaphone.example/H12.mp3?updated=1", None),
        explicit=True,
    )

    assert read_one(hosts.megaphone()) == (Item(said), ())
    prefix = "https://www.podtrac.com/pts/redirect.mp3/pdst.fm/e/"
    assert read(hosts.megaphone(), HOME).said.media_prefix == prefix


def test_art19():
    said = replace(
        SAID,
        guid="gid://art19-episode-locator/V0/aB-12_c",
        enclosure=audio("https://rss.art19.example/episodes/7b1d0a3b.mp3?rss_browser=BAhJIhJjaHJvbWU%3D"),
        tags=TAGS,
        artwork_url=hosts.OWN,
    )

    assert read_one(hosts.art19()) == (Item(said), ())


@pytest.mark.parametrize(
    "guid", ["https://anchor.example/halftide/episodes/Rope--lamps-e1abc", "1a7b1f60-9e1c-4b1e-8f3a-7d3d2b9a7c12"]
)
def test_anchor_keeps_the_address_inside_an_address_to_the_letter(guid):
    said = replace(SAID, guid=guid, enclosure=audio(hosts.ANCHOR_AUDIO), season=2, artwork_url=hosts.OWN)

    assert read_one(hosts.anchor(guid)) == (Item(said), (elsewhere("podcasters.spotify.example"),))


def test_powerpress():
    said = replace(
        SAID,
        guid=f"{hosts.SITE}/?p=311",
        enclosure=audio("https://audio.half-tide.example/rope.mp3"),
        tags=("Lamps", "oil & gas"),
        episode_type="",
        old_paths=("/2023/03/rope-lamps/",),
    )

    assert read_one(hosts.powerpress()) == (Item(said), ())
    assert read(hosts.powerpress(), HOME).said.media_prefix == "https://media.blubrry.com/halftide/"


def test_podlove():
    said = replace(
        SAID,
        number="012",
        guid="podlove-2023-03-13t18:21:05+00:00-a1b2c3d4e5f6a7b",
        enclosure=audio(f"{hosts.SITE}/podlove/file/12/s/feed/c/mp3/htr012.m4a", type_="audio/mp4"),
        explicit=None,
        artwork_url=hosts.OWN,
        chapters=(Chapter(Decimal(0), "Hello"), Chapter(Decimal("130.5"), "Oil", url="https://example.org/oil")),
        old_paths=("/htr012-rope-lamps/",),
        doubts=("Ann Harbour, Gil Åkesson: named as contributors, and not in which role. Credit them yourself.",),
    )

    assert read_one(hosts.podlove()) == (
        Item(said),
        (f"The feed goes on at {hosts.SITE}/feed/mp3/?paged=2: import that, too.",),
    )


def test_squarespace():
    said = replace(
        SAID,
        guid="5a0c1b2d:5b1c2d3e:640f0e1d2c3b4a",
        enclosure=audio("https://static1.squarespace.example/static/5a/t/64/1678766400/rope.mp3/original/rope.mp3"),
        tags=TAGS,
        episode_type="",
        artwork_url=hosts.OWN,
        old_paths=("/episodes/12",),
    )

    assert read_one(hosts.squarespace()) == (Item(said), ())


def test_soundcloud():
    said = replace(
        SAID,
        summary=f"{SAID.summary}\n\nMore at {LINK.url}",
        links=(),
        guid="tag:soundcloud,2010:tracks/1469000012",
        enclosure=audio("https://feeds.soundcloud.example/stream/1469000012-halftide-rope-lamps.mp3"),
        episode_type="",
        artwork_url=hosts.OWN,
    )

    assert read_one(hosts.soundcloud()) == (Item(said), (elsewhere("soundcloud.example"),))


@pytest.mark.parametrize("version", ["1", "1.1"])
def test_micro_blog(version):
    said = replace(
        SAID,
        source=Source.JSON,
        number="",
        slug="rope",
        credits=(ANN,),
        tags=TAGS,
        guid="http://half-tide.micro.example/2023/03/14/rope.html",
        enclosure=audio("https://half-tide.micro.example/uploads/rope.mp3"),
        artwork_url=hosts.OWN,
        episode_type="",
        explicit=None,
        old_paths=("/2023/03/14/rope.html",),
    )

    assert read_one(hosts.micro_blog(version)) == (Item(said), ())


def test_the_feed_of_a_youtube_channel_is_refused_with_what_to_take():
    with pytest.raises(UnreadableError, match="it has the newest videos only, and no audio"):
        read(hosts.youtube(), HOME)
