"""“3 links wait in the inbox”: on the form of an episode, above its links; what is ticked is added by the same save."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.admin import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from episodes.inbox import take
from episodes.linked_before import numbers_with
from episodes.models import InboxLink, Link
from lupcms.shows.fields import VerbatimForm
from lupcms.shows.keys import key_in
from lupcms.shows.links import site_of
from lupcms.shows.models import Show
from lupcms.shows.plurals import counted

if TYPE_CHECKING:
    _Admin = ModelAdmin[Any]
else:
    _Admin = object


class FromInboxForm(VerbatimForm):
    """Who may not write the episode has no box for its show, and takes nothing."""

    inbox = forms.MultipleChoiceField(
        required=False,
        label="Links in the inbox",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "invalid_choice": "A link that you ticked does not wait for this show any more. Look again at the ticks."
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """One query, and one more where something waits for a stored episode."""
        super().__init__(*args, **kwargs)
        if "show" not in self.fields:
            del self.fields["inbox"]
            return
        self.waiting = list(InboxLink.objects.waiting().filter(show__in=self._shows()))
        field: Any = self.fields["inbox"]
        field.choices = [(str(row.pk), label) for row, label in zip(self.waiting, self._labels(), strict=True)]

    def ticked(self) -> list[InboxLink]:
        chosen = self.cleaned_data.get("inbox", ())
        return [row for row in self.waiting if str(row.pk) in chosen] if chosen else []

    def _shows(self) -> QuerySet[Show]:
        """The one of the episode, or that is chosen on the form of a new one, if it is one of theirs."""
        shows: QuerySet[Show] = self.fields["show"].queryset  # type: ignore[attr-defined]
        pk = self.instance.show_id if self.instance.pk else self["show"].value()
        return shows.filter(pk=key_in(str(pk)))

    def _labels(self) -> list[str]:
        stored = Link.objects.filter(episode=self.instance.pk) if self.instance.pk else Link.objects.none()
        has = numbers_with([row.url for row in self.waiting], stored)
        return [
            format_html(
                '{} <span class="quiet">{}</span> <strong class="warned">{}</strong>',
                str(row),
                site_of(row.url),
                "in this episode already" if row.url in has else "",
            )
            for row in self.waiting
        ]


class FromInboxAdmin(_Admin):
    """Mixin for the admin of episodes."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if ticked := form.ticked():
            self.message_user(request, f"{counted(take(ticked, form.instance), 'links')} came from the inbox.")
