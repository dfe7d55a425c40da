"""The one door to publication: its page, with what is missing or odd, and the way back."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from episodes.models import Episode
from episodes.next_episode import usual_slot
from episodes.publishing import Finding, blocking_of, facts_of, findings
from episodes.saving import changing
from lupcms.shows import moments
from lupcms.shows.permissions import may, member
from lupcms.shows.public_pages import public_address

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
else:
    _Admin = object

# Moments that somebody could mean: every zone has its clock there, and no arithmetic leaves the calendar.
YEARS = range(1900, 2200)


class ClockForm(forms.Form):
    """Another moment, as the show's clock says it."""

    day = forms.DateField(widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    time = forms.TimeField(widget=forms.TimeInput({"type": "time"}, "%H:%M"))

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day.year not in YEARS:
            raise forms.ValidationError(f"Write a day between {YEARS[0]} and {YEARS[-1]}.")
        return day


@dataclass
class Step:
    """What is asked about one episode: `at` a moment, or `now`, or at what the show's clock says, `day` and `time`.

    Without any of it: now for a draft, and for others the moment that they have.
    """

    episode: Episode
    asked: Any
    now: datetime = field(default_factory=lambda: timezone.now())

    @cached_property
    def clock(self) -> ClockForm:
        if "day" in self.asked and "at" not in self.asked:
            return ClockForm(self.asked)
        shown = timezone.localtime(self.moment or self.now, self.episode.show.zone)
        planned = self.episode.air_date if self.is_now else None
        day = max(filter(None, [shown.date(), planned]))
        return ClockForm(initial={"day": day, "time": shown.time().replace(second=0, microsecond=0)})

    @cached_property
    def reading(self) -> moments.Reading | None:
        """Of the clock; None where another moment was asked for, or none can be read."""
        if not self.clock.is_valid():
            return None
        said = self.clock.cleaned_data
        return moments.read(datetime.combine(said["day"], said["time"]), self.episode.show.zone)

    @property
    def is_now(self) -> bool:
        return self.asked.get("at") == "now" or not (self.is_asked or self.episode.published_at)

    @property
    def is_asked(self) -> bool:
        """Whether for a certain moment, however it is written."""
        return "at" in self.asked or "day" in self.asked

    @cached_property
    def moment(self) -> datetime | None:
        """None as long as something about it must be asked."""
        if self.is_now:
            return self.now.replace(microsecond=0)
        if "at" in self.asked:
            return _moment_from(self.asked["at"], self.episode)
        if "day" in self.asked:
            return self.reading.moments[0] if self.reading and self.reading.kind == "one" else None
        return self.episode.published_at

    @cached_property
    def findings(self) -> list[Finding]:
        if self.moment is None:
            return []
        # Dating it anew or later is no publication.
        blocking = blocking_of(self.episode) if self.episode.would_come_sooner(self.moment, self.now) else []
        return findings(facts_of(self.episode, self.moment), blocking)

    @property
    def version(self) -> str:
        """Another one as soon as the episode is changed, published or taken back."""
        return f"{self.episode.changed_at} / {self.episode.published_at}"

    @property
    def seen(self) -> str:
        return " ".join(finding.key for finding in self.findings)

    @cached_property
    def days(self) -> list[tuple[str, date]]:
        """The days that it may be said to have aired, where that is a question; `own` is the day of the moment."""
        episode, moment = self.episode, self.moment
        if moment is None or episode.air_date is None:
            return []
        own, before = episode.show.today(moment), episode.published_at
        follows = before is not None and episode.air_date == episode.show.today(before)
        return [] if follows or own == episode.air_date else [("own", own), ("planned", episode.air_date)]

    @property
    def air_date(self) -> date | None:
        """None where it was asked about and not answered."""
        if not self.days:
            return self.moment and self.episode.show.today(self.moment)
        return dict(self.days).get(self.asked.get("air", ""))

    def refusals(self) -> list[str]:
        """Why it cannot be done as it was asked; empty where it can."""
        if meanwhile := self.meanwhile():
            return [meanwhile]
        if self.moment is None:
            return ["Choose a moment that exists."]
        refused = []
        if any(finding.blocks for finding in self.findings):
            refused.append("Mend what stops it first.")
        elif not {finding.key for finding in self.findings} <= set(self.asked.get("seen", "").split()):
            refused.append("More is missing or odd than when you looked: look again, then go on.")
        if self.air_date is None:
            refused.append("Choose the day that its page says it aired.")
        return refused

    def meanwhile(self) -> str:
        """What somebody else did since the page was shown; "" for nothing."""
        looked_at = self.asked.get("version", "")
        if looked_at == self.version:
            return ""
        if looked_at.partition(" / ")[2] != str(self.episode.published_at):
            return f"Somebody else was quicker. It is now: {_state(self.episode)} Nothing was done."
        return "Somebody changed the episode meanwhile. This is how it stands now: look again, then go on."


class PublishAdmin(_Admin):
    """Mixin for the admin of episodes: the bar leads here."""

    def get_urls(self) -> list[Any]:
        def view(function: Callable[..., HttpResponse]) -> Any:
            return self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(function))

        return [
            path("<int:pk>/publish/", view(self.publish), name="episodes_episode_publish"),
            path("<int:pk>/unpublish/", view(self.unpublish), name="episodes_episode_unpublish"),
            *super().get_urls(),
        ]

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        context["may_publish"] = may(request, "write", obj.show_id if obj else None)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def save_model(self, request: HttpRequest, obj: Episode, form: Any, change: bool) -> None:
        """“Ask for review” and “Take back from review” save the form, and are a change of their own."""
        if obj.published_at is None and may(request, "write", obj.show_id):
            was = obj.is_in_review
            obj.is_in_review = "_review" in request.POST or (was and "_unreview" not in request.POST)
            if obj.is_in_review != was:
                form.changed_data.append("is_in_review")
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._on_to_publish(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._on_to_publish(request, obj) or super().response_change(request, obj)

    def _on_to_publish(self, request: HttpRequest, obj: Episode) -> HttpResponse | None:
        if "_publish" not in request.POST:
            return None
        return HttpResponseRedirect(reverse("admin:episodes_episode_publish", args=[obj.pk]))

    def publish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET shows the step for a moment, POST takes it. The show's clock is the one that counts."""
        with _locking(request):
            episode = self._to_publish(request, pk)
            with timezone.override(episode.show.zone):
                step = Step(episode, request.POST if request.method == "POST" else request.GET)
                refusals = step.refusals() if request.method == "POST" else []
                if request.method == "POST" and not refusals:
                    _publish(step, member(request))
                    self.log_change(request, episode, _state(episode))
                    self._say_published(request, episode)
                    return HttpResponseRedirect(_form_of(episode))
                return self._page(request, episode, "publish.html", _shown(step), refusals)

    def unpublish(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET says what happens, POST does it."""
        with _locking(request):
            episode = self._to_publish(request, pk)
            if episode.published_at is None:
                messages.info(request, f"{episode.code} is a draft already.")
                return HttpResponseRedirect(_form_of(episode))
            with timezone.override(episode.show.zone):
                step = Step(episode, request.POST)
                meanwhile = request.method == "POST" and step.meanwhile()
                if request.method == "POST" and not meanwhile:
                    _unpublish(episode, member(request))
                    self.log_change(request, episode, "Unpublished.")
                    messages.success(request, f"{episode.code} is a draft again: visitors and feeds no longer have it.")
                    return HttpResponseRedirect(_form_of(episode))
                refusals = [meanwhile] if meanwhile else []
                context = {"step": step, "title": f"Unpublish {episode.code}", "spots": episode.placements.count()}
                return self._page(request, episode, "unpublish.html", context, refusals)

    def _to_publish(self, request: HttpRequest, pk: int) -> Episode:
        """The episode, locked if it is to be saved; 404 where it does not exist for whoever asks."""
        episodes = self.get_queryset(request).select_related("show")
        if request.method == "POST":
            episodes = episodes.select_for_update(of=("self",))
        episode: Episode = get_object_or_404(episodes, pk=pk)
        if not may(request, "write", episode.show_id):
            raise PermissionDenied("On this show you do not publish.")
        return episode

    def _page(
        self, request: HttpRequest, episode: Episode, template: str, context: dict[str, Any], refusals: list[str]
    ) -> HttpResponse:
        whole = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "episode": episode,
            "state": _state(episode),
            "refusals": refusals,
            "form_url": _form_of(episode),
            **context,
        }
        # Rendered here, where times are those of the show.
        return TemplateResponse(request, f"admin/episodes/episode/{template}", whole).render()

    def _say_published(self, request: HttpRequest, episode: Episode) -> None:
        if not episode.is_published():
            assert episode.published_at
            messages.success(request, f"{episode.code} appears on {_clock(episode.published_at)}.")
            return
        address = public_address(request, episode.show, episode.get_absolute_url())
        messages.success(request, format_html('{} is published: <a href="{}">see its page</a>.', episode.code, address))


def _publish(step: Step, by: Any) -> None:
    episode = step.episode
    with changing(episode, by):
        episode.published_at, episode.air_date = step.moment, step.air_date
        episode.published_at_is_estimated = False
        episode.save(update_fields=["published_at", "air_date", "published_at_is_estimated", "is_in_review"])


def _unpublish(episode: Episode, by: Any) -> None:
    """Its day stays: published again on another one, it is asked about."""
    with changing(episode, by):
        episode.published_at = None
        # From now on it is a person's draft, which no import publishes.
        episode.published_at_is_estimated = False
        episode.save(update_fields=["published_at", "published_at_is_estimated"])


def _shown(step: Step) -> dict[str, Any]:
    """What the page says beside the step itself."""
    episode, moment, reading = step.episode, step.moment, step.reading
    slot = None if episode.is_published(step.now) else usual_slot(episode, step.now)
    is_asked = reading is not None and reading.kind != "one"
    return {
        "step": step,
        "title": f"{'Change the time of' if episode.published_at else 'Publish'} {episode.code}",
        "near": [(_clock(at), urlencode({"at": at.isoformat()})) for at in reading.moments]
        if reading and is_asked
        else [],
        "slot": slot,
        "slot_query": slot and urlencode({"day": f"{slot:%Y-%m-%d}", "time": f"{slot:%H:%M}"}),
        "says": "Now" if step.is_now else moment and _clock(moment),
        "at": "now" if step.is_now else moment and moment.astimezone(UTC).isoformat(),
        "button": _button(step),
        "blocks": any(finding.blocks for finding in step.findings),
        "hides": bool(moment and moment > step.now and episode.is_published(step.now)),
        "zone": episode.show.time_zone,
        "offset": moments.offset(timezone.localtime(moment or step.now)),
    }


def _button(step: Step) -> str:
    """What pressing it does; "" where there is nothing to do."""
    moment, has = step.moment, step.episode.published_at
    if moment is None or (moment == has and not step.days):
        return ""
    if step.is_now:
        return "Publish now"
    verb = "Move to" if has else "Schedule for" if moment > step.now else "Publish for"
    return f"{verb} {_clock(moment)}"


def _locking(request: HttpRequest) -> AbstractContextManager[Any]:
    return transaction.atomic() if request.method == "POST" else nullcontext()


def _moment_from(text: str, episode: Episode) -> datetime | None:
    """None where it is none, or where it says not in which zone."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(episode.show.zone) if moment.tzinfo and moment.year in YEARS else None
    except (ValueError, OverflowError):
        return None


def _clock(moment: datetime) -> str:
    return f"{format_date(timezone.localtime(moment), 'l')}, {moments.spelled(moment)}"


def _state(episode: Episode) -> str:
    if episode.published_at is None:
        return "In review." if episode.is_in_review else "Draft."
    since = "Published on" if episode.is_published() else "Scheduled for"
    return f"{since} {_clock(episode.published_at)}."


def state_of(episode: Episode) -> str:
    """In a list: of a scheduled one also when, where the show is made."""
    if episode.published_at is None or episode.is_published():
        return episode.state
    with timezone.override(episode.show.zone):
        return f"scheduled, {moments.spelled(episode.published_at)}"


def _form_of(episode: Episode) -> str:
    return reverse("admin:episodes_episode_change", args=[episode.pk])
