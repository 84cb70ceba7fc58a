"""What simulated duets find: the figures of the page."""

from collections.abc import Iterator, Mapping
from functools import partial
from math import sqrt
from typing import Any

from swarmscope.inference.distributions import student_quantile
from swarmscope.inference.paired import DEPENDENCE, degrees, widening
from swarmscope.words import count_of
from tests.bench.verdicts.duets_simulated import Scene, alarmed, found
from tests.bench.verdicts.figures import each_pair
from tests.bench.verdicts.words import rows, share

PAIRS = 1_000
POWER_PAIRS = 100
MOST_ALARMS = 0.05
SCENES = {
    "independent seconds": Scene(dependence=0, burst=False),
    "a second has 0.6 of the last": Scene(burst=False),
    "and a burst of 6 s, five times as long, hits both": Scene(),
    "120 s of that": Scene(seconds=120, per_second=5),
}
METRICS = ("p50", "p95")
LENGTHS = (60, 120, 180, 300, 600)
"""In seconds; of a minute each are 1, 3, 5 and 10 runs a side as long, and two."""
STEPS = (0.02, 0.03, 0.04, 0.05, 0.06, 0.08, 0.1, 0.12, 0.15, 0.2, 0.3, 0.4)
BLOCKS = (1, 2, 5, 10, 15, 20)
_POWER = 0.8
_RUN_S = 60


def measure() -> dict[str, Any]:
    """Return all figures."""
    return {
        "alarms": {
            name: sum(each_pair(partial(_alarmed, scene), PAIRS)) for name, scene in SCENES.items()
        },
        "smallest": {str(seconds): _smallest(seconds) for seconds in LENGTHS},
    }


def _alarmed(scene: Scene, pair: int) -> bool:
    return alarmed(pair, scene)


def _found(scene: Scene, slower: float, pair: int) -> frozenset[str]:
    return found(10_000 + pair, scene, slower)


def _smallest(seconds: int) -> dict[str, float | None]:
    """Return by metric the smallest step that is found; None: not even the largest."""
    print(f"  smallest, {seconds} s …", flush=True)  # noqa: T201 - progress is for the terminal
    least: dict[str, float | None] = dict.fromkeys(METRICS)
    for step in STEPS:
        told = each_pair(partial(_found, Scene(seconds=seconds), 1 + step), POWER_PAIRS)
        for metric in METRICS:
            many = sum(metric in one for one in told)
            if least[metric] is None and many >= _POWER * POWER_PAIRS:
                least[metric] = step
        if None not in least.values():
            break
    return least


def width(seconds: int, block: int, dependence: float, tests: int = 4) -> float:
    """Return half the width of an interval of *seconds*, in spreads of one second's difference."""
    blocks = seconds // block
    rho = dependence
    own = block * (1 + rho) / (1 - rho) - 2 * rho * (1 - rho**block) / (1 - rho) ** 2
    t = student_quantile(1 - 0.025 / tests / 2, degrees(blocks, block))
    wide = t * widening(blocks, block)
    return wide * sqrt(own / block**2 / blocks)


def missed(figures: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    return [
        f"{share(many / PAIRS)} of equal duets say worse or better ({name})"
        for name, many in figures["alarms"].items()
        if many / PAIRS > MOST_ALARMS
    ]


def about() -> str:
    """Return what is shown."""
    return (
        "A against B in the same seconds ([decision 037](decisions/037-duet.md)). The margin is "
        "next to nothing here, so that only the interval decides."
    )


def told(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield f"### False alarms\n\n{PAIRS:,} simulated duets of equal sides each, 60 s unless said:\n"
    yield from rows(
        ("where", "worse or better is said of anything"),
        ((name, share(many / PAIRS)) for name, many in figures["alarms"].items()),
    )
    yield "\n### How long a block is\n"
    yield (
        "Half the width of the interval of 60 and 120 s, in spreads of one second's difference, "
        f"where seconds are independent and where each has {DEPENDENCE} of the last. Blocks of "
        "5 s are near the best of each:\n"
    )
    yield from rows(
        ("block", "60 s", "60 s, dependent", "120 s", "120 s, dependent"),
        (
            (
                f"{block} s",
                *(
                    f"{width(seconds, block, rho):.2f}"
                    for seconds in (60, 120)
                    for rho in (0, DEPENDENCE)
                ),
            )
            for block in BLOCKS
            if 60 // block > 2
        ),
    )
    yield "\n### What is found\n"
    yield (
        f"The smallest difference that {_POWER:.0%} of {POWER_PAIRS} simulated duets find, of 40 "
        "requests a second, with a burst and dependent seconds. Runs of 60 s, one side after the "
        "other, take twice as long for as many a side:\n"
    )
    yield from rows(
        ("the duet lasts", "as long as a side of", *METRICS),
        (
            (f"{seconds} s", count_of(int(seconds) // _RUN_S, "run"), *map(_rise, least.values()))
            for seconds, least in figures["smallest"].items()
        ),
    )


def _rise(step: float | None) -> str:
    return f"+{step:.0%}" if step else f"more than +{STEPS[-1]:.0%}"
