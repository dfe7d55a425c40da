"""A feed of another host becomes episodes, by a command."""

import json
import uuid
from dataclasses import replace
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image

from episodes.importers.feeds import files, read
from episodes.importers.feeds.show import home_of, take
from episodes.models import Episode, ImportRun
from episodes.tests.factories import import_notes, make_member, make_notes, make_show
from episodes.tests.old_feeds import COVER, HEAD, OldEpisode, fireside, fireside_json, old_episode
from lupcms.shows.channel import podcast_guid_of
from lupcms.shows.models import Show
from lupcms.shows.pictures import displayed_side, feed_artwork_side
from lupcms.tests.servers import answer, moved

pytestmark = pytest.mark.django_db

EPISODES = [old_episode(number) for number in range(12, 0, -1)]
FEED = fireside(EPISODES)


@pytest.fixture
def show() -> Show:
    return make_show("half-tide", "HTR", title="Half-Tide Radio")


@pytest.fixture
def feed_file(tmp_path):
    """The path of a file with these bytes."""

    def write(data: bytes) -> str:
        path = tmp_path / "old-feed"
        path.write_bytes(data)
        return str(path)

    return write


def run(feed: str, *options: str) -> tuple[list[str], list[str]]:
    """The lines that the command prints, and those of its errors."""
    out, err = StringIO(), StringIO()
    call_command("import_feed", feed, "--show", "HTR", *options, stdout=out, stderr=err)
    return out.getvalue().splitlines(), err.getvalue().splitlines()


def test_every_item_becomes_an_episode_with_the_guid_audio_and_moment_of_its_feed(show, feed_file):
    out, err = run(feed_file(FEED))

    assert out[-1] == "created 12, updated 0, unchanged 0, kept 0, failed 0"
    assert [line.partition(": ")[2] for line in err] == [
        "The category “Boats” is not in Apple’s list, and was not taken."
    ]
    told = Episode.objects.values_list(
        "number", "title", "guid", "enclosure_url", "enclosure_length", "published_at", "duration_seconds"
    )
    assert sorted(told) == sorted(
        (one.number, one.title, one.guid, one.enclosure_url, one.length, one.published_at, one.duration_seconds)
        for one in EPISODES
    )
    episode = Episode.objects.get(number="5")
    assert set(episode.tags.names()) == set(old_episode(5).tags)
    assert [row.name for row in episode.placements.all()] == ["Knot & Sons", "Lampworks"]
    assert [row.url for row in episode.links.all()] == [url for url, _, _ in old_episode(5).links]
    assert [(row.role, row.name, row.slug) for row in episode.credits.all()] == [
        ("host", "Ann Harbour", "ann"),
        ("host", "Bo Mast", "bo"),
    ]


def test_a_second_import_changes_nothing_and_neither_does_the_json_feed(show, feed_file):
    run(feed_file(FEED))
    before = list(Episode.objects.values())

    assert run(feed_file(FEED))[0][-1] == "created 0, updated 0, unchanged 12, kept 0, failed 0"
    assert run(feed_file(fireside_json(EPISODES)))[0][-1] == "created 0, updated 0, unchanged 12, kept 0, failed 0"
    assert list(Episode.objects.values()) == before


def test_a_feed_fills_what_a_notes_page_does_not_know(show, feed_file):
    old = old_episode(7)
    notes = make_notes(number="007", title="As the page has it", air_date=date(2010, 1, 24))
    import_notes(show, notes)

    out, _ = run(feed_file(fireside([old])))

    assert out[-1].startswith("created 0, updated 1")
    [episode] = Episode.objects.all()
    assert (episode.number, episode.title) == ("007", "As the page has it")
    assert (episode.guid, episode.published_at) == (old.guid, old.published_at)
    assert (episode.enclosure_url, episode.published_at_is_estimated) == (old.enclosure_url, False)


def test_a_dry_run_says_what_it_would_do_and_writes_nothing(show, feed_file):
    before = Show.objects.values().get()

    out, _ = run(feed_file(FEED), "--dry-run", "--report")

    assert out[0] == "  filled show’s description (nothing | Two pilots on rope, lamps and weather.)"
    assert out[-2:] == ["A dry run: nothing was written.", "created 12, updated 0, unchanged 0, kept 0, failed 0"]
    assert Show.objects.values().get() == before
    assert not Episode.objects.exists()
    assert not ImportRun.objects.exists()


