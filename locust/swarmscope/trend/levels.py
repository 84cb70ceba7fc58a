"""On which levels a metric was, run after run: what a slow and a fast detector find together.

Both are swarmscope.inference': the slow one (`divisive`) finds a level of a few runs wherever it
lies, the fast one (`sudden`) tells of the newest two that they lie outside of those before.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from statistics import median

from swarmscope.inference.comparison import Answer, CountSample, compare
from swarmscope.inference.divisive import SHORTEST, changes
from swarmscope.inference.missing import MANY
from swarmscope.inference.shifts import RankShift
from swarmscope.inference.sudden import jumps

FEWEST = MANY
"""Runs: of fewer no order says much."""
LASTING = 10
"""Runs: how small a change would have been seen is told of one that lasts so long."""
TOLERANCE = 0.001
"""Of failure rates, which have no logarithm: 0.1 percentage points are no change."""
_LEVEL = 0.05
"""How often an unchanged history may be called changed, of all its metrics together."""
_LEAST_P = 0.001
"""Permutations tell no smaller one: it is the chance of the strictest test."""
_CONFIDENCE = 0.99
_COMPARED = 25
"""Runs of a level, the newest: more tell hardly more of where it lies, and take long to count."""
_TAIL = 2 * SHORTEST
"""Runs at the end that the slow detector may not see yet."""
_SEEN, _BEYOND = 5.2, 1.4
"""Standard errors: a change of so many is found, and one of so many beyond the margin is told as
more than that, four times of five (docs/verdicts.md)."""


@dataclass(frozen=True)
class Series:
    """A metric of one endpoint: its value in each run, or its failures and requests."""

    values: Sequence[float]
    counts: Sequence[tuple[int, int]] = ()
    """Of failure rates: of a few failures a rate tells too little."""

    @property
    def relative(self) -> bool:
        """Whether its changes are shares of the level before."""
        return not self.counts

    def matters(self, before: float, after: float, margin: float) -> bool:
        """Whether a change from *before* to *after* is one that anybody minds."""
        if not self.relative:
            return abs(after - before) > TOLERANCE
        least, most = sorted((before, after))
        return most > least * (1 + margin)


@dataclass(frozen=True)
class Change:
    """A level that became another one with the run *index*."""

    index: int
    before: float
    after: float
    p: float
    until: int
    """Behind the last run on the level after it."""
    fast: bool = False
    """Whether it is so new that the slow detector doesn't see it yet."""
    stands: bool = True
    """Whether no level since was back at the one before it."""


@dataclass(frozen=True)
class Levels:
    """What a series did."""

    changes: tuple[Change, ...]
    now: float
    """The newest level: a median."""
    seen: float
    """The smallest change that would have been seen: of 1, or of failure rates as it is."""
    alone: bool
    """Whether the newest run lies outside of those before it, and no other does yet."""


def levels(series: Series, *, margin: float, among: int = 1) -> Levels:
    """Return on which levels *series* was; *among* so many, of which none may cry wolf."""
    values = series.values
    found = changes(values)
    least = max(_LEAST_P, _LEVEL / among / 2)
    ps = {change.index: change.p for change in found if change.p <= least}
    places = _that_matter(series, sorted(ps), margin)
    newest = places[-1] if places else 0
    tail, alone = _end(series, newest, margin)
    if tail:
        places, ps[tail[0]] = [*places, tail[0]], tail[1]
    ends = [0, *places, len(values)]
    told = tuple(
        Change(
            index,
            median(values[start:index]),
            median(values[index:end]),
            ps[index],
            end,
            fast=bool(tail) and index == places[-1],
            stands=_stands(series, ends[number:], margin),
        )
        for number, (start, index, end) in enumerate(zip(ends, places, ends[2:], strict=False))
    )
    return Levels(told, median(values[ends[-2] :]), _smallest(series, ends, margin), alone)


def _that_matter(series: Series, places: list[int], margin: float) -> list[int]:
    """Return those of *places* at which the level changes by more than the *margin*."""
    values = series.values
    while places:
        ends = [0, *places, len(values)]
        middles = [median(values[a:b]) for a, b in itertools.pairwise(ends)]
        small = [
            at
            for at, before, after in zip(places, middles, middles[1:], strict=False)
            if not series.matters(before, after, margin)
        ]
        if not small:
            break
        places = [at for at in places if at != small[0]]
    return places


