"""A locustfile without users that attaches by hand, in its own init handler."""

from typing import Any

from locust import events

from swarmscope.listener import attach


@events.init.add_listener
def on_init(environment: Any, **_: Any) -> None:
    attach(environment)
