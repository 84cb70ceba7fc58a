"""How long a run lasted: for lists, summaries and reports; `run_summaries` says the same."""

import time
from collections.abc import Mapping
from typing import Any


def seconds_of(row: Mapping[str, Any]) -> float:
    """Return the seconds of the run with this *row* of the query `runs`.

    From its start to its stop. Of one without a stop, to the last that was heard of a worker: it
    goes on, or nobody said that it is over. Never longer than until now, whatever clocks wrote.
    """
    start = row["start"]
    end = next((m for m in (row["stop"], row["last"], start) if m is not None), None)
    if start is None or end is None:
        return 0.0
    return float(max(0, min(end, time.time_ns() // 1_000_000) - start)) / 1_000
