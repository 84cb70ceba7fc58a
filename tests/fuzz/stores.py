"""Both stores as the fuzzer sees them: thousands of lines in, everything of them out again."""

import csv
import io
import json
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Protocol
from urllib.parse import quote

from swarmscope.embedded.database import Database
from swarmscope.embedded.parser import parse
from swarmscope.embedded.scalars import Value
from tests.fixtures.influxd import Influx
from tests.fuzz.cases import Case

Found = dict[int, tuple[dict[str, str], dict[str, Value]]]
"""Time to tags and fields."""
BUCKET = "loadtest"
_OWN = frozenset(
    {
        "",
        "result",
        "table",
        "_start",
        "_stop",
        "_time",
        "_value",
        "_field",
        "_measurement",
    }
)


class Store(Protocol):
    """Takes lines, and says what it has."""

    loses_carriage_returns: bool
    """Whether the way in which it is asked does: the store itself doesn't."""

    def write(self, lines: Sequence[str]) -> None:
        """Store all of *lines*, or fail."""
        ...

    def read(self, start: int, stop: int) -> Found:
        """Return the points from *start* until before *stop*, ns."""
        ...


class Parser:
    """Our reading of line protocol alone: quick enough for every mutation."""

    loses_carriage_returns = False

    def __init__(self) -> None:
        self._found: Found = {}

    def write(self, lines: Sequence[str]) -> None:
        self._found = {
            p.time: (dict(p.key.tags), p.fields) for p in parse("\n".join(lines), "ns", 0)
        }

    def read(self, start: int, stop: int) -> Found:
        return {t: point for t, point in self._found.items() if start <= t < stop}


class Embedded:
    """The embedded store's file."""

    loses_carriage_returns = False

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, lines: Sequence[str]) -> None:
        written = self._database.write(BUCKET, "\n".join(lines))
        assert (written.stored, written.complaint) == (len(lines), "")

    def read(self, start: int, stop: int) -> Found:
        found: Found = {}
        with self._database.cursor() as cursor:
            rows = cursor.execute(
                "SELECT p.time, s.tags, f.name, p.f, p.i, p.b, p.s FROM points p "
                "JOIN series s ON s.id = p.series JOIN fields f ON f.id = p.field "
                "WHERE p.time >= ? AND p.time < ?",
                [start, stop],
            ).fetchall()
        for time, tags, field, *values in rows:
            value = next(v for v in values if v is not None)
            found.setdefault(time, (dict(tags), {}))[1][field] = value
        return found


class Real:
    """A real InfluxDB 2, over HTTP, asked in Flux."""

    loses_carriage_returns = True

    def __init__(self, influx: Influx) -> None:
        self._influx = influx
        self._bucket = influx.make_bucket("fuzz")

    def write(self, lines: Sequence[str]) -> None:
        self._influx.write(self._bucket, list(lines))

    def read(self, start: int, stop: int) -> Found:
        found: Found = {}
        for field, kind in _KINDS.items():
            for row in self._rows(field, start, stop):
                tags = {k: v for k, v in row.items() if k not in _OWN and v}
                moment = _ns(row["_time"])
                found.setdefault(moment, (tags, {}))[1][field] = kind(row["_value"])
        return found

    def _rows(self, field: str, start: int, stop: int) -> Iterator[dict[str, str]]:
        flux = f"""
            from(bucket: "{self._bucket}")
                |> range(start: time(v: {start}), stop: time(v: {stop}))
                |> filter(fn: (r) => r._field == "{field}")
                |> group()
        """
        request = urllib.request.Request(
            f"{self._influx.url}/api/v2/query?org={quote(self._influx.org)}",
            data=json.dumps({"query": flux, "dialect": {"annotations": []}}).encode(),
            headers={
                "Authorization": f"Token {self._influx.token}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=120) as response:
            body = response.read().decode()
        yield from csv.DictReader(io.StringIO(body, newline=""))


_KINDS: dict[str, Callable[[str], Value]] = {
    "text": lambda text: text.replace("\r\n", "\n"),
    "number": float,
    "whole": int,
    "flag": lambda text: text == "true",
}
"""Field to how its value is read from CSV, which ends lines within a text in its own way."""


def _ns(stamp: str) -> int:
    seconds, _, rest = stamp.removesuffix("Z").partition(".")
    whole = int(datetime.fromisoformat(f"{seconds}+00:00").timestamp())
    return whole * 10**9 + int(f"{rest:0<9}")


def check(store: Store, cases: Sequence[Case]) -> None:
    """Write *cases* in one body; what is read back must equal what went in, point by point."""
    store.write([case.line() for case in cases])
    found = store.read(cases[0].time, cases[-1].time + 1)
    assert len(found) == len(cases)
    for case in cases:
        tags, fields = found[case.time]
        assert tags == case.expected_tags(), ascii(case)
        wanted = case.expected_fields()
        if store.loses_carriage_returns:
            wanted["text"] = str(wanted["text"]).replace("\r", "")
        assert fields == wanted, ascii(case)
        kinds = {name: isinstance(value, bool) for name, value in fields.items()}
        assert kinds == {name: isinstance(value, bool) for name, value in wanted.items()}
