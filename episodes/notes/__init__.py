"""The show-notes page: read, written and checked byte for byte.

Pure Python, no Django. docs/notes-format.md describes the page; `parse` and `render` are each
other's inverse, and `checks` says what a field of the page can hold.
"""

from episodes.notes.checks import problems
from episodes.notes.document import Credit, Link, Notes, NotesError, Placement
from episodes.notes.parse import parse
from episodes.notes.render import render, render_sections

__all__ = [
    "Credit",
    "Link",
    "Notes",
    "NotesError",
    "Placement",
    "parse",
    "problems",
    "render",
    "render_sections",
]
