"""Every address that was ever printed is asked before the move, as a visitor would ask, and nobody else is."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from episodes.tests.factories import ARCHIVE, make_episode, make_show
from hosts.models import HostName
from lupcms.shows.management.commands.check_addresses import MOST
from lupcms.shows.models import OldPath, Show
from sponsors.models import ShortLink, Sponsor

pytestmark = pytest.mark.django_db


@pytest.fixture
def show(settings) -> Show:
    settings.NETWORK_URL = "https://www.network.example"
    show = make_show(hostname="tide.example", site_url="https://tide.example")
    episode = make_episode(show, "001")
    for tag in ("azure sphere", "c++", "/boot", "#!", "😀"):
        episode.tags.add(tag)
    make_episode(show, "614")
    make_episode(show, "900", published=False)
    OldPath.objects.remember_all(show, {"/124162/the-first-tide-tr-1": "/1", "/mumble": "/614"})
    OldPath.objects.create(show=show, path="/removed", status=410)
    ShortLink.objects.create(show=show, word="oil", sponsor=Sponsor.objects.named("Oil", "https://oil.example"))
    make_episode(make_show("lamp-talk", "LT", site_url="https://lamp.example/talk"), "001")
    return show


def run(*arguments) -> tuple[int, list[str]]:
    out = StringIO()
    try:
        call_command("check_addresses", *map(str, arguments), stdout=out)
    except SystemExit as ended:
        return ended.code, out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def summary(ours: int, foreign: int = 0, **counts: int) -> str:
    sorts = {
        "answer": "answer",
        "lead": "lead on",
        "steps": "lead on in several steps",
        "removed": "removed on purpose",
        "missing": "not found",
        "broken": "broken",
        "loops": "loops",
    }
    each = ", ".join(f"{counts.get(name, 0)} {sort}" for name, sort in sorts.items())
    return f"{ours} addresses of ours: {each}. {foreign} times an address of others, which was not asked."


@pytest.fixture
def listed(tmp_path):
    def write(*addresses: str):
        file = tmp_path / "list.txt"
        file.write_text("\n".join(addresses))
        return file

    return write


TIDE = "https://tide.example"
ANSWERS = {
    f"{TIDE}": "200",
    f"{TIDE}/": "200",
    f"{TIDE}/1": "200",
    f"{TIDE}/1?t=810": "200",
    "http://tide.example/614": "200",
    f"{TIDE}/001": f"200 → {TIDE}/1",
    f"{TIDE}//614": f"200 → {TIDE}/614",
    "http://www.tide.example/614?t=1": "200 → http://tide.example/614?t=1",
    "http://www.tide.example//614/": "200 → http://tide.example//614/ → https://tide.example/614",
    f"{TIDE}/tags/azure%20sphere": "200",
    f"{TIDE}/tags/Azure%20Sphere": f"200 → {TIDE}/tags/azure%20sphere",
    f"{TIDE}/tags/azure+sphere": "404",
    f"{TIDE}/tags/c++": "200",
    f"{TIDE}/tags/c%2B%2B": "200",
    f"{TIDE}/tags/%2Fboot": "200",
    f"{TIDE}/tags//boot": "200",
    f"{TIDE}/tags/%23!": "200",
    f"{TIDE}/tags/#!": f"200 → {TIDE}/tags",
    f"{TIDE}/tags/😀": "200",
    f"{TIDE}/tags/%F0%9F%98%80": "200",
    f"{TIDE}/tags/%ff": "404",
    f"{TIDE}/Mumble/": f"200 → {TIDE}/614",
    f"{TIDE}/removed": "410",
    f"{TIDE}/900": "404",
    f"{TIDE}/1%00": "404",
    f"{TIDE}/oil": "302 → https://oil.example",
    f"{TIDE}/rss": "200",
    f"{TIDE}/favicon.ico": f"200 → {TIDE}/static/favicon.svg",
    f"{TIDE}/admin/": "200 → https://tide.example/admin/login/?next=/admin/",
    "https://www.network.example/": "200",
    "https://network.example/": "200 → http://www.network.example/",
    "https://www.network.example/show/tide-radio/614": "200 → http://tide.example/614",
    "https://www.network.example/124162/the-first-tide-tr-1/": "200 → http://tide.example/1",
    "https://www.network.example/124162/": "404",
    "https://lamp.example/talk/1": "200",
    "https://lamp.example/talk": "200",
    "https://www.network.example/show/lamp-talk/1": "200 → https://lamp.example/talk/1",
}
FOREIGN = (
    "https://evil.example/1",
    "https://lamp.example/other",
    "https://lamp.example/talkative",
    "https://tide.example.evil.example/1",
    "https://tide.example@evil.example/1",
    "https://www.www.tide.example/1",
    "https://[tide.example/1",
    "https://",
)


def test_each_is_answered_as_a_visitor_is(show, listed):
    status, lines = run(listed(*ANSWERS, *FOREIGN), "--all")
    said = {}
    for line in lines[:-1]:
        found = re.fullmatch(r"(\S+) (https?://\S+?)(| → .*): \S+:\d+(, \S+:\d+)?", line)
        said[found[2]] = found[1] + found[3]
    # With an empty path and with a slash it is one question.
    expected = {address: answer for address, answer in ANSWERS.items() if address != f"{TIDE}/"}
    duplicates = {f"{TIDE}/tags/%F0%9F%98%80"} - said.keys()
    assert said == {address: answer for address, answer in expected.items() if address not in duplicates}
    assert status == sum(answer.startswith("404") for answer in ANSWERS.values())


def test_what_is_wrong_stands_first_with_where_it_was_found(show, tmp_path):
    (tmp_path / "notes").mkdir()
    for name in ("a", "b", "c", "d", "e"):
        (tmp_path / "notes" / f"{name}.md").write_text(
            f"# x\n[y]({TIDE}/999)\n[z]({TIDE}/1)\n[o](https://oil.example)\n"
        )
    (tmp_path / "feed.xml").write_text(f"<link>{TIDE}/998?a=1&amp;b=2</link>")
    notes = tmp_path / "notes"
    assert run(tmp_path) == (
        2,
        [
            f"404 {TIDE}/998?a=1&b=2: {tmp_path}/feed.xml:1",
            f"404 {TIDE}/999: {notes}/a.md:2, {notes}/b.md:2, {notes}/c.md:2 and 2 more",
            summary(3, 5, answer=1, missing=2),
        ],
    )


def test_where_all_answer_the_summary_stands_alone_and_the_status_is_0(show, listed):
    assert run(listed(f"{TIDE}/1", f"{TIDE}/1", f"{TIDE}/001", f"{TIDE}/removed", f"{TIDE}/oil", f"{TIDE}/1#a")) == (
        0,
        [summary(4, answer=1, lead=2, removed=1)],
    )


def test_former_hosts_are_asked_as_what_they_will_lead_to(show, listed):
    file = listed(
        "https://tide.fireside.example/001", "http://NOTES.example/show/tide-radio/1", "https://lamps.example/2"
    )
    assert run(file) == (0, [summary(0, 3)])
    hosts = (
        "--host",
        "tide.fireside.example=TR",
        "--host",
        "notes.example=network",
        "--host",
        "lamps.example=lamp-talk",
    )
    assert run(file, *hosts) == (
        1,
        [f"404 https://lamps.example/2: {file}:3", summary(3, lead=2, missing=1)],
    )
    for wrong, said in (
        ("tide.example=XX", "write an old host and the acronym of a show, like old.example=LUP."),
        ("tide.example", "write an old host"),
        ("=TR", "write an old host"),
    ):
        with pytest.raises(CommandError, match=re.escape(said)):
            run(file, "--host", wrong)


def test_a_network_without_a_host_is_said(show, listed, settings):
    settings.NETWORK_URL = ""
    with pytest.raises(CommandError, match="the network has no host; set NETWORK_URL"):
        run(listed(), "--host", "a.example=network")


def test_loops_and_errors_count(show, listed, monkeypatch, caplog):
    OldPath.objects.bulk_create(
        [OldPath(show=show, path="/a", target="/b"), OldPath(show=show, path="/b", target="/a")]
    )
    monkeypatch.setattr("episodes.views.episode_page", lambda *_: 1 // 0)
    file = listed(f"{TIDE}/a", f"{TIDE}/1", f"{TIDE}/999")
    assert run(file) == (
        3,
        [
            f"404 {TIDE}/999: {file}:3",
            f"500 {TIDE}/1: {file}:2",
            f"loop {TIDE}/a → {TIDE}/a: {file}:1",
            summary(3, missing=1, broken=1, loops=1),
        ],
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_the_exit_status_is_one_that_a_shell_can_tell(show, listed):
    status, lines = run(listed(*(f"{TIDE}/none-{n}" for n in range(MOST + 75))))
    assert (status, lines[-1]) == (MOST, summary(200, missing=200))


def test_nothing_is_counted_as_a_press_and_nothing_is_sent(show, listed):
    Show.objects.update(clicks_counted_since="2020-01-01")
    run(listed(f"{TIDE}/oil"))
    assert not ShortLink.objects.get().counts.exists()


def test_behind_https_a_printed_http_is_no_step_more(show, listed, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert run(listed("http://tide.example/001", f"{TIDE}/1")) == (0, [summary(2, answer=1, lead=1)])


def test_a_file_that_is_not_there_is_said(show, tmp_path):
    with pytest.raises(CommandError, match="there is no such file or folder"):
        run(tmp_path / "none")


def test_before_static_files_are_collected_it_says_so(show, listed, settings, tmp_path):
    settings.STATIC_ROOT = str(tmp_path / "static")
    manifest = {"BACKEND": "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": manifest}
    with pytest.raises(CommandError, match=re.escape("run `manage.py collectstatic` first")):
        run(listed(f"{TIDE}/1"))


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of sample pages is not here")
def test_the_archives_addresses_of_its_episodes_people_and_tags_answer():
    call_command("import_notes", str(ARCHIVE / "notes"), "--create-shows", stdout=StringIO())
    status, lines = run(ARCHIVE / "notes", "--all")
    assert HostName.objects.exists()
    missing = [line for line in lines if line.startswith("404")]
    # Texts of the pages mention other episodes, and pages that the site once had.
    assert all(re.match(r"404 \S+/(\d+|articles/\S+|[a-z-]+)(\?\S*)?: ", line) for line in missing), missing
    assert status == len(missing)
    assert len(lines) > 300


@pytest.mark.skipif(not ARCHIVE.exists(), reason="the archive of sample pages is not here")
def test_what_the_archives_network_printed_of_its_episodes_leads_to_them_in_one_step(tmp_path, settings):
    settings.NETWORK_URL = network = "https://www.network.example"
    call_command("import_notes", str(ARCHIVE / "notes"), "--create-shows", stdout=StringIO())
    call_command("import_site", str(ARCHIVE / "site"), stdout=StringIO(), stderr=StringIO())
    printed = []
    for page in sorted((ARCHIVE / "site" / "show").glob("*/[0-9]*.md")):
        old = re.search(r'"jb_url": "(/[^"]+)"', page.read_text())
        printed += [f"{network}/show/{page.parent.name}/{number}/" for number in (page.stem, page.stem.lstrip("0"))]
        printed += [f"{network}{old[1]}"] if old else []
    (tmp_path / "list.txt").write_text("\n".join(printed))
    assert len(printed) > 50
    assert run(tmp_path) == (0, [summary(len(printed), lead=len(printed))])
