from django.db import models

from episodes.models.entry import AddressedEntry
from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimField
from sponsors.models import Campaign, Sponsor


class Placement(AddressedEntry):
    """One spot in one episode, with its own copy of everything that was published."""

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", "Unknown"
        PAID = "paid", "Paid"
        AFFILIATE = "affiliate", "Affiliate"
        PARTNER = "partner", "Partner"
        HOUSE = "house", "Own promotion"

    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="placements")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="placements")
    name = VerbatimField("name as published", validators=[PageCheck("text")])
    words = VerbatimField(blank=True, multiline=True, validators=[PageCheck("text")], help_text="Markdown.")
    promo_code = VerbatimField(blank=True, validators=[PageCheck("line")])
    kind = models.CharField(max_length=16, choices=Kind.choices, default=Kind.UNKNOWN)
    starts_at_seconds = models.PositiveIntegerField(
        "second in the audio", null=True, blank=True, help_text="Where in the audio the spot begins."
    )

    words_html = models.TextField(editable=False, blank=True)

    class Meta(AddressedEntry.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["unknown", "paid", "affiliate", "partner", "house"]),
                name="placement_kind_is_known",
            )
        ]

    def __str__(self) -> str:
        return self.name
