"""How a store is asked: the range of a question, its windows, its limits; the same for every store.

What differs from store to store is its `Backend`. Needs no store's own library.
"""

import time
from collections.abc import Collection, Generator
from contextlib import closing
from dataclasses import dataclass
from math import ceil
from typing import Any, Protocol

from swarmscope import schema
from swarmscope.errors import ConfigurationError, NoDataError
from swarmscope.queries.catalogue import Query, query
from swarmscope.store.question import Question, Reader, Table
from swarmscope.store.watermark import HEARD_MS, Course, watermark
from swarmscope.transport.bounded import LONG_BYTES

MAX_WINDOWS = 240
"""More windows than pixels tell nothing, and cost time."""
_WINDOWS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200)
_DAY = 86_400
NS_IN_MS = 1_000_000
MAX_ROWS = 1_000_000
"""Of one answer: who gathers everything that a store has for one question ends without memory."""
BATCH_ROWS = 4_096
"""How many rows a backend hands over at a time."""
LAST_MS = (2**63 - 1) // NS_IN_MS
"""No store's times reach further from 1970, on or back. A range that ends here has no end: not even
the last part of a millisecond is left out."""
EVER = (-LAST_MS, LAST_MS)
"""The range that leaves nothing out."""
_LONG_AGO_MS = 946_684_800_000
"""The year 2000: what says it is older has a clock that was never set."""
AHEAD_MS = 366 * _DAY * 1_000
"""No clock is further ahead that anybody looks at."""
_LATELY_MS = 15 * 60 * 1_000

Batches = Generator[list[tuple[Any, ...]], None, None]
"""Rows, some at a time: all of them at once take several times the room of their text."""


@dataclass(frozen=True)
class Parameters:
    """What the text of a query has places for: ms since 1970, and a window in s."""

    run: str
    bucket: str
    start: int
    stop: int
    window: int
    believed: bool = True
    newest: int | None = None
    apdex_t: int = schema.APDEX_T_MS
    measurement: str = ""
    field: str = ""
    tags: tuple[tuple[str, str], ...] = ()


