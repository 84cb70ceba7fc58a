"""Questions put to the store's file: ranges, windows, and rows as every caller gets them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import duckdb

from swarmscope import schema
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.queries.catalogue import TIME_COLUMNS, Query, query

MAX_WINDOWS = 240
"""More windows than pixels tell nothing, and cost time."""
MAX_ROWS = 1_000_000
"""Of one answer: a server that gathers everything it holds for one question ends without memory."""
_WINDOWS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
_DAY = 86_400
_NS = 1_000_000
"""Nanoseconds in a millisecond."""
_RESOLUTION = """
SELECT max(whole) FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run AND field = 'resolution'
"""
_LATELY_MS = 15 * 60 * 1_000
_LAST_MS = (2**63 - 1) // _NS

_SPAN = """
SELECT min(time), max(time) FROM samples
WHERE bucket = $bucket AND run = $run AND (
    measurement IN ('locust_run', 'locust_users', 'locust_worker')
    OR (measurement IN ('locust_stats', 'locust_entry_point_stats') AND name = 'Aggregated'
        AND field = 'count')
)
"""
"""A run's extent from its few lean series: the histograms are a hundred times as many rows."""


@dataclass(frozen=True)
class Question:
    """What is asked; times are ms since 1970, *start* is part of the range and *stop* isn't."""

    name: str
    run: str = ""
    start: int | None = None
    """By default the run's first point."""
    stop: int | None = None
    """By default just after the run's last point."""
    window: int | None = None
    """Seconds; by default at most `MAX_WINDOWS` of them fill the range."""
    bucket: str = ""


@dataclass(frozen=True)
class Table:
    """An answer."""

    query: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    window: int
    start: int
    stop: int

    def records(self) -> list[dict[str, Any]]:
        """Each row as a mapping of column to value."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


def answer(connection: duckdb.DuckDBPyConnection, question: Question, bucket: str) -> Table:
    """Return what the store knows about *question*; *bucket* where the question names none.

    Raises:
        ConfigurationError: it can't be asked like this.
        NoDataError: there is no such run.

    """
    asked = query(question.name)
    if asked.needs_run and not question.run:
        raise ConfigurationError(
            f"The query {asked.name} is about one run, and no run was named.",
            remedy="Add run=…; the query `runs` lists them.",
        )
    bucket = question.bucket or bucket
    start, stop = _range(connection, question, asked, bucket)
    window = choose_window(
        question.window, stop - start, _resolution(connection, asked, question.run, bucket)
    )
    rows = _rows(
        connection,
        asked,
        {
            "run": question.run,
            "bucket": bucket,
            "from": start * _NS,
            "to": stop * _NS,
            "window": window * 1_000 * _NS,
        },
    )
    return Table(asked.name, tuple(asked.columns), rows, window, start, stop)


def _range(
    connection: duckdb.DuckDBPyConnection, question: Question, asked: Query, bucket: str
) -> tuple[int, int]:
    start, stop = question.start, question.stop
    if start is None or stop is None:
        first, last = _default_range(connection, question.run, asked, bucket)
        start = first if start is None else start
        stop = last if stop is None else stop
    if stop <= start:
        raise ConfigurationError(
            f"The range from {start} to {stop} is empty.",
            remedy="`from` must lie before `to`: ms since 1970, or RFC 3339.",
        )
    if not -_LAST_MS <= start < stop <= _LAST_MS:
        raise ConfigurationError(
            f"The range from {start} to {stop} reaches too far.",
            remedy="A store's times lie between the years 1678 and 2262, in ms since 1970.",
        )
    return start, stop


def _default_range(
    connection: duckdb.DuckDBPyConnection, run: str, asked: Query, bucket: str
) -> tuple[int, int]:
    if not run:
        if not asked.windowed:
            return 0, _LAST_MS
        now = time.time_ns() // _NS
        return now - _LATELY_MS, now + 1_000
    row = connection.execute(
        _SPAN,
        {"bucket": bucket, "run": run},
    ).fetchone()
    if row is None or row[0] is None:
        raise NoDataError(
            f"The store has no run {run!r} in the bucket {bucket!r}.",
            remedy="`swarmscope runs` lists those it has.",
        )
    # A point stands for the second that begins with it.
    return row[0] // _NS, row[1] // _NS + 1_000


def _resolution(connection: duckdb.DuckDBPyConnection, asked: Query, run: str, bucket: str) -> int:
    if not (asked.windowed and asked.needs_run):
        return 1
    if bucket == schema.BUCKET_LONG:
        return schema.RESOLUTION_LONG
    row = connection.execute(_RESOLUTION, {"bucket": bucket, "run": run}).fetchone()
    return row[0] if row and row[0] else 1


def choose_window(wanted: int | None, range_ms: int, resolution: int = 1) -> int:
    """Return a window in s: *wanted*, or one of which at most `MAX_WINDOWS` fill the range.

    It is never shorter than *resolution*, the length of the windows that were recorded: rates in
    shorter ones would be multiplied.

    Raises:
        ConfigurationError: *wanted* is below the resolution.

    """
    if wanted is not None:
        if wanted < resolution:
            raise ConfigurationError(
                f"A window of {wanted} s is shorter than the resolution.",
                remedy=f"This run was recorded in windows of {resolution} s: ask for no less.",
            )
        if wanted * 1_000 > _LAST_MS:
            raise ConfigurationError(
                f"A window of {wanted} s reaches too far.", remedy="No store is that old."
            )
        return wanted
    enough = range_ms / 1_000 / MAX_WINDOWS
    days = ceil(enough / _DAY) * _DAY
    usual = (w for w in _WINDOWS if w >= enough and w % resolution == 0)
    return next(usual, ceil(days / resolution) * resolution)


def _rows(
    connection: duckdb.DuckDBPyConnection, asked: Query, values: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    statement = duckdb.extract_statements(asked.sql)[0]
    cursor = connection.execute(
        statement, {name: values[name] for name in statement.named_parameters}
    )
    found = [column[0] for column in cursor.description or ()]
    if found != list(asked.columns):
        raise AssertionError(f"{asked.name}.sql answers {found}, not {list(asked.columns)}")
    times = [i for i, column in enumerate(found) if column in TIME_COLUMNS]
    rows = cursor.fetchmany(MAX_ROWS + 1)
    if len(rows) > MAX_ROWS:
        raise ConfigurationError(
            f"The answer to {asked.name} has more than {MAX_ROWS:,} rows.",
            remedy="Ask for a shorter range, or for longer windows.",
        )
    return [_in_ms(row, times) for row in rows]


def _in_ms(row: tuple[Any, ...], times: list[int]) -> tuple[Any, ...]:
    cells = list(row)
    for i in times:
        if cells[i] is not None:
            cells[i] //= _NS
    return tuple(cells)
