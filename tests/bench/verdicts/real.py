"""Runs of the demo's shop, one after the other, and what comparisons of them come to.

Nothing of the shop changes between them: whatever is said worse or better is a false alarm.
"""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from statistics import median, stdev
from tempfile import TemporaryDirectory
from typing import Any

from swarmscope.gate.metrics import Percentile
from swarmscope.gate.source import course_of
from swarmscope.gate.stretches import summed
from swarmscope.gate.values import needed, value_of
from swarmscope.inference.comparison import CountSample, Difference, Sample, compare
from swarmscope.runs.audit import Verdict, audit_when_settled
from swarmscope.store.http_reader import HttpReader
from tests.bench.processes import LISTENER, ROOT, locust, process, store
from tests.bench.verdicts.figures import ALARMS, Design
from tests.bench.verdicts.words import rows, share
from tests.fixtures.shops import open_shop

RUNS = 20
SECONDS = 60
USERS = 20
"""So many that neither the shop nor Locust is busy."""
DESIGNS = (Design(10, 1), Design(5, 5), Design(1, 1, 8))
_SHOP = ROOT / "locust" / "locustfiles" / "shop.py"
_P95 = Percentile(95)
_SETTLING_S = 10.0
_STARTING_S = 60
_RUN = "verdicts"

Run = Mapping[str, Mapping[str, float]]
"""Endpoint to its p95 in ms, its failures and its requests."""


def measure(runs: int = RUNS, seconds: int = SECONDS) -> dict[str, Any]:
    """Return the readings of so many runs, and what comparing them comes to."""
    found = []
    for number in range(runs):
        print(f"run {number + 1} of {runs} …", flush=True)  # noqa: T201 - progress is for the terminal
        with TemporaryDirectory(prefix="verdicts-") as folder:
            found.append(_run(Path(folder), seconds))
    return {"runs": found, "seconds": seconds, "users": USERS, **judged(found)}


def judged(runs: Sequence[Run]) -> dict[str, Any]:
    """Return how many comparisons there are in *runs*, which of them are alarms, and the noise."""
    compared: dict[str, int] = {}
    alarms: list[dict[str, Any]] = []
    for design in DESIGNS:
        pairs = [_difference(*sides) for sides in _pairs(design, runs)]
        compared[str(design)] = len(pairs)
        alarms += [
            {"design": str(design), "pair": number, "of": key, "ratio": one.ratio}
            for number, pair in enumerate(pairs)
            for key, one in pair.items()
            if one.answer in ALARMS
        ]
    noise = {
        name: stdev(log(run[name]["p95_ms"]) for run in runs)
        for name in _common(runs)
        if all(run[name]["requests"] >= needed(_P95) for run in runs)
    }
    return {"compared": compared, "alarms": alarms, "noise": noise}


def _pairs(
    design: Design, runs: Sequence[Run]
) -> Iterator[tuple[Sequence[Run], Sequence[Run], Sequence[Run]]]:
    """Yield what *design* compares: the base first, as in a history; each new run is new once."""
    before = design.base + design.earlier
    for end in range(before + design.new, len(runs) + 1, design.new):
        new = runs[end - design.new : end]
        base = runs[end - design.new - design.base : end - design.new]
        yield base, new, runs[end - design.new - before : end - design.new - design.base]


def _difference(
    base: Sequence[Run], new: Sequence[Run], earlier: Sequence[Run]
) -> dict[str, Difference]:
    samples: dict[str, Sample | CountSample] = {}
    for name in _common([*base, *new, *earlier]):
        sides = [[run[name] for run in side] for side in (base, new, earlier)]
        counts = (
            tuple((int(one["failures"]), int(one["requests"])) for one in side) for side in sides
        )
        samples[f"failures of {name}"] = CountSample(*counts)
        if all(one["requests"] >= needed(_P95) for side in sides for one in side):
            samples[f"p95 of {name}"] = Sample(
                *(tuple(one["p95_ms"] for one in side) for side in sides)
            )
    return compare(samples)


def _common(runs: Sequence[Run]) -> list[str]:
    return sorted(set.intersection(*(set(run) for run in runs)))


def _run(folder: Path, seconds: int) -> Run:
    with store(folder / "data") as url, open_shop(folder) as shop:
        env = {
            "INFLUXDB_V2_URL": url,
            "SWARMSCOPE_RUN_ID": _RUN,
            "SWARMSCOPE_SPOOL_DIR": str(folder / "spool"),
        }
        load = ("-u", str(USERS), "-r", str(USERS), "-t", f"{seconds}s", "--steps", "1")
        asked = (*locust(_SHOP, LISTENER), "--headless", "--host", shop, *load)
        with process(*asked, "--exit-code-on-error", "0", env=env) as started:
            try:
                code = started.wait(timeout=seconds + _STARTING_S)
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"Locust did not end in {seconds + _STARTING_S} s.") from None
        if code:
            raise RuntimeError(f"Locust ended with {code}.")
        return _read(url)


def _read(url: str) -> Run:
    with HttpReader(url) as reader:
        audited = audit_when_settled(reader, _RUN, _SETTLING_S)
        if audited.verdict is not Verdict.COMPLETE:
            raise RuntimeError(f"A run of the demo is {audited.verdict}.")
        course = course_of(reader, _RUN, audited.began, endpoints=True)
    readings = {}
    for (name, method), windows in course.endpoints.items():
        tally = summed(window.tally for window in windows)
        readings[f"{method} {name}"] = {
            "p95_ms": value_of(_P95, tally, seconds=1) or 0.0,
            "failures": float(tally.failures),
            "requests": float(tally.count),
        }
    return readings


def missed(found: Mapping[str, Any]) -> list[str]:
    """Return what the figures don't keep: one false alarm may be."""
    if len(found["alarms"]) <= 1:
        return []
    return [f"{len(found['alarms'])} comparisons of real runs of one build say worse or better"]


def told(found: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield (
        f"{len(found['runs'])} runs of {found['seconds']} s, {found['users']} users at the demo's "
        "shop, embedded store; nothing changes between them. Each run is compared with those "
        "before it by the tests that `swarmscope compare` has, of p95 and failures of each "
        "endpoint alone, all at once at 95 %.\n"
    )
    yield from rows(
        ("runs", "compared", "said worse or better"),
        (
            (
                design,
                str(many),
                str(len({a["pair"] for a in found["alarms"] if a["design"] == design})),
            )
            for design, many in found["compared"].items()
        ),
    )
    yield "\nBetween these runs p95 varies by so much; of few requests most is their chance:\n"
    yield from rows(
        ("endpoint", "requests of a run", "standard deviation"),
        (
            (
                f"`{name}`",
                f"{median(run[name]['requests'] for run in found['runs']):.0f}",
                share(sd),
            )
            for name, sd in found["noise"].items()
        ),
    )
    yield _beside_simulated(found)


def _beside_simulated(found: Mapping[str, Any]) -> str:
    made = [sum(one["requests"] for one in run.values()) for run in found["runs"]]
    least, most = min(found["noise"].values()), max(found["noise"].values())
    return (
        f"\nAll endpoints together have {median(made):,.0f} requests, and their number, which is "
        f"throughput, varies by {share(stdev(map(log, made)))}. What simulated runs vary by is in "
        f"their table: of p95 of one endpoint, which is {share(least)} to {share(most)} here, at "
        "each noise."
    )


def about() -> str:
    """Return what the real runs are."""
    return "What a machine really does between two runs is not simulated."
