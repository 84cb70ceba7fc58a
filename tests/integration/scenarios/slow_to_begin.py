"""A worker whose preparations take longer than the master needs to order it to spawn."""

from typing import Any

import gevent
from locust import events

MASTERS_ORDER_S = 2.0


@events.init.add_listener
def _(**_: Any) -> None:
    gevent.sleep(MASTERS_ORDER_S)
