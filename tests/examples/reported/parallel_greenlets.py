"""Parallel requests in a pool of greenlets that is not joined, as Locust's documentation has it."""

from gevent.pool import Pool
from locust import HttpUser, constant, task


class U(HttpUser):
    wait_time = constant(0.2)

    @task
    def t(self) -> None:
        pool = Pool()
        for _ in range(5):
            pool.spawn(self.client.get, "/slow")
