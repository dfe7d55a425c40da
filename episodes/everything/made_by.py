"""Which lupcms, and which state of its database: an export is read by what could have written it."""

import tomllib

from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils.version import get_version_tuple

from episodes.everything.folder import Manifest, RefusedError


def version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def applied_migrations() -> list[str]:
    """RefusedError where some wait: models and tables would not be the same."""
    loader = MigrationLoader(connection)
    waiting = sorted(f"{app}.{name}" for app, name in loader.disk_migrations.keys() - loader.applied_migrations.keys())
    if waiting:
        raise RefusedError(
            f"The database waits for {len(waiting)} migrations, {waiting[0]} first: run manage.py migrate."
        )
    return sorted(f"{app}.{name}" for app, name in loader.disk_migrations)


def check(manifest: Manifest) -> None:
    """RefusedError unless the export is of this lupcms, as far as the database knows."""
    here = set(applied_migrations())
    newer, older = sorted(set(manifest.migrations) - here), sorted(here - set(manifest.migrations))
    told = f"The export is of lupcms {manifest.lupcms[:40]!r}"
    if newer or get_version_tuple(manifest.lupcms[:40]) > get_version_tuple(version()):
        unknown = f" and has the migration {newer[0][:100]!r}, which is unknown here" if newer else ""
        raise RefusedError(f"{told}{unknown}; this is {version()}: a newer one wrote it. Update this one first.")
    if older:
        raise RefusedError(
            f"{told}, whose database was before {older[0]}: an older one wrote it. "
            "Import it with that lupcms, then update and migrate."
        )
