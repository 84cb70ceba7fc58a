"""Error of percentiles merged over workers against the exact ones of all their requests."""

import math
import random
from collections import Counter
from collections.abc import Callable

from swarmscope.recording import histogram

WORKERS = 4
REQUESTS = 250_000
SHARES = (0.5, 0.9, 0.95, 0.99, 0.999)
DISTRIBUTIONS: dict[str, Callable[[random.Random], float]] = {
    "lognormal": lambda rnd: rnd.lognormvariate(4, 1),
    "bimodal": lambda rnd: rnd.gauss(20, 2) if rnd.random() < 0.8 else rnd.gauss(900, 50),
    "heavy_tailed": lambda rnd: rnd.paretovariate(1.1) * 5,
}


def measure() -> dict[str, float | str]:
    """Return the largest relative error, in percent, for each distribution."""
    figures: dict[str, float | str] = {}
    for name, draw in DISTRIBUTIONS.items():
        rnd = random.Random(11)
        workers = [
            [max(0.02, draw(rnd)) for _ in range(REQUESTS // WORKERS)] for _ in range(WORKERS)
        ]
        merged: Counter[int] = Counter()
        for times in workers:
            merged.update(Counter(histogram.buckets(times)))
        every = sorted(ms for times in workers for ms in times)
        errors = []
        for share in SHARES:
            exact = every[math.ceil(share * len(every)) - 1]
            errors.append(abs(histogram.percentile(merged, share) / exact - 1) * 100)
        figures[f"percentiles.{name}_worst_error_percent"] = round(max(errors), 3)
    return figures
