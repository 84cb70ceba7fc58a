"""The shop's requests on their way: how many there are, and what faults do to them."""

from collections.abc import Callable

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from swarmscope.demo.applog import Write
from swarmscope.demo.strain import Strain

SPARED = ("/health", "/faults")
"""Paths that faults leave alone: a sick shop is still asked how it is, and still made well."""


class Traffic:
    """Counts of requests, but for those of `SPARED` paths."""

    def __init__(self) -> None:
        self.in_flight = 0
        self.answered = 0
        self.failed = 0
        """Of these, with 500 or more."""


class Strained:
    """Middleware: counts each request, and lets faults have their part of it."""

    def __init__(
        self,
        app: ASGIApp,
        parts: Callable[[], tuple[Traffic, Strain]],
        log: Callable[[], Write],
    ) -> None:
        self._app = app
        self._parts = parts
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or fail it."""
        if scope["type"] != "http" or scope["path"].startswith(SPARED):
            await self._app(scope, receive, send)
            return
        traffic, strain = self._parts()
        status = 500  # what the server answers when the app raises before it has answered

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        traffic.in_flight += 1
        try:
            strain.bear()
            app = self._broken if strain.fails() else self._app
            await app(scope, receive, watch)
        finally:
            traffic.in_flight -= 1
            traffic.answered += 1
            traffic.failed += status >= 500

    async def _broken(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._log()("error", f"stock service: connection reset by peer ({scope['path']})", 500, 0)
        message = "The stock service doesn't answer."
        await JSONResponse({"code": "broken", "message": message}, 500)(scope, receive, send)
