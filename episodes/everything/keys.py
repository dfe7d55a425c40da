"""The last primary key that each table gave out, also to rows that are gone.

The history and statements know those rows by it: no new row may get it again.
"""

from typing import Any

from django.db import connection, models

from episodes.everything.tables import BY_NATURAL_KEY, Model, label


def last_keys(tables: list[Model]) -> dict[str, int]:
    return {label(model): _last(model) for model in tables if _counts(model)}


def set_last_keys(tables: list[Model], keys: dict[str, int]) -> None:
    for model in tables:
        if _counts(model):
            largest = model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0
            _set(model, max(keys.get(label(model), 0), largest))


def _counts(model: Model) -> bool:
    """Whether the database makes its keys, and they are the same elsewhere."""
    return isinstance(model._meta.pk, models.AutoField) and model not in BY_NATURAL_KEY


def _last(model: Model) -> int:
    if connection.vendor == "sqlite":
        return _one("SELECT seq FROM sqlite_sequence WHERE name = %s", model._meta.db_table) or 0
    name = _sequence(model)
    return int(_one(f"SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {name}"))  # noqa: S608


def _set(model: Model, key: int) -> None:
    if connection.vendor == "sqlite":
        _one("DELETE FROM sqlite_sequence WHERE name = %s", model._meta.db_table)
        _one("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", model._meta.db_table, key)
    else:
        _one("SELECT setval(%s::regclass, %s, %s)", _sequence(model), max(key, 1), key > 0)


def _sequence(model: Model) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    return str(_one("SELECT pg_get_serial_sequence(%s, %s)", table, model._meta.pk.column))


def _one(sql: str, *values: Any) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone() if cursor.description else None
    return row and row[0]
