"""Each figure of simulated runs that the page claims something of, and how the page tells it."""

from collections.abc import Iterator, Mapping
from math import log, sqrt
from statistics import NormalDist
from typing import Any

from tests.bench.verdicts import figures
from tests.bench.verdicts.figures import Design
from tests.bench.verdicts.simulated import ENDPOINTS, SECONDS, Weather
from tests.bench.verdicts.words import rows, share

PAIRS = 1_000
POWER_PAIRS = 500
SMALLEST_PAIRS = 100
MARGIN = 0.05
MOST_ALARMS = 0.05
LEAST_POWER = 0.9
STRENGTHS = (0.5, 0.9)
"""Of the dependence between seconds: a second has half, or nine tenths, of the one before."""
NOISES = (0.02, 0.04)
COMPARED = (Design(10, 1), Design(10, 3), Design(5, 5), Design(1, 1, 6), Design(3, 3, 6))
SIDES = (
    *(Design(1, 1, 6), Design(3, 3, 6), Design(5, 5), Design(5, 5, 6)),
    *(Design(10, 1), Design(10, 3), Design(10, 10)),
)
_PROMISED = Design(10, 3)
COMPARED_AT_ONCE = 2 * len(ENDPOINTS)
CLOSE = (*((noise, _PROMISED) for noise in (0.01, *NOISES)), (NOISES[0], Design(10, 10)))


def measure() -> dict[str, Any]:
    """Return all figures."""
    usual = [Weather(STRENGTHS[0], noise) for noise in NOISES]
    return {
        "spread": [{"noise": one.run_noise, "p95": figures.spread(one)} for one in usual],
        "alarms": [_alarms(Weather(strength, NOISES[1])) for strength in STRENGTHS],
        "one": [_one(Weather(STRENGTHS[0], noise), design) for noise, design in CLOSE],
        "all": [_all(one) for one in usual],
        "smallest": [_smallest(one) for one in usual],
    }


def _alarms(weather: Weather) -> dict[str, Any]:
    found = figures.alarms(weather, COMPARED, PAIRS)
    by_design = {str(design): number for design, number in found.items()}
    return {"dependence": weather.dependence, "pairs": PAIRS, "alarms": by_design}


def _one(weather: Weather, design: Design) -> dict[str, Any]:
    """Return what is said of one endpoint that differs by twice the margin, and by nothing."""
    _say(f"one, {design}, {weather.run_noise:.0%}")
    apart = figures.told(weather, design, 1 + 2 * MARGIN, PAIRS)
    alike = figures.told(weather, design, 1.0, SMALLEST_PAIRS)
    return {
        **{"noise": weather.run_noise, "design": str(design), "pairs": PAIRS},
        **{"worse": apart.worse, "same": apart.same, "alike": alike.same / SMALLEST_PAIRS},
    }


def _all(weather: Weather) -> dict[str, Any]:
    _say(f"all, {weather.run_noise:.0%}")
    told = figures.told(weather, _PROMISED, 1 + 2 * MARGIN, POWER_PAIRS, all_slower=True)
    return {"noise": weather.run_noise, "pairs": POWER_PAIRS, "worse": told.worse}


def _smallest(weather: Weather) -> dict[str, Any]:
    _say(f"smallest, {weather.run_noise:.0%}")
    least = figures.smallest(weather, SIDES, SMALLEST_PAIRS)
    rise = least[_PROMISED] or 1.0
    # Of runs that are simulated so much slower, as a witness of what was multiplied.
    again = figures.told(weather, _PROMISED, 1 + rise, SMALLEST_PAIRS)
    return {
        "noise": weather.run_noise,
        "least": {str(design): found for design, found in least.items()},
        "again": again.worse / SMALLEST_PAIRS,
    }


def _say(text: str) -> None:
    print(f"  {text} …", flush=True)  # noqa: T201 - progress is for the terminal


