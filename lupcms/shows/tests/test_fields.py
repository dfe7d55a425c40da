"""Text that a browser hands back is recognised as the stored one."""

import pytest
from django import forms

from lupcms.shows.fields import VerbatimCharField, VerbatimField


@pytest.mark.parametrize(
    ("stored", "posted", "multiline", "expected"),
    [
        ("a\nb", "a\r\nb", True, "a\nb"),
        ("a\r\nb", "a\r\nb", True, "a\r\nb"),
        ("a\rb\nc\r\n", "a\r\nb\r\nc\r\n", True, "a\rb\nc\r\n"),
        ("a\nb", "a\r\nc", True, "a\nc"),
        ("a\r\nb", "a\r\nc\r\nd", True, "a\r\nc\r\nd"),
        ("a\rb", "ab", False, "a\rb"),
        ("a\nb", "ab", False, "a\nb"),
        (" a\t", " a\t", False, " a\t"),
        (" a", "a", False, "a"),
        ("", "new", True, "new"),
        (None, "", True, ""),
    ],
)
def test_posted_text(stored, posted, multiline, expected):
    field = VerbatimCharField(required=False, widget=forms.Textarea() if multiline else forms.TextInput())
    assert field.cleaned(stored, posted) == expected
    assert field.has_changed(stored, posted) is (expected != (stored or ""))


def test_the_box_has_as_many_lines_as_the_text_may_have():
    assert isinstance(VerbatimField().formfield(widget=forms.Textarea).widget, forms.TextInput)
    assert isinstance(VerbatimField(multiline=True).formfield(widget=forms.Textarea).widget, forms.Textarea)
    assert isinstance(VerbatimField(multiline=True).formfield().widget, forms.Textarea)
    assert VerbatimField().formfield().clean("  x ") == "  x "
