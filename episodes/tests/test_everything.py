"""Everything out of one database and into another: the same pages, rows and files, or nothing at all."""

import html
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from django.apps import apps
from django.conf import settings as configured
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import authenticate
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.core.management.color import no_style
from django.core.management.sql import emit_post_migrate_signal
from django.db import close_old_connections, connection, models, transaction
from django.test import Client, override_settings
from django.utils import timezone
from taggit.models import Tag as ForeignTag
from taggit.models import TaggedItem

from episodes import demo
from episodes.everything import folder as folders
from episodes.everything import tables
from episodes.everything.out import _one_moment
from episodes.exporters.notes import page_of
from episodes.models import (
    DeskRules,
    Episode,
    ImportEntry,
    ImportRun,
    LeftAsItIs,
    OwedPing,
    Preview,
    Transcript,
    UsualLink,
    history,
)
from episodes.tests.factories import add_link, make_episode, make_show
from hosts.models import Host, MergedHost
from lupcms.shows.models import OldPath, Show, User
from lupcms.shows.pictures import PictureField
from sponsors.models import FormerName, Sponsor

ROOT = Path(__file__).parents[2]
PREVIEW_TOKEN = None


@pytest.fixture(autouse=True)
def _forget_content_types():
    """Numbers that are taken back with the test."""
    yield
    ContentType.objects.clear_cache()


def run(command: str, folder: Path) -> tuple[list[str], list[str]]:
    out, errors = StringIO(), StringIO()
    call_command(command, str(folder), stdout=out, stderr=errors)
    return out.getvalue().splitlines(), errors.getvalue().splitlines()


def empty_database() -> None:
    """As after `migrate`, with content types that have other numbers than before."""
    connection.check_constraints()
    names = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    connection.ops.execute_sql_flush(connection.ops.sql_flush(no_style(), names, allow_cascade=False))
    ContentType.objects.clear_cache()
    ContentType.objects.create(pk=5_000, app_label="gone", model="gone").delete()
    if connection.vendor != "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('django_content_type', 'id'), 5000)")
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")


def stored() -> dict[str, list[dict]]:
    """Every column of every row of every table, with content types by name."""
    types = {row.pk: row.natural_key() for row in ContentType.objects.all()}
    permissions = {row.pk: row.natural_key() for row in Permission.objects.select_related("content_type")}
    known = {ContentType: types, Permission: permissions}
    found = {}
    for model in set(tables.all_tables()) - set(tables.BY_NATURAL_KEY):
        names = {field.attname: known.get(field.related_model) for field in model._meta.concrete_fields}
        rows = model._base_manager.order_by("pk").values(*names)
        found[tables.label(model)] = [
            {name: names[name].get(value) if names[name] else value for name, value in row.items()} for row in rows
        ]
    return found


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def media() -> dict[str, bytes]:
    return tree(Path(configured.MEDIA_ROOT))


def crawl(host: str, site_url: str, *first: str) -> dict[str, tuple]:
    """Every address of a host that its pages, feeds and sitemaps name, with what it answers."""
    client = Client(headers={"host": host})
    found: dict[str, tuple] = {}
    waiting = ["/", "/robots.txt", "/sitemap.xml", "/rss", "/json", "/opml", "/llms.txt", "/network", "/search", *first]
    own = re.compile(rf"(?:{re.escape(site_url)}|https?://{re.escape(host)}(?::\d+)?|(?<=[\"'(,]))(/[^\s\"'<>()\\]*)")
    while waiting:
        path = html.unescape(waiting.pop()).partition("#")[0]
        if path in found or path.startswith(("//", "/admin", "/static")):
            continue
        response = client.get(path)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        headers = {
            name: response.headers.get(name) for name in ("Content-Type", "Location", "ETag", "Content-Language")
        }
        found[path] = (response.status_code, headers, body)
        if response.headers.get("Content-Type", "").startswith(("text/", "application/")):
            waiting += own.findall(body.decode())
        waiting += [response.headers["Location"]] if response.headers.get("Location", "").startswith("/") else []
    return found


