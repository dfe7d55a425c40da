"""What a sponsor gives listeners, from one day to another."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, Self

from django.db import models
from django.db.models import F, Q

from lupcms.shows.fields import VerbatimField
from lupcms.shows.markdown import inline_html
from lupcms.shows.models import Show, User
from sponsors.models.sponsor import Sponsor

# An offer without an end is doubtful so many days after somebody last tried it.
CONFIRMED_FOR_DAYS = 90
# From so many days before its end on, an offer is said to end.
ENDS_SOON_DAYS = 14

State = Literal["upcoming", "live", "ending", "unconfirmed", "ended"]


class OfferQuerySet(models.QuerySet["Offer"]):
    def on(self, show: Show) -> Self:
        return self.filter(shows=show)

    def live(self, day: date) -> Self:
        """What counts on that day, what somebody should confirm again included; its twin is `Standing.is_live`."""
        return self.begun(day).filter(Q(valid_until=None) | Q(valid_until__gte=day))

    def begun(self, day: date) -> Self:
        """Live or ended: what visitors may know of."""
        return self.filter(Q(valid_from=None) | Q(valid_from__lte=day))

    def upcoming(self, day: date) -> Self:
        return self.filter(valid_from__gt=day)

    def ending(self, day: date) -> Self:
        """Live, and about to end."""
        return self.live(day).filter(valid_until__lte=day + timedelta(days=ENDS_SOON_DAYS))

    def unconfirmed(self, day: date) -> Self:
        """Live without an end, and too long ago that somebody tried it or that it began."""
        recently = (day - timedelta(days=CONFIRMED_FOR_DAYS - 1), day)
        tried, began = Q(last_verified_on__range=recently), Q(valid_from__range=recently)
        return self.live(day).filter(~tried, ~began, valid_until=None)

    def ended(self, day: date) -> Self:
        return self.filter(valid_until__lt=day)

    def soonest_first(self) -> Self:
        """Those that end soon first, those without an end by the newest."""
        return self.order_by(F("valid_until").asc(nulls_last=True), F("valid_from").desc(nulls_last=True), "-pk")


class Offer(models.Model):
    """Dates are days in the zone of the show that prints them, both included."""

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="offers")
    words = VerbatimField(blank=True, multiline=True, help_text="What listeners get, in Markdown.")
    url = VerbatimField("address", blank=True)
    promo_code = VerbatimField(blank=True, help_text="As listeners type it; it may hold blanks. Empty: none is needed.")
    terms = models.TextField(blank=True, help_text="Conditions that listeners should know: new customers only, …")
    valid_from = models.DateField(null=True, blank=True, help_text="The first day. Empty: it counts already.")
    valid_until = models.DateField(null=True, blank=True, help_text="The last day. Empty: no end is known.")
    shows = models.ManyToManyField(
        Show, blank=True, related_name="offers", help_text="Where it counts, and stands on /sponsors."
    )
    last_verified_on = models.DateField(
        "confirmed on", null=True, blank=True, help_text="When somebody last tried it. It holds for 90 days."
    )
    last_verified_by = models.ForeignKey(
        User, models.SET_NULL, verbose_name="confirmed by", null=True, blank=True, related_name="+"
    )

    words_html = models.TextField(editable=False, blank=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(valid_until__gte=models.F("valid_from")),
                name="offer_ends_after_it_begins",
                violation_error_message="The offer ends before it begins.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.sponsor}: {self.promo_code or self.url or self.words}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.words_html = inline_html(self.words)
        super().save(*args, **kwargs)

    def standing(self, day: date) -> "Standing":
        return Standing(self, day)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an offer stands on one day, which is a day in the zone of the show that asks."""

    offer: Offer
    day: date

    @property
    def state(self) -> State:
        offer = self.offer
        if offer.valid_from and self.day < offer.valid_from:
            return "upcoming"
        if offer.valid_until and self.day > offer.valid_until:
            return "ended"
        if self.days_left is not None:
            return "ending" if self.days_left <= ENDS_SOON_DAYS else "live"
        return "live" if self.confirmed_days is not None and self.confirmed_days < CONFIRMED_FOR_DAYS else "unconfirmed"

    @property
    def is_live(self) -> bool:
        return self.state not in ("upcoming", "ended")

    @property
    def days_left(self) -> int | None:
        """0 on its last day, None where no end is known."""
        return (self.offer.valid_until - self.day).days if self.offer.valid_until else None

    @property
    def confirmed_on(self) -> date | None:
        """When it was last known to count: somebody tried it, or it began."""
        known = [day for day in (self.offer.last_verified_on, self.offer.valid_from) if day and day <= self.day]
        return max(known, default=None)

    @property
    def confirmed_days(self) -> int | None:
        return (self.day - self.confirmed_on).days if self.confirmed_on else None
