"""A folder -> the same site, in an empty database."""

from pathlib import Path

from django.contrib.contenttypes.models import ContentType
from django.db import Error as DatabaseError
from django.db import connection, transaction

from episodes.everything import keys, made_by, media, tables
from episodes.everything.folder import Manifest, RefusedError, Tick, check, read_manifest, unwatched


def step_count(manifest: Manifest) -> int:
    """How often `import_all` ticks: for each file that it checks, each row and each uploaded file."""
    return len(manifest.files) + sum(manifest.rows.values()) + len(_media(manifest))


def import_all(folder: Path, tick: Tick = unwatched) -> Manifest:
    """All of it or nothing. Raises RefusedError.

    The folder is checked first, and everything is stored in one transaction, uploaded files before its end.
    """
    manifest = read_manifest(folder)
    made_by.check(manifest)
    every = tables.all_tables()
    if manifest.rows.keys() != {tables.label(model) for model in every}:
        raise RefusedError(f"{folder} does not have the tables of this lupcms, by its manifest.")
    _check_empty(every)
    check(folder, manifest, tick)
    arriving = media.Arriving()
    try:
        with transaction.atomic():
            _check_empty(every)
            for model in every:
                if tables.read(model, folder / tables.file_of(model), tick) != manifest.rows[tables.label(model)]:
                    raise RefusedError(f"{tables.file_of(model)} has other rows than the manifest says.")
            _check_foreign_keys()
            keys.set_last_keys(every, manifest.last_keys)
            media.check_names(media.named(every))
            arriving.read(_media(manifest), folder, tick)
    except BaseException as error:
        arriving.take_back()
        if isinstance(error, DatabaseError | OSError):
            raise RefusedError(f"The import was taken back: {error}.") from error
        raise
    finally:
        # It may know numbers that were taken back.
        ContentType.objects.clear_cache()
    return manifest


def _media(manifest: Manifest) -> list[str]:
    return sorted(name.removeprefix(media.FOLDER) for name in manifest.files if name.startswith(media.FOLDER))


def _check_empty(every: list[tables.Model]) -> None:
    for model in every:
        if model not in tables.BY_NATURAL_KEY and model._base_manager.exists():
            raise RefusedError(
                f"The database has {model._meta.verbose_name_plural} already ({tables.label(model)}). "
                "An export goes into an empty one: name a new DATABASE_URL and run manage.py migrate."
            )


def _check_foreign_keys() -> None:
    try:
        connection.check_constraints()
    except DatabaseError as error:
        raise RefusedError(f"A row refers to one that is not in the export: {error}") from error