def everything_public(*private: str) -> dict[str, dict[str, tuple]]:
    found = {"network": crawl("network.localhost", configured.NETWORK_URL)}
    for show in Show.objects.all():
        episodes = [
            f"/{slug}{end}" for slug in show.episodes.values_list("slug", flat=True) for end in (".md", ".json")
        ]
        found[f"{show.slug}.localhost"] = crawl(f"{show.slug}.localhost", show.site_url, *episodes, *private)
    return found


def fill() -> str:
    """Rows in those tables that the demo leaves empty, with what is easily lost; returns a preview's address."""
    show, admin = Show.objects.get(slug="half-tide-radio"), User.objects.get(username="admin")
    episode = show.episodes.published().first()
    sponsor = Sponsor.objects.first()
    group = Group.objects.create(name="Night watch")
    group.permissions.add(*Permission.objects.filter(content_type__model="episode"))
    admin.groups.add(group)
    admin.user_permissions.add(Permission.objects.last())
    LogEntry.objects.create(
        user=admin,
        content_type=ContentType.objects.get_for_model(Episode),
        object_id=episode.pk,
        object_repr="x",
        action_flag=CHANGE,
        change_message='[{"changed": {"fields": ["Title"]}}]',
    )
    LogEntry.objects.create(user=admin, content_type=None, object_id=None, object_repr="", action_flag=CHANGE)
    DeskRules.objects.create(show=show, default_tags="a, b", blocking=["audio", {"deep": [None, 1.5, "\u2028"]}])
    OwedPing.objects.create(show=show, owed_at=timezone.now(), next_try_at=timezone.now(), tries=2)
    run = ImportRun.objects.create(show=show, source="rss", origin="https://a.example/rss", counts={"created": 2})
    ImportEntry.objects.create(
        run=run,
        episode=episode,
        place="item 1",
        verdict="kept",
        original="<p>\r\n\t</p>",
        differences=[{"field": "guid"}],
    )
    LeftAsItIs.objects.create(show=show, kind="private", key="0a1b", by=admin)
    UsualLink.objects.create(
        show=show, url="https://a.example", text=" two  blanks ", description="one\r\ntwo\x0bthree"
    )
    OldPath.objects.create(show=show, path="/former", target=episode.get_absolute_url())
    OldPath.objects.create(show=show, path="/gone", status=410)
    FormerName.objects.create(sponsor=sponsor, name="Ümläut & Söhne", was=2**40)
    MergedHost.objects.create(host=Host.objects.first(), was=2**40)
    foreign = ForeignTag.objects.create(name="x", slug="x")
    TaggedItem.objects.create(tag=foreign, content_object=episode)
    preview = Preview(episode=Episode.objects.get(number="029"), name="Gil Guest")
    token = preview.issue(admin)
    preview.save()
    Transcript.objects.create(
        episode=show.episodes.published().last(), language="de", format="srt", cues=[[0, 900, "", "Grüße 🚢\nzwei"]]
    )
    history.keep(episode, admin, "kept")
    # Moments that a save would set anew, and no encoder may round.
    moment = datetime(2001, 2, 3, 4, 5, 6, 789_123, tzinfo=UTC)
    for model in tables.all_tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.DateTimeField) and (field.auto_now or field.auto_now_add):
                model._base_manager.update(**{field.name: moment})
    Episode.objects.filter(pk=episode.pk).update(published_at=moment, changed_at=moment + timedelta(microseconds=1))
    return f"/preview/{token}"


@pytest.fixture
def _demo(db, settings, tmp_path):
    settings.NETWORK_URL = "http://network.localhost"
    settings.MEDIA_ROOT = tmp_path / "first"
    demo.load()


