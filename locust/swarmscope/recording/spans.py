"""Spans of several windows, for what would be too much to write each window: endpoints' histograms.

A store pays for each (endpoint, bucket) that a point has, and for each point again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from swarmscope.recording.tallies import add
from swarmscope.recording.tally import Key, Tally

T = TypeVar("T")


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


class Growing(Generic[T]):
    """What is added up by endpoint beside a span's tallies, and written with them.

    What comes for a span that was written makes its point larger: at the same time, it would take
    the place of the first. *empty* returns a sum of nothing, to which *add* adds another.
    """

    def __init__(self, empty: Callable[[], T], add: Callable[[T, T], None]) -> None:
        self._empty = empty
        self._add = add
        self._new: dict[Key, T] = {}
        self._written: dict[Key, T] = {}
        self._start = 0

    def of(self, key: Key) -> T:
        """Return the sum of what came of an endpoint since it was taken last, to add to it."""
        found = self._new.get(key)
        if found is None:
            found = self._new[key] = self._empty()
        return found

    def take(self, start: int) -> Iterator[tuple[Key, T]]:
        """Yield whose sums grew since, with all of the span that begins at *start* so far."""
        if start != self._start:
            self._start, self._written = start, {}
        new, self._new = self._new, {}
        for key, sums in new.items():
            whole = self._written.setdefault(key, self._empty())
            self._add(whole, sums)
            yield key, whole


def _sum(one: Tally, other: Tally) -> Tally:
    both = Tally()
    both.merge(one)
    both.merge(other)
    return both
