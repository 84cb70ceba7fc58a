"""The figures of simulated runs as the page has them."""

from collections.abc import Iterator, Mapping
from math import log, sqrt
from statistics import NormalDist
from typing import Any

from swarmscope.comparison.compared import Overall
from tests.bench.verdicts.simulated import ENDPOINTS, SECONDS
from tests.bench.verdicts.words import rows, share

DECIDING = 4
"""Compared at once of all endpoints together: p50, p95, requests per second and failures."""
BESIDE = 1 + 3 * len(ENDPOINTS)
"""Beside them: p99 of all, and of each endpoint p50, p95 and failures."""
_RISK = 0.025
"""Half of what may be wrong, for each of the two."""
_DECIDE = ("p50 of all", "p95 of all", "requests per second of all")
_GREEN = (Overall.SAME, Overall.BETTER, Overall.NO_DIFFERENCE)


def about() -> str:
    """Return what the simulated runs are."""
    rates = ", ".join(f"{one.rate:.0f}/s at {one.median_ms:.0f} ms" for one in ENDPOINTS.values())
    return (
        f"Runs of {SECONDS} s with {len(ENDPOINTS)} endpoints ({rates}). Response times are "
        "lognormal, one in a hundred has a factor of Pareto's (index 1.5). Seconds depend on those "
        "before. A run has an offset, *its noise*: half of its variance is common to all "
        "endpoints, with the tails of Student's t of 4 degrees, and as many times as long as a run "
        "takes, so many times fewer requests it has. Three endpoints fail now and then, at a rate "
        "that differs from run to run by half. They are folded into the recorder's own histogram, "
        "and compared by the function that `swarmscope compare` calls, with what it has by "
        f"default: {DECIDING} metrics that decide (p50, p95, requests per second and failures of "
        f"all endpoints together) at 97.5 %, and {BESIDE} beside them (p99 of all; p50, p95 and "
        "failures of each endpoint) at 97.5 %, of which each that is *worse* counts as well."
    )


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield from _of_alarms(found["alarms"])
    yield from _of_rises(found)
    yield from _of_answers(found["found"])
    yield from _of_smallest(found["smallest"])


def _of_alarms(alarms: list[Mapping[str, Any]]) -> Iterator[str]:
    first, *_ = alarms
    yield "### False alarms"
    yield (
        f"\nPairs of one build, {first['pairs']:,} for each cell, at a noise of "
        f"{first['noise']:.0%}: in how many of them is anything said *worse* or *better*, of "
        "anything that is compared? At most 5% may be.\n"
    )
    yield from rows(
        ("runs", *(f"a second has {one['dependence']:.0%} of the last" for one in alarms)),
        (
            (design, *(share(one["said"][design] / one["pairs"]) for one in alarms))
            for design in first["said"]
        ),
    )


def _of_rises(found: Mapping[str, Any]) -> Iterator[str]:
    yield "\n### What is found, and what is called the same\n"
    pairs = found["found"][0]["pairs"]
    yield (
        f"One endpoint takes 10% longer, twice the margin, or all of them do and as many times "
        f"fewer requests come ({pairs} pairs each). Each metric shall be said *worse*, and never "
        "*same*. *Varies by* is the standard deviation of that metric between runs of one build, "
        "with the chance of its requests in it; *at best* is what a test would find that knew it "
        f"beforehand. *Equal, called same*: of {pairs} pairs that don't differ those of which it "
        "could be shown. How far real runs lie apart is [below](#real-runs).\n"
    )
    head = ("runs", "noise", "metric", "varies by", "+10% is found", "at best", "called same")
    spreads = {one["noise"]: one["of"] for one in found["spread"]}
    yield from rows(
        (*head, "equal, called same"),
        (row for one in found["found"] for row in _metrics(one, spreads[one["noise"]])),
    )


def _metrics(one: Mapping[str, Any], spreads: Mapping[str, float]) -> Iterator[tuple[str, ...]]:
    base, _, new = one["design"].split()
    for told in (one["all"], one["one"]):
        for name, worse in told["worse"].items():
            compared = DECIDING if name in _DECIDE else BESIDE
            best = _at_best(spreads[name], int(base), int(new), compared)
            yield (
                *(one["design"], f"{one['noise']:.0%}", name, share(spreads[name])),
                *(share(worse / one["pairs"]), share(best), str(told["same"][name])),
                share(one["alike"]["same"][name] / one["pairs"]),
            )


def _at_best(spread: float, base: int, new: int, compared: int) -> float:
    """Return the power of a test that needn't learn how runs scatter, if they do so normally.

    Its level is Bonferroni's for so many that are *compared* at once.
    """
    error = spread * sqrt(1 / base + 1 / new)
    least = NormalDist().inv_cdf(1 - _RISK / compared / 2)
    return 1 - NormalDist(log(1.1) / error).cdf(least)


def _of_answers(found: list[Mapping[str, Any]]) -> Iterator[str]:
    yield (
        "\nAnd how the command ends then, which anything that is worse decides. Where nothing "
        "differs and nobody can tell it is failures, as a rule: so many more than in the runs "
        "before that they may be a burst.\n"
    )
    kinds = {"alike": "nothing", "one": "one endpoint, +10%", "all": "all endpoints, +10%"}
    yield from rows(
        ("runs", "noise", "what differs", "worse (1)", "no worse (0)", "can't tell (5)"),
        (
            (one["design"], f"{one['noise']:.0%}", words, *_ends(one[kind]["overall"]))
            for one in found
            for kind, words in kinds.items()
        ),
    )


def _ends(overall: Mapping[str, int]) -> Iterator[str]:
    for answers in ((Overall.WORSE,), _GREEN, (Overall.UNKNOWN,)):
        yield share(sum(overall.get(one, 0) for one in answers) / sum(overall.values()))


def _of_smallest(smallest: list[Mapping[str, Any]]) -> Iterator[str]:
    yield (
        "\nThe smallest rise of one metric alone that is found in 80 % of 100 pairs; of requests "
        "per second, as many times fewer. A rank test of five against five can't be as sure as "
        "that takes, whatever it sees: without earlier runs it takes six of each side of what "
        "decides, and seven of four endpoints.\n"
    )
    names = list(smallest[0]["least"])
    yield from rows(
        ("runs", *(f"{name}, {one['noise']:.0%} noise" for name in names for one in smallest)),
        (
            (design, *(_rise(one["least"][name][design]) for name in names for one in smallest))
            for design in smallest[0]["least"][names[0]]
        ),
    )


def _rise(least: float | None) -> str:
    return f"+{100 * least:.0f} %" if least is not None else "none below +100 %"
