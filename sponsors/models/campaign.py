"""What a sponsor booked, and what of it has been delivered."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Self

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.utils import timezone

from lupcms.shows.models import Show
from sponsors.models.offer import Offer
from sponsors.models.sponsor import Sponsor


class CampaignQuerySet(models.QuerySet["Campaign"]):
    def live(self, show: Show, day: date) -> Self:
        """Booked for that day on that show."""
        return self.running(day).filter(shows=show)

    def running(self, day: date) -> Self:
        return self.filter(starts_on__lte=day, ends_on__gte=day)

    def upcoming(self, day: date) -> Self:
        return self.filter(starts_on__gt=day)

    def over(self, day: date) -> Self:
        return self.filter(ends_on__lt=day)

    def overdue(self, day: date) -> Self:
        """Over, with spots owed; its twin is `Delivery.is_overdue`."""
        return self.owing().over(day)

    def owing(self) -> Self:
        """With spots owed; its twin is `Delivery.owed`."""
        return self.with_delivery().filter(spots__gt=F("published_count") + F("scheduled_count"))

    def with_delivery(self, at: datetime | None = None) -> Self:
        """With what `Campaign.delivery` counts, in the same query."""
        at = at or timezone.now()
        episode = "placements__episode"
        published = Q(**{f"{episode}__published_at__lte": at})
        # A spot has its day when its episode has a publish time; what airs after the period is late, and counts.
        dated = Q(**{f"{episode}__published_at__isnull": False})
        late = Q(**{f"{episode}__air_date__gt": F("ends_on")})
        return self.annotate(
            published_count=Count("placements", filter=published, distinct=True),
            scheduled_count=Count("placements", filter=dated & ~published, distinct=True),
            late_count=Count("placements", filter=dated & late, distinct=True),
        )


class Campaign(models.Model):
    """So many spots on one show or several, from one day to another; days are those of each show's zone."""

    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="campaigns")
    shows = models.ManyToManyField(Show, related_name="campaigns")
    starts_on = models.DateField()
    ends_on = models.DateField()
    spots = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    offer = models.ForeignKey(
        Offer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="campaigns",
        help_text="What the spots are to say.",
    )
    notes = models.TextField(blank=True, help_text="What else was agreed. Only members see it.")

    objects = CampaignQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="campaign_ends_after_it_begins",
                violation_error_message="The campaign ends before it begins.",
            ),
            models.CheckConstraint(condition=models.Q(spots__gte=1), name="campaign_has_a_spot"),
        ]

    def __str__(self) -> str:
        return f"{self.sponsor}, {self.starts_on} to {self.ends_on}"

    def delivery(self, day: date) -> "Delivery":
        """One query, or none where the campaign came `with_delivery()`."""
        counted: Any = self
        if not hasattr(self, "published_count"):
            counted = Campaign.objects.with_delivery().get(pk=self.pk)
        return Delivery(
            booked=self.spots,
            published=counted.published_count,
            scheduled=counted.scheduled_count,
            late=counted.late_count,
            is_over=day > self.ends_on,
        )

    def behind(self, day: date) -> int:
        """How many spots more would be delivered by then, were they spread evenly over the period. As `delivery`."""
        days = (min(day, self.ends_on) - self.starts_on).days + 1
        due = self.spots * max(0, days) // ((self.ends_on - self.starts_on).days + 1)
        delivery = self.delivery(day)
        return max(0, due - delivery.published - delivery.scheduled)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Numbers of spots. `late` ones aired, or will, after the campaign's last day; they count as delivered."""

    booked: int
    published: int
    scheduled: int
    late: int
    is_over: bool

    @property
    def owed(self) -> int:
        return max(0, self.booked - self.published - self.scheduled)

    @property
    def is_overdue(self) -> bool:
        """The period is over, and spots are owed."""
        return self.is_over and self.owed > 0
