"""How often endpoints are called gone, or nearly so, by chance, and how often where they are.

Only how many requests there are counts here: nothing but that is drawn.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np

from swarmscope.comparison.missed import missed as missed_of
from swarmscope.comparison.numbers import Numbers
from swarmscope.recording.tally import Tally
from tests.bench.verdicts.figures import Design, each_pair
from tests.bench.verdicts.simulated import SECONDS, generator, key_of
from tests.bench.verdicts.words import rows, share

PAIRS = 4_000
FALLS = 500
MOST = 0.01
"""Comparisons in which any may be called so by chance, where each request comes by itself."""
LEAST = 0.98
"""Of the falls to nothing of an endpoint with the more requests."""
DESIGNS = (Design(1, 1), Design(1, 1, 6), Design(3, 1), Design(10, 1), Design(10, 3))
KINDS = ((10, 1), (100, 1), (10, 5))
"""How many endpoints, and how many of their requests come at a time."""
RANGE = (5, 100)
"""Requests of a run: of the rarest endpoint, and of the most frequent one."""
FALLEN_FROM = (20, 70)
_SMALL = 10
PARTS = (0.0, 0.06, 0.25)
"""What is left of them."""


def measure() -> dict[str, Any]:
    """Return all figures."""
    return {
        "pairs": PAIRS,
        "alarms": {
            f"{endpoints}, {burst}": {
                str(design): sum(each_pair(partial(alarmed, design, endpoints, burst), PAIRS))
                for design in DESIGNS
            }
            for endpoints, burst in KINDS
        },
        "falls": FALLS,
        "found": {
            f"{many}, {part}": {
                str(design): sum(each_pair(partial(found, design, many, part), FALLS))
                for design in DESIGNS
            }
            for many in FALLEN_FROM
            for part in PARTS
        },
    }


def alarmed(design: Design, endpoints: int, burst: int, pair: int) -> bool:
    """Tell whether any is called so in a *pair* of one build, whose requests come in a *burst*."""
    chance = generator(5, endpoints, burst, pair)
    means = np.geomspace(*RANGE, endpoints) / burst

    def runs(many: int) -> list[Numbers]:
        return [_run(burst * chance.poisson(means)) for _ in range(many)]

    return bool(missed_of(runs(design.base), runs(design.new), runs(design.earlier)))


def found(design: Design, many: int, part: float, pair: int) -> bool:
    """Tell whether one of ten endpoints is, of which such a *part* of *many* requests is left."""
    chance = generator(6, many, round(100 * part), pair)
    before = np.full(_SMALL, float(many))
    after = before.copy()
    after[0] *= part
    base, new, earlier = (
        [_run(chance.poisson(means)) for _ in range(runs)]
        for means, runs in ((before, design.base), (after, design.new), (before, design.earlier))
    )
    return key_of("/0") in {one.endpoint for one in missed_of(base, new, earlier)}


def _run(counts: "np.ndarray[tuple[int], np.dtype[np.int64]]") -> Numbers:
    tallies = {}
    for i, count in enumerate(counts):
        if count:
            tallies[key_of(f"/{i}")] = tally = Tally()
            tally.count = int(count)
    return Numbers("simulated", SECONDS, tallies)


def missed(figures: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    broken = []
    for name, designs in figures["alarms"].items():
        endpoints, burst = name.split(", ")
        for design, many in designs.items():
            if burst == "1" and many / figures["pairs"] > MOST:
                part = share(many / figures["pairs"])
                broken.append(f"{design} misses one of {endpoints} endpoints by chance in {part}")
    for design, many in figures["found"][f"{FALLEN_FROM[-1]}, {PARTS[0]}"].items():
        if many / figures["falls"] < LEAST:
            part = share(many / figures["falls"])
            broken.append(f"{design} finds {part} of the endpoints that are gone")
    return broken


def about() -> str:
    """Return what is drawn."""
    low, high = RANGE
    return (
        "Where an endpoint is asked less than half as often as in the base, and chance hardly does "
        "that, the comparison is *can't tell* ([decision 034](decisions/034-comparing-runs.md)). "
        f"Drawn are numbers of requests alone, of endpoints that have {low} to {high} in a run."
    )


def told(figures: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield (
        f"### Called so by chance\n\nOf {figures['pairs']:,} comparisons of runs of one build "
        "those in which any endpoint is. Where requests come by themselves at most 1% may. Where "
        "they come five at a time, since one task makes as many, it is more: how widely they "
        "scatter is known from runs of the base and earlier ones, the better the more there are.\n"
    )
    names = list(figures["alarms"])
    yield from rows(("runs", *map(_kind, names)), _cells(figures["alarms"], figures["pairs"]))
    yield (
        f"\n### Found\n\nOf {figures['falls']:,} comparisons in which one of {_SMALL} "
        "endpoints has a part of its requests left those that name it:\n"
    )
    falls = [name.split(", ") for name in figures["found"]]
    heads = [f"{many} → {float(many) * float(part):.0f}" for many, part in falls]
    yield from rows(("runs", *heads), _cells(figures["found"], figures["falls"]))


def _kind(name: str) -> str:
    endpoints, burst = name.split(", ")
    return f"{endpoints} endpoints{'' if burst == '1' else f', {burst} at a time'}"


def _cells(columns: Mapping[str, Mapping[str, int]], pairs: int) -> Iterator[tuple[str, ...]]:
    for design in map(str, DESIGNS):
        yield (design, *(_share(column[design] / pairs) for column in columns.values()))


def _share(part: float) -> str:
    return f"{100 * part:.2f} %" if 0 < part < 0.01 else share(part)
