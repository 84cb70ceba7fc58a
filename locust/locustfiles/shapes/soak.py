"""Soak: a usual load for hours, to see what grows although the load doesn't.

    cd locust/locustfiles
    locust -f mix.py,shapes/soak.py --host … --headless
    SOAK_HOURS=0.5 locust …

Compare the first hour with the last: memory, open connections and files, the size of tables, p99.
Each hour is a stage: marked on the time axis, and with a row in the table of load steps.
"""

import math
import os

from swarmscope.load import Stage, Stages

USERS = 50
HOURS = float(os.environ.get("SOAK_HOURS", "8"))


def hours() -> list[Stage]:
    """Return a stage for each hour, and for what is left."""
    lengths = [min(1.0, HOURS - begun) for begun in range(math.ceil(HOURS))]
    return [
        Stage(3_600 * length, USERS, spawn_rate=5, name=f"hour {number}")
        for number, length in enumerate(lengths, 1)
    ]


class Soak(Stages):
    """As many users all the time."""

    stages = hours()
