from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('sponsors', '0003_campaigns_on_several_shows'),
    ]

    operations = [
        migrations.RemoveField(
            model_name='campaign',
            name='show',
        ),
    ]
