"""What an import left in a row, to tell it later from what people wrote (docs/decisions/0018)."""

from django.db import models


class Imported(models.Model):
    # Field -> [source, digest of what its import left there]; see episodes.importers.fields.
    imported = models.JSONField(default=dict, blank=True, editable=False)

    class Meta:
        abstract = True
