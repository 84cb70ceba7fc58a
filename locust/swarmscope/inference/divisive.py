"""Where the level of a series of runs changed: the slow detector.

E-divisive (Matteson and James, "A nonparametric approach for multiple change point analysis of
multivariate data", JASA 2014): the two parts of a series that differ most, by the energy distance
between them, are a change if its permutations seldom come to parts that differ as much; then each
part by itself. Both ends of the right part are tried, or a rise that was undone soon is not seen.

Of it here: on ranks, and no part below three runs, so that one wild run changes no level however
wild it was; in windows, which keeps what lies long back from outweighing what is new; and at the
end each change is tested between its neighbours, and weak ones are merged (Fleming and others,
"Hunter: using change point detection to hunt for performance regressions", ICPE 2023).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import fsum
from statistics import median
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

SEED = 2014
"""Of all permutations: the same series always has the same changes."""
PERMUTATIONS = 999
SHORTEST = 3
"""Runs that a level takes."""
_WINDOW = 50
_WEAK_P = 0.05
"""Of what is looked at again, between its neighbours."""
_P = 0.01


@dataclass(frozen=True)
class Change:
    """A level that became another one."""

    index: int
    """Of the first run on the new level."""
    before: float
    """The level until then: a median."""
    after: float
    p: float


def changes(values: Sequence[float]) -> list[Change]:
    """Return where the level of *values*, in the order of time, changed."""
    places = _merged(values, sorted(_candidates(values)))
    ends = [0, *places, len(values)]
    return [
        Change(
            index,
            before=median(values[start:index]),
            after=median(values[index:end]),
            p=_p_between(values[start:end], 1.0),
        )
        for start, index, end in zip(ends, places, ends[2:], strict=False)
    ]


def _candidates(values: Sequence[float]) -> set[int]:
    starts = range(0, max(1, len(values) - _WINDOW // 2), _WINDOW // 2)
    return {start + index for start in starts for index in _split(values[start : start + _WINDOW])}


def _split(values: Sequence[float]) -> Iterator[int]:
    """Yield where *values* change, each part by itself again."""
    if len(values) < 2 * SHORTEST:
        return
    distances = _distances(values)
    strength, index = _best(distances, inner=True)
    if _p(distances, strength, inner=True, at_most=_WEAK_P) > _WEAK_P:
        return
    yield index
    yield from _split(values[:index])
    yield from (index + later for later in _split(values[index:]))


def _merged(values: Sequence[float], places: list[int]) -> list[int]:
    """Return those of *places* that hold between their neighbours, each where it fits best."""
    while places:
        ends = [0, *places, len(values)]
        ps = [
            _p_between(values[start:end], _P) if min(at - start, end - at) >= SHORTEST else 1.0
            for start, at, end in zip(ends, places, ends[2:], strict=False)
        ]
        weakest = max(range(len(ps)), key=ps.__getitem__)
        if ps[weakest] <= _P:
            return _fitted(values, places)
        places = places[:weakest] + places[weakest + 1 :]
    return places


def _fitted(values: Sequence[float], places: list[int]) -> list[int]:
    """Return *places*, each moved to where two levels fit its neighbours' runs best.

    By the values themselves: ranks, and the energy distance, which prefers parts of one size, put
    the highest run of the lower level on the higher one.
    """
    fitted, start = [], 0
    for end in (*places[1:], len(values)):
        between = range(start + SHORTEST, end - SHORTEST + 1)
        start = min(between, key=lambda at: _misfit(values[start:at]) + _misfit(values[at:end]))
        fitted.append(start)
    return fitted


def _misfit(values: Sequence[float]) -> float:
    """Return how far *values* are from their median, summed: one that is wild moves none."""
    level = median(values)
    return fsum(abs(value - level) for value in values)


def _p_between(values: Sequence[float], at_most: float) -> float:
    """Return how seldom *values* in another order have two parts that differ as much."""
    distances = _distances(values)
    return _p(distances, _best(distances, inner=False)[0], inner=False, at_most=at_most)


def _p(distances: "Matrix", strength: float, *, inner: bool, at_most: float) -> float:
    """Return the p of *strength*; of one above *at_most* no more than that it is above."""
    np = _numpy()
    generator = np.random.default_rng(SEED)
    as_strong = 0
    for done in range(1, PERMUTATIONS + 1):
        order = generator.permutation(len(distances))
        as_strong += _best(distances[np.ix_(order, order)], inner=inner)[0] >= strength
        if as_strong + 1 > at_most * (PERMUTATIONS + 1):
            return (as_strong + 1) / (done + 1)
    return (as_strong + 1) / (PERMUTATIONS + 1)


def _distances(values: Sequence[float]) -> "Matrix":
    """Return how far the ranks of *values* are apart; equal ones have the mean of their ranks."""
    np = _numpy()
    series = np.asarray(values, dtype=float)
    below = (series[:, None] > series[None, :]).sum(axis=1)
    up_to = (series[:, None] >= series[None, :]).sum(axis=1)
    ranks = (below + up_to) / 2
    return np.abs(ranks[:, None] - ranks[None, :])  # type: ignore[no-any-return]


def _best(distances: "Matrix", *, inner: bool) -> tuple[float, int]:
    """Return how much the two parts that differ most do, and where the second begins.

    It ends where the series does or, *inner*, anywhere before.
    """
    np = _numpy()
    n = len(distances)
    sums = np.zeros((n + 1, n + 1))
    sums[1:, 1:] = distances.cumsum(axis=0).cumsum(axis=1)
    index = np.arange(SHORTEST, n - SHORTEST + 1)[:, None]
    ends = np.arange(2 * SHORTEST, n + 1)[None, :] if inner else np.array([[n]])
    rest = ends - index
    own = sums[index, index]
    across = sums[index, ends] - own
    others = sums[ends, ends] - own - 2 * across
    size = np.maximum(rest, SHORTEST)  # what is shorter is left out below
    apart = 2 * across / (index * size) - own / (index * (index - 1)) - others / (size * (size - 1))
    strength = np.where(rest >= SHORTEST, apart * index * size / (index + size), -np.inf)
    row, column = np.unravel_index(strength.argmax(), strength.shape)
    return float(strength[row, column]), int(index[row, 0])


def _numpy() -> Any:
    import numpy as np  # noqa: PLC0415 - most commands look for no changes

    return np
