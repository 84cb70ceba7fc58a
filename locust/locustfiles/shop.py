"""A web shop's customers: browsers, searchers and buyers, more of them step by step.

Plain Locust: copy it and put your own journeys in. Run it against the demo shop
(``python -m swarmscope.demo.shop --port 8000``) with

    locust -f locust/locustfiles/shop.py --host http://127.0.0.1:8000 --headless -u 200 -t 2m

To have the run recorded, add the listener as a second locustfile; this one stays as it is:

    locust -f "locust/locustfiles/shop.py,$(python -m swarmscope.listener)" --host …
"""

import random
from typing import Any

from locust import HttpUser, LoadTestShape, between, events, tag, task

CATEGORIES = ("kitchen", "garden", "books", "toys", "tools", "music", "sports", "lamps")
SEARCHES = ("kettle", "small workshop", "amber ribbon", "spare part", "drawer", "ivory saddle")
CUSTOMERS = 200
PASSWORD = "correct-horse"  # noqa: S105  # the demo shop's, and no secret


@events.init_command_line_parser.add_listener
def defaults(parser: Any) -> None:
    """Say what this scenario is meant to run with; ``-u``, ``-r`` and ``-t`` still override it."""
    parser.set_defaults(num_users=200, spawn_rate=40, run_time="2m")
    parser.add_argument(
        "--steps", type=int, default=5, env_var="LOCUST_STEPS", help="Steps on the way to --users"
    )


class Shopper(HttpUser):
    """What all customers have in common; ``abstract`` keeps Locust from starting one."""

    abstract = True
    wait_time = between(0.5, 1.5)

    def open_category(self) -> list[dict[str, Any]]:
        """Open a page of a category and return its products."""
        category = random.choice(CATEGORIES)
        page = 1 + min(29, int(random.expovariate(0.7)))  # few people turn many pages
        # Without name= each category and page would be an endpoint of its own.
        with self.client.get(
            f"/products?category={category}&page={page}",
            name="/products?category=[name]",
            catch_response=True,
        ) as response:
            # A page that came in time and is empty is still a broken shop. Keep Locust's own
            # verdict on statuses: call failure() only for what it can't know.
            if not response.ok:
                return []
            products: list[dict[str, Any]] = response.json()["products"]
            if not products:
                response.failure("an empty category")
            return products

    def open_product(self, number: int) -> bool:
        """Open a product's page, and tell whether it is for sale."""
        return bool(self.client.get(f"/products/{number}", name="/products/[id]").ok)


class Browser(Shopper):
    """Looks around and buys nothing: most people."""

    weight = 6

    @tag("browse")
    @task(5)
    def look_around(self) -> None:
        """Open a category and one of the things in it."""
        products = self.open_category()
        if products:
            self.wait()
            self.open_product(random.choice(products)["id"])

    @tag("browse")
    @task(1)
    def peek_into_basket(self) -> None:
        """Try the basket without a login, which the shop must refuse."""
        with self.client.get("/basket", name="/basket (not logged in)", catch_response=True) as r:
            # The 401 is the right answer here, so it counts as a success, and a 200 doesn't.
            if r.status_code == 401:
                r.success()
            elif r.ok:
                r.failure("a stranger's basket was shown")


class Searcher(Shopper):
    """Knows what to look for; searches are the shop's most expensive page."""

    weight = 2

    @tag("search")
    @task
    def search(self) -> None:
        """Search, and open the first hit."""
        words = random.choice(SEARCHES)
        with self.client.get(
            "/search", params={"q": words}, name="/search?q=[words]", catch_response=True
        ) as response:
            products = response.json()["products"] if response.ok else []
            if response.ok and not products:
                response.failure("nothing found")
        if products:
            self.wait()
            self.open_product(products[0]["id"])


class Buyer(Shopper):
    """Logs in, fills a basket and pays."""

    weight = 2

    def on_start(self) -> None:
        """Log in when this user appears; the session lasts as long as the user."""
        self.log_in()

    def log_in(self) -> bool:
        """Log in, and tell whether it worked: in a full shop it may not."""
        email = f"customer{random.randrange(CUSTOMERS)}@shop.example"
        response = self.client.post("/login", json={"email": email, "password": PASSWORD})
        if response.ok:
            self.client.headers["Authorization"] = f"Bearer {response.json()['token']}"
        return bool(response.ok)

    @tag("buy")
    @task
    def buy(self) -> None:
        """Choose a thing, put it in the basket, check out."""
        if "Authorization" not in self.client.headers and not self.log_in():
            return
        products = self.open_category()
        if not products:
            return
        number = random.choice(products)["id"]
        if not self.open_product(number):
            return
        self.wait()
        if self.client.post("/basket", json={"product": number, "quantity": 1}).ok:
            self.wait()
            self.check_out()

    def check_out(self) -> None:
        """Pay; what is sold out in the meantime goes back."""
        with self.client.post("/checkout", catch_response=True) as response:
            sold_out = response.status_code == 409
            if sold_out:
                # The same 409 for all of them: a reason with the product's name in it would be
                # a new kind of failure for each product.
                response.failure("out of stock")
        if sold_out:
            self.client.delete("/basket")


class Steps(LoadTestShape):
    """Climb to ``--users`` in ``--steps`` equal steps over ``--run-time``."""

    # Shows the three options in Locust's web UI too, instead of ignoring them.
    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        """Return users and spawn rate for this moment; None ends the test."""
        runner: Any = self.runner  # set by Locust before the first tick
        options = runner.environment.parsed_options
        users = users_at(self.get_run_time(), options.run_time, options.num_users, options.steps)
        return None if users is None else (users, options.spawn_rate)


def users_at(elapsed: float, run_time: float, peak: int, steps: int) -> int | None:
    """Return how many users run *elapsed* seconds into the test; None when it is over."""
    if elapsed >= run_time:
        return None
    step = int(elapsed / run_time * steps) + 1
    return max(1, round(peak * step / steps))
