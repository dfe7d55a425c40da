"""“3 links wait in the inbox”: on the form of an episode, above its links; what is ticked is added by the same save."""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from episodes.inbox import standing, take
from episodes.models import Episode, InboxLink
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.links import site_of
from lupcms.shows.models import Show
from lupcms.shows.plurals import counted

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class InboxField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "invalid_choice": "A link that you ticked does not wait for this show any more. Look again at what is ticked.",
    }
    # Addresses that the episode has.
    linked: Collection[str] = ()

    def label_from_instance(self, obj: Any) -> str:
        mark = format_html(' <strong class="warned">in this episode already</strong>') if obj.url in self.linked else ""
        return format_html('{} <span class="quiet">{}</span>{}', str(obj), site_of(obj.url), mark)


class FromInboxForm(VerbatimForm):
    """Who may not write the episode has no box for its show, and takes nothing."""

    inbox = InboxField(InboxLink.objects.none(), required=False, label="Links in the inbox")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "show" not in self.fields:
            del self.fields["inbox"]
            return
        inbox: Any = self.fields["inbox"]
        inbox.queryset = InboxLink.objects.waiting().filter(show__in=self._shows()).order_by("added_at", "pk")
        if self.instance.pk:
            urls = [row.url for row in inbox.queryset]
            inbox.linked = standing(urls, Episode.objects.filter(pk=self.instance.pk))

    def _shows(self) -> QuerySet[Show]:
        """The one of the episode, or that is chosen on the form of a new one, if it is one of theirs."""
        shows: QuerySet[Show] = self.fields["show"].queryset  # type: ignore[attr-defined]
        chosen = self.instance.show_id if self.instance.pk else self["show"].value()
        pk = chosen.pk if isinstance(chosen, Show) else chosen
        return shows.filter(pk=pk) if str(pk).isdecimal() else shows.none()


class FromInboxAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if ticked := form.cleaned_data.get("inbox"):
            taken = take(list(ticked), form.instance)
            self.message_user(request, f"{counted(taken, 'links')} came from the inbox.")
