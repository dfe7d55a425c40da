"""Who pays: the sponsor, what it gives listeners now, and what it booked.

What an episode said of a sponsor is a Placement, an entry of the episode, and follows nothing here.
"""

from django.core.validators import MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.text import slugify

from lupcms.shows.fields import VerbatimField
from lupcms.shows.models import Show, User


class SponsorQuerySet(models.QuerySet["Sponsor"]):
    def named(self, name: str, url: str = "") -> "Sponsor":
        """The sponsor of this exact name; an unknown one is made, with `url`."""
        known = self.filter(name=name).first()
        return known or self.get_or_create(name=name, defaults={"slug": self.free_slug(name), "url": url})[0]

    def free_slug(self, name: str) -> str:
        base = slugify(name)[:200] or "sponsor"
        taken = set(self.filter(slug__startswith=base).values_list("slug", flat=True))
        number = 1
        slug = base
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug


class Sponsor(models.Model):
    name = VerbatimField(unique=True, help_text="Exactly as it is to be printed.")
    slug = models.SlugField(unique=True, max_length=255)
    url = VerbatimField("address", blank=True)
    description = models.TextField(blank=True)

    objects = SponsorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("sponsors:detail", args=[self.slug])


class Offer(models.Model):
    """What a sponsor gives listeners now. Dates are days in the zone of the show that prints it, both included."""

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="offers")
    words = models.TextField(blank=True, help_text="What listeners get, in Markdown.")
    url = VerbatimField("address", blank=True)
    promo_code = VerbatimField(blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    shows = models.ManyToManyField(Show, blank=True, related_name="offers")
    last_verified_on = models.DateField(null=True, blank=True)
    last_verified_by = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")

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


class Campaign(models.Model):
    """What a sponsor booked on one show: so many spots from one day to another."""

    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="campaigns")
    show = models.ForeignKey(Show, models.CASCADE, related_name="campaigns")
    starts_on = models.DateField()
    ends_on = models.DateField()
    spots = models.PositiveIntegerField(validators=[MinValueValidator(1)])
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, blank=True, related_name="campaigns")

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
        return f"{self.sponsor} on {self.show}, {self.starts_on} to {self.ends_on}"
