"""Shows, who works on them, and their old addresses."""

from typing import Any

import taggit.models
from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from lupcms.shows.models import Ability, Membership, OldPath, Show, User
from lupcms.shows.permissions import Action, MemberAdmin
from lupcms.shows.public_pages import PublicAdmin

admin.site.site_header = admin.site.site_title = settings.SITE_NAME
admin.site.index_title = "Desk"
admin.site.enable_nav_sidebar = False  # The episode form needs the width.
# Roles are memberships, and tags are our own.
admin.site.unregister(Group)
admin.site.unregister(taggit.models.Tag)

OWNED: dict[Action, Ability] = {"view": "view", "add": "own", "change": "own", "delete": "own"}


@admin.register(User)
class AccountAdmin(UserAdmin):
    """Groups and single permissions are not shown: they would promise what memberships alone decide."""

    list_filter = ["is_active", "is_superuser"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email"]}),
        ("May sign in", {"fields": ["is_active", "is_staff", "is_superuser"]}),
        ("Dates", {"fields": ["last_login", "date_joined"], "classes": ["collapse"]}),
    ]


class MembershipForm(forms.ModelForm):
    """A member is named by exact username, so that owners need not see everybody's accounts."""

    username = forms.CharField(max_length=150)

    class Meta:
        model = Membership
        fields = ["role"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["username"].initial = self.instance.user.username
            self.fields["username"].disabled = True

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        if not self.instance.pk:
            user = User.objects.filter(username=username).first()
            if user is None:
                raise forms.ValidationError("Nobody has this username. Accounts are made by an administrator.")
            if Membership.objects.filter(user=user, show=self.instance.show_id).exists():
                raise forms.ValidationError("This person is a member already: change the role above.")
            self.instance.user = user
        return username


class MembershipInline(MemberAdmin, admin.StackedInline):
    template = "admin/rows.html"
    model = Membership
    form = MembershipForm
    fields = ["username", "role"]
    extra = 0
    abilities = OWNED

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("user", "show")


@admin.register(Show)
class ShowAdmin(PublicAdmin, MemberAdmin, admin.ModelAdmin):
    list_display = ["title", "acronym", "hostname", "site_url"]
    fieldsets = [
        (None, {"fields": ["title", "acronym", "slug", "description", "about"]}),
        ("How it looks", {"fields": ["artwork", "colour"]}),
        ("Where it lives", {"fields": ["hostname", "site_url"]}),
        ("Where it is made", {"fields": ["time_zone", "language"]}),
        ("For sponsors", {"fields": ["clicks_counted_since"]}),
    ]
    search_fields = ["title", "acronym"]
    inlines = [MembershipInline]
    abilities = OWNED
    show_lookup = "pk"

    def public_paths(self, obj: Show) -> dict[Show, str]:
        return {obj: "/"}

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_add_permission(request)


@admin.register(OldPath)
class OldPathAdmin(MemberAdmin, admin.ModelAdmin):
    list_display = ["path", "target", "status", "show"]
    list_filter = [("show", admin.RelatedOnlyFieldListFilter), "status"]
    search_fields = ["path", "target"]
    abilities = OWNED
