"""Everything that a site is, as a folder, and the same site from it. docs/everything-out.md says what is in the folder.

folder.py knows the folder and its manifest, tables.py rows, keys.py the numbers that rows get next, media.py uploaded
files; out.py writes a folder and back.py reads one.
"""

from episodes.everything.back import import_all
from episodes.everything.folder import Manifest, RefusedError
from episodes.everything.out import Written, export_all

__all__ = ["Manifest", "RefusedError", "Written", "export_all", "import_all"]
