"""A client that counts a request also if its user is ended in the middle (locustio/locust#1676)."""

import time

import gevent
from gevent import GreenletExit
from locust import User, constant, task


class U(User):
    wait_time = constant(0.01)

    @task
    def t(self) -> None:
        began = time.perf_counter()
        error: BaseException | None = None
        try:
            gevent.sleep(1)
        except GreenletExit as ended:
            error = ended
            raise
        finally:
            self.environment.events.request.fire(
                request_type="grpc",
                name="/in-flight",
                response_time=(time.perf_counter() - began) * 1000,
                response_length=0,
                exception=error and RuntimeError("cancelled"),
                context={},
            )
