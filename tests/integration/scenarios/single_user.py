"""A locustfile that is debugged with `run_single_user`, which has no runner."""

from locust import User, run_single_user, task
from locust.exception import StopUser

import swarmscope.listener  # noqa: F401


class Debugged(User):
    @task
    def one(self) -> None:
        self.environment.events.request.fire(
            request_type="CALL",
            name="/one",
            response_time=1.0,
            response_length=1,
            exception=None,
            context={},
        )
        raise StopUser


if __name__ == "__main__":
    run_single_user(Debugged)
