"""Questions put to a real InfluxDB 2: the catalogue in Flux, answered as the embedded store does.

Grafana replaces ``v.*`` and ``${run}`` in the same texts; here ``v`` is an option of the script,
and the run's id is escaped as a Flux string.
"""

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import islice
from math import isfinite
from typing import Any

from influxdb_client.client.flux_csv_parser import FluxCsvParserException, FluxQueryException
from influxdb_client.rest import ApiException
from urllib3.exceptions import HTTPError

from swarmscope.errors import BucketMissingError, StoreUnreachableError
from swarmscope.queries.catalogue import TIME_COLUMNS, Query
from swarmscope.queries.counted import tells_summaries
from swarmscope.queries.query import end_of_imports
from swarmscope.settings import Settings
from swarmscope.store.backend import (
    BATCH_ROWS,
    EVER,
    LAST_MS,
    BackendReader,
    Batches,
    Parameters,
    too_much,
)
from swarmscope.store.client import influx_client
from swarmscope.store.flux_course import COURSE, TOLD, course_of, told_of
from swarmscope.store.flux_lists import Listing, listing, milliseconds
from swarmscope.store.shapes import check_rows
from swarmscope.store.watermark import Course
from swarmscope.transport.bounded import TooLongError
from swarmscope.transport.causes import ODD, cause, chain, odd_answer, said

Record = Mapping[str, Any]
_ESCAPES = str.maketrans(
    {"\\": r"\\", '"': r"\"", "$": "\\x24", "\n": r"\n", "\r": r"\r", "\t": r"\t"}
)
_NEVER_NULL = frozenset(
    [
        *("run", "name", "event", "exception", "user_class", "place", "field"),
        "worker",
        "method",
        "status",
        "reason",
        "role",
        "text",
        *("commit", "environment", "machine", "locustfile", "locustfile_hash", "load"),
        *("baseline", "anyway", "verdict", "doubts"),
        "why",
        "kind",
        "level",
        "source",
        "sender",
        "label",
        "description",
        "hosts",
        "stage",
    ]
)
"""Texts that may be empty. InfluxDB's CSV has one form for a null and for the empty text."""
_APDEX_T = re.compile(r"^apdex_t = .+$", re.MULTILINE)
_POINTS = re.compile(r"^(asked_measurement|asked_field) = .+$", re.MULTILINE)
_TAGS = re.compile(r"^( *)// tags$", re.MULTILINE)
_THE_EXTENT = "the run's extent"
EARLIEST, LATEST = "1677-09-21T00:12:43.145224194Z", "2262-04-11T23:47:16.854775806Z"
"""The times of InfluxDB's first and last points; it refuses to be asked beyond them."""

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


def quoted(text: str) -> str:
    """Return *text* as the inside of a Flux string: no interpolation, no way out of it."""
    return text.translate(_ESCAPES)


def _rfc3339(ms: int) -> str:
    if abs(ms) >= LAST_MS:
        return LATEST if ms > 0 else EARLIEST
    # Not isoformat: Flux wants a year of four digits and a Z.
    moment = datetime.fromtimestamp(ms / 1_000, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1_000:03d}Z"


def script(flux: str, *, run: str, bucket: str, start: int, stop: int, window: int) -> str:
    """Return *flux* with everything in place that Grafana would put there.

    *start* and *stop* are ms since 1970, *window* is in seconds.
    """
    end = end_of_imports(flux)
    option = (
        f"option v = {{timeRangeStart: {_rfc3339(start)}, timeRangeStop: {_rfc3339(stop)}, "
        f'windowPeriod: {window}s, defaultBucket: "{quoted(bucket)}"}}\n'
    )
    return flux[:end] + option + flux[end:].replace("${run}", quoted(run))


def _placed(flux: str, asked: Parameters) -> str:
    flux = _APDEX_T.sub(f"apdex_t = {asked.apdex_t}.0", flux)
    named = {"asked_measurement": asked.measurement, "asked_field": asked.field}
    flux = _POINTS.sub(lambda found: f'{found[1]} = "{quoted(named[found[1]])}"', flux)
    flux = _TAGS.sub(lambda found: found[1] + _filter(asked.tags), flux)
    return script(
        flux,
        run=asked.run,
        bucket=asked.bucket,
        start=asked.start,
        stop=asked.stop,
        window=asked.window,
    )


