"""The tenant: a show on its own host, who works on it, and where its old addresses lead."""

import zoneinfo
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from itertools import batched
from typing import Any, Literal, NamedTuple, Self
from urllib.parse import urlsplit

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from lupcms.shows.channel import FEED_PATH, ChannelFields, podcast_guid_of
from lupcms.shows.colours import colour_of, validate_colour
from lupcms.shows.fields import VerbatimField
from lupcms.shows.markdown import block_html
from lupcms.shows.paths import followed, is_built_in, tidy
from lupcms.shows.pictures import PictureField, decoded


class Role(models.TextChoices):
    VIEWER = "viewer", "Viewer"
    WRITER = "writer", "Writer"
    AD_MANAGER = "ad_manager", "Ad manager"
    PRODUCER = "producer", "Producer"
    OWNER = "owner", "Owner"


# What a role may do on its show: see drafts, write episodes, book and place sponsors, delete, and run the show.
Ability = Literal["view", "write", "sponsor", "delete", "own"]
ABILITIES: dict[Ability, set[str]] = {
    "view": set(Role.values),
    "write": {Role.WRITER, Role.PRODUCER, Role.OWNER},
    "sponsor": {Role.AD_MANAGER, Role.PRODUCER, Role.OWNER},
    "delete": {Role.PRODUCER, Role.OWNER},
    "own": {Role.OWNER},
}


class User(AbstractUser):
    """Someone who signs in. What they may do follows from their memberships, not from model permissions."""

    @cached_property
    def roles(self) -> dict[int, str]:
        """Role by show id. One query, once for each request."""
        return dict(self.memberships.values_list("show_id", "role"))

    def may(self, ability: Ability, show_id: int | None = None) -> bool:
        """Whether this person may do it on that show, or, without one, on any show."""
        if not self.is_active:
            return False
        if self.is_superuser:
            return True
        roles = self.roles.values() if show_id is None else [self.roles.get(show_id)]
        return any(role in ABILITIES[ability] for role in roles)

    def shows(self, ability: Ability) -> "models.QuerySet[Show]":
        """The shows on which this person may do it."""
        if self.is_superuser:
            return Show.objects.all()
        return Show.objects.filter(pk__in=[pk for pk in self.roles if self.may(ability, pk)])


