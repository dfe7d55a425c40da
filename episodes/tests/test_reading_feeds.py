"""The feeds of other hosts are read without losing a letter, and whatever is wrong with them is said."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from episodes.feed_health.reading import MAX_BYTES, UnreadableError
from episodes.importers.feeds import File, Home, read
from episodes.importers.feeds.document import Entry
from episodes.importers.feeds.notes import notes_of
from episodes.importers.notes_html import Split
from episodes.importers.numbers import Titles, number_of_link, slug_of_link
from episodes.importers.prefixes import without_prefixes
from episodes.importers.record import Chapter, Credit, Enclosure, Link, Record, Source
from episodes.importers.values import duration, is_unknown_guid, length, moment, player
from episodes.notes.document import Placement
from episodes.notes.render import PLAYER_URL
from episodes.tests.old_feeds import HEAD, TAIL, OldEpisode, fireside, fireside_item, fireside_json, old_episode

HOME = Home("HTR", "Half-Tide Radio", frozenset({"half-tide.example"}))
NAMESPACES = (
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:psc="http://podlove.org/simple-chapters"'
)


def rss(*items: str, channel: str = "", namespaces: str = NAMESPACES) -> bytes:
    body = "".join(f"<item>{item}</item>" for item in items)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {namespaces}><channel><title>Half-Tide Radio</title>'
        f"{channel}{body}</channel></rss>"
    ).encode()


def records(data: bytes, home: Home = HOME) -> list[Record]:
    return [item.record for item in read(data, home)]


def record(item: str, **options: str) -> Record:
    [found] = records(rss(item, **options))
    return found


# --- Fireside ---

EPISODE = OldEpisode(
    number="32",
    title="1984: Lamps & Gil Åkesson",
    guid="3D5f3a6a-6d9b-4c0e-8a43-94be0ea0a032",
    published_at=datetime(2021, 6, 15, 3, tzinfo=UTC),
    duration_seconds=64,
    summary="Who lights them, and why.",
    length=60182042,
    tags=("lamps", "oil & gas"),
    people=(("Host", "Ann Harbour", "ann"), ("Guest", "Gil Åkesson", "gil")),
    sponsors=(("Knots", "https://knots.example/tide", "Rope that holds", "tide10"),),
    links=(("https://example.org/1?a=1&b=2", "One", "All about it"), ("https://example.org/2", "Two", "")),
)
READ = Record(
    source=Source.RSS,
    place="item 1",
    number="32",
    title="1984: Lamps & Gil Åkesson",
    published_at=datetime(2021, 6, 15, 3, tzinfo=UTC),
    duration_seconds=64,
    player_url=EPISODE.player_url,
    summary="Who lights them, and why.",
    credits=(Credit("host", "Ann Harbour", "ann"), Credit("guest", "Gil Åkesson", "gil")),
    placements=(Placement("Knots", "https://knots.example/tide", "Rope that holds", "tide10"),),
    links=(
        Link("https://example.org/1?a=1&b=2", "One", description="All about it"),
        Link("https://example.org/2", "Two"),
    ),
    tags=("lamps", "oil & gas"),
    guid="3D5f3a6a-6d9b-4c0e-8a43-94be0ea0a032",
    enclosure=Enclosure(EPISODE.enclosure_url, 60182042, "audio/mpeg"),
    episode_type="full",
    explicit=False,
    old_paths=("/32",),
)


def without_original(found: Record) -> Record:
    return replace(found, original="")


def test_an_item_of_fireside_is_read_whole_with_all_the_faults_of_its_dialect():
    [found] = records(fireside([EPISODE]))

    assert without_original(found) == READ
    assert found.original.startswith("<p>Who lights them, and why.</p>")


def test_the_json_feed_of_the_same_show_says_the_same_but_for_what_it_does_not_have():
    [found] = records(fireside_json([EPISODE]))

    assert without_original(found) == replace(
        READ,
        source=Source.JSON,
        # Nothing else there says who was the guest.
        summary="Who lights them, and why.\n\nSpecial Guest: [Gil Åkesson](https://half-tide.example/guests/gil).",
        player_url="",
        credits=(),
        tags=(),
        episode_type="",
        explicit=None,
    )


def test_what_a_feed_says_of_its_show_is_read():
    feed = read(fireside([EPISODE]), HOME)
    said = feed.said

    assert (said.title, said.description) == ("Half-Tide Radio", "Two pilots on rope, lamps and weather.")
    assert (said.language, said.author, said.copyright) == ("en-us", "Ann Harbour", "© 2026 Half-Tide Radio")
    assert (said.owner_name, said.owner_email) == ("Ann Harbour", "ann@half-tide.example")
    assert said.categories == ("Leisure > Hobbies",)
    assert (said.explicit, said.show_type, said.is_locked) == (False, "episodic", True)
    assert (said.site_url, said.podcast_guid) == ("https://half-tide.example", "")
    assert feed.doubts == ("The category “Boats” is not in Apple’s list, and was not taken.",)


# --- Verbatim ---

BLANKS = " \t\r\n"
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff")).filter(
    lambda text: text.strip(BLANKS) == text and text
)
WORDS = TEXT.map(lambda text: re.sub(r" +", " ", text))
SLUG = st.from_regex(r"[a-z]{1,8}(-[a-z]{1,4})?", fullmatch=True)
EPISODES = st.builds(
    OldEpisode,
    number=st.integers(1, 99999).map(str),
    title=TEXT,
    guid=TEXT.filter(lambda text: not is_unknown_guid(text)),
    published_at=st.integers(10**9, 2 * 10**9).map(lambda second: datetime.fromtimestamp(second, UTC)),
    duration_seconds=st.integers(1, 100_000),
    summary=st.just("Said."),
    length=st.integers(1, 2**40),
    tags=st.lists(WORDS.filter(lambda tag: "," not in tag), unique=True).map(tuple),
    people=st.lists(
        st.tuples(st.sampled_from(["Host", "Guest"]), WORDS, SLUG), unique_by=lambda one: (one[0], one[2])
    ).map(lambda people: tuple(sorted(people, key=lambda one: one[0], reverse=True))),
)


@settings(max_examples=150, deadline=None)
@given(EPISODES)
@example(replace(EPISODE, title="\u00a0rope", sponsors=(), links=()))
@example(replace(EPISODE, title="33: 2. 1 | HTR 32", sponsors=(), links=()))
def test_whatever_an_item_says_comes_back_verbatim(episode):
    [found] = records(fireside([episode]))

    assert (found.number, found.title, found.guid) == (episode.number, episode.title, episode.guid)
    assert (found.published_at, found.duration_seconds) == (episode.published_at, episode.duration_seconds)
    assert found.enclosure == Enclosure(episode.enclosure_url, episode.length, "audio/mpeg")
    assert found.tags == episode.tags
    expected = [(role.lower(), name, slug) for role, name, slug in episode.people]
    assert sorted((one.role, one.name, one.slug) for one in found.credits) == sorted(expected)


def test_blanks_around_a_guid_go_as_in_apps_and_its_letter_case_stays():
    assert record("<guid>\n  ABC-def \t</guid>").guid == "ABC-def"


def test_a_no_break_space_is_part_of_a_guid():
    assert record("<guid>\u00a0a</guid>").guid == "\u00a0a"


@pytest.mark.parametrize("guid", ["", "   ", "00000000-0000-0000-0000-000000000000", "{00000000-0000}", "0"])
def test_a_guid_that_says_nothing_is_unknown_and_never_invented(guid):
    found = record(f"<guid>{guid}</guid><link>https://half-tide.example/3</link>")

    assert found.guid == ""
    assert any("GUID" in doubt for doubt in found.doubts)


def test_of_two_items_with_a_guid_and_other_audio_the_first_keeps_it():
    audio = '<guid>a</guid><enclosure url="https://a.example/{}.mp3"/><title>{}</title>'
    first, second = records(rss(audio.format(1, "One"), audio.format(2, "Two")))

    assert (first.guid, second.guid) == ("a", "")
    assert second.doubts[-1].startswith("item 1 has the same GUID, a, and other audio")


# --- Numbers and titles ---

TITLES = Titles(HOME.title, HOME.acronym)


@pytest.mark.parametrize(
    ("title", "number", "rest", "is_named"),
    [
        ("650: This Old Rope", "650", "This Old Rope", False),
        ("Episode 12: Rope", "12", "Rope", True),
        ("Ep. 12 - Rope", "12", "Rope", True),
        ("#012 – Rope", "012", "Rope", True),
        ("32. Rope", "32", "Rope", False),
        ("650.5: Rope", "650.5", "Rope", False),
        ("Rope | HTR 245", "245", "Rope", True),
        ("Rope (HTR 245)", "245", "Rope", True),
        ("Rope | Half-Tide Radio #245", "245", "Rope", True),
        ("Half-Tide Radio 245: Rope", "245", "Rope", True),
        ("S02E05: Rope", "5", "Rope", True),
        ("2001: A Space Odyssey", "2001", "A Space Odyssey", False),
        ("12. Rope", "12", "Rope", False),
        ("12) Rope", "12", "Rope", False),
        ("[12] Rope", "12", "Rope", False),
        ("#12 Rope", "12", "Rope", False),
        ("Rope #12", "12", "Rope", False),
        ("Rope: #12", "12", "Rope", False),
        ("Episode 12 Rope", "12", "Rope", False),
        ("HTR012 Rope", "012", "Rope", False),
        ("E12: Rope", "12", "Rope", False),
        ("Ep12: Rope", "12", "Rope", True),
        ("Nr. 12 – Rope", "12", "Rope", True),
        ("Folge 12: Rope", "12", "Rope", True),
        ("Épisode 12 : Rope", "12", "Rope", True),
        ("Episodio 12: Rope", "12", "Rope", True),
        ("Rope (Episode 12)", "12", "Rope", True),
        ("Rope [Ep. 12]", "12", "Rope", True),
        ("Rope – Ep. 12", "12", "Rope", True),
        ("Rope, Episode 12", "12", "Rope", True),
        ("Rope - #12", "12", "Rope", True),
        ("S2E5: Rope", "5", "Rope", True),
        ("S2 E5 – Rope", "5", "Rope", True),
        ("Season 2, Episode 5: Rope", "5", "Rope", True),
        ("Staffel 2 Folge 5: Rope", "5", "Rope", True),
        ("Rope (S2E5)", "5", "Rope", True),
        ("HTR-012: Rope", "012", "Rope", True),
        ("Half-Tide Radio, Episode 12: Rope", "12", "Rope", True),
        ("Rope · HTR 12", "12", "Rope", True),
    ],
)
def test_titles_print_numbers_at_either_end(title, number, rest, is_named):
    assert TITLES.read(title) == (number, rest, is_named)


@pytest.mark.parametrize(
    "title",
    [
        *("Rope", "Episode 12", "#12", "HTR 12", "1984", "12:30 at sea", "3:10 to Yuma", "32 ropes", "012 Rope", ""),
        *("Rope (2019)", "Rope - 2019", "Rope (12)", "Rope 245", "Rope 2.0: New", "Rope - Part 2", "Part 2: Rope"),
        *("Chapter 12: Rope", "Episode IV: Rope", "Apollo 13: Rope", "Top 10: Ropes", "1,000: Rope", "100% rope"),
        *("Season 2: Rope", "#ropes: a tag", "12: ", "9 to 5: Rope", "Half-Tide Radio: Rope"),
    ],
)
def test_other_numbers_in_a_title_are_its_own(title):
    assert TITLES.read(title) is None


def item(number: str = "", title: str = "Rope", tag: str = "", guid: str = "", more: str = "") -> str:
    link = f"<link>https://half-tide.example/{number}</link>" if number else ""
    tag = f"<itunes:episode>{tag}</itunes:episode>" if tag else ""
    return f"{link}{tag}<title>{title}</title><guid isPermaLink='false'>{guid or title}</guid>{more}"


@pytest.mark.parametrize(
    ("given_item", "number", "title"),
    [
        (item("43", "2001: A Space Odyssey"), "43", "2001: A Space Odyssey"),
        (item("43", "43: 2001: A Space Odyssey"), "43", "2001: A Space Odyssey"),
        (item("43", "Rope | HTR 43"), "43", "Rope"),
        (item("43", "Rope | HTR 44"), "43", "Rope | HTR 44"),
        (item("1", "001: Rope"), "001", "Rope"),
        (item("", "Episode 7: Rope"), "7", "Rope"),
        (item("", "Rope", "7"), "7", "Rope"),
        (item("", "7: Rope", "0"), "7", "Rope"),
        # A blog counts its posts.
        (item("9012", "Episode 7: Rope", "7"), "7", "Rope"),
    ],
)
def test_a_number_comes_from_the_link_then_the_tag_then_the_title(given_item, number, title):
    found = record(given_item)

    assert (found.number, found.title) == (number, title)


def test_a_bare_number_in_one_title_among_many_is_not_the_episodes():
    found = records(rss(item(title="Lamps"), item(title="2001: A Space Odyssey"), item(title="Rope")))

    assert [(one.number, one.title) for one in found] == [("", "Lamps"), ("", "2001: A Space Odyssey"), ("", "Rope")]
    assert "The title prints 2001" in found[1].doubts[0]


@pytest.mark.parametrize(
    ("title", "number", "own"),
    [
        # As the link says.
        ("#43 Rope", "43", "Rope"),
        ("Rope #43", "43", "Rope"),
        ("E43: Rope", "43", "Rope"),
        # Only so named: the number is another.
        ("No. 9 Dream", "43", "No. 9 Dream"),
        ("E10: fuel", "43", "E10: fuel"),
        ("(500) days of rope", "43", "(500) days of rope"),
        ("We are #1", "43", "We are #1"),
    ],
)
def test_a_title_that_only_looks_numbered_stays(title, number, own):
    found = record(item("43", title))

    assert (found.number, found.title) == (number, own)


def test_the_shows_name_leaves_titles_that_mostly_print_it():
    feed = rss(
        item("1", "Rope | Half-Tide Radio"),
        item("2", "Half-Tide Radio – Lamps"),
        item("3", "Episode 3: Half-Tide Radio: Fog"),
        item("4", "On Half-Tide Radio"),
    )

    assert [one.title for one in records(feed)] == ["Rope", "Lamps", "Fog", "On Half-Tide Radio"]


def test_the_shows_name_stays_where_few_titles_have_it():
    feed = rss(item("1", "Half-Tide Radio: a history"), item("2", "Lamps"), item("3", "Fog"))

    assert [one.title for one in records(feed)] == ["Half-Tide Radio: a history", "Lamps", "Fog"]
    assert record(item("1", "Half-Tide Radio: a history")).title == "Half-Tide Radio: a history"


def test_numbers_that_begin_anew_in_each_season_are_nobodys():
    tagged = "<itunes:season>{}</itunes:season>"
    one, two = records(
        rss(item(tag="3", title="A", more=tagged.format(1)), item(tag="3", title="B", more=tagged.format(2)))
    )

    assert [(one.number, one.season), (two.number, two.season)] == [("", 1), ("", 2)]
    assert "Other items have the number 3 too" in one.doubts[0]


def test_a_bonus_leaves_its_number_to_the_episode_that_it_belongs_to():
    bonus = "<itunes:episodeType>bonus</itunes:episodeType>"
    found = records(rss(item(tag="3", title="A", more=bonus), item(tag="3", title="B")))

    assert [(one.number, one.episode_type) for one in found] == [("", "bonus"), ("3", "")]


@pytest.mark.parametrize(
    ("link", "number", "slug"),
    [
        ("https://a.example/650", "650", "650"),
        ("https://a.example/show/htr/650/", "650", "650"),
        ("https://a.example/episode-12.html", "12", "episode-12"),
        ("https://a.example/pocket-office-1", "", "pocket-office-1"),
        ("https://a.example/p03", "", "p03"),
        ("https://a.example/2021/06/14", "", ""),
        ("https://a.example/2021/06/rope/", "", "rope"),
        ("https://a.example/?p=12", "", ""),
        ("https://a.example", "", ""),
        ("not an address", "", ""),
        ("https://[", "", ""),
    ],
)
def test_what_a_link_says(link, number, slug):
    assert (number_of_link(link), slug_of_link(link)) == (number, slug)


def test_old_paths_are_those_on_the_shows_own_hosts_decoded():
    here = "<link>https://www.half-tide.example/a%20b/?x=1</link><guid>https://half-tide.example/old/3</guid>"
    away = '<link>https://feeds.example/3</link><guid isPermaLink="false">https://half-tide.example/n</guid>'
    feed = read(rss(here, away), HOME)

    assert [one.record.old_paths for one in feed] == [("/a b/", "/old/3"), ()]
    assert feed.doubts == (
        "1 items link to feeds.example, which is no host of this show: addresses there are not answered here, and need "
        "redirects there.",
    )


# --- Values ---


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Mon, 14 Jun 2021 20:00:00 -0700", datetime(2021, 6, 15, 3, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 PDT", datetime(2021, 6, 15, 3, tzinfo=UTC)),
        ("Tues, 15 Jun 2021 03:00 GMT", datetime(2021, 6, 15, 3, tzinfo=UTC)),
        ("Sun, 14 June 2021 20:00:00 +02:00", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 CEST", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 GMT+2", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 NST", datetime(2021, 6, 14, 23, 30, tzinfo=UTC)),
        ("Mo, 14. Juni 2021 20:00:00 +0200", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("Monday, June 14th, 2021 8:00 PM UTC", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("2021-06-14T20:00:00.000-07:00", datetime(2021, 6, 15, 3, tzinfo=UTC)),
        ("2021-06-14 20:00:00 UTC", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("2021/6/4 10:00:00 +0000", datetime(2021, 6, 4, 10, tzinfo=UTC)),
        ("2021-06-14T20:00Z", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("2021-06-14T20:00:00+0200", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("2021-06-14 20:00:00 EST", datetime(2021, 6, 15, 1, tzinfo=UTC)),
        ("Mon, 14 Jun 21 20:00:00 GMT", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("Mon, 14 Jun 99 20:00:00 GMT", datetime(1999, 6, 14, 20, tzinfo=UTC)),
        ("14 Jun 2021 20:00:00 +0000", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("Mon,14 Jun 2021 20:00:00 -0000", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        # A weekday that is wrong is only a word.
        ("Fri, 14 Jun 2021 20:00:00 +0000", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 EST", datetime(2021, 6, 15, 1, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 GMT+1", datetime(2021, 6, 14, 19, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 (GMT+1)", datetime(2021, 6, 14, 19, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20:00:00 +0000 (UTC)", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("Mon Jun 14 2021 20:00:00 GMT+0200 (Central European Summer Time)", datetime(2021, 6, 14, 18, tzinfo=UTC)),
        ("Mon Jun 14 20:00:00 EDT 2021", datetime(2021, 6, 15, 0, tzinfo=UTC)),
        ("Mon, 14 Jun 2021 20.00.00 +0000", datetime(2021, 6, 14, 20, tzinfo=UTC)),
        ("Mo., 14. Dez. 2020 20:00 MEZ", datetime(2020, 12, 14, 19, tzinfo=UTC)),
    ],
)
def test_every_spelling_of_a_date_is_its_moment(text, at):
    assert moment(text) == (at, None, "")


@pytest.mark.parametrize(
    "text",
    [
        "14 Jun 2021 20:00:00",
        "2021-06-14T20:00:00",
        "Mon, 14 Jun 2021 20:00:00 XYZ",
        "Mon, 14 Jun 2021 20:00:00 (somewhere)",
        "Mon Jun 14 20:00:00 2021",
    ],
)
def test_a_date_without_a_zone_is_read_as_apps_read_it_and_doubted(text):
    found = moment(text)

    assert found.at == datetime(2021, 6, 14, 20, tzinfo=UTC)
    assert "names no time zone" in found.doubt


@pytest.mark.parametrize("text", ["2021-06-14", "14 Jun 2021", "June 14, 2021"])
def test_a_day_is_no_moment(text):
    assert moment(text) == (None, date(2021, 6, 14), "")


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "0000-00-00",
        "Mon, 31 Feb 2021 10:00:00 +0000",
        "2021-13-01 10:00:00 EST",
        # In another language, also where the month of that name is another's weekday: mar. is Tuesday.
        "lun. 14 juin 2021 20:00:00 +0000",
        "mar. 15 mars 2021 20:00:00 +0000",
        "14 août 2021 20:00:00 +0200",
        "14/6/2021 20:00",
        "14.06.2021 20:00",
        "1623700800",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "1970-01-01T00:00:00Z",
    ],
)
def test_a_date_that_is_none_is_unknown_and_said(text):
    found = moment(text)

    assert (found.at, found.day) == (None, None)
    assert "cannot be read" in found.doubt


@settings(max_examples=300)
@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_dates_durations_and_titles(text):
    moment(text)
    duration(text)
    TITLES.read(text)
    without_prefixes(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("3661", 3661),
        ("1:04", 64),
        ("75:10", 4510),
        ("1:01:01", 3661),
        ("01:01:01.600", 3662),
        ("1h 1m 1s", 3661),
        ("PT1H1M", 3660),
        ("62 min", 3720),
        ("0", None),
        ("00:00:00", None),
        ("", None),
        ("long", None),
        ("-5", None),
    ],
)
def test_every_spelling_of_a_duration_is_its_seconds(text, seconds):
    assert duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "bytes_"), [("123", 123), ("0", None), ("", None), ("abc", None), ("-1", None), ("9" * 25, None)]
)
def test_a_wrong_length_is_unknown(text, bytes_):
    assert length(text) == bytes_


def test_a_duration_that_cannot_be_read_is_told_and_one_of_zero_is_only_unknown():
    guid = "<guid>1</guid>"
    assert record(f"{guid}<itunes:duration>00:00:00</itunes:duration>").doubts == ()
    assert record(f"{guid}<itunes:duration>an hour</itunes:duration>").doubts == (
        "The duration “an hour” cannot be read: write it in the episode’s form.",
    )


# --- Measurement prefixes ---

AUDIO = "aphid.fireside.fm/d/1/show/e.mp3?a=1&b=2"


@pytest.mark.parametrize(
    "prefix",
    [
        "https://op3.dev/e/",
        "https://op3.dev/e,pg=9b024349-ccf0-5f69-a609-6b82873eab3c/",
        "https://chtbl.com/track/392D9/",
        "http://www.podtrac.com/pts/redirect.mp3/",
        "https://dts.podtrac.com/redirect.mp3/chtbl.com/track/1/pdst.fm/e/",
        "https://mgln.ai/e/123/",
        "https://arttrk.com/p/ABC12/pscrb.fm/rss/p/",
        "https://media.blubrry.com/halftide/",
    ],
)
def test_a_chain_of_prefixes_comes_off_and_the_address_stays_verbatim(prefix):
    scheme = prefix.partition(":")[0]

    assert without_prefixes(prefix + AUDIO) == (prefix, f"{scheme}://{AUDIO}")


@pytest.mark.parametrize("url", [f"https://{AUDIO}", "https://op3.dev/e/", "https://pdst.fm/other/a.example/x.mp3", ""])
def test_what_is_no_known_prefix_stays(url):
    assert without_prefixes(url) == ("", url)


def test_a_prefix_that_all_audio_has_is_the_shows():
    episodes = [old_episode(2), old_episode(1)]
    feed = read(fireside(episodes, prefix="https://op3.dev/e/"), HOME)

    assert feed.said.media_prefix == "https://op3.dev/e/"
    assert [one.record.enclosure.url for one in feed] == [episode.enclosure_url for episode in episodes]


def test_prefixes_that_differ_come_off_and_are_told():
    data = (HEAD + fireside_item(old_episode(2), "https://op3.dev/e/") + fireside_item(old_episode(1)) + TAIL).encode()
    feed = read(data, HOME)

    assert feed.said.media_prefix == ""
    assert [one.record.enclosure.url for one in feed] == [old_episode(n).enclosure_url for n in (2, 1)]
    assert "https://op3.dev/e/ (1), none (1)" in feed.doubts[-1]


# --- Words ---


def summary(**said: str) -> str:
    return notes_of(Entry("item 1", **said)).summary


def test_a_description_that_the_notes_have_is_not_said_twice():
    assert (
        summary(description="Who lights them.", notes="<p>Who lights them.</p><p>And why.</p>")
        == "Who lights them.\n\nAnd why."
    )


def test_a_description_that_the_notes_lack_comes_first():
    assert summary(description="In short.", notes="<p>At length.</p>") == "In short.\n\nAt length."


def test_what_a_host_cut_is_not_said_twice():
    assert summary(description="Who lights th", subtitle="Who lights…", notes="<p>Who lights th</p>") == "Who lights th"


@pytest.mark.parametrize("mark", ["…", "...", " […]", " [&#8230;]"])
def test_a_word_that_a_host_cut_is_not_said_twice(mark):
    assert summary(subtitle=f"Who ligh{mark}", notes="<p>Who lights them.</p>") == "Who lights them."


def test_a_long_text_may_be_cut_without_a_sign_and_a_short_one_says_what_it_says():
    text = "rope " * 60
    assert summary(description=f"{text}and a cat", notes=f"<p>{text}and a category.</p>") == f"{text}and a category."
    assert summary(description="A cat", notes="<p>A category.</p>") == "A cat\n\nA category."


def test_without_notes_the_longest_html_is_taken_apart():
    found = notes_of(
        Entry("item 1", description='<p>Said.</p><p>Links:</p><ul><li><a href="https://a.example">A</a></li></ul>')
    )

    assert (found.summary, found.split.links) == ("Said.", (Link("https://a.example", "A"),))


def test_plain_text_stays_what_it_is_where_markdown_would_read_it():
    assert summary(description="2 * 3 * 4 < 30 & more") == r"2 \* 3 \* 4 < 30 & more"


GUEST_PAGE = "https://half-tide.example/guests/gil"


@pytest.mark.parametrize(
    "line",
    [
        f'Special Guest: <a href="{GUEST_PAGE}" rel="nofollow">Gil Åkesson</a>.',
        'Special Guests: <a href="https://half-tide.example/guests/gil">Gil Åkesson</a> and Fen O’Hara.',
        "Special Guests: Fen O’Hara, Gil Åkesson, and Gil.",
        '<a href="https://gil.example">Special Guest: Gil</a>',
    ],
)
def test_a_line_that_credits_guests_whom_the_item_credits_is_not_said_again(line):
    notes = f'<p>Said.</p><p>{line}</p><p>Links:</p><ul><li><a href="https://a.example">A</a></li></ul>'
    found = notes_of(Entry("item 1", notes=notes), ["Gil", "Gil Åkesson", "Fen O’Hara"], ["https://gil.example"])

    assert found.summary == "Said."
    assert found.split == Split("Said.", links=(Link("https://a.example", "A"),))
    assert line in found.original


@pytest.mark.parametrize(
    "line",
    [
        "Special Guest: Bo Mast.",
        "Special Guests: Gil Åkesson and Bo Mast.",
        "Special Guest: Gil Åkesson, who rows.",
        "Special Guest: Gil Åkesson Junior.",
        "Special Guest:",
        "Our Special Guest: Gil Åkesson.",
        "<a href='https://elsewhere.example/gil'>Special Guest: Gil Åkesson.</a>",
    ],
)
def test_a_line_that_says_more_than_the_items_credits_stays(line):
    found = notes_of(Entry("item 1", notes=f"<p>Said.</p><p>{line}</p>"), ["Gil Åkesson"], [GUEST_PAGE])

    assert re.sub(r"[\[\]]|\(.*\)", "", found.summary) == f"Said.\n\n{re.sub('<[^>]*>', '', line)}"


def test_names_that_are_made_of_each_other_take_no_time():
    line = f"Special Guests: {' and '.join(['A'] * 200)} and nobody"
    found = notes_of(Entry("item 1", notes=f"<p>{line}</p>"), ["A", "A and A", "A and A and A"])

    assert found.summary == line


def test_a_host_who_is_named_as_the_guest_is_still_named():
    person = '<podcast:person role="host">Gil</podcast:person>'
    notes = "<content:encoded>&lt;p&gt;Special Guest: Gil.&lt;/p&gt;</content:encoded>"

    assert record(person + notes).summary == "Special Guest: Gil."
    assert record(person.replace("host", "guest") + notes).summary == ""


@pytest.mark.parametrize(
    "said",
    [
        "https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM",
        "https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM?theme=light",
        "http://fireside.fm/player/v2/vlpcEWmF%2BFB4Ue5jM?theme=dark",
    ],
)
def test_the_player_is_spelled_as_notes_pages_print_it(said):
    namespaces = f'{NAMESPACES} xmlns:fireside="http://fireside.fm/modules/rss/fireside"'
    [found] = records(rss(f"<fireside:playerURL>{said}</fireside:playerURL>", namespaces=namespaces))

    assert found.player_url == "https://player.fireside.fm/v2/vlpcEWmF+FB4Ue5jM?theme=dark"
    assert PLAYER_URL.fullmatch(found.player_url)


@pytest.mark.parametrize("said", ["https://player.fireside.fm/v4/vlpcEWmF+FB4Ue5jM", "https://a.example/v2/a+b", ""])
def test_another_player_stays_as_it_is_written(said):
    assert player(said) == said


# --- Other hosts ---


def test_podhome_tells_number_people_chapters_and_transcripts_in_tags():
    data = rss(
        """<title>Rope</title><link>https://serve.example/episode/a1</link><guid isPermaLink="false">A1</guid>
        <podcast:episode>7</podcast:episode><podcast:season>2</podcast:season>
        <podcast:person role="Host" group="Cast" href="https://ann.example/">Ann Harbour</podcast:person>
        <podcast:person role="Audio Editor" group="Audio Post-Production">Ed Mast</podcast:person>
        <podcast:person role="Narrator" group="Cast">Nan Keel</podcast:person>
        <podcast:chapters url="https://serve.example/a1.json" type="application/json+chapters"/>
        <podcast:transcript url="https://serve.example/a1.vtt" type="text/vtt" language="en"/>
        <podcast:transcript url="https://serve.example/a1.srt" type="application/srt"/>
        <podcast:alternateEnclosure type="video/mp4"><podcast:source uri="https://v.example/a1.mp4"/></podcast:alternateEnclosure>
        <enclosure url="https://serve.example/a1.mp3" length="5" type="audio/mpeg"/>"""
    )
    [found] = read(data, HOME)

    assert (found.record.number, found.record.season, found.record.video_url) == ("7", 2, "https://v.example/a1.mp4")
    assert found.record.credits == (
        Credit("host", "Ann Harbour", "ann-harbour"),
        Credit("editor", "Ed Mast", "ed-mast"),
    )
    assert found.record.doubts == ("Nan Keel is credited as Narrator, which no role here means: credit them yourself.",)
    assert found.chapters == File("https://serve.example/a1.json", "application/json+chapters")
    assert found.transcripts == (
        File("https://serve.example/a1.vtt", "text/vtt", "en"),
        File("https://serve.example/a1.srt", "application/srt"),
    )


def test_the_people_of_an_item_replace_those_of_the_channel():
    channel = '<podcast:person role="host">Ann</podcast:person>'
    named, bare = records(rss("<podcast:person>Bo</podcast:person><guid>a</guid>", "<guid>b</guid>", channel=channel))

    assert [one.credits for one in (named, bare)] == [(Credit("host", "Bo", "bo"),), (Credit("host", "Ann", "ann"),)]


def test_wordpress_with_podlove_chapters():
    found = record(
        """<title>Rope</title><link>https://half-tide.example/2021/06/rope/</link>
        <guid isPermaLink="false">https://half-tide.example/?p=311</guid><category><![CDATA[Boats]]></category>
        <category>Rope, old</category><itunes:keywords>rope</itunes:keywords>
        <psc:chapters version="1.2"><psc:chapter start="00:00:00.000" title="Hello"/>
        <psc:chapter start="00:02:10.500" title="Hemp &amp; more" href="https://a.example"/></psc:chapters>"""
    )

    assert (found.number, found.slug, found.old_paths) == ("", "rope", ("/2021/06/rope/",))
    assert found.tags == ("rope", "Boats", "Rope", "old")
    assert found.chapters == (
        Chapter(Decimal(0), "Hello"),
        Chapter(Decimal("130.5"), "Hemp & more", url="https://a.example"),
    )


def test_libsyn_and_buzzsprout_have_slugs_and_permalinks():
    libsyn, buzzsprout = records(
        rss(
            "<title>Rope</title><link><![CDATA[http://halftide.libsyn.com/rope]]></link>"
            "<guid isPermaLink='false'><![CDATA[ab12]]></guid>"
            "<itunes:episode>4</itunes:episode><itunes:duration>62:06</itunes:duration><itunes:explicit>clean</itunes:explicit>",
            "<title>Lamps</title><guid isPermaLink='false'>Buzzsprout-99</guid><itunes:title>Lamps</itunes:title>"
            "<link>https://www.buzzsprout.com/1/episodes/99-lamps</link><description><![CDATA[<p>Oil.</p>]]></description>"
            "<itunes:explicit>true</itunes:explicit>",
        )
    )

    assert (libsyn.number, libsyn.guid, libsyn.duration_seconds, libsyn.explicit) == ("4", "ab12", 3726, False)
    assert (buzzsprout.slug, buzzsprout.guid, buzzsprout.summary, buzzsprout.explicit) == (
        "99-lamps",
        "Buzzsprout-99",
        "Oil.",
        True,
    )


def test_a_picture_that_differs_only_after_the_question_mark_is_the_shows():
    channel = '<itunes:image href="https://a.example/cover.jpg?v=3"/>'
    picture = '<itunes:image href="https://a.example/{}"/><guid>{}</guid>'
    same, other = records(rss(picture.format("cover.jpg?v=2", 1), picture.format("own.jpg", 2), channel=channel))

    assert (same.artwork_url, other.artwork_url) == ("", "https://a.example/own.jpg")


def test_namespaces_are_known_however_their_addresses_are_written_and_where_they_are_not_declared():
    odd = 'xmlns:itunes="http://www.itunes.com/DTDs/Podcast-1.0.dtd" xmlns:p="http://podcastindex.org/namespace/1.0/"'
    found = record(
        "<itunes:duration>64</itunes:duration><p:episode>7</p:episode><content:encoded>&lt;p&gt;Hi&lt;/p&gt;</content:encoded>",
        namespaces=odd,
    )

    assert (found.duration_seconds, found.number, found.summary, found.doubts[1:]) == (64, "7", "Hi", ())


def test_a_json_feed_has_authors_tags_and_a_number_as_its_id():
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Half-Tide Radio",
        "authors": [{"name": "Half-Tide Radio"}],
        "items": [
            {
                "id": 12,
                "url": "https://half-tide.example/12",
                "title": "Rope",
                "content_text": "Hemp.",
                "date_published": "2021-06-14T20:00:00-07:00",
                "authors": [
                    {"name": "Ann Harbour", "url": "https://half-tide.example/hosts/ann"},
                    {"name": "half-tide radio"},
                ],
                "tags": ["rope", "hemp"],
                "attachments": [
                    {"url": "https://a.example/12.mp3", "mime_type": "audio/mpeg", "duration_in_seconds": 64.2}
                ],
            },
            "no item",
        ],
    }
    found, broken = records(json.dumps(feed).encode())

    assert found == Record(
        source=Source.JSON,
        place="item 1",
        number="12",
        title="Rope",
        published_at=datetime(2021, 6, 15, 3, tzinfo=UTC),
        duration_seconds=64,
        summary="Hemp.",
        credits=(Credit("host", "Ann Harbour", "ann"),),
        tags=("rope", "hemp"),
        guid="12",
        enclosure=Enclosure("https://a.example/12.mp3", None, "audio/mpeg"),
        old_paths=("/12",),
    )
    assert broken.doubts[0] == "It is no item: nothing in it has a name."


# --- Broken feeds ---

GOOD = fireside([EPISODE, old_episode(2), old_episode(1)])
BOMB = b"<!DOCTYPE rss [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]>"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "The feed is empty"),
        (b"\0\0  \n", "The feed is empty"),
        (b"hello", "This is no feed: it has no tags."),
        (b"<!DOCTYPE html><html><head><title>a</title></head></html>", "This is a web page, and no feed"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'><entry/></feed>", "This is an Atom feed"),
        (b"<opml version='2.0'/>", "it begins with <opml>"),
        (GOOD.replace(b"<rss", BOMB + b"<rss", 1), "declares entities"),
        (b"<rss><channel>" + b"<a>" * 1_500_001, "more than 1,500,000 tags"),
        (b"<rss><channel>" + b"<item/>" * 3 + b"<item></item>" * 10_001, "more than 10,000 items"),
        (b"<rss>" + b" " * MAX_BYTES, "more than 33,554,432 bytes"),
        (b"{" + b" " * MAX_BYTES, "more than 33,554,432 bytes"),
        (b'{"items": [\n{"id": ', "not well-formed at line 2"),
        (b'{"version": 1}', "no list of “items”"),
        (b"[1]", "no list of “items”"),
        (b"[" * 100_000, "nesting that nobody can read"),
    ],
)
def test_what_is_no_feed_or_not_safe_is_refused_with_what_it_is(data, message):
    with pytest.raises(UnreadableError, match=re.escape(message)):
        read(data, HOME)


def damaged(old: bytes, new: bytes) -> bytes:
    assert old in GOOD
    return GOOD.replace(old, new, 1)


@pytest.mark.parametrize(
    "data",
    [
        damaged(b"Lamps &amp; Gil", b"Lamps & Gil"),
        damaged("Lamps &amp; Gil Åkesson".encode(), b"Lamps &amp; Gil &Aring;kesson"),
        damaged(b"oil &amp; gas", b"oil & gas"),
        damaged(b'length="60182042"', b"length=60182042"),
        damaged(b"</content:encoded>", b"<br></content:encoded>"),
        damaged(b"<itunes:summary>", b"<itunes:summary><p>open"),
        damaged(b"]]>\n      </content:encoded>", b"\n      </content:encoded>"),
        damaged(b"    </item>\n", b""),
        # The next end of a text is in the next item.
        damaged(b"</iframe>]]>", b"</iframe>"),
        damaged(b"<author>Ann Harbour</author>", b"<author>Ann \x0bHarbour</author>"),
        damaged(b"<author>Ann Harbour</author>", b"<author>Ann &#0; &#x1f;</author>"),
        damaged(b"<author>Ann Harbour</author>", b"<author><!-- </item><item> --></author>"),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().replace("UTF-8", "UTF-16", 1).encode("utf-16"),
        GOOD.decode().replace("UTF-8", "ISO-8859-1", 1).encode("latin-1", errors="xmlcharrefreplace"),
        GOOD.replace(b"<?xml", b"\n\n <?xml", 1),
        GOOD[: -len(TAIL)],
        GOOD[: GOOD.rindex(b"</itunes:summary>")],
    ],
)
def test_damage_loses_nothing_of_any_item(data):
    found = records(data)

    assert [without_doubts(one) for one in found] == [without_doubts(one) for one in records(GOOD)]


def without_doubts(found: Record) -> tuple:
    """What an item says before the place where the last one may be cut off."""
    return (
        found.number,
        found.title,
        found.guid,
        found.published_at,
        found.duration_seconds,
        found.enclosure,
        found.tags,
        found.summary,
        found.placements,
        found.links,
    )


ITEM = b"<rss><channel><item><guid>1</guid>"


@pytest.mark.parametrize(
    "data",
    [
        ITEM + b"<title>" * 300_000,
        ITEM + b"<a " + b"b" * 3_000_000 + b"></item>",
        ITEM + b"<title>a" + b" " * 3_000_000 + b"b & c</title>",
        ITEM
        + b"<pubDate>"
        + b"1" * 3_000_000
        + b"</pubDate><itunes:duration>"
        + b"1" * 3_000_000
        + b"</itunes:duration>",
        ITEM + b"<description>a" + b" \n" * 1_000_000 + b"b</description>",
        ITEM + b"<item " * 300_000,
        ITEM + b"</item>" + b"<item><guid>2</guid><![CDATA[ </item>" * 2_000 + b" " * 9_000_000 + b"]]>",
        ITEM + b"</item>" + b"<item><guid>2</guid><!-- </item>" * 2_000 + b" " * 9_000_000,
        ITEM + b"&" * 3_000_000,
        ITEM + b"<a>" * 300_000,
    ],
)
def test_hostile_feeds_end_some_time(data):
    """Where something grows with the square of a feed, this does not."""
    assert records(data)[0].guid == "1"


def test_where_an_item_is_broken_is_said_with_its_line():
    line = GOOD[: GOOD.index(b"1984: Lamps")].count(b"\n") + 1
    [first, *others] = records(damaged(b"Lamps &amp; Gil", b"Lamps & Gil"))

    where = f"at line {line} (xmlParseEntityRef: no name)"
    assert first.doubts == (f"The XML of this item is not well-formed {where} and was mended: look at it.",)
    assert [one.doubts for one in others] == [(), ()]


def test_a_feed_that_breaks_off_says_so():
    assert read(GOOD[:-400], HOME).doubts[0] == "The feed breaks off in the middle of its last item: fetch it again."
    assert "The feed has no end" in read(GOOD[: -len(TAIL)], HOME).doubts[0]


def test_cdata_inside_cdata_loses_no_word():
    found = record("<guid>1</guid><content:encoded><![CDATA[<p>One <![CDATA[two]]> three</p>]]></content:encoded>")

    assert found.summary == "One two three"


def test_markup_that_was_not_escaped_is_read_as_html():
    found = record(
        '<guid>1</guid><content:encoded><p>Said <b>so</b>.</p><ul><li><a href="https://a.example">A</a></li></ul></content:encoded>'
    )

    assert "Said" in found.summary
    assert found.original.startswith("<p>Said <b>so</b>.</p>")


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_no_cut_and_no_noise_makes_reading_raise_anything_but_a_feed_error(data):
    at, until = sorted((data.draw(st.integers(0, len(GOOD))), data.draw(st.integers(0, len(GOOD)))))
    noise = data.draw(
        st.sampled_from([b"", b"<", b"&", b"]]>", b"<![CDATA[", b"<!--", b"</item>", b"<item>", b'"', b"\0", b"\xff"])
    )
    with suppress(UnreadableError):
        records(GOOD[:at] + noise + GOOD[until:])
