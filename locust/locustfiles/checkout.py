"""A checkout from step to step, nested journeys that end themselves, and their time as a whole.

    locust -f locust/locustfiles/checkout.py --host http://127.0.0.1:8000 --headless -u 40 -t 1m

Needs swarmscope, for the transactions alone. Three things that go wrong elsewhere: a nested TaskSet
without `interrupt` is never left again; `interrupt` ends a sequence wherever it is, and its
`on_stop` is called; what a step found is kept on the TaskSet, which is a new one for each journey.
"""

import random
from typing import Any

from locust import HttpUser, SequentialTaskSet, TaskSet, between, task
from locust.exception import StopUser

from swarmscope.load import transaction

CATEGORIES = ("kitchen", "garden", "books", "toys", "tools", "music", "sports", "lamps")
LOGIN = {"email": "customer7@shop.example", "password": "correct-horse"}


class Checkout(SequentialTaskSet):
    """Choose, look, put into the basket, pay: each step needs what the one before found."""

    product = 0

    def on_start(self) -> None:
        """Begin to time the journey: over several tasks, so not as a `with`."""
        self.journey = transaction(self, "checkout").begin()

    @task
    def choose(self) -> None:
        """Choose something from a category."""
        category = random.choice(CATEGORIES)
        answer = self.client.get(f"/products?category={category}", name="/products")
        if not answer.ok:
            self.interrupt()  # the journey is abandoned: see on_stop
        self.product = random.choice(answer.json()["products"])["id"]

    @task
    def look(self) -> None:
        """Open it; one in 61 is no longer sold, which is nobody's fault, and ends the journey."""
        path = f"/products/{self.product}"
        with self.client.get(path, name="/products/[id]", catch_response=True) as answer:
            if answer.status_code == 404:
                answer.success()
        if answer.status_code != 200:
            self.interrupt()

    @task
    def fill(self) -> None:
        """Put it into the basket."""
        if not self.client.post("/basket", json={"product": self.product, "quantity": 1}).ok:
            self.interrupt()

    @task
    def pay(self) -> None:
        """Pay; the journey is complete, and its TaskSet left for the next one."""
        with self.client.post("/checkout", catch_response=True) as answer:
            if answer.status_code == 409:
                answer.failure("out of stock")  # the transaction fails with it
        self.journey.end()
        self.interrupt()

    def on_stop(self) -> None:
        """Leave what is open: each interrupt calls this, and the end of the user."""
        self.journey.abandon()
        self.client.delete("/basket")


class Browse(TaskSet):
    """Looks around for a while, then goes back to what the user does otherwise."""

    @task(4)
    def turn_page(self) -> None:
        """Turn to the next page; here a `with` is enough."""
        with transaction(self, "two pages"):
            for page in (1, 2):
                self.client.get(f"/products?category=books&page={page}", name="/products")
                self.wait()  # a pause: it isn't in the transaction's time

    @task(1)
    def enough(self) -> None:
        """Leave. reschedule=False: with a pause before whatever comes next."""
        self.interrupt(reschedule=False)


class Customer(HttpUser):
    """Browses three times as often as it buys."""

    wait_time = between(0.1, 0.5)
    tasks: Any = {Checkout: 1, Browse: 3}

    def on_start(self) -> None:
        """Log in."""
        answer = self.client.post("/login", json=LOGIN)
        if not answer.ok:
            raise StopUser
        self.client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
