from django.db import models

from episodes.models.entry import AddressedEntry
from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimField


class Link(AddressedEntry):
    class TitleKind(models.TextChoices):
        TEXT = "text", "The text again"
        OWN = "own", "A title of its own"
        NONE = "none", "No title"

    text = VerbatimField(blank=True, validators=[PageCheck("text")], help_text="Markdown. Empty: the address itself.")
    description = VerbatimField(blank=True, multiline=True, validators=[PageCheck("line")], help_text="Markdown.")
    heading = VerbatimField("topic heading", blank=True, help_text="Starts a group of links. Not on the notes page.")
    title_kind = models.CharField(max_length=4, choices=TitleKind.choices, default=TitleKind.TEXT)
    title = VerbatimField(blank=True, multiline=True, validators=[PageCheck("anything")])

    text_html = models.TextField(editable=False, blank=True)
    description_html = models.TextField(editable=False, blank=True)

    class Meta(AddressedEntry.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(title="") | models.Q(title_kind="own"),
                name="link_title_only_where_it_has_its_own",
                violation_error_message="Only a link with a title of its own has one.",
            )
        ]

    def __str__(self) -> str:
        return self.text or self.url
