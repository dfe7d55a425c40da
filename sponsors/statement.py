"""A sponsor's private page, behind an address that nobody can guess: what was booked, what ran, and “this is wrong”."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lupcms.shows.hostnames import home_of
from lupcms.shows.models import Show, earliest_day
from lupcms.shows.pages import foreign
from lupcms.shows.private import kept_private, nothing_here
from sponsors.models import Recipient
from sponsors.models.recipient import MESSAGE_MAX_LENGTH
from sponsors.reports import csv_of, last_month, report

# What one recipient can send in a day. Nobody finds more wrong, and a leaked address does not bury the producers.
CORRECTIONS_PER_DAY = 20
SHOWN_CORRECTIONS = 50

View = Callable[[HttpRequest, Recipient], HttpResponse]


class PeriodForm(forms.Form):
    """What is asked for: `?from=2026-10-01&to=2026-10-31&show=half-tide-radio`. Empty: last month, all shows."""

    show = forms.ModelChoiceField(Show.objects.none(), to_field_name="slug", required=False, label=gettext_lazy("Show"))

    def __init__(self, data: Any, shows: Any) -> None:
        self.today = earliest_day(shows)
        self.first, self.last = last_month(self.today)
        given = data.copy()
        given.setdefault("from", self.first.isoformat())
        given.setdefault("to", self.last.isoformat())
        super().__init__(given)
        for name, label in (("from", gettext_lazy("From")), ("to", gettext_lazy("To"))):
            self.fields[name] = forms.DateField(
                label=label, input_formats=["%Y-%m-%d"], widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
            )
        self.order_fields(["from", "to", "show"])
        show: Any = self.fields["show"]
        show.queryset, show.empty_label = shows, gettext_lazy("All shows")

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        first, last = cleaned.get("from"), cleaned.get("to")
        if first and last and last < first:
            raise ValidationError(_("The period ends before it begins."))
        return cleaned

    @property
    def period(self) -> tuple[Any, Any]:
        """What was asked for, or last month where that cannot be read."""
        return (self.cleaned_data["from"], self.cleaned_data["to"]) if self.is_valid() else (self.first, self.last)


class CorrectionForm(forms.Form):
    """What is wrong with a spot. Only spots of the recipient's sponsor and shows can be named."""

    message = forms.CharField(
        max_length=MESSAGE_MAX_LENGTH,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": gettext_lazy("Say what is wrong.")},
    )

    def __init__(self, data: Any, placements: Any) -> None:
        super().__init__(data)
        gone = gettext_lazy("This spot is no longer on its page. Nothing was sent.")
        self.fields["placement"] = forms.ModelChoiceField(
            placements, error_messages={"required": gone, "invalid_choice": gone}
        )


def for_recipients(view: View) -> Callable[..., HttpResponse]:
    """Whose address is wrong, old or revoked, or is tried on another show's host, gets the same 404."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        show: Show | None = request.show  # type: ignore[attr-defined]
        recipient = Recipient.objects.select_related("sponsor").holding(token)
        if recipient is None or (show is not None and not recipient.shows.contains(show)):
            return kept_private(nothing_here(request))
        return kept_private(view(request, recipient))

    return guarded


# The address is the key, and no cookie is looked at: another site has nothing to forge a request with.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@for_recipients
def page(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    form = CorrectionForm(None, recipient.sponsor.placements.none())
    if request.method == "POST":
        spots = recipient.sponsor.placements.published().filter(episode__show__in=recipient.shows.all())
        form = CorrectionForm(request.POST, spots.select_related("episode__show"))
        if form.is_valid():
            with transaction.atomic():
                correction = _correct(recipient, form)
            if correction is not None:
                return HttpResponseRedirect(f"{request.get_full_path()}#correction-{correction.pk}")
    else:
        recipient.note_visit()
    return _render(request, recipient, form)


@require_safe
@for_recipients
def spreadsheet(request: HttpRequest, recipient: Recipient) -> HttpResponse:
    """The same rows as the page, in UTF-8 with the mark by which spreadsheets know it."""
    period = PeriodForm(request.GET, recipient.shows.all())
    if not period.is_valid():
        text = "The period or the show in this address cannot be read. Take the address from your page.\n"
        return HttpResponse(text, status=400, content_type="text/plain; charset=utf-8")
    first, last = period.period
    found = report(recipient.sponsor, _asked_shows(recipient, period), first, last)
    response = HttpResponse("\ufeff" + csv_of(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{recipient.sponsor.slug}-{first}-{last}.csv"'
    return response


def _asked_shows(recipient: Recipient, period: PeriodForm) -> Any:
    shows = recipient.shows.all()
    asked = period.cleaned_data.get("show") if period.is_valid() else None
    return shows.filter(pk=asked.pk) if asked else shows


def _render(request: HttpRequest, recipient: Recipient, form: CorrectionForm) -> HttpResponse:
    show: Show | None = request.show  # type: ignore[attr-defined]
    period = PeriodForm(request.GET, recipient.shows.all())
    first, last = period.period
    found = report(recipient.sponsor, _asked_shows(recipient, period), first, last)
    asked = urlencode({"from": first, "to": last} | ({"show": request.GET["show"]} if request.GET.get("show") else {}))
    context = {
        "show": show,
        "title": recipient.sponsor.name,
        "foreign": show and foreign(show),
        "recipient": recipient,
        "report": found,
        "rows": [(row, home_of(row.show, request)) for row in found.rows],
        "period": period,
        "periods": _periods(period.today),
        "corrections": recipient.sponsor.corrections.filter(show__in=recipient.shows.all()).select_related("show")[
            :SHOWN_CORRECTIONS
        ],
        "form": form,
        "wrong": form.data.get("placement", ""),
        # What is asked for by nothing is another month tomorrow, in which the spot would not stand.
        "asked": asked,
        "spreadsheet": f"{request.path}/spots.csv?{asked}",
    }
    status = 400 if form.is_bound else 200
    return render(request, "sponsors/statement.html", context, status=status)


def _periods(today: date) -> list[tuple[str, date, date]]:
    first_of_year = today.replace(month=1, day=1)
    return [
        (_("Last month"), *last_month(today)),
        (_("This month"), today.replace(day=1), today),
        (_("This year"), first_of_year, today),
        (_("Last year"), first_of_year.replace(year=today.year - 1), first_of_year - timedelta(days=1)),
    ]


def _correct(recipient: Recipient, form: CorrectionForm) -> Any:
    """The correction, the one that is there where somebody pressed twice, or None where there are too many."""
    placement, message = form.cleaned_data["placement"], form.cleaned_data["message"]
    # One after the other: what is sent at once is counted too. On SQLite every transaction is alone.
    Recipient.objects.select_for_update().get(pk=recipient.pk)
    same = placement.corrections.open().filter(recipient=recipient, message=message).first()
    if same is not None:
        return same
    recent = recipient.corrections.filter(sent_at__gt=timezone.now() - timedelta(days=1))
    if recent.count() >= CORRECTIONS_PER_DAY:
        form.add_error("message", _("That is a lot for one day. Write to the producers, or come back tomorrow."))
        return None
    episode = placement.episode
    return placement.corrections.create(
        sponsor=recipient.sponsor,
        show=episode.show,
        recipient=recipient,
        about=f"{episode.code}, {placement.name}",
        message=message,
    )