def test_a_run_is_kept_with_who_started_it_and_what_the_feed_says_of_the_show(show, feed_file):
    alice = make_member("alice", show)
    path = feed_file(FEED)

    run(path, "--by", "alice")

    [kept] = ImportRun.objects.all()
    assert (kept.show, kept.source, kept.origin, kept.by) == (show, "rss", path, alice)
    assert {found["field"]: found["did"] for found in kept.differences} == {
        "show’s description": "filled",
        "show’s author": "filled",
        "owner’s name": "filled",
        "owner’s e-mail": "filled",
        "category": "filled",
        "copyright": "filled",
        "language": "kept",
        "artwork": "kept",
    }


def test_an_item_that_cannot_be_saved_fails_alone_and_so_does_the_command(show, feed_file):
    broken = fireside([old_episode(2), old_episode(1)]).replace(old_episode(2).tags[0].encode(), b"x" * 5000, 1)
    out, err = StringIO(), StringIO()

    with pytest.raises(SystemExit) as exit_:
        call_command("import_feed", feed_file(broken), "--show", "HTR", stdout=out, stderr=err)

    assert exit_.value.code == 1
    assert "created 1, updated 0, unchanged 0, kept 0, failed 1" in out.getvalue()
    assert "item 1: failed" in err.getvalue()
    assert [episode.number for episode in Episode.objects.all()] == ["1"]


@pytest.mark.parametrize(
    ("data", "message"),
    [(b"<html><body>Hello", "This is a web page, and no feed"), (b"", "The feed is empty"), (b'{"a": 1}', "“items”")],
)
def test_what_is_no_feed_is_refused(show, feed_file, data, message):
    with pytest.raises(CommandError, match=message):
        run(feed_file(data))


def test_a_file_that_is_not_there_and_a_show_that_is_not_are_refused(show, feed_file):
    with pytest.raises(CommandError, match="No such file"):
        run("nowhere.xml")
    with pytest.raises(CommandError, match="No show has the acronym or slug XX"):
        call_command("import_feed", feed_file(FEED), "--show", "XX")


def test_a_show_is_called_by_its_slug_too(show, feed_file):
    call_command("import_feed", feed_file(FEED), "--show", show.slug)
    assert show.episodes.count() == 12


def test_what_differs_from_the_show_is_kept_until_the_feed_may_win(show):
    Show.objects.update(author="Charlie", explicit=True)
    show.refresh_from_db()
    said = read(FEED, home_of(show)).said

    kept = {found.field: (found.here, found.said) for found in take(show, said) if found.did == "kept"}
    assert kept["show’s author"] == ("Charlie", "Ann Harbour")
    assert kept["show is explicit"] == ("yes", "no")

    take(show, said, overwrite=True)
    show.refresh_from_db()
    assert (show.author, show.explicit, show.language, show.category) == (
        "Ann Harbour",
        False,
        "en-us",
        "Leisure > Hobbies",
    )


def test_a_prefix_that_all_audio_has_becomes_the_shows_and_apps_get_the_same_address(show, feed_file):
    run(feed_file(fireside(EPISODES, prefix="https://op3.dev/e/")))

    show.refresh_from_db()
    episode = Episode.objects.select_related("show").get(number="5")
    assert show.media_prefix == "https://op3.dev/e/"
    assert episode.enclosure_url == old_episode(5).enclosure_url
    assert episode.media_url == f"https://op3.dev/e/{old_episode(5).enclosure_url.removeprefix('https://')}"


# --- The podcast's own GUID ---

GUID = uuid.UUID("9b024349-ccf0-5f69-a609-6b82873eab3c")


def with_guid(guid: object) -> bytes:
    return fireside(EPISODES[:1], head=f"{HEAD}<podcast:guid>{guid}</podcast:guid>")


def test_the_guid_of_the_feed_wins_over_one_that_was_computed_here(show, feed_file):
    assert show.podcast_guid == podcast_guid_of(show.feed_url)
    run(feed_file(with_guid(GUID)))

    show.refresh_from_db()
    assert show.podcast_guid == GUID


def test_a_guid_that_came_from_a_feed_stays(show, feed_file):
    run(feed_file(with_guid(GUID)))
    run(feed_file(with_guid(uuid.uuid4())))

    show.refresh_from_db()
    assert show.podcast_guid == GUID


