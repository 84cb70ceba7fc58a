"""The embedded store's own file, asked by DuckDB in SQL."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from typing import Any

import duckdb

from swarmscope import schema
from swarmscope.embedded import tables
from swarmscope.embedded.checks import check_format, check_tables, check_views
from swarmscope.embedded.database import connect
from swarmscope.embedded.deletion import EARLIEST_NS, LATEST_NS
from swarmscope.embedded.folder import FILE_NAME, check_regular
from swarmscope.embedded.interruptible import QUESTION_S, Interruptible
from swarmscope.embedded.macros import create_macros
from swarmscope.errors import StoreUnreachableError
from swarmscope.queries.catalogue import TIME_COLUMNS, Query
from swarmscope.store.backend import (
    BATCH_ROWS,
    LAST_MS,
    NS_IN_MS,
    BackendReader,
    Batches,
    Parameters,
)
from swarmscope.store.question import Question, Table
from swarmscope.store.watermark import FINISHED, HEARD_MS, Course

_COURSE = """
SELECT
    max(whole) FILTER (field = 'resolution') AS windows,
    coalesce(max(whole) FILTER (field = 'latency_resolution'), windows) AS spans,
    count(*) FILTER (field = 'message' AND tags['event'] = 'start') AS starts,
    count(*) FILTER (field = 'message' AND tags['event'] = 'stop') AS stops
FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run
    AND field IN ('resolution', 'latency_resolution', 'message')
"""
_TOLD = """
SELECT max(time), arg_max(flag, time) FILTER (field = 'final') FROM samples
WHERE bucket = $bucket AND measurement = 'locust_worker' AND run = $run
    AND field IN ('requests_seen', 'final') AND time >= $since
GROUP BY worker
"""
_EXTENT = """
SELECT min(time), max(time) FROM samples
WHERE bucket = $bucket AND run = $run AND time >= $from AND time < $to AND (
    measurement IN ('locust_run', 'locust_users', 'locust_worker')
    OR (measurement IN ('locust_stats', 'locust_entry_point_stats') AND name = 'Aggregated'
        AND field = 'count')
)
"""
"""A run's extent from its few lean series: the histograms are a hundred times as many rows."""


class DuckDbBackend:
    """A connection to an embedded store; it raises what DuckDB does."""

    name = "The store"

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def extent(self, run: str, bucket: str, start: int, stop: int) -> tuple[int, int] | None:
        """Return the times of the run's first and last points from *start* to *stop*, in ms.

        None, if it has none there.
        """
        first, last = self._row(_EXTENT, run=run, bucket=bucket, **_range(start, stop))
        return None if first is None else (first // NS_IN_MS, last // NS_IN_MS)

    def course(self, run: str, bucket: str) -> Course:
        """Return what the run says of itself."""
        windows, spans, starts, stops = self._row(_COURSE, run=run, bucket=bucket)
        return Course(windows, spans, stops >= starts > 0)

    def told(self, run: str, bucket: str) -> list[int]:
        """Return the time of the newest point of each worker, in ms, or that it has finished."""
        since = time.time_ns() - HEARD_MS * NS_IN_MS
        values = {"run": run, "bucket": bucket, "since": since}
        found = self._connection.execute(_TOLD, values).fetchall()
        return [FINISHED if finished else at // NS_IN_MS for at, finished in found]

    def _row(self, sql: str, **values: Any) -> tuple[Any, ...]:
        (row,) = self._connection.execute(sql, values).fetchall()
        return row

    def rows(self, asked: Query, parameters: Parameters) -> Batches:
        """Yield the answer's rows with the query's columns, `BATCH_ROWS` at a time; times in ms."""
        create_macros(self._connection, asked.sql)
        statement = duckdb.extract_statements(asked.sql)[0]
        window = parameters.window * 1_000 * NS_IN_MS
        values: dict[str, Any] = {
            "run": parameters.run,
            "bucket": parameters.bucket,
            **_range(parameters.start, parameters.stop),
            "window": window,
            "believed": parameters.believed,
            "apdex_t": parameters.apdex_t,
            "measurement": parameters.measurement,
            "field": parameters.field,
            "tags": json.dumps(dict(parameters.tags), ensure_ascii=False),
        }
        # A counter's rate begins one window before.
        values["from"] = max(values["from"], EARLIEST_NS + window * asked.windowed)
        cursor = self._connection.execute(
            statement, {name: values[name] for name in statement.named_parameters}
        )
        found = [column[0] for column in cursor.description or ()]
        if found != list(asked.columns):
            raise AssertionError(f"{asked.name}.sql answers {found}, not {list(asked.columns)}")
        times = [i for i, column in enumerate(found) if column in TIME_COLUMNS]
        floats = [i for i, column in enumerate(cursor.description or ()) if column[1] == "DOUBLE"]
        while rows := cursor.fetchmany(BATCH_ROWS):
            yield [_cells(row, times, floats) for row in rows]

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()


def _range(start: int, stop: int) -> dict[str, int]:
    return {
        "from": start * NS_IN_MS if start > -LAST_MS else EARLIEST_NS,
        "to": stop * NS_IN_MS if stop < LAST_MS else LATEST_NS,
    }


def _cells(row: tuple[Any, ...], times: list[int], floats: list[int]) -> tuple[Any, ...]:
    cells = list(row)
    for i in floats:
        if cells[i] is not None and not isfinite(cells[i]):
            cells[i] = None  # a sum past all numbers, for which JSON and a report have no word
    for i in times:
        if cells[i] is not None:
            cells[i] //= NS_IN_MS
    return tuple(cells)


class FileReader(BackendReader):
    """Asks the store's file itself, while no server holds it."""

    def __init__(
        self,
        folder: Path,
        bucket: str = schema.BUCKET,
        bucket_long: str = schema.BUCKET_LONG,
    ) -> None:
        path = folder / FILE_NAME
        if not path.is_file():
            raise StoreUnreachableError(
                f"There is no store in {folder}.",
                remedy="Name its folder with --data, or a running server with INFLUXDB_V2_URL.",
            )
        check_regular(folder)
        self._path = path
        self.where = f"the store in {folder}"
        self.patience_s = QUESTION_S
        """How long an answer is looked for."""
        connection = connect(path, read_only=True)
        self._interruptible = Interruptible(connection)
        super().__init__(DuckDbBackend(connection), bucket, bucket_long)
        with self._explained():
            check_views(connection, path)
            check_format(connection, path)
            check_tables(connection, path)
            connection.execute(tables.READ)

    def ask(self, question: Question) -> Table:
        """Return the answer."""
        with self._explained():
            return super().ask(question)

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell of a damaged file, or one of something else, as of any store that can't answer.

        One that takes too long is one of these: a file may hold more than anybody recorded.
        """
        try:
            with self._interruptible.limited(self.patience_s):
                yield
        except duckdb.InterruptException as error:
            raise StoreUnreachableError(
                f"No answer was found in {self._path} within {self.patience_s:g} s.",
                data="Nothing was changed.",
                remedy="Ask for a shorter range, or for longer windows.",
            ) from error
        except duckdb.Error as error:
            raise StoreUnreachableError(
                f"{self._path} could not be read ({str(error).partition(chr(10))[0]}).",
                data="Nothing was changed.",
                remedy="Is it a store of swarmscope, and is the disk in order? Another folder is "
                "named with --data.",
            ) from error
