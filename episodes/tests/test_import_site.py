"""A website's folder -> records: every rule of docs/importing-a-website.md."""

import json
import os
from datetime import UTC, date, datetime, time
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from episodes.importers.record import Chapter, Credit, Enclosure, Link, Record, Source
from episodes.importers.site import Failure, LeftOut, Person, ShowSaid, Site, SponsorSaid
from episodes.importers.site.body import read_body
from episodes.importers.site.front_matter import MAX_BYTES, FrontMatterError, parse
from episodes.importers.site.plain import as_markdown
from episodes.notes.document import Placement
from lupcms.shows.markdown import block_html, excerpt

ARCHIVE = Path(__file__).parents[3] / "shared/archive/site"

HEAD: dict[str, Any] = {
    "type": "episode",
    "draft": False,
    "show_slug": "tidal-radio",
    "show_name": "Tidal Radio",
    "episode": 7,
    "episode_padded": "0007",
    "episode_guid": "AbCdEf00-1111-4222-8333-444455556666",
    "slug": "7",
    "title": "A Rope for Everything",
    "description": "Knots & ropes: what holds, and what doesn't.",
    "date": "2024-05-03T19:30:00-07:00",
    "header_image": "/images/shows/tidal-radio.png",
    "categories": ["Tidal Radio"],
    "tags": ["knots", "rope"],
    "hosts": ["nell"],
    "guests": ["ambrose"],
    "sponsors": ["kittiwake.example-tr"],
    "podcast_duration": "01:01:05",
    "podcast_file": "https://audio.example/7.mp3",
    "podcast_bytes": 12345,
    "podcast_chapters": None,
    "podcast_alt_file": None,
    "podcast_ogg_file": None,
    "video_file": None,
    "video_hd_file": None,
    "video_mobile_file": None,
    "youtube_link": None,
    "jb_url": "/1234/a-rope-for-everything/",
    "fireside_url": "/7",
}
BODY = """

### Episode Links

  * [Knots \u2014 a list](https://knots.example/ "Knots \u2014 a list") \u2014 All of them.
"""
NELL = """---
avatar: /images/people/nell.jpg
bio: Sails
  alone.
homepage: https://nell.example/
title: Nell Quay
type: host
username: nell
youtube: null
---"""
AMBROSE = "---\ntitle: Ambrose Tern\nusername: ambrose\n---\n"
KITTIWAKE = """---
description: Use code TIDE today.
link: https://kittiwake.example/tide
shortname: kittiwake.example-tr
title: Kittiwake Batteries
---"""


def page(body: str = BODY, /, **changes: Any) -> str:
    return json.dumps(HEAD | changes, indent=2, ensure_ascii=False) + body


