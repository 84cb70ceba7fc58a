"""A locustfile that attaches by hand, and twice."""

from typing import Any

from locust import events
from tests.integration.scenarios.steady import Steady  # noqa: F401 - Locust looks for it here

from swarmscope.listener import attach


@events.init.add_listener
def on_init(environment: Any, **_: Any) -> None:
    assert attach(environment) is attach(environment)
