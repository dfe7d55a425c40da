from django.conf import settings
from django.db import models
from django.utils import timezone

from lupcms.shows.models import Show


class LeftAsItIs(models.Model):
    """What the list after an import found on a show and somebody looked at: it is right, and is not listed any more.

    `key` digests what was found (episodes.after_import.Finding.key). Other facts are another finding, which comes back.
    """

    show = models.ForeignKey(Show, models.CASCADE, related_name="left_as_they_are")
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    left_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = "finding that was left"
        verbose_name_plural = "findings that were left"
        ordering = ["-left_at", "-pk"]
        constraints = [models.UniqueConstraint(fields=["show", "kind", "key"], name="left_as_it_is_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
