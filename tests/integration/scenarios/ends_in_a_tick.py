"""A program whose run ends while its last full second is on the way to the disk.

Many names make that work long enough, and it begins 20 ms after each full second.
"""

import time

import gevent
from locust import User, events, task
from locust.env import Environment

import swarmscope.listener


class Idle(User):
    @task
    def rest(self) -> None:
        gevent.sleep(1)


environment = Environment(user_classes=[Idle], events=events)
runner = environment.create_local_runner()
swarmscope.listener.attach(environment)
runner.start(1, spawn_rate=1)
gevent.sleep(2.5 - time.time() % 1)
fired = 0
while time.time() % 1 > 0.4:
    for i in range(400):
        environment.events.request.fire(
            request_type="CALL",
            name=f"/{i}",
            response_time=float(i),
            response_length=1,
            exception=None,
            context={},
        )
        fired += 1
    gevent.sleep(0.02)
gevent.sleep(max(0.0, 1.025 - time.time() % 1) % 1)
runner.quit()
events.quit.fire(exit_code=0)
print(fired)  # noqa: T201 - the test reads it
