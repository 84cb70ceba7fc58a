"""Each request is followed by a log record, as locustfiles write them."""

import logging

from locust import HttpUser, constant_pacing, task

log = logging.getLogger("shopper")


class Talkative(HttpUser):
    wait_time = constant_pacing(0.5)

    @task
    def browse(self) -> None:
        self.client.get("/health")
        log.warning("looked around")
