"""Rows of every table as lines of JSON, and back: one file a table, by Django's serializers.

A table of a many-to-many relation is a table like the others. Rows keep their primary keys, which the history and
addresses know. What `migrate` made, content types and permissions, has other keys in each database: those rows are
known by their natural keys, and so is what refers to them.
"""

import json
from collections.abc import Iterator
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.serializers import jsonl
from django.core.serializers.base import DeserializationError
from django.core.serializers.json import DjangoJSONEncoder
from django.core.serializers.python import Deserializer
from django.db import Error as DatabaseError
from django.db import connection, models

from episodes.everything.folder import RefusedError, Tick

type Model = type[models.Model]

# Tables that stay, and why.
LEFT_OUT = {"sessions.session": "Signed with the SECRET_KEY, which is not in an export: everybody signs in again."}
# In this order: a permission is known by its content type.
BY_NATURAL_KEY: list[Model] = [ContentType, Permission]

# No line that is written or read is longer; a transcript that is uploaded has a third of it at most.
MAX_LINE_BYTES = 32 * 1024 * 1024
# In memory at once.
ROWS = 200
BYTES = 4 * 1024 * 1024


def all_tables() -> list[Model]:
    """One model for each table, what others are known by first."""
    found = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy and label(model) not in LEFT_OUT
    ]
    return [*BY_NATURAL_KEY, *(model for model in found if model not in BY_NATURAL_KEY)]


def label(model: Model) -> str:
    return str(model._meta.label_lower)


def file_of(model: Model) -> str:
    return f"tables/{label(model)}.jsonl"


def rows(model: Model) -> "models.QuerySet[Any]":
    return model._base_manager.order_by("pk")


class _Exact(DjangoJSONEncoder):
    """Moments to the microsecond: Django's own encoder cuts them to milliseconds."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if isinstance(o, datetime | time) else super().default(o)


class _Lines(jsonl.Serializer):
    def __init__(self, tick: Tick) -> None:
        self.tick = tick
        self.count = 0

    def handle_fk_field(self, obj: models.Model, field: Any) -> None:
        self.use_natural_foreign_keys = field.remote_field.model in BY_NATURAL_KEY
        super().handle_fk_field(obj, field)

    def handle_m2m_field(self, obj: models.Model, field: Any) -> None:
        """It has a table of its own."""

    def end_object(self, obj: models.Model) -> None:
        line = json.dumps(self.get_dump_object(obj), cls=_Exact, ensure_ascii=False, separators=(",", ":")) + "\n"
        if len(line.encode()) > MAX_LINE_BYTES:
            raise RefusedError(
                f"{label(type(obj))} {obj.pk} has more than {MAX_LINE_BYTES:,} bytes, and import_all reads no more."
            )
        self.stream.write(line)
        self.count += 1
        self.tick(1)


def write(model: Model, path: Path, tick: Tick) -> int:
    """The number of rows. In memory are at most `ROWS`."""
    natural = [field.name for field in model._meta.concrete_fields if field.related_model in BY_NATURAL_KEY]
    found = rows(model).select_related(*natural) if natural else rows(model)
    lines = _Lines(tick)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        lines.serialize(
            found.iterator(chunk_size=ROWS), stream=stream, use_natural_primary_keys=model in BY_NATURAL_KEY
        )
    return lines.count


def read(model: Model, path: Path, tick: Tick) -> int:
    """Store what `write` wrote; returns the number of rows. Foreign keys are not looked at: they may lead ahead."""
    reader = _Reader(model, path)
    waiting: list[models.Model] = []
    waiting_bytes = 0
    try:
        for found in Deserializer(reader.records()):
            if model in BY_NATURAL_KEY:
                found.save()
                tick(1)
                continue
            waiting.append(found.object)
            waiting_bytes += reader.line_bytes
            if len(waiting) == ROWS or waiting_bytes > BYTES:
                _insert(model, waiting)
                tick(len(waiting))
                waiting, waiting_bytes = [], 0
        _insert(model, waiting)
        tick(len(waiting))
    except (DeserializationError, DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        raise RefusedError(f"{path}: line {reader.number}, or shortly before: {error}.") from error
    return reader.number


class _Reader:
    def __init__(self, model: Model, path: Path) -> None:
        self.model, self.path = model, path
        self.number = self.line_bytes = 0

    def records(self) -> Iterator[dict[str, Any]]:
        local: Any = self.model._meta.local_fields
        fields = {field.name for field in local if field.serialize}
        wanted = {"model", "fields"} if self.model in BY_NATURAL_KEY else {"model", "pk", "fields"}
        with self.path.open("rb") as stream:
            while line := stream.readline(MAX_LINE_BYTES + 1):
                if not line.endswith(b"\n"):
                    self._refuse("a line that is too long, or broken off")
                try:
                    record = json.loads(line)
                except (ValueError, RecursionError):
                    self._refuse("not JSON that anybody could have written here")
                if not isinstance(record, dict) or record.keys() != wanted or record["model"] != label(self.model):
                    self._refuse(f"not a row of {label(self.model)}")
                if not isinstance(record["fields"], dict) or record["fields"].keys() != fields:
                    self._refuse(f"not the fields of {label(self.model)}")
                self.number += 1
                self.line_bytes = len(line)
                yield record

    def _refuse(self, why: str) -> None:
        raise RefusedError(f"{self.path}: line {self.number + 1}: {why}.")


def _insert(model: Model, objects: list[models.Model]) -> None:
    """As they are: `bulk_create` would set moments of its own, and `save` would send signals."""
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    manager: Any = model._base_manager
    while objects:
        size = connection.ops.bulk_batch_size(fields, objects)
        manager._insert(objects[:size], fields=fields, raw=True)
        objects = objects[size:]
