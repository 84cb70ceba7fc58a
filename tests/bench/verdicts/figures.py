"""What comparisons come to, of many pairs of simulated runs: `swarmscope compare`'s own answers."""

import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from math import ceil, log
from statistics import stdev
from typing import TypeVar

from swarmscope.comparison.compared import Comparison
from swarmscope.comparison.comparing import Wish, compare_numbers
from swarmscope.gate.metrics import named
from swarmscope.inference.comparison import Answer
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.recording.tally import Key
from tests.bench.verdicts.simulated import (
    ENDPOINTS,
    SECONDS,
    Build,
    Run,
    Weather,
    generator,
    key_of,
    simulate,
)

T = TypeVar("T")
Metric = tuple[Key, str]
"""Of an endpoint, or of all together."""
SLOWED = key_of("/")
"""The endpoint that becomes slower where one does."""
ALL = AGGREGATED
FEWER = "requests_per_second"
_MOST = 1.0
_STEP = 0.005
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


def compared(design: Design, base: Sequence[Run], new: Sequence[Run]) -> Comparison:
    """Return what *design* makes of runs of two builds; earlier ones are the last of *base*."""
    earlier = base[design.base : design.base + design.earlier]
    return compare_numbers(base[: design.base], new[: design.new], earlier, Wish())


def each_pair(work: Callable[[int], T], pairs: int) -> list[T]:
    """Return what *work* finds of each pair, on as many cores as there are."""
    cores = os.cpu_count() or 1
    if pairs < 100 or cores == 1:
        return [work(pair) for pair in range(pairs)]
    with ProcessPoolExecutor(cores) as pool:
        return list(pool.map(work, range(pairs), chunksize=10))


@dataclass(frozen=True)
class Alarms:
    """Of how many pairs of one build anything was said *worse or better*; what each came to."""

    said: int
    overall: Mapping[str, int]


def alarms(
    weather: Weather, designs: Sequence[Design], pairs: int, seconds: int = SECONDS
) -> dict[Design, Alarms]:
    """Return for each of *designs* what it says of *pairs* of one build."""
    found = each_pair(partial(_alarmed, weather, designs, seconds), pairs)
    return {
        design: Alarms(sum(one[i][0] for one in found), Counter(one[i][1] for one in found))
        for i, design in enumerate(designs)
    }


def _alarmed(
    weather: Weather, designs: Sequence[Design], seconds: int, pair: int
) -> list[tuple[bool, str]]:
    chance = generator(1, round(100 * weather.dependence), round(1_000 * weather.run_noise), pair)
    many = max(design.runs for design in designs)
    runs = [simulate(chance, weather, seconds=seconds) for _ in range(many)]
    told = []
    for design in designs:
        found = compared(design, runs[design.new :], runs[: design.new])
        said = any(row.difference.answer in ALARMS for row in found.rows)
        told.append((said, str(found.overall)))
    return told


@dataclass(frozen=True)
class Told:
    """What was said of so many *pairs*: of each metric, and of all of them in one answer."""

    pairs: int
    worse: Mapping[Metric, int]
    same: Mapping[Metric, int]
    overall: Mapping[str, int]


def told(
    weather: Weather,
    design: Design,
    build: Build,
    metrics: Sequence[Metric],
    *,
    pairs: int,
    seconds: int = SECONDS,
) -> Told:
    """Return what *design* says of *metrics* where the new runs are of *build*."""
    work = partial(_told, weather, design, build, metrics, seconds=seconds)
    found = each_pair(work, pairs)
    worse, same = (
        {
            metric: sum(answers[i] is answer for answers, _ in found)
            for i, metric in enumerate(metrics)
        }
        for answer in (Answer.WORSE, Answer.SAME)
    )
    return Told(pairs, worse, same, Counter(overall for _, overall in found))


def _told(
    weather: Weather,
    design: Design,
    build: Build,
    metrics: Sequence[Metric],
    pair: int,
    *,
    seconds: int,
) -> tuple[list[Answer], str]:
    chance = generator(2, round(1_000 * weather.run_noise), pair)
    base = [simulate(chance, weather, seconds=seconds) for _ in range(design.base + design.earlier)]
    new = [simulate(chance, weather, build, seconds) for _ in range(design.new)]
    found = compared(design, base, new)
    answers = _answers(found)
    return [answers[metric] for metric in metrics], str(found.overall)


def _answers(found: Comparison) -> dict[Metric, Answer]:
    return {(row.endpoint, row.metric): row.difference.answer for row in found.rows}


def smallest(
    weather: Weather,
    designs: Sequence[Design],
    metrics: Sequence[Metric],
    pairs: int,
    *,
    power: float = 0.8,
    seconds: int = SECONDS,
) -> dict[Metric, dict[Design, float | None]]:
    """Return by how much one of *metrics* must worsen for each of *designs* to find it so often.

    None: more than double. Runs of one build are simulated, and that metric of new ones multiplied
    (or divided, of throughput) until it is found: as a build is that is so much slower, but for
    what its buckets round, and with nothing else that is worse beside it.
    """
    found = each_pair(partial(_needed, weather, designs, metrics, seconds), pairs)
    least: dict[Metric, dict[Design, float | None]] = {}
    for i, metric in enumerate(metrics):
        columns = [sorted(column) for column in zip(*(one[i] for one in found), strict=True)]
        enough = [column[ceil(power * pairs) - 1] for column in columns]
        least[metric] = {
            design: rise if rise < _MOST else None
            for design, rise in zip(designs, enough, strict=True)
        }
    return least


def _needed(
    weather: Weather, designs: Sequence[Design], metrics: Sequence[Metric], seconds: int, pair: int
) -> list[list[float]]:
    chance = generator(3, round(1_000 * weather.run_noise), pair)
    many = max(design.runs for design in designs)
    runs = [simulate(chance, weather, seconds=seconds) for _ in range(many)]
    return [
        [_rise(design, metric, runs[: design.new], runs[design.new :]) for design in designs]
        for metric in metrics
    ]


def _rise(design: Design, metric: Metric, new: Sequence[Run], base: Sequence[Run]) -> float:
    """Return the smallest rise of *metric* in *new* ones that is found; of throughput, fall."""
    key, name = metric
    low, high = 0.0, _MOST
    while high - low > _STEP:
        middle = (low + high) / 2
        factor = 1 / (1 + middle) if name == FEWER else 1 + middle
        found = compared(design, base, [run.multiplied(key, name, factor) for run in new])
        worse = _answers(found)[metric] is Answer.WORSE
        low, high = (low, middle) if worse else (middle, high)
    return high


def spread(
    weather: Weather, metrics: Sequence[Metric], runs: int = 300, seconds: int = SECONDS
) -> dict[Metric, float]:
    """Return the standard deviation of the logarithm of each of *metrics* between runs."""
    found = each_pair(partial(_values, weather, metrics, seconds), runs)
    return {
        metric: stdev(map(log, column))
        for metric, column in zip(metrics, zip(*found, strict=True), strict=True)
    }


def _values(weather: Weather, metrics: Sequence[Metric], seconds: int, number: int) -> list[float]:
    run = simulate(generator(4, number), weather, seconds=seconds)
    return [run.value(key, named(name)) or 0.0 for key, name in metrics]


def build(*, all_slower: bool, by: float) -> Build:
    """Return a build of which one endpoint takes *by* longer; or all, and it has so many fewer."""
    if not all_slower:
        return Build({SLOWED: 1 + by})
    return Build({key_of(name): 1 + by for name in ENDPOINTS}, 1 / (1 + by))
