"""The stretches of a run that a threshold is held against, one after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, fsum

from swarmscope.gate.course import Window
from swarmscope.recording.tally import Tally


@dataclass(frozen=True)
class Stretch:
    """What ended in [*start*, *stop*), s since 1970; it may have had no request.

    Of that time *without* s are no part of it.
    """

    start: float
    stop: float
    tally: Tally
    without: float = 0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self.stop - self.start - self.without


def grid(windows: Sequence[Window], start: float, stop: float, step: int) -> list[Stretch]:
    """Return a stretch for each *step* seconds from *start* to *stop*; the outermost may be cut.

    *windows* are no longer than *step*, and begin at multiples of their length.
    """
    first, last = floor(start / step), ceil(stop / step)
    tallies = [Tally() for _ in range(first, last)]
    for window in windows:
        at = window.start // step - first
        if 0 <= at < len(tallies):
            tallies[at].merge(window.tally)
    return [
        Stretch(max(start, (first + i) * step), min(stop, (first + i + 1) * step), tally)
        for i, tally in enumerate(tallies)
    ]


def joined(cells: Iterable[Stretch]) -> Stretch:
    """Return all of *cells*, of which there is one at least, as one stretch."""
    each = list(cells)
    start, stop = each[0].start, each[-1].stop
    without = stop - start - fsum(cell.seconds for cell in each)
    return Stretch(start, stop, summed(cell.tally for cell in each), without)


def sliding(cells: Sequence[Stretch], step: int, seconds: int, *, whole: bool) -> Iterator[Stretch]:
    """Yield each stretch of *seconds* that begins at a cell of the grid.

    *whole*: only those that lie in the run from end to end; else also what its end cuts, and where
    the run is shorter than one, all of it.
    """
    many = max(1, ceil(seconds / step))
    queue = _Queue()
    begin = 0
    for end, cell in enumerate(cells):
        queue.push(cell.tally)
        if end - begin + 1 < many:
            continue
        stretch = Stretch(cells[begin].start, cell.stop, queue.total())
        if not whole or stretch.seconds >= many * step:
            yield stretch
        queue.pop()
        begin += 1
    if not whole and begin < len(cells) and len(cells) < many:
        yield Stretch(cells[0].start, cells[-1].stop, queue.total())


class _Queue:
    """Tallies whose total is asked for while some come and others go: what went can't be taken off.

    Two stacks, each with the totals of what lies below (Tangwongsan et al., "Low-latency
    sliding-window aggregation in worst-case constant time", DEBS 2017, has this as its base).
    """

    def __init__(self) -> None:
        self._old: list[Tally] = []
        self._new: list[Tally] = []
        self._of_new = Tally()

    def push(self, tally: Tally) -> None:
        """Add *tally* behind all others."""
        self._new.append(tally)
        self._of_new.merge(tally)

    def pop(self) -> None:
        """Let the oldest go."""
        if not self._old:
            of_old = Tally()
            while self._new:
                of_old = summed((self._new.pop(), of_old))
                self._old.append(of_old)
            self._of_new = Tally()
        self._old.pop()

    def total(self) -> Tally:
        """Return all of them together."""
        return summed((self._old[-1], self._of_new) if self._old else (self._of_new,))


def summed(tallies: Iterable[Tally]) -> Tally:
    """Return what *tallies* come to together."""
    together = Tally()
    for tally in tallies:
        together.merge(tally)
    return together