def test_a_guid_that_another_show_has_is_told_and_not_taken(show):
    make_show("other", "OTH", podcast_guid=GUID)
    [found] = [one for one in take(show, read(with_guid(GUID), home_of(show)).said) if one.field == "podcast GUID"]

    assert (found.did, found.why) == ("kept", "another show has it")
    show.refresh_from_db()
    assert show.podcast_guid == podcast_guid_of(show.feed_url)


def test_what_is_no_uuid_is_told(show):
    [found] = [one for one in take(show, read(with_guid("mine"), home_of(show)).said) if one.field == "podcast GUID"]

    assert (found.did, found.said, found.why) == ("kept", "mine", "it is no UUID")


# --- From its address ---


def test_a_feed_is_fetched_and_a_show_without_guid_gets_that_of_the_old_address(show, server):
    url = server.at("/rss", answer(FEED))

    assert run(url)[0][-1] == "created 12, updated 0, unchanged 0, kept 0, failed 0"
    show.refresh_from_db()
    assert show.podcast_guid == podcast_guid_of(url)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        (answer(status="404 Not Found"), "/rss answers 404: look at it in a browser, and save the feed as a file"),
        (moved("http://10.0.0.1/rss"), "its address is not public"),
        (answer(b"<rss>", Content_Encoding="gzip"), "it answers compressed"),
    ],
)
def test_an_address_that_gives_no_feed_is_refused(show, server, says, message):
    with pytest.raises(CommandError, match=message):
        run(server.at("/rss", says))
    assert not Episode.objects.exists()


def test_an_inner_address_is_never_asked(show, settings):
    settings.ASK_OTHER_SERVERS = True
    with pytest.raises(CommandError, match="its address is not public"):
        run("http://127.0.0.1/rss")


# --- Files that the feed names ---

CHAPTERS = json.dumps({"version": "1.1.0", "chapters": [{"startTime": 0, "title": "Hello", "img": None}]}).encode()
VTT = b"WEBVTT\n\n00:00.000 --> 00:02.000\n<v Ann>Hello.\n"


@pytest.fixture
def no_pause(monkeypatch):
    monkeypatch.setattr(files, "PAUSE_SECONDS", 0)


def without_pictures(*episodes: OldEpisode, cover: str = "") -> bytes:
    """A feed whose own picture is there, or that has none."""
    return fireside([replace(one, artwork_url=cover) for one in episodes], head=HEAD.replace(COVER, cover))


def with_files(**named: str) -> bytes:
    tags = "".join(
        f'<podcast:chapters url="{url}" type="application/json+chapters"/>'
        if name == "chapters"
        else f'<podcast:transcript url="{url}" type="text/{name}" language="en-GB"/>'
        for name, url in named.items()
    )
    return without_pictures(replace(old_episode(3), more=tags))


def test_chapters_and_transcripts_are_fetched_when_asked_for_and_once(show, feed_file, server, no_pause):
    vtt, chapters = server.at("/3.vtt", answer(VTT)), server.at("/3.json", answer(CHAPTERS))
    path = feed_file(with_files(chapters=chapters, html=f"{server.url}/3.html", vtt=vtt))

    out, _ = run(path)
    assert server.asked == []
    assert out[0] == "Named by the feed and not fetched: pictures 0, chapters 1, transcripts 1. --fetch gets them."
    out, _ = run(path, "--fetch")

    [episode] = Episode.objects.all()
    assert [(row.starts_at_seconds, row.title) for row in episode.chapters.all()] == [(0, "Hello")]
    assert [(row.language, row.cues) for row in episode.transcripts.all()] == [("en-GB", [[0, 2000, "Ann", "Hello."]])]
    assert out[0] == "fetched: pictures 0, chapters 1, transcripts 1; files that did not come 0"
    assert [asked.path for asked in server.asked] == ["/3.json", "/3.vtt"]

    assert run(path, "--fetch")[0][-1] == "created 0, updated 0, unchanged 1, kept 0, failed 0"
    assert len(server.asked) == 2
    # And nothing is left to fetch.
    assert run(path)[0] == [
        "The admin has every difference, under Imports.",
        "created 0, updated 0, unchanged 1, kept 0, failed 0",
    ]


