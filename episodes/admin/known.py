"""Whom a row is about: chosen before, chosen now, or typed."""

import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.admin.widgets import AutocompleteSelect


class KnownAutocompleteSelect(AutocompleteSelect):
    """An autocomplete box that takes the label of the chosen row from the loaded instance: no query a row."""

    known: Any = None

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> list[Any]:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, value, attr)
        option = self.create_option(name, str(self.known.pk), str(self.known), True, 0)
        return [(None, [option], 0)]


class KnownChoiceField(forms.ModelChoiceField):
    """A choice that is loaded already stays without a query, also one that whoever asks could not make anew."""

    known: Any = None

    def know(self, row: Any) -> None:
        self.known = row
        if isinstance(select := getattr(self.widget, "widget", None), KnownAutocompleteSelect):
            select.known = row

    def to_python(self, value: Any) -> Any:
        return self.known if self.known is not None and str(value) == str(self.known.pk) else super().to_python(value)


def named[Row](typed: str, names: Iterable[tuple[Row, str]]) -> list[Row]:
    """Whoever has exactly the name that was typed; else whoever has it but for letter case, blanks and composition."""
    names = list(names)
    exactly = [row for row, name in names if name == typed]
    return list(dict.fromkeys(exactly or [row for row, name in names if _folded(name) == _folded(typed)]))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
