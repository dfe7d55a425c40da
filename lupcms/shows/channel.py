"""What a show says of itself in its feed, beyond its pages. Every field may be empty: then the feed leaves it out."""

import uuid

from django.core.validators import RegexValidator, URLValidator
from django.db import models

from lupcms.shows.categories import CATEGORIES

# The namespace that the podcast namespace's `guid` is computed in.
GUID_NAMESPACE = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")

FEED_PATH = "/rss"
# The slugs that the podcast namespace lists; any other license is told by its address.
KNOWN_LICENSES = ("ARR", "CC-BY-4.0", "CC-BY-NC-4.0", "CC-BY-NC-ND-4.0", "POD-V4V-1.0")


class ShowType(models.TextChoices):
    EPISODIC = "episodic", "Episodic: newest first"
    SERIAL = "serial", "Serial: from the beginning"


class Medium(models.TextChoices):
    PODCAST = "podcast", "Podcast"
    MUSIC = "music", "Music"
    VIDEO = "video", "Video"
    FILM = "film", "Film"
    AUDIOBOOK = "audiobook", "Audiobook"
    NEWSLETTER = "newsletter", "Newsletter"
    BLOG = "blog", "Blog"
    COURSE = "course", "Course"
    MIXED = "mixed", "Mixed"


def podcast_guid_of(feed_url: str) -> uuid.UUID:
    """By the podcast namespace: UUIDv5 of the feed's address without scheme and without slashes at its end."""
    return uuid.uuid5(GUID_NAMESPACE, feed_url.partition("://")[2].rstrip("/"))


def _category(help_text: str = "") -> "models.CharField[str, str]":
    choices = [(name, name) for name in CATEGORIES]
    return models.CharField(max_length=100, blank=True, choices=choices, help_text=help_text)


def _address(name: str, help_text: str = "") -> "models.CharField[str, str]":
    validators = [URLValidator(["http", "https"])]
    return models.CharField(name, max_length=500, blank=True, validators=validators, help_text=help_text)


class ChannelFields(models.Model):
    author = models.CharField(max_length=255, blank=True, help_text="Who makes it, as apps print it. Empty: the title.")
    owner_name = models.CharField(max_length=255, blank=True)
    owner_email = models.EmailField(
        "owner’s e-mail",
        blank=True,
        help_text="In the feed: directories write there to verify that it is yours.",
    )
    category = _category(help_text="What directories list it under.")
    second_category = _category()
    explicit = models.BooleanField(default=False, help_text="Unless an episode says otherwise.")
    show_type = models.CharField(max_length=16, choices=ShowType, default=ShowType.EPISODIC)
    copyright = models.CharField(max_length=255, blank=True)
    podcast_guid = models.UUIDField(
        "podcast GUID",
        null=True,
        blank=True,
        unique=True,
        help_text="What apps know the show by; it never changes. Empty: computed from the feed’s address.",
    )
    is_locked = models.BooleanField(
        "locked", default=True, help_text="Tells other hosts not to import the feed without the owner."
    )
    medium = models.CharField(max_length=16, choices=Medium, default=Medium.PODCAST)
    funding_url = _address("support us at")
    funding_text = models.CharField(max_length=128, blank=True, help_text="What the button says: Become a member.")
    license = models.CharField(
        max_length=128, blank=True, help_text="A slug like CC-BY-4.0 or ARR; for any other one give its address too."
    )
    license_url = _address("address of the license")
    update_frequency = models.CharField(max_length=128, blank=True, help_text="In words: weekly, every other Thursday.")
    update_rule = models.CharField(
        max_length=200,
        blank=True,
        validators=[
            RegexValidator(r"^FREQ=[A-Z]+(;[A-Z]+=[A-Z0-9,+:-]+)*\Z", "Write a rule like FREQ=WEEKLY;BYDAY=SU.")
        ],
        help_text="The same as a rule (RFC 5545): FREQ=WEEKLY;BYDAY=SU.",
    )
    media_prefix = _address(
        "measurement prefix",
        help_text="Put before the address of each audio file in feeds and on pages, like https://op3.dev/e/.",
    )
    hub_url = _address("WebSub hub", help_text="Told at once when the feed has changed.")
    new_feed_url = _address("new feed address", help_text="Only while the feed moves somewhere else.")
    is_complete = models.BooleanField("complete", default=False, help_text="There will be no more episodes.")
    is_blocked = models.BooleanField("not in directories", default=False)

    class Meta:
        abstract = True
