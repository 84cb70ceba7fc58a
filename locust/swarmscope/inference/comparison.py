"""Whether new runs differ from those of a base: worse, better, the same, or nobody can tell.

The run is the sample, never the second: seconds of one run depend on each other, and two runs of
one build differ by what the machine did meanwhile (decision 034).
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isfinite, log
from typing import TypeVar

from swarmscope.inference import missing
from swarmscope.inference.counts import RateRatio
from swarmscope.inference.evidence import Evidence, Untestable
from swarmscope.inference.holm import Corrected, attainable, holm
from swarmscope.inference.shifts import NormalShift, RankShift

K = TypeVar("K", bound=Hashable)


class Answer(StrEnum):
    """What a comparison comes to."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    UNKNOWN = "can't tell"


@dataclass(frozen=True)
class Difference:
    """How one metric of one endpoint differs."""

    answer: Answer
    ratio: float | None
    """New over base: of times, rates, throughput. None where there is none, as of no failure."""
    low: float | None
    """The lower end of its interval, at the level at which it was tested among all the others."""
    high: float | None
    """The upper end; None where it has none."""
    p: float | None
    """Adjusted to all that were compared: at most 1 - confidence where it is significant."""
    method: str
    why: str = ""
    """Of what nobody can tell: what is missing, as *3 more runs of the baseline*."""
    rose: bool = False
    """Of failures that nobody can tell: whether they rose by more than single requests do by
    chance, though runs whose failures come in bursts may differ as much."""

    def shows(self, change: float, *, more_is_worse: bool) -> bool:
        """Whether a *change* for the worse would have shown: as much more, or so many times less.

        0.2 is 20 % more, or 1 / 1.2 of what it was. Without an end to that side nothing shows.
        """
        if more_is_worse:
            return self.high is not None and self.high <= 1 + change
        return self.low is not None and self.low >= 1 / (1 + change)


@dataclass(frozen=True)
class Sample:
    """One metric of one endpoint: a value for each run, at least 0."""

    base: tuple[float, ...]
    new: tuple[float, ...]
    history: tuple[float, ...] = ()
    """Of earlier comparable runs that are on neither side: they tell of the noise between runs."""
    more_is_worse: bool = True


@dataclass(frozen=True)
class CountSample:
    """Failures and requests of one endpoint, for each run."""

    base: tuple[tuple[int, int], ...]
    new: tuple[tuple[int, int], ...]
    history: tuple[tuple[int, int], ...] = ()
    tolerance: float = 0.001
    """Failure rates that are shown to be no farther apart are the same: 0.1 percentage points."""


def compare(
    samples: Mapping[K, Sample | CountSample], *, margin: float = 0.05, confidence: float = 0.95
) -> dict[K, Difference]:
    """Return for each of *samples* how its new side differs from its base.

    *Worse* and *better* take both: an interval of the ratio that leaves 1 out, and a ratio beyond
    the *margin* (1 + margin, or 1/(1 + margin) below). The chance that any of the samples says one
    of them where nothing differs is at most 1 - *confidence*. *Same* is an interval all of which
    lies within the margin. All else nobody can tell.
    """
    level = 1 - confidence
    each = level / max(1, len(samples))
    found = {key: _test(sample, each) for key, sample in samples.items()}
    tests = {key: one for key, one in found.items() if not isinstance(one, Untestable)}
    able = attainable({key: test.least_p for key, test in tests.items()}, level)
    corrected = holm({key: tests[key].p for key in able}, level)
    differences = {}
    for key, one in found.items():
        if isinstance(one, Untestable):
            differences[key] = _unknown(one)
        elif key in corrected:
            differences[key] = _told(one, corrected[key], margin, samples[key])
        else:
            differences[key] = _untold(one, each, margin)
    return differences


def _test(sample: Sample | CountSample, level: float) -> Evidence | Untestable:
    """Choose a test by how many runs there are, never by how they differ."""
    if not sample.base or not sample.new:
        return _nothing("run", of_base=not sample.base)
    if isinstance(sample, CountSample):
        return _of_counts(sample)
    values = (*sample.base, *sample.new)
    if not all(isfinite(value) and value >= 0 for value in values):
        return Untestable("no ratio", "values that are numbers, and not below 0")
    return _of_values(sample, level)


def _of_values(sample: Sample, level: float) -> Evidence:
    base, new = (tuple(map(_logarithm, side)) for side in (sample.base, sample.new))
    earlier = tuple(log(value) for value in sample.history if value > 0 and isfinite(value))
    ranks = RankShift(base, new, len(earlier))
    if -inf in {*base, *new}:  # a 0 has no logarithm, but a rank
        return ranks
    if max(len(base), len(new)) >= missing.MANY:
        return NormalShift(base, new)
    if ranks.least_p > level and len(earlier) >= missing.FEWEST_EARLIER:
        return NormalShift(base, new, earlier)
    return ranks


def _of_counts(sample: CountSample) -> RateRatio | Untestable:
    base, new, earlier = (
        tuple(run for run in side if run[1]) for side in (sample.base, sample.new, sample.history)
    )
    if not base or not new:
        return _nothing("request", of_base=not base)
    return RateRatio(base, new, earlier, sample.tolerance)


def _nothing(noun: str, *, of_base: bool) -> Untestable:
    side = "the baseline" if of_base else "the new side"
    return Untestable("nothing to compare", f"a {noun} of {side}")


def _logarithm(value: float) -> float:
    return log(value) if value else -inf


def _unknown(one: Untestable) -> Difference:
    return Difference(Answer.UNKNOWN, None, None, None, None, one.method, one.why)


def _untold(test: Evidence, level: float, margin: float) -> Difference:
    """Return what is to be said where no test could have come out, whatever was measured."""
    same = test.alike(level)
    why = "" if same else test.lacking(level, margin)
    answer = Answer.SAME if same else Answer.UNKNOWN
    return Difference(answer, _finite(test.ratio), None, None, None, test.method, why)


def _told(
    test: Evidence, corrected: Corrected, margin: float, sample: Sample | CountSample
) -> Difference:
    low, high = test.interval(corrected.level)
    ratio, most, least = test.ratio, 1 + margin, 1 / (1 + margin)
    why, rose = "", False
    if least <= low and high <= most:
        answer = Answer.SAME
    elif low > 1 and ratio >= most:
        answer = Answer.WORSE if _more_is_worse(sample) else Answer.BETTER
    elif high < 1 and ratio <= least:
        answer = Answer.BETTER if _more_is_worse(sample) else Answer.WORSE
    elif test.alike(corrected.level):
        answer = Answer.SAME
    else:
        answer, why = Answer.UNKNOWN, test.lacking(corrected.level, margin)
        rose = test.rose(corrected.level)
    ends = (_finite(low), _finite(high))
    return Difference(answer, _finite(ratio), *ends, corrected.p, test.method, why, rose)


def _more_is_worse(sample: Sample | CountSample) -> bool:
    return isinstance(sample, CountSample) or sample.more_is_worse


def _finite(value: float) -> float | None:
    return value if isfinite(value) else None
