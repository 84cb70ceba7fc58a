"""The long version: `python -m tests.fuzz [cases] [seconds]`.

100,000 points into the embedded store and, where there is one, into a real influxd; then mutation
guided by coverage, for a while, where `atheris` is installed.
"""

import random
import shutil
import sys
import tempfile
import time
from pathlib import Path

from swarmscope.embedded.database import Database
from tests.fixtures import influxd
from tests.fuzz.cases import random_case
from tests.fuzz.guided import guided
from tests.fuzz.stores import Embedded, Real, Store, check

BATCH = 5_000
T0 = 1_780_000_000_000_000_000


def bulk(name: str, store: Store, count: int, seed: int) -> None:
    """Send *count* points in thousands, and compare each with what is read back."""
    rnd = random.Random(seed)
    began = time.monotonic()
    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        check(store, [random_case(rnd, T0 + start + i) for i in range(size)])
    took = time.monotonic() - began
    sys.stdout.write(
        f"{name}: {count:,} points (seed {seed}) taken and read back equal in {took:.0f} s\n"
    )


def main() -> None:
    """Run all of it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    seconds = int(sys.argv[2]) if len(sys.argv) > 2 else 60
    seed = random.randrange(2**32)
    with tempfile.TemporaryDirectory() as scratch:
        with Database(Path(scratch) / "embedded") as database:
            bulk("embedded store", Embedded(database), count, seed)
        if shutil.which("influxd"):
            folder = Path(scratch) / "influxd"
            folder.mkdir()
            with influxd.running(folder) as server:
                bulk("influxd", Real(server), count, seed)
        else:
            sys.stdout.write(f"influxd: {influxd.MISSING}\n")
    guided(seconds)


if __name__ == "__main__":
    main()
