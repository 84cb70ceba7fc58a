"""Measure scenarios, keep their figures in bench/results/large, and write docs/scale.md from them.

Each runs in a process of its own, so that none inherits another's memory or patches.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tests.bench.large import scale
from tests.bench.large.catalogue import ROWS, SCENARIOS
from tests.bench.large.timing import since
from tests.bench.machine import ROOT, machine, product_commit


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make large", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="ONLY", help=f"of {', '.join(SCENARIOS)}")
    parser.add_argument("--baseline", help="the commit whose figures stand before the newest")
    parser.add_argument("--smoke", action="store_true", help="small sizes; nothing is kept")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    parser.add_argument("--doc", action="store_true", help="only write docs/scale.md anew")
    given = parser.parse_args()
    unknown = sorted({*given.names, *filter(None, [given.one])} - SCENARIOS.keys())
    if unknown:
        parser.error(f"no scenario {', '.join(unknown)}: there are {', '.join(SCENARIOS)}")
    return given


def _apart(name: str, smoke: bool) -> dict[str, Any] | None:
    """Measure *name* in another process, and say what came out; None if it failed."""
    print(f"{name} …", flush=True)  # noqa: T201 - progress is for the terminal
    begin = time.perf_counter()
    options = ["--smoke"] if smoke else []
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.large", "--one", name, *options],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=False,
    )
    if done.returncode:
        print(f"  {name} failed ({done.returncode}): it has no figures")  # noqa: T201
        return None
    figures = json.loads(done.stdout.splitlines()[-1])
    for row in ROWS:
        if row.scenario == name and row.figure in figures:
            print(f"  {row.what}: {scale.judged(row, figures[row.figure])}")  # noqa: T201
    at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"at": at, "took_s": since(begin), "figures": figures}


def main(names: Sequence[str], *, smoke: bool) -> int:
    """Measure; return 1 when a budget was missed or a measurement failed."""
    document = {"commit": product_commit(), "machine": machine(), "budgets": scale.budgets()}
    path = scale.new_result(str(document["commit"]))
    scenarios: dict[str, Any] = {}
    for name in names:
        found = _apart(name, smoke)
        if found and not smoke:
            # At once: what others measured took minutes, too.
            scale.keep(path, {**document, "scenarios": scenarios | {name: found}})
        if found:
            scenarios[name] = found
    if path.exists():
        print(f"Written to {path.relative_to(ROOT)}")  # noqa: T201
    missed = [
        row
        for row in ROWS
        if row.scenario in scenarios
        and row.kept(scenarios[row.scenario]["figures"][row.figure]) is False
    ]
    return 1 if missed or len(scenarios) < len(names) else 0


if __name__ == "__main__":
    asked = _arguments()
    if asked.one:
        print(json.dumps(SCENARIOS[asked.one](asked.smoke)))  # noqa: T201
        sys.exit()
    code = 0 if asked.doc else main(asked.names or list(SCENARIOS), smoke=asked.smoke)
    if not asked.smoke:
        scale.write(asked.baseline)
    sys.exit(code)
