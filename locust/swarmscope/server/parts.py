"""An answer in parts, whose memory is let go of as they are sent."""

import asyncio
from collections import deque

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from swarmscope.server.patience import Patience, Share

_PER_S = 50_000
"""Bytes for which a client may take a second longer."""


class Parts(Response):
    """JSON of *parts*, which have their room in *share*."""

    media_type = "application/json"

    def __init__(self, parts: deque[bytes], share: Share, patience: Patience) -> None:
        size = sum(map(len, parts))
        super().__init__(headers={"Cache-Control": "no-store", "Content-Length": str(size)})
        self._parts = parts
        self._share = share
        self._seconds = patience.answer + size / _PER_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, if it is read at the least speed that a network has."""
        del scope, receive  # what is left of the request doesn't matter
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        try:
            async with asyncio.timeout(self._seconds):
                while self._parts:
                    part = self._parts.popleft()
                    await send({"type": "http.response.body", "body": part, "more_body": True})
                    self._share.give(len(part))
                await send({"type": "http.response.body", "body": b""})
        finally:
            self._share.give(self._share.held)
