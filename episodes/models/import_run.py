"""What imports did: a run over one source, and what it found of each episode. Written by episodes.importers.runs."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from episodes.models.episode import Episode
from lupcms.shows.models import Show

# Two thousand episodes take minutes.
LONGEST = timedelta(hours=6)


class ImportRun(models.Model):
    """One source, read once for one show. Counts say how many episodes it created, updated, and so on."""

    class Source(models.TextChoices):
        NOTES = "notes", "Notes pages"
        RSS = "rss", "RSS feed"
        JSON = "json", "JSON feed"
        SITE = "site", "Website"

    show = models.ForeignKey(Show, models.CASCADE, related_name="import_runs")
    source = models.CharField(max_length=8, choices=Source)
    # A path or an address as it was given.
    origin = models.TextField("from")
    # None: who ran the command did not say.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    overwrite = models.BooleanField("edits gave way", default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    # None: it broke off, or is running.
    finished_at = models.DateTimeField(null=True, blank=True)
    # Verdict of ImportEntry -> number of episodes.
    counts = models.JSONField(default=dict, blank=True)
    # What the source says of the show and not of an episode, as `ImportEntry.differences`.
    differences = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = "import"
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(source__in=["notes", "rss", "json", "site"]), name="import_run_source_is_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}: {self.origin}"

    def has_broken_off(self) -> bool:
        """One that is running is not so old."""
        return self.finished_at is None and timezone.now() - self.started_at > LONGEST

    def get_absolute_url(self) -> str:
        return reverse("admin:episodes_importrun_change", args=[self.pk])


class ImportEntry(models.Model):
    """What a run found of one episode. One of which it had nothing to tell has none, and is only counted."""

    class Verdict(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        UNCHANGED = "unchanged", "Unchanged"
        KEPT = "kept", "Kept as it is here"
        AMBIGUOUS = "ambiguous", "Ambiguous"
        FAILED = "failed", "Not read"

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="entries")
    # None: there was none, or it is gone.
    episode = models.ForeignKey(Episode, models.SET_NULL, null=True, blank=True, related_name="import_entries")
    # In the source, as Record.place.
    place = models.TextField()
    # How the episode was called then: LUP 245.
    code = models.TextField(blank=True)
    verdict = models.CharField(max_length=16, choices=Verdict)
    # [{"field", "did", "here", "said", "why"}], see episodes.importers.fields.Difference.
    differences: Any = models.JSONField(default=list, blank=True)
    # The HTML that was taken apart.
    original = models.TextField(blank=True)

    class Meta:
        verbose_name = "import of an episode"
        verbose_name_plural = "imports of episodes"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(verdict__in=["created", "updated", "unchanged", "kept", "ambiguous", "failed"]),
                name="import_entry_verdict_is_known",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code or self.place}: {self.get_verdict_display()}"
