"""Browsers, buyers and administrators; each buyer has an account of its own, from a CSV file.

    locust -f locust/locustfiles/accounts.py --host http://127.0.0.1:8000 --headless -u 60 -t 1m

Needs swarmscope on each machine, and accounts.csv on the master's alone: it deals the rows out,
each once over all workers, also to those that join late. With more buyers than rows the last of
them stop: at_end="stop". "again" begins with the first row, and two users then have one account;
"quit" ends the test.
"""

import random
from pathlib import Path

from locust import HttpUser, between, task

from swarmscope.load import csv_feeder

ACCOUNTS = csv_feeder(Path(__file__).with_name("accounts.csv"), at_end="stop")
CATEGORIES = ("kitchen", "garden", "books", "toys", "tools", "music", "sports", "lamps")
ADMINISTRATOR = {"email": "customer199@shop.example", "password": "correct-horse"}


class Browser(HttpUser):
    """Looks around without an account: most people."""

    weight = 4
    wait_time = between(0.5, 1.5)

    @task
    def look(self) -> None:
        """Open a category."""
        self.client.get(f"/products?category={random.choice(CATEGORIES)}", name="/products")


class Buyer(HttpUser):
    """Has an account that no other user has, for as long as it lives."""

    weight = 2
    wait_time = between(0.5, 1.5)

    def on_start(self) -> None:
        """Take an account and log in with it; without a row left, this user ends here."""
        account = ACCOUNTS.take(self)
        token = self.client.post("/login", json=account).json()["token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    @task
    def buy(self) -> None:
        """Order one thing, and see that nobody else put something into this basket."""
        product = {"product": random.randrange(1, 6_000), "quantity": 1}
        with self.client.post("/basket", json=product, catch_response=True) as answer:
            if answer.status_code == 404:
                answer.success()  # it is no longer sold
                return
            if answer.ok and len(answer.json()["basket"]) > 1:
                answer.failure("somebody else's basket")
        with self.client.post("/checkout", catch_response=True) as answer:
            if answer.status_code == 409:
                answer.failure("out of stock")
        if answer.status_code == 409:
            self.client.delete("/basket")


class Administrator(HttpUser):
    """There is one, however many users there are: fixed_count instead of a weight."""

    fixed_count = 1
    wait_time = between(2, 4)

    def on_start(self) -> None:
        """Log in."""
        token = self.client.post("/login", json=ADMINISTRATOR).json()["token"]
        self.client.headers["Authorization"] = f"Bearer {token}"

    @task
    def look_after_the_shop(self) -> None:
        """See how it is, and what stands on the last pages that nobody turns to."""
        self.client.get("/health")
        self.client.get(f"/products?category=lamps&page={random.randint(25, 37)}", name="/products")

    def on_stop(self) -> None:
        """Log out."""
        self.client.post("/logout")
