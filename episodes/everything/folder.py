"""A folder and its manifest: every file in it with size and SHA-256, so that a copy which is not whole is noticed.

A file counts under the name by which a walk finds it, and a walk follows no link: no name in a manifest, whoever wrote
it, can lead out of the folder.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from hashlib import file_digest
from pathlib import Path, PurePosixPath

# Of what the folder looks like. A change that an older lupcms cannot read adds one.
FORMAT = 1
MANIFEST = "manifest.json"
# Of some 200,000 files.
MAX_MANIFEST_BYTES = 32 * 1024 * 1024
# Named in one message; the others are counted.
NAMED = 5

# Told how many more rows or files are done.
type Tick = Callable[[int], object]


def unwatched(count: int) -> None:
    """A Tick for who does not look."""


class RefusedError(Exception):
    """Nothing was done, or all of it taken back. The message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    format: int
    lupcms: str
    written_at: str
    # `app.name` of each migration that the database had.
    migrations: list[str]
    # By table, as in `tables.label`.
    rows: dict[str, int]
    last_keys: dict[str, int]
    # Uploaded files that a row names and the storage did not have.
    missing_media: list[str]
    # Path in the folder, with slashes -> size and SHA-256.
    files: dict[str, list[int | str]]

    def __post_init__(self) -> None:
        """TypeError where a part is not what it should be: it may come from anybody's JSON."""
        counts = [self.format, *self.rows.values(), *self.last_keys.values()]
        texts = [self.lupcms, self.written_at, *self.migrations, *self.missing_media]
        if not all(type(count) is int and count >= 0 for count in counts) or not all(
            isinstance(text, str) for text in texts
        ):
            raise TypeError
        for size, digest in self.files.values():
            if type(size) is not int or not isinstance(digest, str):
                raise TypeError


@contextmanager
def private(folder: Path) -> Iterator[None]:
    """A new or empty folder that only its owner can read, with all that is written into it; empty again on failure."""
    if folder.is_symlink() or (folder.exists() and (not folder.is_dir() or any(folder.iterdir()))):
        raise RefusedError(f"{folder} is not an empty folder: name one, or one that does not exist yet.")
    before = os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        yield
    except OSError as error:
        _empty(folder)
        raise RefusedError(f"{error.filename or folder}: {error.strerror}.") from error
    except BaseException:
        _empty(folder)
        raise
    finally:
        os.umask(before)


def _empty(folder: Path) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def within(folder: Path, name: str) -> Path:
    """The file of that name below the folder; its own folder is made. RefusedError where it would lie elsewhere."""
    if not is_inside(name):
        raise RefusedError(f"{name!r} is no name for a file below {folder}.")
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def is_inside(name: str) -> bool:
    """Whether this names a file below any folder: relative, without a step up, and spelled in one way only."""
    path = PurePosixPath(name)
    plain = name not in ("", ".") and str(path) == name and not path.is_absolute()
    return plain and ".." not in path.parts and not set(name) & {"\\", "\0"}


def seal(folder: Path, **said: object) -> Manifest:
    """Write the manifest, last: a folder without one is not complete."""
    manifest = Manifest(format=FORMAT, files=contents(folder), **said)  # type: ignore[arg-type]
    text = json.dumps(asdict(manifest), indent=1) + "\n"
    if len(text) > MAX_MANIFEST_BYTES:
        raise RefusedError(
            f"{len(manifest.files):,} files are more than a {MANIFEST} of {MAX_MANIFEST_BYTES:,} bytes names."
        )
    (folder / MANIFEST).write_text(text)
    return manifest


def read_manifest(folder: Path) -> Manifest:
    path = folder / MANIFEST
    if not folder.is_dir():
        raise RefusedError(f"{folder} is not a folder.")
    if path.is_symlink() or not path.is_file():
        raise RefusedError(f"{folder} has no {MANIFEST}: it was not written by export_all, or not to its end.")
    try:
        with path.open("rb") as file:
            data = file.read(MAX_MANIFEST_BYTES + 1)
        if len(data) > MAX_MANIFEST_BYTES:
            raise RefusedError(f"{path} is larger than {MAX_MANIFEST_BYTES:,} bytes, which no manifest is.")
        said = json.loads(data)
        if isinstance(said, dict) and type(number := said.get("format")) is int and number > FORMAT:
            raise RefusedError(f"{folder} is of a newer lupcms, in format {number}: update this one first.")
        return Manifest(**said)
    except OSError as error:
        raise RefusedError(f"{path}: {error.strerror}.") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise RefusedError(f"{path} is damaged, or was not written by export_all.") from error


def check(folder: Path, manifest: Manifest, tick: Tick) -> None:
    """RefusedError unless the folder has exactly the files of its manifest, as they were written. Reads them all."""
    found = contents(folder, tick)
    _refuse(f"{folder} is not complete. Not there", manifest.files.keys() - found.keys())
    _refuse(
        f"{folder} has what its manifest does not know; take it away. Too much", found.keys() - manifest.files.keys()
    )
    altered = {name for name, seen in found.items() if seen != manifest.files[name]}
    _refuse(f"{folder} was altered, or its copy is broken. Not as they were written", altered)


def _refuse(why: str, names: set[str]) -> None:
    if names:
        first = ", ".join(repr(name) for name in sorted(names)[:NAMED])
        raise RefusedError(f"{why}: {first}{f' and {len(names) - NAMED:,} more' if len(names) > NAMED else ''}.")


def contents(folder: Path, tick: Tick = unwatched) -> dict[str, list[int | str]]:
    """Path -> size and SHA-256 of every file but the manifest. RefusedError where one is a link, or no file at all."""
    found: dict[str, list[int | str]] = {}
    for place, folders, files in folder.walk(on_error=_fail):
        for name in sorted([*folders, *files]):
            path = place / name
            if path.is_symlink() or not (path.is_dir() or path.is_file()):
                raise RefusedError(f"{path} is a link or something else that is no file: an export has none.")
        for name in sorted(files):
            path = place / name
            if path != folder / MANIFEST:
                found[path.relative_to(folder).as_posix()] = _sum(path)
                tick(1)
    return found


def _sum(path: Path) -> list[int | str]:
    try:
        with path.open("rb") as file:
            return [path.stat().st_size, file_digest(file, "sha256").hexdigest()]
    except OSError as error:
        _fail(error)
        raise


def _fail(error: OSError) -> None:
    raise RefusedError(f"{error.filename}: {error.strerror}.") from error
