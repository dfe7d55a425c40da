"""The people who appear. One host can have another name and slug on each show."""

from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models
from django.urls import reverse

from lupcms.shows.fields import VerbatimField
from lupcms.shows.imported import Imported
from lupcms.shows.markdown import block_html
from lupcms.shows.models import Show
from lupcms.shows.pictures import PictureField


class Host(models.Model):
    """A person, on all shows. What an episode credited stands in the episode and never follows a change here."""

    name = VerbatimField()
    bio = models.TextField(blank=True, help_text="Markdown.")
    picture = PictureField(blank=True, help_text="Shown as a square of its middle.")

    bio_html = models.TextField(editable=False, blank=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def public_names(self) -> "dict[Show, HostName]":
        """Every show that has published an episode with them, and the first name there, which their page has.

        One query.
        """
        credited = self.credits.published().filter(episode__show=models.OuterRef("show"))
        names = self.names.filter(models.Exists(credited)).select_related("show")
        return {name.show: name for name in names.order_by("-pk")}

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.bio_html = block_html(self.bio)
        super().save(*args, **kwargs)


class HostNameQuerySet(models.QuerySet["HostName"]):
    def main(self, show: Show) -> Self:
        """One name a host: the first by which `show` knew them, which their page's address has."""
        first = HostName.objects.filter(show=show).values("host").annotate(first=models.Min("pk")).values("first")
        return self.filter(pk__in=first)

    def spelled(self, slug: str) -> "HostName | None":
        """The one of this slug, or of it in another letter case. Two queries at most."""
        return self.filter(slug=slug).first() or self.filter(slug__iexact=slug).first()

    def known_as(self, show: Show, slug: str, name: str, imported: dict[str, Any] | None = None) -> "HostName":
        """The host whom `show` knows by `slug`; an unknown one is made, with `name` and what an import left.

        Somebody who has the very same slug and name on another show is the same person.
        """
        known = self.filter(show=show, slug=slug).first()
        if known is None:
            elsewhere = self.filter(slug=slug, name=name).order_by("pk").first()
            host_id = elsewhere.host_id if elsewhere else Host.objects.create(name=name).pk
            new = {"host_id": host_id, "name": name, "imported": imported or {}}
            return self.get_or_create(show=show, slug=slug, defaults=new)[0]
        return known


class HostName(Imported):
    """The slug and name under which a show knows a host: /hosts/<slug>. A host may have several on one show."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="names")
    show = models.ForeignKey(Show, models.CASCADE, related_name="host_names")
    slug = VerbatimField(
        validators=[RegexValidator(r"^[^/)\0\r\n]+\Z", "A person's slug has no slash and no closing bracket.")]
    )
    name = VerbatimField()

    objects = HostNameQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "slug"],
                name="host_slug_once_per_show",
                violation_error_message="The show knows somebody by this slug already.",
            ),
            models.CheckConstraint(condition=~models.Q(slug=""), name="host_slug_is_not_empty"),
            models.CheckConstraint(condition=~models.Q(slug__contains="/"), name="host_slug_has_no_slash"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("hosts:detail", args=[self.slug])
