"""A program whose Environment has events of its own (locustio/locust#1484, #1969)."""

import gevent
from locust import HttpUser, constant, task
from locust.env import Environment

from swarmscope.listener import attach


class U(HttpUser):
    host = "http://127.0.0.1"
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")


if __name__ == "__main__":
    env = Environment(user_classes=[U])
    env.create_local_runner()
    attach(env)
    env.runner.start(2, spawn_rate=10)
    gevent.spawn_later(4, env.runner.quit)
    env.runner.greenlet.join()