def missed(found: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    promised = next(
        one for one in found["one"] if one["noise"] == NOISES[0] and one["design"] == str(_PROMISED)
    )
    power = promised["worse"] / promised["pairs"]
    weak = [f"+{2 * MARGIN:.0%} is found in {share(power)} of pairs"]
    return [
        *(
            f"{design} says worse or better of {share(number / one['pairs'])} of equal pairs"
            for one in found["alarms"]
            for design, number in one["alarms"].items()
            if number / one["pairs"] > MOST_ALARMS
        ),
        *(weak if power < LEAST_POWER else []),
        *(
            f"{one['design']} says same of {one['same']} pairs that differ by twice the margin"
            for one in found["one"]
            if one["same"]
        ),
    ]


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from _of_alarms(found)
    yield from _of_rises(found)
    yield from _of_smallest(found)


def _of_alarms(found: Mapping[str, Any]) -> Iterator[str]:
    yield "### False alarms"
    yield (
        f"\nPairs of one build, {PAIRS:,} for each cell: in how many of them is anything said "
        f"*worse* or *better*, of any endpoint? Run-to-run noise is {NOISES[1]:.0%}; at most "
        f"{MOST_ALARMS:.0%} may be.\n"
    )
    first, *_ = found["alarms"]
    yield from rows(
        ("runs", *(f"a second has {one['dependence']:.0%} of the last" for one in found["alarms"])),
        (
            (design, *(share(one["alarms"][design] / one["pairs"]) for one in found["alarms"]))
            for design in first["alarms"]
        ),
    )


def _of_rises(found: Mapping[str, Any]) -> Iterator[str]:
    yield "\n### What is found, and what is called the same\n"
    yield (
        f"The p95 of one endpoint of {len(ENDPOINTS)} rises by {2 * MARGIN:.0%}, twice the margin, "
        f"in {PAIRS:,} pairs. It shall be said *worse*, and never *same*. Of endpoints that don't "
        f"differ ({SMALLEST_PAIRS} pairs) those are called *same* of which it could be shown.\n"
    )
    yield from rows(
        (
            *("runs", "run-to-run noise", f"+{2 * MARGIN:.0%} is found", "called same"),
            "no difference is called same",
        ),
        (
            (
                *(one["design"], f"{one['noise']:.0%}", share(one["worse"] / one["pairs"])),
                *(str(one["same"]), share(one["alike"])),
            )
            for one in found["one"]
        ),
    )
    yield (
        "\nBeside the run-to-run noise p95 has that of its requests. "
        f"{'. '.join(_together(noise, found) for noise in NOISES)}.\n"
    )


def _of_smallest(found: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "The smallest rise of one endpoint's p95 that is found in 80 % of "
        f"{SMALLEST_PAIRS} pairs:\n"
    )
    yield from rows(
        ("runs", *(f"{one['noise']:.0%} noise" for one in found["smallest"])),
        (
            (str(design), *(_rise(one["least"][str(design)]) for one in found["smallest"]))
            for design in SIDES
        ),
    )
    again = " and ".join(share(one["again"]) for one in found["smallest"])
    yield (f"\nOf other pairs, simulated with the rise that {_PROMISED} finds, {again} are found.")


def _together(noise: float, found: Mapping[str, Any]) -> str:
    spreads = next(one["p95"] for one in found["spread"] if one["noise"] == noise)
    every = next(one for one in found["all"] if one["noise"] == noise)
    among, alone = (share(_at_best(spreads, many)) for many in (COMPARED_AT_ONCE, 1))
    return (
        f"At {noise:.0%} it varies by {share(spreads[figures.SLOWED])} in all. A test that knew "
        f"this beforehand would find {among} from {_PROMISED} among {COMPARED_AT_ONCE} that are "
        f"compared, and {alone} of one that is compared alone. Where every endpoint is slower, "
        f"{share(every['worse'] / every['pairs'])} of {every['pairs']} pairs are found"
    )


def _at_best(spreads: Mapping[str, float], compared: int) -> float:
    """Return the power of a test that needn't learn how runs scatter, if they do so normally.

    Its level is Bonferroni's for so many that are *compared* at once.
    """
    error = spreads[figures.SLOWED] * sqrt(1 / _PROMISED.base + 1 / _PROMISED.new)
    least = NormalDist().inv_cdf(1 - MOST_ALARMS / compared / 2)
    return 1 - NormalDist(log(1 + 2 * MARGIN) / error).cdf(least)


def _rise(least: float | None) -> str:
    return f"+{100 * least:.0f} %" if least is not None else "none below +100 %"


def about() -> str:
    """Return what the simulated runs are."""
    rates = ", ".join(f"{one.rate:.0f}/s at {one.median_ms:.0f} ms" for one in ENDPOINTS.values())
    return (
        f"Runs of {SECONDS} s with {len(ENDPOINTS)} endpoints ({rates}). Response times are "
        "lognormal, one in a hundred has a factor of Pareto's (index 1.5). Seconds depend on those "
        "before, runs have an offset, half of it common to all endpoints, with the tails of "
        "Student's t of 4 degrees. Three endpoints fail now and then, at a rate that differs from "
        "run to run by half. They are folded into the recorder's own histogram, and p95 read from "
        f"that. Compared are p95 and failures of each endpoint: {COMPARED_AT_ONCE} at once."
    )
