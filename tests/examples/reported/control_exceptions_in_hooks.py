"""Control exceptions where they make no sense: in test_start, test_stop, quitting and quit.

Events end at the listener that raises one (locustio/locust#3313 is where StopTest comes from).
"""

from typing import Any

from locust import HttpUser, constant, events, task
from locust.exception import RescheduleTask, StopTest, StopUser


@events.init.add_listener
def on_init(environment: Any, **_: Any) -> None:
    def raises(exception: type[Exception]) -> Any:
        def listener(**_: Any) -> None:
            raise exception

        return listener

    hooks = environment.events
    hooks.spawning_complete.add_listener(raises(RescheduleTask))
    hooks.test_stopping.add_listener(raises(StopUser))
    hooks.test_stop.add_listener(raises(StopTest))


class U(HttpUser):
    wait_time = constant(0.1)

    @task
    def t(self) -> None:
        self.client.get("/a")
