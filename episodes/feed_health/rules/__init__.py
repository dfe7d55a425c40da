"""One small function a rule, grouped by what they look at. Importing this fills the table."""

from episodes.feed_health.rules import channel, document, items, permanence, podcast, timing

__all__ = ["channel", "document", "items", "permanence", "podcast", "timing"]
