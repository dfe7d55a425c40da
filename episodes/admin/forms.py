"""The episode's form. What the notes page prints comes back from the browser exactly as it was stored."""

from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget
from django.core.validators import MaxValueValidator
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.forms.widgets import Script
from django.template.defaultfilters import filesizeformat
from django.urls import reverse, reverse_lazy
from django.utils.html import format_html

from episodes import audio
from episodes.admin.audio_elsewhere import AudioElsewhereForm
from episodes.admin.chapters import ChaptersForm
from episodes.admin.conflicts import ConflictsForm
from episodes.admin.from_inbox import FromInboxForm
from episodes.formats.media_types import TYPES
from episodes.models import Episode
from episodes.models.tag import NAME_MAX_LENGTH
from episodes.tags import names_from_text, text_from_tags
from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimCharField
from lupcms.shows.models import Show
from sponsors.models import Sponsor

# A day and a night for a week: SQLite would take more than any clock can say.
MOST_SECONDS = 7 * 24 * 3600


class TagNamesWidget(forms.Textarea):
    """A box that tags.js suggests tags for, where scripts run."""

    class Media:
        css = {"all": ["desk/tags.css"]}
        js = [Script("desk/tags.js", defer=True)]

    def __init__(self) -> None:
        super().__init__(
            {
                "rows": 3,
                "data-suggestions": reverse_lazy("admin:episodes_tag_suggestions"),
                "data-resembling": reverse_lazy("admin:episodes_tag_resembling"),
            }
        )


