"""The first words of each summary, for lists; the letter of each tag, for the alphabet."""

from django.db import migrations, models

from episodes.models.tag import letter_of
from lupcms.shows.markdown import excerpt


def fill_in(apps, schema_editor):
    Episode, Tag = apps.get_model("episodes", "Episode"), apps.get_model("episodes", "Tag")
    for episode in Episode.objects.exclude(summary_html="").only("pk", "summary_html").iterator(500):
        Episode.objects.filter(pk=episode.pk).update(excerpt=excerpt(episode.summary_html))
    for tag in Tag.objects.only("pk", "name").iterator(500):
        Tag.objects.filter(pk=tag.pk).update(letter=letter_of(tag.name))


class Migration(migrations.Migration):
    dependencies = [("episodes", "0001_initial")]

    operations = [
        migrations.AddField("episode", "excerpt", models.TextField(blank=True, editable=False, default=""), preserve_default=False),
        migrations.AddField("tag", "letter", models.CharField(max_length=1, editable=False, default="#"), preserve_default=False),
        migrations.RunPython(fill_in, migrations.RunPython.noop, elidable=True),
    ]
