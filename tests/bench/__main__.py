"""Run every measurement and write its figures with the machine's description.

Each runs in a process of its own, so that none inherits another's memory or patches.
"""

import json
import subprocess
import sys
from datetime import UTC, datetime
from importlib import import_module

from tests.bench.machine import ROOT, commit, machine

RESULTS = ROOT / "bench" / "results"
MODULES = (
    "request_event",
    "raw_requests",
    "saturated_worker",
    "loop_lag",
    "bytes_sent",
    "merged_percentiles",
    "store",
    "panels",
)
BUDGETS = {
    "request_event.ours_over_locust": 0.45,
    "raw_requests.everything_us": 3.0,
    "saturated_worker.with_over_without": 1.03,
    "loop_lag.added_p99_ms_store_up": 2.0,
    "loop_lag.added_p99_ms_store_down": 2.0,
    "bytes_sent.per_request": 15.0,
    "percentiles.lognormal_worst_error_percent": 2.0,
    "percentiles.bimodal_worst_error_percent": 2.0,
    "percentiles.heavy_tailed_worst_error_percent": 2.0,
    "store.slowest_query_s": 1.0,
    "panels.slowest_hour_s": 1.0,
    "panels.slowest_day_s": 3.0,
    "panels.slowest_hour_board_s": 5.0,
}
"""The most that each figure may be, where one is promised."""


def _run(name: str) -> dict[str, float | str]:
    print(f"{name} …", flush=True)  # noqa: T201 - progress is for the terminal
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--one", name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=True,
    )
    figures: dict[str, float | str] = json.loads(done.stdout.splitlines()[-1])
    for figure, value in figures.items():
        print(f"  {figure} = {value}{_against_budget(figure, value)}")  # noqa: T201
    return figures


def _against_budget(figure: str, value: float | str) -> str:
    budget = BUDGETS.get(figure)
    if budget is None or isinstance(value, str):
        return ""
    return f"  ({'within' if value <= budget else 'OVER'} the budget of {budget})"


def main(names: list[str]) -> int:
    """Measure, write the result, and return 1 when a budget was missed or a measurement failed."""
    result = {"commit": commit(), "at": datetime.now(UTC).isoformat(timespec="seconds")}
    document: dict[str, object] = {**result, "machine": machine()}
    figures: dict[str, float | str] = {}
    failed = []
    for name in names:
        try:
            figures |= _run(name)
        except subprocess.CalledProcessError as error:
            # What others measured took minutes, too.
            failed.append(name)
            print(f"  {name} failed ({error.returncode}): it has no figures")  # noqa: T201
    document["figures"] = figures
    document["failed"] = failed
    document["budgets"] = BUDGETS
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{result['commit'].rstrip('+')}.json"
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    print(f"Written to {path.relative_to(ROOT)}")  # noqa: T201
    missed = [f for f, v in figures.items() if "OVER" in _against_budget(f, v)]
    return 1 if missed or failed else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(import_module(f"tests.bench.{sys.argv[2]}").measure()))  # noqa: T201
    else:
        sys.exit(main(sys.argv[1:] or list(MODULES)))
