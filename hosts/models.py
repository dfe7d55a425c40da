"""The people who appear. One host can have another name and slug on each show, and several on one."""

from collections.abc import Collection, Iterable
from typing import Any, Self

from django.core.validators import RegexValidator
from django.db import models, transaction
from django.urls import reverse

from lupcms.shows.fields import VerbatimField
from lupcms.shows.imported import Imported
from lupcms.shows.markdown import block_html
from lupcms.shows.models import OldPath, Show
from lupcms.shows.pictures import PictureField


class HostQuerySet(models.QuerySet["Host"]):
    def in_history(self, keys: Collection[int]) -> "dict[int, Host]":
        """Whoever is meant by these primary keys now, merged people too; nobody by one that is gone. Two queries."""
        found = self.in_bulk(keys)
        merged = MergedHost.objects.filter(was__in=set(keys) - found.keys()).select_related("host")
        return found | {row.was: row.host for row in merged}


class Host(models.Model):
    """A person, on all shows. What an episode credited stands in the episode and never follows a change here."""

    name = VerbatimField()
    bio = models.TextField(blank=True, help_text="Markdown.")
    picture = PictureField(blank=True, help_text="Shown as a square of its middle.")
    is_hidden = models.BooleanField(
        "hidden",
        default=False,
        help_text=(
            "Asked not to be listed: in no list of people and no sitemap, and search engines are asked to leave their "
            "page out. Episodes go on crediting them."
        ),
    )

    bio_html = models.TextField(editable=False, blank=True)

    objects = HostQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name

    def public_names(self) -> "dict[Show, HostName]":
        """Every show that has published an episode with them, and the name there that their page has. One query."""
        credited = self.credits.published().filter(episode__show=models.OuterRef("show"))
        names = self.names.filter(models.Exists(credited), is_main=True).select_related("show")
        return {name.show: name for name in names.order_by("show__title", "show")}

    def deciding_shows(self) -> models.QuerySet[Show]:
        """Whose writers together decide what all shows say of them: those that have published an episode with them.

        Where none has, those that know or credit them. So a draft takes them from nobody. Two queries.
        """
        published = Show.objects.filter(pk__in=self.credits.published().values("episode__show"))
        if published.exists():
            return published
        knowing, crediting = self.names.values("show"), self.credits.values("episode__show")
        return Show.objects.filter(models.Q(pk__in=knowing) | models.Q(pk__in=crediting))

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.bio_html = block_html(self.bio)
        super().save(*args, **kwargs)

    @transaction.atomic
    def absorb(self, other: "Host") -> None:
        """Everything of `other` becomes ours, and all of their addresses lead to our page. Credits keep their words.

        A query for each kind of record that belongs to a host, and two for each show that knows both.
        """
        if other == self:
            raise ValueError("A person cannot be merged into themselves.")
        mine = {name.show_id: name for name in self.names.filter(is_main=True)}
        for show, name in mine.items():
            name.lead_here(other.names.filter(show=show).values_list("slug", flat=True))
        other.names.filter(show__in=mine).update(is_main=False, is_former=False)
        for relation in Host._meta.related_objects:
            rows: Any = relation.related_model
            rows._base_manager.filter(**{relation.field.name: other}).update(**{relation.field.name: self})
        self.bio, self.picture = self.bio or other.bio, self.picture or other.picture
        self.is_hidden = self.is_hidden or other.is_hidden
        self.save()
        MergedHost.objects.create(host=self, was=other.pk)
        other.delete()


class HostNameQuerySet(models.QuerySet["HostName"]):
    def main(self, show: Show) -> Self:
        """One name a host: the one that their page's address has on `show`."""
        return self.filter(show=show, is_main=True)

    def former(self, show: Show) -> Self:
        """Of everybody who does not host `show` any more, that of their page."""
        return self.filter(show=show, is_former=True)

    def listed(self) -> Self:
        """Without people who asked not to be listed."""
        return self.filter(host__is_hidden=False)

    def spelled(self, slug: str) -> "HostName | None":
        """The one of this slug, or of it in another letter case. Two queries at most."""
        return self.filter(slug=slug).first() or self.filter(slug__iexact=slug).first()

    def known_as(
        self, show: Show, slug: str, name: str, imported: dict[str, Any] | None = None, same_as: int | None = None
    ) -> "HostName":
        """The host whom `show` knows by `slug`; an unknown one is made, with `name` and what an import left.

        Somebody who has the very same slug and name on another show, or is credited so, is the same person. Where there
        is nobody, it is another name of the host with the key `same_as`, where one is given.
        """
        known = self.filter(show=show, slug=slug).first()
        if known is None:
            named = self.filter(slug=slug, name=name).order_by("pk").select_related("host").first()
            credited = Host.objects.filter(credits__slug=slug, credits__name=name).order_by("pk")
            alike = Host.objects.filter(pk__in=[] if same_as is None else [same_as])
            host = named.host if named else credited.first() or alike.first() or Host.objects.create(name=name.strip())
            new = {"host": host, "name": name, "imported": imported or {}}
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
    is_main = models.BooleanField(
        "page",
        default=False,
        help_text="Their page on the show has this name and slug.",
    )
    is_former = models.BooleanField("former", default=False, help_text="Hosts this show no more.")

    objects = HostNameQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "slug"],
                name="host_slug_once_per_show",
                violation_error_message="The show knows somebody by this slug already.",
            ),
            models.UniqueConstraint(
                fields=["host", "show"], condition=models.Q(is_main=True), name="host_has_one_page_per_show"
            ),
            models.CheckConstraint(condition=~models.Q(slug=""), name="host_slug_is_not_empty"),
            models.CheckConstraint(condition=~models.Q(slug__contains="/"), name="host_slug_has_no_slash"),
            models.CheckConstraint(
                condition=models.Q(is_main=True) | models.Q(is_former=False), name="host_is_former_at_main"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("hosts:detail", args=[self.slug])

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The first name of somebody on a show is that of their page. A new one costs one query more."""
        if self._state.adding and not self.is_main:
            mine = HostName.objects.filter(host=self.host_id, show=self.show_id)
            self.is_main = not mine.filter(is_main=True).exists()
        super().save(*args, **kwargs)

    @transaction.atomic
    def take_page(self) -> None:
        """Their page has this name and slug from now on, and the other ones lead here."""
        before = HostName.objects.filter(host=self.host_id, show=self.show_id, is_main=True)
        self.is_main, self.is_former = True, before.filter(is_former=True).exists()
        before.update(is_main=False, is_former=False)
        self.save(update_fields=["is_main", "is_former"])

    @transaction.atomic
    def rename(self, old_slug: str, old_name: str) -> None:
        """Called after the slug has changed: the old one stays theirs, so that pages, feeds and imports find them."""
        HostName.objects.create(host=self.host, show=self.show, slug=old_slug, name=old_name)
        self.lead_here([old_slug])

    def lead_here(self, slugs: Iterable[str]) -> None:
        """Still older addresses that led to the page of one of these slugs lead here at once. Two queries at most."""
        here, theirs = f"/hosts/{self.slug}", [f"/hosts/{slug}" for slug in slugs]
        old = OldPath.objects.filter(show=self.show_id, target__in=theirs)
        # Such a row would lead to itself; it is not asked, as the page stands before it.
        old.exclude(path=here).update(target=here)


class MergedHost(models.Model):
    """Whom the history of episodes knows by the primary key of somebody who was merged into another."""

    host = models.ForeignKey(Host, models.CASCADE, related_name="merged")
    was = models.BigIntegerField(unique=True, editable=False)

    def __str__(self) -> str:
        return f"{self.was} is {self.host}"
