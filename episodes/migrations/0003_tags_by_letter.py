"""A migration of its own: PostgreSQL makes no index in the transaction that has just filled the column."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("episodes", "0002_first_words_and_letters")]

    operations = [migrations.AddIndex("tag", models.Index("letter", "name", name="tag_by_letter"))]
