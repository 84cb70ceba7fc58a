"""Two sides measured in the same stretches of time: what differs between them there is the sample.

What hits both in a second, a busy machine, a burst, is in the difference no more. What is left of
one second still depends on the second before, so that seconds are no sample; blocks of some of
them nearly are, and for what is left an interval is made wider than Student's: as wide as it takes
where a second has 0.6 of the one before (docs/decisions/037-duet.md).
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, inf, log, sqrt
from statistics import fmean, variance
from typing import TypeVar

from swarmscope.inference.comparison import Answer, Difference
from swarmscope.inference.distributions import student_p, student_quantile
from swarmscope.inference.holm import holm
from swarmscope.words import count_of

K = TypeVar("K", bound=Hashable)

FEWEST = 5
"""Blocks: the spread of fewer says next to nothing."""
DEPENDENCE = 0.6
"""How much of a second's difference is that of the one before, at most."""
RATES_ALIKE = 0.01
"""Failure rates that are shown to be no farther apart are the same: a percentage point."""


@dataclass(frozen=True)
class Ratios:
    """A time of each block: the logarithms of B's over A's; a block has so many *seconds*."""

    logs: tuple[float, ...]
    seconds: int


@dataclass(frozen=True)
class Rates:
    """A failure rate of each block: B's minus A's, which is *base* in all of them together."""

    differences: tuple[float, ...]
    seconds: int
    base: float


def compare_blocks(
    samples: Mapping[K, Ratios | Rates], *, margin: float = 0.05, confidence: float = 0.95
) -> dict[K, Difference]:
    """Return for each of *samples* how B differs from A.

    *Worse* and *better* of times take both: an interval of the ratio that leaves 1 out, and a ratio
    beyond the *margin*; of failures the interval is enough. *Same* is an interval all of which
    lies within the margin, of failures within `RATES_ALIKE`, or no failure of either. The chance
    that any of the samples says worse or better where nothing differs is 1 - *confidence* at most.
    """
    able = {key: one for key, one in samples.items() if len(_values(one)) >= FEWEST}
    corrected = holm({key: _p(one) for key, one in able.items()}, 1 - confidence)
    return {
        key: _compared(one, corrected[key].level, corrected[key].p, margin)
        if key in able
        else _too_few(one)
        for key, one in samples.items()
    }


def widening(blocks: int, seconds: int) -> float:
    """Return by how much the interval of so many *blocks* is wider than that of independent ones.

    It is exact for a first-order autoregression: the standard deviation of their mean over what
    their spread makes one expect.
    """
    of_mean = 1 + 2 * sum((1 - k / blocks) * r for k, r in _shared(blocks, seconds))
    of_spread = (1 - of_mean / blocks) * blocks / (blocks - 1)
    return sqrt(of_mean / of_spread)


def degrees(blocks: int, seconds: int) -> float:
    """Return of how many independent differences they know the spread as well, less one.

    Bartlett's: the variance of a variance grows by the squares of what its values share.
    """
    squares = sum((1 - k / blocks) * r**2 for k, r in _shared(blocks, seconds))
    return (blocks - 1) / (1 + 2 * squares)


def _shared(blocks: int, seconds: int) -> list[tuple[int, float]]:
    """Return how much blocks that are k apart have in common, for each k."""
    rho = DEPENDENCE
    # Of two seconds i apart rho^i; of two blocks the sum over all pairs of their seconds.
    own = seconds * (1 + rho) / (1 - rho) - 2 * rho * (1 - rho**seconds) / (1 - rho) ** 2
    next_one = rho * (1 - rho**seconds) ** 2 / (1 - rho) ** 2
    return [(k, next_one * rho ** (seconds * (k - 1)) / own) for k in range(1, blocks)]


def _values(sample: Ratios | Rates) -> tuple[float, ...]:
    return sample.logs if isinstance(sample, Ratios) else sample.differences


def _error(values: Sequence[float], seconds: int) -> float:
    """Return the standard error of their mean."""
    return widening(len(values), seconds) * sqrt(variance(values) / len(values))


def _p(sample: Ratios | Rates) -> float:
    values = _values(sample)
    error, mean = _error(values, sample.seconds), fmean(values)
    if not error:
        return 0.0 if mean else 1.0
    return student_p(mean / error, degrees(len(values), sample.seconds))


def _compared(sample: Ratios | Rates, level: float, p: float, margin: float) -> Difference:
    values = _values(sample)
    mean = fmean(values)
    t = student_quantile(1 - level / 2, degrees(len(values), sample.seconds))
    wide = t * _error(values, sample.seconds)
    low, high = mean - wide, mean + wide
    most = log(1 + margin) if isinstance(sample, Ratios) else RATES_ALIKE
    least_effect = most if isinstance(sample, Ratios) else 0.0
    if low > 0 and mean >= least_effect:
        answer = Answer.WORSE
    elif high < 0 and mean <= -least_effect:
        answer = Answer.BETTER
    elif -most <= low and high <= most:
        answer = Answer.SAME
    else:
        answer = Answer.UNKNOWN
    room = max(most - abs(mean), abs(mean) if abs(mean) >= least_effect else 0.0)
    why = _lacking(sample, wide, room) if answer is Answer.UNKNOWN else ""
    ratio, *ends = (_ratio(sample, value) for value in (mean, low, high))
    return Difference(answer, ratio, ends[0], ends[1], p, _method(sample), why)


def _ratio(sample: Ratios | Rates, difference: float) -> float | None:
    if isinstance(sample, Ratios):
        return exp(difference)
    return max(0.0, 1 + difference / sample.base) if sample.base else None


def _method(sample: Ratios | Rates) -> str:
    return f"{count_of(len(_values(sample)), 'pair')} of {sample.seconds} s"


def _lacking(sample: Ratios | Rates, wide: float, room: float) -> str:
    """Return how long the load has to last until its interval, now so *wide*, has that *room*."""
    times = (wide / room) ** 2 if room else inf
    seconds = len(_values(sample)) * sample.seconds
    if times > 1_000:
        return "no load of a bearable length would tell"
    return f"about {ceil(seconds * times / 10) * 10:,} s of such a load"


def _too_few(sample: Ratios | Rates) -> Difference:
    """Return what is to be said of less than it takes to know a spread."""
    why = f"{count_of(FEWEST - len(_values(sample)), 'more block')} with enough requests"
    return Difference(Answer.UNKNOWN, None, None, None, None, _method(sample), why)
