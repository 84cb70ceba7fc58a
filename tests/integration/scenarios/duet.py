"""Users who look at a few pages, some of them with checks of their own, by both kinds of client."""

import os
from typing import Any, ClassVar

from locust import FastHttpUser, HttpUser, constant


def look(user: Any) -> None:
    """Open a page by its path, one by its URL, one that rightly isn't there, and one elsewhere."""
    user.client.get("/items?page=1", name="/items")
    user.client.post(f"{user.host}/orders", json={"item": 1}, name="/orders")
    with user.client.get("/gone", catch_response=True) as answer:
        if answer.status_code == 404:
            answer.success()
    user.client.get(f"{os.environ['ELSEWHERE']}/logo", name="logo")


class Slow(HttpUser):
    """Has requests for a client."""

    wait_time = constant(0.02)
    tasks: ClassVar = [look]


class Fast(FastHttpUser):
    """Has geventhttpclient."""

    wait_time = constant(0.02)
    tasks: ClassVar = [look]
