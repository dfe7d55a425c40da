"""Text that must come back exactly as it was stored, through database, form and browser."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models

if TYPE_CHECKING:
    _TextField = models.TextField[str, str]
else:
    _TextField = models.TextField


def _without_breaks(value: Any) -> str:
    return str(value or "").replace("\r", "").replace("\n", "")


def _with_plain_breaks(value: Any) -> str:
    return str(value or "").replace("\r\n", "\n").replace("\r", "\n")


class VerbatimCharField(forms.CharField):
    """A text field that does not strip, and knows what a browser does to line breaks.

    An <input> drops them and a <textarea> returns CR LF for each: a value that differs from the
    stored one only so is unchanged, and VerbatimForm puts the stored one back.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs["strip"] = False
        super().__init__(**kwargs)

    def is_stored(self, stored: Any, posted: Any) -> bool:
        """Whether `posted` is what a browser makes of `stored`."""
        if isinstance(self.widget, forms.Textarea):
            return _with_plain_breaks(stored) == _with_plain_breaks(posted)
        return _without_breaks(stored) == _without_breaks(posted)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return not self.disabled and not self.is_stored(initial, data)

    def cleaned(self, stored: Any, posted: str) -> str:
        """`posted` with the line ends of `stored`: all of it where nothing else differs, else the kind it uses."""
        if self.is_stored(stored, posted):
            return stored or ""
        plain = _with_plain_breaks(posted)
        lines = str(stored or "").count("\n")
        return plain.replace("\n", "\r\n") if lines and str(stored).count("\r\n") == lines else plain


class VerbatimForm(forms.ModelForm):
    """A form whose verbatim fields keep the stored text where a browser changed only its line breaks."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, field in self.fields.items():
            if isinstance(field, VerbatimCharField) and isinstance(cleaned.get(name), str):
                cleaned[name] = field.cleaned(self.get_initial_for_field(field, name), cleaned[name])
        return cleaned


class VerbatimField(_TextField):
    """Text without a limit. A form shows it in one line unless `multiline`, and never strips it."""

    def __init__(self, *args: Any, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        widget = kwargs.get("widget") or forms.Textarea
        if not self.multiline and isinstance(widget, type) and issubclass(widget, forms.Textarea):
            # The admin gives every text column a large box.
            widget = forms.TextInput(attrs={"class": "vTextField"})
        return super().formfield(**{"form_class": VerbatimCharField, **kwargs, "widget": widget})
