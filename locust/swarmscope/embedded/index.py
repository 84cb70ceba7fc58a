"""What the writer keeps in memory: every series and field, and how far each series has come."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from swarmscope.embedded.parser import Key, Point, shown
from swarmscope.embedded.scalars import TYPES, Unsigned, Value
from swarmscope.embedded.tables import TAG_COLUMNS

Row = tuple[int, int, int, Any, Any, Any, Any, Any]
"""A row of the table ``points``: series, time, field, and one of five columns for the value."""

MAX_SERIES = 200_000
"""Of the whole store: its writer remembers each, about 1 kB. A run makes about six for each
endpoint of each worker, and one more for each further status; `swarmscope delete` makes room.
InfluxDB 1 had such a limit, and its words."""
MAX_FIELDS = 10_000
"""Of one measurement."""
MAX_NAMES_BYTES = 3 * 2**27
"""What all names of series and fields may take in memory, about. Their number alone bounds nothing:
a series may have thousands of tags, and a name 64 KB."""
_OBJECT_BYTES = 100
"""What a text takes in memory beside its characters, and its place in what holds it."""
NO_TIME = -(2**63)
"""Earlier than any point."""


@dataclass(slots=True)
class Series:
    """A series, and the time of its newest point: what is newer needs no look at the table."""

    id: int
    key: Key
    newest: int = NO_TIME
    text: str = ""
    """What lines call it, as far as that is remembered."""


@dataclass(slots=True)
class Index:
    """All series and fields of the store."""

    max_series: int = MAX_SERIES
    max_names_bytes: int = MAX_NAMES_BYTES
    names_bytes: int = 0
    """What the names of all series and fields take, about."""
    texts: dict[str, Key] = field(default_factory=dict)
    """What lines call a series, and its key: to read one takes ten times as long as to know it. One
    for each series at most, and only while there is room beside the names."""
    texts_bytes: int = 0
    series: dict[tuple[str, Key], Series] = field(default_factory=dict)
    fields: dict[tuple[str, str], dict[str, tuple[int, type[Value]]]] = field(default_factory=dict)
    next_series: int = 0
    next_field: int = 0

    def know_series(self, series_id: int, bucket: str, key: Key, newest: int | None) -> None:
        """Take in a series that the file already holds."""
        self.series[bucket, key] = Series(series_id, key, NO_TIME if newest is None else newest)
        self.names_bytes += _size_of_key(key)
        self.next_series = max(self.next_series, series_id + 1)

    def forget_series(self, bucket: str, key: Key) -> None:
        """Let go of a series that has no points any more; another may take its place."""
        self._forget_text(self.series.pop((bucket, key)))
        self.names_bytes -= _size_of_key(key)

    def remember(self, series: Series, text: str) -> None:
        """Know *series* by *text* from now on, and by no other any more."""
        if text in self.texts:
            return
        self._forget_text(series)
        size = _size_of([text])
        if self.names_bytes + self.texts_bytes + size <= self.max_names_bytes:
            self.texts[text] = series.key
            self.texts_bytes += size
            series.text = text

    def _forget_text(self, series: Series) -> None:
        # Series of two buckets share one.
        if self.texts.pop(series.text, None) is not None:
            self.texts_bytes -= _size_of([series.text])
        series.text = ""

    def take_room(self, more_bytes: int) -> None:
        """Count names that are new: texts make room for them."""
        self.names_bytes += more_bytes
        if self.texts and self.names_bytes + self.texts_bytes > self.max_names_bytes:
            self.texts.clear()
            self.texts_bytes = 0

    def full(self, more_series: int, more_bytes: int) -> str:
        """Return why there is no room for so much more, in the words of InfluxDB's own limit."""
        limit = ""
        if more_series and len(self.series) + more_series > self.max_series:
            limit = str(self.max_series)
        elif more_bytes and self.names_bytes + more_bytes > self.max_names_bytes:
            limit = f"{self.max_names_bytes >> 20} MiB of names"
        return limit and (
            f"max-series-per-database limit exceeded: ({limit}): `swarmscope delete RUN` makes room"
        )

    def know_field(
        self, field_id: int, bucket: str, measurement: str, name: str, kind: str
    ) -> None:
        """Take in a field that the file already holds."""
        by_name = {name_: type_ for type_, name_ in TYPES.items()}
        self.fields.setdefault((bucket, measurement), {})[name] = (field_id, by_name[kind])
        self.names_bytes += _size_of([name])
        self.next_field = max(self.next_field, field_id + 1)


