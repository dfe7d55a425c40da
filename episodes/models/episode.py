import uuid
from collections.abc import Collection
from datetime import date, datetime
from typing import Any, Literal, Self

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models.functions import Coalesce, Greatest, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from taggit.managers import TaggableManager

from episodes.models.tag import EpisodeTag, Tag
from episodes.slugs import free_slug, is_free_for_episodes, without_zeros
from episodes.validators import PageCheck
from lupcms.shows.clock import clock
from lupcms.shows.fields import VerbatimField
from lupcms.shows.imported import Imported
from lupcms.shows.models import Show
from lupcms.shows.pictures import PictureField

State = Literal["draft", "in review", "scheduled", "published"]


class EpisodeType(models.TextChoices):
    FULL = "full", "Full"
    TRAILER = "trailer", "Trailer"
    BONUS = "bonus", "Bonus"


def new_guid() -> str:
    return str(uuid.uuid4())


def validate_slug(value: str) -> None:
    if not is_free_for_episodes(value):
        raise ValidationError("“%(value)s” is the address of another page.", params={"value": value})


# `Episode.last_changed_at` of published episodes in SQL. Of a NULL and a moment, databases disagree about the greater.
LAST_CHANGED_AT = Greatest("published_at", Coalesce("changed_at", "published_at"))


class EpisodeQuerySet(models.QuerySet["Episode"]):
    def published(self, at: datetime | None = None) -> Self:
        return self.filter(published_at__lte=at or timezone.now())

    def scheduled(self) -> Self:
        return self.filter(published_at__gt=timezone.now())

    def drafts(self) -> Self:
        return self.filter(published_at=None)

    def in_review(self) -> Self:
        return self.drafts().filter(is_in_review=True)

    def in_feed(self, at: datetime | None = None) -> Self:
        """What feeds may have: published, with an identity and audio. Its twin is `Episode.is_in_feed`."""
        return self.published(at).filter(is_blocked=False, guid__isnull=False).exclude(enclosure_url="")

    def newest_first(self) -> Self:
        return self.order_by(models.F("published_at").desc(nulls_first=True), "-pk")

    def with_entries(self) -> Self:
        """Everything that a page or an export prints. Five queries, whatever the number of episodes and entries."""
        return self.select_related("show").prefetch_related("links", "credits", "placements", "tags")

    def for_page(self) -> Self:
        """What the public page shows: `with_entries`, who the people are, and chapters. Seven queries."""
        return self.with_entries().prefetch_related("credits__host", "chapters")

    def tagged(self, tag: Tag) -> Self:
        """With the tag or one of its aliases."""
        spellings = Tag.objects.filter(models.Q(pk=tag.pk) | models.Q(alias_of=tag))
        return self.filter(pk__in=EpisodeTag.objects.filter(tag__in=spellings).values("content_object"))

    def years(self) -> list[int]:
        """The years in which episodes aired, newest first. One query."""
        return [day.year for day in self.dates("air_date", "year", order="DESC")]

    def around(self, episode: "Episode") -> tuple["Episode | None", "Episode | None"]:
        """The episode before this published one and the one after it. Two queries."""
        at, pk = episode.published_at, episode.pk
        before = self.filter(models.Q(published_at__lt=at) | models.Q(published_at=at, pk__lt=pk))
        after = self.filter(models.Q(published_at__gt=at) | models.Q(published_at=at, pk__gt=pk))
        return before.newest_first().first(), after.newest_first().last()

    def folded(self, slug: str) -> "Episode | None":
        """The one that `slug` leads to without its leading zeros, in any letter case. One query."""
        return self.filter(slug__iexact=without_zeros(slug)).first()

    def slugs_among(self, words: Collection[str]) -> set[str]:
        """Which of these words, in lower case, lead to an episode as `folded` does. One query."""
        plain = {word: without_zeros(word) for word in words}
        named = self.alias(lower=Lower("slug")).filter(lower__in={*plain, *plain.values()})
        slugs = named.folded_slugs()
        return {word for word, without_zeros in plain.items() if {word, without_zeros} & slugs}

    def folded_slugs(self) -> set[str]:
        """Every slug in lower case, to find a free one. One query."""
        return {slug.lower() for slug in self.values_list("slug", flat=True)}


