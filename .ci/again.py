"""Try a few tests that failed beside the others once more, alone; exit with 0 if they pass.

Of fifteen thousand tests that share two cores with real servers, one that passes nearly always
fails now and then. Its failure stays in what CI printed, and its name is printed again. More than a
few, what fails again, and a run that ended in any other way are no chance.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FEW = 3
_CACHE = Path(".pytest_cache", "v")


def _kept(name: str) -> Any:
    path = _CACHE / name
    return json.loads(path.read_text()) if path.exists() else None


def main() -> int:
    """Return the exit code."""
    failed = sorted(_kept("cache/lastfailed") or ())
    # tests/conftest.py keeps with which code the tests ended.
    if _kept("swarmscope/ended") != pytest.ExitCode.TESTS_FAILED or not 0 < len(failed) <= FEW:
        return 1
    print(f"Tried once more, alone ({len(failed)}):", *failed, sep="\n  ", flush=True)
    again = ["-n", "0", "-m", "", "--last-failed", "--last-failed-no-failures", "none"]
    ended = subprocess.run([sys.executable, "-m", "pytest", *again], check=False).returncode
    if ended == 0:
        print("Failed beside the others (see above), passed alone:", *failed, sep="\n  ")
    return ended


if __name__ == "__main__":
    sys.exit(main())
