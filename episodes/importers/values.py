"""What single values of a feed mean: moments, durations, bytes, yes and no, and what hosts write instead."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import NamedTuple

from episodes.feed_health.values import seconds

# What XML and JSON call blank; a no-break space may be part of a name.
BLANKS = " \t\r\n"

_ZONES = {
    "UTC": 0, "WET": 0, "BST": 60, "WEST": 60, "CET": 60, "MET": 60, "MEZ": 60, "CEST": 120, "MEST": 120, "MESZ": 120,
    "EET": 120, "EEST": 180, "MSK": 180, "JST": 540, "KST": 540, "AWST": 480, "ACST": 570, "ACDT": 630, "AEST": 600,
    "AEDT": 660, "NZST": 720, "NZDT": 780, "AKST": -540, "AKDT": -480, "HST": -600, "NST": -210, "NDT": -150,
    "AST": -240, "ADT": -180,
}  # fmt: skip
_NAMED_ZONE = re.compile(r"\s*\(?\b([A-Z]{3,4})\)?$")
# “GMT+2”, “UTC+02:00”, “GMT -0500”.
_GMT_AND = re.compile(r"(?:GMT|UTC)\s*([+-])([0-9]{1,2})(?::?([0-9]{2}))?$", re.IGNORECASE)
_OFFSET = re.compile(r"\s*([+-])([0-9]{1,2}):([0-9]{2})$")
# “-0500 (EST)”, “(GMT+1)”: what stands in brackets is a zone where none stands before, and else a comment.
_COMMENT = re.compile(r"\s*\(([^()]*)\)$")
# As the shell's `date` has it: the zone before the year.
_YEAR_LAST = re.compile(r"(.*) ([0-9:]{5,8})((?: [A-Z]{2,5}| [+-][0-9]{4})?) ([0-9]{4})$")
_DOTTED_TIME = re.compile(r"(?<=[0-9]{4} )([0-9]{1,2})\.([0-9]{2})(?:\.([0-9]{2}))?(?= |$)")
_HALF_OF_DAY = re.compile(r"\b([0-9]{1,2})(:[0-9]{2})?(:[0-9]{2})?\s*([ap])\.?m\b\.?", re.IGNORECASE)
_ORDINAL = re.compile(r"\b([0-9]{1,2})(?:st|nd|rd|th|\.)(?=[\s,])", re.IGNORECASE)
_ISO_DAY = re.compile(r"([0-9]{4})[-/]([0-9]{1,2})[-/]([0-9]{1,2})(?!\d)")
_HAS_ZONE = re.compile(r"(?:[+-][0-9]{4}|\b(?:Z|UT|GMT|[ECMP][SD]T))$", re.IGNORECASE)
# The first moment of some calendars stands for no moment.
_NO_YEAR = re.compile(r"\b000[01]\b")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_OTHER_MONTHS = {
    "januar": 1, "jänner": 1, "februar": 2, "märz": 3, "mär": 3, "mai": 5, "juni": 6, "juli": 7, "okt": 10,
    "oktober": 10, "dez": 12, "dezember": 12,
}  # fmt: skip
_IN_WORDS = re.compile(
    r"(?:PT?)?(?:([0-9]+)\s*h(?:ours?|rs?)?)?[\s,]*(?:([0-9]+)\s*m(?:in(?:ute)?s?)?)?[\s,]*"
    r"(?:([0-9]+)(?:\.[0-9]+)?\s*s(?:ec(?:ond)?s?)?)?\.?",
    re.IGNORECASE,
)
# Of a date or a duration; no regular expression looks at more.
_LONGEST_TEXT = 100
_NO_DATE = "The date “{}” cannot be read: give the episode its publish time here."
# With or without a theme, and at the address of its early years.
_PLAYER = re.compile(
    r"https?://(?:player\.fireside\.fm|fireside\.fm/player)/v([23])/([\w-]{8})(?:\+|%2B)([\w-]{8})/?(?:\?.*)?", re.ASCII
)
# What a database can store.
_LONGEST = 2**31 - 1
_MOST_BYTES = 2**63 - 1


class Moment(NamedTuple):
    """When: the moment in UTC, or the day alone where no time is said; and what is doubtful about it."""

    at: datetime | None = None
    day: date | None = None
    doubt: str = ""


def trimmed(text: str) -> str:
    return text.strip(BLANKS)


def moment(text: str) -> Moment:
    """A date as RFC 2822 or ISO 8601 writes it, or nearly so. Without a zone it is UTC, as apps take it."""
    text = " ".join(text.split())
    if not text:
        return Moment()
    if len(text) > _LONGEST_TEXT:
        return Moment(doubt=_NO_DATE.format(text[:80]))
    with suppress(ValueError, OverflowError):
        if day := re.fullmatch(_ISO_DAY, text):
            return Moment(day=date(*(int(part) for part in day.groups())))
        at = _iso(text) or _rfc(text)
        if isinstance(at, date) and not isinstance(at, datetime):
            return Moment(day=at)
        if at is not None and at.tzinfo is not None and at != _EPOCH:
            return Moment(at.astimezone(UTC))
        if at is not None and at.tzinfo is None:
            doubt = f"The date “{text}” names no time zone that is known, and was read as UTC, as apps do."
            return Moment(at.replace(tzinfo=UTC), doubt=doubt)
    return Moment(doubt=_NO_DATE.format(text[:80]))


def _iso(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(_ISO_DAY.sub(_iso_day, text, count=1).replace(" UTC", "Z").replace(" GMT", "Z"))
    return None


def _iso_day(found: re.Match[str]) -> str:
    return f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"


def _rfc(text: str) -> datetime | date | None:
    """What the mail library reads of it, once the time, its half of the day and its zone are in the form of mails."""
    text = _YEAR_LAST.sub(r"\1 \4 \2\3", _without_comment(text))
    if (day := _ISO_DAY.match(text)) and int(day[2]) in range(1, 13):
        text = f"{day[3]} {_MONTHS[int(day[2]) - 1]} {day[1]}{text[day.end() :]}"
    text, zone = _without_zone(_ORDINAL.sub(r"\1", _DOTTED_TIME.sub(_with_colons, text)))
    text = _HALF_OF_DAY.sub(_of_24_hours, text)
    words = [_month(word) for word in text.replace(",", " ").split()]
    if words and not any(word[:1].isdigit() for word in words[:1]) and words[0] not in _MONTHS:
        del words[0]
    if len(words) > 1 and words[0] in _MONTHS:
        words[:2] = words[1], words[0]
    has_time = any(":" in word for word in words)
    parsed = parsedate_tz(" ".join(words if has_time else [*words, "00:00"]) + (f" {zone}" if zone else ""))
    if parsed is None or _NO_YEAR.search(text):
        return None
    if not has_time:
        return date(*parsed[:3])
    # A leap second is the one before.
    at = datetime(*parsed[:5], min(parsed[5], 59))  # noqa: DTZ001 (the zone comes next, where there is one)
    return at.replace(tzinfo=timezone(timedelta(seconds=parsed[9] or 0))) if zone else at


def _without_comment(text: str) -> str:
    found = _COMMENT.search(text)
    if found is None:
        return text
    rest = text[: found.start()]
    return rest if _without_zone(rest)[1] else f"{rest} {found[1]}"


def _with_colons(found: re.Match[str]) -> str:
    return ":".join(filter(None, found.groups()))


def _without_zone(text: str) -> tuple[str, str]:
    """The rest, and the zone as an offset; "" where it is none that is known."""
    if found := _GMT_AND.search(text):
        return text[: found.start()].strip(), f"{found[1]}{found[2]:0>2}{found[3] or '00'}"
    if found := _OFFSET.search(text):
        return text[: found.start()], f"{found[1]}{found[2]:0>2}{found[3]}"
    if found := _HAS_ZONE.search(text):
        return text[: found.start()].strip(), "+0000" if found[0].upper() == "Z" else found[0]
    named = _NAMED_ZONE.search(text)
    if named and named[1] in _ZONES:
        minutes = abs(_ZONES[named[1]])
        sign = "-" if _ZONES[named[1]] < 0 else "+"
        return text[: named.start()], f"{sign}{minutes // 60:02}{minutes % 60:02}"
    return (text[: named.start()] if named and named[1] not in ("AM", "PM") else text), ""


def _of_24_hours(found: re.Match[str]) -> str:
    hour = int(found[1]) % 12 + (12 if found[4].lower() == "p" else 0)
    return f"{hour:02}{found[2] or ':00'}{found[3] or ''}"


def _month(word: str) -> str:
    """`jun` for June, Juni and JUN; any other word as it is."""
    folded = word.lower().rstrip(".")
    if folded in _OTHER_MONTHS:
        return _MONTHS[_OTHER_MONTHS[folded] - 1]
    return folded[:3] if folded[:3] in _MONTHS and folded.isalpha() and len(folded) <= 9 else word


def duration(text: str) -> int | None:
    """Whole seconds of `3661`, `61:01`, `1:01:01`, `01:01:01.250`, `1h 1m` or `PT1H1M`; None for none."""
    text = text.replace(",", ".").strip()
    if len(text) > _LONGEST_TEXT:
        return None
    found = seconds(text)
    if found is None and text and (words := _IN_WORDS.fullmatch(text)) and any(words.groups()):
        hours, minutes, rest = (int(part or 0) for part in words.groups())
        found = float(hours * 3600 + minutes * 60 + rest)
    return round(found) if found and 0.5 <= found <= _LONGEST else None


def length(text: str) -> int | None:
    """Bytes; None for "0", "", "abc" and -1, which all mean that nobody measured."""
    digits = re.fullmatch(r"[0-9]{1,19}", text.strip())
    return int(text) if digits and 0 < int(text) <= _MOST_BYTES else None


def boolean(text: str) -> bool | None:
    return {
        "yes": True,
        "true": True,
        "explicit": True,
        "1": True,
        "no": False,
        "false": False,
        "clean": False,
        "0": False,
    }.get(text.strip().lower())


def whole(text: str) -> int | None:
    """A season: whole, and from 1 on."""
    found = re.fullmatch(r"0*([1-9][0-9]{0,8})", text.strip())
    return int(found[1]) if found else None


def player(url: str) -> str:
    """Fireside's player as notes pages print it; any other as it is written."""
    found = _PLAYER.fullmatch(url)
    return f"https://player.fireside.fm/v{found[1]}/{found[2]}+{found[3]}?theme=dark" if found else url


def one_line(text: str) -> str:
    """With one blank where XML has any number of its own."""
    return re.sub(rf"[{BLANKS}]+", " ", trimmed(text))


def unbroken(text: str) -> str:
    """A title is one line, however a feed is broken into lines."""
    return " ".join(part.strip(" \t") for part in re.split(r"[\r\n]+", text))


def tags_of(*lists: str) -> tuple[str, ...]:
    """Of lists with commas, each tag once, in the order in which they are written."""
    return tuple(dict.fromkeys(tag for text in lists for part in text.split(",") if (tag := one_line(part))))


def is_unknown_guid(text: str) -> bool:
    """Whether it is nothing but zeros: what a database writes where it has none."""
    return bool(re.fullmatch(r"\{?[0-]*0[0-]*\}?", text))
