"""When a show appears, as a rule of RFC 5545, section 3.3.10."""

import re

_NUMBER = r"[1-9][0-9]*"
_SIGNED = r"[+-]?[1-9][0-9]*"
_DAY = r"(?:[+-]?[1-9][0-9]?)?(?:SU|MO|TU|WE|TH|FR|SA)"
_PARTS = {
    "FREQ": "(?:SECONDLY|MINUTELY|HOURLY|DAILY|WEEKLY|MONTHLY|YEARLY)",
    "UNTIL": "[0-9]{8}(?:T[0-9]{6}Z?)?",
    "COUNT": _NUMBER,
    "INTERVAL": _NUMBER,
    "BYSECOND": "(?:[0-5]?[0-9]|60)",
    "BYMINUTE": "[0-5]?[0-9]",
    "BYHOUR": "(?:[01]?[0-9]|2[0-3])",
    "BYDAY": _DAY,
    "BYMONTHDAY": _SIGNED,
    "BYYEARDAY": _SIGNED,
    "BYWEEKNO": _SIGNED,
    "BYMONTH": "(?:0?[1-9]|1[0-2])",
    "BYSETPOS": _SIGNED,
    "WKST": "(?:SU|MO|TU|WE|TH|FR|SA)",
}


def problem(rule: str) -> str:
    """What is wrong with a rule like `FREQ=WEEKLY;BYDAY=SU`, "" where nothing is."""
    names = []
    for part in rule.split(";"):
        name, _, value = part.partition("=")
        one = _PARTS.get(name)
        if one is None:
            return f"“{name}” is no part of a rule."
        if not re.fullmatch(f"{one}(?:,{one})*" if name.startswith("BY") else one, value):
            return f"“{name}” cannot be “{value}”."
        if name in names:
            return f"“{name}” is there twice."
        names.append(name)
    if "FREQ" not in names:
        return "It does not say how often: begin with FREQ=WEEKLY, for example."
    return "“UNTIL” and “COUNT” exclude each other." if {"UNTIL", "COUNT"} <= set(names) else ""
