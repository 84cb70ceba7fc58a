"""Runs of the demo's shop, one after the other, and what comparisons of them come to.

Nothing of the shop changes between them: whatever is said worse or better is a false alarm.
"""

import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import log
from pathlib import Path
from statistics import median, stdev
from tempfile import TemporaryDirectory
from typing import Any

from swarmscope.comparison.comparing import Wish, compare_numbers
from swarmscope.comparison.numbers import Numbers, numbers_of
from swarmscope.gate.metrics import Percentile
from swarmscope.gate.verdict import endpoint_in_words
from swarmscope.recording.tallies import AGGREGATED
from swarmscope.runs.audit import Verdict, audit_when_settled
from swarmscope.store.http_reader import HttpReader
from swarmscope.words import change
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

Readings = Mapping[str, Mapping[str, float | None]]
"""Endpoint to its p95 in ms, its failures and its requests."""


def measure(runs: int = RUNS, seconds: int = SECONDS) -> dict[str, Any]:
    """Return the readings of so many runs, and what comparing them comes to."""
    found = []
    for number in range(runs):
        print(f"run {number + 1} of {runs} …", flush=True)  # noqa: T201 - progress is for the terminal
        with TemporaryDirectory(prefix="verdicts-") as folder:
            found.append(_run(Path(folder), seconds))
    return {"seconds": seconds, "users": USERS, **judged(found)}


def judged(runs: Sequence[Numbers]) -> dict[str, Any]:
    """Return what *runs* read, how many comparisons they make, and what these come to."""
    compared: dict[str, dict[str, int]] = {}
    alarms: list[dict[str, Any]] = []
    for design in DESIGNS:
        pairs = [compare_numbers(*sides, Wish()) for sides in _pairs(design, runs)]
        compared[str(design)] = Counter(str(pair.overall) for pair in pairs)
        alarms += [
            {
                **{"design": str(design), "pair": number, "ratio": row.difference.ratio},
                "of": f"{row.metric} of {row.where()}",
            }
            for number, pair in enumerate(pairs)
            for row in pair.rows
            if row.difference.answer in ALARMS
        ]
    return {
        "runs": [_readings(run) for run in runs],
        **{"compared": compared, "alarms": alarms, "noise": _noise(runs)},
    }


def _pairs(
    design: Design, runs: Sequence[Numbers]
) -> Iterator[tuple[Sequence[Numbers], Sequence[Numbers], Sequence[Numbers]]]:
    """Yield what *design* compares: the base first, as in a history; each new run is new once."""
    before = design.base + design.earlier
    for end in range(before + design.new, len(runs) + 1, design.new):
        new = runs[end - design.new : end]
        base = runs[end - design.new - design.base : end - design.new]
        yield base, new, runs[end - design.new - before : end - design.new - design.base]


def _readings(run: Numbers) -> Readings:
    return {
        endpoint_in_words(key): {
            "p95_ms": run.value(key, _P95),
            "failures": tally.failures,
            "requests": tally.count,
        }
        for key, tally in sorted(run.tallies.items())
        if key != AGGREGATED
    }


def _noise(runs: Sequence[Numbers]) -> dict[str, float]:
    """Return by how much p95 varies of each endpoint of which all runs know it."""
    endpoints = set.intersection(*(set(run.tallies) for run in runs)) - {AGGREGATED}
    known = {key: [run.value(key, _P95) for run in runs] for key in sorted(endpoints)}
    return {
        endpoint_in_words(key): stdev(log(value) for value in values if value)
        for key, values in known.items()
        if all(values)
    }


def _run(folder: Path, seconds: int) -> Numbers:
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


def _read(url: str) -> Numbers:
    with HttpReader(url) as reader:
        audited = audit_when_settled(reader, _RUN, _SETTLING_S)
        if audited.verdict is not Verdict.COMPLETE:
            raise RuntimeError(f"A run of the demo is {audited.verdict}.")
        return numbers_of(reader, _RUN)


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
        "before it as `swarmscope compare` does, of all that it looks at.\n"
    )
    yield from rows(
        ("runs", "compared", "anything worse or better", "what it came to"),
        (
            (
                design,
                str(sum(answers.values())),
                str(len({a["pair"] for a in found["alarms"] if a["design"] == design})),
                ", ".join(f"{many} times *{answer}*" for answer, many in answers.items()),
            )
            for design, answers in found["compared"].items()
        ),
    )
    yield from (
        f"\nOf {alarm['design']}, {alarm['of']}: {change(alarm['ratio'])}."
        for alarm in found["alarms"]
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
