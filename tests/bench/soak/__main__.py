"""Let a whole test run for an hour; see that every request is stored and that memory is flat.

Keeps what was found in bench/results/soak, and writes docs/soak.md from the newest.
"""

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from swarmscope.signals import Signals
from tests.bench.machine import ROOT, machine, product_commit
from tests.bench.soak import document
from tests.bench.soak.memory import MB, memory_of
from tests.bench.soak.plan import SMOKE, Plan
from tests.bench.soak.scene import CalledOffError, soak

_CALLED_OFF = 130


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--minutes", type=int, default=60, help="how long (60)")
    parser.add_argument("--smoke", action="store_true", help="some seconds; nothing is kept")
    parser.add_argument("--doc", action="store_true", help="only write docs/soak.md anew")
    given = parser.parse_args()
    if given.minutes < 1:
        parser.error("--minutes is a whole number of at least 1")
    return given


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - progress is for the terminal


def _telling(plan: Plan) -> Callable[[Mapping[str, Any]], None]:
    def tell(sample: Mapping[str, Any]) -> None:
        sizes = ", ".join(f"{name} {size / MB:.1f}" for name, size in memory_of(sample).items())
        waiting = sample["bytes"]["spool"] / MB
        _say(f"{sample['at']:.0f} of {plan.seconds} s: {sizes} MB; spool {waiting:.1f} MB")

    return tell


def main(plan: Plan, *, keep: bool) -> int:
    """Play *plan*; return 1 where something is missing, or memory grows."""
    began = datetime.now(UTC)
    about = {"commit": product_commit(), "at": began.isoformat(timespec="seconds")}
    result: dict[str, Any] = {**about, "machine": machine(), "seconds": plan.seconds}
    result |= {"users": plan.users, "workers": plan.workers}
    with Signals() as signals, TemporaryDirectory(prefix="soak-") as folder:
        try:
            result |= soak(Path(folder), plan, signals, _telling(plan))
        except (CalledOffError, KeyboardInterrupt):
            _say("Called off: all its processes have ended, and nothing of it is kept.")
            return _CALLED_OFF
    found = document.judged(result)
    for line in found.lines:
        _say(line)
    if keep:
        name = f"{began:%Y%m%d-%H%M%S}-{str(about['commit']).rstrip('+')}.json"
        document.keep(name, result)
        document.write()
        _say(f"Written to {document.DOCUMENT.relative_to(ROOT)}")
    else:
        _say(json.dumps(result["counts"]))
    # A few seconds tell nothing of an hour.
    return 0 if found.complete and (found.flat or not keep) else 1


if __name__ == "__main__":
    asked = _arguments()
    if asked.doc:
        document.write()
        sys.exit()
    sys.exit(main(SMOKE if asked.smoke else Plan(60 * asked.minutes), keep=not asked.smoke))