def site(folder: Path, **files: str) -> Site:
    """Of files by path, with `__` for a slash."""
    written = {
        "people/nell.md": NELL,
        "people/ambrose.md": AMBROSE,
        "sponsors/kittiwake.example-tr.md": KITTIWAKE,
        **{name.replace("__", "/"): text for name, text in files.items()},
    }
    for name, text in written.items():
        path = folder / (name if name.endswith(".md") else f"{name}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Site(folder)


def records(folder: Path, *pages: str) -> list[Record | Failure | LeftOut]:
    return list(
        site(folder, **{f"show__tidal-radio__{number:04}": text for number, text in enumerate(pages, 7)}).records(
            "tidal-radio", "TR"
        )
    )


def record(folder: Path, body: str = BODY, /, **changes: Any) -> Record:
    (found,) = records(folder, page(body, **changes))
    assert isinstance(found, Record), found
    return found


def test_a_page_says_all_of_an_episode(tmp_path):
    assert record(tmp_path) == Record(
        source=Source.SITE,
        place="show/tidal-radio/0007.md",
        number="7",
        title="A Rope for Everything",
        air_date=date(2024, 5, 3),
        published_at=datetime(2024, 5, 4, 2, 30, tzinfo=UTC),
        duration_seconds=3665,
        summary="Knots & ropes: what holds, and what doesn't.",
        credits=(Credit("host", "Nell Quay", "nell"), Credit("guest", "Ambrose Tern", "ambrose")),
        placements=(Placement("Kittiwake Batteries", "https://kittiwake.example/tide"),),
        links=(Link("https://knots.example/", "Knots — a list", description="All of them."),),
        tags=("knots", "rope"),
        guid="AbCdEf00-1111-4222-8333-444455556666",
        enclosure=Enclosure("https://audio.example/7.mp3", 12345, "audio/mpeg"),
        old_paths=("/7", "/1234/a-rope-for-everything", "/show/tidal-radio/7", "/show/tidal-radio/0007"),
    )


@pytest.mark.parametrize(
    ("said", "number"),
    [(7, "7"), (0, "0"), ("p03", "p03"), ("0007", "0007"), ("gamer", "gamer"), (650.5, "650.5")],
)
def test_a_number_is_what_the_page_prints(tmp_path, said, number):
    found = record(tmp_path, episode=said)
    ours = tuple(dict.fromkeys(f"/show/tidal-radio/{name}" for name in ("7", number, "0007")))
    assert (found.number, found.old_paths) == (number, ("/7", "/1234/a-rope-for-everything", *ours))


def test_a_page_without_a_number_is_called_like_its_file(tmp_path):
    found = record(tmp_path, episode=None, slug=None, episode_padded=None)
    assert (found.number, found.doubts) == ("7", ("The page says no number: the name of its file is taken, 7.",))


def test_a_page_whose_file_has_another_number_is_doubtful(tmp_path):
    assert record(tmp_path, episode=8).doubts == ("The page says that it is 8, and its file is called 0007.md.",)


@pytest.mark.parametrize(
    "guid",
    ["", None, "null", " None ", "00000000-0000-0000-0000-000000000000", "{00000000-0000-0000-0000-000000000000}"],
)
def test_a_guid_that_nobody_knows_is_unknown(tmp_path, guid):
    assert record(tmp_path, episode_guid=guid).guid == ""


@pytest.mark.parametrize("guid", ["ABC", "abc", "https://tidal.example/?p=7", " a ", "0x00"])
def test_a_guid_is_kept_to_the_letter(tmp_path, guid):
    assert record(tmp_path, episode_guid=guid).guid == guid


def test_a_guid_that_two_pages_claim_is_taken_from_neither(tmp_path):
    found = records(tmp_path, page(), page(episode=8, slug="8"), page(episode=9, slug="9", episode_guid="mine"))
    assert [one.guid for one in found] == ["", "", "mine"]
    assert [one.doubts for one in found] == [
        (
            "Another page has the GUID AbCdEf00-1111-4222-8333-444455556666 as well, so neither counts: "
            "the old feed knows whose it is.",
        )
    ] * 2 + [()]


def test_two_pages_of_one_episode_are_one_and_a_failure(tmp_path):
    first, second = records(tmp_path, page(), page(episode="007", episode_guid="other"))
    assert isinstance(first, Record)
    assert second == Failure(
        "show/tidal-radio/0008.md:6", "the same episode as show/tidal-radio/0007.md; take one out of the folder"
    )


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("7: Knots", "Knots"),
        ("Episode 7: Knots", "Knots"),
        ("Tidal Radio 7 - Knots", "Knots"),
        ("TR 007: Knots", "Knots"),
        ("Knots | TR 7", "Knots"),
        ("Knots | Tidal Radio 07", "Knots"),
        ("Knots - Episode 7", "Knots"),
        # Nothing would be left, it is another's, or it is no number of an episode.
        ("Tidal Radio 7", "Tidal Radio 7"),
        ("Episode 8: Knots", "Episode 8: Knots"),
        ("7 Knots", "7 Knots"),
        ("Knots 7", "Knots 7"),
        ("Knots - 7", "Knots - 7"),
        ("Season 7", "Season 7"),
        ("17: Knots", "17: Knots"),
        ("Two\nlines", "Two lines"),
        (None, ""),
        ("null", ""),
    ],
)
def test_a_title_loses_the_episodes_own_number(tmp_path, title, expected):
    assert record(tmp_path, title=title).title == expected


@pytest.mark.parametrize(
    ("said", "day", "moment"),
    [
        ("2018-04-17", date(2018, 4, 17), None),
        ("2018-04-17T00:00:00Z", date(2018, 4, 17), None),
        ("2018-04-17T00:00:00-07:00", date(2018, 4, 17), None),
        ("2018-04-17T00:00:00", date(2018, 4, 17), None),
        ("2018-04-17 00:00:00+02:00", date(2018, 4, 17), None),
        ("2018-04-17T17:00:00-07:00", date(2018, 4, 17), datetime(2018, 4, 18, tzinfo=UTC)),
        ("2018-04-17T00:00:01+00:00", date(2018, 4, 17), datetime(2018, 4, 17, 0, 0, 1, tzinfo=UTC)),
    ],
)
def test_a_date_is_an_instant_unless_only_the_day_is_known(tmp_path, said, day, moment):
    found = record(tmp_path, date=said)
    assert (found.air_date, found.published_at, found.doubts) == (day, moment, ())


