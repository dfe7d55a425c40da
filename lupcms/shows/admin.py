"""Shows, who works on them, and their old addresses."""

from typing import Any

import taggit.models
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest

from lupcms.shows import recurrence
from lupcms.shows.channel import KNOWN_LICENSES
from lupcms.shows.models import Ability, Membership, OldPath, Show, User
from lupcms.shows.permissions import Action, MemberAdmin
from lupcms.shows.pictures import artwork_warning, feed_artwork_side
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


class ShowForm(forms.ModelForm):
    class Meta:
        model = Show
        fields = "__all__"  # noqa: DJ007  The admin says which.
        help_texts = {
            "owner_name": "Who directories know as the owner; a person or a company.",
            "second_category": "Apple looks at the first one alone, others at both.",
            "show_type": "Where apps begin to play, and in which order they list episodes.",
            "copyright": "Like © 2026 Tide Radio.",
            "medium": "What apps may expect in the feed.",
            "funding_url": "Where listeners pay you: a membership, a tip jar. Apps show it as a button.",
            "license_url": "Needed for every license that is not one of " + ", ".join(KNOWN_LICENSES) + ".",
            "new_feed_url": (
                "Elsewhere: /rss answers 301 there from the moment you save. Its own address: tells directories that "
                "the feed has moved here; take it out after four weeks."
            ),
            "is_blocked": "Asks Apple and others to leave the show out. It stays on its own site.",
        }

    def clean_media_prefix(self) -> str:
        prefix: str = self.cleaned_data["media_prefix"]
        if prefix and not prefix.endswith("/"):
            raise forms.ValidationError("The audio’s address is put right behind it, so it must end in a slash.")
        return prefix

    def clean_hub_url(self) -> str:
        hub: str = self.cleaned_data["hub_url"]
        if "@" in hub or not hub.isascii():
            raise forms.ValidationError("Feeds print this address: it has no user, no password, and ASCII alone.")
        return hub

    def clean_update_rule(self) -> str:
        rule: str = self.cleaned_data["update_rule"]
        if rule and (problem := recurrence.problem(rule)):
            raise forms.ValidationError(f"{problem} Write a rule like FREQ=WEEKLY;BYDAY=SU.")
        return rule

    def clean_podcast_guid(self) -> Any:
        guid = self.cleaned_data["podcast_guid"]
        known = self.initial.get("podcast_guid")
        if known and guid != known:
            raise forms.ValidationError("A podcast GUID never changes: apps would take the show for another one.")
        return guid

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        license_ = cleaned.get("license", "")
        if license_ and license_ not in KNOWN_LICENSES and not cleaned.get("license_url", "?"):
            self.add_error("license_url", f"Apps do not know “{license_}”: give the address of its text.")
        elif cleaned.get("license_url") and not license_ and "license" in cleaned:
            self.add_error("license", "Name the license that this is the address of.")
        if cleaned.get("funding_text") and not cleaned.get("funding_url", "?"):
            self.add_error("funding_url", "Where does the button lead?")
        elif cleaned.get("funding_url") and not cleaned.get("funding_text", "?"):
            self.add_error("funding_text", "What does the button say?")
        if cleaned.get("second_category") and cleaned["second_category"] == cleaned.get("category"):
            self.add_error("second_category", "This is the first category: choose another one, or none.")
        fields = ("site_url", "hostname", "new_feed_url")
        show = Show(**{name: cleaned.get(name) or getattr(self.instance, name) for name in fields})
        if cleaned.get("new_feed_url") and not show.feed_moved_to and show.new_feed_url != show.feed_url:
            own = f" Its own is {show.feed_url}." if show.feed_url else ""
            self.add_error("new_feed_url", f"This leads back to the show’s own host: apps would move in a circle.{own}")
        return cleaned


@admin.register(Show)
class ShowAdmin(PublicAdmin, MemberAdmin, admin.ModelAdmin):
    form = ShowForm
    list_display = ["title", "acronym", "hostname", "site_url"]
    fieldsets = [
        (None, {"fields": ["title", "acronym", "slug", "description", "about"]}),
        ("How it looks", {"fields": ["artwork", "artwork_in_feeds", "colour"]}),
        ("Where it lives", {"fields": ["hostname", "site_url"]}),
        ("Where it is made", {"fields": ["time_zone", "language"]}),
        ("For sponsors", {"fields": ["clicks_counted_since"]}),
        (
            "Feed",
            {
                "fields": [("category", "second_category"), ("author", "copyright"), "media_prefix", "explicit"],
                "classes": ["collapse"],
                "description": "What apps show of the podcast. Most shows need a category and an author.",
            },
        ),
        (
            "For directories",
            {
                "fields": [
                    ("owner_name", "owner_email"),
                    ("funding_url", "funding_text"),
                    ("license", "license_url"),
                    ("update_frequency", "update_rule"),
                    "hub_url",
                ],
                "classes": ["collapse"],
                "description": "What Apple, Spotify and others ask for once, and what newer apps can use.",
            },
        ),
        (
            "Rarely",
            {
                "fields": [
                    ("show_type", "medium"),
                    "podcast_guid",
                    "new_feed_url",
                    "is_locked",
                    "is_complete",
                    "is_blocked",
                ],
                "classes": ["collapse"],
                "description": "Set when the show begins, moves or ends.",
            },
        ),
    ]
    readonly_fields = ["artwork_in_feeds"]
    search_fields = ["title", "acronym"]
    inlines = [MembershipInline]
    abilities = OWNED
    show_lookup = "pk"

    def save_model(self, request: HttpRequest, obj: Show, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if "artwork" in form.changed_data and (warning := artwork_warning(obj.artwork)):
            messages.warning(request, warning)

    @admin.display(description="In feeds")
    def artwork_in_feeds(self, obj: Show) -> str:
        side = feed_artwork_side(obj.artwork)
        return f"A JPEG of {side} × {side} pixels." if side else artwork_warning(obj.artwork) or "No artwork yet."

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