validate_language = RegexValidator(r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*\Z", "Write a language like en, de or pt-BR.")


def validate_time_zone(value: str) -> None:
    if value not in zoneinfo.available_timezones():
        raise ValidationError("“%(value)s” is not a time zone. Write one like Europe/Berlin.", params={"value": value})


def validate_hostname(value: str) -> None:
    if value == "localhost" or value.endswith(".localhost"):
        raise ValidationError("Hosts under localhost exist already: each show answers at <slug>.localhost.")


class ShowQuerySet(models.QuerySet["Show"]):
    def public(self) -> Self:
        """Those that have published something."""
        episodes: Any = self.model._meta.get_field("episodes").related_model
        return self.filter(Exists(episodes.objects.published().filter(show=OuterRef("pk"))))


class Show(ChannelFields):
    slug = models.SlugField(
        unique=True,
        help_text="Names the folder of its notes pages, and its host on a developer’s machine: slug.localhost.",
    )
    acronym = models.CharField(
        max_length=32,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]+\Z", "An acronym consists of the letters A to Z.")],
        help_text="As notes pages print it before the number: LUP.",
    )
    title = models.CharField(max_length=255)
    description = models.TextField(
        blank=True, help_text="One or two sentences: under the title, and in search results."
    )
    about = models.TextField(blank=True, help_text="Markdown. What /about says beyond the description.")
    artwork = PictureField(blank=True, help_text="Square, 1400 to 3000 pixels wide, JPEG or PNG.")
    colour = models.CharField(
        max_length=7,
        blank=True,
        validators=[validate_colour],
        help_text="The accent of its pages, like #9a3412. Empty: taken from the artwork.",
    )
    hostname = models.CharField(
        max_length=253,
        blank=True,
        validators=[
            RegexValidator(
                r"^(?=.*[a-z])[a-z0-9]([a-z0-9.-]*[a-z0-9])?\Z",
                "Write the host name alone and in lower case, like linuxunplugged.com.",
            ),
            validate_hostname,
        ],
        help_text="Where the public site answers, like linuxunplugged.com.",
    )
    site_url = models.CharField(
        "site URL",
        max_length=255,
        blank=True,
        validators=[
            RegexValidator(
                r"^https?://[^\s/?#\"()\[\]\\]+(/[^\s?#\"()\[\]\\]*[^\s/?#\"()\[\]\\])?\Z",
                "Write the address with https:// and without a slash at the end, like https://linuxunplugged.com.",
            )
        ],
        help_text="What absolute addresses and notes pages print. No slash at the end.",
    )
    time_zone = models.CharField(max_length=64, default="UTC", validators=[validate_time_zone])
    language = models.CharField(
        max_length=35,
        default="en",
        validators=[validate_language],
        help_text="In which its texts are written, as in HTML: en, de, pt-BR.",
    )

    clicks_counted_since = models.DateField(
        "count clicks since",
        null=True,
        blank=True,
        help_text=(
            "From this day on, links to sponsors lead through /go and each press adds one to a daily count: no cookie, "
            "nothing about who it was. Empty: clicks are not counted."
        ),
    )

    about_html = models.TextField(editable=False, blank=True)
    artwork_colour = models.CharField(max_length=7, editable=False, blank=True)

    objects = ShowQuerySet.as_manager()

    class Meta:
        ordering = ["title", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("hostname"), condition=~models.Q(hostname=""), name="show_hostname_unique_without_case"
            ),
            models.CheckConstraint(condition=~models.Q(acronym=""), name="show_has_an_acronym"),
            models.CheckConstraint(condition=~models.Q(site_url__endswith="/"), name="show_site_url_without_slash"),
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.about_html = block_html(self.about)
        self._fill_in_podcast_guid()
        # An artwork whose file is not there, as after a database came back before its media, keeps its colour.
        with suppress(OSError, ValidationError):
            self.artwork_colour = colour_of(decoded(self.artwork)) if self.artwork else ""
        super().save(*args, **kwargs)

    def _fill_in_podcast_guid(self) -> None:
        """Once, from the feed's first address; another show that began there keeps it. One query, that once."""
        if self.podcast_guid is None and self.site_url:
            guid = podcast_guid_of(self.feed_url)
            if not Show.objects.filter(podcast_guid=guid).exists():
                self.podcast_guid = guid

    @property
    def feed_url(self) -> str:
        """Of its RSS feed, "" where it has no site URL."""
        return self.site_url and f"{self.site_url}{FEED_PATH}"

    @property
    def feed_moved_to(self) -> str:
        """Where its feed is now, "" while it is here.

        A new feed address on its own host only tells apps that it has moved in, and never where to go.
        """
        named = (self.hostname, *(urlsplit(url).hostname or "" for url in (self.site_url, self.new_feed_url)))
        *own, new = (name.removeprefix("www.") for name in named)
        return "" if new in own else self.new_feed_url

    @property
    def accent(self) -> str:
        """`#rrggbb`, or "" where it has no colour."""
        return self.colour or self.artwork_colour

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)

    def today(self, at: datetime | None = None) -> date:
        """The day it is, or was at that moment, where the show is made."""
        return timezone.localdate(at, self.zone)

    def midnight(self, day: date) -> datetime:
        """00:00 of `day` where the show is made, in UTC; the first moment of the day where that hour does not exist.

        OverflowError for the very first and last day of the calendar, where it may lie outside.
        """
        return datetime.combine(day, time(), tzinfo=self.zone).astimezone(UTC)


def earliest_day(shows: Iterable[Show], at: datetime | None = None) -> date:
    """The day it is on shows in several zones: what ends today has ended on none. Without shows the server’s."""
    return min((show.today(at) for show in shows), default=timezone.localdate(at))