def test_a_time_without_a_zone_is_only_a_day_and_that_is_said(tmp_path):
    found = record(tmp_path, date="2018-04-17T17:00:00")
    assert (found.air_date, found.published_at) == (date(2018, 4, 17), None)
    assert found.doubts == ("The date 2018-04-17T17:00:00 does not say in which zone: only its day is taken.",)


def test_people_are_named_by_their_files_and_somebody_can_be_both_host_and_guest(tmp_path):
    found = record(tmp_path, hosts=["nell", "nell"], guests=["ambrose", "nell", "stranger"])
    assert found.credits == (
        Credit("host", "Nell Quay", "nell"),
        Credit("guest", "Ambrose Tern", "ambrose"),
        Credit("guest", "Nell Quay", "nell"),
        Credit("guest", "stranger", "stranger"),
    )
    assert found.doubts == ("No file in people/ says who stranger is: credited by that name.",)


def test_a_sponsor_stands_as_often_as_it_is_named_without_todays_words(tmp_path):
    found = record(tmp_path, sponsors=["kittiwake.example-tr", "gone.example-tr", "kittiwake.example-tr"])
    assert found.placements == (Placement("Kittiwake Batteries", "https://kittiwake.example/tide"),) * 2
    assert found.doubts == ("No file in sponsors/ says who gone.example-tr is: that spot is left out.",)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("01:01:05", 3665),
        ("61:05", 3665),
        (3665, 3665),
        ("3665.4", 3665),
        ("0", None),
        (None, None),
        ("00:00:00", None),
    ],
)
def test_a_duration_is_whole_seconds(tmp_path, said, expected):
    found = record(tmp_path, podcast_duration=said)
    assert (found.duration_seconds, found.doubts) == (expected, ())


def test_a_duration_that_is_none_is_doubtful(tmp_path):
    found = record(tmp_path, podcast_duration="an hour")
    assert (found.duration_seconds, found.doubts) == (
        None,
        ("The duration 'an hour' is none: write it like 01:12:51.",),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"podcast_bytes": 0}, Enclosure("https://audio.example/7.mp3", None, "audio/mpeg")),
        ({"podcast_bytes": "99"}, Enclosure("https://audio.example/7.mp3", 99, "audio/mpeg")),
        (
            {"podcast_file": "https://audio.example/7.m4a?x"},
            Enclosure("https://audio.example/7.m4a?x", 12345, "audio/x-m4a"),
        ),
        (
            {"podcast_file": None, "podcast_ogg_file": "https://audio.example/7.ogg"},
            Enclosure("https://audio.example/7.ogg", None, "audio/ogg"),
        ),
        (
            {"podcast_file": "https://op3.example.invalid/7.mp3"},
            Enclosure("https://op3.example.invalid/7.mp3", 12345, "audio/mpeg"),
        ),
        (
            {"podcast_file": "https://op3.dev/e/chtbl.com/track/1/audio.example/7.mp3"},
            Enclosure("https://audio.example/7.mp3", 12345, "audio/mpeg"),
        ),
        ({"podcast_file": None}, None),
    ],
)
def test_audio_is_the_first_file_that_there_is(tmp_path, changes, expected):
    assert record(tmp_path, **changes).enclosure == expected


def test_chapters_are_sorted_and_their_nulls_and_version_do_not_matter(tmp_path):
    empty = {"img": None, "url": None, "toc": None, "endTime": None, "location": None}
    found = record(
        tmp_path,
        podcast_chapters={
            "version": "9.9",
            "author": None,
            "waypoints": None,
            "chapters": [
                {"startTime": 66.5, "title": "Knots", **empty},
                {"startTime": 0, "title": "Pre-show", **empty, "toc": False, "url": "https://knots.example/"},
            ],
        },
    )
    assert (found.chapters, found.doubts) == (
        (
            Chapter(Decimal(0), "Pre-show", url="https://knots.example/", is_listed=False),
            Chapter(Decimal("66.5"), "Knots"),
        ),
        (),
    )


