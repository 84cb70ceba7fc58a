"""A program whose run ends while its last full second is on the way to the disk.

That second is the first of a minute: the minute that ended is kept first, and the second meanwhile
is nowhere but in the hands of the greenlet that keeps it.
"""

import time

true_time = time.time
shift = 0
time.time = lambda: true_time() + shift
time.time_ns = lambda: int(time.time() * 1e9)

# Only now: they may keep the function that they find.
import gevent  # noqa: E402
from locust import User, events, task  # noqa: E402
from locust.env import Environment  # noqa: E402

import swarmscope.listener  # noqa: E402


class Idle(User):
    @task
    def rest(self) -> None:
        gevent.sleep(1)


def until(second: float) -> None:
    """Wait until the minute is *second* seconds old."""
    gevent.sleep((second - time.time()) % 60)


def fire(count: int) -> None:
    for i in range(count):
        environment.events.request.fire(
            request_type="CALL",
            name=f"/{i % 400}",
            response_time=1.0,
            response_length=1,
            exception=None,
            context={},
        )


shift = int(57 - true_time() % 60)
environment = Environment(user_classes=[Idle], events=events)
runner = environment.create_local_runner()
swarmscope.listener.attach(environment)
runner.start(1, spawn_rate=1)
until(59.5)
fire(4_000)
until(0.5)
fire(4_000)
until(1.025)
events.quit.fire(exit_code=0)
runner.quit()
