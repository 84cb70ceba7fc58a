"""A steady load that answers quickly, and bursts of slow failures whose begin is noted."""

import os
import time
from pathlib import Path

from locust import User, constant_throughput, task

from tests.bench.large.bursts import BURST_S, EVERY_S, SLOW_MS

_NOTES = Path(os.environ["BENCH_NOTES"])
_BEGAN = time.time()


class Steady(User):
    """Fires request events at a steady pace, and in a burst those that failed as well."""

    wait_time = constant_throughput(20)
    noted = 0

    @task
    def ask(self) -> None:
        self._fire("/steady", 10.0, None)
        number, into = divmod(time.time() - _BEGAN, EVERY_S)
        if number and into < BURST_S:
            self._note(int(number))
            self._fire("/burst", SLOW_MS, ValueError("it failed"))

    def _note(self, number: int) -> None:
        if number > self.noted:
            self.noted = number
            with _NOTES.open("a", encoding="utf-8") as notes:
                notes.write(f"{time.time()}\n")

    def _fire(self, name: str, ms: float, exception: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type="GET",
            name=name,
            response_time=ms,
            response_length=500,
            exception=exception,
            context={},
        )
