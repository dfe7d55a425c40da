"""Uploaded files, through Django's storage alone: wherever they are, they lie in `media/` of the folder."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from hashlib import file_digest
from pathlib import Path
from shutil import copyfileobj

from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import models

from episodes.everything.folder import RefusedError, Tick, is_inside, within
from episodes.everything.tables import Model

FOLDER = "media/"


def named(tables: Iterable[Model]) -> set[str]:
    """Every file that a row names. One query for each column of files."""
    return {
        name
        for model in tables
        for field in model._meta.concrete_fields
        if isinstance(field, models.FileField)
        for name in model._base_manager.exclude(**{field.name: ""}).values_list(field.name, flat=True)
    }


def stored(folder: str = "") -> Iterator[str]:
    """Also what no row names: old pictures are still asked for, and a version that is restored needs its audio."""
    try:
        folders, files = default_storage.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}{name}" for name in sorted(files))
    for name in sorted(folders):
        yield from stored(f"{folder}{name}/")


def write(name: str, folder: Path) -> None:
    with default_storage.open(name) as source, within(folder, f"{FOLDER}{name}").open("xb") as target:
        copyfileobj(source, target)


class Arriving:
    """Files on their way into the storage, which can be taken back."""

    def __init__(self) -> None:
        self._new: list[str] = []

    def read(self, names: Iterable[str], folder: Path, tick: Tick) -> None:
        for name in names:
            with (folder / FOLDER / name).open("rb") as source:
                try:
                    self._read(name, File(source, name))
                except (OSError, SuspiciousOperation) as error:
                    raise RefusedError(f"{name!r} cannot be stored: {error}.") from error
            tick(1)

    def _read(self, name: str, source: File) -> None:
        if default_storage.exists(name):
            with default_storage.open(name) as there:
                same = file_digest(there, "sha256").digest() == file_digest(source, "sha256").digest()
            if not same:
                raise RefusedError(f"The storage has another file {name!r}. Empty MEDIA_ROOT, or name an empty one.")
            return
        # Before it is whole: what is half there is taken back too.
        self._new.append(name)
        got = default_storage.save(name, source)
        if got != name:
            self._new.append(got)
            raise RefusedError(f"The storage calls {name!r} {got!r}: it must keep names (STORAGES, allow_overwrite).")

    def take_back(self) -> None:
        for name in self._new:
            with suppress(OSError):
                default_storage.delete(name)


def check_names(names: Iterable[str]) -> None:
    """RefusedError where a row names a file that lies outside of every storage."""
    for name in names:
        if not is_inside(name):
            raise RefusedError(f"A row names the file {name!r}, which is no name for one.")
