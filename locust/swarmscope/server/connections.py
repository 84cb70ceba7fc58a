"""Who has to go when more connect than a server holds."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)


class Connection(Protocol):
    """A connection."""

    transport: asyncio.Transport

    @property
    def address(self) -> str:
        """Where it comes from."""

    @property
    def let_in(self) -> bool:
        """Whether what it asked for last was its to ask for."""

    @property
    def idle_since(self) -> float | None:
        """Since when it holds its place for nothing; None: it doesn't."""


class ConnectionLimit:
    """The connections of one server: *limit* of them at most.

    Who connects gets a place as long as somebody holds one for nothing: who has no token could keep
    all others out by connections on which he says nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._warning = Seldom()

    def bring(
        self, newest: Connection, connections: Iterable[Connection], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Close one of *connections* if with *newest* they are too many, when each had its say.

        Many may be accepted in one turn of the loop, and what they have sent is read in the next.
        """
        loop.call_soon(loop.call_soon, self._admit, newest, connections)

    def _admit(self, newest: Connection, connections: Iterable[Connection]) -> None:
        """Close one of *connections* if they are too many: *newest* if each of the others is busy.

        Who was let in goes last. Of the others, of the address that holds most, so that one
        machine's don't close those of another.
        """
        # One that was closed is among them until the loop comes round to it.
        there = [connection for connection in connections if not connection.transport.is_closing()]
        if len(there) <= self._limit:
            return
        held = Counter(connection.address for connection in there if connection is not newest)
        idle = {
            connection: (connection.let_in, -held[connection.address], connection.idle_since)
            for connection in there
            if connection is not newest and connection.idle_since is not None
        }
        leaving = min(idle, key=lambda connection: idle[connection], default=newest)
        leaving.transport.abort()
        self._say(max(held, key=held.__getitem__))

    def _say(self, address: str) -> None:
        if not self._warning.due():
            return
        log.warning(
            "All %d connections are taken, most of them by %s. For each new one that is closed "
            "which has sent no request for longest; what workers couldn't send they send again. If "
            "it isn't you who opens so many, keep that address out, or listen on 127.0.0.1.",
            self._limit,
            address,
        )
