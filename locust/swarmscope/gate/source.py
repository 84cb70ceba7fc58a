"""The course of a run, read from a store: whole windows of its requests, and the load's stages."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from math import ceil, floor
from typing import Any, TypeVar

from swarmscope.gate.course import Course, Endpoint, Window, ends, reaching, stages_of
from swarmscope.gate.metrics import Tags
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Tally
from swarmscope.runs.summary import bucket_of
from swarmscope.store.question import Question, Reader

T = TypeVar("T")
Apart = dict[Endpoint, tuple[Window, ...]]
_WINDOWS = 300
"""Asked for at once: of a thousand endpoints a store's answer has no more rows than it may."""
_OF_ENDPOINTS = 10_000
"""The same of endpoints' histograms: so many, of all endpoints, have some 300,000 rows."""


def course_of(reader: Reader, run: str, began: int, *, endpoints: bool, tags: Tags = ()) -> Course:
    """Return the course of *run*, which *began* then, ms since 1970.

    It lasts until it was stopped, or, where later requests were on their way then, until the end of
    their last window. Its *endpoints* one by one take the longest to read. Of its requests those
    are in it whose points have these *tags*.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    course, requests = begin(reader, run, began, tags)
    apart = requests.endpoints() if endpoints else {}
    return replace(course, together=requests.together(), endpoints=apart)


def begin(reader: Reader, run: str, began: int, tags: Tags = ()) -> tuple[Course, "Requests"]:
    """Return the course of *run* without a request, and who reads those.

    Raises:
        NoDataError: there is no such run.
        StoreUnreachableError: the store doesn't answer, or refuses us.

    """
    events = reader.ask(Question("run_events", run))
    requests = Requests(reader, run, min(began, events.start), events.stop, tags)
    stages = stages_of(reader.ask(Question("load_steps", run)).records())
    stops = [row["time"] / 1_000 for row in events.records() if row["event"] == "stop"]
    told = began / 1_000, max(stops, default=0)
    start, stop = ends(requests.counts(), *told)
    return Course(start, stop, (), {}, reaching(stages, told, (start, stop))), requests


class Requests:
    """What a store has of the requests of a run that have these *tags*.

    InfluxDB takes some 25 µs for each row, and of a hundred endpoints an hour has three million: so
    those that are named are asked for alone, and what is of one stretch in one piece.
    """

    def __init__(self, reader: Reader, run: str, start: int, stop: int, tags: Tags) -> None:
        self._reader, self._run, self._tags = reader, run, tags
        self._start, self._stop = start, stop
        self._known: dict[Any, Any] = {}

    def counts(self) -> tuple[Window, ...]:
        """Return all windows of all endpoints together, without their histograms."""
        return self._once("counts", lambda: self._together(()))

    def together(self) -> tuple[Window, ...]:
        """Return all windows of all endpoints together."""
        length = self.length("window_sums")
        return self._once(
            "together", lambda: self._together(self._rows("window_buckets", length, _WINDOWS))
        )

    def _together(self, buckets: Iterable[dict[str, Any]]) -> tuple[Window, ...]:
        length = self.length("window_sums")
        sums = self._once(
            "sums", lambda: [*self._rows("window_sums", length, _WINDOWS, AGGREGATED[0])]
        )
        return _windows(_by_endpoint(sums)[AGGREGATED], buckets, length)

    def endpoints(self, name: str | None = None) -> Apart:
        """Return all windows of each endpoint, or of those that are called *name*."""
        return self._once(("endpoints", name), lambda: self._endpoints(name))

    def _endpoints(self, name: str | None) -> Apart:
        length = self.length("endpoint_window_buckets")
        sums = _by_endpoint(self._rows("window_sums", length, _WINDOWS, name))
        many = max(1, _OF_ENDPOINTS // max(1, len(sums)))
        of = _by_endpoint(self._rows("endpoint_window_buckets", length, many, name))
        sums.pop(AGGREGATED, None)
        return {key: _windows(some, of[key], length) for key, some in sums.items()}

    def names(self) -> Apart:
        """Return each endpoint of the run, with a window in which nothing was requested."""
        return self._once("names", self._names)

    def _names(self) -> Apart:
        length = self.length("endpoint_window_buckets")
        start = floor(self._start / 1_000)
        stop = max(start + 1, ceil(self._stop / 1_000))
        found = _by_endpoint(self._at_once("endpoint_sums", start, stop, None))
        return {key: (Window(0, length, Tally()),) for key in found if key != AGGREGATED}

    def of(self, start: float, stop: float, name: str | None = None, *, failed: bool) -> Apart:
        """Return what each endpoint has from *start* to *stop*, or those that are called *name*.

        As one window, which stands where the first one does; both are ends of windows, s. All of
        them together are one as well. *failed*: with the histograms of what failed.
        """
        key = start, stop, name, failed
        return self._once(key, lambda: self._of(start, stop, name, failed=failed))

    def _of(self, start: float, stop: float, name: str | None, *, failed: bool) -> Apart:
        together = name == AGGREGATED[0]
        length = self.length("window_sums" if together else "endpoint_window_buckets")
        sums = self._at_once("endpoint_sums", start, stop, name)
        if failed:
            question = "window_buckets" if together else "endpoint_window_buckets"
            # In windows so long that two of them hold it.
            window = ceil((stop - start) / length) * length
            buckets = self._at_once(question, start, stop, None if together else name, window)
        else:
            buckets = self._at_once("endpoint_buckets", start, stop, name)
        if failed and together:
            buckets = [{**row, "name": AGGREGATED[0], "method": AGGREGATED[1]} for row in buckets]
        found, of = _by_endpoint(sums), _by_endpoint(buckets)
        return {key: _windows(some, of[key], length, int(start)) for key, some in found.items()}

    def _at_once(
        self,
        question: str,
        start: float,
        stop: float,
        name: str | None,
        window: int | None = None,
    ) -> list[dict[str, Any]]:
        between = int(start * 1_000), int(stop * 1_000)
        asked = Question(question, self._run, *between, window, tags=self._named(name))
        return self._reader.ask(asked).records()

    def length(self, question: str) -> int:
        """Return how long the shortest windows of *question* are, s."""
        # Of so short a range a window is as long as what was recorded, or as the next usual one.
        # An endpoint called like all together has none of its own: no series is looked at.
        tags = self._named(AGGREGATED[0])
        asked = Question(question, self._run, self._start, self._start + 1, tags=tags)
        return self._once(question, lambda: self._reader.ask(asked).window)

    def _rows(
        self, question: str, length: int, many: int, name: str | None = None
    ) -> Iterator[dict[str, Any]]:
        """Yield the rows of all windows, *many* at a time: an answer has a most of rows."""
        at_once = length * 1_000 * many
        first = floor(self._start / at_once) * at_once
        for start in range(first, ceil(self._stop / at_once) * at_once, at_once):
            stop = start + at_once
            asked = Question(question, self._run, start, stop, length, tags=self._named(name))
            yield from self._reader.ask(asked).records()

    def _named(self, name: str | None) -> Tags:
        return self._tags if name is None else (*self._tags, ("name", name))

    def _once(self, key: Any, read: Callable[[], T]) -> T:
        if key not in self._known:
            self._known[key] = read()
        found: T = self._known[key]
        return found


def _by_endpoint(rows: Iterable[dict[str, Any]]) -> dict[Endpoint, list[dict[str, Any]]]:
    found: dict[Endpoint, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        found[row["name"], row["method"]].append(row)
    return found


def _windows(
    sums: Iterable[Mapping[str, Any]],
    buckets: Iterable[Mapping[str, Any]],
    length: int,
    at: int | None = None,
) -> tuple[Window, ...]:
    """Return windows of *length* s with what rows of both kinds say of them, or all *at* one."""
    tallies: dict[int, Tally] = defaultdict(Tally)
    for row in sums:
        _add(tallies[_start(row, length) if at is None else at], row)
    for row in buckets:
        # A span's point has the time of its first second with a request.
        _put(tallies[_start(row, length) if at is None else at], row)
    return tuple(Window(start, length, tallies[start]) for start in sorted(tallies))


def _start(row: Mapping[str, Any], length: int) -> int:
    return int(row["time"]) // 1_000 // length * length


def _add(tally: Tally, row: Mapping[str, Any]) -> None:
    tally.count += row["requests"]
    tally.failures += row["failures"] or 0
    tally.timed += row["requests"] - row["untimed"]
    if row["total_response_time"] is not None:
        tally.total += row["total_response_time"]
    if row["shortest"] is not None and row["longest"] is not None:
        tally.min = min(tally.min, row["shortest"])
        tally.max = max(tally.max, row["longest"])


def _put(tally: Tally, row: Mapping[str, Any]) -> None:
    if row["bound"] is None:  # past all numbers: somebody else wrote it
        return
    bucket = bucket_of(row["bound"])
    tally.histogram[bucket] += row["requests"]
    if row.get("failed"):
        tally.failed = tally.failed or Counter()
        tally.failed[bucket] += row["failed"]
