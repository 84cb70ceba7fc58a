"""Redis: commands and pipelines, each a request; a miss is an answer, no failure.

    pip install redis
    cd locust/locustfiles/protocols
    locust -f redis_cache.py --host redis://127.0.0.1:6379 --headless -u 20 -t 1m

Measure in tens of microseconds and you measure Python: what a worker adds to each command is about
as much as Redis takes. Compare runs, not microseconds. Plain Locust.
"""

import random
import time
from collections.abc import Callable
from typing import Any

import redis
from locust import User, constant_throughput, task
from locust.env import Environment


class Cache(User):
    """Reads ten times as often as it writes."""

    wait_time = constant_throughput(20)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        # One connection for each user, and no second try that would hide the first's failure.
        self.client = redis.Redis.from_url(
            str(self.host), single_connection_client=True, retry=None, socket_timeout=10
        )

    def on_stop(self) -> None:
        """Close the connection."""
        self.client.close()

    def measured(self, name: str, command: Callable[[], Any]) -> Any:
        """Run *command* as a request called *name*; return its answer."""
        answer, error = None, None
        began = time.perf_counter()
        try:
            answer = command()
        except redis.RedisError as caught:
            error = caught
        self.environment.events.request.fire(
            request_type="REDIS",
            name=name,
            response_time=1_000 * (time.perf_counter() - began),
            response_length=len(answer) if isinstance(answer, bytes) else 0,
            exception=error,
        )
        return answer

    @task(10)
    def read(self) -> None:
        """Read a key, which may not be there."""
        self.measured("GET", lambda: self.client.get(f"item:{random.randrange(1_000)}"))

    @task
    def write(self) -> None:
        """Write a key that expires."""
        key = f"item:{random.randrange(1_000)}"
        self.measured("SET", lambda: self.client.set(key, b"x" * 200, ex=60))

    @task
    def write_many(self) -> None:
        """Write ten keys in one go: one request, since there is one answer."""
        pipeline = self.client.pipeline(transaction=False)
        for _ in range(10):
            pipeline.set(f"item:{random.randrange(1_000)}", b"x" * 200, ex=60)
        self.measured("SET 10 keys", pipeline.execute)
