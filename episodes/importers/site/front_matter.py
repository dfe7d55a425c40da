"""The head of a website's page and the text below it: JSON, TOML between +++, or YAML between ---.

YAML is read from PyYAML's events and nothing is ever constructed: a value is text, nothing, a list or a mapping, so
`username: no` is a name. Anchors, aliases and tags, with which small files become large ones or run code, are refused.
"""

import json
import os
import re
import stat
import tomllib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import yaml

# An episode with chapters, ninety links and their comments is 100 KB; people and sponsors are 1 KB.
MAX_BYTES = 2_000_000
# Their readers take longer than the length of what they read.
MAX_HEAD = 20_000
MAX_DEPTH = 20

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NOTHING = {"", "~", "null", "Null", "NULL"}
_TOML_LINE = re.compile(r" \(at line (\d+), column \d+\)\Z")
_FENCES = {"---": "YAML", "+++": "TOML"}


class FrontMatterError(ValueError):
    """A page that cannot be read: in which line, and what to do about it."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"{line}: {message}")
        self.line = line
        self.message = message


class Page(NamedTuple):
    """`body` begins in line `body_line` of the file, whose beginning is `head`."""

    values: dict[str, Any]
    body: str
    body_line: int
    head: str = ""

    def line_of(self, name: str) -> int:
        """Where the head says `name`, as far as that can be told."""
        return _line_of(self.head, name)


def read(path: Path, root: Path) -> Page:
    """A file below the folder `root`, which is resolved: one that leads out of it by a symbolic link is refused."""
    if not path.resolve().is_relative_to(root):
        raise FrontMatterError(1, "this leads out of the folder; put the file itself there")
    # Not to wait for whoever never writes into a pipe of this name.
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise FrontMatterError(1, "this is no file; take it out of the folder")
        data = file.read(MAX_BYTES + 1)
    return parse(data)


def parse(data: bytes) -> Page:
    """Raises FrontMatterError."""
    if len(data) > MAX_BYTES:
        raise FrontMatterError(1, f"the file is larger than {MAX_BYTES:,} bytes; is it a page?")
    text = _decoded(data)
    page = _json(text) if text.lstrip().startswith("{") else _fenced(text)
    for name, value in page.values.items():
        if _is_unstorable(name) or _is_unstorable(value):
            raise FrontMatterError(
                _line_of(text, name), f"“{_shown(name)}” has a character that cannot be stored; write it anew"
            )
    return page


def _decoded(data: bytes) -> str:
    if (nul := data.find(b"\0")) >= 0:
        raise FrontMatterError(data.count(b"\n", 0, nul) + 1, "a NUL character; save the file as UTF-8")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FrontMatterError(line, "a byte that is not UTF-8; save the file as UTF-8") from None
    return text.replace("\r\n", "\n")


def _json(text: str) -> Page:
    start = len(text) - len(text.lstrip())
    decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once)
    try:
        values, end = decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise FrontMatterError(
            error.lineno, f"this JSON ends or breaks here ({error.msg}, column {error.colno}); correct it"
        ) from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        reason = error.args[0] if isinstance(error, _RepeatedError) else "a number or a nesting that nobody can read"
        raise FrontMatterError(_line_of(text, getattr(error, "name", "")), f"this JSON has {reason}") from None
    _refuse_depth(values)
    return Page(values, text[end:], text.count("\n", 0, end) + 1, text[:end].lstrip())


class _RepeatedError(ValueError):
    def __init__(self, name: str) -> None:
        super().__init__(f"“{_shown(name)}” twice; take one of them out")
        self.name = name


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values and values[name] != value:
            raise _RepeatedError(name)
        values[name] = value
    return values


def _no_number(name: str) -> None:
    raise ValueError(name)


def _refuse_depth(value: Any, depth: int = 0) -> None:
    if depth > MAX_DEPTH:
        raise FrontMatterError(1, f"its head is nested more than {MAX_DEPTH} times; is it a page?")
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _refuse_depth(inner, depth + 1)


def _fenced(text: str) -> Page:
    lines = text.split("\n")
    fence = lines[0].rstrip()
    if fence not in _FENCES:
        raise FrontMatterError(1, "expected a page that begins with {, +++ or ---")
    end = next((number for number, line in enumerate(lines) if number and line.rstrip() == fence), 0)
    if not end:
        raise FrontMatterError(len(lines), f"the {_FENCES[fence]} at the top has no end: a line {fence}")
    head, body = "\n".join(lines[1:end]), "\n".join(lines[end + 1 :])
    if len(head) > MAX_HEAD:
        raise FrontMatterError(1, f"the {_FENCES[fence]} at the top is longer than {MAX_HEAD:,} characters")
    return Page(_yaml(head) if fence == "---" else _toml(head), body, end + 2, "\n".join(lines[:end]))


def _toml(head: str) -> dict[str, Any]:
    try:
        values = tomllib.loads(head)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = _TOML_LINE.search(str(error))
        line = int(found[1]) if found else head.count("\n") + 1
        raise FrontMatterError(line + 1, f"this is no TOML ({_TOML_LINE.sub('', str(error))}); correct it") from None
    _refuse_depth(values)
    plain: dict[str, Any] = _without_times(values)
    return plain


def _without_times(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_times(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_without_times(inner) for inner in value]
    return value.isoformat() if isinstance(value, datetime | date | time) else value


def _yaml(head: str) -> dict[str, Any]:
    try:
        values = _document(_events(head))
    except yaml.reader.ReaderError as error:
        line = head.count("\n", 0, error.position) + 2
        raise FrontMatterError(line, "a character that YAML does not allow; write the line anew") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise FrontMatterError(line, f"this is no YAML ({getattr(error, 'problem', error)}); correct it") from None
    return values


def _events(head: str) -> Iterator[yaml.Event]:
    for event in yaml.parse(head, Loader=yaml.SafeLoader):
        is_alias = isinstance(event, yaml.AliasEvent)
        if is_alias or getattr(event, "anchor", None) or getattr(event, "tag", None):
            raise _yaml_error(event, "an anchor, an alias or a tag, which no page needs; write the value itself")
        yield event


def _document(events: Iterator[yaml.Event]) -> dict[str, Any]:
    next(events)
    event = next(events)
    if isinstance(event, yaml.StreamEndEvent):
        return {}
    values = _value(next(events), events, 0)
    next(events)
    event = next(events)
    if not isinstance(event, yaml.StreamEndEvent):
        raise _yaml_error(event, "a second document begins here; a page has one head")
    if not isinstance(values, dict):
        raise FrontMatterError(2, "expected lines like `title: Somebody`")
    return values


def _value(event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise _yaml_error(event, f"nested more than {MAX_DEPTH} times; is it a page?")
    if isinstance(event, yaml.ScalarEvent):
        return None if event.implicit[0] and event.value in _NOTHING else event.value
    if isinstance(event, yaml.SequenceStartEvent):
        found = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            found.append(_value(event, events, depth + 1))
        return found
    values: dict[str, Any] = {}
    while not isinstance(event := next(events), yaml.MappingEndEvent):
        name = _value(event, events, depth + 1)
        if isinstance(name, list | dict):
            raise _yaml_error(event, "a list or a mapping as a name; write a word")
        value = _value(next(events), events, depth + 1)
        if str(name) in values:
            raise _yaml_error(event, f"“{_shown(str(name))}” stands twice; take one of them out")
        values[str(name)] = value
    return values


def _yaml_error(event: yaml.Event, message: str) -> FrontMatterError:
    mark = event.start_mark
    return FrontMatterError(mark.line + 2 if mark else 1, message)


def _is_unstorable(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_is_unstorable(part) for pair in value.items() for part in pair)
    if isinstance(value, list):
        return any(map(_is_unstorable, value))
    return isinstance(value, str) and bool(_UNSTORABLE.search(value))


def _line_of(text: str, name: str) -> int:
    """Where the head says `name`, as far as that can be told."""
    found = re.search(rf'^[\s{{]*"?{re.escape(name)}"?\s*[:=]', text, re.MULTILINE) if name else None
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _shown(text: str) -> str:
    return text.encode(errors="replace").decode()[:60]
