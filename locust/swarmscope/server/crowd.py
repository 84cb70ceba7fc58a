"""Who has to go when more connect than a server holds."""

import asyncio
import logging
from collections import Counter
from collections.abc import Iterable
from typing import Protocol

from swarmscope.seldom import Seldom

log = logging.getLogger(__name__)


class Guest(Protocol):
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


class Crowd:
    """The connections of one server: *limit* of them at most.

    Who connects gets a place as long as somebody holds one for nothing: who has no token could keep
    all others out by connections on which he says nothing.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._warning = Seldom()

    def bring(
        self, newest: Guest, guests: Iterable[Guest], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Close one of *guests* if with *newest* they are too many, when each had its say.

        Many may be accepted in one turn of the loop, and what they have sent is read in the next.
        """
        loop.call_soon(loop.call_soon, self._admit, newest, guests)

    def _admit(self, newest: Guest, guests: Iterable[Guest]) -> None:
        """Close one of *guests* if they are too many: *newest* if each of the others is busy.

        Who was let in goes last. Of the others, of the address that holds most, so that one
        machine's don't close those of another.
        """
        # One that was closed is among them until the loop comes round to it.
        there = [guest for guest in guests if not guest.transport.is_closing()]
        if len(there) <= self._limit:
            return
        held = Counter(guest.address for guest in there if guest is not newest)
        idle = {
            guest: (guest.let_in, -held[guest.address], guest.idle_since)
            for guest in there
            if guest is not newest and guest.idle_since is not None
        }
        leaving = min(idle, key=lambda guest: idle[guest], default=newest)
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
