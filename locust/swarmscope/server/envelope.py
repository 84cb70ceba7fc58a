"""Around the whole application: every answer is inert, and an error costs a line of the log."""

import asyncio
import logging
import traceback

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from swarmscope.transport.causes import said

_log = logging.getLogger(__name__)

SEAL = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
}
"""What isn't a page of ours, a browser neither guesses at nor runs."""


class Envelope:
    """The application *app*, which may raise when it has answered; this doesn't.

    A trace for each request that somebody makes up would fill a disk: it is there at level DEBUG.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def sealed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SEAL.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, sealed)
        except asyncio.CancelledError:
            return  # the server ends, and has waited for long enough
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not reach uvicorn's log
            _tell(scope, error)


def _tell(scope: Scope, error: Exception) -> None:
    place = traceback.extract_tb(error.__traceback__)[-1]
    _log.error(
        "%s %s failed: %s (%s, %s:%s)",
        scope.get("method"),
        said(scope.get("path")),
        said(f"{type(error).__name__}: {error}"),
        place.name,
        place.filename,
        place.lineno,
    )
    _log.debug("The trace of that", exc_info=error)