@pytest.mark.usefixtures("_demo")
def test_the_demo_is_the_same_site_elsewhere(settings, tmp_path):
    preview = fill()
    private = [demo.STATEMENT, f"{demo.STATEMENT}/spots.csv", preview, f"{preview}/audio", "/rss/hosts/nell"]
    pages, files = everything_public(*private), media()
    rows = stored()
    out, errors = run("export_all", tmp_path / "out")
    count = sum(map(len, rows.values())) + ContentType.objects.count() + Permission.objects.count()
    assert out[0] == f"written to {tmp_path / 'out'}: rows {count}, pages 33, feeds 5, uploaded files {len(files)}"
    assert errors == ["HTR 029: no notes page: air date: a page cannot be without one."]

    empty_database()
    settings.MEDIA_ROOT = tmp_path / "second"
    assert Client(headers={"host": "half-tide-radio.localhost"}).get("/").status_code == 404
    out, errors = run("import_all", tmp_path / "out")
    assert (out, errors) == ([f"imported from {tmp_path / 'out'}: rows {count}, uploaded files {len(files)}"], [])

    again = everything_public(*private)
    for host, found in pages.items():
        assert again[host].keys() == found.keys()
        for path in found:
            assert again[host][path] == found[path], (host, path)
    assert stored() == rows
    assert media() == files
    # Which were many, and of every kind.
    radio = pages["half-tide-radio.localhost"]
    assert sum(len(found) for found in pages.values()) > 400
    for kind in (
        "/28.md",
        "/28.json",
        "/rss/hosts/nell",
        "/media/pictures/",
        "/media/audio/",
        "/card-",
        "transcript.vtt",
        "/hosts/",
    ):
        assert any(kind in path and answer[0] == 200 for path, answer in radio.items()), kind
    assert any(path.endswith("/chapters.json") and answer[0] == 200 for path, answer in radio.items())
    assert {radio[path][0] for path in (demo.STATEMENT, f"{demo.STATEMENT}/spots.csv", preview)} == {200}
    assert authenticate(username="alice", password=demo.PASSWORD).get_username() == "alice"


@pytest.mark.usefixtures("_demo")
def test_the_folder_has_pages_and_feeds_as_they_are_served(tmp_path):
    run("export_all", tmp_path / "out")
    notes = sorted(tree(tmp_path / "out/notes").values())
    assert notes == sorted(page_of(it) for it in Episode.objects.with_entries() if it.air_date)
    feeds = tree(tmp_path / "out/feeds")
    for show in Show.objects.all():
        client = Client(headers={"host": f"{show.slug}.localhost"})
        served = [client.get(f"{episode.get_absolute_url()}.md").content for episode in show.episodes.published()]
        assert served
        assert set(served) <= set(notes)
        assert feeds.pop(f"{show.slug}/rss.xml") == client.get("/rss").content
        assert feeds.pop(f"{show.slug}/feed.json") == client.get("/json").content
    assert feeds == {"shows.opml": client.get("/opml").content}


@pytest.mark.usefixtures("_demo")
def test_nothing_of_a_field_is_lost():
    """The tables that the first test compares column by column have rows, and a value of every kind of field."""
    fill()
    rows = stored()
    assert {name for name, found in rows.items() if not found} == set()
    telling = set()
    for model in set(tables.all_tables()) - set(tables.BY_NATURAL_KEY):
        for field in model._meta.concrete_fields:
            if any(row[field.attname] not in (None, "", [], {}, 0) for row in rows[tables.label(model)]):
                telling.add(type(field))
            assert field.serialize or field.primary_key, field
            # "" and NULL of a file look the same to a serializer.
            assert not (isinstance(field, models.FileField) and field.null), field
            assert not isinstance(field, models.FileField) or field.storage is default_storage, field
    assert telling == {type(field) for model in tables.all_tables() for field in model._meta.concrete_fields}
    assert PictureField in telling


def test_every_model_is_exported_or_left_out_for_a_reason():
    every = {model._meta.label_lower for model in apps.get_models(include_auto_created=True)}
    assert {tables.label(model) for model in tables.all_tables()} == every - tables.LEFT_OUT.keys()
    assert tables.LEFT_OUT.keys() == {"sessions.session"}
    assert every >= {"shows.user", "reversion.version", "admin.logentry", "sponsors.recipient_shows", "episodes.tag"}
    assert tables.LEFT_OUT.keys() <= every


