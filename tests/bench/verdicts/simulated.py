"""Runs that are made up, request by request, and folded as a worker folds them.

What makes real runs hard to compare is in them: seconds that depend on those before, response times
with heavy tails, and a machine that is so many percent slower today, all endpoints together and
each by itself; now and then by much more than usual.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, log, sqrt

import numpy as np

from swarmscope.comparison.numbers import Numbers
from swarmscope.gate.metrics import Metric, named
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key, Raw, Tally

SEED = 1611
SECONDS = 60
_WINDOW_S = 10
"""Of an endpoint's histogram, as a worker writes it."""
_TAIL_SHARE = 0.01
_TAIL_INDEX = 1.5
"""Of Pareto's: the mean of what it multiplies with is there, the variance isn't."""
_STUDENT_DEGREES = 4
_FAILURES_SHAPE = 4
"""Of a gamma variate of mean 1, the failure rate of one run over that of all: half as much more."""


@dataclass(frozen=True)
class Endpoint:
    """An endpoint, and how it answers."""

    rate: float
    median_ms: float
    spread: float
    failure_rate: float = 0.0


ENDPOINTS: Mapping[str, Endpoint] = {
    "/": Endpoint(60, 80, 0.45, failure_rate=0.002),
    "/search": Endpoint(40, 150, 0.5),
    "/cart": Endpoint(20, 40, 0.6, failure_rate=0.01),
    "/pay": Endpoint(10, 300, 0.3, failure_rate=0.0005),
}


@dataclass(frozen=True)
class Weather:
    """What makes two runs of the same build differ."""

    dependence: float
    """How much a second has of the one before, from 0 to 1."""
    run_noise: float
    """Standard deviation of a run's offset, as a share."""
    second_noise: float = 0.05


@dataclass(frozen=True)
class Build:
    """A version: how many times as long some endpoints take, and the *requests* that it has."""

    slower: Mapping[Key, float] = field(default_factory=dict)
    requests: float = 1.0


BASE = Build()


@dataclass(frozen=True)
class Run(Numbers):
    """What a comparison reads of a run; what was read once is *known*."""

    known: dict[tuple[Key, str], float | None] = field(default_factory=dict)

    def value(self, key: Key, metric: Metric) -> float | None:
        """Return what it reads, which takes a while, and is asked for often."""
        at = key, str(metric)
        if at not in self.known:
            self.known[at] = super().value(key, metric)
        return self.known[at]

    def multiplied(self, key: Key, name: str, factor: float) -> "Run":
        """Return it with another value of one metric of one endpoint."""
        value = self.value(key, named(name))
        changed = None if value is None else factor * value
        return replace(self, known={**self.known, (key, name): changed})


def key_of(name: str) -> Key:
    """Return the key of an endpoint of that *name*."""
    return name, "GET"


def generator(*seed: int) -> np.random.Generator:
    """Return the source of all chance in a pair: the same for the same *seed*."""
    return np.random.default_rng([SEED, *seed])


def simulate(
    chance: np.random.Generator, weather: Weather, build: Build = BASE, seconds: int = SECONDS
) -> Run:
    """Return a run of *build* in that *weather*."""
    common = _offset(chance, weather)
    drift = _drift(chance, weather, seconds)
    # Users who wait for their answers ask as much less often as these take longer.
    often = build.requests * exp(-common)
    whole, tallies = Tally(), {}
    for name, endpoint in ENDPOINTS.items():
        key = key_of(name)
        offset = common + _offset(chance, weather) + log(build.slower.get(key, 1.0))
        tallies[key] = _requests(
            chance, replace(endpoint, rate=often * endpoint.rate), drift + offset
        )
        whole.merge(tallies[key])
    return Run("simulated", seconds, {AGGREGATED: whole, **tallies})


def _offset(chance: np.random.Generator, weather: Weather) -> float:
    """Return half of the variance of a run's offset, with heavier tails than a normal one's."""
    deviate = chance.standard_t(_STUDENT_DEGREES)
    usual = sqrt(_STUDENT_DEGREES / (_STUDENT_DEGREES - 2))
    return float(weather.run_noise * sqrt(0.5) * deviate / usual)


def _drift(
    chance: np.random.Generator, weather: Weather, seconds: int
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return by how much each second is slower: a part of the one before, and a part of its own."""
    steps = chance.standard_normal(seconds) * weather.second_noise
    drift = np.empty(seconds)
    drift[0] = steps[0]
    own = sqrt(1 - weather.dependence**2)
    for i in range(1, seconds):
        drift[i] = weather.dependence * drift[i - 1] + own * steps[i]
    return drift


def _requests(
    chance: np.random.Generator,
    endpoint: Endpoint,
    offsets: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> Tally:
    counts = chance.poisson(endpoint.rate, len(offsets))
    many = int(counts.sum())
    logs = np.repeat(offsets, counts) + endpoint.spread * chance.standard_normal(many)
    in_tail = chance.random(many) < _TAIL_SHARE
    factors = np.where(in_tail, 1 + chance.pareto(_TAIL_INDEX, many), 1.0)
    times = (endpoint.median_ms * np.exp(logs) * factors).tolist()
    rate = endpoint.failure_rate * chance.gamma(_FAILURES_SHAPE, 1 / _FAILURES_SHAPE)
    failures = chance.binomial(counts, min(1.0, rate))
    whole, begin = Tally(), 0
    for second in range(0, len(counts), _WINDOW_S):
        window = slice(second, second + _WINDOW_S)
        end = begin + int(counts[window].sum())
        raw = Raw(("", "GET"), times[begin:end], [], int(failures[window].sum()))
        whole.merge(raw.fold())
        begin = end
    return whole
