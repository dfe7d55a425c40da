"""The notes that a feed carries, HTML of any make -> summary, placements and links.

lines.py reads the HTML, entries.py puts lines together, sections.py tells what they are, markdown.py writes them down.
"""

from episodes.importers.notes_html.sections import Split, is_part_of, split

__all__ = ["Split", "is_part_of", "split"]
