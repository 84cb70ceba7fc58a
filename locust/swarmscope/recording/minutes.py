"""What all workers had, minute by minute, for the bucket that keeps minutes without limit."""

from collections.abc import Iterator

from swarmscope.recording.merged_points import MergedEncoder
from swarmscope.recording.points import MINUTE, NANOSECONDS
from swarmscope.recording.tallies import Tallies
from swarmscope.recording.tally import Key, Tally

_KEPT = 3
"""Minutes to which more may come, the newest among them."""


class Minutes:
    """The merged series of a run in minutes, with 4 % buckets."""

    def __init__(self, encoder: MergedEncoder) -> None:
        self._encoder = encoder
        self._open: dict[int, Tallies] = {}
        self._unwritten: set[int] = set()
        self._gone = 0

    def add(self, start: int, key: Key, tally: Tally) -> None:
        """Add what an endpoint had in the span that starts at *start*."""
        minute = start - start % MINUTE
        # A point of the stragglers alone would take the place of what was written of it.
        if minute in self._open or minute > self._gone:
            self._open.setdefault(minute, Tallies()).add_to_all(key, tally)
            self._unwritten.add(minute)

    def lines(self, until: float) -> Iterator[str]:
        """Yield the points of minutes that end by *until* and have something new."""
        for minute in sorted(self._unwritten):
            if minute + MINUTE <= until:
                self._unwritten.discard(minute)
                for key, tally in list(self._open[minute].items()):
                    yield from self._encoder.merged(
                        key, tally, MINUTE, minute * NANOSECONDS, coarse=True
                    )
        for old in sorted(self._open.keys() - self._unwritten)[:-_KEPT]:
            self._gone = max(self._gone, old)
            del self._open[old]
