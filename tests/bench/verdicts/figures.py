"""What comparisons come to, of many pairs of simulated runs."""

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from math import ceil, log
from statistics import stdev
from typing import TypeVar

from swarmscope.inference.comparison import Answer, CountSample, Difference, Sample, compare
from tests.bench.verdicts.simulated import ENDPOINTS, SECONDS, Run, Weather, generator, simulate

T = TypeVar("T")
Key = tuple[str, str]
SLOWED = "/"
"""The endpoint that becomes slower where one does."""
_MOST = 1.0
_STEP = 0.002
ALARMS = frozenset({Answer.WORSE, Answer.BETTER})


@dataclass(frozen=True)
class Design:
    """How many runs a comparison has of the base, of what is new, and of earlier ones."""

    base: int
    new: int
    earlier: int = 0

    def __str__(self) -> str:
        after = f", {self.earlier} earlier" if self.earlier else ""
        return f"{self.base} against {self.new}{after}"

    @property
    def runs(self) -> int:
        """All of them."""
        return self.base + self.new + self.earlier


def samples(
    base: Sequence[Run], new: Sequence[Run], earlier: Sequence[Run]
) -> Mapping[Key, Sample | CountSample]:
    """Return what there is to compare: p95 and failures of each endpoint."""
    found: dict[Key, Sample | CountSample] = {}
    for name in ENDPOINTS:
        sides = [[run[name] for run in side] for side in (base, new, earlier)]
        times = (tuple(one.p95 for one in side) for side in sides)
        counts = (tuple((one.failures, one.requests) for one in side) for side in sides)
        found[name, "p95"] = Sample(*times)
        found[name, "failures"] = CountSample(*counts)
    return found


def compared(design: Design, base: Sequence[Run], new: Sequence[Run]) -> dict[Key, Difference]:
    """Return what *design* makes of runs of two builds; earlier ones are the last of *base*."""
    earlier = base[design.base : design.base + design.earlier]
    return compare(samples(base[: design.base], new[: design.new], earlier))


def each_pair(work: Callable[[int], T], pairs: int) -> list[T]:
    """Return what *work* finds of each pair, on as many cores as there are."""
    cores = os.cpu_count() or 1
    if pairs < 100 or cores == 1:
        return [work(pair) for pair in range(pairs)]
    with ProcessPoolExecutor(cores) as pool:
        return list(pool.map(work, range(pairs), chunksize=10))


def alarms(
    weather: Weather, designs: Sequence[Design], pairs: int, seconds: int = SECONDS
) -> dict[Design, int]:
    """Return for each of *designs* of how many *pairs* of one build it says worse or better."""
    found = each_pair(partial(_alarmed, weather, designs, seconds), pairs)
    return {design: sum(one[i] for one in found) for i, design in enumerate(designs)}


def _alarmed(weather: Weather, designs: Sequence[Design], seconds: int, pair: int) -> list[bool]:
    chance = generator(1, round(100 * weather.dependence), pair)
    many = max(design.runs for design in designs)
    runs = [simulate(chance, weather, seconds=seconds) for _ in range(many)]
    told = []
    for design in designs:
        new, base = runs[: design.new], runs[design.new :]
        told.append(any(one.answer in ALARMS for one in compared(design, base, new).values()))
    return told


@dataclass(frozen=True)
class Shares:
    """What was said of the p95 of one endpoint that became slower, in so many pairs."""

    pairs: int
    worse: int
    same: int
    others: int
    """Pairs in which anything else was said worse or better."""


def told(
    weather: Weather,
    design: Design,
    factor: float,
    pairs: int,
    *,
    seconds: int = SECONDS,
    all_slower: bool = False,
) -> Shares:
    """Return what *design* says where one endpoint, or all, takes *factor* times as long.

    *Worse* is where one of them is said to be, and *same* where any is.
    """
    slower = dict.fromkeys(ENDPOINTS if all_slower else [SLOWED], factor)
    found = each_pair(partial(_told, weather, design, slower, seconds), pairs)
    return Shares(pairs, *(sum(column) for column in zip(*found, strict=True)))


def _told(
    weather: Weather, design: Design, slower: Mapping[str, float], seconds: int, pair: int
) -> tuple[bool, bool, bool]:
    chance = generator(2, round(1_000 * weather.run_noise), pair)
    base = [simulate(chance, weather, seconds=seconds) for _ in range(design.base + design.earlier)]
    new = [simulate(chance, weather, slower, seconds=seconds) for _ in range(design.new)]
    answers = {key: one.answer for key, one in compared(design, base, new).items()}
    of_slower = {answers.pop((name, "p95")) for name in slower}
    return (
        Answer.WORSE in of_slower,
        Answer.SAME in of_slower,
        not ALARMS.isdisjoint(answers.values()),
    )


def smallest(
    weather: Weather,
    designs: Sequence[Design],
    pairs: int,
    *,
    power: float = 0.8,
    seconds: int = SECONDS,
) -> dict[Design, float | None]:
    """Return by how much one endpoint's p95 must rise for each of *designs* to find it so often.

    None: more than double. Runs of one build are simulated, and the p95 of new ones multiplied
    until it is found: as a build is that is so much slower, but for what its buckets round.
    """
    found = each_pair(partial(_needed, weather, designs, seconds), pairs)
    columns = [sorted(column) for column in zip(*found, strict=True)]
    enough = [column[ceil(power * pairs) - 1] for column in columns]
    return {
        design: rise if rise < _MOST else None for design, rise in zip(designs, enough, strict=True)
    }


def _needed(weather: Weather, designs: Sequence[Design], seconds: int, pair: int) -> list[float]:
    chance = generator(3, round(1_000 * weather.run_noise), pair)
    many = max(design.runs for design in designs)
    runs = [simulate(chance, weather, seconds=seconds) for _ in range(many)]
    return [_rise(design, runs[: design.new], runs[design.new :]) for design in designs]


def _rise(design: Design, new: Sequence[Run], base: Sequence[Run]) -> float:
    """Return the smallest rise of *new* ones that is found."""
    low, high = 0.0, _MOST
    while high - low > _STEP:
        middle = (low + high) / 2
        found = compared(design, base, [_multiplied(run, 1 + middle) for run in new])
        worse = found[SLOWED, "p95"].answer == Answer.WORSE
        low, high = (low, middle) if worse else (middle, high)
    return high


def _multiplied(run: Run, factor: float) -> Run:
    return {**run, SLOWED: replace(run[SLOWED], p95=factor * run[SLOWED].p95)}


def spread(weather: Weather, runs: int = 200, seconds: int = SECONDS) -> dict[str, float]:
    """Return the standard deviation of the logarithm of each endpoint's p95 between runs."""
    found = each_pair(partial(_run, weather, seconds), runs)
    return {name: stdev(log(run[name].p95) for run in found) for name in ENDPOINTS}


def _run(weather: Weather, seconds: int, number: int) -> Run:
    return simulate(generator(4, number), weather, seconds=seconds)
