"""The checks of the notes format as form and model validators."""

from django.core.exceptions import ValidationError
from django.utils.deconstruct import deconstructible

from episodes.notes import checks


@deconstructible
class PageCheck:
    """Refuses what a show-notes page cannot print; `name` is a function of `episodes.notes.checks`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: str) -> None:
        try:
            getattr(checks, self.name)(value)
        except ValueError as problem:
            raise ValidationError(str(problem)) from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PageCheck) and self.name == other.name

    def __hash__(self) -> int:
        return hash(self.name)