def test_files_that_do_not_come_are_told_and_the_episode_is_imported(show, feed_file, server, no_pause):
    bad = server.at("/3.vtt", answer(b"hello"))
    out, err = run(feed_file(with_files(chapters=f"{server.url}/gone", vtt=bad)), "--fetch")

    assert out[-1] == "created 1, updated 0, unchanged 0, kept 0, failed 0"
    assert err[1:] == [
        f"item 1: no chapters at {server.url}/gone: the server answers 404",
        f"item 1: no transcript at {bad}: this is no transcript in WebVTT, SubRip or the podcast namespace’s JSON.",
    ]


def test_a_server_that_never_answers_well_is_not_asked_for_ever(show, feed_file, server, no_pause):
    episodes = [
        replace(old_episode(number), more=f'<podcast:chapters url="{server.url}/{number}"/>')
        for number in range(9, 0, -1)
    ]
    out, err = run(feed_file(without_pictures(*episodes)), "--fetch")

    assert len(server.asked) == files.PATIENCE
    assert out[0] == "fetched: pictures 0, chapters 0, transcripts 0; files that did not come 9"
    assert err[-1].endswith("not asked for, after 5 in a row that did not come")


def test_a_dry_run_asks_for_no_file(show, feed_file, server):
    run(feed_file(with_files(chapters=f"{server.url}/3.json")), "--fetch", "--dry-run")

    assert server.asked == []


# --- Pictures that the feed names ---


def picture(colour: str, side: int = 300, kind: str = "PNG") -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), colour).save(out, kind)
    return out.getvalue()


def pictured(server, *paths: str, cover: str = "") -> bytes:
    """A feed of as many episodes, whose pictures are at these paths, the newest first."""
    count = len(paths)
    return fireside(
        [
            replace(old_episode(count - index), artwork_url=f"{server.url}{path}" if path else "")
            for index, path in enumerate(paths)
        ],
        head=HEAD.replace(COVER, cover),
    )


def artworks() -> dict[str, str]:
    return dict(Episode.objects.values_list("number", "artwork"))


def test_the_pictures_of_a_show_and_its_episodes_are_fetched_and_once(show, feed_file, server, no_pause):
    cover = server.at("/cover.png?v=3", answer(picture("teal")))
    server.at("/own.jpg", answer(picture("navy", 1500, "JPEG")))
    path = feed_file(pictured(server, "/own.jpg", "/cover.png?v=2", "/own.jpg", cover=cover))

    out, _ = run(path)
    assert (out[0], server.asked) == (
        "Named by the feed and not fetched: pictures 3, chapters 0, transcripts 0. --fetch gets them.",
        [],
    )
    out, _ = run(path, "--fetch", "--report")

    assert out[-3:] == [
        "fetched: pictures 2, chapters 0, transcripts 0; files that did not come 0",
        "The admin has every difference, under Imports.",
        "created 0, updated 2, unchanged 1, kept 0, failed 0",
    ]
    assert [asked.path for asked in server.asked] == ["/cover.png?v=3", "/own.jpg"]
    show.refresh_from_db()
    own = artworks()["1"]
    assert artworks() == {"1": own, "2": "", "3": own}
    assert (displayed_side(show.artwork), show.artwork_colour, own[-14:]) == (300, "#008080", "-1500x1500.jpg")
    assert feed_artwork_side(Episode.objects.get(number="1").artwork) == 1500
    entries = ImportRun.objects.latest("pk").entries.order_by("pk")
    assert [(one.place, one.verdict, [found["field"] for found in one.differences]) for one in entries] == [
        ("item 1", "updated", ["artwork"]),
        ("item 3", "updated", ["artwork"]),
    ]
    assert f"  filled artwork (nothing | {server.url}/own.jpg)" in out

    out, _ = run(path, "--fetch")
    assert out == [
        "fetched: pictures 0, chapters 0, transcripts 0; files that did not come 0",
        "The admin has every difference, under Imports.",
        "created 0, updated 0, unchanged 3, kept 0, failed 0",
    ]
    assert len(server.asked) == 2


def test_an_episode_says_that_it_changed_when_its_picture_came(show, feed_file, server, no_pause):
    server.at("/own.png", answer(picture("navy")))
    path = feed_file(pictured(server, "/own.png"))
    run(path)
    before = Episode.objects.get().changed_at

    run(path, "--fetch")

    assert (before, Episode.objects.get().changed_at is None) == (None, False)


