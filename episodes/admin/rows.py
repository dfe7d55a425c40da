"""The rows of an episode: its links, people and sponsors, one line each, in an order that is data."""

import re
from copy import copy
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from episodes.admin.boxes import BoxRenderer
from episodes.admin.known import KnownAutocompleteSelect, KnownChoiceField, named
from episodes.models import Credit, Link, Placement
from episodes.prefill import suggested
from hosts.models import HostName
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.models import Ability, Show
from lupcms.shows.permissions import Action, MemberAdmin, member
from sponsors.admin.on_shows import visible_to
from sponsors.models import FormerName, Kind, Sponsor

WRITTEN: dict[Action, Ability] = {"view": "view", "add": "write", "change": "write", "delete": "write"}
PLACED: dict[Action, Ability] = {"view": "view", "add": "sponsor", "change": "sponsor", "delete": "sponsor"}

# More than any page has; the column could not hold what somebody may type.
LAST_POSITION = 100_000
# How many empty rows can be asked for at once, and how many are given to who has no script.
MOST_NEW_ROWS, NEW_ROWS = 20, 3
EMPTY = (None, "", Kind.UNKNOWN)
BOXES = BoxRenderer()


class EntryForm(VerbatimForm):
    """A row of an episode. An empty position means: after the others."""

    position = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=LAST_POSITION,
        widget=forms.NumberInput(attrs={"class": "position"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Only the first row shows its labels (desk/rows.css), and an empty box what it is for.
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs["placeholder"] = (
                    f"{field.label}. {field.help_text}" if field.help_text else field.label
                )
            field.help_text = ""
        if not self.instance.pk:
            # A new row has one only where it came filled with it.
            given = (kwargs.get("initial") or {}).get("position")
            self.fields["position"].initial = self.initial["position"] = given

    def has_changed(self) -> bool:
        """A new row that was moved, and has nothing in it, is still empty."""
        return bool(set(self.changed_data) - (set() if self.instance.pk else {"position"}))

    def validate_constraints(self) -> None:
        """Those of the database; a query each, and an untouched row keeps them."""
        if self.has_changed():
            super().validate_constraints()

    def _get_validation_exclusions(self) -> set[str]:
        """Nor is it asked whether what an untouched choice leads to is still there; the database sees to that."""
        exclude: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        untouched = self.fields.keys() - set(self.changed_data)
        return exclude | {name for name in untouched if isinstance(self.fields[name], KnownChoiceField)}

    def clean_position(self) -> int:
        return self.cleaned_data["position"] or 0

    def side(self) -> int:
        """Of the row that has its number already: before it (-1), if it came from below or is new, or behind it (1)."""
        was = self.initial["position"]
        if "position" not in self.changed_data:
            return 0
        return 1 if was is not None and was < self.instance.position else -1

    def show_in_boxes(self, **values: Any) -> None:
        """What was found for a row, so that a save that is refused shows what it was refused for."""
        data: Any = copy(self.data)
        for name, value in values.items():
            data[self.add_prefix(name)] = value.pk if isinstance(value, Model) else value or ""
        self.data = data


class EntryFormSet(forms.BaseInlineFormSet):
    """Rows in the order of their numbers: one that got no number goes to the end, one that got another to its place."""

    model: Any
    forms: Any

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.form_renderer = BOXES

    def add_fields(self, form: Any, index: int | None) -> None:
        """A row knows its episode while it is checked, also one that is not saved yet, and what it has chosen."""
        super().add_fields(form, index)
        form.instance.episode = self.instance
        for name, field in form.fields.items():
            if isinstance(field, KnownChoiceField) and self.model._meta.get_field(name).is_cached(form.instance):
                field.know(getattr(form.instance, name))
        if form.instance.pk:
            key = form.fields["id"]
            form.fields["id"] = field = KnownChoiceField(
                key.queryset, initial=key.initial, required=False, widget=key.widget
            )
            field.know(form.instance)

    def save(self, commit: bool = True) -> Any:
        made_room = self.place()
        saved = super().save(commit)
        if commit:
            self.model._base_manager.bulk_update(made_room, ["position"])
        return saved

    def place(self) -> list[Any]:
        """As soon as one is moved all are numbered from 1. Returns the rows that nobody touched and that made room."""
        deleted = self.deleted_forms
        rows = [form for form in self.forms if (form.instance.pk or form.has_changed()) and form not in deleted]
        last = max((form.instance.position for form in self.initial_forms), default=0)
        for form in rows:
            if form.has_changed() and not form.instance.position:
                last = form.instance.position = last + 1
        if not any(form.side() for form in rows):
            return []
        rows.sort(key=lambda form: (form.instance.position, form.side()))
        made_room = []
        for number, form in enumerate(rows, 1):
            if form.instance.position != number and not form.has_changed():
                made_room.append(form.instance)
            form.instance.position = number
        return made_room


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
        for name in ("host", "name", "slug"):
            self.fields[name].required = False

    def clean(self) -> dict[str, Any]:
        """A name or slug left empty is the one that the show knows this host by; a new slug is theirs from now on."""
        cleaned = super().clean()
        if not cleaned.get("host") and "host" not in self.errors:
            self._find_host(cleaned)
        elif "host" in self.changed_data and not {"name", "slug"} & set(self.changed_data):
            cleaned["name"] = cleaned["slug"] = ""
        host, slug = cleaned.get("host"), cleaned.get("slug")
        names = HostName.objects.filter(show=self.instance.episode.show_id)
        if host and not (cleaned.get("name") and slug):
            known = names.filter(host=host, is_main=True).first()
            if known is None:
                self.add_error("host", "This show knows no slug for this host: give one in the fields beside it.")
            else:
                cleaned["name"] = cleaned.get("name") or known.name
                cleaned["slug"] = slug or known.slug
        elif host and {"host", "slug"} & set(self.changed_data) and names.filter(slug=slug).exclude(host=host).exists():
            self.add_error("slug", "This slug belongs to somebody else on this show.")
        return cleaned

    def _find_host(self, cleaned: dict[str, Any]) -> None:
        """Whoever this show knows by the slug that was typed, or else by the name. One query."""
        box = next((name for name in ("slug", "name") if name in self.changed_data and cleaned.get(name)), None)
        if box is None:
            self.add_error("host", "Choose somebody, or type a name or slug that this show knows.")
            return
        typed, known = cleaned[box], self._known()
        names = [(name, name.slug) for name in known] + [(name, name.name) for name in known if box == "name"]
        people = {name.host_id: name for name in reversed(named(typed, names))}
        if len(people) == 1:
            (name,) = people.values()
            cleaned |= {"host": name.host, "slug": name.slug}
            if box == "name" or "name" not in self.changed_data or not cleaned["name"]:
                cleaned["name"] = name.name
            self.show_in_boxes(host=name.host, slug=name.slug, name=cleaned["name"])
        elif people:
            who = " or ".join(sorted(f"{name} ({name.slug})" for name in people.values()))
            self.add_error(box, f"This may be {who}: type the slug of one in the box for it.")
        else:
            self.add_error(
                box, f"This show knows nobody by “{typed[:40]}”. Choose them in the box before, or add them there."
            )

    def _known(self) -> list[HostName]:
        names = HostName.objects.filter(show=self.instance.episode.show_id)
        return list(names.select_related("host"))

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
        self.fields["sponsor"].required = self.fields["name"].required = False
        # Only a new row is filled by choosing a sponsor; desk.js asks there.
        if not self.instance.pk:
            select: Any = self.fields["sponsor"].widget
            getattr(select, "widget", select).attrs["data-prefill"] = reverse("admin:episodes_episode_prefill")
            self.fields["kind"].widget.attrs["data-empty"] = Kind.UNKNOWN.value

    def clean(self) -> dict[str, Any]:
        """A new row that says nothing but its sponsor says what was booked, or was said last; see `prefill`."""
        cleaned = super().clean()
        if not cleaned.get("sponsor") and "sponsor" not in self.errors:
            self._find_sponsor(cleaned)
        sponsor, show = cleaned.get("sponsor"), self._show()
        if sponsor and show and not self.instance.pk and not any(cleaned.get(name) for name in self.SAID):
            self._fill(sponsor, show)
        if sponsor and not cleaned.get("name"):
            cleaned["name"] = sponsor.name
        campaign, offer = cleaned.get("campaign"), cleaned.get("offer")
        if campaign and show and not offer and self.has_changed():
            cleaned["offer"] = campaign.sponsor.offers.on(show).filter(pk=campaign.offer_id).first()
        for name, booked in (("campaign", campaign), ("offer", offer)):
            if sponsor and booked and booked.sponsor_id != sponsor.pk:
                self.add_error(name, f"This {name} is {booked.sponsor}’s: choose one of {sponsor}’s, or none.")
        if campaign and show and "campaign" in self.changed_data and not campaign.shows.contains(show):
            self.add_error("campaign", "This campaign was booked on another show.")
        return cleaned

    def _find_sponsor(self, cleaned: dict[str, Any]) -> None:
        """Whoever has the name that was typed, or had it. Members know every sponsor by name. Two queries."""
        typed = cleaned.get("name") if "name" in self.changed_data else ""
        if not typed:
            self.add_error("sponsor", "Choose a sponsor, or type the name of one.")
            return
        former = FormerName.objects.select_related("sponsor")
        found = named(typed, ((sponsor, sponsor.name) for sponsor in Sponsor.objects.all()))
        found = found or named(typed, ((row.sponsor, row.name) for row in former))
        if len(found) == 1:
            cleaned |= {"sponsor": found[0], "name": ""}
            self.show_in_boxes(sponsor=found[0], name=found[0].name)
        elif found:
            self.add_error("name", f"This may be {' or '.join(sorted(map(str, found)))}: type one exactly.")
        else:
            self.add_error(
                "name", f"No sponsor is called “{typed[:40]}”. Choose one in the box before, or add them there."
            )

    def _show(self) -> Show | None:
        episode = self.instance.episode
        return episode.show if episode.show_id else None

    def _fill(self, sponsor: Sponsor, show: Show) -> None:
        suggestion = suggested(sponsor, show, self.instance.episode.day_of_airing())
        empty = [n for n in (*self.SAID, "kind", "campaign", "offer") if self.cleaned_data.get(n) in EMPTY]
        filled = {name: getattr(suggestion, name) for name in empty}
        self.cleaned_data |= filled
        self.show_in_boxes(**filled)


if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object


class EntryInline(MemberAdmin, admin.StackedInline):
    """Rows of an episode; what may be done with them depends on the role on the episode's show."""

    template = "admin/rows.html"
    formset: Any = EntryFormSet
    extra = 0
    view_on_site = False
    show_lookup = "episode__show"
    abilities = WRITTEN

    class Media:
        js = [forms.Script("desk/rows.js", defer=True)]

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name in self.autocomplete_fields:
            kwargs |= {"widget": KnownAutocompleteSelect(db_field, self.admin_site), "form_class": KnownChoiceField}
        if db_field.name in ("campaign", "offer"):
            kwargs["queryset"] = visible_to(member(request), db_field.remote_field.model.objects.all())
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @classmethod
    def kind(cls) -> str:
        """What its rows are called in names of boxes and in addresses: "links"."""
        return str(cls.model._meta.get_field("episode").remote_field.get_accessor_name())

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        """`?links=3` in the address asks for three empty rows."""
        asked = request.GET.get(self.kind(), "")
        return min(int(asked), MOST_NEW_ROWS) if re.fullmatch("[0-9]{1,3}", asked) else self.extra

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, forms.Textarea):
            field.widget.attrs["rows"] = 1
        return field


class LinkInline(EntryInline):
    model = Link
    form = LinkForm
    how = "Order: drag a handle, press ↑ or ↓ on it, or type a number."
    # Where links come from, above their rows.
    sources = ("admin/episodes/episode/_paste.html", "admin/episodes/episode/_inbox.html")
    fieldsets = [
        (None, {"fields": ["heading"], "classes": ["unfolds"]}),
        (None, {"fields": ["position", "text", "url", "description"]}),
        ("More", {"fields": ["title_kind", "title"], "classes": ["collapse"]}),
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


ROWS: list[Any] = [LinkInline, CreditInline, PlacementInline]


class RowsAdmin(_Admin):
    """Mixin for the admin of episodes: who has no script saves, and comes back to empty rows."""

    inlines = ROWS

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._with_rows(request, super().response_add(request, obj, post_url_continue))

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._with_rows(request, super().response_change(request, obj))

    def _with_rows(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """The button is one that continues, and its value is the kind of row."""
        kind = request.POST.get("_continue", "")
        if isinstance(response, HttpResponseRedirect) and kind in (inline.kind() for inline in ROWS):
            sign = "&" if "?" in response.url else "?"
            return HttpResponseRedirect(f"{response.url}{sign}{kind}={NEW_ROWS}#{kind}-group")
        return response
