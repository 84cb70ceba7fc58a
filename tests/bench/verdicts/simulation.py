"""Each figure of simulated runs that the page claims something of; `simulation_told` tells them."""

from collections.abc import Iterator, Mapping
from typing import Any

from swarmscope.inference.comparison import Answer
from tests.bench.verdicts import figures, simulation_told
from tests.bench.verdicts.figures import ALL, FEWER, SLOWED, Design, Metric, Told, build
from tests.bench.verdicts.simulated import BASE, Build, Weather
from tests.bench.verdicts.words import share

PAIRS = 1_000
POWER_PAIRS = 500
SMALLEST_PAIRS = 100
RISE = 0.1
"""Twice the margin."""
MOST_ALARMS = 0.05
LEAST_POWER = 0.9
STRENGTHS = (0.5, 0.9)
"""Of the dependence between seconds: a second has half, or nine tenths, of the one before."""
NOISES = (0.01, 0.02, 0.04)
COMPARED = (Design(10, 1), Design(10, 3), Design(5, 5), Design(1, 1, 6), Design(3, 3, 6))
SIDES = (
    *(Design(1, 1, 6), Design(3, 3, 6), Design(5, 5), Design(5, 5, 6)),
    *(Design(10, 1), Design(10, 3), Design(10, 10)),
)
_PROMISED = Design(10, 3)
_CLOSE = (*((noise, _PROMISED) for noise in NOISES), (0.02, Design(10, 10)))
_SURE = 0.02
"""At that noise so many are to be found."""
P95_OF_ALL = "p95 of all"
ONE: Mapping[str, Metric] = {
    "p50 of one endpoint": (SLOWED, "p50"),
    "p95 of one endpoint": (SLOWED, "p95"),
}
OF_ALL: Mapping[str, Metric] = {
    "p50 of all": (ALL, "p50"),
    P95_OF_ALL: (ALL, "p95"),
    "p99 of all": (ALL, "p99"),
    "requests per second of all": (ALL, FEWER),
}

_EACH = ONE | OF_ALL
_RAISED = ("p95 of one endpoint", P95_OF_ALL, "requests per second of all")


def measure() -> dict[str, Any]:
    """Return all figures."""
    usual = [Weather(STRENGTHS[0], noise) for noise in NOISES]
    return {
        "spread": [_spread(one) for one in usual],
        "alarms": [_alarms(Weather(strength, NOISES[-1])) for strength in STRENGTHS],
        "found": [_found(Weather(STRENGTHS[0], noise), design) for noise, design in _CLOSE],
        "smallest": [_smallest(one) for one in usual[1:]],
    }


def _spread(weather: Weather) -> dict[str, Any]:
    found = figures.spread(weather, list(_EACH.values()))
    return {"noise": weather.run_noise, "of": {name: found[one] for name, one in _EACH.items()}}


def _alarms(weather: Weather) -> dict[str, Any]:
    _say(f"alarms, {weather.dependence}")
    found = figures.alarms(weather, COMPARED, PAIRS)
    return {
        **{"dependence": weather.dependence, "noise": weather.run_noise, "pairs": PAIRS},
        "said": {str(design): one.said for design, one in found.items()},
        "overall": {str(design): dict(one.overall) for design, one in found.items()},
    }


def _found(weather: Weather, design: Design) -> dict[str, Any]:
    """Return what is said of builds that differ by twice the margin, and of one that doesn't."""
    _say(f"found, {design}, {weather.run_noise:.0%}")

    def told(of: Build, metrics: Mapping[str, Metric]) -> dict[str, Any]:
        found = figures.told(weather, design, of, list(metrics.values()), pairs=POWER_PAIRS)
        return _told(found, metrics)

    return {
        **{"noise": weather.run_noise, "design": str(design), "pairs": POWER_PAIRS},
        "one": told(build(all_slower=False, by=RISE), ONE),
        "all": told(build(all_slower=True, by=RISE), OF_ALL),
        "alike": told(BASE, _EACH),
    }


def _told(found: Told, metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {
        "worse": {name: found.worse[one] for name, one in metrics.items()},
        "same": {name: found.same[one] for name, one in metrics.items()},
        "overall": dict(found.overall),
    }


def _smallest(weather: Weather) -> dict[str, Any]:
    _say(f"smallest, {weather.run_noise:.0%}")
    metrics = {name: _EACH[name] for name in _RAISED}
    least = figures.smallest(weather, SIDES, list(metrics.values()), SMALLEST_PAIRS)
    return {
        "noise": weather.run_noise,
        "least": {
            name: {str(design): rise for design, rise in least[one].items()}
            for name, one in metrics.items()
        },
    }


def _say(text: str) -> None:
    print(f"  {text} …", flush=True)  # noqa: T201 - progress is for the terminal


def missed(found: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    return [*_alarms_missed(found), *_power_missed(found), *_same_missed(found)]


def _alarms_missed(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["alarms"]:
        for design, number in one["said"].items():
            if number / one["pairs"] > MOST_ALARMS:
                part = share(number / one["pairs"])
                yield f"{design} says worse or better of {part} of equal pairs"


def _power_missed(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["found"]:
        if (one["noise"], one["design"]) != (_SURE, str(_PROMISED)):
            continue
        power = one["all"]["worse"][P95_OF_ALL] / one["pairs"]
        if power < LEAST_POWER:
            yield f"+{RISE:.0%} of {P95_OF_ALL} is found in {share(power)} of pairs"


def _same_missed(found: Mapping[str, Any]) -> Iterator[str]:
    for one in found["found"]:
        for told in (one["one"], one["all"]):
            for name, number in told["same"].items():
                if number:
                    yield (
                        f"{one['design']} says {Answer.SAME} of {name} in {number} pairs that "
                        "differ by twice the margin"
                    )


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from simulation_told.lines(found)


def about() -> str:
    """Return what the simulated runs are."""
    return simulation_told.about()
