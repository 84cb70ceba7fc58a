"""When arrivals are due at a rate that changes over time.

The expected number of arrivals up to a moment is the integral of the rate. Arrival *n* is due when
that reaches n (even arrivals), or the sum of n exponential variates (Poisson arrivals: what
transforms the time of a unit-rate process is again such a process at the rate that changes; Cinlar,
Introduction to Stochastic Processes, 1975, section 4.7). The integral of a rate that is linear
between points is quadratic there, so that its inverse is exact.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

from swarmscope.errors import ConfigurationError

MOST = 100_000.0
"""Arrivals a second that may be asked for: more than all workers of any test make."""
_JUMP_S = 1e-3
"""A stage that is shorter changes the rate at once."""
_NOTHING = "Nothing is started."


@dataclass(frozen=True)
class Share:
    """Which part of all arrivals is one worker's: those of its *users* among *total* of all.

    Arrivals are dealt out to the users of all workers in turn; its own begin at *first*.
    """

    first: int
    users: int
    total: int

    def has(self, arrival: int) -> bool:
        """Whether the *arrival* of that number is this worker's."""
        # Not one user after the other: each worker's arrivals are to be spread, too.
        user = arrival * _stride(self.total) % self.total
        return self.first <= user < self.first + self.users


WHOLE = Share(0, 1, 1)
"""Of a process that does it all."""


@cache
def _stride(total: int) -> int:
    """Return a step by which *total* users are visited each once, neighbours far apart."""
    golden = round(total * (math.sqrt(5) - 1) / 2)
    return next(step for step in range(max(1, golden), 2 * total + 1) if math.gcd(step, total) == 1)


@dataclass(frozen=True)
class _Piece:
    """The rate from *begin* to *end*, s, which changes linearly; *before* arrivals came by then."""

    begin: float
    end: float
    rate: float
    slope: float
    before: float

    def arrivals(self, seconds: float) -> float:
        since = seconds - self.begin
        return self.before + since * (self.rate + self.slope * since / 2)

    def time_of(self, arrivals: float) -> float:
        wanted = arrivals - self.before
        # Of the two forms of a root the one that loses no digits where the slope is small.
        root = math.sqrt(max(0.0, self.rate**2 + 2 * self.slope * wanted))
        return self.begin + (2 * wanted / (self.rate + root) if wanted > 0 else 0.0)


class Schedule:
    """Arrivals at a *rate* a second: a number, or stages (seconds, rate) one after the other.

    A stage changes the rate linearly, from what it was (0 at first) to its own; after the last
    one its rate stays.

    Raises:
        ConfigurationError: no such rate or stages make sense.

    """

    def __init__(self, rate: float | Sequence[tuple[float, float]]) -> None:
        self._pieces = list(_pieces(rate))

    def expected(self, seconds: float) -> float:
        """Return how many arrivals are expected in the first *seconds*."""
        piece = next(p for p in self._pieces if seconds < p.end)
        return piece.arrivals(seconds)

    def time_of(self, arrivals: float) -> float:
        """Return after how many seconds so many *arrivals* are expected; never: infinity."""
        for piece in self._pieces[:-1]:
            if arrivals < piece.arrivals(piece.end):
                return piece.time_of(arrivals)
        last = self._pieces[-1]
        return last.time_of(arrivals) if last.rate > 0 else math.inf

    def even(self, share: Share, since: float = 0.0) -> Iterator[float]:
        """Yield when the arrivals of *share* after *since* are due, evenly spaced, s."""
        number = math.ceil(self.expected(since))
        while (due := self.time_of(number)) < math.inf:
            if share.has(number):
                yield due
            number += 1

    def poisson(self, share: Share, random: Random, since: float = 0.0) -> Iterator[float]:
        """Yield when the arrivals of *share* after *since* are due, as a Poisson process, s.

        The shares of all workers, each with *random* numbers of its own, add up to one.
        """
        every = share.total / share.users
        number = self.expected(since) + random.expovariate(1.0) * every
        while (due := self.time_of(number)) < math.inf:
            yield due
            number += random.expovariate(1.0) * every


def _pieces(rate: float | Sequence[tuple[float, float]]) -> Iterator[_Piece]:
    if isinstance(rate, int | float):
        if not 0 < rate <= MOST:
            raise _refused(f"A rate of {rate!r} arrivals a second", "above 0 and")
        yield _Piece(0.0, math.inf, float(rate), 0.0, 0.0)
        return
    begin, before, from_rate = 0.0, 0.0, 0.0
    for seconds, to_rate in _checked(rate):
        end = begin + seconds
        if seconds >= _JUMP_S:
            piece = _Piece(begin, end, from_rate, (to_rate - from_rate) / seconds, before)
            yield piece
            before = piece.arrivals(end)
            begin = end
        from_rate = to_rate
    yield _Piece(begin, math.inf, from_rate, 0.0, before)


def _checked(stages: Sequence[tuple[float, float]]) -> Iterator[tuple[float, float]]:
    try:
        pairs = [(float(seconds), float(rate)) for seconds, rate in stages]
    except (TypeError, ValueError):
        pairs = []
    if not pairs:
        raise ConfigurationError(
            f"{stages!r} is neither a number of arrivals a second nor stages.",
            data=_NOTHING,
            remedy="Write arrival_rate(50), or arrival_rate([(30, 50), (60, 50)]): within 30 s "
            "to 50 a second, then 60 s of that.",
        )
    for seconds, rate in pairs:
        if not 0 <= seconds < math.inf:
            raise ConfigurationError(
                f"A stage of {seconds:g} s is none.",
                data=_NOTHING,
                remedy="Give each stage its seconds, 0 or more.",
            )
        if not 0 <= rate <= MOST:
            raise _refused(f"A stage's rate of {rate:g} arrivals a second", "from 0 and")
    if not any(rate for _, rate in pairs):
        raise _refused("A rate that is 0 in all stages", "in one of them above 0 and")
    return iter(pairs)


def _refused(what: str, least: str) -> ConfigurationError:
    return ConfigurationError(
        f"{what} can't be kept.",
        data=_NOTHING,
        remedy=f"A rate is {least} up to {MOST:,.0f}, over all workers.",
    )
