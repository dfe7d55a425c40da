"""Digests of imported sections, now with their source and one for each part of the heading."""

import hashlib

from django.db import migrations

HEADING = ("number", "title", "player_url", "air_date", "duration_seconds")
SECTIONS = ("about", "people", "sponsors", "links", "tags")
# What nobody edited is `here`; a digest that is none says that somebody did.
EDITED = ""


def digest(value):
    return hashlib.sha256(str(value).encode()).hexdigest()[:32]


def name_sources(apps, schema_editor):
    """A heading is taken for edited where the episode was saved at the desk: its digest cannot be taken apart."""
    Episode = apps.get_model("episodes", "Episode")
    Version = apps.get_model("reversion", "Version")
    versions = Version.objects.filter(content_type__app_label="episodes", content_type__model="episode")
    saved = set(versions.values_list("object_id", flat=True).distinct())
    for episode in Episode.objects.exclude(imported={}).only("imported", *HEADING).iterator(chunk_size=200):
        found = {section: ["notes", value] for section, value in episode.imported.items() if section != "heading"}
        if "heading" in episode.imported:
            for field in HEADING:
                value = getattr(episode, field)
                if value or field in ("number", "title"):
                    found[field] = ["notes", EDITED if str(episode.pk) in saved else digest(value)]
        Episode.objects.filter(pk=episode.pk).update(imported=found)


def name_sections(apps, schema_editor):
    """One digest a section again. Without one for the heading an import takes it for edited, and keeps it."""
    Episode = apps.get_model("episodes", "Episode")
    for episode in Episode.objects.exclude(imported={}).only("imported").iterator(chunk_size=200):
        found = {section: said[1] for section, said in episode.imported.items() if section in SECTIONS}
        Episode.objects.filter(pk=episode.pk).update(imported=found)


class Migration(migrations.Migration):
    dependencies = [
        ("episodes", "0011_moving_in"),
        ("reversion", "0001_squashed_0004_auto_20160611_1202"),
    ]

    operations = [migrations.RunPython(name_sources, name_sections)]
