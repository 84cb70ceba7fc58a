"""Duets of the demo's shop, in turns with what one would do without: two runs one after the other.

Two shops run side by side on this machine. Which is A changes nothing: what differs between them is
an error of the way to compare. Then B gets a fault of a known size.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from math import exp, log, sqrt
from pathlib import Path
from statistics import fmean
from tempfile import TemporaryDirectory
from typing import Any

from swarmscope.demo.faults.switching import OFF, switch
from swarmscope.gate.metrics import Counted, Metric, Percentile, Unit
from swarmscope.gate.source import course_of
from swarmscope.gate.stretches import summed
from swarmscope.gate.values import value_of
from swarmscope.recording.tally import Tally
from swarmscope.runs.audit import audit_when_settled
from swarmscope.store.http_reader import HttpReader
from tests.bench.processes import LISTENER, ROOT, locust, process, store
from tests.bench.verdicts.words import rows, share
from tests.fixtures.shops import open_shop

SECONDS = 60
USERS = 20
ROUNDS = 6
SLOWED = 3
"""Duets with a slower B."""
FAULT = "linear:3"
"""Three milliseconds of a processor's time for each request."""
METRICS: Mapping[str, Metric] = {
    "p50": Percentile(50),
    "p95": Percentile(95),
    "avg": Counted("avg", Unit.TIME),
}
_SHOP = ROOT / "locust" / "locustfiles" / "shop.py"
# Buyers log in: their tokens are one shop's.
_WHO = ("--tags", "browse", "search")
_LOAD = (*_WHO, "--steps", "1")
_SETTLING_S = 20.0


def measure() -> dict[str, Any]:
    """Return what each duet and each pair of runs said."""
    duets, runs, slowed = [], [], []
    with TemporaryDirectory(prefix="duets-") as name, _shops(Path(name)) as (a, b, url):
        for number in range(ROUNDS):
            _say(f"round {number + 1} of {ROUNDS}")
            duets.append(_duet(a, b, url))
            runs.append({side: _run(host, url) for side, host in (("a", a), ("b", b))})
        switch(b, FAULT)
        for number in range(SLOWED):
            _say(f"slower {number + 1} of {SLOWED}")
            slowed.append(_duet(a, b, url))
        slow = {side: _run(host, url) for side, host in (("a", a), ("b", b))}
        switch(b, OFF)
    return {"duets": duets, "runs": runs, "slowed": slowed, "slow_runs": slow}


def _say(line: str) -> None:
    print(f"{line} …", flush=True)  # noqa: T201 - progress is for the terminal


@contextmanager
def _shops(folder: Path) -> Iterator[tuple[str, str, str]]:
    for name in "ab":
        (folder / name).mkdir()
    with (
        store(folder / "data") as url,
        open_shop(folder / "a", "--faults") as a,
        open_shop(folder / "b", "--faults") as b,
    ):
        yield a, b, url


def _duet(a: str, b: str, url: str) -> dict[str, Any]:
    """Return what the command itself answers, of all requests together."""
    asked = ("-f", str(_SHOP), "--a", a, "--b", b, "--users", str(USERS))
    more = ("--run-time", str(SECONDS), "--locust", " ".join(_LOAD), "--margin", "1%")
    with TemporaryDirectory(prefix="duet-") as folder:
        command = (sys.executable, "-c", "from swarmscope.cli import main; main()", "duet")
        done = subprocess.run(
            [*command, *asked, *more, "--no-generators", "--url", url, "--json"],
            env={**os.environ, "SWARMSCOPE_SPOOL_DIR": f"{folder}/spool"},
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=SECONDS + 120,
            check=False,
        )
    if done.returncode not in {0, 1, 5}:
        raise RuntimeError(f"The duet ended with {done.returncode}: {done.stderr}")
    answer: dict[str, Any] = json.loads(done.stdout)
    of_all = [one for one in answer["compared"] if one["endpoint"] is None]
    return {"answer": answer["answer"], "compared": of_all}


