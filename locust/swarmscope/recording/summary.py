"""What a run adds up to over all its workers, for tables: sums, and percentiles of the sums."""

from collections.abc import Iterator

from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.points import NANOSECONDS
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.tally import Key, Tally


class Summary:
    """All that a run's workers had up to a moment, in windows of so many seconds (*resolution*)."""

    def __init__(self, encoder: MergedEncoder, resolution: int) -> None:
        self._encoder = encoder
        self._resolution = resolution
        self._tallies = Tallies()
        self._first: int | None = None
        self._newest = 0
        self._changed = False

    @property
    def changed(self) -> bool:
        """Whether more is in it than was written."""
        return self._changed

    def add(self, key: Key, tally: Tally) -> None:
        """Add what an endpoint had, of windows that `reach` tells of."""
        self._changed = True
        self._tallies.add_to_all(key, tally)

    def reach(self, start: int) -> None:
        """Note that the window that starts at *start* is covered, and all before it."""
        self._first = start if self._first is None else min(self._first, start)
        self._newest = max(self._newest, start)

    def lines(self) -> Iterator[str]:
        """Yield `locust_summary` of all endpoints, and of them together."""
        if self._first is None or not self._tallies.endpoints:
            return
        self._changed = False
        seconds = self._newest + self._resolution - self._first
        yield from self._encoder.summaries(
            list(self._tallies.items()), seconds, self._newest * NANOSECONDS
        )