class Membership(models.Model):
    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    show = models.ForeignKey(Show, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "show"], name="membership_once_per_user_and_show"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.show} · {self.get_role_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A member can sign in to the admin."""
        if not self.user.is_staff:
            self.user.is_staff = True
            self.user.save(update_fields=["is_staff"])
        super().save(*args, **kwargs)


class Remembered(NamedTuple):
    new: int
    # Paths that lead elsewhere already, and where: "" is nowhere, on purpose.
    kept: dict[str, str]


# PostgreSQL's index of old paths takes no longer ones.
PATH_MAX_BYTES = 2000


def _is_storable(*paths: str) -> bool:
    return not any("\0" in path or len(path.encode()) > PATH_MAX_BYTES for path in paths)


class OldPathQuerySet(models.QuerySet["OldPath"]):
    def answering(self, path: str) -> "OldPath | None":
        """The one for `path`: as it is printed, else in another letter case. None where several shows have it. One
        query."""
        found = list(self.filter(path__iexact=path).order_by("pk"))
        # Both letter cases may have been printed, and lead to different places.
        nearest = [old for old in found if old.path == path] or found
        return nearest[0] if len({old.show_id for old in nearest}) == 1 else None

    def remember(self, show: Show, path: str, target: str) -> None:
        """`path` answers 301 to `target` from now on, and so does whatever led to `path` before."""
        self.filter(show=show, path=target).delete()
        self.filter(show=show, target=path).update(target=target)
        self.update_or_create(show=show, path=path, defaults={"target": target, "status": OldPath.Status.MOVED})

    def remember_all(self, show: Show, moves: Mapping[str, str]) -> Remembered:
        """Each path answers 301 to its target from now on, as far as nothing else answers there.

        For sources that tell what once was: a path that leads somewhere, or was removed on purpose, stays what it is,
        because somebody may have decided it; only `remember` is sure. A target that has moved itself is followed to
        its end. Paths are made those of `paths.tidy`; what no index could hold is left out. One query where all is
        known, else five for every 200 paths.
        """
        wanted = {tidy(path): tidy(target) for path, target in moves.items()}
        wanted = {path: followed(target, wanted) for path, target in wanted.items() if _is_storable(path, target)}
        outcomes = [self._remember_some(show, dict(some)) for some in batched(wanted.items(), 200)]
        kept = {path: target for outcome in outcomes for path, target in outcome.kept.items()}
        return Remembered(sum(outcome.new for outcome in outcomes), kept)

    def _remember_some(self, show: Show, wanted: dict[str, str]) -> Remembered:
        named = {*wanted, *wanted.values()}
        rows = list(self.filter(Q(path__in=named) | Q(target__in=named), show=show))
        stand = {row.path: row.target for row in rows}
        if all(stand.get(path) == target for path, target in wanted.items()):
            return Remembered(0, {})
        words = {path[1:].lower() for path in named}
        taken = show.episodes.slugs_among(words) | show.short_links.among(words)
        free = {path for path in named if path[1:].lower() not in taken and not is_built_in(path)}
        ways = {path: target for path, target in stand.items() if path in free and target}
        ends = {path: followed(target, ways) for path, target in wanted.items() if path in free}
        new = {path: end for path, end in ends.items() if path not in stand and path != end}
        OldPath.objects.bulk_create([OldPath(show=show, path=path, target=end) for path, end in new.items()])
        # What led to one of these paths leads on at once.
        led = [row for row in rows if row.target in new]
        for row in led:
            row.target = new[row.target]
        OldPath.objects.bulk_update(led, ["target"])
        kept = {path: stand[path] for path, end in ends.items() if path in stand and stand[path] != end}
        return Remembered(len(new), kept)


class OldPath(models.Model):
    """An address that once existed. Paths are decoded and start with a slash."""

    class Status(models.IntegerChoices):
        MOVED = 301, "Moved"
        GONE = 410, "Removed on purpose"

    show = models.ForeignKey(Show, models.CASCADE, related_name="old_paths")
    path = VerbatimField()
    target = VerbatimField(blank=True)
    status = models.PositiveSmallIntegerField(choices=Status.choices, default=Status.MOVED)

    objects = OldPathQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["show", "path"], name="old_path_once_per_show"),
            models.CheckConstraint(
                condition=models.Q(status=410, target="") | (models.Q(status=301) & models.Q(target__startswith="/")),
                name="old_path_has_a_target_if_moved",
            ),
            models.CheckConstraint(condition=~models.Q(target__startswith="//"), name="old_path_stays_on_its_host"),
            models.CheckConstraint(condition=~models.Q(target=models.F("path")), name="old_path_leads_elsewhere"),
        ]

    def __str__(self) -> str:
        return self.path

    def clean(self) -> None:
        if self.show_id and self.show.short_links.spoken(self.show, self.path.strip("/")):
            raise ValidationError({"path": "A sponsor’s short link has this address, and keeps it."})
