"""Whatever a producer has on the clipboard -> rows that can become links.

Pure Python and lxml, no Django. `from_text` and `from_html` make blocks of words and anchors, `rows` makes links of
them, `addresses` and `tracking` mend their addresses. `read` is the entrance.
"""

from episodes.paste.read import read
from episodes.paste.rows import Pasted, Row

__all__ = ["Pasted", "Row", "read"]
