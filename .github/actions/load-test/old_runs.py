"""Print the runs of the store that are carried over no longer: `old_runs.py BASELINE HOW_MANY`."""

import json
import subprocess
import sys
from typing import Any

_MOST = "100000"


def told(*words: str) -> list[dict[str, Any]]:
    """Return what `swarmscope` answers in JSON."""
    line = ["swarmscope", *words, "--json"]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE)  # noqa: S603 - the venv's own
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def main(baseline: str, most: int) -> None:
    """Print all but the baseline's own and the newest *most* of the others."""
    kept = {one["run"] for one in told("baseline", "list") if one["baseline"] == baseline}
    others = [one["run"] for one in told("runs", "--limit", _MOST) if one["run"] not in kept]
    for run in others[most:]:
        print(run)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
