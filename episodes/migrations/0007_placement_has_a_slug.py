from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('episodes', '0006_slugs_of_placements'),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='placement',
            constraint=models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='placement_has_its_sponsors_slug'),
        ),
    ]