@pytest.mark.parametrize("chapters", [None, {"chapters": []}, {"chapters": None}, [], {}])
def test_chapters_may_be_none(tmp_path, chapters):
    found = record(tmp_path, podcast_chapters=chapters)
    assert (found.chapters, found.doubts) == ((), ())


def test_broken_chapters_are_left_out_and_the_episode_is_not(tmp_path):
    found = record(tmp_path, podcast_chapters={"chapters": [{"title": "When?"}]})
    assert (found.chapters, found.doubts) == (
        (),
        ("The chapters are left out: chapter 1: it has no startTime.",),
    )


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"youtube_link": "https://youtu.be/1", "video_hd_file": "https://v.example/hd.mp4"}, "https://youtu.be/1"),
        (
            {"video_file": "https://v.example/1.mp4", "video_hd_file": "https://v.example/hd.mp4"},
            "https://v.example/hd.mp4",
        ),
        ({"video_file": "https://v.example/1.mp4"}, "https://v.example/1.mp4"),
        ({"youtube_link": "null", "video_file": "https://v.example/1.mp4"}, "https://v.example/1.mp4"),
        ({}, ""),
    ],
)
def test_a_video_is_the_best_address_that_there_is(tmp_path, changes, expected):
    assert record(tmp_path, **changes).video_url == expected


def test_tags_have_no_comma_and_stand_once(tmp_path):
    found = record(tmp_path, tags=["rope", "a, b", "rope", "", " .net ", None, 5, "x" * 256])
    assert found.tags == ("rope", "a", "b", ".net", "5")
    assert found.doubts == (f"A tag of more than 255 characters is left out: {'x' * 256}",)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"fireside_url": "https://tidal.example/7", "jb_url": "https://www.net.example/show/tidal-radio/7/"}, ("/7",)),
        ({"fireside_url": "/003-a%20b", "jb_url": None}, ("/003-a b",)),
        ({"fireside_url": "7", "jb_url": "null"}, ("/7",)),
        ({"fireside_url": "https://tidal.example/", "jb_url": "https://net.example/?p=12"}, ()),
        ({"fireside_url": None, "jb_url": "//7//x/", "aliases": ["/old/7/", "/older"]}, ("/x", "/old/7", "/older")),
    ],
)
def test_old_paths_are_decoded_and_come_from_every_address(tmp_path, changes, expected):
    own = ("/show/tidal-radio/7", "/show/tidal-radio/0007")
    assert record(tmp_path, **changes).old_paths == expected + own


def test_an_address_that_cannot_be_read_is_doubtful(tmp_path):
    assert record(tmp_path, jb_url="http://[broken/").doubts == ("“jb_url” is no address: http://[broken/",)


def test_drafts_and_other_kinds_of_pages_are_left_out_and_named(tmp_path):
    assert records(tmp_path, page(draft=True), page(type="post", episode=8)) == [
        LeftOut("show/tidal-radio/0007.md", "a draft: publish it at the desk if it is to be public"),
        LeftOut("show/tidal-radio/0008.md", "its type is post, and not episode"),
    ]


def test_what_no_record_holds_is_counted_once_for_a_run(tmp_path):
    here = site(
        tmp_path,
        **{
            "show__tidal-radio__0007": page(
                value={"type": "lightning"},
                youtube_link="https://youtu.be/1",
                video_file="https://v.example/1.mp4",
                podcast_chapters={"chapters": [{"startTime": 0, "title": "x", "location": "harbour"}]},
            ),
            "show__tidal-radio__0008": page(episode=8, value={"type": "x"}, categories=["Boats"], mood="calm"),
            "people__odd": "---\nusername: odd\nis_archived: true\n---",
            "sponsors__odd": "---\nshortname: odd\nepisode: 622\n---",
        },
    )
    assert [type(one) for one in here.records("tidal-radio")] == [Record, Record]
    assert here.unused == {
        "value": 2,
        "video_file": 1,
        "location of chapters": 1,
        "categories": 1,
        "mood": 1,
        "is_archived of people": 1,
        "episode of sponsors": 1,
    }


# --- The text below ---