class TagNamesField(VerbatimCharField):
    """Tags as text with commas. Its value is a list of names; the initial value a list of tags."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": TagNamesWidget()})

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else text_from_tags(value)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(text_from_tags(initial or []), data)

    def clean(self, value: Any) -> list[str]:
        names = names_from_text(super().clean(value))
        for name in names:
            PageCheck("tag")(name)
            if len(name) > NAME_MAX_LENGTH:
                raise forms.ValidationError(f"“{name[:40]}…” is longer than {NAME_MAX_LENGTH} characters.")
        return names


@dataclass(frozen=True, slots=True)
class _StoredAudio:
    """What the widget says of the file that is there, and where members hear it, also before it is public."""

    url: str
    name: str

    def __str__(self) -> str:
        return self.name


class AudioWidget(AdminFileWidget):
    # Its label is for the box, also where a file is there to be taken out.
    use_fieldset = False

    def format_value(self, value: Any) -> Any:
        if not self.is_initial(value):
            return None
        name = PurePosixPath(value.name).name
        with suppress(OSError):
            name += f" ({filesizeformat(value.size)})"
        return _StoredAudio(reverse("admin:episodes_episode_audio", args=[value.instance.pk]), name)


class AudioFormField(forms.FileField):
    """An upload that was read; `audio.Audio` is what its bytes said."""

    widget = AudioWidget

    def __init__(self, **kwargs: Any) -> None:
        # The upload's own name is not kept, and may be as long as it likes.
        super().__init__(**{**kwargs, "max_length": None})
        self.widget.attrs["accept"] = ",".join(TYPES)

    def to_python(self, data: Any) -> Any:
        upload: Any = super().to_python(data)
        if upload is not None:
            upload.audio = audio.read_audio(upload)
        return upload


class EpisodeForm(ConflictsForm, FromInboxForm, AudioElsewhereForm, ChaptersForm):
    tags = TagNamesField(required=False, help_text="Separated by commas.")
    guid = VerbatimCharField(required=False, label="GUID")

    # What is read from an uploaded file.
    READ = ("enclosure_url", "enclosure_length", "enclosure_type", "duration_seconds")
    new_name = ""

    class Meta:
        model = Episode
        fields = "__all__"
        field_classes = {"audio": AudioFormField}
        widgets = {"audio": AudioWidget}
        help_texts = {
            "audio": "MP3, M4A, Ogg or Opus. Its address, size, type and length are read from it.",
            "enclosure_url": (
                "Only for audio kept elsewhere, without a measurement prefix. What is empty of its size, type and "
                "duration is read from there, if that server can be asked."
            ),
            "enclosure_type": "Empty: as the ending of the address says.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the form says of the episode's state stays true when a save is refused.
        self.stored = copy(self.instance)
        if self.instance.pk and "show" in self.fields:
            self.fields["show"].disabled = True
        if "air_date" in self.fields and not self.instance.published_at:
            self.fields["air_date"].label = "Planned for"
            self.fields["air_date"].help_text = "Empty: the day it is published."
        if "duration_seconds" in self.fields:
            self.fields["duration_seconds"].validators.append(MaxValueValidator(MOST_SECONDS))
        if "episode_type" in self.fields:
            self.fields["episode_type"].required = False
        if not self.instance.pk and not self.is_bound and "show" in self.fields:
            # The first box that is left to whoever writes.
            self.fields["title" if self.initial.get("show") else "show"].widget.attrs["autofocus"] = True
        if "title" in self.fields:
            # The format has pages without a title, and an import may bring them; a person should write one.
            self.fields["title"].required = bool(not self.instance.pk or self.instance.title.strip("\r\n"))

    def clean_tags(self) -> list[str]:
        """Stored names keep their blanks and whatever else a text box would tidy away."""
        stored: dict[str, list[str]] = {}
        for tag in self.initial.get("tags") or []:
            stored.setdefault("".join(names_from_text(tag.name)), []).append(tag.name)
        if "tags" not in self.changed_data:
            return [name for names in stored.values() for name in names]
        return sorted(kept for name in self.cleaned_data["tags"] for kept in stored.get(name, [name]))

    def clean_episode_type(self) -> str:
        return str(self.cleaned_data["episode_type"] or self.instance.episode_type)

    def clean_guid(self) -> str | None:
        return self.cleaned_data["guid"] or (None if self.instance.pk else self.instance.guid)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.instance.pk and "guid" in self.changed_data and self.initial.get("guid"):
            self.add_error("guid", "A GUID never changes: apps would deliver the episode to every subscriber again.")
        if "air_date" in self.changed_data and self.instance.published_at_is_estimated and cleaned.get("air_date"):
            self._follow_the_day(cleaned["air_date"])
        if "audio" in self.fields:
            self._clean_audio(cleaned)
        self._clean_number(cleaned)
        return cleaned

    def _clean_number(self, cleaned: dict[str, Any]) -> None:
        """Two people begin the next episode at once: the second is led to what the first has begun."""
        show = cleaned.get("show") or (self.instance.show if self.instance.show_id else None)
        others = Episode.objects.filter(show=show, number=cleaned.get("number")).exclude(pk=self.instance.pk)
        if "number" in self.changed_data and show and (other := others.first()):
            text = 'The show has an episode with this number: <a href="{}">{}</a>.'
            url = reverse("admin:episodes_episode_change", args=[other.pk])
            self.add_error("number", format_html(text, url, other.title or "No title"))

    def _follow_the_day(self, day: date) -> None:
        """Of an imported page only the day was known, and the moment is where it begins."""
        try:
            self.instance.published_at = self.instance.show.midnight(day)
        except OverflowError:
            self.add_error("air_date", "No calendar has this day everywhere. Write another one.")

    def _clean_audio(self, cleaned: dict[str, Any]) -> None:
        """Size, type and length of an uploaded file are its own; of one elsewhere they are read or typed."""
        show = cleaned.get("show") or (self.instance.show if self.instance.show_id else None)
        file, address = cleaned.get("audio"), cleaned.get("enclosure_url")
        if not show:
            return
        if file and not audio.address_of(show, "audio"):
            self.add_error("audio", "This show has no site URL yet, and the address of its audio begins with it.")
        elif file and "audio" in self.changed_data:
            if address and "enclosure_url" in self.changed_data:
                self.add_error("enclosure_url", "Upload a file or give an address, not both.")
            episode = Episode(show=show, number=cleaned.get("number") or self.instance.number)
            self.new_name = audio.new_name(episode, file.audio.extension)
            cleaned |= audio.follows(show, f"audio/{self.new_name}", file.size, file.audio)
        elif file is False and audio.is_own(self.stored):
            cleaned |= {"enclosure_url": "", "enclosure_length": None, "enclosure_type": ""}
        elif file and address in ("", audio.address_of(show, file.name)):
            self._read_again(cleaned, show, file)
        else:
            self._clean_address(cleaned, address or "")

    def _read_again(self, cleaned: dict[str, Any], show: Show, file: FieldFile) -> None:
        """From the stored file what is empty, if the file is there."""
        empty = [name for name in self.READ if cleaned.get(name) in (None, "")]
        with suppress(OSError, forms.ValidationError):
            if empty:
                with file.storage.open(str(file.name)) as stored:
                    read = audio.follows(show, str(file.name), stored.size, audio.read_audio(stored))
                cleaned |= {name: read[name] for name in empty}

    def _clean_address(self, cleaned: dict[str, Any], address: str) -> None:
        """Of a new address nothing is known but what was given with it, what it answered, and what its ending says."""
        if "enclosure_url" in self.changed_data:
            for name, empty in (("enclosure_length", None), ("enclosure_type", "")):
                if name not in self.changed_data:
                    cleaned[name] = empty
        if address:
            self.fill_in_from_elsewhere(cleaned)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.new_name:
            self.instance.audio.name = self.new_name

    @property
    def absent_from_feed(self) -> str:
        return audio.absent_from_feed(self.stored)


class PrefillForm(forms.Form):
    """What desk.js asks when a sponsor is chosen in a new row."""

    sponsor = forms.ModelChoiceField(Sponsor.objects.all())
    show = forms.ModelChoiceField(Show.objects.none(), required=False)
    day = forms.DateField(required=False)
    episode = forms.ModelChoiceField(Episode.objects.none(), required=False)

    def __init__(self, *args: Any, shows: QuerySet[Show], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shows_field, episodes_field = self.fields["show"], self.fields["episode"]
        shows_field.queryset = shows  # type: ignore[attr-defined]
        episodes_field.queryset = Episode.objects.filter(show__in=shows).select_related("show")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if not cleaned.get("show") and not cleaned.get("episode"):
            self.add_error("show", "Choose the show first.")
        return cleaned

    def show_and_day(self) -> tuple[Show, date]:
        episode, day = self.cleaned_data["episode"], self.cleaned_data["day"]
        show = episode.show if episode else self.cleaned_data["show"]
        return show, day or (episode.day_of_airing() if episode else show.today())