class Backend(Protocol):
    """A kind of store: all that it must be able to do, to be asked every question."""

    name: str
    """What errors call it."""

    def extent(self, run: str, bucket: str, start: int, stop: int) -> tuple[int, int] | None:
        """Return the times of the run's first and last points from *start* to *stop*, in ms.

        None, if it has none there.
        """
        ...

    def course(self, run: str, bucket: str) -> Course:
        """Return what the run says of itself: one question, whatever is wanted of it."""
        ...

    def told(self, run: str, bucket: str) -> Collection[int]:
        """Return the time of the newest point of each worker, in ms, or that it has `FINISHED`.

        Of those that were heard of in the last `HEARD_MS`.
        """
        ...

    def rows(self, asked: Query, parameters: Parameters) -> Batches:
        """Yield the answer's rows with the query's columns, `BATCH_ROWS` at a time; times in ms."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...


@dataclass(frozen=True)
class Stream:
    """An answer whose rows are still to be fetched."""

    query: str
    columns: tuple[str, ...]
    batches: Batches
    window: int
    start: int
    stop: int


class BackendReader(Reader):
    """Asks *backend*: the bucket *bucket*, where a question names none.

    In *bucket_long* are points of whole minutes. An answer has *most_rows*, or `MAX_ROWS`.
    """

    def __init__(
        self,
        backend: Backend,
        bucket: str,
        bucket_long: str = schema.BUCKET_LONG,
        *,
        most_rows: int | None = None,
    ) -> None:
        self._backend = backend
        self._most_rows = MAX_ROWS if most_rows is None else most_rows
        self._bucket, self._bucket_long = bucket, bucket_long

    def ask(self, question: Question) -> Table:
        """Return the answer, with all its rows."""
        found = self.stream(question)
        rows = [row for batch in found.batches for row in batch]
        return Table(found.query, found.columns, rows, found.window, found.start, found.stop)

    def stream(self, question: Question) -> Stream:
        """Return the answer, whose rows are fetched as they are read; it raises what `ask` does."""
        asked = query(question.name)
        if asked.needs_run and not question.run:
            raise ConfigurationError(
                f"The query {asked.name} is about one run, and no run was named.",
                remedy="Name one; `swarmscope runs` lists them.",
            )
        bucket = question.bucket or self._bucket
        start, stop = self._range(question, asked, bucket)
        course = self._course(question.run, asked, bucket)
        resolution = self._resolution(course, asked, bucket)
        window = choose_window(question.window, stop - start, resolution, of_spans=asked.of_spans)
        whole = stop
        if asked.of_load and not course.over:
            whole = self._whole(question.run, bucket, stop, window)
        told = (question.believed, question.newest, question.apdex_t)
        points = (question.measurement, question.field, question.tags)
        parameters = Parameters(question.run, bucket, start, whole, window, *told, *points)
        rows = self._backend.rows(asked, parameters) if start < whole else _nothing()
        batches = _limited(asked, rows, self._most_rows)
        return Stream(asked.name, tuple(asked.columns), batches, window, start, stop)

    def _whole(self, run: str, bucket: str, stop: int, window: int) -> int:
        """Return *stop*, or the end of the last whole window of a *run* that goes on.

        One that is still being filled looks like a drop of the load.
        """
        now = time.time_ns() // NS_IN_MS
        if stop <= now - HEARD_MS:
            return stop
        length = window * 1_000
        return min(stop, watermark(self._backend.told(run, bucket), now) // length * length)

    def _range(self, question: Question, asked: Query, bucket: str) -> tuple[int, int]:
        start, stop = question.start, question.stop
        if start is None or stop is None:
            first, last = self._default_range(question.run, asked, bucket)
            start = first if start is None else start
            stop = last if stop is None else stop
        if stop <= start:
            raise ConfigurationError(
                f"The range from {start} to {stop} is empty.",
                remedy="`from` must lie before `to`: ms since 1970, or RFC 3339.",
            )
        if start < -LAST_MS or stop > LAST_MS:
            raise ConfigurationError(
                f"The range from {start} to {stop} reaches too far.",
                remedy="A store's times lie between the years 1678 and 2262, in ms since 1970.",
            )
        return start, stop

    def _default_range(self, run: str, asked: Query, bucket: str) -> tuple[int, int]:
        if not run:
            if not asked.windowed:
                return EVER
            now = time.time_ns() // NS_IN_MS
            return now - _LATELY_MS, now + 1_000
        found = self._extent(run, bucket, asked)
        if found is None:
            raise NoDataError(
                f"{self._backend.name} has no run {run!r} in the bucket {bucket!r}.",
                remedy="`swarmscope runs` lists those it has.",
            )
        # A point stands for the second that begins with it.
        first, last = min(found[0], LAST_MS - 1_000), found[1] + 1_000
        return max(first, -LAST_MS), min(last, LAST_MS)

    def _extent(self, run: str, bucket: str, asked: Query) -> tuple[int, int] | None:
        """Return the times of the run's first and last points, in ms.

        A curve that one odd point stretches over centuries tells nothing, and InfluxDB counts their
        windows without an end. What is added up leaves nothing out.
        """
        if asked.windowed:
            now = time.time_ns() // NS_IN_MS
            found = self._backend.extent(run, bucket, _LONG_AGO_MS, now + AHEAD_MS)
            if found is not None:
                return found
        return self._backend.extent(run, bucket, *EVER)

    def _course(self, run: str, asked: Query, bucket: str) -> Course:
        of_windows = asked.windowed and asked.needs_run and bucket != self._bucket_long
        return self._backend.course(run, bucket) if of_windows or asked.of_load else Course()

    def _resolution(self, course: Course, asked: Query, bucket: str) -> int:
        if asked.windowed and asked.needs_run and bucket == self._bucket_long:
            return schema.RESOLUTION_LONG
        return usable_resolution(course.spans if asked.of_spans else course.resolution)

    def close(self) -> None:
        """Let go of the store."""
        self._backend.close()


def _nothing() -> Batches:
    yield from ()


def _limited(asked: Query, batches: Batches, most: int) -> Batches:
    count = 0
    with closing(batches):
        for batch in batches:
            count += len(batch)
            if count > most:
                raise too_much(asked.name, most)
            yield batch


def too_much(name: str, rows: int = MAX_ROWS) -> ConfigurationError:
    """Return the error of a question *name* whose answer would be too long."""
    return ConfigurationError(
        f"The answer to {name} has more than {rows:,} rows, or than {LONG_BYTES >> 20} MiB.",
        remedy="Ask for a shorter range, or for longer windows.",
    )


def usable_resolution(seconds: int | None) -> int:
    """Return the length of windows that a run says it was recorded in, if that can be; or a second.

    Whoever may write can say anything, and nobody looks at windows of days.
    """
    return seconds if seconds is not None and 1 <= seconds <= _DAY else 1


def choose_window(
    wanted: int | None, range_ms: int, resolution: int = 1, *, of_spans: bool = False
) -> int:
    """Return a window in s: *wanted*, or one of which at most `MAX_WINDOWS` fill the range.

    It is a whole multiple of *resolution*, the length of the windows that were recorded, or of the
    spans: rates in shorter ones would be multiplied, and others hold now one more, now one less.

    Raises:
        ConfigurationError: *wanted* is no such multiple.

    """
    if wanted is not None:
        if wanted > LAST_MS // 1_000:
            raise ConfigurationError(
                f"A window of {wanted} s reaches too far.", remedy="No store is that old."
            )
        if wanted < 1 or wanted % resolution:
            what = "Its endpoints' histograms were" if of_spans else "This run was"
            raise ConfigurationError(
                f"A window of {wanted} s is no whole multiple of the resolution.",
                remedy=f"{what} recorded in windows of {resolution} s: ask for one of as many "
                "seconds, or of a multiple.",
            )
        return wanted
    enough = range_ms / 1_000 / MAX_WINDOWS
    days = max(1, ceil(enough / _DAY)) * _DAY
    usual = (w for w in (*_WINDOWS, days) if w >= enough and w % resolution == 0)
    # No usual one holds a whole number of windows of 7 s.
    return next(usual, max(1, ceil(enough / resolution)) * resolution)
