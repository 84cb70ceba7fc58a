"""What points an enrolled machine may write: its own figures, in the types they have everywhere.

Whoever writes a field first decides, for a shard of the bucket, which type it has for everybody, a
question over two shards that disagree has no answer, and each day is a shard with memory and files
of its own. A token that may write may do all of that, so it is judged here what a machine's is for.
"""

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from swarmscope import line_protocol, schema
from swarmscope.embedded.parser import Key, Point
from swarmscope.embedded.scalars import TYPES, Unsigned, Value
from swarmscope.schema import FieldType
from swarmscope.words import begin_of

PAST_DAYS = 366
AHEAD_DAYS = 1
"""A clock may be as far off as a time zone: what it measures is in the wrong place, and kept."""
SERIES_OF_ONE = 10_000
SERIES_OF_ALL = 100_000
"""A million are all that InfluxDB's memory bears."""
MOST_TAGS = 32
_DAY_NS = 86_400 * 10**9
_RUNS = "locust_"
"""How the names of what runs are made of begin."""
_SHOWN = 80
# Line protocol has no escape for some of these, a line that begins with # is a comment up to its
# first line end, and nobody's names need any of them.
_NAME = re.compile(r"(?!#)[^\x00-\x1f\x7f\"\\]{1,200}")


@dataclass(frozen=True)
class _Types:
    """The types of the fields of one measurement."""

    usual: FieldType | None
    """Of fields that aren't named; None: any."""
    known: Mapping[str, FieldType] = field(default_factory=dict)

    def of(self, name: str) -> FieldType | None:
        """Return the type that the field *name* has to have; None: any."""
        if name in self.known:
            return self.known[name]
        if self.usual is FieldType.INTEGER and name.endswith("_percent"):
            return FieldType.FLOAT
        return self.usual


_TEXT, _DECIMAL, _WHOLE = FieldType.STRING, FieldType.FLOAT, FieldType.INTEGER
_CONTAINERS = [f"docker_container_{what}" for what in ("cpu", "mem", "net", "blkio")]
# Of what has a place in the data dictionary the types are there; here are those of what else
# Telegraf tells of a machine, where it isn't the usual one.
_ALSO: Mapping[str, Mapping[str, FieldType]] = {
    "diskio": dict.fromkeys(("io_await", "io_svctm", "io_util"), _DECIMAL),
    "internal_write": {"seconds_since_write": _DECIMAL},
    "system": {"uptime_format": _TEXT},
    **{name: {"container_id": _TEXT} for name in _CONTAINERS},
}
_USUAL = {"cpu": _DECIMAL} | dict.fromkeys(
    ("mem", "disk", "diskio", "net", "system", "swap", "processes", *_ALSO), _WHOLE
)


def _table() -> dict[str, _Types]:
    described = {
        m.name: {name: kind for name, (kind, _) in m.fields.items()}
        for m in (*schema.HOST, schema.EVENT, schema.APP_LOG)
    }
    return {
        name: _Types(_USUAL.get(name), {**described.get(name, {}), **_ALSO.get(name, {})})
        for name in {**described, **_USUAL}
    }


_TABLE = _table()
_COUNTED = _Types(_DECIMAL)
"""What `telegraf-events` makes of StatsD."""
_OTHER = _Types(None)
"""What only machines write, of whatever their Telegraf measures."""


def _types(measurement: str) -> _Types:
    if measurement.startswith("statsd_"):
        return _COUNTED
    return _TABLE.get(measurement, _OTHER)


def is_of_a_run(point: Point) -> bool:
    """Return whether *point* is what runs are made of, and no machine's to write."""
    return point.key.measurement.startswith(_RUNS)


def complaint(point: Point, now: int) -> str:
    """Return why *point*, of no run, isn't taken at the time *now* (ns); empty where it is."""
    key = point.key
    names = (key.measurement, *(name for name, _ in key.tags), *point.fields)
    for name in names:
        if not _NAME.fullmatch(name):
            return f"{_shown(name)} is no name: it has other signs than text, or more than 200"
    if len(key.tags) > MOST_TAGS:
        return f"{_shown(key.measurement)} has more than {MOST_TAGS} tags"
    for name, _ in key.tags:
        if name.startswith("_"):
            return f"the tag {_shown(name)} is one that InfluxDB has for itself"
    return _wrong_time(point, now) or _wrong_type(point)


def _wrong_time(point: Point, now: int) -> str:
    days, name = (point.time - now) / _DAY_NS, _shown(point.key.measurement)
    if days > AHEAD_DAYS:
        return f"{name} is more than {AHEAD_DAYS} day ahead: look at the machine's clock"
    return f"{name} is more than {PAST_DAYS} days old" if days < -PAST_DAYS else ""


def _wrong_type(point: Point) -> str:
    types = _types(point.key.measurement)
    for name, value in point.fields.items():
        wanted, given = types.of(name), TYPES[type(value)]
        if wanted and given != wanted:
            return (
                f"{_shown(name)} of {_shown(point.key.measurement)} is of the type {given}, "
                f"and everybody's is {wanted}"
            )
    return ""


def _shown(name: str) -> str:
    return repr(begin_of(name, _SHOWN))


def encoded(point: Point) -> str:
    """Return *point* as a line that can be read in one way only.

    What came is not passed on as it was: InfluxDB would only have to read one sign of it otherwise.
    """
    series = line_protocol.series(point.key.measurement, dict(point.key.tags))
    fields = ",".join(f"{line_protocol.escape_tag(n)}={_value(v)}" for n, v in point.fields.items())
    return f"{series} {fields} {point.time}"


def _value(value: Value) -> str:
    return f"{value:d}u" if isinstance(value, Unsigned) else line_protocol.field_value(value)


class Series:
    """Which series machines have, so that what they can make of them has an end."""

    def __init__(self, of_one: int = SERIES_OF_ONE, of_all: int = SERIES_OF_ALL) -> None:
        self._of_one = of_one
        self._of_all = of_all
        self._count = 0
        self._machines: dict[bytes, set[int]] = {}
        self._lock = threading.Lock()

    def complaint(self, machine: bytes, point: Point) -> str:
        """Return why *machine* can't have the series of *point*; empty where it has them now."""
        with self._lock:
            mine = self._machines.setdefault(machine, set())
            new = {_number(point.key, name) for name in point.fields} - mine
            if len(mine) + len(new) > self._of_one:
                return self._full(point, f"this machine has its {self._of_one:,}")
            if self._count + len(new) > self._of_all:
                return self._full(point, f"all machines together have their {self._of_all:,}")
            mine |= new
            self._count += len(new)
            return ""

    @staticmethod
    def _full(point: Point, why: str) -> str:
        return (
            f"{_shown(point.key.measurement)} came with a new series, and {why}: take what differs "
            "each time out of tags and names. `docker compose restart machines` begins anew"
        )


def _number(key: Key, name: str) -> int:
    # Not the series itself: a hundred thousand of them would be a hundred megabytes.
    return hash((key, name))
