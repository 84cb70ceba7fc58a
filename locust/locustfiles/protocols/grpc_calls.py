"""gRPC: each call a request, by an interceptor; calls wait without blocking other users.

    pip install grpcio
    cd locust/locustfiles/protocols
    locust -f grpc_calls.py --host 127.0.0.1:50051 --headless -u 20 -t 1m

Two lines matter: `init_gevent()` before any channel, or the first call that waits stops all users
of the worker; and a channel for each user, or all share one connection. This has no generated code:
with yours, take `Stub(self.channel)` in the place of `unary_unary`. Plain Locust.
"""

import time
from collections.abc import Callable
from typing import Any

import grpc
import grpc.experimental.gevent
from locust import User, between, task
from locust.env import Environment

grpc.experimental.gevent.init_gevent()
PATIENCE_S = 10


class Measured(grpc.UnaryUnaryClientInterceptor):
    """Reports each call to Locust."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        """Let the call go on, and wait for its end here: the future alone has no time."""
        began = time.perf_counter()
        call = continuation(details, request)
        error = call.exception()
        self._environment.events.request.fire(
            request_type="GRPC",
            name=details.method,
            response_time=1_000 * (time.perf_counter() - began),
            response_length=0 if error else len(call.result()),
            exception=error,
        )
        return call


class Caller(User):
    """Asks for an echo, and for something that is not there."""

    wait_time = between(0.1, 0.3)

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        channel = grpc.insecure_channel(str(self.host), [("grpc.use_local_subchannel_pool", 1)])
        self.channel = grpc.intercept_channel(channel, Measured(environment))

    def on_stop(self) -> None:
        """Close the connection."""
        self.channel.close()

    def call(self, method: str, request: bytes) -> None:
        """Call *method*; its failure is reported, and no exception of the task."""
        try:
            self.channel.unary_unary(method)(request, timeout=PATIENCE_S)
        except grpc.RpcError:
            return

    @task(5)
    def echo(self) -> None:
        """Send something and get it back."""
        self.call("/demo.Echo/Say", b"hello")

    @task
    def nothing(self) -> None:
        """Call what the server hasn't: UNIMPLEMENTED is a failure."""
        self.call("/demo.Echo/Nothing", b"")
