"""What is known of an endpoint's requests in one window, and how it comes from what was kept."""

from collections import Counter
from dataclasses import dataclass
from math import inf, isfinite

from swarmscope import histogram

Key = tuple[str, str]
"""Name and method of an endpoint, escaped: two spellings of one tag value are one endpoint."""

_LONGEST_MS = 1e12
"""30 years: no response takes that long, and sums of longer ones have no form in a point."""
_LONGEST = 2**53


class Tally:
    """What is known of an endpoint's requests in some span of time.

    Response times are in ms, content lengths in bytes. ``timed`` counts the requests that had a
    response time at all: Locust lets it be None.
    """

    __slots__ = ("count", "failures", "histogram", "length", "max", "min", "timed", "total")

    def __init__(self) -> None:
        self.count = 0
        self.failures = 0
        self.timed = 0
        self.total = 0.0
        self.min = inf
        self.max = 0.0
        self.length = 0
        self.histogram: Counter[int] = Counter()

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
            self.histogram.update(other.histogram)


@dataclass(frozen=True)
class Raw:
    """The requests of one endpoint in one window, as they came."""

    key: Key
    times: list[float]
    lengths: list[int]
    failures: int

    def fold(self) -> Tally:
        """Return the sums, extremes and histogram of these requests."""
        tally = Tally()
        tally.count = len(self.times)
        tally.failures = self.failures
        tally.length = _total_length(self.lengths)
        times = self.times
        try:
            total = float(sum(times))
            shortest = min(times)
            clean = shortest > 0 and max(times) <= _LONGEST_MS and isfinite(total)
        except (TypeError, ValueError, OverflowError):
            clean = False
        if not clean:
            times = _usable(times)
            if not times:
                return tally
            total, shortest = sum(times), min(times)
        tally.timed = len(times)
        tally.total = total
        tally.min = float(shortest)
        tally.max = float(max(times))
        _count(times, tally.histogram, zeros=not clean)
        return tally


def _usable(times: list[float]) -> list[float]:
    """Leave out None, NaN and the like; a clock that ran backwards counts as 0 ms."""
    usable = []
    for value in times:
        try:
            ms = float(value)
        except (TypeError, ValueError, OverflowError):
            continue
        if isfinite(ms):
            usable.append(min(max(0.0, ms), _LONGEST_MS))
    return usable


def _count(times: list[float], into: Counter[int], *, zeros: bool) -> None:
    if zeros:
        into.update(map(histogram.index, times))
    else:
        histogram.fold(times, into)


def _total_length(lengths: list[int]) -> int:
    try:
        total = int(sum(lengths))
    except (TypeError, ValueError, OverflowError):
        total = sum(int(n) for n in lengths if isinstance(n, (int, float)) and abs(n) < inf)
    return max(-_LONGEST, min(_LONGEST, total))
