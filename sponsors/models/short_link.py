"""Addresses to say aloud: halftide.example/batteries."""

from collections.abc import Collection
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from lupcms.shows.counts import DailyCount
from lupcms.shows.fields import VerbatimField
from lupcms.shows.links import web_address
from lupcms.shows.models import Show
from lupcms.shows.paths import RESERVED
from sponsors.models.offer import Offer
from sponsors.models.sponsor import Sponsor


class ShortLinkQuerySet(models.QuerySet["ShortLink"]):
    def spoken(self, show: Show, word: str) -> "ShortLink | None":
        """In any letter case. One query."""
        return self.filter(show=show, word=word.lower()).select_related("sponsor", "offer").first()

    def words(self) -> set[str]:
        """Every word, which no other page may have. One query."""
        return set(self.order_by().values_list("word", flat=True))

    def among(self, words: Collection[str]) -> set[str]:
        """Which of these are words. One query."""
        return self.filter(word__in=words).words()

    def live(self, day: date) -> Self:
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=day), Q(ends_on=None) | Q(ends_on__gte=day))


class ShortLink(models.Model):
    """`/<word>` on a show. Once spoken it stays in old audio: it is never deleted, and never another sponsor's."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="short_links")
    word = models.CharField(
        max_length=100,
        validators=[RegexValidator(r"^[^\W_][\w-]*\Z", "Write one word of letters, digits and hyphens.")],
        help_text="As it is said: batteries leads from /batteries, in any letter case.",
    )
    sponsor = models.ForeignKey(Sponsor, models.PROTECT, related_name="short_links")
    offer = models.ForeignKey(Offer, models.SET_NULL, null=True, blank=True, related_name="short_links")
    url = VerbatimField("leads to", blank=True, help_text="Empty: to the offer’s address, else the sponsor’s.")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="After it, the word leads to the sponsor’s page here.")

    objects = ShortLinkQuerySet.as_manager()

    class Meta:
        ordering = ["show", "word"]
        constraints = [
            models.UniqueConstraint(
                "show",
                Lower("word"),
                name="short_link_once_per_show",
                violation_error_message="This word has been used on this show: it stays what it was.",
            ),
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                name="short_link_ends_after_it_begins",
                violation_error_message="The short link ends before it begins.",
            ),
        ]

    def __str__(self) -> str:
        return f"/{self.word}"

    def clean(self) -> None:
        """A new word is no other address of its show. Two queries for a new one, at most."""
        self._fold()
        if self._state.adding and self.show_id and self.word:
            self._check_word()
        if self.offer and self.sponsor_id and self.offer.sponsor_id != self.sponsor_id:
            raise ValidationError({"offer": f"This offer is of {self.offer.sponsor}."})
        if self.url:
            try:
                URLValidator(["http", "https"])(self.url)
            except ValidationError as error:
                raise ValidationError({"url": "Write a whole address, with https://."}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        self._fold()
        super().save(*args, **kwargs)

    def _check_word(self) -> None:
        if self.word in RESERVED:
            raise ValidationError({"word": "This is the address of a built-in page."})
        if self.word in self.show.episodes.folded_slugs():
            raise ValidationError({"word": "This is the address of an episode."})
        paths = Q(path__iexact=f"/{self.word}") | Q(path__iexact=f"/{self.word}/")
        if self.show.old_paths.filter(paths).exists():
            raise ValidationError({"word": "This is an old address, which leads to another page."})

    def _fold(self) -> None:
        """In lower case, made here: SQLite folds the letters A to Z only."""
        self.word = self.word.lower()

    def target(self, day: date) -> str:
        """Where it leads on that day: abroad while it counts, before and after to the sponsor's page on the show."""
        early = self.starts_on and day < self.starts_on
        late = self.ends_on and day > self.ends_on
        offer = self.offer if self.offer and self.offer.standing(day).is_live else None
        url = self.url or (offer.url if offer else "") or self.sponsor.url
        abroad = "" if early or late else web_address(url)
        return abroad or self.sponsor.get_absolute_url()


class ShortLinkCount(DailyCount):
    short_link = models.ForeignKey(ShortLink, models.CASCADE, related_name="counts")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["short_link", "day"], name="short_link_counted_once_a_day")]
