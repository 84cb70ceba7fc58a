"""What is known of an endpoint's requests in one window, and how it comes from what was kept."""

from collections import Counter
from dataclasses import dataclass, field
from math import inf, isfinite
from operator import index
from typing import Any

from swarmscope.recording import histogram

Key = tuple[str, str]
"""Name and method of an endpoint, escaped: two spellings of one tag value are one endpoint."""

_LONGEST_MS = 1e12
"""30 years: no response takes that long, and sums of longer ones have no form in a point."""
_LONGEST = 2**53
_OWN = frozenset({int, float})
_WAITING = 200
"""Response times of a tally that may wait to be counted into its histogram."""


class Tally:
    """What is known of an endpoint's requests in some stretch of time.

    Response times are in ms, content lengths in bytes. ``timed`` counts the requests that had a
    response time at all: Locust lets it be None.
    """

    __slots__ = (
        *("_counted", "_waiting", "count", "failed", "failures", "length"),
        *("max", "min", "timed", "total"),
    )

    def __init__(self) -> None:
        self.count = 0
        self.failures = 0
        self.timed = 0
        self.total = 0.0
        self.min = inf
        self.max = 0.0
        self.length = 0
        self._counted: Counter[int] | None = None
        self._waiting: list[int] = []
        self.failed: Counter[int] | None = None
        """As `histogram`, of the failed ones alone; None where there is none."""

    @property
    def histogram(self) -> Counter[int]:
        """How many of the response times are in which bucket."""
        if self._counted is None:
            self._counted = Counter()
        if self._waiting:
            self._counted.update(self._waiting)
            self._waiting = []
        return self._counted

    def put(self, buckets: list[int]) -> None:
        """Count response times that are in these *buckets*, one after the other."""
        # Not yet: many windows of few requests each are counted at once in a fraction of the time,
        # and of an endpoint's own window nobody asks for it.
        self._waiting += buckets
        if len(self._waiting) > _WAITING:
            _ = self.histogram

    def merge(self, other: "Tally", *, with_histogram: bool = True) -> None:
        """Add *other* to this one: sums and buckets add up, extremes stay extreme."""
        self.count += other.count
        self.failures += other.failures
        self.timed += other.timed
        self.total += other.total
        self.min = min(self.min, other.min)
        self.max = max(self.max, other.max)
        self.length += other.length
        if with_histogram:
            self.put(other._waiting)
            if other._counted:
                self.histogram.update(other._counted)
            if other.failed:
                self.failed = (self.failed or Counter()) + other.failed


@dataclass(frozen=True)
class Raw:
    """The requests of one endpoint in one window, as they came."""

    key: Key
    times: list[float]
    lengths: list[int]
    failures: int
    statuses: dict[int, int] = field(default_factory=dict)
    """How many were answered with which code; together as many as there are times."""
    failed_times: list[float] = field(default_factory=list)
    """Those of the times that are of failed requests."""

    def fold(self) -> Tally:
        """Return the sums, extremes and histogram of these requests."""
        tally = Tally()
        tally.count = len(self.times)
        tally.failures = self.failures
        tally.length = _total_length(self.lengths)
        times = self.times
        try:
            total = sum(times)
            # Of Python's own numbers: others come with sums of their own, which overflow or round.
            clean = (
                type(total) in _OWN
                and isfinite(total)
                and min(times) > 0
                and max(times) <= _LONGEST_MS
            )
        except Exception:  # noqa: BLE001 - what isn't a plain number may do anything
            clean = False
        if not clean:
            times = [ms for ms in map(milliseconds, times) if ms is not None]
            if not times:
                return tally
            total = sum(times)
        tally.timed = len(times)
        tally.total = float(total)
        tally.min = float(min(times))
        tally.max = float(max(times))
        tally.put(histogram.buckets(times) if clean else list(map(histogram.index, times)))
        if self.failed_times:
            failed = (ms for ms in map(milliseconds, self.failed_times) if ms is not None)
            tally.failed = Counter(map(histogram.index, failed)) or None
        return tally


def milliseconds(value: Any) -> float | None:
    """Return a response time as it counts, and None for what is none: None, NaN and the like.

    A clock that ran backwards counts as 0 ms. Never raises.
    """
    try:
        ms = float(value)
    except Exception:  # noqa: BLE001 - a user's number may do anything
        return None
    return min(max(0.0, ms), _LONGEST_MS) if isfinite(ms) else None


def _total_length(lengths: list[int]) -> int:
    try:
        total = sum(lengths)
        clean = type(total) is int
    except Exception:  # noqa: BLE001 - what isn't a plain number may do anything
        clean = False
    if not clean:
        total = int(sum(map(size, lengths)))
    return max(-_LONGEST, min(_LONGEST, total))


def size(value: Any) -> float:
    """Return the length of a content as it counts: 0 for what is no number. Never raises."""
    try:
        # Whole numbers of any library, whole; of the others what a float holds of them.
        number = index(value) if hasattr(value, "__index__") else float(value)
    except Exception:  # noqa: BLE001 - a user's number may do anything
        return 0
    # Neither NaN nor what is infinite is a length.
    return max(-_LONGEST, min(_LONGEST, number)) if abs(number) < inf else 0
