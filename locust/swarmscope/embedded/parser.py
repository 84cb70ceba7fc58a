r"""Reading of line protocol, as InfluxDB 2 reads it: what it takes is taken, what it refuses is.

The rules are those of ``models/points.go`` in InfluxDB 2.9, odd ones included: in a measurement
or tag a separator is escaped when the character before it is a backslash, even one that is itself
doubled; in a string field backslashes pair up. One deviation: a line may end in CRLF.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from swarmscope.embedded.scalars import BadLineError, Value, scalar
from swarmscope.errors import SwarmscopeError
from swarmscope.words import begin_of

PRECISIONS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 1_000_000_000}
"""Precision to its length in nanoseconds."""
MAX_KEY_BYTES = 65_535
"""Of measurement, tags and one field name together, as in InfluxDB."""
MAX_LINES = 500_000
MAX_VALUES = 1_000_000
"""Tags and fields of one body: each takes some 300 bytes until it is stored."""
MAX_LINE = 2**20
"""Characters of one line; InfluxDB takes 64 KiB of a text field."""
_MAX_COMPLAINTS = 100
"""Lines of one body that are named when they can't be read."""
_MAX_SHOWN = 500
"""Signs of each. InfluxDB repeats it whole: an answer could be six times what was asked."""
_MAX_SAID = 8_000
"""Signs of all of them, after which no further one is named."""
_SMALLER = "Send less at once."
_CACHED_KEY = 512
"""Longest text that is remembered: what is remembered must not hold the longest ever seen."""
_CACHED_TAGS = 20
"""Most commas of one: each tag takes 150 bytes beside its text, and 500 signs hold a hundred."""
_LAST_TIME = 2**63 - 2
_RESERVED = frozenset({"time", "_measurement", "_field"})


class Key(NamedTuple):
    """What identifies a series."""

    measurement: str
    tags: tuple[tuple[str, str], ...]
    """Sorted by name."""


class Point(NamedTuple):
    """One line, read."""

    key: Key
    fields: dict[str, Value]
    time: int
    """Nanoseconds since the epoch."""
    text: str = ""
    """What the line calls its key, if nobody knew that and it is worth remembering."""


Known = Callable[[str], Key | None]
"""Returns the key that a text stands for, if it knows it."""


class TooLargeError(SwarmscopeError):
    """A body of more lines or values, or with a longer line, than the store can bear at once."""


class ParseError(SwarmscopeError):
    """A body with lines that can't be read; it names each of them and says why."""


# A line's end is looked for outside quoted strings, and those exist only among the fields, after
# an equals sign. Possessive quantifiers: a body made to be hard to read costs linear time too.
# Groups are never possessive here: Python 3.11.0 to 3.11.4 match those wrongly (gh-101955), and
# Debian 12 comes with 3.11.2. Their alternatives exclude one another, so nothing is tried twice.
# A group that repeats costs 120 bytes each time it does: it never does so for each character.
_LINE = re.compile(
    r"""[ \t\0]*+
    (?: \#[^\n]*+
      | [^ \\\n]*+ (?: \\[^\n]? [^ \\\n]*+ )*             # measurement and tags
        (?: [^\n\\=]++ | ="[^"\\]*+(?: \\. [^"\\]*+ )*" | = | \\[^\n]? )*
    )""",
    re.VERBOSE | re.DOTALL,
)
_UNUSUAL = re.compile(r'[\\"\t\0]')
_KEY_END = re.compile(r"(?<!\\) ")
_SPACE = re.compile(r"[ \t\0]*+")
_MEASUREMENT = re.compile(r"[^,]+(?:(?<=\\),[^,]*)*")
_TAG_KEY = re.compile(r"[^,=]+(?:(?<=\\)[,=][^,=]*)*")
_TAG_VALUE = re.compile(r"[^,][^,=]*(?:(?<=\\)[,=][^,=]*)*")
_FIELD_KEY = re.compile(r"(?:[^ ,=\\]++|\\.|\\\Z)+", re.DOTALL)
_STRING = re.compile(r'"([^"\\]*+(?:\\.[^"\\]*+)*)"', re.DOTALL)
_BARE = re.compile(r"[^ ,]*+")
_TIME = re.compile(r"-?[0-9]++")
_ESCAPED = re.compile(r"\\([,= ])")
_ESCAPED_IN_MEASUREMENT = re.compile(r"\\([, ])")
_ESCAPED_IN_FIELD_KEY = re.compile(r'\\([,= "])')
_ESCAPED_IN_STRING = re.compile(r'\\(["\\])')


