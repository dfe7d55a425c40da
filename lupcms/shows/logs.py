"""What no log says in full: private addresses, those of sponsors and of guests."""

import logging
import re
from contextlib import suppress


def _spelled(text: str) -> str:
    """A pattern for `text` in any letter case, each character as it is or percent-encoded, once or more."""
    codes = [(sign, "|".join(sorted({f"{ord(sign):x}", f"{ord(sign.upper()):x}"}))) for sign in text]
    # Each spelling in one way: with two, a long row of them would be tried in every combination.
    return "".join(rf"(?:{re.escape(sign)}|%(?:25)*(?:{code}))" for sign, code in codes)


_SLASH = rf"(?:{_spelled('/')}|{_spelled(chr(92))})"
# The token ends where a path's segment does, or the quotation that a log puts it into. Of several slashes before it one
# is enough: to begin at each of thousands, and read on to the last, would take minutes.
_TOKEN = re.compile(
    rf"""({_SLASH}(?:{_spelled("sponsors")}{_SLASH}+{_spelled("private")}|{_spelled("preview")}){_SLASH}+"""
    r"""[^\s/?#"'<>]{4})[^\s/?#"'<>]+""",
    re.IGNORECASE,
)


def discreet(text: str) -> str:
    """With the first four characters of each token: enough to tell two apart."""
    return _TOKEN.sub(r"\1…", text)


class Discreet(logging.Filter):
    """Lets every record pass, its message and traceback without tokens. For handlers, and for whole loggers."""

    def filter(self, record: logging.LogRecord) -> bool:
        # A wrong call is the handler's to complain about.
        with suppress(TypeError, ValueError, KeyError):
            record.msg, record.args = discreet(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = discreet(record.exc_text)
        if record.stack_info:
            record.stack_info = discreet(record.stack_info)
        return True
