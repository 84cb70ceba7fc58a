"""Questions put to the store's file: ranges, windows, and rows as every caller gets them."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from swarmscope import schema
from swarmscope.embedded.macros import create_macros
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.queries.catalogue import TIME_COLUMNS, Query, query
from swarmscope.store.question import (
    LAST_MS,
    MAX_ROWS,
    MAX_WINDOWS,
    NS_IN_MS,
    Question,
    Table,
    choose_window,
    too_much,
)

__all__ = [
    "MAX_ROWS",
    "MAX_WINDOWS",
    "Answering",
    "Question",
    "Table",
    "answer",
    "ask",
    "choose_window",
]

_RESOLUTION = """
SELECT max(whole) FROM samples
WHERE bucket = $bucket AND measurement = 'locust_run' AND run = $run AND field = 'resolution'
"""
_BATCH = 4_096
_LATELY_MS = 15 * 60 * 1_000

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
class Answering:
    """An answer whose rows are still to be fetched."""

    query: str
    columns: tuple[str, ...]
    batches: Iterator[list[tuple[Any, ...]]]
    """The rows, some at a time: all of them at once take several times the room of their text."""
    window: int
    start: int
    stop: int


def answer(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    bucket: str,
    bucket_long: str = schema.BUCKET_LONG,
) -> Table:
    """Return what `ask` finds, with all its rows.

    Raises:
        ConfigurationError: it can't be asked like this.
        NoDataError: there is no such run.

    """
    found = ask(connection, question, bucket, bucket_long)
    rows = [row for batch in found.batches for row in batch]
    return Table(found.query, found.columns, rows, found.window, found.start, found.stop)


def ask(
    connection: duckdb.DuckDBPyConnection,
    question: Question,
    bucket: str,
    bucket_long: str = schema.BUCKET_LONG,
) -> Answering:
    """Return what the store knows about *question*; *bucket* where the question names none.

    In *bucket_long* are points of whole minutes.

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
    resolution = _resolution(connection, asked, question.run, bucket, bucket_long)
    window = choose_window(question.window, stop - start, resolution)
    batches = _batches(
        connection,
        asked,
        {
            "run": question.run,
            "bucket": bucket,
            "from": start * NS_IN_MS,
            "to": stop * NS_IN_MS,
            "window": window * 1_000 * NS_IN_MS,
        },
    )
    return Answering(asked.name, tuple(asked.columns), batches, window, start, stop)


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
    if not -LAST_MS <= start < stop <= LAST_MS:
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
            return 0, LAST_MS
        now = time.time_ns() // NS_IN_MS
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
    return row[0] // NS_IN_MS, row[1] // NS_IN_MS + 1_000


def _resolution(
    connection: duckdb.DuckDBPyConnection, asked: Query, run: str, bucket: str, bucket_long: str
) -> int:
    if not (asked.windowed and asked.needs_run):
        return 1
    if bucket == bucket_long:
        return schema.RESOLUTION_LONG
    row = connection.execute(_RESOLUTION, {"bucket": bucket, "run": run}).fetchone()
    return row[0] if row and row[0] else 1


def _batches(
    connection: duckdb.DuckDBPyConnection, asked: Query, values: Mapping[str, Any]
) -> Iterator[list[tuple[Any, ...]]]:
    create_macros(connection, asked.sql)
    statement = duckdb.extract_statements(asked.sql)[0]
    cursor = connection.execute(
        statement, {name: values[name] for name in statement.named_parameters}
    )
    found = [column[0] for column in cursor.description or ()]
    if found != list(asked.columns):
        raise AssertionError(f"{asked.name}.sql answers {found}, not {list(asked.columns)}")
    times = [i for i, column in enumerate(found) if column in TIME_COLUMNS]
    count = 0
    while rows := cursor.fetchmany(_BATCH):
        count += len(rows)
        if count > MAX_ROWS:
            raise too_much(asked.name)
        yield [_in_ms(row, times) for row in rows]


def _in_ms(row: tuple[Any, ...], times: list[int]) -> tuple[Any, ...]:
    cells = list(row)
    for i in times:
        if cells[i] is not None:
            cells[i] //= NS_IN_MS
    return tuple(cells)
