"""The rows of an episode: its links, people and sponsors, one line each, in an order that is data."""

from collections.abc import Iterable, Sequence
from copy import copy
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from episodes.models import Credit, Link, Placement
from episodes.prefill import suggested
from hosts.models import HostName
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import Ability, Show
from lupcms.shows.permissions import Action, MemberAdmin, member
from sponsors.admin.on_shows import visible_to
from sponsors.models import Kind, Sponsor

WRITTEN: dict[Action, Ability] = {"view": "view", "add": "write", "change": "write", "delete": "write"}
PLACED: dict[Action, Ability] = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "sponsor"}


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


class EntryInline(MemberAdmin, admin.StackedInline):
    """Rows of an episode; what may be done with them depends on the role on the episode's show."""

    template = "admin/rows.html"
    formset: Any = EntryFormSet
    extra = 0
    view_on_site = False
    show_lookup = "episode__show"
    abilities = WRITTEN

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KnownAutocompleteSelect(db_field, self.admin_site)
        if db_field.name in ("campaign", "offer"):
            kwargs["queryset"] = visible_to(member(request), db_field.remote_field.model.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 1
        return field


class LinkInline(EntryInline):
    model = Link
    form = LinkForm
    fieldsets = [
        (None, {"fields": ["position", "text", "url", "description"]}),
        ("More", {"fields": ["heading", "title_kind", "title"], "classes": ["collapse"]}),
    ]


class CreditInline(EntryInline):
    model = Credit
    form = CreditForm
    verbose_name_plural = "people"
    verbose_name = "person"
    autocomplete_fields = ["host"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Credit]:
        return super().get_queryset(request).select_related("host")


class PlacementInline(EntryInline):
    model = Placement
    form = PlacementForm
    verbose_name_plural = "sponsors"
    verbose_name = "sponsor"
    autocomplete_fields = ["sponsor", "campaign", "offer"]
    abilities = PLACED
    fieldsets = [
        (None, {"fields": ["position", "sponsor", "name", "url", "promo_code", "kind", "words"]}),
        ("More", {"fields": ["campaign", "offer", "starts_at_seconds", "ends_at_seconds"], "classes": ["collapse"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Placement]:
        return super().get_queryset(request).select_related("sponsor", "campaign__sponsor", "offer__sponsor")
