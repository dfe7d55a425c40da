from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from episodes.models.entry import Entry
from episodes.validators import PageCheck
from hosts.models import Host
from lupcms.shows.fields import VerbatimField


class Credit(Entry):
    """A person's part in an episode, with the name and slug as credited then."""

    class Role(models.TextChoices):
        HOST = "host", _("Host")
        GUEST = "guest", _("Guest")
        PRODUCER = "producer", _("Producer")
        EDITOR = "editor", _("Editor")

    # What a notes page can print.
    ON_THE_PAGE = (Role.HOST, Role.GUEST)

    host = models.ForeignKey(Host, models.PROTECT, related_name="credits")
    role = models.CharField(max_length=16, choices=Role.choices, default=Role.HOST)
    name = VerbatimField("name as credited", validators=[PageCheck("text")])
    slug = VerbatimField("slug as credited", validators=[PageCheck("slug")])

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(
                condition=models.Q(role__in=["host", "guest", "producer", "editor"]), name="credit_role_is_known"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The host's page at the slug as credited."""
        return reverse("hosts:detail", args=[self.slug])
