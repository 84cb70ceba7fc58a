"""PostgreSQL: each statement under a name of its own, and transactions that are rolled back.

    pip install "psycopg[binary]"
    cd locust/locustfiles/protocols
    locust -f sql_queries.py --host "postgresql://me@127.0.0.1:5432/shop" --headless -u 20 -t 1m

`locust.contrib.postgres` calls everything "execute_query", in whole milliseconds, and never
commits: after one failure each statement of that connection fails. So this has a client of its own,
of as many lines. psycopg waits in a way that gevent knows: users don't block one another.
"""

import random
import time
from typing import Any

import psycopg
from locust import User, between, task
from locust.env import Environment


class Database:
    """A connection whose statements are reported to Locust."""

    def __init__(self, url: str, environment: Environment) -> None:
        # Each statement is a transaction: one that fails must not spoil the next.
        self.connection = psycopg.connect(url, autocommit=True, connect_timeout=10)
        self._environment = environment

    def execute(self, name: str, statement: Any, values: tuple[object, ...] = ()) -> list[Any]:
        """Execute *statement*, which is called *name*; return its rows."""
        rows: list[Any] = []
        error: Exception | None = None
        began = time.perf_counter()
        try:
            cursor = self.connection.execute(statement, values)
            rows = cursor.fetchall() if cursor.description else []
        except psycopg.Error as caught:
            error = caught
        self._environment.events.request.fire(
            request_type="SQL",
            name=name,  # not the statement: with values in it each would be an endpoint
            response_time=1_000 * (time.perf_counter() - began),
            response_length=len(rows),
            exception=error,
        )
        return rows


class Reader(User):
    """Makes a table of its own, writes into it and reads."""

    wait_time = between(0.05, 0.2)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.database = Database(str(self.host), environment)

    def on_start(self) -> None:
        """Make a table that ends with the connection."""
        self.database.execute("create", "CREATE TEMP TABLE goods (id int PRIMARY KEY, cents int)")

    def on_stop(self) -> None:
        """Close: a server has few connections."""
        self.database.connection.close()

    @task(3)
    def read(self) -> None:
        """Read what there is."""
        self.database.execute("sum of goods", "SELECT sum(cents) FROM goods")

    @task
    def write(self) -> None:
        """Write something; now and then it is there already, and that fails."""
        values = (random.randrange(50), 199)
        self.database.execute("insert goods", "INSERT INTO goods VALUES (%s, %s)", values)
