"""Spans of several windows, for what would be too much to write each window: endpoints' histograms.

A store pays for each (endpoint, bucket) that a point has, and for each point again.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from swarmscope.recording.tallies import add
from swarmscope.recording.tally import Key, Tally


@dataclass(frozen=True)
class Part:
    """What came of a span since it was taken last.

    ``new`` is that alone, by endpoint; ``whole`` has of the same endpoints all of the span so far.
    Nothing in it changes any more.
    """

    start: int
    """The start of the first window of the span that there was, s since the epoch."""
    new: Mapping[Key, Tally]
    whole: Mapping[Key, Tally]


class Spans:
    """The endpoints' tallies of one span of *seconds* after the other.

    Spans begin at multiples of their length. One stays until the next begins: what comes for it
    after it was taken is added to it, so that its point, written again at the same time, takes the
    place of the smaller one.
    """

    def __init__(self, seconds: int) -> None:
        self._seconds = seconds
        self._start = 0
        self._end = 0
        self._taken: dict[Key, Tally] = {}
        self._new: dict[Key, Tally] = {}

    def begin(self, window: int) -> None:
        """Begin the span of the window that starts at *window*, unless it has begun.

        What is left of the one before is gone: take it first.
        """
        if window >= self._end:
            self._start = window
            self._end = window - window % self._seconds + self._seconds
            self._taken, self._new = {}, {}

    def add(self, key: Key, tally: Tally) -> None:
        """Add an endpoint's *tally* of a window to the span that has begun."""
        add(self._new, key, tally)

    def over(self, at: int) -> bool:
        """Whether there is something to take, of a span that is over at the second *at*."""
        return bool(self._new) and at >= self._end

    def take(self) -> Part | None:
        """Return what came since it was taken last, if anything did."""
        new, self._new = self._new, {}
        if not new:
            return None
        whole = {
            key: _sum(self._taken[key], of) if key in self._taken else of for key, of in new.items()
        }
        self._taken.update(whole)
        return Part(self._start, new, whole)


def _sum(one: Tally, other: Tally) -> Tally:
    both = Tally()
    both.merge(one)
    both.merge(other)
    return both