def _end(series: Series, newest: int, margin: float) -> tuple[tuple[int, float] | None, bool]:
    """Return since which run the newest ones lie outside of those before, and the p of that.

    And whether the newest alone does: a level that one run had is none.
    """
    count = len(series.values)
    for begin in range(max(newest + MANY, count - _TAIL), count):
        told = list(_outside(series, begin, margin))
        if len(told) == count - begin and len({up for up, _ in told}) == 1:
            if begin == count - 1:
                return None, True
            return (begin, max(p for _, p in told)), False
    return None, False


def _outside(series: Series, begin: int, margin: float) -> Iterator[tuple[bool, float]]:
    """Yield of each run from *begin* on that lies outside of the ten before: above, and its p."""
    for index in range(begin, len(series.values)):
        outside = _of_counts if series.counts else _of_values
        found = outside(series, slice(begin - MANY, begin), index, margin)
        if found is None:
            return
        yield found


def _of_values(
    series: Series, before: slice, index: int, margin: float
) -> tuple[bool, float] | None:
    values = [*series.values[before], series.values[index]]
    if min(values) <= 0:
        return None
    for jump in jumps(values, margin=margin, confidence=_CONFIDENCE):
        return jump.after > jump.before, jump.p
    return None


def _of_counts(
    series: Series, before: slice, index: int, margin: float
) -> tuple[bool, float] | None:
    sample = CountSample(tuple(series.counts[before]), (series.counts[index],), (), TOLERANCE)
    (told,) = compare({0: sample}, margin=margin, confidence=_CONFIDENCE).values()
    if told.answer not in (Answer.WORSE, Answer.BETTER) or told.p is None:
        return None
    return told.answer is Answer.WORSE, told.p


def _stands(series: Series, ends: Sequence[int], margin: float) -> bool:
    """Return whether no level since the first change of *ends* was back at the one before it.

    A part of the way back isn't: of what takes twice as long, nine tenths are no mending.
    """
    before, after, *later = itertools.pairwise(ends)
    up = median(series.values[slice(*after)]) > median(series.values[slice(*before)])
    return all(_lies_beyond(series, slice(*before), slice(*one), margin, up=up) for one in later)


def _lies_beyond(series: Series, before: slice, now: slice, margin: float, *, up: bool) -> bool:
    """Return whether the level *now* is above (*up*) or below *before* by more than the *margin*.

    And whether that is no chance. A single test is enough: that the level had changed is sure.
    """
    was, came = (median(series.values[part]) for part in (before, now))
    if (came > was) is not up or not series.matters(was, came, margin):
        return False
    if not series.counts:
        # Ranks, as of the slow detector: one wild run is no way back. So few runs that they can't
        # come to that level at all have to lie apart.
        test = RankShift(series.values[before][-_COMPARED:], series.values[now][-_COMPARED:])
        return test.p <= max(_LEVEL, test.least_p)
    sample = CountSample(tuple(series.counts[before]), tuple(series.counts[now]))
    (told,) = compare({0: sample}, margin=0.0, confidence=1 - _LEVEL).values()
    return told.answer is (Answer.WORSE if up else Answer.BETTER)


def _smallest(series: Series, ends: Sequence[int], margin: float) -> float:
    """Return how small a change that lasts would have been found on the newest level.

    From how far the runs lie apart on their levels, whichever those were.
    """
    scale: Callable[[float], float] = log if series.relative else float
    apart: list[float] = []
    for start, end in itertools.pairwise(ends):
        some = [scale(value) for value in series.values[start:end] if value or not series.relative]
        middle = median(some) if some else 0.0
        apart += [value - middle for value in some]
    noise = 1.4826 * median(map(abs, apart)) if apart else 0.0
    runs = len(series.values) - ends[-2]
    after = min(LASTING, max(SHORTEST, runs // 2))
    before = max(SHORTEST, runs - after)
    error = noise * sqrt(1 / after + 1 / before)
    least = log(1 + margin) if series.relative else TOLERANCE
    size = max(_SEEN * error, least + _BEYOND * error)
    return exp(size) - 1 if series.relative else size
