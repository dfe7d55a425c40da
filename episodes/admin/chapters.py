"""Chapters in the form of an episode: one box that shows lines, and takes whatever a producer pastes."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.contrib.admin import ModelAdmin, display
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from episodes.chapters import chapters_of, replace_chapters, rows_of
from episodes.formats.chapters import Chapter, Parsed, parse, problems, render_lines
from episodes.formats.problems import FormatError, Problem
from episodes.models import Episode
from episodes.transcripts import FILES
from lupcms.shows.fields import VerbatimCharField, VerbatimForm

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object

FIELDSET: Any = ("Chapters", {"fields": ["chapters_text", "transcripts"], "classes": ["collapse", "after-rows"]})
PROBLEMS_SHOWN = 20


def sentences(found: Iterable[Problem]) -> list[str]:
    """As many as somebody reads."""
    texts = [str(problem) for problem in found]
    more = len(texts) - PROBLEMS_SHOWN
    return [*texts[:PROBLEMS_SHOWN], *([f"and {more} more."] if more > 0 else [])]


def heard_at(episode: Episode) -> list[str]:
    """The ends of the addresses at which its chapters and transcripts stand. Two queries."""
    found = ["/chapters.json"] if episode.chapters.exists() else []
    return found + (["/transcript", *(f"/transcript.{name}" for name in FILES)] if episode.transcripts.exists() else [])


class ChaptersForm(VerbatimForm):
    chapters_text = VerbatimCharField(
        required=False,
        label="Chapters",
        widget=forms.Textarea({"rows": 6, "spellcheck": "false"}),
        help_text="One a line, like “13:30 Title <https://example.org>”. JSON chapters, Podlove simple chapters and "
        "Audacity labels can be pasted too.",
    )
    # Of a valid form whose box was changed.
    parsed: Parsed | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "chapters_text" not in self.fields or not self.instance.pk:
            return
        stored, field = chapters_of(self.instance.chapters.all()), self.fields["chapters_text"]
        field.initial = render_lines(stored)
        if warnings := sentences(problems(stored, _duration(self.instance))):
            lines = format_html_join("", '<strong class="warned">{}</strong>', ((text,) for text in warnings))
            field.help_text = format_html("{}{}", field.help_text, lines)

    def clean_chapters_text(self) -> str:
        text: str = self.cleaned_data["chapters_text"]
        if "chapters_text" in self.changed_data:
            try:
                self.parsed = parse(text)
            except FormatError as refused:
                raise ValidationError(sentences(refused.problems)) from refused
            if wrong := list(_unstorable(self.parsed.chapters)):
                raise ValidationError(sentences(wrong))
        return text


class ChaptersAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        parsed: Parsed | None = form.parsed
        if parsed is not None:
            replace_chapters(form.instance, parsed.chapters)
            self.message_user(request, f"Chapters: {len(parsed.chapters)}, read as {parsed.format}.")
            for text in sentences(parsed.problems):
                self.message_user(request, f"Chapters, {text}", messages.WARNING)

    @display(description="Chapters")
    def chapters_text(self, obj: Episode) -> str:
        """For who may not write them."""
        return format_html("<pre>{}</pre>", render_lines(chapters_of(obj.chapters.all())))

    @display(description="Transcripts")
    def transcripts(self, obj: Episode) -> str:
        if obj._state.adding:
            return "Save the episode first."
        stored = obj.transcripts.values_list("pk", "language")
        links = [(reverse("admin:episodes_transcript_change", args=[pk]), language) for pk, language in stored]
        links.append((f"{reverse('admin:episodes_transcript_add')}?episode={obj.pk}", "Upload"))
        return format_html_join(" · ", '<a href="{}">{}</a>', links)


def _duration(episode: Episode) -> int | None:
    return episode.duration_seconds and episode.duration_seconds * 1000


def _unstorable(chapters: tuple[Chapter, ...]) -> Iterable[Problem]:
    for problem in problems(chapters):
        if problem.level == "error":
            yield problem
    for number, row in enumerate(rows_of(chapters), 1):
        try:
            row.clean_fields(exclude=["episode"])
        except ValidationError as refused:
            for name, texts in refused.message_dict.items():
                label = row._meta.get_field(name).verbose_name  # type: ignore[union-attr]
                yield Problem("error", f"{label}: {' '.join(texts)}", f"chapter {number}")