@pytest.mark.parametrize(
    ("line", "link"),
    [
        ('  * [a](https://x.example/ "a")', Link("https://x.example/", "a")),
        ('* [a](https://x.example/ "a")', Link("https://x.example/", "a")),
        ("- [a](https://x.example/)", Link("https://x.example/", "a", title_kind="none")),
        ("  * <https://x.example/>", Link("https://x.example/")),
        ('* [It\'s](https://x.example/ "It&#x27;s") — so', Link("https://x.example/", "It's", description="so")),
        ('* ["q"](https://x.example/ ""q"")', Link("https://x.example/", '"q"')),
        ('* [a "q" b](https://x.example/ "a "q" b")', Link("https://x.example/", 'a "q" b')),
        (
            '* [[x] (y) 💥](https://x.example/a_\\(b\\) "\\[x\\] \\(y\\) 💥")',
            Link("https://x.example/a_(b)", "[x] (y) 💥"),
        ),
        ('* [a](https://x.example/a_(b) "a")', Link("https://x.example/a_(b)", "a")),
        ('* [a](https://x.example/ "another")', Link("https://x.example/", "a", "another", "own")),
        (
            '  * [a ](https://x.example/ "a\n")\n',
            Link("https://x.example/", "a ", "a\n", "own"),
        ),
        ('* [a](https://x.example/ "a") — b — c ', Link("https://x.example/", "a", description="b — c ")),
        ('* [a](https://x.example/ "a"): b', Link("https://x.example/", "a", description="b")),
        ('* [a](https://x.example/ "a") b', Link("https://x.example/", "a", description="b")),
        ('* [a](https://x.example/a b "a")', Link("https://x.example/a b", "a")),
        ('* [a](www.x.example "a")', Link("www.x.example", "a")),
        ('* [*a*](https://x.example/ "*a*") — **b**', Link("https://x.example/", "*a*", description="**b**")),
        ('* [a](https://x.example/ "a") — b\n  and c\n', Link("https://x.example/", "a", description="b and c")),
        (
            '* [a](https://x.example/ "a")\n    * said ("c") of it',
            Link("https://x.example/", "a", description='said ("c") of it'),
        ),
        (
            '* [a](https://x.example/ "a") — [b](https://y.example/ "b") too',
            Link("https://x.example/", "a", description='[b](https://y.example/ "b") too'),
        ),
    ],
)
def test_a_line_is_a_link_to_the_letter(line, link):
    assert read_body(f"### Episode Links\n\n{line}\n") == ((link,), "", ())


def test_what_stands_around_links_is_kept_where_it_belongs():
    body = read_body(
        "Before *all*.\n\n<!--more-->\n\n### Episode Links\n\n* [a](https://a.example)\n* Only words\n\n"
        "### Picks\n\n* [b](https://b.example)\n\n### Links\n* [c](https://c.example)\n\n"
        "### Thanks\n\nTo all.\n\n#### C#\n",
        10,
    )
    assert body.links == (
        Link("https://a.example", "a", title_kind="none"),
        Link("https://b.example", "b", title_kind="none", heading="Picks"),
        Link("https://c.example", "c", title_kind="none", heading="Links"),
    )
    assert body.prose == "Before *all*.\n\n* Only words\n\n### Thanks\n\nTo all.\n\n#### C#"
    assert body.doubts == ("Line 17 is in the list of links and has no address: it stands in the summary.",)


def test_the_text_follows_the_description_and_does_not_repeat_it(tmp_path):
    assert record(tmp_path, "\n\nMore *words*.\n").summary == (
        "Knots & ropes: what holds, and what doesn't.\n\nMore *words*."
    )
    assert record(tmp_path, f"\n\n{HEAD['description']} And *more*.").summary == f"{HEAD['description']} And *more*."


def test_no_summary_looks_like_the_end_of_one_on_a_notes_page(tmp_path):
    assert record(tmp_path, "\n\na\n\n## Your hosts\n\nb", description=None).summary == "a\n\n\\## Your hosts\n\nb"


def test_sponsors_in_the_text_are_links_that_somebody_should_look_at(tmp_path):
    found = record(tmp_path, "\n### Sponsored By\n* [a](https://a.example)\n")
    assert (found.links[0].heading, found.doubts) == (
        "Sponsored By",
        ("A heading in its text is about sponsors: links below it may be spots.",),
    )


_words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30).map(
    lambda text: " ".join(text.replace("](", "").split())
)


@settings(deadline=None)
@given(st.lists(st.tuples(_words, _words, _words)))
def test_no_word_of_a_list_is_lost(rows):
    def escape(text: str) -> str:
        return "".join(f"\\{sign}" if sign in "\\[]()" else sign for sign in text)

    rows = [(text, description) for text, description, _ in rows if text and '")' not in text]
    lines = [
        f'  * [{text}](https://x.example/{number} "{escape(text)}")' + (f" — {description}" if description else "")
        for number, (text, description) in enumerate(rows)
    ]
    assert read_body("### Episode Links\n\n" + "\n".join(lines) + "\n\n") == (
        tuple(
            Link(f"https://x.example/{number}", text, description=description)
            for number, (text, description) in enumerate(rows)
        ),
        "",
        (),
    )


