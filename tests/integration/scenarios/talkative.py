"""Users that say what they do, as users' own locustfiles do it."""

import logging
from typing import Any

from locust import User, constant_throughput, task

log = logging.getLogger("shop.checkout")


class Talkative(User):
    wait_time = constant_throughput(20)

    def context(self) -> dict[str, Any]:
        return {"basket": 3}

    def on_start(self) -> None:
        log.info("a user started")

    @task(9)
    def buy(self) -> None:
        self.fire("/buy", None)

    @task(1)
    def fail(self) -> None:
        log.warning("no stock left for %s", "A-17")
        self.fire("/fail", LookupError("no stock"))

    def fire(self, name: str, error: Exception | None) -> None:
        self.environment.events.request.fire(
            request_type="CALL",
            name=name,
            response_time=5.25,
            response_length=100,
            exception=error,
            response=None,
            context=self.context(),
        )
