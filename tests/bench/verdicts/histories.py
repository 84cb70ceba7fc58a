"""Histories of runs that are made up, and where a trend says that their level changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from math import sqrt
from typing import Any

import numpy as np

from swarmscope.trend.levels import LASTING, Series, levels
from tests.bench.verdicts.figures import each_pair
from tests.bench.verdicts.simulated import generator
from tests.bench.verdicts.words import rows, share

RUNS = 60
NOISE = 0.03
"""Of logarithms, one sigma."""
RISE = 0.1
MARGIN = 0.05
MANY, STEPS, SMALLEST = 500, 200, 100
"""Histories: that don't change, or once; and those of the smallest changes."""
MOST_ALARMS, LEAST_FOUND, LEAST_SEEN = 0.05, 0.9, 0.75
"""Of the smallest change four of five are to be found; of a hundred histories chance takes some."""
_TIMES = ("p50", "p95", "requests a second")
_AMONG = len(_TIMES) + 1
_REQUESTS, _FAILURE_RATE = 6_000, 0.001
_NEAR = 1
_DEGREES = 4


@dataclass(frozen=True)
class Weather:
    """How runs of one build differ: as a normal deviate does, or with *heavy* tails."""

    heavy: bool

    def __str__(self) -> str:
        return f"Student's t, {_DEGREES} degrees" if self.heavy else "normal"

    def noise(self, chance: np.random.Generator) -> "np.typing.NDArray[np.float64]":
        """Return the factor of each run."""
        if not self.heavy:
            return np.exp(chance.normal(0, NOISE, RUNS))
        wide = sqrt(_DEGREES / (_DEGREES - 2))
        return np.exp(chance.standard_t(_DEGREES, RUNS) * NOISE / wide)


WEATHERS = (Weather(heavy=False), Weather(heavy=True))


def measure() -> dict[str, Any]:
    """Return all figures."""
    return {"weathers": [_of(weather) for weather in WEATHERS]}


def _of(weather: Weather) -> dict[str, Any]:
    print(f"  {weather} …", flush=True)  # noqa: T201 - progress is for the terminal
    return {
        "noise": str(weather),
        "changed": sum(each_pair(partial(unchanged, weather), MANY)) / MANY,
        "spikes": sum(each_pair(partial(spiked, weather), MANY)) / MANY,
        "found": sum(each_pair(partial(stepped, weather), STEPS)) / STEPS,
        "seen": sum(each_pair(partial(smallest, weather), SMALLEST)) / SMALLEST,
    }


def unchanged(weather: Weather, number: int) -> bool:
    """Tell whether anything is called a change where nothing changed, of all metrics together."""
    chance = generator(11, weather.heavy, number)
    every = [Series(list(map(float, 200 * weather.noise(chance)))) for _ in _TIMES]
    failures = chance.poisson(_REQUESTS * _FAILURE_RATE * weather.noise(chance))
    counts = [(int(one), _REQUESTS) for one in failures]
    every.append(Series([failed / of for failed, of in counts], counts))
    return any(levels(one, margin=MARGIN, among=_AMONG).changes for one in every)


def spiked(weather: Weather, number: int) -> bool:
    """Tell whether a level begins or ends at a run that alone took another time."""
    chance = generator(12, weather.heavy, number)
    values, at = 200 * weather.noise(chance), int(chance.integers(RUNS))
    values[at] *= chance.choice([0.3, 1.3, 2, 10])
    found = levels(Series(list(map(float, values))), margin=MARGIN, among=_AMONG)
    return any(change.index in (at, at + 1) for change in found.changes)


def stepped(weather: Weather, number: int) -> bool:
    """Tell whether one rise is found where it is, and nothing else."""
    chance = generator(13, weather.heavy, number)
    values, at = 200 * weather.noise(chance), int(chance.integers(LASTING, RUNS - LASTING))
    values[at:] *= 1 + RISE
    found = levels(Series(list(map(float, values))), margin=MARGIN, among=_AMONG).changes
    return len(found) == 1 and abs(found[0].index - at) <= _NEAR


def smallest(weather: Weather, number: int) -> bool:
    """Tell whether a change is found of which it was said that it would be."""
    chance = generator(14, weather.heavy, number)
    values = 200 * weather.noise(chance)
    said = levels(Series(list(map(float, values))), margin=MARGIN, among=_AMONG)
    values[-LASTING:] *= 1 + said.seen
    return bool(levels(Series(list(map(float, values))), margin=MARGIN, among=_AMONG).changes)


def missed(found: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    claims = []
    for one in found["weathers"]:
        where = f"({one['noise']})"
        if one["changed"] > MOST_ALARMS:
            claims.append(f"{share(one['changed'])} of unchanged histories changed {where}")
        if one["spikes"]:
            claims.append(f"{share(one['spikes'])} of single spikes are levels {where}")
        if one["found"] < LEAST_FOUND:
            claims.append(f"+{RISE:.0%} is found in {share(one['found'])} of histories {where}")
        if one["seen"] < LEAST_SEEN:
            claims.append(f"{share(one['seen'])} of the smallest changes are seen {where}")
    return claims


def about() -> str:
    """Return what is measured."""
    return (
        f"Histories of {RUNS} runs, whose values lie {NOISE:.0%} apart (of logarithms, one sigma), "
        "and where `swarmscope trend` says that their level changed. An unchanged one has four "
        "metrics, failures among them, and none of them may change in more than "
        f"{MOST_ALARMS:.0%} of {MANY}. A run that alone took 0.3 to 10 times as long is never a "
        f"level ({MANY}). A rise of {RISE:.0%} that lasts ten runs or more, with as many before "
        f"it, is to be found at its first run or the one beside it, and nothing else with it, in "
        f"{LEAST_FOUND:.0%} of {STEPS}. And of {SMALLEST} the smallest change that is said to be "
        f"seen, of the newest {LASTING} runs, is made: four of five are to be found."
    )


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from rows(
        (
            *("runs differ as", "unchanged, called changed", "a spike is called a level"),
            *(f"+{RISE:.0%} is found at its run", "the smallest change is found"),
        ),
        (
            (one["noise"], *(share(one[name]) for name in ("changed", "spikes", "found", "seen")))
            for one in found["weathers"]
        ),
    )