@settings(deadline=None)
@given(st.text(alphabet='ab [](){}*-#"\\<>!:/\n\t —', max_size=80))
def test_no_word_of_any_text_is_lost(text):
    body = read_body(text)
    kept = [link.heading + link.text + link.url + link.title + link.description for link in body.links]
    # A title that says the text once more is said once.
    said = body.prose + "".join(kept) + "".join(link.text for link in body.links if link.title_kind == "text")
    for letter in "ab":
        assert said.count(letter) >= text.count(letter)


# --- Plain text ---


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n"), max_size=60))
def test_plain_text_is_shown_as_it_is(text):
    shown = unescape(strip_tags(block_html(as_markdown(text)).replace("<br>", " ")))
    assert shown.split() == text.split()


@pytest.mark.parametrize("text", ["Pop!_OS & more, isn't it?", "snake_case", "a\nb", "https://x.example/a_b_c", ""])
def test_plain_text_that_is_no_markdown_stays_to_the_letter(text):
    assert as_markdown(text) == text


# --- People, sponsors and shows ---


def test_people_have_a_name_and_a_bio_with_their_addresses(tmp_path):
    here = site(
        tmp_path,
        people__no=(
            '---\nusername: no\ntitle: "\\U0001F427 No *One*"\nbio: |\n  First.\n\n  - second\n'
            "gplus: null\nx_twitter: https://t.example/no\nshoe: '45'\n---"
        ),
        people__twin="---\nusername: nell\ntitle: Other\n---",
    )
    assert here.people == {
        "ambrose": Person("ambrose", "Ambrose Tern", "", ""),
        "nell": Person(
            "nell", "Nell Quay", "Sails alone.\n\n[Homepage](<https://nell.example/>)", "/images/people/nell.jpg"
        ),
        "no": Person("no", "🐧 No *One*", "First.\n\n\\- second\n\n[X twitter](<https://t.example/no>)", ""),
    }
    assert here.remarks == ["people/twin.md: another file has the username nell as well, and counts."]
    assert here.unused == {"shoe of people": 1}


def test_sponsors_have_what_they_offer_today(tmp_path):
    here = site(tmp_path, sponsors__other="---\ntitle: Kittiwake Batteries\nlink: http://other.example\n---\n")
    assert here.sponsors == {
        "kittiwake.example-tr": SponsorSaid(
            "kittiwake.example-tr", "Kittiwake Batteries", "https://kittiwake.example/tide", "Use code TIDE today."
        ),
        "other": SponsorSaid("other", "Kittiwake Batteries", "http://other.example", ""),
    }


def test_a_show_is_what_its_own_page_says(tmp_path):
    index = '+++\ntitle = "Tidal Radio"\ndescription = "Of tides."\ndate = 2022-05-10\n[links.shownotes]\n  url = "https://tidal.example/"\n+++\n\nText.\n'
    here = site(tmp_path, **{"show__tidal-radio___index": index, "show__other__1": page()})
    assert here.show_slugs() == ["other", "tidal-radio"]
    assert here.show_said("tidal-radio") == ShowSaid("Tidal Radio", "Of tides.", "https://tidal.example")
    assert here.show_said("other") is None
    assert list(here.records("tidal-radio")) == []


