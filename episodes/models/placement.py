from datetime import date
from typing import Any, Self

from django.db import models
from django.urls import reverse

from episodes.formats.transcripts import spoken
from episodes.models.entry import AddressedEntry, EntryQuerySet
from episodes.models.episode import Episode
from episodes.models.history import Change, Removal, later_changes, removals
from episodes.models.transcript import Transcript, distance
from episodes.validators import PageCheck
from lupcms.shows.counts import DailyCount
from lupcms.shows.fields import VerbatimField
from lupcms.shows.models import Show
from sponsors.models import Campaign, Kind, Offer, Sponsor

# How long a spot is taken to be that says not when it ends.
SPOT_SECONDS = 60


class PlacementQuerySet(EntryQuerySet["Placement"]):
    def aired_on(self, shows: "models.QuerySet[Show]", first: date, last: date) -> Self:
        """Of episodes of these shows with a publish time, aired in that period; days of each show's zone."""
        return self.filter(
            episode__show__in=shows, episode__published_at__isnull=False, episode__air_date__range=(first, last)
        )

    def for_report(self) -> Self:
        """What a sponsor's report says of each. Two queries."""
        before = models.Q(position__lt=models.OuterRef("position")) | models.Q(
            position=models.OuterRef("position"), pk__lt=models.OuterRef("pk")
        )
        neighbours = Placement.objects.filter(before, episode=models.OuterRef("episode")).order_by()
        count = neighbours.values("episode").annotate(count=models.Count("pk")).values("count")
        # Summed there: ten years of three spots a week have some 90,000 days with clicks.
        days = ClickCount.objects.filter(placement=models.OuterRef("pk")).order_by().values("placement")
        clicks = models.Subquery(days.annotate(sum=models.Sum("count")).values("sum"))
        return (
            self.select_related("episode__show")
            .prefetch_related("episode__downloads")
            .annotate(spot=1 + models.functions.Coalesce(models.Subquery(count), 0), click_count=clicks)
            .order_by("episode__air_date", "episode__published_at", "position", "pk")
        )

    def with_changes(self, sponsor: Sponsor) -> "list[Placement]":
        """Rows of `sponsor`, each with its `changes`, what of the record was changed later, and its `spoken` words.

        Three queries more at most.
        """
        rows = list(self)
        changes = later_changes(rows, sponsor.keys)
        said = _said_in({row.episode_id for row in rows if row.starts_at_seconds is not None})
        for row in rows:
            row.changes = changes[row.pk]
            row.spoken = row.spoken_in(said.get(row.episode_id))
        return rows

    def removed(self, sponsor: Sponsor, shows: "models.QuerySet[Show]", first: date, last: date) -> list[Removal]:
        """Spots of `sponsor`, or of who was merged into it, taken off pages of that period. Four queries at most."""
        aired = Episode.objects.published().filter(show__in=shows, air_date__range=(first, last))
        return removals(Placement, sponsor.keys, aired.select_related("show"))


class Placement(AddressedEntry):
    """One spot in one episode, with its own copy of everything that was published."""

    # What was said and listed. Changed after publication, it shows in the sponsor's report.
    RECORD = ("name", "words", "url", "promo_code", "kind")
    # Filled by `for_report` and `with_changes`.
    spot: int
    click_count: int | None
    changes: list[Change]
    spoken: str

    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="placements")
    campaign = models.ForeignKey(Campaign, models.SET_NULL, null=True, blank=True, related_name="placements")
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, blank=True, related_name="placements")
    name = VerbatimField("name as published", validators=[PageCheck("text")])
    # The sponsor's own, on the day: a page's link to the sponsor does not follow a rename, which answers 301.
    slug = models.SlugField(max_length=255, editable=False)
    words = VerbatimField(blank=True, multiline=True, validators=[PageCheck("text")], help_text="Markdown.")
    promo_code = VerbatimField(blank=True, validators=[PageCheck("line")])
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.UNKNOWN)
    starts_at_seconds = models.PositiveIntegerField(
        "second in the audio", null=True, blank=True, help_text="Where in the audio the spot begins."
    )
    ends_at_seconds = models.PositiveIntegerField(
        "to second", null=True, blank=True, help_text="Where in the audio the spot ends."
    )
    # None: the sponsor's recipients have not been told of it.
    announced_at = models.DateTimeField(null=True, editable=False)

    words_html = models.TextField(editable=False, blank=True)

    objects = PlacementQuerySet.as_manager()  # type: ignore[misc]

    class Meta(AddressedEntry.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["unknown", "paid", "affiliate", "partner", "house"]),
                name="placement_kind_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at_seconds__gt=models.F("starts_at_seconds")),
                name="placement_ends_after_it_starts",
                violation_error_message="The spot ends before it starts.",
            ),
            models.CheckConstraint(condition=~models.Q(slug=""), name="placement_has_its_sponsors_slug"),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.follow_sponsor()
        super().save(*args, **kwargs)

    def follow_sponsor(self) -> None:
        """Another sponsor in the row is another address; a renamed one is not. One query for a stored row."""
        if not self.slug or (self.pk and self._sponsor_changed()):
            self.slug = self.sponsor.slug

    def _sponsor_changed(self) -> bool:
        return not Placement.objects.filter(pk=self.pk, sponsor=self.sponsor_id).exists()

    def get_absolute_url(self) -> str:
        """The very spot on the episode's page; of rows that came `for_report()`."""
        return f"{self.episode.get_absolute_url()}#sponsor-{self.spot}"

    def spoken_in(self, transcript: Transcript | None) -> str:
        """What is said from its second on to the one that it ends in, or for a minute; "" where nobody knows."""
        if transcript is None or self.starts_at_seconds is None:
            return ""
        ends = self.starts_at_seconds + SPOT_SECONDS if self.ends_at_seconds is None else self.ends_at_seconds
        return spoken(transcript.said(), self.starts_at_seconds * 1000, ends * 1000)

    def get_sponsor_url(self) -> str:
        """Where the page leads for the sponsor: the address of the day it was published, which still leads there."""
        return reverse("sponsors:detail", args=[self.slug])


def _said_in(episodes: set[int]) -> dict[int, Transcript]:
    """The transcript of each episode that has one, in the language of its show if it has that. One query at most."""
    if not episodes:
        return {}
    found = list(Transcript.objects.filter(episode__in=episodes).select_related("episode__show"))
    found.sort(key=lambda row: distance(row.language, row.episode.show.language), reverse=True)
    return {row.episode_id: row for row in found}


class ClickCount(DailyCount):
    placement = models.ForeignKey(Placement, models.CASCADE, related_name="clicks")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["placement", "day"], name="click_counted_once_a_day")]