def _recent(raw: str) -> Key | None:
    return _recent_key(raw) if _is_usual(raw) else None


def parse(body: str, precision: str, now: int, known: Known = _recent) -> list[Point]:
    """Return the points of *body*; lines without a time get *now* (ns), in whole *precision*.

    The same texts come every second: who has all keys says by *known* what it remembers.

    Raises:
        ParseError: one line or more can't be read.
        TooLargeError: it is more than can be read at once.

    """
    _check_size(body)
    factor = PRECISIONS[precision]
    default = now - now % factor
    points: list[Point] = []
    failed: list[str] = []
    said = unnamed = 0
    for raw in _lines(body):
        line = raw.lstrip(" \t\0")
        if not line or line[0] == "#":
            continue
        try:
            points.append(_point(line, factor, default, known))
        except BadLineError as why:
            if len(failed) < _MAX_COMPLAINTS and said < _MAX_SAID:
                failed.append(f"unable to parse '{shown(line)}': {why}")
                said += len(failed[-1])
            else:
                unnamed += 1
    if failed:
        more = [f"and {unnamed} more lines"] if unnamed else []
        raise ParseError("\n".join(failed + more))
    return points


def shown(text: str) -> str:
    """Return as much of *text* as a message has room for."""
    return begin_of(text, _MAX_SHOWN)


def _check_size(body: str) -> None:
    for sign, limit, what in (("\n", MAX_LINES, "lines"), ("=", MAX_VALUES, "tags and fields")):
        if body.count(sign) > limit:
            raise _too_large(f"more than {limit:,} {what}")


def _lines(body: str) -> Iterator[str]:
    pieces = _quoted_lines(body) if '"' in body else iter(body.split("\n"))
    for piece in pieces:
        if len(piece) > MAX_LINE:
            raise _too_large(f"a line of more than {MAX_LINE:,} characters")
        yield piece.removesuffix("\r")


def _quoted_lines(body: str) -> Iterator[str]:
    start = 0
    while start < len(body):
        # A little of it at a time: the whole of a body may be one line.
        match = _LINE.match(body, start, start + MAX_LINE + 1)
        if not match:
            raise AssertionError("a pattern that matches nothing too didn't match")
        yield match[0]
        start = match.end() + 1


def _too_large(what: str) -> TooLargeError:
    return TooLargeError(f"The body has {what}.", data="Nothing of it is stored.", remedy=_SMALLER)


def _point(line: str, factor: int, default: int, known: Known) -> Point:
    # Nearly every line that a program writes is plain: words without quotes or escapes, far too
    # short for the limit on keys.
    if len(line) < MAX_KEY_BYTES // 4 and not _UNUSUAL.search(line):
        words = line.split(" ")
        if len(words) == 3 and all(words):
            key, text = _key(words[0], known)
            return Point(key, _plain_fields(words[1]), _time(words[2], factor), text)
    return _careful_point(line, factor, default, known)


def _plain_fields(text: str) -> dict[str, Value]:
    fields: dict[str, Value] = {}
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadLineError("invalid field format")
        if not name:
            raise BadLineError("missing field key")
        fields[name] = scalar(value)
    return fields


