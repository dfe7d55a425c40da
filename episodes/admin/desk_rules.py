from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from episodes.admin.forms import TagNamesField
from episodes.models import DeskRules, UsualLink
from episodes.publishing import CHECKS
from lupcms.shows.fields import VerbatimCharField, VerbatimForm
from lupcms.shows.permissions import MemberAdmin, member, only_show


class DeskRulesForm(forms.ModelForm):
    default_tags = VerbatimCharField(
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text="Every new episode begins with them. Separated by commas.",
    )
    blocking = forms.MultipleChoiceField(
        required=False,
        label="What stops a publication",
        widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(check.name, check.label.capitalize()) for check in CHECKS.values()],
        help_text="The publish step lists all of it. What is ticked must be mended first.",
    )

    class Meta:
        model = DeskRules
        fields = ["show", "default_tags", "blocking"]

    def clean_default_tags(self) -> str:
        return ", ".join(TagNamesField(required=False).clean(self.cleaned_data["default_tags"]))


@admin.register(DeskRules)
class DeskRulesAdmin(MemberAdmin, admin.ModelAdmin):
    """One for each show, and its owner's."""

    form = DeskRulesForm
    list_display = ["show", "default_tags", "stops"]
    list_select_related = ["show"]
    ordering = ["show__title"]
    abilities = {"view": "own", "add": "own", "change": "own", "delete": "own"}

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(show__in=member(request).shows("own"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"show": only_show(request, "own"), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["show"] if obj else []

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_foreignkey(db_field, request, **kwargs)
        field.queryset = field.queryset.filter(desk_rules=None)
        return field

    @admin.display(description="stops a publication")
    def stops(self, obj: DeskRules) -> str:
        return ", ".join(CHECKS[name].label for name in obj.blocking if name in CHECKS) or "Nothing"


class PositionForm(forms.ModelForm):
    """A row of the list, whose box has no label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["position"].widget.attrs["aria-label"] = f"Position of {self.instance}"


@admin.register(UsualLink)
class UsualLinkAdmin(MemberAdmin, admin.ModelAdmin):
    """What every new episode begins with; the owner's, as the rules of the desk are."""

    form = VerbatimForm
    fields = ["show", "url", "text", "description", "heading", "position"]
    list_display = ["link", "url", "show", "position"]
    list_editable = ["position"]
    list_filter = [("show", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["show"]
    ordering = ["show__title", "position", "pk"]
    abilities = {"view": "own", "add": "own", "change": "own", "delete": "own"}
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(show__in=member(request).shows("own"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"show": only_show(request, "own"), **super().get_changeform_initial_data(request)}

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["show"] if obj else []

    def get_changelist_form(self, request: HttpRequest, **kwargs: Any) -> Any:
        return super().get_changelist_form(request, form=PositionForm, **kwargs)

    @admin.display(description="link")
    def link(self, obj: UsualLink) -> str:
        return str(obj)
