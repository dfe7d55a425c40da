"""The docs are held against the code."""

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from episodes import audio_elsewhere, page_titles
from episodes.admin.bulk import MOST_AT_ONCE
from episodes.after_import import boilerplate, repair
from episodes.exporters import copy_out
from episodes.feeds import websub
from episodes.feeds.podcast_rss import DESCRIPTION_BYTES
from episodes.notes import parse, render
from episodes.paste.read import MAX_CHARACTERS, MAX_ROWS
from sponsors.models.offer import ENDS_SOON_DAYS

ROOT = Path(__file__).parents[2]
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
OWN_APPS = ("episodes", "hosts", "sponsors", "lupcms.shows")


def read(name: str) -> str:
    return (ROOT / name).read_text()


def table(name: str) -> set[str]:
    """The first cells of a page's tables, where they are code."""
    return set(re.findall(r"^\| `([^`]+)` \|", read(name), re.MULTILINE))


def test_every_variable_is_documented_and_every_documented_one_exists():
    in_settings = set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', read("lupcms/settings.py")))
    in_gunicorn = set(re.findall(r'environ\.get\(["\']([A-Z_]+)["\']', read("gunicorn.conf.py")))
    documented = {name for name in table("docs/configuration.md") if name.isupper()}
    assert documented == in_settings | in_gunicorn | {"PYTHON"}


def test_make_site_documents_what_it_takes_from_the_environment():
    taken = set(re.findall(r'"(SITE_[A-Z_]+)"', read("lupcms/shows/management/commands/make_site.py")))
    assert taken == set(re.findall(r"`(SITE_[A-Z_]+)`", read("docs/start.md")))


def test_every_command_is_documented():
    ours = {name for name, app in get_commands().items() if app in OWN_APPS}
    assert ours == {name for name in table("docs/configuration.md") if name.islower()}


def test_every_place_that_the_readme_names_exists():
    places = re.findall(r"`([\w./-]+/[\w./-]*)`", read("README.md").partition("## Where is")[2])
    assert len(places) > 20
    for place in places:
        assert (ROOT / place).exists(), place


def test_every_module_has_its_place_in_the_architecture():
    rooms = re.search(r"\nepisodes/ .*?\ntemplates/", read("docs/architecture.md"), re.DOTALL)
    assert rooms
    modules = {path.name for path in (ROOT / "episodes").iterdir()} - {"__init__.py", "__pycache__"}
    assert modules - set(re.findall(r"(?<![\w/])(\w+(?:\.py)?)", rooms[0])) == set()
    first = re.findall(r"^  (\w+\.py)", rooms[0], re.MULTILINE)
    assert len(first) == len(set(first))


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("producing", f"within {ENDS_SOON_DAYS} days"),
        ("producing", f"At most {MAX_ROWS} links and {MAX_CHARACTERS:,} characters"),
        ("producing", f"longer than {DESCRIPTION_BYTES:,} bytes"),
        ("producing", f"What goes beyond {copy_out.VIDEO_BYTES:,} bytes"),
        ("producing", f"at most {copy_out.POST_LENGTH} characters"),
        ("producing", f"At most {MOST_AT_ONCE:,} at once"),
        ("after-an-import", f"At most {repair.MOST_AT_ONCE} episodes change at once"),
        (
            "after-an-import",
            f"more than half of the last {boilerplate.LAST} episodes, and in {boilerplate.LEAST} at least",
        ),
        (
            "decisions/0015-what-the-server-asks-for",
            f"({websub.SECONDS} s for hubs, {page_titles.SECONDS} s for titles",
        ),
        ("decisions/0015-what-the-server-asks-for", f"together, {audio_elsewhere.SECONDS} s for audio)"),
        ("decisions/0015-what-the-server-asks-for", f"cut at {page_titles.LENGTH} characters"),
    ],
)
def test_numbers_in_the_docs_are_those_of_the_code(page, words):
    assert words in " ".join(read(f"docs/{page}.md").split())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page):
    for target in re.findall(
        r"\]\((?!https?:|#)([^)\s]+)\)", re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    ):
        path, _, anchor = target.partition("#")
        assert (page.parent / path).exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)", (page.parent / path).read_text(), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_picture_is_shown_somewhere_and_small():
    shown = {name for page in PAGES for name in re.findall(r"pictures/([\w-]+\.webp)", page.read_text())}
    pictures = {picture.name: picture.stat().st_size for picture in ROOT.glob("docs/pictures/*.webp")}
    assert shown == set(pictures)
    assert max(pictures.values()) < 70_000


def test_the_page_in_the_docs_is_a_page():
    example = re.search(r"```\n(# HTR 004.*?)\n```", read("docs/notes-format.md"), re.DOTALL)
    assert example
    data = example[1].encode()
    assert render(parse(data)) == data


def test_every_target_of_make_has_a_help_line_and_the_docs_name_real_ones():
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    helped = set(re.findall(r"^([a-z-]+):.*##", read("Makefile"), re.MULTILINE))
    assert targets - helped == {"help"} - helped
    for page in PAGES:
        named = set(re.findall(r"`make ([a-z-]+)", page.read_text())) | set(
            re.findall(r"^(?:\w+=\S+ )?make ([a-z-]+)", page.read_text(), re.MULTILINE)
        )
        assert named <= targets, page


def test_everything_that_a_requirement_is_for_is_said():
    said = read("docs/decisions/0005-few-dependencies.md").lower()
    for name in re.findall(r"^([a-z][\w-]+)", read("requirements.in") + read("requirements-postgres.in"), re.MULTILINE):
        assert name.lower() in said, name


def test_requirements_are_pinned_with_hashes():
    for name in ("requirements.txt", "requirements-postgres.txt", "requirements-dev.txt"):
        entries = re.split(r"\n(?=[a-z])", re.sub(r"^ *#.*\n", "", read(name), flags=re.MULTILINE))
        for entry in entries:
            assert "==" in entry, entry[:60]
            assert "--hash=sha256:" in entry, entry[:60]


def test_nothing_is_said_about_the_place_where_it_was_built():
    """Paths of a machine have no place in the project."""
    for path in [
        *PAGES,
        ROOT / "Makefile",
        ROOT / ".ci/run",
        *ROOT.glob("lupcms/**/*.py"),
        *ROOT.glob("episodes/**/*.py"),
    ]:
        if path.name != Path(__file__).name:
            assert "/work/" not in path.read_text(), path
