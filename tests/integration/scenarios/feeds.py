"""Each iteration takes a row, and is a request of its name; a second one waits for a gate."""

import os
from pathlib import Path
from typing import Any, Literal, cast

import gevent
from locust import User, constant, events, task

from swarmscope.load import csv_feeder

AT_END = cast("Literal['stop', 'again', 'quit']", os.environ["FEEDER_AT_END"])
ROWS = csv_feeder(Path(os.environ["FEEDER_FILE"]), at_end=AT_END)


GATE = os.environ.get("FEEDER_GATE")


class Reader(User):
    wait_time = constant(0.02)
    read_one = False

    @task
    def read(self) -> None:
        while self.read_one and GATE and not Path(GATE).exists():
            gevent.sleep(0.02)
        self.read_one = True
        row: dict[str, Any] = ROWS.take(self)
        events.request.fire(
            request_type=row["kind"], name=row["id"], response_time=1.0, response_length=0
        )