class Episode(Imported):  # type: ignore[django-manager-missing]
    show = models.ForeignKey(Show, models.CASCADE, related_name="episodes")
    number = VerbatimField(validators=[PageCheck("number")], help_text="As printed: 245, 001, p03.")
    slug = VerbatimField(
        blank=True,
        validators=[PageCheck("number"), validate_slug],
        help_text="The page's address. Left empty, it is the number without leading zeros.",
    )
    title = VerbatimField(blank=True, validators=[PageCheck("line")])
    summary = VerbatimField(
        "about this episode", blank=True, multiline=True, validators=[PageCheck("summary")], help_text="Markdown."
    )
    air_date = models.DateField(
        null=True, blank=True, help_text="The day it airs where the show is made. Empty: the day it is published."
    )
    # None: a draft. Ahead: scheduled, and public from that moment on.
    published_at = models.DateTimeField(null=True, blank=True)
    published_at_is_estimated = models.BooleanField(
        default=False, editable=False, help_text="Imported from a page that knows the day only."
    )
    is_in_review = models.BooleanField(
        "ready for review", default=False, help_text="A draft that somebody should read."
    )
    # None: as it was first written; see episodes.derived.touch.
    changed_at = models.DateTimeField(null=True, blank=True, editable=False)
    duration_seconds = models.PositiveIntegerField(null=True, blank=True)
    player_url = VerbatimField(
        "player address",
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="Where the audio can be heard.",
    )
    video_url = VerbatimField(
        "video address",
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="Where it can be watched.",
    )
    guid = models.TextField("GUID", null=True, blank=True, default=new_guid)
    audio = models.FileField(
        upload_to="audio",
        blank=True,
        db_index=True,
        help_text="Its address, length, type and duration are read from the file.",
    )
    enclosure_url = VerbatimField(
        "audio address",
        blank=True,
        validators=[URLValidator(["http", "https"])],
        help_text="Where apps download the audio, without a measurement prefix. Empty: no feed has the episode.",
    )
    enclosure_length = models.PositiveBigIntegerField("bytes of the audio", null=True, blank=True)
    enclosure_type = models.CharField("type of the audio", max_length=100, blank=True, help_text="Like audio/mpeg.")
    season = models.PositiveIntegerField(null=True, blank=True)
    episode_type = models.CharField(max_length=16, choices=EpisodeType, default=EpisodeType.FULL)
    # None: as the show.
    explicit = models.BooleanField(null=True, blank=True, help_text="Unknown: as the show.")
    artwork = PictureField(blank=True, help_text="Square, 1400 to 3000 pixels wide. Empty: the show’s.")
    is_blocked = models.BooleanField("in no feed", default=False, help_text="It has a page, and no feed has it.")

    tags = TaggableManager(through=EpisodeTag, blank=True, help_text="Separated by commas.")

    summary_html = models.TextField(editable=False, blank=True)
    # The first words of the summary, for lists and search engines.
    excerpt = models.TextField(editable=False, blank=True)
    # The notes as feeds have them: summary, sponsors with codes, links.
    feed_html = models.TextField(editable=False, blank=True)

    objects = EpisodeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["show", "number"],
                name="episode_number_once_per_show",
                violation_error_message="The show has an episode with this number.",
            ),
            models.UniqueConstraint(
                "show",
                Lower("slug"),
                name="episode_slug_once_per_show",
                violation_error_message="The show has an episode at this address.",
            ),
            models.UniqueConstraint(
                fields=["show", "guid"],
                name="episode_guid_once_per_show",
                violation_error_message="The show has an episode with this GUID.",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(air_date__isnull=False),
                name="episode_published_has_an_air_date",
            ),
            models.CheckConstraint(
                condition=~models.Q(number="") & ~models.Q(slug=""), name="episode_has_a_number_and_a_slug"
            ),
            models.CheckConstraint(
                condition=models.Q(is_in_review=False) | models.Q(published_at=None),
                name="episode_in_review_is_a_draft",
            ),
            models.CheckConstraint(condition=~models.Q(guid=""), name="episode_guid_is_unknown_or_not_empty"),
            models.CheckConstraint(condition=models.Q(season__gte=1), name="episode_season_counts_from_1"),
            models.CheckConstraint(
                condition=models.Q(episode_type__in=EpisodeType.values), name="episode_type_is_known"
            ),
        ]
        indexes = [models.Index("show", "published_at", name="episode_by_publication")]

    def __str__(self) -> str:
        return f"{self.number}: {self.title}"

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        super().clean_fields(exclude)
        if self.show_id and "slug" not in (exclude or ()) and self.show.short_links.spoken(self.show, self.slug):
            raise ValidationError({"slug": f"“{self.slug}” is a sponsor’s short link, and stays it."})

    def clean(self) -> None:
        self._fill_in()

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._fill_in()
        super().save(*args, **kwargs)

    def _fill_in(self) -> None:
        """What follows from the rest: an address and a day that were left empty, and the end of a review."""
        if not self.slug and self.number and self.show_id:
            others = self.show.episodes.exclude(pk=self.pk)
            self.slug = free_slug(self.number, others.folded_slugs() | self.show.short_links.words())
        if self.published_at:
            self.is_in_review = False
        if self.published_at and not self.air_date and self.show_id:
            self.air_date = self.day_of_airing()

    def day_of_airing(self) -> date:
        """The day it airs where the show is made; for a draft without one, today."""
        return self.air_date or self.show.today(self.published_at)

    def get_absolute_url(self) -> str:
        return reverse("episodes:detail", args=[self.slug])

    def is_published(self, at: datetime | None = None) -> bool:
        return self.published_at is not None and self.published_at <= (at or timezone.now())

    def would_come_sooner(self, moment: datetime, at: datetime | None = None) -> bool:
        """Whether `moment` makes public what is not, or sooner than scheduled: only the publish step does that."""
        return self.published_at is None or (not self.is_published(at) and moment < self.published_at)

    def is_in_feed(self, at: datetime | None = None) -> bool:
        return bool(self.is_published(at) and not self.is_blocked and self.guid and self.enclosure_url)

    @property
    def last_changed_at(self) -> datetime | None:
        """When its page last changed: it was published, or edited after that. None for a draft never edited."""
        return max((at for at in (self.published_at, self.changed_at) if at), default=None)

    @property
    def media_url(self) -> str:
        """The audio's address as apps and pages ask for it: behind the show's measurement prefix. "" without audio."""
        prefix = self.show.media_prefix
        return (
            f"{prefix}{self.enclosure_url.partition('://')[2]}" if prefix and self.enclosure_url else self.enclosure_url
        )

    @property
    def duration(self) -> str:
        """`1:12:51`, or "" where nobody knows it."""
        return clock(self.duration_seconds) if self.duration_seconds else ""

    @property
    def state(self) -> State:
        if self.published_at is None:
            return "in review" if self.is_in_review else "draft"
        return "published" if self.is_published() else "scheduled"

    @property
    def printed_title(self) -> str:
        """The title, or the word for none in the language of the page."""
        return self.title or _("Untitled")

    @property
    def code(self) -> str:
        """How people call it: LUP 245."""
        return f"{self.show.acronym} {self.number}"
