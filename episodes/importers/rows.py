"""Rows of an episode -> other rows, those that stay keeping their primary keys."""

from collections.abc import Callable, Hashable
from typing import Any

from django.db import models

type Key[Row] = Callable[[Row], Hashable]


def replace_rows[Row: models.Model](
    existing: list[Row], wanted: list[Row], keys: list[Key[Row]], fields: list[str]
) -> list[Row]:
    """Turn the rows `existing` into `wanted`; a row that fits one of `keys`, tried in turn, keeps its primary key.

    Returns the rows that there are then, in the order of `wanted`.
    """
    changed, missing = [], list(wanted)
    kept: dict[int, Row] = {}
    unmatched = list(existing)
    for key in keys:
        free: dict[Hashable, list[Row]] = {}
        for row in unmatched:
            free.setdefault(key(row), []).append(row)
        still_missing = []
        for new in missing:
            rows = free.get(key(new))
            if not rows or key(new) is None:
                still_missing.append(new)
                continue
            old = rows.pop(0)
            unmatched.remove(old)
            kept[id(new)] = old
            if _copy(new, old, fields):
                changed.append(old)
        missing = still_missing
    if unmatched:
        type(unmatched[0])._default_manager.filter(pk__in=[row.pk for row in unmatched]).delete()
    if changed:
        type(changed[0])._default_manager.bulk_update(changed, fields)
    if missing:
        type(missing[0])._default_manager.bulk_create(missing)
    return [kept.get(id(row), row) for row in wanted]


def _copy(source: Any, target: Any, fields: list[str]) -> bool:
    """Copy `fields` and say whether that changed anything."""
    changed = False
    for name in fields:
        if getattr(target, name) != getattr(source, name):
            setattr(target, name, getattr(source, name))
            changed = True
    return changed