# --- Bad files ---


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (b'{"a": 1,\n "b": }', 2, "this JSON ends or breaks here (Expecting value, column 7); correct it"),
        (b'{\n"a": 1,\n"a": 2}', 2, "this JSON has “a” twice; take one of them out"),
        (b'{"a": NaN}', 1, "this JSON has a number or a nesting that nobody can read"),
        (b'{"a": ' + b"[" * 100_000, 1, "this JSON has a number or a nesting that nobody can read"),
        (b'{"a": ' + b"[" * 30 + b"]" * 30 + b"}", 1, "its head is nested more than 20 times; is it a page?"),
        (b'{"a": ' + b"9" * 5000 + b"}", 1, "this JSON has a number or a nesting that nobody can read"),
        (b'{"a":\n"\\ud800"}', 1, "“a” has a character that cannot be stored; write it anew"),
        (b'{"a": "\\u0000"}', 1, "“a” has a character that cannot be stored; write it anew"),
        (b"{}\n\n\0", 3, "a NUL character; save the file as UTF-8"),
        (b"{}\n\xff", 2, "a byte that is not UTF-8; save the file as UTF-8"),
        ("{}".encode("utf-16"), 1, "a NUL character; save the file as UTF-8"),
        (b"words", 1, "expected a page that begins with {, +++ or ---"),
        (b"", 1, "expected a page that begins with {, +++ or ---"),
        (b"---\na: 1\n", 3, "the YAML at the top has no end: a line ---"),
        (b"---\n- a\n---", 2, "expected lines like `title: Somebody`"),
        (b"---\na: 1\na: 2\n---", 3, "“a” stands twice; take one of them out"),
        (b"---\na: [1\nb: 2\n---", 3, "this is no YAML (expected ',' or ']', but got ':'); correct it"),
        (
            b"---\na: 1\nb: !!python/object/apply:os.system [ls]\n---",
            3,
            "an anchor, an alias or a tag, which no page needs; write the value itself",
        ),
        (b"---\na: &a [x]\nb: *a\n---", 2, "an anchor, an alias or a tag, which no page needs; write the value itself"),
        (b"---\n? [x]\n: 1\n---", 2, "a list or a mapping as a name; write a word"),
        (b"---\na: " + b"[" * 15_000 + b"\n---", 2, "nested more than 20 times; is it a page?"),
        (b"---\na: \x01\n---", 2, "a character that YAML does not allow; write the line anew"),
        (b"---\na: 1\n...\n--- b\n---", 4, "a second document begins here; a page has one head"),
        (b"+++\na = 1\nb = \n+++", 3, "this is no TOML (Invalid value (at end of document)); correct it"),
        (b"+++\na = " + b"[" * 15_000 + b"\n+++", 2, None),
        (b"---\na: " + b"x" * 60_000 + b"\n---", 1, "the YAML at the top is longer than 20,000 characters"),
        (b"+++\n" + b"a." * 30_000 + b"a=1\n+++", 1, "the TOML at the top is longer than 20,000 characters"),
        (b"{}" + b" " * MAX_BYTES, 1, f"the file is larger than {MAX_BYTES:,} bytes; is it a page?"),
    ],
)
def test_a_bad_file_is_an_error_with_its_line_and_what_to_do(text, line, message):
    with pytest.raises(FrontMatterError) as caught:
        parse(text)
    assert caught.value.line == line
    assert message is None or caught.value.message == message


@pytest.mark.parametrize(
    ("changes", "line", "message"),
    [
        ({"date": "yesterday"}, 12, "'yesterday' is no date; write it like 2026-11-01T20:00:00+00:00"),
        ({"date": "0001-01-01T00:00:01+14:00"}, 12, "'0001-01-01T00:00:01+14:00' is out of range; correct it"),
        ({"title": ["a"]}, 10, "“title” should be text; write it in quotation marks"),
        ({"episode": "../7"}, 6, None),
        ({"tags": [{"a": 1}]}, 17, "“tags” should be a list of words"),
    ],
)
def test_a_page_that_makes_no_sense_is_an_error_and_the_others_go_on(tmp_path, changes, line, message):
    bad, good = records(tmp_path, page(**changes), page(episode=8, slug="8"))
    assert bad.place == f"show/tidal-radio/0007.md:{line}"
    assert message is None or bad.message == message
    assert good.number == "8"


def test_bad_files_of_people_and_sponsors_are_named_and_the_others_go_on(tmp_path):
    here = site(tmp_path, people__bad="---\ntitle: {\n---", sponsors__bad="---\ntitle: [a]\n---", people__binary="\0")
    assert sorted(here.people) == ["ambrose", "nell"]
    assert [failure.place for failure in here.failures] == [
        "people/bad.md:2",
        "people/binary.md:1",
        "sponsors/bad.md:2",
    ]


