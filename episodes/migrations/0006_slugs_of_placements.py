from django.db import migrations
from django.db.models import OuterRef, Subquery


def copy_slugs(apps, schema_editor):
    Placement, Sponsor = apps.get_model("episodes", "Placement"), apps.get_model("sponsors", "Sponsor")
    Placement.objects.update(slug=Subquery(Sponsor.objects.filter(pk=OuterRef("sponsor")).values("slug")[:1]))


class Migration(migrations.Migration):

    dependencies = [
        ('episodes', '0005_clicks_corrections_and_downloads'),
    ]

    operations = [
        migrations.RunPython(copy_slugs, migrations.RunPython.noop, elidable=True),
    ]
