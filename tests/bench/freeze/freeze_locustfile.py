"""The same load in two ways: FREEZE_MODEL says which."""

import os

from locust import FastHttpUser, constant_throughput, task

from swarmscope.load import arrival_rate

RATE = 80
OPEN = os.environ["FREEZE_MODEL"] == "open"
CLOSED_USERS = 13


class Visitor(FastHttpUser):
    """Asks for the page at a rate, or as often as its last answer lets it."""

    wait_time = arrival_rate(RATE) if OPEN else constant_throughput(RATE / CLOSED_USERS)

    @task
    def visit(self) -> None:
        """Ask for the page."""
        self.client.get("/page")