@pytest.mark.usefixtures("_demo")
def test_another_process_and_another_database_have_it_too(settings, tmp_path):
    """From this database, which may be PostgreSQL, into SQLite, and from there back."""
    fill()
    rows, files = stored(), media()
    run("export_all", tmp_path / "out")
    for arguments in (("migrate", "-v0"), ("import_all", tmp_path / "out"), ("export_all", tmp_path / "back")):
        subprocess.run(
            [sys.executable, "manage.py", *map(str, arguments)],
            cwd=ROOT,
            env=os.environ
            | {"DATABASE_URL": f"sqlite:///{tmp_path}/other.sqlite3", "MEDIA_ROOT": str(tmp_path / "there")},
            check=True,
            capture_output=True,
        )
    first, back = tree(tmp_path / "out"), tree(tmp_path / "back")
    assert first.keys() == back.keys()
    for name in first.keys() - {"manifest.json"}:
        if name.startswith("tables/"):
            # PostgreSQL keeps no order in the objects of a JSON field.
            assert [json.loads(line) for line in first[name].splitlines()] == [
                json.loads(line) for line in back[name].splitlines()
            ], name
        elif name != "feeds/shows.opml":  # It has the install's name.
            assert first[name] == back[name], name
    empty_database()
    settings.MEDIA_ROOT = tmp_path / "third"
    run("import_all", tmp_path / "back")
    assert (stored(), media()) == (rows, files)


@pytest.fixture(scope="module")
def _exported(django_db_setup, django_db_blocker, tmp_path_factory):
    """A small site: two episodes, an account, and two uploaded files. Of the database nothing is left."""
    root = tmp_path_factory.mktemp("small")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=root / "media"), transaction.atomic():
        show = make_show()
        for number in ("001", "002"):
            add_link(make_episode(show, number))
        User.objects.create_user("ann", password="lantern-oil-7")
        for name in ("audio/k1/a.mp3", "audio/k2/b.mp3"):
            default_storage.save(name, ContentFile(name.encode()))
        Episode.objects.filter(number="001").update(audio="audio/k1/a.mp3")
        run("export_all", root / "out")
        transaction.set_rollback(True)
    return root / "out"


@pytest.fixture
def site(db, settings, tmp_path, _exported):
    """The folder of the small site, to be tampered with, beside an empty database."""
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    return Path(shutil.copytree(_exported, tmp_path / "out"))


def refused(folder: Path) -> str:
    """Why; and nothing is there that was not there before."""
    before = media()
    with pytest.raises(CommandError) as error:
        run("import_all", folder)
    assert not any(stored().values())
    assert media() == before
    return str(error.value)


def change(folder: Path, **said: object) -> None:
    path = folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | said))


def forge(folder: Path, name: str, data: bytes) -> None:
    """Alter a file as somebody would who can write a manifest too."""
    (folder / name).write_bytes(data)
    files = json.loads((folder / "manifest.json").read_text())["files"]
    change(folder, files=files | {name: [len(data), sha256(data).hexdigest()]})


def test_a_database_that_has_something_is_left_alone(site):
    User.objects.create(username="bea")
    with pytest.raises(CommandError, match=r"The database has users already \(shows.user\)"):
        run("import_all", site)
    assert (User.objects.get().username, Show.objects.exists(), media()) == ("bea", False, {})


def test_a_folder_that_is_not_empty_is_left_alone(site, tmp_path):
    before = tree(site)
    with pytest.raises(CommandError, match="is not an empty folder"):
        run("export_all", site)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for path in (site / "manifest.json", tmp_path / "link"):
        with pytest.raises(CommandError, match="is not an empty folder"):
            run("export_all", path)
    assert tree(site) == before


