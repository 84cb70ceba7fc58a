"""Questions put to a real InfluxDB 2: the catalogue in Flux, answered as the embedded store does.

Grafana replaces ``v.*`` and ``${run}`` in the same texts; here ``v`` is an option of the script,
and the run's id is escaped as a Flux string.
"""

import csv
import json
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from influxdb_client.client.flux_csv_parser import FluxCsvParserException, FluxQueryException
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from swarmscope import schema
from swarmscope.closing import Closing
from swarmscope.errors import (
    BucketMissingError,
    ConfigurationError,
    NoDataError,
    StoreUnreachableError,
)
from swarmscope.queries.catalogue import TIME_COLUMNS, Query, query
from swarmscope.settings import Settings
from swarmscope.store.client import influx_client
from swarmscope.store.question import MAX_ROWS, Question, Table, choose_window, too_much
from swarmscope.store.shapes import check_rows, whole
from swarmscope.transport.bounded import TooLongError
from swarmscope.transport.causes import ODD, cause, chain, said

T = TypeVar("T")
Record = Mapping[str, Any]
_IMPORTS = re.compile(r'\A(?:\s*import "[^"]*"\n)*')
_ESCAPES = str.maketrans(
    {"\\": r"\\", '"': r"\"", "$": "\\x24", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER_NULL = frozenset(
    [
        "worker",
        "method",
        "status",
        "reason",
        "role",
        "text",
        "commit",
        "why",
        "kind",
        "level",
        "source",
        "sender",
        "label",
        "description",
    ]
)
"""Texts that may be empty. InfluxDB's CSV has one form for a null and for the empty text."""
_LATELY_MS = 15 * 60 * 1_000
_DAY_MS = 24 * 60 * 60 * 1_000

_ODD = (FluxCsvParserException, csv.Error, UserWarning, *ODD)
"""What reading ends with when an answer isn't the CSV that it should be."""

_EXTENT = """
times = (fn) =>
    from(bucket: v.defaultBucket)
        |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
        |> filter(fn: (r) => r.run == "${run}")
        |> filter(
            fn: (r) =>
                r._measurement == "locust_run" or r._measurement == "locust_users"
                    or
                    r._measurement == "locust_worker" or r.name == "Aggregated" and r._field
                    ==
                    "count",
        )
        |> fn()
        |> keep(columns: ["_time"])

union(tables: [times(fn: first), times(fn: last)])
    |> group()
"""
"""The first and last points of each series that together span a run."""

_RESOLUTION = """
from(bucket: v.defaultBucket)
    |> range(start: v.timeRangeStart, stop: v.timeRangeStop)
    |> filter(fn: (r) => r._measurement == "locust_run" and r.run == "${run}")
    |> filter(fn: (r) => r._field == "resolution")
    |> group()
    |> max()
"""


def quoted(text: str) -> str:
    """Return *text* as the inside of a Flux string: no interpolation, no way out of it."""
    return text.translate(_ESCAPES)


def _rfc3339(ms: int) -> str:
    # Not isoformat: Flux wants a year of four digits and a Z.
    moment = datetime.fromtimestamp(ms / 1_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1_000:03d}Z"


def script(flux: str, *, run: str, bucket: str, start: int, stop: int, window: int) -> str:
    """Return *flux* with everything in place that Grafana would put there.

    *start* and *stop* are ms since 1970, *window* is in seconds.
    """
    imports = _IMPORTS.match(flux)
    end = imports.end() if imports else 0
    option = (
        f"option v = {{timeRangeStart: {_rfc3339(start)}, timeRangeStop: {_rfc3339(stop)}, "
        f'windowPeriod: {window}s, defaultBucket: "{quoted(bucket)}"}}\n'
    )
    return flux[:end] + option + flux[end:].replace("${run}", quoted(run))


class FluxReader(Closing):
    """An InfluxDB 2 that answers the catalogue's questions."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = influx_client(settings)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def ask(self, question: Question) -> Table:
        """Return what InfluxDB knows about *question*.

        Raises:
            ConfigurationError: it can't be asked like this, or the bucket is unknown.
            NoDataError: there is no such run.
            StoreUnreachableError: InfluxDB doesn't answer, or refuses us.

        """
        asked = query(question.name)
        if asked.needs_run and not question.run:
            raise ConfigurationError(
                f"The query {asked.name} is about one run, and no run was named.",
                remedy="Name one; `swarmscope runs` lists them.",
            )
        bucket = question.bucket or self._settings.bucket
        start, stop = self._range(question, asked, bucket)
        resolution = self._resolution(question, asked, bucket, start, stop)
        window = choose_window(question.window, stop - start, resolution)
        text = script(
            asked.flux, run=question.run, bucket=bucket, start=start, stop=stop, window=window
        )
        rows = self._read(text, bucket, lambda records: _rows(asked, records), asked.name)
        return Table(asked.name, tuple(asked.columns), rows, window, start, stop)

    def _range(self, question: Question, asked: Query, bucket: str) -> tuple[int, int]:
        start, stop = question.start, question.stop
        if start is None or stop is None:
            first, last = self._default_range(question.run, asked, bucket)
            start = first if start is None else start
            stop = last if stop is None else stop
        if stop <= start:
            raise ConfigurationError(
                f"The range from {start} to {stop} is empty.",
                remedy="Its start must lie before its end.",
            )
        return start, stop

    def _resolution(
        self, question: Question, asked: Query, bucket: str, start: int, stop: int
    ) -> int:
        if not (asked.windowed and asked.needs_run):
            return 1
        if bucket == self._settings.bucket_long:
            return schema.RESOLUTION_LONG
        # The run's start may lie before the range that is asked about.
        text = script(
            _RESOLUTION, run=question.run, bucket=bucket, start=0, stop=max(start, stop), window=1
        )
        values = self._read(
            text, bucket, lambda records: [whole(record, "_value") for record in records]
        )
        return max(values, default=1)

    def _default_range(self, run: str, asked: Query, bucket: str) -> tuple[int, int]:
        now = time.time_ns() // 1_000_000
        if not run:
            return (now - _LATELY_MS, now + 1_000) if asked.windowed else (0, now + _DAY_MS)
        text = script(_EXTENT, run=run, bucket=bucket, start=0, stop=now + _DAY_MS, window=1)
        times = self._read(
            text, bucket, lambda records: [_ms(record["_time"]) for record in records]
        )
        if not times:
            raise NoDataError(
                f"InfluxDB has no run {run!r} in the bucket {bucket!r}.",
                remedy="`swarmscope runs` lists those it has.",
            )
        # A point stands for the second that begins with it.
        return min(times), max(times) + 1_000

    def _read(
        self,
        text: str,
        bucket: str,
        read: Callable[[Iterable[Record]], list[T]],
        name: str = "the run's extent",
    ) -> list[T]:
        """Return what *read* makes of the answer to the script *text*, which asks for *name*."""
        try:
            stream = self._client.query_api().query_stream(text, org=self._settings.org)
            with closing(stream):
                return read(_counted((record.values for record in stream), name))
        except ApiException as error:
            raise self._refused(error, bucket) from error
        except FluxQueryException as error:
            # A script that fails while it runs was answered with 200 already: the reason comes in
            # the place of the rows.
            raise StoreUnreachableError(
                f"InfluxDB at {self._settings.url} gave up the query ({said(error.message)}).",
                data="What is stored is untouched.",
                remedy="Ask again, or for a shorter range; its own log says more.",
            ) from error
        except (HTTPError, OSError) as error:
            if any(isinstance(one, TooLongError) for one in chain(error)):
                raise too_much(name) from error
            raise self._silent(error) from error
        except _ODD as error:
            raise StoreUnreachableError(
                f"{self._settings.url} answers, but not as InfluxDB 2 does, or not to the end "
                f"({type(error).__name__}: {said(str(error))}).",
                data="What is stored is untouched.",
                remedy="Is INFLUXDB_V2_URL right, and does a proxy stand between? `swarmscope "
                "doctor` looks.",
            ) from error

    def _silent(self, error: Exception) -> StoreUnreachableError:
        return StoreUnreachableError(
            f"InfluxDB at {self._settings.where} does not answer ({cause(error)}).",
            remedy="Is it running, and is INFLUXDB_V2_URL right? `swarmscope doctor` looks.",
        )

    def _refused(self, error: ApiException, bucket: str) -> Exception:
        where = f"InfluxDB at {self._settings.url}"
        if not error.status:  # none: the connection could not be made
            return self._silent(error)
        if error.status in (401, 403):
            return StoreUnreachableError(
                f"{where} refused the token ({error.status}).",
                remedy="Set INFLUXDB_V2_TOKEN to one that may read the bucket.",
            )
        if error.status == 404:
            return BucketMissingError(
                f"{where} has no bucket {bucket!r} in the organization {self._settings.org!r}, "
                "or doesn't show it to this token.",
                remedy="Check INFLUXDB_V2_BUCKET and INFLUXDB_V2_ORG.",
            )
        return StoreUnreachableError(
            f"{where} could not answer ({error.status}: {said(error.message or error.reason)}).",
            remedy="Its own log says more.",
        )


def _ms(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def _counted(records: Iterable[Record], name: str) -> Iterator[Record]:
    for number, record in enumerate(records):
        if number >= MAX_ROWS:
            raise too_much(name)
        yield record


def _rows(asked: Query, records: Iterable[Record]) -> list[tuple[Any, ...]]:
    rows = [
        tuple(_cell(column, record.get(column)) for column in asked.columns) for record in records
    ]
    check_rows(asked, rows)
    return rows


def _cell(column: str, value: Any) -> Any:
    if value is None:
        return "" if column in _NEVER_NULL else None
    if column == "tags":
        return _tags(value)
    if isinstance(value, str):
        # InfluxDB's CSV ends lines with CR LF, those inside of a text too.
        return value.replace("\r\n", "\n")
    return _ms(value) if column in TIME_COLUMNS else value


def _tags(record: str) -> str:
    """Return the tags of *record*: Flux can't tell a record's tags from its other columns."""
    columns = json.loads(record)
    tags = {k: v for k, v in sorted(columns.items()) if not k.startswith("_") and v is not None}
    return json.dumps(tags, separators=(",", ":"), ensure_ascii=False)