def _run(host: str, url: str) -> dict[str, float]:
    """Return what a run of half the time says of one shop: two take as long as a duet."""
    with TemporaryDirectory(prefix="run-") as folder:
        run = Path(folder).name
        env = {
            "INFLUXDB_V2_URL": url,
            "SWARMSCOPE_RUN_ID": run,
            "SWARMSCOPE_SPOOL_DIR": f"{folder}/spool",
        }
        load = ("-u", str(USERS), "-r", str(USERS), "-t", f"{SECONDS // 2}s", *_LOAD)
        asked = (*locust(_SHOP, LISTENER), "--headless", "--host", host, *load)
        with process(*asked, "--exit-code-on-error", "0", env=env) as started:
            started.wait(timeout=SECONDS + 120)
    with HttpReader(url) as reader:
        audited = audit_when_settled(reader, run, _SETTLING_S)
        course = course_of(reader, run, audited.began, endpoints=False)
    return _values(summed(window.tally for window in course.together))


def _values(tally: Tally) -> dict[str, float]:
    return {name: value_of(metric, tally, 1) or 0.0 for name, metric in METRICS.items()}


def of_all(duet: Mapping[str, Any], metric: str) -> Mapping[str, Any]:
    """Return what a duet said of all requests together."""
    return next(
        one for one in duet["compared"] if one["endpoint"] is None and one["metric"] == metric
    )


def errors(found: Mapping[str, Any], metric: str) -> dict[str, list[float]]:
    """Return the logarithms of B/A of equal shops, by the duets and by pairs of runs."""
    return {
        "duet": [log(of_all(one, metric)["ratio"]) for one in found["duets"]],
        "runs": [log(one["b"][metric] / one["a"][metric]) for one in found["runs"]],
    }


def missed(figures: Mapping[str, Any]) -> list[str]:
    """Return each claim that the figures don't keep."""
    worse = sum(one["answer"] == "worse" for one in figures["duets"])
    return [f"{worse} duets of one shop with its like say worse"] if worse else []


def about() -> str:
    """Return what is shown."""
    return "What a duet is for: what hits the machine meanwhile hits both sides of it."


def told(played: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of the page."""
    yield (
        f"Two equal shops of the demo on this machine, {USERS} users, {len(played['duets'])} "
        f"rounds: a duet of {SECONDS} s, and a run of {SECONDS // 2} s against each, as "
        "long together. By how much B/A is off, in the mean (root mean square), and what would "
        "have to differ until it stands out of that (2.8 times as much: 80 % power at 5 %):\n"
    )
    yield from rows(
        ("", "duet is off by", "two runs are off by", "duet finds", "two runs find"),
        (_compared(errors(played, metric), metric) for metric in METRICS),
    )
    answers = [one["answer"] for one in played["duets"]]
    yield f"\nOf the {len(answers)} duets of equal shops {_counted(answers)}.\n"
    slowed = [one["answer"] for one in played["slowed"]]
    p50 = [of_all(one, "p50")["ratio"] for one in played["slowed"]]
    yield (
        f"With a B that computes 3 ms longer for each request ({FAULT}) {_counted(slowed)}; "
        f"p50 was {', '.join(f'{ratio:.2f}' for ratio in p50)} times A's."
    )


def _compared(off: Mapping[str, Sequence[float]], metric: str) -> tuple[str, ...]:
    means = {way: sqrt(fmean(one**2 for one in some)) for way, some in off.items()}
    duet, runs = (exp(means[way]) - 1 for way in ("duet", "runs"))
    least = [exp(2.8 * means[way]) - 1 for way in ("duet", "runs")]
    return metric, share(duet), share(runs), *(f"+{one:.0%}" for one in least)


def _counted(answers: Sequence[str]) -> str:
    kinds = sorted(set(answers))
    return ", ".join(f"{answers.count(kind)} said *{kind}*" for kind in kinds)
