"""A few customers of the demo shop, always as many: steps would make each of its runs several."""

from random import choice

from locust import FastHttpUser, between, task

CATEGORIES = ("kitchen", "garden", "books", "toys")


class Customer(FastHttpUser):
    """Looks around."""

    wait_time = between(0.3, 0.7)

    @task(3)
    def browse(self) -> None:
        """Open the first page of a category."""
        name = "/products?category=[name]"
        self.client.get(f"/products?category={choice(CATEGORIES)}", name=name)  # noqa: S311

    @task(1)
    def start_page(self) -> None:
        """Come back to where one began."""
        self.client.get("/")
