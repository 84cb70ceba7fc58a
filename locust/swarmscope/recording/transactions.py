"""Transactions: journeys of several requests that users time as a whole.

They have measurements of their own, since none of them is a request: whatever counts requests, adds
up their times or shares of failures knows nothing of them.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from swarmscope.line_protocol import Field, escape_tag, shorten
from swarmscope.recording import histogram
from swarmscope.recording.cardinality import Budgets
from swarmscope.recording.points import Encoder

_NAME_LENGTH = 200


@dataclass
class _Sums:
    """What transactions of one name come to; times in ms."""

    count: int = 0
    failures: int = 0
    abandoned: int = 0
    total: float = 0.0
    least: float = 0.0
    most: float = 0.0
    waited: float = 0.0
    buckets: Counter[int] = field(default_factory=Counter)

    def fields(self) -> Mapping[str, Field]:
        """Return them as the fields of a point."""
        counts = {
            "count": self.count,
            "num_failures": self.failures,
            "abandoned": self.abandoned,
        }
        if not self.count:
            return counts
        times = {"total_time": self.total, "min_time": self.least, "max_time": self.most}
        return {**counts, **times, "total_wait": self.waited}


class Transactions:
    """The transactions of one run on one worker that nobody took yet."""

    def __init__(self, budgets: Budgets) -> None:
        self._budgets = budgets
        self._sums: dict[str, _Sums] = {}

    def add(self, name: str, ms: float, waited_ms: float, *, failed: bool) -> None:
        """Take one that ended, and took *ms* without the pauses in it."""
        sums = self._of(name)
        sums.least = min(sums.least, ms) if sums.count else ms
        sums.most = max(sums.most, ms)
        sums.count += 1
        sums.failures += failed
        sums.total += ms
        sums.waited += waited_ms
        sums.buckets[histogram.index(ms)] += 1

    def abandon(self, name: str) -> None:
        """Take one that was left before its end: it has no time."""
        self._of(name).abandoned += 1

    def _of(self, name: str) -> _Sums:
        folded = self._budgets.transactions.fold(escape_tag(shorten(name, _NAME_LENGTH)))
        return self._sums.setdefault(folded, _Sums())

    def lines(self, encoder: Encoder, time_ns: int) -> Iterator[str]:
        """Yield what came since this was called last, as of *time_ns*."""
        taken, self._sums = self._sums, {}
        for name, sums in taken.items():
            yield from encoder.transactions(name, sums.fields(), sums.buckets, time_ns)
