"""Episodes come out as pages, from database fields alone, and nowhere but below the folder."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from episodes.exporters.notes import not_on_the_page, page_of
from episodes.models import Credit, Episode, Link, Placement
from episodes.notes import parse, render
from episodes.tests.factories import (
    ARCHIVE,
    add_credit,
    add_link,
    add_placement,
    import_notes,
    make_episode,
    make_notes,
    make_show,
)
from lupcms.shows.models import Show

pytestmark = pytest.mark.django_db


def run(*arguments: object) -> tuple[int, list[str], list[str]]:
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command("export_notes", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as stop:
        status = int(str(stop.code))
    return status, out.getvalue().splitlines(), err.getvalue().splitlines()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def loaded() -> Episode:
    return Episode.objects.with_entries().get()


def test_pages_lie_below_show_and_year_of_the_air_date(tmp_path):
    show = make_show()
    import_notes(show, make_notes())
    import_notes(show, make_notes(number="p1", air_date=date(1999, 12, 31)))
    assert run(tmp_path) == (0, ["written 2, failed 0"], [])
    assert files(tmp_path) == ["tide-radio/1999/episode-p1.md", "tide-radio/2024/episode-001.md"]
    assert (tmp_path / "tide-radio/2024/episode-001.md").read_bytes() == render(make_notes())


def test_one_show_alone(tmp_path):
    import_notes(make_show(), make_notes())
    import_notes(make_show("lamp-talk", "LT", site_url="https://tide-radio.example"), make_notes(acronym="LT"))
    assert run(tmp_path, "--show", "LT")[1] == ["written 1, failed 0"]
    assert files(tmp_path) == ["lamp-talk/2024/episode-001.md"]
    with pytest.raises(CommandError, match="No show has the acronym or slug XX"):
        run(tmp_path, "--show", "XX")


def test_drafts_and_scheduled_episodes_only_when_asked(tmp_path):
    show = make_show()
    make_episode(show, "001", published=False)
    make_episode(show, "002", published_at=show.midnight(date(2999, 1, 1)))
    assert run(tmp_path)[1] == ["written 0, failed 0"]
    status, out, _ = run(tmp_path, "--drafts")
    assert (status, out[-1]) == (0, "written 2, failed 0")


def test_a_draft_without_a_date_is_named(tmp_path):
    make_episode(make_show(), published=False, air_date=None)
    assert run(tmp_path, "--drafts") == (
        1,
        ["written 0, failed 1"],
        ["TR 001: not written: air date: a page cannot be without one."],
    )


@pytest.mark.parametrize(
    ("model", "change", "problem"),
    [
        (Episode, {"number": "../../../evil"}, "number"),
        (Episode, {"number": ".."}, "number"),
        (Episode, {"title": "Two\nlines"}, "title"),
        (Episode, {"summary": "x\n\n## Your hosts\n* [a](b)"}, "summary"),
        (Link, {"text": "a](b"}, "link's text"),
        (Link, {"url": "https://a b"}, "link's address"),
        (Link, {"description": "a\nb"}, "link's description"),
        (Credit, {"slug": "a/b"}, "person's slug"),
        (Placement, {"words": "a\nb"}, "sponsor's words"),
        (Placement, {"promo_code": "a\n## Tags"}, "promo code"),
        (Show, {"slug": "../../out"}, "show"),
        (Show, {"slug": "/etc"}, "show"),
        (Show, {"acronym": "A\n#"}, "acronym"),
        (Show, {"site_url": ""}, "site URL"),
        (Episode, {"number": "9" * 300}, "File name too long"),
    ],
)
def test_a_hostile_value_cannot_leave_the_folder_or_break_the_page(tmp_path, model, change, problem):
    """Values that no form lets through, written past the forms."""
    episode = make_episode(make_show())
    add_link(episode)
    add_credit(episode)
    add_placement(episode)
    model.objects.update(**change)
    folder = tmp_path / "deep" / "out"
    status, out, errors = run(folder)
    assert (status, out) == (1, ["written 0, failed 1"])
    assert problem in " ".join(errors)
    assert files(tmp_path) == []


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path):
    make_episode(make_show())
    (tmp_path / "out").mkdir()
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out" / "tide-radio").symlink_to(tmp_path / "elsewhere")
    assert run(tmp_path / "out")[0] == 1
    assert files(tmp_path / "elsewhere") == []


def test_what_the_page_cannot_carry_is_listed(tmp_path):
    episode = make_episode(
        make_show(), slug="first", player_url="https://audio.example/1", video_url="https://v.example/1"
    )
    add_link(episode, heading="Topic")
    add_credit(episode, "pat", "Pat", role="producer")
    add_credit(episode, "gil", "Gil", role="guest", position=1)
    add_credit(episode, "ann", "Ann", role="host", position=2)
    add_placement(episode, words="", kind="paid", starts_at_seconds=3)
    lost = [
        "publish time",
        "GUID",
        "an address of its own",
        "unknown duration (printed as 0)",
        "player address",
        "video address",
        "topic headings",
        "credits as producer",
        "a guest named before a host",
        "promo code without words",
        "kind of sponsorship",
        "second of a spot",
    ]
    assert not_on_the_page(loaded()) == lost
    assert run(tmp_path)[1] == [f"TR 001: not on the page: {', '.join(lost)}", "written 1, failed 0"]
    page = parse(page_of(loaded()))
    assert (page.player_url, page.duration_seconds, [credit.role for credit in page.credits]) == (
        "",
        0,
        ["host", "guest"],
    )
    assert page.placements[0].promo_code == ""


def test_an_imported_page_loses_nothing():
    import_notes(make_show(), make_notes())
    assert not_on_the_page(loaded()) == []


def test_tags_stand_in_code_point_order_whatever_the_collation():
    tags = ("#!++", "C", "a b", "a-b", "a_b", "ab", "c", "c#", "c++", "é", "😀")
    import_notes(make_show(), make_notes(tags=tags))
    assert parse(page_of(loaded())).tags == tags


def test_queries_do_not_grow_with_the_number_of_episodes(django_assert_num_queries, tmp_path):
    show = make_show()
    import_notes(show, make_notes())
    with django_assert_num_queries(8):  # two for migrations, one to count, one for episodes, four for their rows
        run(tmp_path)
    for number in range(2, 30):
        import_notes(show, make_notes(number=f"{number:03}"))
    with django_assert_num_queries(8):
        run(tmp_path)


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the sample archive is not beside the project")
class TestArchive:
    def imported(self, *folders: str) -> list[str]:
        out = StringIO()
        call_command("import_notes", *[str(ARCHIVE / folder) for folder in folders], "--create-shows", stdout=out)
        return out.getvalue().splitlines()

    def test_comes_out_byte_for_byte(self, tmp_path):
        assert self.imported("notes") == ["created 23, updated 0, unchanged 0, kept 0, failed 0"]
        assert run(tmp_path)[1] == ["written 23, failed 0"]
        source = ARCHIVE / "notes"
        assert files(tmp_path) == files(source)
        differing = [name for name in files(source) if (source / name).read_bytes() != (tmp_path / name).read_bytes()]
        assert differing == ["jupiter-extras/2019/episode-030.md"]
        doubled = (source / differing[0]).read_bytes().replace(b"https://extras.show//", b"https://extras.show/")
        assert (tmp_path / differing[0]).read_bytes() == doubled

    def test_a_later_copy_updates_what_it_changed(self, tmp_path):
        self.imported("notes")
        assert self.imported("notes-2026") == ["created 1, updated 1, unchanged 0, kept 0, failed 0"]
        run(tmp_path)
        for name in ("linux-unplugged/2018/episode-245.md", "coder-radio/2018/episode-300.md"):
            assert (tmp_path / name).read_bytes() == (ARCHIVE / "notes-2026" / name).read_bytes()