def _filter(tags: Sequence[tuple[str, str]]) -> str:
    """Return the step that leaves points with these *tags*: literal, the storage engine does it."""
    has = (f'r["{quoted(name)}"] == "{quoted(value)}"' for name, value in tags)
    return f"|> filter(fn: (r) => {' and '.join(has)})" if tags else ""


def _about(flux: str, run: str, bucket: str, start: int, stop: int) -> str:
    return script(flux, run=run, bucket=bucket, start=start, stop=stop, window=1)


class FluxBackend:
    """An InfluxDB 2, as *settings* name it."""

    name = "InfluxDB"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._client = influx_client(settings)

    def extent(self, run: str, bucket: str, start: int, stop: int) -> tuple[int, int] | None:
        """Return the times of the run's first and last points from *start* to *stop*, in ms.

        None, if it has none there.
        """
        text = _about(_EXTENT, run, bucket, start, stop)
        with self._records(text, bucket, _THE_EXTENT) as records:
            times = [milliseconds(record["_time"]) for record in records]
        return (min(times), max(times)) if times else None

    def course(self, run: str, bucket: str) -> Course:
        """Return what the run says of itself."""
        text = _about(COURSE, run, bucket, *EVER)
        with self._records(text, bucket, _THE_EXTENT) as records:
            return course_of(records)

    def told(self, run: str, bucket: str) -> list[int]:
        """Return the time of the newest point of each worker, in ms, or that it has finished."""
        text = _about(TOLD, run, bucket, *EVER)
        with self._records(text, bucket, _THE_EXTENT) as records:
            return told_of(records)

    def rows(self, asked: Query, parameters: Parameters) -> Batches:
        """Yield the answer's rows with the query's columns, `BATCH_ROWS` at a time; times in ms."""
        told = Listing(asked.flux)
        if parameters.believed and tells_summaries(asked.flux):
            told = listing(asked.flux, parameters, self._all_records)
        with self._records(_placed(told.flux, parameters), parameters.bucket, asked.name) as found:
            rows = (_row(asked, record) for record in found if told.has(record))
            while batch := list(islice(rows, BATCH_ROWS)):
                check_rows(asked, batch)
                yield batch

    def _all_records(self, flux: str, parameters: Parameters, name: str) -> list[Record]:
        with self._records(_placed(flux, parameters), parameters.bucket, name) as records:
            return list(records)

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    @contextmanager
    def _records(self, text: str, bucket: str, name: str) -> Iterator[Iterator[Record]]:
        """Hand over the answer to the script *text*, which asks for *name*, while it comes in.

        Raises:
            BucketMissingError: there is no such bucket.
            ConfigurationError: the answer is too long.
            StoreUnreachableError: InfluxDB doesn't answer, or refuses us.

        """
        try:
            stream = self._client.query_api().query_stream(text, org=self._settings.org)
            with closing(stream):
                yield (record.values for record in stream)
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
            raise odd_answer(
                self._settings.url,
                "as InfluxDB 2 does, or not to the end",
                f"{type(error).__name__}: {said(str(error))}",
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


def _row(asked: Query, record: Record) -> tuple[Any, ...]:
    return tuple(_cell(column, record.get(column)) for column in asked.columns)


def _cell(column: str, value: Any) -> Any:
    if value is None:
        return "" if column in _NEVER_NULL else None
    if column == "tags":
        return _tags(value)
    if isinstance(value, float) and not isfinite(value):
        return None  # a sum past all numbers
    if isinstance(value, str):
        # InfluxDB's CSV ends lines with CR LF, those inside of a text too.
        return value.replace("\r\n", "\n")
    return milliseconds(value) if column in TIME_COLUMNS else value


def _tags(record: str) -> str:
    """Return the tags of *record*: Flux can't tell a record's tags from its other columns."""
    columns = json.loads(record)
    tags = {k: v for k, v in sorted(columns.items()) if not k.startswith("_") and v is not None}
    return json.dumps(tags, separators=(",", ":"), ensure_ascii=False)


class FluxReader(BackendReader):
    """Asks an InfluxDB 2."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(FluxBackend(settings), settings.bucket, settings.bucket_long)
        self.where = f"InfluxDB at {settings.where}, bucket {settings.bucket}"
