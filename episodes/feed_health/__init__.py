"""Is a feed all right? From the bytes of any RSS feed to a list of problems, without network and without Django."""

from episodes.feed_health.linter import lint
from episodes.feed_health.problems import SEVERITIES, ItemName, Problem, Severity
from episodes.feed_health.registry import NOT_CHECKED, RULES, Rule, in_order

__all__ = ["NOT_CHECKED", "RULES", "SEVERITIES", "ItemName", "Problem", "Rule", "Severity", "in_order", "lint"]
