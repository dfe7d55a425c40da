"""The episode's form. What the notes page prints comes back from the browser exactly as it was stored."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.contrib.admin.widgets import AdminFileWidget, AdminSplitDateTime, AutocompleteSelect
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils import timezone

from episodes import audio
from episodes.admin.chapters import ChaptersForm
from episodes.admin.from_inbox import FromInboxForm
from episodes.models import Credit, Episode, Link, Placement
from episodes.models.tag import NAME_MAX_LENGTH
from episodes.prefill import suggested
from episodes.tags import names_from_text, text_from_tags
from episodes.validators import PageCheck
from hosts.models import HostName
from lupcms.shows.fields import VerbatimCharField, VerbatimForm
from lupcms.shows.models import Show
from sponsors.models import Kind, Sponsor


class TagNamesField(VerbatimCharField):
    """Tags as text with commas. Its value is a list of names; the initial value a list of tags."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "widget": forms.Textarea(attrs={"rows": 3})})

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


class MomentField(forms.SplitDateTimeField):
    """A date and a time in the show's zone; an untouched one is the stored moment, also if the clock shows it twice."""

    widget = AdminSplitDateTime
    stored: datetime | None = None

    def keep(self, stored: datetime | None) -> None:
        self.stored = stored

    def clean(self, value: Any) -> datetime | None:
        boxes: Any = self.widget
        parts = zip(boxes.widgets, boxes.decompress(self.stored), strict=True)
        shown = [box.format_value(part) for box, part in parts]
        return self.stored if self.stored and value == shown else super().clean(value)


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
        self.widget.attrs["accept"] = ",".join(audio.TYPES)

    def to_python(self, data: Any) -> Any:
        upload: Any = super().to_python(data)
        if upload is not None:
            upload.audio = audio.read_audio(upload)
        return upload


class EpisodeForm(FromInboxForm, ChaptersForm):
    tags = TagNamesField(required=False, help_text="Separated by commas.")
    published_at = MomentField(
        required=False, help_text="Empty: a draft. Ahead: scheduled, and public from that moment on."
    )
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
                "Only for audio kept elsewhere, without a measurement prefix. Give its size and type under “Feed”."
            ),
            "enclosure_type": "Empty: as the ending of the address says.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the form says of the episode's state stays true when a save is refused.
        self.stored = copy(self.instance)
        if self.instance.pk and "show" in self.fields:
            self.fields["show"].disabled = True
        if "published_at" in self.fields:
            self.fields["published_at"].keep(self.initial.get("published_at"))  # type: ignore[attr-defined]
            zone = timezone.get_current_timezone_name()
            self.fields["published_at"].help_text += f" Times are in {zone}."
        if "episode_type" in self.fields:
            self.fields["episode_type"].required = False
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
        if "published_at" in self.changed_data:
            self.instance.published_at_is_estimated = False
        elif "air_date" in self.changed_data and self.instance.published_at_is_estimated and cleaned.get("air_date"):
            cleaned["published_at"] = self.instance.show.midnight(cleaned["air_date"])
        if "audio" in self.fields:
            self._clean_audio(cleaned)
        return cleaned

    def _clean_audio(self, cleaned: dict[str, Any]) -> None:
        """Size, type and length of an uploaded file are its own; of one elsewhere they can be typed."""
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
        elif "enclosure_url" in self.changed_data:
            self._clean_address(cleaned)
        elif address and not cleaned.get("enclosure_type"):
            cleaned["enclosure_type"] = audio.type_of(address)

    def _read_again(self, cleaned: dict[str, Any], show: Show, file: FieldFile) -> None:
        """From the stored file what is empty, if the file is there."""
        empty = [name for name in self.READ if cleaned.get(name) in (None, "")]
        with suppress(OSError, forms.ValidationError):
            if empty:
                with file.storage.open(str(file.name)) as stored:
                    read = audio.follows(show, str(file.name), stored.size, audio.read_audio(stored))
                cleaned |= {name: read[name] for name in empty}

    def _clean_address(self, cleaned: dict[str, Any]) -> None:
        """Of a new address nothing is known but what was given with it, and what its ending says."""
        for name, empty in (("enclosure_length", None), ("enclosure_type", "")):
            if name not in self.changed_data:
                cleaned[name] = empty
        if not cleaned.get("enclosure_type"):
            cleaned["enclosure_type"] = audio.type_of(cleaned.get("enclosure_url") or "")

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.new_name:
            self.instance.audio.name = self.new_name

    @property
    def absent_from_feed(self) -> str:
        return audio.absent_from_feed(self.stored)


