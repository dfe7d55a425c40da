from django.db import models
from django.urls import reverse

from episodes.formats.transcripts import Cue
from episodes.models.episode import Episode


def distance(language: str, other: str) -> int:
    """0: the same, 1: another kind of it (en and en-GB), 2: another language."""
    one, two = language.lower(), other.lower()
    return 0 if one == two else 1 if one.partition("-")[0] == two.partition("-")[0] else 2


class Transcript(models.Model):
    """What was said, stored once; every format that is served comes from the same cues."""

    class Format(models.TextChoices):
        VTT = "vtt", "WebVTT"
        SRT = "srt", "SubRip"
        JSON = "json", "JSON"

    episode = models.ForeignKey(Episode, models.CASCADE, related_name="transcripts")
    language = models.CharField(max_length=35)
    # Of the file that was uploaded.
    format = models.CharField(max_length=8, choices=Format)
    # In order: [start in milliseconds, end in milliseconds, speaker or "", text with line breaks].
    cues = models.JSONField()
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["language"]
        constraints = [
            models.UniqueConstraint(
                fields=["episode", "language"],
                name="transcript_once_per_episode_and_language",
                violation_error_message="The episode has a transcript in this language.",
            ),
            models.CheckConstraint(
                condition=models.Q(format__in=["vtt", "srt", "json"]), name="transcript_format_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.episode} ({self.language})"

    def get_absolute_url(self) -> str:
        return reverse("episodes:transcript", args=[self.episode.slug])

    def said(self) -> list[Cue]:
        return [Cue(*cue) for cue in self.cues]
