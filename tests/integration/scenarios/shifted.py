"""A machine with a wrong clock: what Python knows of the time is changed before anything asks.

Its bursts of requests begin at 0.15 and 0.85 of each second of the true clock, so that an error of
more than 0.15 s puts them into another second. What truly happened goes to a file. A step comes
when the run goes on: however long it took to begin.
"""

import json
import os
import time
from pathlib import Path

SHIFT_S = float(os.environ.get("SHIFT_S", "0"))
STEP_S = float(os.environ.get("STEP_S", "0"))
STEP_AFTER_S = float(os.environ.get("STEP_AFTER_S", "0"))


def true_time() -> float:
    # Python offers the same clock twice, and only one of the two is changed here.
    return time.clock_gettime(time.CLOCK_REALTIME)


first_burst: list[float] = []


def wrong_time() -> float:
    now = true_time()
    stepped = bool(first_burst) and now - first_burst[0] > STEP_AFTER_S
    return now + SHIFT_S + STEP_S * stepped


if SHIFT_S or STEP_S:
    time.time = wrong_time
    time.time_ns = lambda: int(wrong_time() * 1e9)

# Only now: they may keep the function that they find.
import gevent  # noqa: E402
from locust import User, task  # noqa: E402


class Bursts(User):
    @task
    def burst(self) -> None:
        self.burst_at("/early", 0.15, 7)
        self.burst_at("/late", 0.85, 5)

    def burst_at(self, name: str, phase: float, modulus: int) -> None:
        gevent.sleep((phase - true_time()) % 1.0)
        first_burst.append(true_time())
        second = int(true_time())
        path = Path(os.environ["ORACLE_DIR"]) / f"true-{os.getpid()}.txt"
        with path.open("a", encoding="utf-8") as file:
            for _ in range(second % modulus + 1):
                file.write(json.dumps([true_time(), name]) + "\n")
                self.environment.events.request.fire(
                    request_type="CALL",
                    name=name,
                    response_time=1.0,
                    response_length=0,
                    exception=None,
                    context={},
                )