class EntryForm(VerbatimForm):
    """A row of an episode. An empty position means: after the others."""

    position = forms.IntegerField(required=False, min_value=0, widget=forms.NumberInput(attrs={"class": "position"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Only the first row shows its labels (desk.css), and an empty box what it is for.
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs["placeholder"] = (
                    f"{field.label}. {field.help_text}" if field.help_text else field.label
                )
            field.help_text = ""
        if not self.instance.pk:
            self.fields["position"].initial = self.initial["position"] = None
        for field in self.fields.values():
            if isinstance(select := getattr(field.widget, "widget", None), KnownAutocompleteSelect):
                select.known = self.instance

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0


class KnownAutocompleteSelect(AutocompleteSelect):
    """An autocomplete box that takes the label of the chosen row from the loaded instance: no query a row."""

    known: Any = None

    def optgroups(self, name: str, value: Sequence[str], attr: dict[str, Any] | None = None) -> list[Any]:
        chosen = self.known and self.field.is_cached(self.known) and getattr(self.known, self.field.name)
        if not chosen or list(value) != [str(chosen.pk)]:
            return super().optgroups(name, value, attr)
        option = self.create_option(name, str(chosen.pk), str(chosen), True, 0)
        return [(None, [option], 0)]


class EntryFormSet(forms.BaseInlineFormSet):
    """Rows that got no position go to the end, in the order of the form."""

    def add_fields(self, form: Any, index: int | None) -> None:
        """A row knows its episode while it is checked, also one that is not saved yet."""
        super().add_fields(form, index)
        form.instance.episode = self.instance

    def save(self, commit: bool = True) -> Any:
        rows: Iterable[Any] = (form.instance for form in self.forms if form.has_changed())
        last = max((form.instance.position for form in self.initial_forms), default=0)
        for row in rows:
            if not row.position:
                last = row.position = last + 1
        return super().save(commit)


class LinkForm(EntryForm):
    class Meta:
        model = Link
        fields = ["position", "text", "url", "description", "heading", "title_kind", "title"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not cleaned.get("url"):
            self.add_error("url", "A link needs an address.")
        if cleaned.get("title") and cleaned.get("title_kind") == Link.TitleKind.TEXT:
            cleaned["title_kind"] = Link.TitleKind.OWN
        if cleaned.get("title_kind") == Link.TitleKind.OWN and not cleaned.get("text"):
            self.add_error("title", "A link that prints its address instead of a text has no title.")
        if cleaned.get("description") and "\n" in cleaned.get("title", ""):
            self.add_error("description", "No description can follow a title of several lines: shorten one of them.")
        return cleaned


class CreditForm(EntryForm):
    class Meta:
        model = Credit
        fields = ["position", "role", "host", "name", "slug"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("name", "slug"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """A name or slug left empty is the one that the show knows this host by; a new slug is theirs from now on."""
        cleaned = super().clean()
        host, slug = cleaned.get("host"), cleaned.get("slug")
        if "host" in self.changed_data and not {"name", "slug"} & set(self.changed_data):
            slug = cleaned["name"] = cleaned["slug"] = ""
        names = HostName.objects.filter(show=self.instance.episode.show_id)
        if host and not (cleaned.get("name") and slug):
            known = names.filter(host=host).first()
            if known is None:
                self.add_error("host", "This show knows no slug for this host: give one in the fields beside it.")
            else:
                cleaned["name"] = cleaned.get("name") or known.name
                cleaned["slug"] = slug or known.slug
        elif host and {"host", "slug"} & set(self.changed_data) and names.filter(slug=slug).exclude(host=host).exists():
            self.add_error("slug", "This slug belongs to somebody else on this show.")
        return cleaned

    def save(self, commit: bool = True) -> Any:
        credit = super().save(commit)
        HostName.objects.get_or_create(
            show=credit.episode.show, slug=credit.slug, defaults={"host": credit.host, "name": credit.name}
        )
        return credit


class PlacementForm(EntryForm):
    # What listeners hear and read: a row with none of it has not been written yet.
    SAID = ("name", "url", "words", "promo_code")

    class Meta:
        model = Placement
        fields = [
            "position",
            "sponsor",
            "kind",
            "name",
            "url",
            "words",
            "promo_code",
            "campaign",
            "offer",
            "starts_at_seconds",
            "ends_at_seconds",
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False
        # Only a new row is filled by choosing a sponsor; desk.js asks there.
        if not self.instance.pk:
            select: Any = self.fields["sponsor"].widget
            getattr(select, "widget", select).attrs["data-prefill"] = reverse("admin:episodes_episode_prefill")
            self.fields["kind"].widget.attrs["data-empty"] = Kind.UNKNOWN.value

    def clean(self) -> dict[str, Any]:
        """A new row that says nothing but its sponsor says what was booked, or was said last; see `prefill`."""
        cleaned = super().clean()
        sponsor, show = cleaned.get("sponsor"), self._show()
        if sponsor and show and not self.instance.pk and not any(cleaned.get(name) for name in self.SAID):
            self._fill(sponsor, show)
        if sponsor and not cleaned.get("name"):
            cleaned["name"] = sponsor.name
        campaign, offer = cleaned.get("campaign"), cleaned.get("offer")
        if campaign and show and not offer:
            cleaned["offer"] = campaign.sponsor.offers.on(show).filter(pk=campaign.offer_id).first()
        for name, booked in (("campaign", campaign), ("offer", offer)):
            if sponsor and booked and booked.sponsor_id != sponsor.pk:
                self.add_error(name, f"This {name} is {booked.sponsor}’s: choose one of {sponsor}’s, or none.")
        if campaign and show and not campaign.shows.contains(show):
            self.add_error("campaign", "This campaign was booked on another show.")
        return cleaned

    def _show(self) -> Show | None:
        episode = self.instance.episode
        return episode.show if episode.show_id else None

    def _fill(self, sponsor: Sponsor, show: Show) -> None:
        """Also the boxes, so that a save that is refused shows what it was refused for."""
        suggestion = suggested(sponsor, show, self.instance.episode.day_of_airing())
        data: Any = copy(self.data)
        for name in (*self.SAID, "kind", "campaign", "offer"):
            if self.cleaned_data.get(name) in (None, "", Kind.UNKNOWN):
                value = self.cleaned_data[name] = getattr(suggestion, name)
                data[self.add_prefix(name)] = value.pk if isinstance(value, Model) else value or ""
        self.data = data


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