def test_nothing_outside_the_folder_is_read(tmp_path):
    outside = tmp_path / "secret.md"
    outside.write_text(page(episode=1))
    here = site(tmp_path / "site", **{"show__tidal-radio__0007": page()})
    (tmp_path / "site/show/tidal-radio/0001.md").symlink_to(outside)
    (tmp_path / "site/show/tidal-radio/0002.md").symlink_to("/dev/zero")
    (tmp_path / "site/show/tidal-radio/0003.md").symlink_to("nowhere.md")
    (tmp_path / "site/show/loop").symlink_to(tmp_path / "site/show")
    os.mkfifo(tmp_path / "site/show/tidal-radio/0004.md")
    assert list(here.records("tidal-radio"))[:4] == [
        Failure("show/tidal-radio/0001.md:1", "this leads out of the folder; put the file itself there"),
        Failure("show/tidal-radio/0002.md:1", "this leads out of the folder; put the file itself there"),
        Failure("show/tidal-radio/0003.md", "it cannot be read (No such file or directory); is it a file?"),
        Failure("show/tidal-radio/0004.md:1", "this is no file; take it out of the folder"),
    ]
    assert here.show_slugs() == ["tidal-radio"]


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(HEAD)), _values), st.text(max_size=60))
def test_whatever_a_page_says_it_is_a_record_or_an_error(tmp_path_factory, changes, body):
    folder = tmp_path_factory.mktemp("site")
    text = json.dumps(HEAD | changes, ensure_ascii=True) + "\n" + body.encode(errors="replace").decode()
    (found,) = records(folder, text)
    assert isinstance(found, Record | Failure | LeftOut)


@settings(deadline=None)
@given(
    number=st.integers(0, 99_999),
    guid=st.uuids().map(str) | st.uuids().map(lambda guid: str(guid).upper()),
    at=st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.timezones()),  # noqa: DTZ001
    tags=st.lists(st.text("abc #+.é💥", min_size=1).map(str.strip).filter(bool), unique=True),
    starts=st.lists(st.integers(0, 90_000), unique=True),
)
def test_what_a_page_says_comes_out_as_it_went_in(tmp_path_factory, number, guid, at, tags, starts):
    rows = [{"startTime": start, "title": f"At {start}", "img": None} for start in starts]
    found = record(
        tmp_path_factory.mktemp("site"),
        episode=number,
        episode_guid=guid,
        date=at.isoformat(),
        tags=tags,
        podcast_chapters={"version": "1.1.0", "chapters": rows},
    )
    assert (found.number, found.guid, found.air_date) == (str(number), guid if guid.strip("0-") else "", at.date())
    assert found.published_at == (datetime.fromisoformat(at.isoformat()) if at.time() != time(0) else None)
    assert (found.tags, [chapter.title for chapter in found.chapters]) == (
        tuple(tags),
        [f"At {start}" for start in sorted(starts)],
    )


@settings(deadline=None)
@given(
    st.binary(max_size=200),
    st.sampled_from([b"", b"{", b"---\n", b"+++\n"]),
    st.sampled_from([b"", b"\n---", b"\n+++"]),
)
def test_no_bytes_break_the_reader(data, start, end):
    try:
        parse(start + data + end)
    except FrontMatterError as error:
        lines = error.line
        assert lines >= 1


# --- The archive ---


@pytest.mark.skipif(not ARCHIVE.is_dir(), reason="the sample pages are not here")
def test_every_page_of_the_archive_is_read_without_a_doubt_and_without_a_lost_word():
    here = Site(ARCHIVE)
    assert (here.failures, here.remarks, len(here.people), len(here.sponsors)) == ([], [], 18, 22)
    count = 0
    for slug in here.show_slugs():
        for path, found in zip(here.pages(slug), here.records(slug), strict=True):
            assert isinstance(found, Record)
            assert found.doubts == ()
            count += 1
            head = json.JSONDecoder().raw_decode(path.read_text())[0]
            body = path.read_text()[json.JSONDecoder().raw_decode(path.read_text())[1] :]
            assert (found.guid, found.tags) == (head["episode_guid"], tuple(dict.fromkeys(head["tags"])))
            assert len(found.placements) == len(head["sponsors"])
            assert len(found.credits) == len(head["hosts"] + head["guests"])
            assert len(found.links) == sum(line.lstrip().startswith("* ") for line in body.splitlines())
            assert len(found.chapters) == len((head["podcast_chapters"] or {}).get("chapters", []))
            assert excerpt(block_html(found.summary), 10_000) == " ".join(head["description"].split())
            said = " ".join(f"{link.text} {link.url} {link.title} {link.description}" for link in found.links).split()
            for word in body.replace('"', " ").replace("](", " ").replace(")", " ").split():
                plain = word.strip("[]()<>\\* ")
                assert (
                    any(plain in other for other in said)
                    or word in ("###", "Episode", "Links", "*", "—")
                    or "&" in word
                    or "\\" in word
                ), word
    assert count == 20
