"""Users none of whose requests fail."""

from locust import User, constant_throughput, task


class Calm(User):
    wait_time = constant_throughput(10)

    @task
    def look(self) -> None:
        self.environment.events.request.fire(
            request_type="CALL",
            name="/calm",
            response_time=5.0,
            response_length=100,
            exception=None,
            response=None,
            context={},
        )
