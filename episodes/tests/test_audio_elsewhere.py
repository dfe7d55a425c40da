"""Audio that is kept elsewhere: what is read of it, from where, and what the form makes of that."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.messages import get_messages
from django.core.management import CommandError, call_command
from django.db import connections
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st
from reversion.models import Version

from episodes import audio_elsewhere
from episodes.audio_elsewhere import PIECE, Read, fill_in, read
from episodes.models import Episode, OwedPing, history
from episodes.tests.factories import make_episode, make_member, make_show
from episodes.tests.sounds import OPUS_HEAD, frame, id3, m4a, mp3, mp3_vbr, ogg, wav
from lupcms.shows.fetch import Unreachable
from lupcms.shows.models import Role
from lupcms.tests.servers import answer, moved, ranges


def refusal(url: str) -> str:
    with pytest.raises(Unreachable) as error:
        read(url)
    return str(error.value)


# --- What is read ---


@pytest.mark.parametrize(
    ("path", "data", "media_type", "seconds"),
    [
        ("/short.mp3", mp3(3), "audio/mpeg", 3),
        ("/long.mp3", mp3(600), "audio/mpeg", 600),
        ("/padded.mp3", b"".join(frame(128, n % 3 == 0) for n in range(20_000)), "audio/mpeg", 522),
        ("/a-large-picture.mp3", id3(900_000) + mp3(600), "audio/mpeg", 600),
        ("/tag-at-the-end.mp3", mp3(600) + b"TAG" + bytes(125), "audio/mpeg", 600),
        ("/loud.mp3", frame(320) * 10_000, "audio/mpeg", 261),
        ("/xing.mp3", mp3_vbr(600), "audio/mpeg", 600),
        ("/a-large-picture-and-xing.mp3", id3(300_000) + mp3_vbr(600), "audio/mpeg", 600),
        ("/1.m4a", m4a(600), "audio/x-m4a", 600),
        ("/facts-at-the-end.m4a", m4a(600, last=True), "audio/x-m4a", 600),
        ("/no-ending", m4a(60), "audio/x-m4a", 60),
        ("/film.mp4", m4a(60, brand=b"mp42"), "video/mp4", 60),
        ("/misnamed.mp3", m4a(60), "audio/x-m4a", 60),
        ("/1.opus", ogg(OPUS_HEAD, 600), "audio/ogg", 600),
        ("/short.opus", ogg(OPUS_HEAD, 5), "audio/ogg", 5),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_size_type_and_duration_are_read_from_a_few_pieces(server, path, data, media_type, seconds):
    url = server.at(path, ranges(data, Content_Type="application/octet-stream"))
    length, found, duration = read(url)
    assert (length, found) == (len(data), media_type)
    assert abs(duration - seconds) <= 1
    assert len(server.asked) <= 7
    assert {asked.method for asked in server.asked} == {"GET"}


@pytest.mark.parametrize(
    "data",
    [
        mp3_vbr(600, header=False),
        frame(64) * 3000 + frame(192) * 9000,
        frame(64) * 3000 + frame(192) * 3000 + frame(64) * 3000,
        mp3_vbr(60) + mp3_vbr(600),
        mp3(30) + id3(300_000) + mp3_vbr(600),
        id3(50_000_000)[:1_000_000],
        m4a(0),
        ogg(OPUS_HEAD, 600)[:-3_000_000] + bytes(3_000_000),
        b"\xff\xfb\x90\x64" + b"\xff" * 1_000_000,
        b"\xff\xfb\x90\x64" + bytes(1_000_000),
    ],
    ids=[
        "changing bitrates without a header",
        "quiet at the beginning",
        "quiet at both ends",
        "a header about an advertisement",
        "an advertisement without a header",
        "nothing but a tag",
        "a stream that does not know",
        "no end",
        "hostile",
        "zeros",
    ],
)
def test_a_duration_that_is_not_for_sure_is_not_read(server, data):
    length, _, duration = read(server.at("/1.mp3", ranges(data)))
    assert (length, duration) == (len(data), None)


def test_of_a_hostile_file_little_is_read(server, monkeypatch):
    """Each byte could be the first one of a frame."""
    url = server.at("/1.mp3", ranges(b"\xff\xfb\x90\x64" + b"\xff" * 1_000_000))
    reads, read_piece = [], audio_elsewhere._Pieces.read
    monkeypatch.setattr(audio_elsewhere._Pieces, "read", lambda *args: reads.append(args) or read_piece(*args))
    assert read(url).duration_seconds is None
    assert len(reads) <= audio_elsewhere.READS + 1


def test_a_server_without_ranges_says_how_long_it_is_in_bytes(server):
    url = server.at("/1.mp3", answer(mp3(600), Content_Length=len(mp3(600)), Content_Type="audio/mpeg"))
    assert read(url) == (len(mp3(600)), "audio/mpeg", None)
    assert len(server.asked) == 1


def test_a_small_file_needs_no_ranges(server):
    assert read(server.at("/", answer(mp3(3), Content_Length=len(mp3(3))))) == (len(mp3(3)), "audio/mpeg", 3)


@pytest.mark.parametrize("length", ["", "-1", "many", "*", "9" * 30])
def test_a_size_that_is_none_is_not_known(server, length):
    if len(length) < 30:
        assert read(server.at("/", answer(mp3(3), Content_Length=length))).length is None
    said = answer(mp3(3), "206 Partial", Content_Range=f"bytes 0-9/{length}")
    assert read(server.at("/", said)).length is None


def test_bytes_that_are_not_known_have_the_type_that_the_server_says(server):
    assert read(server.at("/", ranges(b"\0" * 5000, Content_Type="audio/webm"))) == (5000, "audio/webm", None)
    assert read(server.at("/", ranges(b"\xff\xf1\x50\x80" * 99, Content_Type="x/y"))) == (396, "audio/aac", None)


@pytest.mark.parametrize("said", ["audio/" + "x" * 5000, "audio/<b>", "audio/", "audio/ü"])
def test_a_type_that_is_none_is_not_believed(server, said):
    assert refusal(server.at("/", ranges(b"\0" * 5000, Content_Type=said))).startswith("it is no audio but ")


def test_what_is_no_audio_is_said(server):
    page = answer(b"<!doctype html>", Content_Length=15, Content_Type="text/html; charset=utf-8")
    assert refusal(server.at("/", page)) == "it is no audio but text/html"
    assert refusal(server.at("/", answer(b"?"))) == "it is no audio but of no type"
    assert (
        refusal(server.at("/", ranges(wav(1)))) == "it is WAV, AIFF or FLAC, which nobody wants to download every week"
    )
    assert refusal(server.at("/", answer(status="403 No"))) == "it answered 403"
    assert refusal(server.at("/", ranges(b""))) == "it answered 416"


def test_redirects_are_followed_once_for_all_pieces(server):
    server.at("/cdn/1.mp3", ranges(mp3(600)))
    assert read(server.at("/measured/1.mp3", moved("/cdn/1.mp3"))).duration_seconds == 600
    assert [asked.path for asked in server.asked].count("/measured/1.mp3") == 1


def test_a_file_that_changes_meanwhile_has_no_duration(server):
    answers = iter([mp3(600), mp3(601), mp3(602)])
    server.at("/", lambda asked, out: ranges(next(answers))(asked, out))
    assert read(server.url) == (len(mp3(600)), "audio/mpeg", None)


def test_all_of_it_takes_no_longer_than_it_may(server, monkeypatch):
    monkeypatch.setattr(audio_elsewhere, "SECONDS", 1.5)

    def say_slowly(asked, out):
        time.sleep(1)
        ranges(m4a(600, last=True))(asked, out)

    begun = time.monotonic()
    assert read(server.at("/", say_slowly)).duration_seconds is None
    assert time.monotonic() - begun < 3


@options(max_examples=60, deadline=None)
@given(
    st.sampled_from([mp3(2), mp3_vbr(2), m4a(2, table=50), ogg(OPUS_HEAD, 2), id3(50) + mp3(1)]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(min_size=1, max_size=8))),
)
def test_no_damage_makes_it_crash(data, damage):
    """Without a network: the pieces are those of these bytes."""
    for place, found in damage:
        data = data[:place] + found + data[place + len(found) :]
    pieces = audio_elsewhere._Pieces.__new__(audio_elsewhere._Pieces)
    pieces.size, pieces._at, pieces._reads = len(data), 0, 0
    pieces._got = {n: data[n * PIECE : (n + 1) * PIECE] for n in range(len(data) // PIECE + 1)}
    for extension in (".mp3", ".m4a", ".ogg", ".opus"):
        found = audio_elsewhere._duration(pieces, extension)
        assert found is None or 0 < found < 1_000_000


def test_what_was_typed_is_kept_and_what_disagrees_is_said():
    found = Read(1_234_567, "audio/x-m4a", 600)
    values = {"enclosure_length": None, "enclosure_type": "", "duration_seconds": None}
    assert list(fill_in(values, found)) == []
    assert list(values.values()) == [1_234_567, "audio/x-m4a", 600]
    for near in ({"duration_seconds": 602}, {"enclosure_type": "audio/mp4"}, {"enclosure_type": "video/mp4"}):
        assert list(fill_in(values | near, found)) == []
    for typed, said in (
        (
            {"duration_seconds": 660},
            "The audio says a duration of 10:00, and what was typed is kept: a duration of 11:00.",
        ),
        ({"enclosure_length": 1}, "The audio says 1,234,567 bytes, and what was typed is kept: 1 bytes."),
        ({"enclosure_type": "audio/mpeg"}, "The audio says audio/x-m4a, and what was typed is kept: audio/mpeg."),
    ):
        kept = values | typed
        [sentence] = fill_in(kept, found)
        assert sentence.startswith(said)
        assert kept == values | typed
    assert list(fill_in(values, Read(None, "", None))) == []


# --- In the form ---

CHANGE = "/admin/episodes/episode/{}/change/"
NO_ROWS = {
    f"{prefix}-{name}_FORMS": 0 for prefix in ("links", "credits", "placements") for name in ("TOTAL", "INITIAL")
}


@pytest.fixture
def show(db):
    return make_show()


@pytest.fixture
def save(show, client):
    """Saves an episode as Alice does; returns it, and what she is told."""
    client.force_login(make_member("alice", show))

    def save(episode=None, **values):
        fields = {"show": show.pk, "number": "007", "title": "T", "slug": "7", "episode_type": "full"}
        url = CHANGE.format(episode.pk) if episode else "/admin/episodes/episode/add/"
        if episode:
            fields |= {"guid": episode.guid, "seen": history.fingerprint(episode)}
        client.cookies.pop("messages", None)
        response = client.post(url, {**NO_ROWS, **fields, "explicit": "unknown", "_save": "Save", **values})
        assert response.status_code == 302, response.context["adminform"].form.errors
        said = [(message.level_tag, message.message) for message in get_messages(response.wsgi_request)]
        return Episode.objects.get(number="007"), [pair for pair in said if pair[0] != "success"]

    return save


def facts(episode):
    return episode.enclosure_length, episode.enclosure_type, episode.duration_seconds


def test_a_new_episode_with_an_address_gets_what_its_audio_says(save, server):
    url = server.at("/1.mp3", ranges(mp3(3661)))
    episode, said = save(enclosure_url=url)
    assert facts(episode) == (len(mp3(3661)), "audio/mpeg", 3661)
    assert episode.enclosure_url == url
    words = f"{len(mp3(3661)):,} bytes, audio/mpeg, a duration of 1:01:01"
    assert said == [("info", f"Read from the audio at 127.0.0.1: {words}.")]


def test_the_address_that_was_typed_stays_where_it_redirects(save, server):
    server.at("/cdn.mp3", ranges(mp3(5)))
    url = server.at("/measured.mp3", moved("/cdn.mp3"))
    episode, _ = save(enclosure_url=url)
    assert (episode.enclosure_url, episode.duration_seconds) == (url, 5)


def test_it_is_asked_again_only_where_the_address_changed_or_something_is_unknown(save, server):
    url = server.at("/1.mp3", ranges(mp3(5)))
    episode, _ = save(enclosure_url=url)
    known = dict(zip(audio_elsewhere.FIELDS, facts(episode), strict=True))
    server.asked.clear()
    episode, said = save(episode, enclosure_url=url, **known)
    assert (server.asked, said) == ([], [])
    episode, _ = save(episode, enclosure_url=url, **(known | {"duration_seconds": ""}))
    assert server.asked
    assert episode.duration_seconds == 5
    server.asked.clear()
    other = server.at("/2.m4a", ranges(m4a(6)))
    episode, said = save(episode, enclosure_url=other, **known)
    assert facts(episode) == (len(m4a(6)), "audio/x-m4a", 5), "its duration was not emptied, and is near"
    assert [level for level, _ in said] == ["info"]
    episode, said = save(episode, title="Without audio")
    assert facts(episode) == (None, "", None)


def test_what_was_typed_wins_and_the_desk_says_what_the_audio_says(save, server):
    url = server.at("/1.mp3", ranges(mp3(600)))
    episode, said = save(enclosure_url=url, enclosure_length=1234, enclosure_type="audio/mp3", duration_seconds=660)
    assert facts(episode) == (1234, "audio/mp3", 660)
    assert [level for level, _ in said] == ["warning", "warning"]
    assert said[0][1].startswith(f"The audio says {len(mp3(600)):,} bytes, and what was typed is kept: 1,234 bytes. ")


def test_an_episode_whose_audio_cannot_be_read_is_saved_and_the_desk_says_what_to_do(save, server):
    url = server.at("/1.mp3", answer(status="404 Not Found"))
    episode, said = save(enclosure_url=url)
    assert facts(episode) == (None, "audio/mpeg", None)
    assert said == [
        (
            "warning",
            "The audio at 127.0.0.1 was not read: it answered 404. Check its address, or give its size under “Feed” "
            "and its duration in seconds.",
        )
    ]
    _, said = save(episode, enclosure_url="http://169.254.169.254/1.mp3")
    assert "its address is not public" in said[0][1]


def test_what_could_not_be_read_is_said(save, server):
    _, said = save(enclosure_url=server.at("/1.mp3", ranges(mp3_vbr(60, header=False))))
    assert [level for level, _ in said] == ["info", "warning"]
    assert said[1][1] == "Not all of the audio at 127.0.0.1 could be read: give its duration in seconds."


def test_where_asking_is_switched_off_all_is_as_if_nobody_could_be_asked(save, server, settings):
    settings.ASK_OTHER_SERVERS = False
    episode, said = save(enclosure_url=server.at("/1.mp3", ranges(mp3(5))), enclosure_length=77)
    assert (facts(episode), said, server.asked) == ((77, "audio/mpeg", None), [], [])


def test_nothing_is_asked_for_an_address_that_is_refused_or_a_file_that_is_uploaded(save, server, client, show):
    episode = make_episode(show, "007")
    url = server.at("/1.mp3", ranges(mp3(5)))
    for user in (make_member("vera", show, Role.VIEWER), make_member("ada", show, Role.AD_MANAGER)):
        client.force_login(user)
        client.post(CHANGE.format(episode.pk), {**NO_ROWS, "enclosure_url": url, "number": "007"})
    client.logout()
    client.post(CHANGE.format(episode.pk), {**NO_ROWS, "enclosure_url": url, "number": "007"})
    assert server.asked == []
    assert Episode.objects.get().enclosure_url == ""


@pytest.mark.django_db(transaction=True)
def test_others_can_write_while_a_foreign_server_thinks(save, server, show):
    """On SQLite a transaction that writes keeps everybody else from writing."""
    ours, seen = connections["default"], []

    def say(asked, out):
        seen.append(ours.in_atomic_block)
        ranges(mp3(5))(asked, out)

    save(enclosure_url=server.at("/1.mp3", say))
    assert seen == [False]


# --- The command ---


def run(*args: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("read_audio", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_reads_what_is_unknown_and_can_run_twice(show, server, settings):
    settings.TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}}
    show.hub_url = "https://hub.example/"
    show.save()
    OwedPing.objects.all().delete()
    fields = {"enclosure_url": server.at("/1.mp3", ranges(mp3(5)))}
    make_episode(show, "1", **fields)
    make_episode(show, "2", **fields, enclosure_length=3, enclosure_type="audio/mpeg", duration_seconds=61)
    make_episode(show, "3", **fields, enclosure_length=3, duration_seconds=61)
    make_episode(show, "4", enclosure_url=f"{server.url}/gone.mp3")
    make_episode(show, "5")
    make_episode(make_show("lamp-talk", "LT"), "6", **fields)
    dry, _ = run("TR", "--dry-run")
    assert dry == "A dry run: nothing was written.\nread 2, nothing new 0, not reached 1\n"
    assert not Version.objects.exists()
    assert Episode.objects.get(number="1").enclosure_length is None
    before = timezone.now()
    out, err = run("TR")
    assert (out, err) == ("read 2, nothing new 0, not reached 1\n", "TR 4: it answered 404\n")
    assert [facts(episode) for episode in Episode.objects.order_by("number")] == [
        (len(mp3(5)), "audio/mpeg", 5),
        (3, "audio/mpeg", 61),
        (3, "audio/mpeg", 61),
        (None, "", None),
        (None, "", None),
        (None, "", None),
    ]
    changed = Episode.objects.filter(changed_at__gte=before - timedelta(seconds=1))
    assert sorted(changed.values_list("number", flat=True)) == ["1", "3"]
    assert OwedPing.objects.get().show == show
    assert run("TR")[0] == "read 0, nothing new 0, not reached 1\n"


def test_the_command_says_what_it_cannot_do(show, settings):
    with pytest.raises(CommandError, match="No show has the acronym or slug XX"):
        run("XX")
    with pytest.raises(CommandError, match="ASK_OTHER_SERVERS"):
        run("TR")


def test_an_address_that_changed_meanwhile_is_not_given_what_another_said(show):
    episode = make_episode(show, enclosure_url="https://a.example/1.mp3")
    Episode.objects.update(enclosure_url="https://a.example/2.mp3")
    assert audio_elsewhere.keep(episode, Read(1, "audio/mpeg", 1)) == []
    Episode.objects.all().delete()
    assert audio_elsewhere.keep(episode, Read(1, "audio/mpeg", 1)) == []
