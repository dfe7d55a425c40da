from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest

from episodes.admin.chapters import sentences
from episodes.formats.problems import FormatError
from episodes.formats.transcripts import MAX_BYTES, Parsed, parse
from episodes.models import Episode, Transcript
from episodes.transcripts import store
from lupcms.shows.models import Show, validate_language
from lupcms.shows.permissions import Action, MemberAdmin, member
from lupcms.shows.public_pages import PublicAdmin


class TranscriptForm(forms.ModelForm):
    """A file instead of what the episode's transcript in that language said before, if it has one."""

    language = forms.CharField(
        required=False,
        max_length=35,
        validators=[validate_language],
        help_text="A code like en or pt-BR. Empty: the language of the show.",
    )
    file = forms.FileField(
        help_text="WebVTT, SubRip (SRT) or the podcast namespace’s JSON, at most 10 MB. It replaces what is stored; "
        "where a line is broken, nothing is changed."
    )
    parsed: Parsed

    class Meta:
        model = Transcript
        fields = ["episode", "language"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError("The file is larger than 10 MB.")
        try:
            self.parsed = parse(file.read())
        except FormatError as refused:
            raise forms.ValidationError(sentences(refused.problems)) from refused
        return file

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        episode = cleaned.get("episode")
        if episode:
            cleaned["language"] = cleaned.get("language") or episode.show.language
            same = episode.transcripts.filter(language__iexact=cleaned["language"]).first()
            if same is not None and not self.instance.pk:
                self.instance = same
                cleaned["language"] = same.language
        return cleaned


@admin.register(Transcript)
class TranscriptAdmin(PublicAdmin, MemberAdmin, admin.ModelAdmin):
    form = TranscriptForm
    fields = ["episode", "language", "file"]
    list_display = ["episode", "show", "language", "format", "uploaded_at"]
    list_filter = [("episode__show", admin.RelatedOnlyFieldListFilter), "language"]
    list_select_related = ["episode__show"]
    search_fields = ["episode__number", "episode__title"]
    ordering = ["-episode__published_at", "-episode", "language"]
    autocomplete_fields = ["episode"]
    abilities = {"view": "view", "add": "write", "change": "write", "delete": "write"}
    show_lookup = "episode__show"

    def get_queryset(self, request: HttpRequest) -> Any:
        """What is said is long, and no list prints it."""
        return super().get_queryset(request).defer("cues")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "episode":
            kwargs["queryset"] = Episode.objects.filter(show__in=member(request).shows("write")).select_related("show")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ["episode", "language"] if obj else []

    def public_paths(self, obj: Transcript) -> dict[Show, str]:
        return {obj.episode.show: obj.get_absolute_url()} if obj.episode.is_published() else {}

    def save_model(self, request: HttpRequest, obj: Transcript, form: Any, change: bool) -> None:
        parsed: Parsed = form.parsed
        store(obj, parsed)
        for problem in sentences(parsed.problems):
            self.message_user(request, problem, messages.WARNING)

    def _may(self, request: HttpRequest, action: Action, obj: Any) -> bool:
        return super()._may(request, action, obj and obj.episode)

    @admin.display(ordering="episode__show")
    def show(self, obj: Transcript) -> Show:
        return obj.episode.show
