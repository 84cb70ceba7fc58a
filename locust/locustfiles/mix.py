"""API consumers, administrators and mobile users at 3 : 1 : 6, who log in and out.

    locust -f locust/locustfiles/mix.py --host http://127.0.0.1:8000 --headless -u 40 -t 1m
    … --tags read             # only tasks that change nothing
    … --exclude-tags write    # here the same: each task has one of the two tags

Plain Locust. Each class has a task of each tag: of a class that a tag leaves without any, Locust
starts the users all the same, and they raise "No tasks defined" again and again.
"""

import random
from typing import Any

from locust import HttpUser, between, constant_throughput, tag, task
from locust.exception import StopUser

CATEGORIES = ("kitchen", "garden", "books", "toys", "tools", "music", "sports", "lamps")
SEARCHES = ("kettle", "small workshop", "amber ribbon", "spare part", "drawer", "ivory saddle")
CUSTOMERS = 200
PASSWORD = "correct-horse"  # noqa: S105  # the demo shop's, and no secret


class Account(HttpUser):
    """Who logs in when it starts and out when it stops; `abstract`: Locust starts none of it."""

    abstract = True
    token = ""

    def on_start(self) -> None:
        """Log in. Who can't does nothing else: else each of its requests would fail as well."""
        email = f"customer{random.randrange(CUSTOMERS)}@shop.example"
        answer = self.client.post("/login", json={"email": email, "password": PASSWORD})
        if not answer.ok:
            # Locust starts nobody in its place; the failed login is in the statistics.
            raise StopUser
        self.token = answer.json()["token"]
        self.client.headers["Authorization"] = f"Bearer {self.token}"

    def on_stop(self) -> None:
        """Log out: called at the end of the test, and after a StopUser."""
        if self.token:
            self.client.post("/logout")

    def products(self, page: int = 1) -> list[dict[str, Any]]:
        """Return a page of some category, which is never empty."""
        path = f"/products?category={random.choice(CATEGORIES)}&page={page}"
        with self.client.get(path, name="/products", catch_response=True) as answer:
            if not answer.ok:
                return []  # a failure already, with its status as the reason
            found: list[dict[str, Any]] = answer.json()["products"]
            if not found:
                # A fixed text: with the category in it each would be a failure of its own kind.
                answer.failure("a page without products")
            return found

    def put_into_basket(self) -> bool:
        """Put something into the basket; tell whether it worked. One in 61 is no longer sold."""
        product = {"product": random.randrange(1, 6_000), "quantity": 1}
        with self.client.post("/basket", json=product, catch_response=True) as answer:
            if answer.status_code == 404:
                answer.success()  # the right answer: not a failure of the shop
            return bool(answer.status_code == 201)


class ApiConsumer(Account):
    """A program: it reads page after page and orders, twice a second whatever it waits for."""

    weight = 3
    wait_time = constant_throughput(2)
    page = 0

    @tag("read")
    @task(5)
    def read_on(self) -> None:
        """Read the next page of a catalogue of 20."""
        self.page = self.page % 20 + 1
        self.products(self.page)

    @tag("write")
    @task
    def order(self) -> None:
        """Order one thing."""
        if self.put_into_basket():
            with self.client.post("/checkout", catch_response=True) as answer:
                if answer.status_code == 409:
                    answer.success()  # sold out: the shop does as it should


class Administrator(Account):
    """Looks after the shelves: few of them, with requests that are dear."""

    weight = 1
    wait_time = between(1, 3)

    @tag("read")
    @task(3)
    def take_stock(self) -> None:
        """Open what has been listed, and see whether any is left."""
        for product in self.products(random.randint(1, 5))[:3]:
            path, name = f"/products/{product['id']}", "/products/[id]"
            with self.client.get(path, name=name, catch_response=True) as answer:
                if answer.ok and answer.json()["stock"] < 0:
                    answer.failure("less than nothing in stock")

    @tag("write")
    @task
    def clear_basket(self) -> None:
        """Throw away what is in a basket."""
        self.client.delete("/basket")


class MobileUser(Account):
    """Most people: short visits, long pauses."""

    weight = 6
    wait_time = between(0.5, 2)

    @tag("read")
    @task(6)
    def search(self) -> None:
        """Search for something that is there."""
        words = {"q": random.choice(SEARCHES)}
        with self.client.get("/search", params=words, name="/search", catch_response=True) as found:
            if found.ok and not found.json()["products"]:
                found.failure("nothing found")

    @tag("write")
    @task
    def remember(self) -> None:
        """Put something into the basket, and look at it."""
        if self.put_into_basket():
            self.client.get("/basket")