def _careful_point(line: str, factor: int, default: int, known: Known) -> Point:
    space = _KEY_END.search(line)
    raw_key = line[: space.start()] if space else line
    key, text = _key(raw_key, known)
    if not space:
        raise BadLineError("missing fields")
    fields, end = _careful_fields(line, _skip_space(line, space.start()))
    size = len(raw_key.encode()) + 4 + max(len(name.encode()) for name in fields)
    if size > MAX_KEY_BYTES:
        raise BadLineError(f"max key length exceeded: {size} > {MAX_KEY_BYTES}")
    rest = line[_skip_space(line, end) :]
    if not rest:
        return Point(key, fields, default, text)
    stamp, _, more = rest.partition(" ")
    time = _time(stamp, factor)
    if more.strip(" "):
        raise BadLineError("point is invalid")
    return Point(key, fields, time, text)


def _skip_space(line: str, start: int) -> int:
    match = _SPACE.match(line, start)
    return match.end() if match else start


def _key(raw: str, known: Known) -> tuple[Key, str]:
    """Return the key that *raw* stands for, and *raw* itself if it is to be remembered."""
    key = known(raw)
    if key is not None:
        return key, ""
    return _read_key(raw), raw if _is_usual(raw) else ""


def _is_usual(raw: str) -> bool:
    return len(raw) <= _CACHED_KEY and raw.count(",") <= _CACHED_TAGS


@lru_cache(maxsize=32_768)
def _recent_key(raw: str) -> Key:
    return _read_key(raw)


def _read_key(raw: str) -> Key:
    match = _MEASUREMENT.match(raw)
    if not match:
        raise BadLineError("missing measurement")
    tags: list[tuple[str, str]] = []
    end = match.end()
    while end < len(raw):
        name, value, end = _tag(raw, end + 1)
        if name in _RESERVED:
            raise BadLineError(f'cannot use reserved tag key "{name}"')
        tags.append((name, value))
    if len({name for name, _ in tags}) < len(tags):
        raise BadLineError("duplicate tags")
    return Key(_ESCAPED_IN_MEASUREMENT.sub(r"\1", match[0]), tuple(sorted(tags)))


def _tag(raw: str, start: int) -> tuple[str, str, int]:
    name = _TAG_KEY.match(raw, start)
    if not name:
        raise BadLineError("missing tag key")
    if raw[name.end() : name.end() + 1] != "=":
        raise BadLineError("missing tag value")
    value = _TAG_VALUE.match(raw, name.end() + 1)
    if not value:
        raise BadLineError("missing tag value")
    if raw[value.end() : value.end() + 1] == "=":
        raise BadLineError("invalid tag format")
    return _ESCAPED.sub(r"\1", name[0]), _ESCAPED.sub(r"\1", value[0]), value.end()


def _careful_fields(line: str, start: int) -> tuple[dict[str, Value], int]:
    fields: dict[str, Value] = {}
    end = start
    while True:
        name = _FIELD_KEY.match(line, end)
        if not name:
            empty_name = line[end : end + 1] == "="
            raise BadLineError("missing field key" if empty_name else "invalid field format")
        if line[name.end() : name.end() + 1] != "=" or name[0].endswith("\\"):
            raise BadLineError("invalid field format")
        value, end = _field_value(line, name.end() + 1)
        fields[_ESCAPED_IN_FIELD_KEY.sub(r"\1", name[0])] = value
        after = line[end : end + 1]
        if after != ",":
            break
        end += 1
    if after not in ("", " "):
        raise BadLineError("invalid field format")
    return fields, end


def _field_value(line: str, start: int) -> tuple[Value, int]:
    if line[start : start + 1] == '"':
        string = _STRING.match(line, start)
        if not string:
            raise BadLineError("unbalanced quotes")
        return _ESCAPED_IN_STRING.sub(r"\1", string[1]), string.end()
    bare = _BARE.match(line, start)
    text = bare[0] if bare else ""
    return scalar(text), start + len(text)


def _time(text: str, factor: int) -> int:
    if not _TIME.fullmatch(text):
        raise BadLineError("bad timestamp")
    time = int(text) * factor if len(text) < 100 else _LAST_TIME + 1
    if not -_LAST_TIME <= time <= _LAST_TIME:
        raise BadLineError(f"time outside range {-_LAST_TIME} - {_LAST_TIME}")
    return time
