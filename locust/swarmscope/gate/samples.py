"""Numbers that somebody wrote now and then: how far apart they are, by how much counters grew."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from swarmscope.gate.spans import Span

BEFORE_S = 300
"""How old a value may be that says what a counter was when the run began (Prometheus' lookback)."""

ENOUGH = 10
"""Values of which it is known how far apart they are."""
_STILL_S, _STILL_STEPS = 60, 10
"""Who writes nothing for longer than both has stopped."""


@dataclass(frozen=True)
class Sample:
    """A number that was written at *time*, s since 1970; *series* is its point's tags, as JSON."""

    time: float
    series: str
    value: float


def step_of(samples: Iterable[Sample]) -> int:
    """Return how many seconds lie between two values of a series, of the one with the fewest.

    0: none has two.
    """
    times = defaultdict(list)
    for one in samples:
        times[one.series].append(one.time)
    gaps = [median(b - a for a, b in pairwise(some)) for some in times.values() if len(some) > 1]
    return max(1, round(max(gaps))) if gaps else 0


def inside(samples: Iterable[Sample], spans: Sequence[Span]) -> list[Sample]:
    """Return those of *samples* that were written in any of *spans*."""
    return [one for one in samples if any(at <= one.time < to for at, to in spans)]


def silence(
    samples: Sequence[Sample], spans: Sequence[Span], run: Span
) -> tuple[float, str] | None:
    """Return how long nothing was written in one of *spans* at most, s, and of which series.

    Of "" it was nothing of any. None: who wrote `ENOUGH` there never stopped for long.
    """
    apart = defaultdict(list)
    for one in samples:
        apart[one.series].append(one)
    found = []
    for series, some in {"": samples, **apart}.items():
        if len(inside(some, spans)) < ENOUGH:
            continue
        times = [run[0], *(one.time for one in some), run[1]]
        still = (min(b, to) - max(a, at) for a, b in pairwise(times) for at, to in spans)
        longest = max(still)
        if longest > max(_STILL_S, _STILL_STEPS * step_of(some)):
            found.append((longest, series))
    return max(found, default=None)


def growth(before: Sequence[Sample], samples: Sequence[Sample], start: float) -> Iterator[Sample]:
    """Yield by how much a counter had grown at each of its *samples* since the one before it.

    One that fell began anew, with 0. Where it stood at *start*, when the run began, its newest
    value *before* says. Without one it began in the run, with 0, if it is the run's own, or wasn't
    there for the run's first two steps; else nobody knows, and its first value tells no growth.
    """
    last = {one.series: one.value for one in before}
    step = step_of([*before, *samples])
    for one in samples:
        stood = last.get(one.series)
        if stood is None and (_is_own(one) or (step and one.time >= start + 2 * step)):
            stood = 0.0
        last[one.series] = one.value
        if stood is not None:
            grown = one.value - stood
            yield Sample(one.time, one.series, grown if grown >= 0 else one.value)


def _is_own(sample: Sample) -> bool:
    return "run" in json.loads(sample.series)
