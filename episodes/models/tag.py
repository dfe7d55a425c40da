import unicodedata
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from taggit.models import ItemBase, TagBase

from episodes.notes.render import quote_tag
from episodes.validators import PageCheck
from lupcms.shows.models import Show, User

NAME_MAX_LENGTH = 255
# What the list of tags is divided by: letters, digits, and everything else.
LETTERS = [*"abcdefghijklmnopqrstuvwxyz", "0", "#"]


def letter_of(name: str) -> str:
    """Where a tag stands in the alphabet: `Éire` under e, `3d printing` under 0, `.net` and `日本` under #."""
    first = unicodedata.normalize("NFD", name.strip()[:1]).casefold()[:1]
    return "0" if first.isdecimal() else first if first in LETTERS else "#"


def _published_uses(show: Show) -> "EpisodeTagQuerySet":
    """Of the tag of the outer query.

    The sum keeps SQLite, which has no statistics, from beginning at the show's many episodes instead of the tag's few.
    """
    uses = EpisodeTag.objects.published().filter(tag=models.OuterRef("pk"))
    of_show: EpisodeTagQuerySet = uses.alias(its_show=models.F("content_object__show_id") + 0).filter(its_show=show.pk)
    return of_show


class TagQuerySet(models.QuerySet["Tag"]):
    def spelled(self, name: str) -> "Tag | None":
        """The tag of this name; else in lower case, as most are; else in another letter case. At most three queries.

        Lower case is made here: SQLite folds the letters A to Z only.
        """
        return (
            self.filter(name=name).first()
            or self.filter(name=name.lower()).first()
            or self.filter(name__iexact=name).order_by("name").first()
        )

    def on(self, show: Show) -> Self:
        """The tags of its published episodes."""
        return self.filter(models.Exists(_published_uses(show)))

    def answering(self, show: Show, name: str) -> "Tag | None":
        """The tag whose page `name` is or leads to on `show`: an alias leads to its tag, in any letter case.

        The exact name before another letter case. None where no published episode has the tag or an alias of it.
        Seven queries at most, and two where an episode has exactly that tag.
        """
        published = self.on(show)
        aliases = Tag.objects.filter(alias_of=models.OuterRef("pk"))
        families = self.filter(models.Q(alias_of__isnull=False) | models.Exists(aliases))
        here = published.spelled(name)
        if here and here.name == name:
            return here.alias_of or here
        family = families.spelled(name)
        for spelled in sorted(filter(None, (here, family)), key=lambda tag: tag.name != name):
            tag = spelled.alias_of or spelled
            if spelled == here or published.filter(models.Q(pk=tag.pk) | models.Q(alias_of=tag)).exists():
                return tag
        return None

    def visible_to(self, user: User) -> Self:
        """Those that a member may know of: of published episodes, of episodes of their shows, and aliases of nothing.

        A tag that only drafts of somebody else's show have says what they work on.
        """
        if user.is_superuser:
            return self
        uses = EpisodeTag.objects.filter(tag=models.OuterRef("pk"))
        public = models.Q(content_object__published_at__lte=timezone.now())
        known = uses.filter(public | models.Q(content_object__show__in=user.shows("view").values("pk")))
        seen = models.Exists(known) | models.Q(models.Q(alias_of__isnull=False), ~models.Exists(uses))
        led_to = Tag.objects.filter(seen, alias_of__isnull=False).values("alias_of")
        return self.filter(seen | models.Q(pk__in=led_to))

    def counted(self, show: Show) -> Self:
        """With `episodes`, how many published ones of `show` have the tag."""
        uses = _published_uses(show).order_by().values("tag").annotate(count=models.Count("pk")).values("count")
        return self.annotate(episodes=models.Subquery(uses))

    def of_episodes(self, episodes: "models.QuerySet[Any]") -> Self:
        """The tags of `episodes`, most used among them first, with `episodes`, how many have the tag."""
        tags = self.filter(tagged_items__content_object__in=episodes)
        return tags.annotate(episodes=models.Count("tagged_items")).order_by("-episodes", "name")

    def named(self, names: Iterable[str]) -> dict[str, "Tag"]:
        """The tag of each exact name; unknown ones are made. At most two queries."""
        wanted = set(names)
        known = {tag.name: tag for tag in self.filter(name__in=wanted)}
        missing = [Tag(name=name, letter=letter_of(name)) for name in sorted(wanted - known.keys())]
        if missing:
            # An update of nothing, so that a tag that somebody else has just made comes back with its key too.
            self.bulk_create(missing, update_conflicts=True, unique_fields=["name"], update_fields=["name"])
        return known | {tag.name: tag for tag in missing}


class Tag(TagBase):
    """The name identifies a tag: `c`, `c+` and `c#` are three, and a slug could not tell them apart.

    An alias leads visitors to another tag, and never rewrites an episode.
    """

    slug = None
    name = models.CharField(max_length=NAME_MAX_LENGTH, unique=True, validators=[PageCheck("tag")])
    letter = models.CharField(max_length=1, editable=False)
    alias_of = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="aliases")

    objects = TagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(alias_of=models.F("pk")), name="tag_is_not_its_own_alias"),
            models.CheckConstraint(condition=~models.Q(name=""), name="tag_has_a_name"),
        ]
        indexes = [models.Index("letter", "name", name="tag_by_letter")]

    def clean(self) -> None:
        """One step from an alias to its tag, so that no redirect can go in circles."""
        if self.alias_of is not None and self.alias_of.alias_of_id is not None:
            raise ValidationError({"alias_of": f"“{self.alias_of}” is an alias itself."})
        if self.alias_of is not None and self.pk and self.aliases.exists():
            raise ValidationError({"alias_of": "This tag has aliases: an alias cannot have any."})

    def get_absolute_url(self) -> str:
        """As notes pages print it: a slash in the name is no slash of the path."""
        return f"/tags/{quote_tag(self.name)}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Past taggit's own save, which makes slugs."""
        self.letter = letter_of(self.name)
        models.Model.save(self, *args, **kwargs)


class EpisodeTagQuerySet(models.QuerySet["EpisodeTag"]):
    def published(self, at: datetime | None = None) -> Self:
        """Tags of episodes that are public."""
        return self.filter(content_object__published_at__lte=at or timezone.now())


class EpisodeTag(ItemBase):
    content_object = models.ForeignKey("episodes.Episode", models.CASCADE, related_name="tagged_items")
    tag = models.ForeignKey(Tag, models.CASCADE, related_name="tagged_items")

    objects = EpisodeTagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="tag_once_per_episode"),
        ]

    def __str__(self) -> str:
        """What the history calls a version of it: the name, for when the tag is gone."""
        return str(self.tag)
