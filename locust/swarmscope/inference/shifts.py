"""Times, rates and throughput of runs: by what factor one side differs from the other.

On logarithms, because that is how noise comes: a busy machine makes everything so many percent
slower, and what doubles on one side halves on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from itertools import accumulate
from math import exp, fsum, inf, isnan, log1p, sqrt
from statistics import fmean, median

from swarmscope.inference import missing
from swarmscope.inference.distributions import student_p, student_quantile
from swarmscope.words import count_of, percent

_LARGEST = 700.0
"""Logarithm of what is no number any more: a factor of 10^304."""

_TAIL = 5
"""Degrees of freedom of a Student's t whose tails are about as heavy as those of runs: now and then
a machine does something else meanwhile."""


@dataclass(frozen=True)
class NormalShift:
    """Student's t for the difference of two means of logarithms.

    Of one new run it is the prediction interval of the others: where the next one falls, and not
    where their mean lies. *earlier* runs say how far runs of the same build scatter; where they
    lie says nothing.
    """

    base: Sequence[float]
    """Logarithms, of each run."""
    new: Sequence[float]
    earlier: Sequence[float] = ()

    @property
    def method(self) -> str:
        """How it was tested."""
        if self.earlier:
            return f"the noise of {count_of(len(self.earlier), 'earlier run')}"
        return f"prediction interval of {max(len(self.base), len(self.new))} runs"

    @property
    def ratio(self) -> float:
        """Of the geometric means."""
        return _exp(self._shift)

    @property
    def p(self) -> float:
        """Of Student's t."""
        if not self._error:
            return 1.0 if self._shift == 0 else 0.0
        return student_p(self._shift / self._error, self._degrees)

    @property
    def least_p(self) -> float:
        """As small as one likes."""
        return 0.0

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ratios that a test at *level* would not reject."""
        half = student_quantile(1 - level / 2, self._degrees) * self._error
        return _exp(self._shift - half), _exp(self._shift + half)

    def alike(self, level: float) -> bool:  # noqa: ARG002 - as others are asked
        """Tell nothing that the ratio doesn't."""
        return False

    def rose(self, level: float) -> bool:  # noqa: ARG002 - as others are asked
        """Tell nothing that the interval doesn't: it knows of no chance within a run."""
        return False

    def lacking(self, level: float, margin: float) -> str:
        """Return how many more runs would narrow the interval enough."""
        return _lacking(
            self.base,
            self.new,
            spread=self._spread,
            shift=self._shift,
            level=level,
            margin=margin,
        )

    @cached_property
    def _shift(self) -> float:
        return fmean(self.new) - fmean(self.base)

    @cached_property
    def _degrees(self) -> int:
        """Fewer than there are where a side has few runs: its mean has tails as heavy as theirs."""
        degrees = sum(len(runs) - 1 for runs in (self.base, self.new, self.earlier) if runs)
        fewest = min(len(self.base), len(self.new))
        return min(degrees - 1 if fewest == 1 else degrees, _TAIL * fewest)

    @cached_property
    def _spread(self) -> float:
        """The noise between runs of one build, from all sides: also a wild new run is noise."""
        return _spread(self.base, self.new, self.earlier)

    @cached_property
    def _error(self) -> float:
        return self._spread * sqrt(1 / len(self.base) + 1 / len(self.new))


