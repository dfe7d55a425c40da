from django.db import models

from episodes.validators import PageCheck
from lupcms.shows.fields import VerbatimField
from lupcms.shows.models import Show


class UsualLink(models.Model):
    """A link that every new episode of a show begins with. What was published before keeps its own."""

    show = models.ForeignKey(Show, models.CASCADE, related_name="usual_links")
    position = models.PositiveIntegerField(default=0)
    url = VerbatimField("address", validators=[PageCheck("url")])
    text = VerbatimField(blank=True, validators=[PageCheck("text")], help_text="Markdown. Empty: the address itself.")
    description = VerbatimField(blank=True, multiline=True, validators=[PageCheck("line")], help_text="Markdown.")
    heading = VerbatimField("topic heading", blank=True, help_text="Starts a group of links.")

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["show", "url"],
                name="usual_link_once_per_show",
                violation_error_message="This address is one of the show's usual links already.",
            ),
            models.CheckConstraint(condition=~models.Q(url=""), name="usual_link_has_an_address"),
        ]

    def __str__(self) -> str:
        return self.text or self.url
