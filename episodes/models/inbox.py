from typing import Self

from django.db import models
from django.utils import timezone

from episodes.models.episode import Episode
from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimField
from lupcms.shows.models import Show, User


class InboxQuerySet(models.QuerySet["InboxLink"]):
    def waiting(self) -> Self:
        return self.filter(episode=None)


class InboxLink(models.Model):
    """A link that somebody found during the week, for the next episode of a show or a later one.

    It waits here until an episode is saved with it, and again if that episode is deleted; no draft is touched.
    """

    show = models.ForeignKey(Show, models.CASCADE, related_name="inbox")
    url = VerbatimField("address", validators=[PageCheck("url")])
    text = VerbatimField(blank=True, validators=[PageCheck("text")])
    description = VerbatimField(blank=True, multiline=True, validators=[PageCheck("line")])
    added_at = models.DateTimeField("added", default=timezone.now, editable=False)
    added_by = models.ForeignKey(User, models.SET_NULL, null=True, editable=False, related_name="+")
    # The one that took it.
    episode = models.ForeignKey(Episode, models.SET_NULL, null=True, editable=False, related_name="from_inbox")

    objects = InboxQuerySet.as_manager()

    class Meta:
        verbose_name = "link in the inbox"
        verbose_name_plural = "inbox"
        ordering = ["added_at", "pk"]
        constraints = [models.CheckConstraint(condition=~models.Q(url=""), name="inbox_link_has_an_address")]

    def __str__(self) -> str:
        return self.text or self.url
