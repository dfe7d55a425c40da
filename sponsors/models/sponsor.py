"""Who pays, under one name, and the names it had before."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import slugify

from lupcms.shows.fields import VerbatimField
from lupcms.shows.imported import Imported
from lupcms.shows.models import OldPath, Show
from lupcms.shows.pictures import PictureField

# What PostgreSQL can hold in a unique index, and no name has.
NAME_MAX_BYTES = 2_000


class Kind(models.TextChoices):
    """What a show has of a sponsor. Nothing is claimed where nobody has said so."""

    UNKNOWN = "unknown", "Unknown"
    PAID = "paid", "Paid"
    AFFILIATE = "affiliate", "Affiliate"
    PARTNER = "partner", "Partner"
    HOUSE = "house", "Own promotion"


class SponsorQuerySet(models.QuerySet["Sponsor"]):
    def named(self, name: str, url: str = "", imported: dict[str, Any] | None = None) -> "Sponsor":
        """The sponsor that has this exact name, or had it before; an unknown one is made, with the rest."""
        known = self.filter(name=name).first() or self.filter(former_names__name=name).first()
        if known is not None:
            return known
        new = {"slug": self.free_slug(name), "url": url, "imported": imported or {}}
        return self.get_or_create(name=name, defaults=new)[0]

    def free_slug(self, name: str) -> str:
        base = slugify(name)[:200] or "sponsor"
        taken = {slug.lower() for slug in self.filter(slug__istartswith=base).values_list("slug", flat=True)}
        old = _moved().filter(path__istartswith=f"/sponsors/{base}").values_list("path", flat=True)
        taken |= {path.lower().removeprefix("/sponsors/") for path in old}
        number = 1
        slug = base
        while slug in taken:
            number += 1
            slug = f"{base}-{number}"
        return slug


class Sponsor(Imported):
    name = VerbatimField(unique=True, help_text="Exactly as it is to be printed. Published pages keep the old one.")
    slug = models.SlugField(unique=True, max_length=255)
    kind = models.CharField(
        max_length=16,
        choices=Kind,
        default=Kind.UNKNOWN,
        help_text="What new placements are marked as, and visitors are told.",
    )
    url = VerbatimField("address", blank=True)
    logo = PictureField(blank=True, shape="whole", help_text="JPEG, PNG or WebP, shown whole.")
    description = models.TextField(blank=True)
    contacts = models.TextField(blank=True, help_text="Whom to write to or call. Only members see it.")

    objects = SponsorQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=Kind.values), name="sponsor_kind_is_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """What was published under a name or an address stays with the sponsor that had it, in any letter case."""
        super().clean()
        if len(self.name.encode()) > NAME_MAX_BYTES:
            raise ValidationError({"name": f"This name is longer than {NAME_MAX_BYTES} bytes."})
        former = FormerName.objects.filter(name=self.name).exclude(sponsor=self.pk).select_related("sponsor").first()
        if former:
            raise ValidationError({"name": f"{former.sponsor} had this name, and pages published under it are theirs."})
        stored = Sponsor.objects.filter(pk=self.pk).first()
        here = stored.get_absolute_url() if stored else ""
        old = _moved().filter(path__iexact=f"/sponsors/{self.slug}").exclude(target=here).first()
        if old:
            raise ValidationError({"slug": f"Published pages lead from this address to {old.target}."})
        if Sponsor.objects.filter(slug__iexact=self.slug).exclude(slug=self.slug).exclude(pk=self.pk).exists():
            raise ValidationError({"slug": "Another sponsor has this address in another letter case."})

    def get_absolute_url(self) -> str:
        return reverse("sponsors:detail", args=[self.slug])

    @property
    def shows(self) -> models.QuerySet[Show]:
        """The shows that have placed it, or an offer of it: all that may have had its page."""
        placed = models.Q(episodes__placements__sponsor=self)
        return Show.objects.filter(placed | models.Q(offers__sponsor=self)).distinct()

    @cached_property
    def keys(self) -> set[int]:
        """The primary keys by which the history of placements knows it, those of merged sponsors too. One query."""
        merged = self.former_names.values_list("was", flat=True)
        return {self.pk, *(pk for pk in merged if pk is not None)}

    @transaction.atomic
    def rename(self, old_name: str, old_slug: str) -> None:
        """Called after the name or slug has changed: what led here before still does. Placements keep their words."""
        if old_name != self.name:
            self._remember_name(old_name, None)
        if old_slug != self.slug:
            self._lead_here(f"/sponsors/{old_slug}", self.shows)

    @transaction.atomic
    def absorb(self, other: "Sponsor") -> None:
        """Everything of `other` becomes ours, its page leads here, and placements keep their words.

        A query for each kind of record that belongs to a sponsor, and some for each show that had its page.
        """
        if other == self:
            raise ValueError("A sponsor cannot be merged into itself.")
        shows = list(other.shows)
        for relation in Sponsor._meta.related_objects:
            rows: Any = relation.related_model
            rows._base_manager.filter(**{relation.field.name: other}).update(**{relation.field.name: self})
        self._lead_here(other.get_absolute_url(), shows)
        name, pk = other.name, other.pk
        other.delete()
        self._remember_name(name, pk)

    def _lead_here(self, old: str, shows: Iterable[Show]) -> None:
        """On the shows that had the page, and where an older address led to it."""
        for show in {*shows, *Show.objects.filter(old_paths__target=old)}:
            OldPath.objects.remember(show, old, self.get_absolute_url())

    def _remember_name(self, name: str, was: int | None) -> None:
        """A name that a merged sponsor brought is kept for its key, also while it is ours again."""
        FormerName.objects.filter(name=self.name, was=None).delete()
        FormerName.objects.update_or_create(name=name, defaults={"sponsor": self} | ({"was": was} if was else {}))


class FormerName(models.Model):
    """A name that a sponsor had, or that somebody had who was merged into it: an import finds it by this too."""

    sponsor = models.ForeignKey(Sponsor, models.CASCADE, related_name="former_names")
    name = VerbatimField(unique=True)
    # The primary key of a merged sponsor, by which the history of placements knows it.
    was = models.BigIntegerField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


def _moved() -> models.QuerySet[OldPath]:
    return OldPath.objects.filter(status=OldPath.Status.MOVED)
