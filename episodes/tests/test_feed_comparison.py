"""A feed is itself, in either form, and whatever an app would take for another episode is found."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

from episodes.feed_comparison import compare, read
from episodes.feed_health.comparing import FATAL, KINDS
from episodes.feed_health.reading import UnreadableError
from episodes.tests.factories import make_episode, make_show
from episodes.tests.old_feeds import fireside, fireside_json, old_episode
from episodes.tests.test_feed_health import GOLDEN, LAST, cut, in_item, other_order, swap
from lupcms.tests.servers import answer, moved

FIRESIDE = (Path(__file__).parent / "feeds" / "fireside.xml").read_text()
AUDIO = "https://op3.dev/e/media.example/3.mp3?a=1&amp;b=2"
JSON = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Tide Radio",
    "_fireside": {"subtitle": "Of the coast"},
    "items": [
        {
            "id": f"3d5f3a6a-{number}",
            "title": f"Episode {number}: Lamps",
            "url": f"https://tide.example/{number}",
            "content_html": "<p>Who lights them.</p>",
            "date_published": f"2021-06-{number}T20:00:00.000-07:00",
            "attachments": [
                {
                    "url": f"https://aphid.fireside.fm/d/1/a/{number}.mp3",
                    "mime_type": "audio/mpeg",
                    "size_in_bytes": 60182042,
                    "duration_in_seconds": 3726,
                }
            ],
        }
        for number in (14, 12, 10)
    ],
}


def kinds(old: str | dict, new: str | dict) -> list[str]:
    return [change.kind for change in compare(*(read(encoded(feed)) for feed in (old, new)))]


def encoded(feed: str | bytes | dict) -> bytes:
    if isinstance(feed, bytes):
        return feed
    return feed.encode() if isinstance(feed, str) else json.dumps(feed).encode()


def in_json(number: int, **changes):
    feed = json.loads(json.dumps(JSON))
    feed["items"][number] |= changes
    return feed


@pytest.mark.parametrize("feed", [GOLDEN, FIRESIDE, JSON, GOLDEN.encode("utf-16"), b"\xef\xbb\xbf" + encoded(JSON)])
def test_a_feed_equals_itself(feed):
    assert kinds(feed, feed) == []


def without_last(feed: str) -> str:
    return re.sub(r"<item>\s*<title>Lamps.*?</item>", "", feed, flags=re.DOTALL)


def twice(feed: str) -> str:
    """An older item has the GUID of a newer one."""
    head, one, *rest = feed.split("<item>")
    guid = re.search(r"<guid.*?</guid>", one)[0]
    return "<item>".join([head, one, *rest[:-1], re.sub(r"<guid.*?</guid>", guid, rest[-1])])


DATE = "Sun, 18 Oct 2026 20:00:00 GMT"
DEFECTS = {
    "another podcast:guid": (
        "show",
        swap("9b024349-ccf0-5f69-a609-6b82873eab3c", "917393e3-1b1e-5cef-ace4-edaa54e1f810"),
    ),
    "no podcast:guid": ("show", cut(r"<podcast:guid>.*?</podcast:guid>")),
    "an episode lost": ("lost", without_last),
    "every episode lost": ("lost lost lost lost lost", lambda feed: re.sub(r"<item>.*</item>", "", feed, flags=re.S)),
    "a GUID in other letters": ("guid", swap(LAST, LAST.upper())),
    "another GUID, and the same audio": (
        "guid",
        lambda feed: swap("<title>Lamps", "<title>Lights")(swap(LAST, "new")(feed)),
    ),
    "another GUID, and the same title": ("guid", lambda feed: swap("/3.mp3", "/three.mp3")(swap(LAST, "new")(feed))),
    "no GUID": ("guid", in_item(4, cut(r"<guid.*?</guid>"))),
    "a GUID of two items": ("lost twice", twice),
    "another date": ("date", swap(DATE, "Sun, 18 Oct 2026 20:00:01 GMT")),
    "no date": ("date", swap(f"<pubDate>{DATE}</pubDate>", "")),
    "no audio": ("silent", in_item(4, cut(r"<enclosure[^>]*>"))),
    "another audio": ("audio", swap("/3.mp3", "/three.mp3")),
    "another host of the audio": ("audio", swap("media.example/3.mp3", "media.example.evil.example/3.mp3")),
    "another order": ("order", other_order),
    "another title": ("title", swap("<title>Lamps", "<title>Lights")),
    "another duration": ("duration", swap("<itunes:duration>1800", "<itunes:duration>1802")),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_each_defect_is_found_and_nothing_else(name):
    expected, defect = DEFECTS[name]
    assert defect(GOLDEN) != GOLDEN
    assert kinds(GOLDEN, defect(GOLDEN)) == expected.split()


@pytest.mark.parametrize(
    "change",
    [
        swap(DATE, "Sun, 18 Oct 2026 13:00:00 -0700"),
        swap(DATE, "18 Oct 2026 20:00 +0000"),
        swap("<itunes:duration>1800", "<itunes:duration>30:00"),
        swap("<itunes:duration>1800", "<itunes:duration>0:30:01"),
        swap(f">{LAST}<", f">\n  {LAST} <"),
        cut(r"<description>.*?</description>"),
    ],
)
def test_what_apps_do_not_mind_is_no_difference(change):
    assert kinds(GOLDEN, change(GOLDEN)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://media.example/3.mp3?a=1&amp;b=2", AUDIO),
        (AUDIO, "https://media.example/3.mp3?a=1&amp;b=2"),
        (AUDIO, "https://chtbl.com/track/12/op3.dev/e/media.example/3.mp3?a=1&amp;b=2"),
        (AUDIO, "http://media.example/3.mp3?a=1&amp;b=2"),
        # Nobody has heard of this one.
        (AUDIO, "https://counts.example/x/media.example/3.mp3?a=1&amp;b=2"),
    ],
)
def test_measurement_prefixes_are_looked_behind(old, new):
    assert kinds(swap(AUDIO, old)(GOLDEN), swap(AUDIO, new)(GOLDEN)) == ["prefix"]


def test_the_two_forms_of_one_feed_are_the_same():
    episodes = [old_episode(number) for number in range(60, 0, -1)]
    for prefix, expected in (("", []), ("https://op3.dev/e/", ["prefix"] * 60)):
        rss, as_json = fireside(episodes, prefix=prefix), fireside_json(episodes)
        assert kinds(rss, as_json) == kinds(as_json, rss) == expected


def test_a_date_that_only_an_import_can_read_is_compared():
    odd = swap(DATE, "October 18, 2026 8:00 PM GMT")(GOLDEN)
    assert kinds(odd, GOLDEN) == kinds(GOLDEN, odd) == []
    assert kinds(odd, swap(DATE, "Sun, 18 Oct 2026 21:00:00 GMT")(GOLDEN)) == ["date"]


def test_a_new_episode_is_told_from_an_old_one_that_comes_back():
    before = re.sub(r"<item>.*?</item>", "", GOLDEN, count=1, flags=re.DOTALL)
    assert kinds(before, GOLDEN) == ["new"]
    assert kinds(without_last(GOLDEN), GOLDEN) == ["back"]


def test_without_a_guid_apps_go_by_the_address_of_the_audio():
    bare = in_item(4, cut(r"<guid.*?</guid>"))(GOLDEN)
    assert kinds(bare, bare) == []
    [change] = compare(read(bare.encode()), read(GOLDEN.encode()))
    assert change.text == (
        "It had no GUID, and apps know it by the address of its audio: make its GUID "
        "https://op3.dev/e/media.example/3.mp3?a=1&b=2."
    )
    assert kinds(bare, swap(f">{LAST}<", f">{AUDIO}<")(GOLDEN)) == []


def test_what_stands_on_further_pages_is_not_lost():
    page = swap("<itunes:author>", '<atom:link rel="next" href="https://tide.example/rss?page=2"/><itunes:author>')
    last = GOLDEN[GOLDEN.rindex("<item>") : GOLDEN.rindex("</item>") + 7]
    assert kinds(GOLDEN, page(GOLDEN.replace(last, ""))) == []
    assert kinds(GOLDEN, GOLDEN.replace(last, "")) == ["lost"]
    shorter = JSON | {"items": JSON["items"][:2]}
    assert kinds(JSON, shorter | {"next_url": "https://tide.example/json?page=2"}) == []
    assert kinds(JSON, shorter) == ["lost"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "3D5F3A6A-12"}, ["guid"]),
        ({"id": "other"}, ["guid"]),
        ({"id": "other", "title": "Other", "attachments": []}, ["lost", "back"]),
        ({"attachments": []}, ["silent", "duration"]),
        ({"date_published": "2021-06-13T03:00:00Z"}, []),
        ({"date_published": "2021-06-12T20:00:00Z"}, ["date"]),
        ({"date_published": "soon"}, ["date"]),
        ({"title": "Lamps"}, ["title"]),
    ],
)
def test_json_feeds_are_compared_alike(changes, expected):
    assert kinds(JSON, in_json(1, **changes)) == expected


def test_the_order_of_a_json_feed():
    assert kinds(JSON, JSON | {"items": JSON["items"][::-1]}) == ["order"]


def test_every_kind_has_a_test_and_the_fatal_ones_come_first():
    tested = {kind for expected, _ in DEFECTS.values() for kind in expected.split()} | {"prefix", "new", "back"}
    assert tested == set(KINDS)
    assert set(KINDS[: len(FATAL)]) == FATAL


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b'{"items": 1}',
        b"{" * 100_000,
        b'{"a":' * 100_000,
        b"<html></html>",
        b"<rss/>",
        b'<!DOCTYPE rss [<!ENTITY a "aa">]><rss><channel/></rss>',
    ],
)
def test_what_is_no_feed_is_said(data):
    with pytest.raises(UnreadableError):
        read(data)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_whatever_stands_in_a_json_feed_is_read(value):
    item = dict.fromkeys(("id", "title", "date_published", "attachments"), value)
    feed = {"items": [item, value, item | {"attachments": [{"url": value, "duration_in_seconds": value}]}]}
    assert compare(read(encoded(feed)), read(encoded(feed))) == []


@options(max_examples=50)
@given(st.data())
def test_whatever_is_taken_out_or_moved_is_found(data):
    """Of any selection of the items in any order: what is missing is lost, and nothing else."""
    items = re.findall(r"<item>.*?</item>", GOLDEN, flags=re.DOTALL)
    chosen = data.draw(st.lists(st.sampled_from(range(len(items))), unique=True))
    feed = re.sub(r"<item>.*</item>", lambda _: "".join(items[n] for n in chosen), GOLDEN, flags=re.DOTALL)
    found = kinds(GOLDEN, feed)
    assert found.count("lost") == len(items) - len(chosen)
    assert ("order" in found) is (chosen != sorted(chosen))
    assert set(found) <= {"lost", "order"}


# --- The command ---


def run(*arguments) -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command("compare_feed", *map(str, arguments), stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


@pytest.fixture
def files(tmp_path):
    def write(**feeds):
        for name, feed in feeds.items():
            (tmp_path / name).write_bytes(encoded(feed))
        return [tmp_path / name for name in feeds]

    return write


SAME = "Apps take the new feed for the old one."
NOT = "Apps would deliver episodes again, or lose some: mend this before the feed moves."


@pytest.mark.django_db
class TestCommand:
    def test_the_same_feed_exits_with_0(self, files):
        old, new = files(old=GOLDEN, new=GOLDEN)
        assert run(old, new) == (0, [f"{old}: 5 items. {new}: 5 items. Nothing differs.", SAME])

    def test_what_no_app_can_know_is_counted_and_never_compared(self, files):
        trailer = "<item><title>Soon</title></item></channel>"
        old, new = files(old=swap("</channel>", trailer)(GOLDEN), new=GOLDEN)
        text = f"{old}: 6 items, 1 of them with neither GUID nor audio. {new}: 5 items. Nothing differs."
        assert run(old, new) == (0, [text, SAME])

    def test_a_lost_subscriber_exits_with_1_and_says_what_to_do(self, files):
        old, new = files(old=GOLDEN, new=swap(LAST, LAST.upper())(GOLDEN))
        assert run(old, new) == (
            1,
            [
                f"item 4 “Lamps” ({LAST.upper()}): guid: The GUID was {LAST}, in other letter case: to apps it is "
                "another episode. Put it back.",
                f"{old}: 5 items. {new}: 5 items. 1 guid.",
                NOT,
            ],
        )

    def test_remarks_are_counted_and_named_where_asked(self, files):
        old, new = files(old=GOLDEN, new=swap("<title>Lamps", "<title>Lights")(GOLDEN))
        summary = f"{old}: 5 items. {new}: 5 items. 1 title."
        assert run(old, new) == (0, [summary, SAME])
        title = f"item 4 “Lights” ({LAST}): title: The title was “Lamps”. Apps show the new one."
        assert run(old, new, "--all") == (0, [title, summary, SAME])

    def test_audio_may_move_on_purpose(self, files):
        old, new = files(old=GOLDEN, new=swap("/3.mp3", "/three.mp3")(GOLDEN))
        status, lines = run(old, new)
        assert (status, lines[0].partition(" audio: ")[2][:13]) == (1, "The audio was")
        assert run(old, new, "--audio-moved") == (0, [f"{old}: 5 items. {new}: 5 items. 1 audio.", SAME])

    def test_the_feed_of_a_show_and_one_at_an_address(self, server):
        show = make_show()
        for number in ("001", "002"):
            make_episode(show, number, guid=f"Guid-{number}", enclosure_url=f"https://media.example/{number}.mp3")
        assert run("TR", "tide-radio") == (0, ["TR: 2 items. tide-radio: 2 items. Nothing differs.", SAME])
        server.at("/json", answer(encoded({"items": []}), Content_Type="application/json"))
        url = server.at("/old", moved("/json"))
        assert run(url, "TR")[1] == [f"{url}: 0 items. TR: 2 items. 2 new.", SAME]

    def test_what_cannot_be_read_is_said(self, files, server, tmp_path):
        [page] = files(page="<html></html>")
        make_show("mute", "MU", site_url="")
        for name, said in (
            ("no-such", "There is no show and no file no-such."),
            (page, f"{page}: This is no feed: it has no channel. Look at what the address answers."),
            (tmp_path, f"{tmp_path}: Is a directory."),
            ("MU", "Tide Radio has no site URL, and so no feed."),
            ("https://localhost/rss", "https://localhost/rss was not read: its address is not public."),
        ):
            with pytest.raises(CommandError, match=re.escape(said)):
                run(name, page)