def test_a_picture_that_a_person_uploaded_stays_and_nothing_is_asked_for(show, feed_file, server, no_pause):
    cover = server.at("/cover.png", answer(picture("teal")))
    server.at("/own.png", answer(picture("navy")))
    path = feed_file(pictured(server, "/own.png", cover=cover))
    run(path)
    episode = Episode.objects.get()
    episode.artwork.save("a.png", ContentFile(picture("red")))
    show.refresh_from_db()
    show.artwork.save("a.png", ContentFile(picture("maroon")))
    names = episode.artwork.name, show.artwork.name

    out, _ = run(path, "--fetch", "--overwrite")

    show.refresh_from_db()
    assert (artworks()["1"], show.artwork.name) == names
    assert server.asked == []
    assert out[-1] == "created 0, updated 0, unchanged 1, kept 0, failed 0"


def test_the_shows_picture_under_another_address_is_no_picture_of_an_episode(show, feed_file, server, no_pause):
    cover = server.at("/cover.png", answer(picture("teal")))
    server.at("/1.png", answer(picture("teal")))

    out, _ = run(feed_file(pictured(server, "/1.png", cover=cover)), "--fetch")

    assert artworks() == {"1": ""}
    assert out[-1] == "created 1, updated 0, unchanged 0, kept 0, failed 0"


@pytest.mark.parametrize(
    ("says", "why"),
    [
        (answer(status="404 Not Found"), "the server answers 404"),
        (answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", Content_Type="image/png"), "This is not a JPEG"),
        (answer(picture("teal")[:100]), "This picture is damaged"),
        (answer(picture("black", 6400)), "more than 40 megapixels"),
        (answer(picture("teal") + bytes(10 * 1024 * 1024)), "it has more than 10,485,760 bytes"),
        (moved("http://10.0.0.1/cover.png"), "its address is not public"),
    ],
    ids=["gone", "svg", "damaged", "bomb", "large", "inner"],
)
def test_a_picture_that_is_none_is_told_once_and_harms_nothing(show, feed_file, server, no_pause, says, why):
    cover = server.at("/cover.png", says)
    server.at("/own.png", says)

    out, err = run(feed_file(pictured(server, "/own.png", "/own.png", cover=cover)), "--fetch")

    assert out[-1] == "created 2, updated 0, unchanged 0, kept 0, failed 0"
    assert [line.partition(" at ")[0] for line in err[1:]] == ["the show: no picture", "item 1: no picture"]
    assert all(why in line for line in err[1:])
    assert [asked.path for asked in server.asked] == ["/cover.png", "/own.png"]
    show.refresh_from_db()
    assert (show.artwork.name, artworks()) == ("", {"1": "", "2": ""})
    [told] = [one for one in ImportRun.objects.get().differences if one["field"] == "artwork"]
    assert (told["did"], told["said"], why in told["why"]) == ("kept", cover, True)


def test_a_picture_that_directories_would_refuse_is_taken_with_a_warning(show, feed_file, server, no_pause):
    cover = server.at("/cover.png", answer(picture("teal", 200)))

    run(feed_file(pictured(server, "", cover=cover)), "--fetch")

    show.refresh_from_db()
    assert displayed_side(show.artwork) == 200
    [told] = [one for one in ImportRun.objects.get().differences if one["field"] == "artwork"]
    assert (told["did"], told["why"][:32]) == ("filled", "This artwork is 200 pixels wide:")


def test_a_dry_run_says_what_could_be_fetched_and_asks_for_nothing(show, feed_file, server):
    path = feed_file(pictured(server, "/2.png", "/1.png", cover=f"{server.url}/cover.png"))

    out, _ = run(path, "--fetch", "--dry-run")

    assert out[0] == "Named by the feed and not fetched: pictures 3, chapters 0, transcripts 0. --fetch gets them."
    assert server.asked == []


# --- Cost ---


def test_an_unchanged_item_costs_eight_queries(show, feed_file):
    def queries(count: int) -> int:
        path = feed_file(fireside([old_episode(number) for number in range(count, 0, -1)]))
        run(path)
        with CaptureQueriesContext(connection) as captured:
            run(path)
        return len(captured)

    few = queries(4)
    assert queries(14) - few == 10 * 8
