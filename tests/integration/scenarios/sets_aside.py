"""A calm run that says what Python's garbage collector looks at no more."""

import gc
from typing import Any

from locust import events
from tests.integration.scenarios.calm import Calm  # noqa: F401 - Locust looks for it here


@events.test_stop.add_listener
def on_test_stop(**_: Any) -> None:
    print(f"set aside: {gc.get_freeze_count() > 1_000}")  # noqa: T201 - for the test
