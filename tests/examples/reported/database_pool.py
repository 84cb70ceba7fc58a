"""A blocking database client in gevent's native threads, its results fired by the user."""

import sqlite3
import time
from typing import Any

from gevent import get_hub
from locust import User, constant, task


def query(statement: str) -> list[Any]:
    return sqlite3.connect(":memory:").execute(statement).fetchall()


class U(User):
    wait_time = constant(0.05)

    @task
    def t(self) -> None:
        for statement in ("SELECT 1", "SELECT * FROM missing"):
            with self.environment.events.request.measure("SQL", statement) as meta:
                rows = get_hub().threadpool.apply(query, (statement,))
                meta["response_length"] = len(rows)
                time.sleep(0)
