"""Tags that are one and the same: the other spellings become aliases, and lead visitors to the one that stays.

No published episode is rewritten. Drafts can be, as nobody has read them.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from episodes.models import Episode, EpisodeTag, Tag, history
from episodes.saving import saved_all
from lupcms.shows.models import User


class Merged(NamedTuple):
    """Numbers: spellings that lead to the tag now, drafts that were rewritten."""

    aliases: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Use:
    """How many episodes of a show say a tag. Of shows that are not one's own, only the published ones count."""

    show: str
    published: int
    drafts: int


@transaction.atomic
def merge(stays: Tag, go: Collection[Tag], drafts: QuerySet[Episode] | None = None, by: User | None = None) -> Merged:
    """One step from every spelling: also the aliases of what goes lead to what stays, which is no alias any more.

    `drafts` are rewritten by `by` to say the tag that stays. Undone by taking an alias away.
    """
    # Two merges at once would each make the other's tag an alias.
    list(Tag.objects.select_for_update().filter(pk__in=[stays.pk, *(tag.pk for tag in go)]).order_by("pk"))
    spellings = _spellings(go).exclude(pk=stays.pk)
    Tag.objects.filter(pk=stays.pk).update(alias_of=None)
    aliases = spellings.update(alias_of=stays)
    return Merged(aliases, _rewrite(drafts, stays, by) if drafts is not None and by is not None else 0)


def are_changeable_by(user: User, tags: Collection[Tag]) -> bool:
    """Whether somebody may decide where these spellings lead: who writes for every show that uses one. One query."""
    uses = EpisodeTag.objects.filter(tag__in=_spellings(tags).values("pk"))
    elsewhere = uses.exclude(content_object__show__in=user.shows("write").values("pk"))
    return user.may("write") and not elsewhere.exists()


def uses_of(tags: Collection[Tag], user: User) -> dict[int, list[Use]]:
    """By the key of each tag, who says it, as far as a member may know. Two queries."""
    mine = set(user.shows("view").values_list("pk", flat=True))
    public = Count("pk", filter=Q(content_object__published_at__lte=timezone.now()))
    uses = EpisodeTag.objects.filter(tag__in=tags).order_by("content_object__show__title")
    rows = uses.values_list("tag", "content_object__show", "content_object__show__title")
    found: dict[int, list[Use]] = {tag.pk: [] for tag in tags}
    for tag, show, title, published, every in rows.annotate(published=public, every=Count("pk")):
        if show in mine or published:
            found[tag].append(Use(title, published, every - published if show in mine else 0))
    return found


def drafts_with(tags: Collection[Tag], user: User) -> QuerySet[Episode]:
    """Drafts that somebody may rewrite, with one of these tags."""
    drafts = Episode.objects.drafts().filter(show__in=user.shows("write"))
    return drafts.filter(pk__in=EpisodeTag.objects.filter(tag__in=tags).values("content_object"))


def _spellings(tags: Collection[Tag]) -> QuerySet[Tag]:
    """The tags and what is an alias of one."""
    return Tag.objects.filter(Q(pk__in=[tag.pk for tag in tags]) | Q(alias_of__in=tags))


def _rewrite(drafts: QuerySet[Episode], stays: Tag, by: User) -> int:
    """Only what says an alias of `stays`, of these drafts."""
    rows = EpisodeTag.objects.filter(content_object__in=list(drafts), tag__alias_of=stays)
    episodes = list(Episode.objects.select_for_update().filter(pk__in=rows.values("content_object")))
    history.keep_all_before(episodes)
    rows.delete()
    EpisodeTag.objects.bulk_create(
        (EpisodeTag(content_object=episode, tag=stays) for episode in episodes), ignore_conflicts=True
    )
    saved_all(episodes, by)
    return len(episodes)
