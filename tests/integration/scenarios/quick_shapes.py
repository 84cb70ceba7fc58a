"""A user that requests nothing of anybody, and shapes whose time runs faster."""

import os
import time

from locust import LoadTestShape, User, constant, events, task

FASTER = float(os.environ["SHAPE_FASTER"])


def quick(shape: LoadTestShape) -> float:
    return FASTER * (time.perf_counter() - shape.start_time)


LoadTestShape.get_run_time = quick  # type: ignore[method-assign]


class Calm(User):
    wait_time = constant(0.5)

    @task
    def rest(self) -> None:
        events.request.fire(
            request_type="calm", name="rest", response_time=1.0, response_length=0, exception=None
        )
