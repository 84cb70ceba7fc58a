"""The demo's progress on the terminal: a line each few seconds, from what the store took.

Lines, not a redrawn screen: they read the same in a terminal and in a CI job's log.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from swarmscope.errors import StoreUnreachableError
from swarmscope.schema import AGGREGATED
from swarmscope.store.question import Question, Reader

SPAN = 5
"""Seconds that a line looks back on."""
LAG = 2
"""Seconds that it leaves out: their windows are still on the way to the store."""
HEADING = "  time   users   requests/s   failures/s    p95 ms   host CPU"

Row = dict[str, Any]


@dataclass(frozen=True)
class Glance:
    """What the last few seconds were like; None where the store knows nothing yet."""

    users: int | None
    requests_per_second: float
    failures_per_second: float
    p95_ms: float | None
    host_cpu: float | None

    def line(self, elapsed: float) -> str:
        """Return the glance as a line under `HEADING`."""
        minutes, seconds = divmod(int(elapsed), 60)
        return (
            f"{minutes:>3}:{seconds:02}   {_number(self.users):>5}   "
            f"{self.requests_per_second:>10.1f}   {self.failures_per_second:>10.1f}   "
            f"{_number(self.p95_ms):>7}   {_number(self.host_cpu, ' %'):>8}"
        )


def _number(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{value:.0f}{unit}"


def glance(reader: Reader, run: str, now: float) -> Glance:
    """Ask the store about the `SPAN` seconds before *now*, but for the last `LAG`."""
    to = (int(now) - LAG) * 1_000
    start = to - SPAN * 1_000

    def ask(query: str) -> list[Row]:
        return reader.ask(Question(query, run=run, start=start, stop=to, window=1)).records()

    endpoints = ask("endpoint_totals")
    percentiles = [row for row in ask("endpoint_percentiles") if row["name"] == AGGREGATED]
    cpu = [row["value"] for row in ask("host_cpu")]
    return Glance(
        users=_latest_users(ask("users")),
        requests_per_second=sum(row["requests"] for row in endpoints) / SPAN,
        failures_per_second=sum(row["failures"] for row in endpoints) / SPAN,
        p95_ms=percentiles[0]["p95"] if percentiles else None,
        host_cpu=sum(cpu) / len(cpu) if cpu else None,
    )


def _latest_users(rows: Sequence[Row]) -> int | None:
    if not rows:
        return None
    latest = max(row["time"] for row in rows)
    return int(sum(row["value"] for row in rows if row["time"] == latest))


class Progress:
    """Says a line each *every* seconds."""

    def __init__(
        self, reader: Reader, run: str, say: Callable[[str], None], *, every: float
    ) -> None:
        self._reader = reader
        self._run = run
        self._say = say
        self._every = every
        self._started = time.monotonic()
        self._next = self._started + every
        say(HEADING)

    def tick(self) -> None:
        """Say a line if it is time for one."""
        now = time.monotonic()
        if now < self._next:
            return
        # From now, not from the last one: after a pause there is no rush of lines.
        self._next = now + self._every
        try:
            line = glance(self._reader, self._run, time.time()).line(now - self._started)
        except StoreUnreachableError as error:
            # A line less is no reason to end a load test; a store that died is noticed elsewhere.
            line = f"        ({error.happened})"
        self._say(line)