def test_only_the_owner_can_read_it(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_episode(make_show())
    default_storage.save("audio/k1/a.mp3", ContentFile(b"x"))
    (tmp_path / "out").mkdir(mode=0o755)
    mask = os.umask(0o022)
    try:
        out, _ = run("export_all", tmp_path / "out")
        assert os.umask(0o022) == 0o022
    finally:
        os.umask(mask)
    for path in [tmp_path / "out", *(tmp_path / "out").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path
    assert out[1] == (
        "It holds drafts, private addresses and password hashes. Only you can read it (0700): keep it so. "
        "SECRET_KEY and the other settings are not in it."
    )
    said = "\n".join(out).encode() + b"".join(tree(tmp_path / "out").values())
    assert configured.SECRET_KEY.encode() not in said


def test_an_export_that_fails_leaves_nothing(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_episode(make_show())
    Show.objects.update(slug="../../out")
    with pytest.raises(CommandError, match="is no name for a file"):
        run("export_all", tmp_path / "deep/out")
    assert tree(tmp_path) == {}
    assert list((tmp_path / "deep/out").iterdir()) == []


def test_a_file_that_is_lost_is_named_and_the_rest_moves(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_episode(make_show(), audio="audio/k1/lost.mp3")
    assert run("export_all", tmp_path / "out")[1] == [
        "audio/k1/lost.mp3: named in the database, and not in the storage of uploaded files"
    ]
    empty_database()
    assert run("import_all", tmp_path / "out")[1] == [
        "audio/k1/lost.mp3: named in the database, and was not among the uploaded files of the export"
    ]
    assert Episode.objects.get().audio.name == "audio/k1/lost.mp3"


def test_a_key_of_a_row_that_is_gone_is_never_given_again(db, settings, tmp_path):
    """The history knows the deleted episode by it."""
    settings.MEDIA_ROOT = tmp_path / "media"
    show = make_show()
    make_episode(show)
    gone = make_episode(show, "002")
    history.keep(gone)
    key = gone.pk
    gone.delete()
    run("export_all", tmp_path / "out")
    empty_database()
    run("import_all", tmp_path / "out")
    assert make_episode(Show.objects.get(), "003").pk == key + 1
    assert [version.object_id for version in history.deleted(Episode)] == [str(key)]


def test_history_of_a_model_that_is_no_more_comes_along(db, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    admin = User.objects.create(username="ann")
    gone = ContentType.objects.create(app_label="episodes", model="reel")
    Permission.objects.create(content_type=gone, codename="add_reel", name="Can add reel")
    LogEntry.objects.create(user=admin, content_type=gone, object_id="1", object_repr="Reel", action_flag=CHANGE)
    run("export_all", tmp_path / "out")
    empty_database()
    run("import_all", tmp_path / "out")
    assert LogEntry.objects.get().content_type_id > 5_000
    assert LogEntry.objects.get().content_type.natural_key() == ("episodes", "reel")
    assert Permission.objects.get(codename="add_reel").content_type == LogEntry.objects.get().content_type


def _without_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def _cut_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text((folder / "manifest.json").read_text()[:-20])


def _manifest_of_lists(folder: Path) -> None:
    (folder / "manifest.json").write_text("[" * 100_000)


def _linked_manifest(folder: Path) -> None:
    (folder / "manifest.json").rename(folder.parent / "manifest.json")
    (folder / "manifest.json").symlink_to(folder.parent / "manifest.json")


def _table_gone(folder: Path) -> None:
    (folder / "tables/episodes.episode.jsonl").unlink()


def _media_gone(folder: Path) -> None:
    (folder / "media/audio/k2/b.mp3").unlink()


def _one_byte(folder: Path) -> None:
    path = folder / "tables/episodes.link.jsonl"
    path.write_bytes(path.read_bytes().replace(b"https", b"httpx", 1))


def _media_altered(folder: Path) -> None:
    (folder / "media/audio/k2/b.mp3").write_bytes(b"audio/k2/B.mp3")


def _one_more(folder: Path) -> None:
    (folder / "media/audio/k2/c.mp3").write_bytes(b"")


def _link_to_a_file(folder: Path) -> None:
    (folder / "media/audio/k2/b.mp3").rename(folder.parent / "b.mp3")
    (folder / "media/audio/k2/b.mp3").symlink_to(folder.parent / "b.mp3")


def _link_to_a_folder(folder: Path) -> None:
    (folder / "media/audio").rename(folder.parent / "audio")
    (folder / "media/audio").symlink_to(folder.parent / "audio")


def _pipe(folder: Path) -> None:
    (folder / "media/audio/k2/b.mp3").unlink()
    os.mkfifo(folder / "media/audio/k2/b.mp3")


def _names(*names: str):
    def tamper(folder: Path) -> None:
        outside = folder.parent / "outside"
        outside.write_bytes(b"x")
        files = json.loads((folder / "manifest.json").read_text())["files"]
        for name in names:
            files[name.format(outside=outside)] = [1, sha256(b"x").hexdigest()]
        change(folder, files=files)

    return tamper


def _says(**said: object):
    return lambda folder: change(folder, **said)


def _migrations(*, more: bool):
    def tamper(folder: Path) -> None:
        known = json.loads((folder / "manifest.json").read_text())["migrations"]
        change(folder, migrations=[*known, "episodes.9999_later"] if more else known[:-1])

    return tamper


def _forged(name: str, old: bytes, new: bytes):
    def tamper(folder: Path) -> None:
        data = (folder / name).read_bytes()
        assert old in data
        forge(folder, name, data.replace(old, new, 1))

    return tamper


def _line(data: bytes):
    return lambda folder: forge(folder, "tables/shows.show.jsonl", data)


def _twice(folder: Path) -> None:
    data = (folder / "tables/episodes.link.jsonl").read_bytes().splitlines(keepends=True)
    forge(folder, "tables/episodes.link.jsonl", data[0] + data[0])


def _fewer_rows(folder: Path) -> None:
    data = (folder / "tables/episodes.link.jsonl").read_bytes().splitlines(keepends=True)
    forge(folder, "tables/episodes.link.jsonl", data[0])


def _fewer_tables(folder: Path) -> None:
    rows = json.loads((folder / "manifest.json").read_text())["rows"]
    rows.pop("episodes.link")
    change(folder, rows=rows)


SHOWS = "tables/shows.show.jsonl"
EPISODES = "tables/episodes.episode.jsonl"
LINKS = "tables/episodes.link.jsonl"


@pytest.mark.parametrize(
    ("tamper", "why"),
    [
        (_without_manifest, "has no manifest.json: it was not written by export_all, or not to its end"),
        (_cut_manifest, "manifest.json is damaged"),
        (_manifest_of_lists, "manifest.json is damaged"),
        (_linked_manifest, "has no manifest.json"),
        (_says(files=[]), "manifest.json is damaged"),
        (_says(files={"a": 1}), "manifest.json is damaged"),
        (_says(files={"a": ["1", "x"]}), "manifest.json is damaged"),
        (_says(rows={"episodes.link": -1}), "manifest.json is damaged"),
        (_says(lupcms=None), "manifest.json is damaged"),
        (_says(more="x"), "manifest.json is damaged"),
        (_table_gone, "is not complete. Not there: 'tables/episodes.episode.jsonl'."),
        (_media_gone, "is not complete. Not there: 'media/audio/k2/b.mp3'."),
        (_one_byte, "or its copy is broken. Not as they were written: 'tables/episodes.link.jsonl'."),
        (_media_altered, "Not as they were written: 'media/audio/k2/b.mp3'."),
        (_one_more, "what its manifest does not know; take it away. Too much: 'media/audio/k2/c.mp3'."),
        (_link_to_a_file, "media/audio/k2/b.mp3 is a link"),
        (_link_to_a_folder, "media/audio is a link"),
        (_pipe, "media/audio/k2/b.mp3 is a link or something else"),
        (_names("media/../../outside"), "is not complete. Not there: 'media/../../outside'."),
        (_names("{outside}"), "is not complete. Not there: '/"),
        (_names("media/x\0y", "media//x"), "is not complete. Not there: 'media//x', 'media/x\\x00y'."),
        (_says(format=2), "is of a newer lupcms, in format 2"),
        (_says(lupcms="99.1"), "a newer one wrote it. Update this one first."),
        (_migrations(more=True), "has the migration 'episodes.9999_later', which is unknown here"),
        (_migrations(more=False), "Import it with that lupcms, then update and migrate."),
        (_fewer_tables, "does not have the tables of this lupcms"),
        (_fewer_rows, "tables/episodes.link.jsonl has other rows than the manifest says"),
        (_twice, "tables/episodes.link.jsonl: line 2, or shortly before"),
        (_line(b'{"model":"shows.show"'), "shows.show.jsonl: line 1: a line that is too long, or broken off"),
        (_line(b"[" * 50_000 + b"\n"), "shows.show.jsonl: line 1: not JSON"),
        (_line(b"9" * 50_000 + b"\n"), "shows.show.jsonl: line 1: not JSON"),
        (_line(b"9\n"), "shows.show.jsonl: line 1: not a row of shows.show"),
        (_line(b"\xff\n"), "shows.show.jsonl: line 1: not JSON"),
        (_line(b"x" * 2000 + b"\n"), "shows.show.jsonl: line 1: not JSON"),
        (_forged(SHOWS, b'"model":"shows.show"', b'"model":"shows.user"'), "line 1: not a row of shows.show"),
        (_forged(SHOWS, b'"title":', b'"titel":'), "line 1: not the fields of shows.show"),
        (_forged(SHOWS, b'"title":"Tide Radio",', b""), "line 1: not the fields of shows.show"),
        (_forged(SHOWS, b'"title":"Tide Radio"', b'"title":null'), "shows.show.jsonl: line 1, or shortly before"),
        (_forged(LINKS, b'"episode":', b'"episode":777'), "A row refers to one that is not in the export"),
        (_forged(LINKS, b'"position":1', b'"position":"first"'), "episodes.link.jsonl: line 1, or shortly before"),
        (
            _forged(EPISODES, b'"audio/k1/a.mp3"', b'"../../../etc/passwd"'),
            "A row names the file '../../../etc/passwd'",
        ),
        (_forged(EPISODES, b'"audio/k1/a.mp3"', b'"/etc/passwd"'), "A row names the file '/etc/passwd'"),
    ],
)
def test_a_folder_that_is_not_as_it_was_written_changes_nothing(site, tamper, why):
    tamper(site)
    assert why in refused(site)


def test_a_line_without_end_is_not_read(site, monkeypatch):
    monkeypatch.setattr(tables, "MAX_LINE_BYTES", 3_000)
    forge(site, SHOWS, b'{"model":"' + b"x" * 3_000 + b"\n")
    assert "a line that is too long" in refused(site)


def test_no_line_is_written_that_would_not_be_read(db, settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path / "media"
    make_show(about="x" * 3_000)
    monkeypatch.setattr(tables, "MAX_LINE_BYTES", 3_000)
    with pytest.raises(CommandError, match=r"shows.show \d+ has more than 3,000 bytes"):
        run("export_all", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_manifest_without_end_is_not_read(site, monkeypatch):
    monkeypatch.setattr(folders, "MAX_MANIFEST_BYTES", 1_000)
    assert "is larger than 1,000 bytes" in refused(site)


def test_files_that_are_there_are_not_lost_or_written_over(site):
    default_storage.save("audio/k2/b.mp3", ContentFile(b"another"))
    assert "The storage has another file 'audio/k2/b.mp3'" in refused(site)
    assert media() == {"audio/k2/b.mp3": b"another"}


def test_files_of_the_export_may_be_there_already(site):
    default_storage.save("audio/k2/b.mp3", ContentFile(b"audio/k2/b.mp3"))
    run("import_all", site)
    assert media() == {name: name.encode() for name in ("audio/k1/a.mp3", "audio/k2/b.mp3")}


def test_a_file_that_is_there_stays_when_the_import_is_taken_back(site):
    default_storage.save("audio/k1/a.mp3", ContentFile(b"audio/k1/a.mp3"))
    default_storage.save("audio/k2/b.mp3", ContentFile(b"another"))
    refused(site)


def test_a_database_that_waits_for_migrations_is_refused(site, tmp_path):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'hosts' AND name = '0001_initial'")
    for command, folder in (("import_all", site), ("export_all", tmp_path / "new")):
        with pytest.raises(CommandError, match=r"waits for 1 migrations, hosts.0001_initial first"):
            run(command, folder)


@pytest.mark.django_db(transaction=True)
def test_an_export_sees_one_moment_and_nobody_waits_for_it():
    def write() -> None:
        make_show("lamp-talk", "LT")
        close_old_connections()
        connection.close()

    with _one_moment():
        assert Show.objects.count() == 0
        writer = Thread(target=write)
        writer.start()
        writer.join(timeout=20)
        assert not writer.is_alive()
        assert Show.objects.count() == 0
    assert Show.objects.count() == 1
