from django.db import migrations

from lupcms.shows.markdown import inline_html


def move_shows(apps, schema_editor):
    Campaign = apps.get_model("sponsors", "Campaign")
    through = Campaign.shows.through
    through.objects.bulk_create(
        through(campaign_id=campaign, show_id=show) for campaign, show in Campaign.objects.values_list("pk", "show")
    )


def render_words(apps, schema_editor):
    Offer = apps.get_model("sponsors", "Offer")
    for offer in Offer.objects.exclude(words=""):
        Offer.objects.filter(pk=offer.pk).update(words_html=inline_html(offer.words))


class Migration(migrations.Migration):

    dependencies = [
        ('sponsors', '0002_kinds_recipients_and_short_links'),
    ]

    operations = [
        migrations.RunPython(move_shows, migrations.RunPython.noop, elidable=True),
        migrations.RunPython(render_words, migrations.RunPython.noop, elidable=True),
    ]