@dataclass(frozen=True)
class RankShift:
    """The exact rank test of Mann and Whitney, and the shift of Hodges and Lehmann.

    It knows nothing of how runs scatter: for a few of each side.
    """

    base: Sequence[float]
    """Logarithms, of each run; of a 0, minus infinity."""
    new: Sequence[float]
    earlier: int = 0
    """Earlier runs that are known: too few to tell of the noise."""
    _apart: list[float] = field(init=False, repr=False)
    """By how much each new run differs from each of the base, ascending."""

    def __post_init__(self) -> None:
        apart = sorted(_difference(b, n) for b in self.base for n in self.new)
        object.__setattr__(self, "_apart", apart)

    @property
    def method(self) -> str:
        """How it was tested."""
        if len(self._apart) == 1:
            return "two runs alone"
        return f"rank test of {count_of(len(self.base), 'run')} against {len(self.new)}"

    @property
    def ratio(self) -> float:
        """Of the Hodges-Lehmann shift: half of the differences are greater."""
        middle = median(self._apart)
        # Between minus and plus infinity there is no middle.
        return 1.0 if isnan(middle) else _exp(middle)

    @property
    def p(self) -> float:
        """Of the rank sum. Equal values of both sides count as if they had been the other way."""
        least = min(sum(d <= 0 for d in self._apart), sum(d >= 0 for d in self._apart))
        return min(1.0, 2 * self._shares[min(least, len(self._apart))])

    @property
    def least_p(self) -> float:
        """Of all runs of one side below all of the other."""
        return missing.least_rank_p(len(self.base), len(self.new))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ratios that a test at *level* would not reject; all, if it rejects none."""
        left_out = sum(2 * share <= level for share in self._shares)
        # Of differences as they are, not of one that lies between two of them.
        left_out = min(left_out, (len(self._apart) + 1) // 2)
        if not left_out:
            return 0.0, inf
        return _exp(self._apart[left_out - 1]), _exp(self._apart[-left_out])

    def alike(self, level: float) -> bool:  # noqa: ARG002 - as others are asked
        """Tell nothing that the ratio doesn't."""
        return False

    def rose(self, level: float) -> bool:  # noqa: ARG002 - as others are asked
        """Tell nothing that the interval doesn't: it knows of no chance within a run."""
        return False

    def lacking(self, level: float, margin: float) -> str:
        """Return how many more runs could come to *level*, or would narrow the interval enough."""
        base, new = len(self.base), len(self.new)
        without_ratio = -inf in {*self.base, *self.new}
        if self.least_p > level:
            only = "it speaks of these two runs only: " if len(self._apart) == 1 else ""
            return only + missing.for_ranks(base, new, self.earlier, level, alone=without_ratio)
        if without_ratio:
            return "runs without a 0: it has no ratio to anything"
        return _lacking(
            self.base,
            self.new,
            spread=_spread(self.base, self.new),
            shift=median(self._apart),
            level=level,
            margin=margin,
        )

    @property
    def _shares(self) -> list[float]:
        return _null(len(self.base), len(self.new))


def _exp(logarithm: float) -> float:
    return exp(logarithm) if logarithm < _LARGEST else inf


def _difference(base: float, new: float) -> float:
    return 0.0 if base == new else new - base  # also of two zeros, whose logarithms have none


@cache
def _null(base: int, new: int) -> list[float]:
    """Return for each U how often it is at most that where the sides don't differ.

    The number of ways to a rank sum is a coefficient of a Gaussian binomial: the product of
    (1 - x^(base + i)) / (1 - x^i) for each i up to *new*.
    """
    most = base * new
    ways = [1] + [0] * most
    for i in range(1, new + 1):
        for u in range(most, base + i - 1, -1):
            ways[u] -= ways[u - base - i]
        for u in range(i, most + 1):
            ways[u] += ways[u - i]
    total = sum(ways)
    return [so_far / total for so_far in accumulate(ways)]


def _spread(*groups: Sequence[float]) -> float:
    """Return the standard deviation within *groups*, each about its own mean."""
    squares = degrees = 0.0
    for runs in filter(None, groups):
        mean = fmean(runs)
        squares += fsum((run - mean) ** 2 for run in runs)
        degrees += len(runs) - 1
    return sqrt(squares / degrees) if degrees else 0.0


def _lacking(
    base: Sequence[float],
    new: Sequence[float],
    *,
    spread: float,
    shift: float,
    level: float,
    margin: float,
) -> str:
    matters = log1p(margin)
    # Beyond the margin the interval has to leave 1 out; within, to stay within.
    half = abs(shift) if abs(shift) >= matters else matters - abs(shift)

    def enough(bases: int, news: int) -> bool:
        t = student_quantile(1 - level / 2, bases + news - 2)
        return t * spread * sqrt(1 / bases + 1 / news) <= half

    runs = missing.for_width(len(base), len(new), enough)
    varies = f"between runs of one side it varies by {percent(100 * spread)}"
    if runs:
        return f"{runs}: {varies}"
    return f"more runs than anybody makes: the difference lies at the margin, and {varies}"
