"""Failures of requests: by what factor their rate differs, exactly, also of none against few.

A rank test of rates is blind to a few failures among runs without any, and a normal approximation
knows nothing below a dozen. Given how many failures there were in all, the new side's are a
binomial sample of them (exact for Poisson counts, and on the safe side where many requests fail).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, inf, log, nan

from swarmscope.inference.distributions import (
    beta_quantile,
    beta_share,
    gamma_quantile,
    normal_quantile,
    student_quantile,
)
from swarmscope.words import count_of, percent

Counts = Sequence[tuple[int, int]]
"""Failures and requests, of each run."""
_SMALLEST_P = 1e-300
_CLOSE = 1e-9
_FEWEST_DEGREES = 2
"""Of one alone nothing could be found any more: 1 and 0 failures before, 50 now."""


@dataclass(frozen=True)
class RateRatio:
    """The exact test of two rates, with the interval of Clopper and Pearson that agrees with it.

    p is twice the smaller tail (Fay, "Two-sided exact tests and matching confidence intervals for
    discrete data", 2010). Where runs of one side differ by more than chance has it, because
    failures come in bursts, each counts as a part of a failure: as many fewer as runs scatter more
    widely (Rao and Scott, "A simple method for the analysis of clustered binary data", 1992), and
    fewer still while few runs tell how widely.
    """

    base: Counts
    new: Counts
    earlier: Counts
    tolerance: float
    """Rates that are shown to lie so close to each other are the same, whatever their ratio."""

    @property
    def method(self) -> str:
        """How it was tested."""
        runs = f"{count_of(len(self.base), 'run')} against {len(self.new)}"
        if self._scatter > 1:
            scatter = f"{self._scatter:.1f} times as much as by chance"
            return f"test of counts, {runs}, which scatter {scatter}"
        return f"exact test of counts, {runs}"

    @property
    def ratio(self) -> float:
        """Of the rates; infinite where the base had no failure, NaN where there is none at all."""
        (before, of), (after, among) = self._sums
        if not before:
            return inf if after else nan
        return (after / among) / (before / of)

    @property
    def p(self) -> float:
        """Twice the smaller tail, or of the interval that just reaches 1."""
        if not self._scatter:
            return self._two_tails(1.0)
        # How much a failure counts depends on the level: where p and level meet is p.
        # It isn't below what all failures in full would have.
        low, high = log(max(_SMALLEST_P, self._two_tails(1.0))), 0.0
        while high - low > _CLOSE:
            middle = (low + high) / 2
            level = exp(middle)
            low, high = (
                (low, middle) if self._two_tails(self._part(level)) <= level else (middle, high)
            )
        return exp(high)

    @property
    def least_p(self) -> float:
        """Of all failures on that side which has fewer requests."""
        failures, share = self._failures, self._new_share
        return min(1.0, 2 * min(share, 1 - share) ** failures)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the ratios that a test at *level* would not reject."""
        part = self._part(level)
        (_, of), (after, among) = self._sums
        new, all_of_them = after * part, self._failures * part
        low = beta_quantile(level / 2, new, all_of_them - new + 1)
        high = beta_quantile(1 - level / 2, new + 1, all_of_them - new)
        exposure = of / among
        return low / (1 - low) * exposure, high / (1 - high) * exposure if high < 1 else inf

    def alike(self, level: float) -> bool:
        """Tell whether both rates are shown to lie within the tolerance of each other."""
        return self._apart(level) <= self.tolerance

    def rose(self, level: float) -> bool:
        """Tell whether more fail, and would beyond chance if each failure came by itself."""
        (before, of), (after, among) = self._sums
        if after / among - before / of <= self.tolerance:
            return False
        return self._two_tails(1.0) <= level

    def lacking(self, level: float, margin: float) -> str:  # noqa: ARG002 - as others are asked
        """Return what the counts leave open."""
        (before, of), (after, among) = self._sums
        more = "runs" if self._scatter > 1 else "requests"
        return (
            f"{before:,} of {of:,} and {after:,} of {among:,} requests failed, which leaves the "
            f"rates up to {percent(100 * min(1, self._apart(level)))} apart: more {more}"
        )

    @cached_property
    def _sums(self) -> tuple[tuple[int, int], tuple[int, int]]:
        base, new = (
            (sum(failures for failures, _ in side), sum(requests for _, requests in side))
            for side in (self.base, self.new)
        )
        return base, new

    @property
    def _failures(self) -> int:
        return self._sums[0][0] + self._sums[1][0]

    @property
    def _new_share(self) -> float:
        return self._sums[1][1] / (self._sums[0][1] + self._sums[1][1])

    @cached_property
    def _degrees(self) -> int:
        return sum(len(runs) - 1 for runs in (self.base, self.new, self.earlier) if runs)

    @cached_property
    def _scatter(self) -> float:
        """How many times the variance of runs of one side is that of Poisson counts."""
        squares = sum(map(pearson, (self.base, self.new, self.earlier)))
        return squares / self._degrees if self._degrees else 0.0

    def _part(self, level: float) -> float:
        """Return as how much of a failure each counts, at *level*."""
        if not self._scatter:
            return 1.0
        share = 1 - level / 2
        normal = normal_quantile(share)
        # With few runs the scatter itself is known roughly: as Student's t is wider than normal.
        degrees = max(self._degrees, _FEWEST_DEGREES)
        wider = max(1.0, student_quantile(share, degrees) / normal) if normal > 0 else 1.0
        return 1 / max(1.0, self._scatter * wider**2)

    def _two_tails(self, part: float) -> float:
        after, failures = self._sums[1][0] * part, self._failures * part
        as_many = beta_share(self._new_share, after, failures - after + 1)
        as_few = beta_share(1 - self._new_share, failures - after, after + 1)
        return min(1.0, 2 * min(as_many, as_few))

    def _apart(self, level: float) -> float:
        """Return how far the rates may be apart: from one's upper to the other's lower end."""
        part = self._part(level / 2)
        ends = [
            (
                gamma_quantile(level / 4, failures * part) / (requests * part),
                gamma_quantile(1 - level / 4, failures * part + 1) / (requests * part),
            )
            for failures, requests in self._sums
        ]
        return max(ends[0][1] - ends[1][0], ends[1][1] - ends[0][0])


def pearson(runs: Sequence[tuple[float, float]]) -> float:
    """Return the sum of squared deviations from the common rate, in Poisson variances."""
    failures, requests = (sum(column) for column in zip(*runs, strict=True)) if runs else (0, 0)
    if not failures:
        return 0.0
    rate = failures / requests
    return sum((f - rate * r) ** 2 / (rate * r) for f, r in runs if r)
