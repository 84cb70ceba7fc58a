"""A client of one's own, here for XML-RPC: whatever it calls is a request, good or bad.

    cd locust/locustfiles/protocols
    locust -f own_client.py --host http://127.0.0.1:8877 --headless -u 20 -t 1m

The same few lines fit any client: measure with `perf_counter`, fire the request event once for
each call, with the exception where it raised one. Plain Locust.
"""

import time
from http.client import HTTPException
from typing import Any
from xmlrpc.client import Error, ServerProxy

from locust import User, between, task
from locust.env import Environment


class Calls:
    """A proxy whose calls are reported to Locust."""

    def __init__(self, host: str, environment: Environment) -> None:
        self._proxy = ServerProxy(host)
        self._environment = environment

    def call(self, method: str, *arguments: Any) -> Any:
        """Call *method* of the server; return what it returns, or None where it failed."""
        told: dict[str, Any] = {"request_type": "XMLRPC", "name": method, "response_length": 0}
        told["start_time"] = time.time()
        began = time.perf_counter()  # the other clock may be set anew meanwhile
        result = None
        try:
            result = getattr(self._proxy, method)(*arguments)
        except (Error, HTTPException, OSError) as error:
            # Not a bare `except`: a user that Locust stops in the middle of a call made no request.
            told["exception"] = error
        told["response_time"] = 1_000 * (time.perf_counter() - began)
        self._environment.events.request.fire(**told)
        return result


class Caller(User):
    """Asks a server for sums, and for something that it doesn't have."""

    wait_time = between(0.1, 0.3)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        # A connection of its own: a proxy that users share lets one wait for the other.
        self.client = Calls(str(self.host), environment)

    @task(5)
    def add(self) -> None:
        """Let it add two numbers."""
        self.client.call("add", 2, 3)

    @task
    def divide_by_nothing(self) -> None:
        """Let it fail: the failure's reason is the server's fault text."""
        self.client.call("divide", 1, 0)