class WriteSet:
    """Points of one write, sorted into what is new and what lands on points already there.

    It changes the index as it goes; `undo` takes that back when the write fails.
    """

    def __init__(self, index: Index, bucket: str) -> None:
        self.new_series: list[tuple[Any, ...]] = []
        self.new_fields: list[tuple[Any, ...]] = []
        self.appended: list[Row] = []
        self.rewritten: dict[tuple[int, int, int], Row] = {}
        self.dropped = 0
        self.complaint = ""
        """Why the first point that was not stored whole was not, in InfluxDB's words."""
        self._index = index
        self._bucket = bucket
        self._before = (index.next_series, index.next_field, index.names_bytes)
        self._newest: dict[int, tuple[Series, int]] = {}
        self._texts: list[tuple[Series, str]] = []

    def add(self, point: Point) -> None:
        """Place *point*; one that contradicts a field's type is dropped whole, as InfluxDB does."""
        measurement = point.key.measurement
        known = self._index.fields.get((self._bucket, measurement), {})
        if "time" in point.fields:
            self._strip_time(point)
        if not self._fits(point, known):
            return
        fresh = [name for name in point.fields if name not in known]
        if len(fresh) + len(known) > MAX_FIELDS:
            self._drop(f"too many fields on measurement {shown(measurement)!r}: ({MAX_FIELDS})")
            return
        series = self._series(point.key, fresh)
        if series is None:
            return
        if point.text:
            self._texts.append((series, point.text))
        if fresh:
            # Only now: what is dropped leaves nothing behind.
            known = self._index.fields.setdefault((self._bucket, measurement), known)
        is_new = point.time > series.newest
        if is_new:
            self._newest.setdefault(series.id, (series, series.newest))
            series.newest = point.time
        for name, value in point.fields.items():
            entry = known.get(name) or self._new_field(known, measurement, name, type(value))
            row = _row(series.id, point.time, entry[0], value)
            if is_new:
                self.appended.append(row)
            else:
                self.rewritten[row[:3]] = row

    def remember(self) -> None:
        """Note, once all of it is written, what lines call its series."""
        for series, text in self._texts:
            self._index.remember(series, text)

    def undo(self) -> None:
        """Make the index what it was before this batch."""
        for _, bucket, measurement, tags, *_ in self.new_series:
            key = Key(measurement, tuple(sorted(tags.items())))
            del self._index.series[bucket, key]
        for _, bucket, measurement, name, *_ in self.new_fields:
            fields = self._index.fields[bucket, measurement]
            del fields[name]
            if not fields:
                del self._index.fields[bucket, measurement]
        for series, newest in self._newest.values():
            series.newest = newest
        self._index.next_series, self._index.next_field, self._index.names_bytes = self._before

    def _strip_time(self, point: Point) -> None:
        """Leave out a field of the one name that InfluxDB keeps for itself."""
        del point.fields["time"]
        complaint = (
            'invalid field name: input field "time" on measurement '
            f'"{shown(point.key.measurement)}" is invalid'
        )
        if not point.fields:
            self._drop(complaint)
        self.complaint = (
            self.complaint or f'{complaint}. Field "time" has been stripped from point.'
        )

    def _fits(self, point: Point, known: dict[str, tuple[int, type[Value]]]) -> bool:
        for name, value in point.fields.items():
            entry = known.get(name)
            if entry and entry[1] is not type(value):
                self._drop(
                    f'field type conflict: input field "{shown(name)}" on measurement '
                    f'"{shown(point.key.measurement)}" is type {TYPES[type(value)]}, '
                    f"already exists as type {TYPES[entry[1]]}"
                )
                return False
        return bool(point.fields)

    def _drop(self, complaint: str) -> None:
        self.dropped += 1
        self.complaint = self.complaint or complaint

    def _series(self, key: Key, fresh: list[str]) -> Series | None:
        """Return the series of *key*, or None, and drop its point: the store has no room.

        *fresh* are the names of the point's new fields.
        """
        series = self._index.series.get((self._bucket, key))
        size = _size_of(fresh) + (0 if series else _size_of_key(key))
        if full := self._index.full(0 if series else 1, size):
            self._drop(full)
            return None
        self._index.take_room(size)
        if series is None:
            series = Series(self._index.next_series, key)
            self._index.next_series += 1
            self._index.series[self._bucket, key] = series
            tags = dict(key.tags)
            columns = (tags.get(tag, "") for tag in TAG_COLUMNS)
            self.new_series.append((series.id, self._bucket, key.measurement, tags, *columns))
        return series

    def _new_field(
        self, known: dict[str, tuple[int, type[Value]]], measurement: str, name: str, kind: type
    ) -> tuple[int, type[Value]]:
        entry = known[name] = (self._index.next_field, kind)
        self._index.next_field += 1
        self.new_fields.append(
            (entry[0], self._bucket, measurement, name, TYPES[kind], _bound(name))
        )
        return entry


def _size_of(names: Iterable[str]) -> int:
    return sum(_OBJECT_BYTES + len(name) for name in names)


def _size_of_key(key: Key) -> int:
    return _size_of([key.measurement]) + sum(map(_size_of, key.tags))


def _row(series: int, time: int, field_id: int, value: Value) -> Row:
    kind = type(value)
    if kind is int:
        return series, time, field_id, None, value, None, None, None
    if kind is float:
        return series, time, field_id, value, None, None, None, None
    if kind is bool:
        return series, time, field_id, None, None, None, value, None
    if kind is Unsigned:
        return series, time, field_id, None, None, value, None, None
    return series, time, field_id, None, None, None, None, value


def _bound(name: str) -> float | None:
    try:
        return float(name)
    except ValueError:
        return None
